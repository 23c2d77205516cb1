"""Measures, prints and keeps the figures: `python -m bench [--only NAME …] [--quick] [--no-training]`.

Ends with 0 also when a target is missed, for that is a finding; with 1 when something
broke and could not be measured.
"""

import argparse
import json
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bench import (
    acknowledged,
    desk,
    desk_live,
    five_messages,
    machine,
    processes,
    questions,
    throughput,
    training,
    web_turn,
    webhooks,
    whatsapp_turn,
    widget,
)
from bench.effort import FULL, QUICK, Effort
from bench.report import JSON, Figure, LeftOut
from bench.stage import Stage, open_stage
from clock import BRUSSELS
from settings import ROOT

RESULTS = ROOT / "results" / "bench.json"
FIGURES: dict[str, Callable[[Stage, Effort], Figure]] = {
    "web-turn": web_turn.measure,
    "whatsapp-turn": whatsapp_turn.measure,
    "webhooks": webhooks.measure,
    "five-messages": five_messages.measure,
    "acknowledged": acknowledged.measure,
    "throughput": throughput.measure,
    "questions": questions.measure,
    "desk": desk.measure,
    "desk-live": desk_live.measure,
    "memory": processes.memory,
    "start": processes.start,
    "widget": widget.measure,
    "training": training.measure,
}


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # as Ctrl-C does: what was started is stopped
    arguments = _arguments()
    effort = QUICK if arguments.quick else FULL
    effort = replace(effort, trains=effort.trains and not arguments.no_training)
    names = arguments.only or [name for name in FIGURES if effort.trains or name != "training"]
    about = {"at": datetime.now(BRUSSELS).isoformat(timespec="seconds"), "quick": arguments.quick, **machine.describe()}
    print(f"{'A quick look' if arguments.quick else 'Measuring'}: {', '.join(names)}")
    print(f"  on {about['cores']} cores, load {about['load']}; everything talks to 127.0.0.1\n", flush=True)
    measured, broken = _measure(names, effort)
    _keep(arguments.into, about, measured, broken)
    _summary(measured, broken)
    return 1 if broken else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", metavar="NAME", nargs="+", choices=FIGURES, help=", ".join(FIGURES))
    parser.add_argument("--quick", action="store_true", help="few rounds and no training: a first look")
    parser.add_argument("--no-training", action="store_true", help="compare with the Rasa that was trained last")
    parser.add_argument("--into", type=Path, default=RESULTS, help="where the JSON goes (default: results/bench.json)")
    return parser.parse_args()


def _measure(names: list[str], effort: Effort) -> tuple[dict[str, Figure], dict[str, str]]:
    measured: dict[str, Figure] = {}
    broken: dict[str, str] = {}
    with open_stage(trains=effort.trains) as stage:
        for number, name in enumerate(names, start=1):
            print(f"[{number}/{len(names)}] {name}", flush=True)
            started = time.monotonic()
            try:
                measured[name] = FIGURES[name](stage, effort)
            except LeftOut as reason:
                print(f"  left out: {reason}\n", flush=True)
            except Exception as error:
                broken[name] = f"{type(error).__name__}: {error}"
                traceback.print_exc()
            else:
                print(f"\n{measured[name].text()}\n  measured in {time.monotonic() - started:.0f} s\n", flush=True)
    return measured, broken


def _keep(file: Path, about: dict[str, object], measured: dict[str, Figure], broken: dict[str, str]) -> None:
    """Figures that were not measured this time stay as they were, with the moment they were measured at."""
    kept: dict[str, JSON] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    kept.update({name: {**about, **figure.json()} for name, figure in measured.items()})
    kept.update({name: {**about, "broken": why} for name, why in broken.items()})
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")


def _summary(measured: dict[str, Figure], broken: dict[str, str]) -> None:
    print(f"Targets (load at the end: {machine.describe()['load']})")
    for name, figure in measured.items():
        for target in figure.targets:
            print(f"  {name:14} {target}")
    for name, why in broken.items():
        print(f"  {name:14} BROKEN: {why}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped")
