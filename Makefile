# `make help` lists what there is. PYTHON names any Python from 3.9 on; the environments find their own.
PYTHON ?= python3
UV ?= uv
BOOTSTRAP = $(PYTHON) -m scripts.bootstrap
BALIE = .venv/bin/python
# How many tests run at the same time; each worker starts a house and a PostgreSQL of its own. Those of the faults
# follow one by one: they break things in the middle, and a busy machine would break others
WORKERS ?= 2
LOCK = $(UV) pip compile --quiet --upgrade --generate-hashes --universal --no-header --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help run test check format train nlu parity bench env-example lock

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Set everything up, train if needed, start everything and print the addresses (Ctrl-C stops it)
	@$(BOOTSTRAP)
	@exec $(BALIE) -m scripts.run

test: ## Set everything up and run all tests (ARGS="-k naam" passes options to pytest)
	@$(BOOTSTRAP) --for test
	@$(BALIE) -m scripts.train
	$(if $(ARGS),,@.venv-rasa/bin/python -m pytest -c tests/bot.ini -n $(WORKERS) --dist loadfile tests/unit/bot)
	@$(BALIE) -m pytest $(if $(ARGS),$(ARGS),-n $(WORKERS) --dist loadgroup --no-loadscope-reorder --ignore tests/faults)
	$(if $(ARGS),,@$(BALIE) -m pytest tests/faults)

check: ## Lint, types, who imports whom, and the content against the code
	@$(BOOTSTRAP) --for check
	@$(BALIE) -m ruff check .
	@$(BALIE) -m ruff format --check .
	@$(BALIE) -m mypy
	@.venv/bin/lint-imports --no-logo
	@$(BALIE) -m pytest -q tests/content

format: ## Put imports and layout of the Python files in order
	@$(BALIE) -m ruff check --fix-only --select I .
	@$(BALIE) -m ruff format .

train: ## Train the bot if its content changed since the last time
	@$(BOOTSTRAP)
	@$(BALIE) -m scripts.train

nlu: ## Print how well the bot understands Dutch, beside Rasa's default pipeline
	@$(BOOTSTRAP)
	@.venv-rasa/bin/python -m scripts.nlu

parity: ## Play every conversation on every channel, and write down what works where (docs/pariteit.md)
	@$(BOOTSTRAP) --for test
	@$(BALIE) -m scripts.train
	@$(BALIE) -m pytest -q tests/conversations/test_conversations.py --kanalen alle --pariteit docs/pariteit.md

bench: ## Measure the figures, each beside what it is compared with
	@$(BOOTSTRAP) --for test
	@$(BALIE) -m scripts.train
	@$(BALIE) -m bench

env-example: ## Write .env.example from settings.py
	@$(BOOTSTRAP) --for check
	@$(BALIE) -m scripts.env_example

lock: ## Renew the locked versions in requirements/ (needs uv)
	@$(LOCK) --python-version 3.11 requirements/app.in -o requirements/app.txt
	@$(LOCK) --python-version 3.11 requirements/dev.in -o requirements/dev.txt
	@$(LOCK) --python-version 3.10 requirements/rasa.in -o requirements/rasa.txt
