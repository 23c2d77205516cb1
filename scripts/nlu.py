"""Prints how well the bot understands Dutch, beside Rasa's default pipeline on the same examples (`make nlu`).

Both learn from data/ and are judged on tests/nlu/, which neither has seen: four sets, told apart. What they
make of the fresh and the third set is told without its sentences, so that nobody tunes anything on them.
Runs where Rasa is. `--ours-only` judges the model that is there, in a minute; without it both are
trained from nothing, which takes some ten minutes. The figures also go to results/nlu.json.
"""

import argparse
import asyncio
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from actions import guesses
from scripts import nlu_scores
from scripts.nlu_scores import Understood

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests" / "nlu"
FRESH = TESTS / "fresh"
THIRD = TESTS / "third"
PERSON = TESTS / "person"
SETS = {"first set": TESTS, "fresh set": FRESH, "third set": THIRD, "a person about a subject": PERSON}
UNTOLD = ("fresh set", "third set")
"""Of these no sentence is printed."""
TITLES = ROOT / "data" / "algemeen" / "bedoelingen.yml"
MODEL = ROOT / "models" / "balie.tar.gz"
RESULTS = ROOT / "results" / "nlu.json"
PIPELINES = {"ours": "config.yml", "rasa default": "scripts/rasa_default.yml"}
ROWS = {
    "accuracy": "accuracy",
    "accuracy_in_scope": "  in scope",
    "best_guess_in_scope": "  best guess, in scope",
    "asked_again_in_scope": "  asked again, in scope",
    "in_two_turns": "  in two turns, in scope",
    "wrong_answer": "answered wrongly",
    "macro_f1": "macro-F1",
    "outside_precision": "out of scope, precision",
    "outside_recall": "out of scope, recall",
    "parse_ms_p50": "parse, ms (p50)",
    "training_s": "training, s",
}
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
    "OMP_WAIT_POLICY": "passive",  # as the bot runs: scripts/train.py says why
}

Case = tuple[str, str, str]
"""text, label, style"""


