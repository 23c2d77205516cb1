"""The bot's memory on PostgreSQL. All other tests of bot/ are in unit/bot and run where Rasa is (tests/bot.ini)."""

import os
import subprocess

from settings import ROOT

COMMAND = ("-m", "pytest", "-c", "tests/bot.ini", "tests/unit/bot/test_tracker_store.py", "-k", "postgresql")


def test_the_dialogue_store_does_on_postgresql_what_it_does_on_sqlite(postgres_url: str) -> None:
    done = subprocess.run(
        [ROOT / ".venv-rasa" / "bin" / "python", *COMMAND],
        cwd=ROOT,
        env={**os.environ, "BOT_TEST_POSTGRES": postgres_url},
        capture_output=True,
        text=True,
        check=False,
    )

    print(done.stdout[-4000:])
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "skipped" not in done.stdout