def cases(folder: Path = TESTS) -> list[Case]:
    """The test set. The name of a file tells the style of its sentences."""
    return [
        (line.strip()[2:].strip(), entry["intent"], path.stem)
        for path in sorted(folder.glob("*.yml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        for line in entry["examples"].splitlines()
        if line.strip().startswith("- ")
    ]


def judge(model: Path, test_set: list[Case]) -> list[Understood]:
    """What this model makes of each sentence."""
    os.environ.update(QUIET)
    warnings.simplefilter("ignore")
    import structlog
    from rasa.core.agent import Agent

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    agent = Agent.load(str(model))
    titles = guesses.read_titles(TITLES)

    async def all_of_them() -> list[Understood]:
        return [await _understand(agent, titles, *case) for case in test_set]

    return asyncio.run(all_of_them())


async def _understand(agent: Any, titles: Mapping[str, str], text: str, gold: str, style: str) -> Understood:
    started = time.perf_counter()
    parsed = await agent.parse_message(text)
    took = (time.perf_counter() - started) * 1000
    intent = parsed["intent"]
    ranking = [guess for guess in parsed.get("intent_ranking", []) if guess["name"] != "nlu_fallback"]
    best = ranking[0] if ranking else intent
    said = _full_name(intent["name"], parsed)
    return Understood(
        text=text,
        style=style,
        gold=gold,
        said=said,
        guess=_full_name(best["name"], parsed),
        confidence=float(best["confidence"]),
        milliseconds=took,
        offered=tuple(guesses.likely(ranking, titles)) if said in nlu_scores.OUTSIDE else (),
    )


def _full_name(name: str, parsed: dict[str, Any]) -> str:
    """`faq` becomes `faq/reispas`, as the response selector said."""
    selected = parsed.get("response_selector", {}).get(name) or parsed.get("response_selector", {}).get("default") or {}
    full: str | None = (selected.get("response") or {}).get("intent_response_key")
    return full if full and full.startswith(f"{name}/") else name


def train(config: str, folder: Path) -> tuple[Path, float]:
    """A model of this pipeline, trained from nothing, and the seconds it took."""
    command = [
        sys.executable,
        "-m",
        "rasa",
        "train",
        "nlu",
        "--config",
        config,
        "--nlu",
        "data",
        "--domain",
        "domain.yml",
    ]
    cache = str(folder / "cache" / "rasa")
    started = time.monotonic()
    done = subprocess.run(
        [*command, "--out", str(folder), "--fixed-model-name", "nlu"],
        cwd=ROOT,
        env={**os.environ, **QUIET, "RASA_CACHE_DIRECTORY": cache},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{config} could not be trained:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return folder / "nlu.tar.gz", time.monotonic() - started


def measure(names: list[str], sets: dict[str, list[Case]], fresh: bool) -> dict[str, dict[str, Any]]:
    """Of each pipeline: what it made of each set, and the seconds that its training took."""
    measured: dict[str, dict[str, Any]] = {}
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            seconds = None
            model = MODEL
            if fresh or not MODEL.is_file():
                print(f"training: {name} …", flush=True)
                model, seconds = train(PIPELINES[name], Path(folder))
            judged = iter(judge(model, [case for test_set in sets.values() for case in test_set]))
            measured[name] = {"seconds": seconds}
            for title, test_set in sets.items():
                measured[name][title] = list(islice(judged, len(test_set)))
    return measured


def report(title: str, measured: dict[str, dict[str, Any]], tell_sentences: bool) -> dict[str, Any]:
    """Prints what there is to know of one set, and gives it."""
    figures = {}
    for name, judged in measured.items():
        seconds = judged["seconds"]
        figures[name] = {**nlu_scores.summary(judged[title]), **({"training_s": seconds} if seconds else {})}
    _print_table(title, ROWS, figures)
    ours: list[Understood] = measured["ours"][title]
    styles = nlu_scores.per_style(ours)
    if len(styles) > 1:
        _print_table("ours, per style", ROWS, styles)
    _print_requests(ours)
    _print_weak(ours)
    _print_confusions(ours, tell_sentences)
    wrong = [asdict(case) for case in ours if tell_sentences and not case.right]
    return {"summary": figures, "styles": styles, "sentences": wrong}


def _print_table(title: str, rows: dict[str, str], columns: dict[str, dict[str, float]]) -> None:
    print(f"\n{title:<26}" + "".join(f"{name:>18}" for name in columns))
    print(f"{'sentences':<26}" + "".join(f"{int(column['sentences']):>18}" for column in columns.values()))
    for key, label in rows.items():
        if any(key in column for column in columns.values()):
            cells = (f"{column[key]:>18.3f}" if key in column else f"{'':>18}" for column in columns.values())
            print(f"{label:<26}" + "".join(cells))


def _print_requests(judged: list[Understood]) -> None:
    names = (*nlu_scores.REQUESTS, nlu_scores.A_PERSON)
    columns = {name: asdict(request) for name, request in nlu_scores.requests(judged, names).items()}
    rows = {"precision": "precision", "recall": "recall", "f1": "F1", "in_two_turns": "form within two turns"}
    _print_table("ours, per request", rows, columns)
    print(f"{'all, within two turns':<26}{nlu_scores.requests_in_two_turns(judged):>18.3f}")


def _print_weak(judged: list[Understood]) -> None:
    weak = {intent: value for intent, value in nlu_scores.f1(judged).items() if value < 0.95}
    print("\nF1 under 0.95")
    for intent, value in sorted(weak.items(), key=lambda entry: entry[1]):
        print(f"  {value:.2f}  {intent}")


def _print_confusions(judged: list[Understood], tell_sentences: bool) -> None:
    print("\nThe 20 worst confusions (meant → said)")
    for gold, said, wrong in nlu_scores.confusions(judged)[:20]:
        print(f"  {len(wrong)}×  {gold} → {said}")
        for case in wrong[: 4 * tell_sentences]:
            print(f"        {case.text}   [{case.guess} {case.confidence:.2f}]")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--ours-only", action="store_true", help="judge the model that is there and nothing else")
    only = parser.parse_args().ours_only
    sets = {title: cases(folder) for title, folder in SETS.items()}
    if not all(sets.values()):
        sys.exit(f"one of {', '.join(map(str, SETS.values()))} holds no test sentences")
    measured = measure(["ours"] if only else list(PIPELINES), sets, fresh=not only)
    figures = {title: report(title, measured, tell_sentences=title not in UNTOLD) for title in sets}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"\n{RESULTS.relative_to(ROOT)} holds all of it")


if __name__ == "__main__":
    main()
