"""How long the bot learns: everything, and after somebody changed a text.

On a copy of the content with a cache of its own, so nothing that is in use is touched.
"""

import os
import shutil
import time
from pathlib import Path

from bench.default_rasa import Trained
from bench.effort import Effort
from bench.report import Figure
from bench.stage import Stage, say
from scripts.progress import run_logged
from scripts.train import QUIET, RASA
from settings import ROOT

TEXTS = Path("data/algemeen/responses.yml")


def measure(stage: Stage, effort: Effort) -> Figure:
    del effort  # it takes as long as it takes
    folder = stage.folder / "training"
    shutil.copytree(ROOT / "data", folder / "data")
    say("training from nothing")
    cold = _train(folder)
    _change_a_text(folder / TEXTS)
    say("training after a changed text")
    text = _train(folder)
    figure = Figure(
        title="Training",
        columns=["", "seconds"],
        rows=[["everything, from nothing", f"{cold:.0f}"], ["after a changed text", f"{text:.0f}"]],
        data={"cold_seconds": cold, "text_seconds": text},
    )
    if stage.has_default:
        _add_default(figure, stage.default_model)
    return figure


def _add_default(figure: Figure, default: Trained) -> None:
    if default.seconds is not None:
        figure.rows.append(["Rasa's default, from nothing", f"{default.seconds:.0f}"])
        figure.notes.append(f"Rasa's default learned on {default.at}; its model is kept while the content is the same")
        figure.data["default_seconds"] = default.seconds


def _train(folder: Path) -> float:
    started = time.monotonic()
    command: list[str | Path] = [
        RASA, "-m", "rasa", "train", "--fixed-model-name", "measured", "--config", "config.yml",
        "--domain", "domain.yml", "--data", folder / "data", "--out", folder,
    ]  # fmt: skip
    environment = {**os.environ, **QUIET, "RASA_CACHE_DIRECTORY": str(folder / "cache")}
    run_logged(command, folder / "train.log", "The bot could not be trained.", environment)
    return time.monotonic() - started


def _change_a_text(file: Path) -> None:
    """The first question mark becomes two."""
    text = file.read_text(encoding="utf-8")
    assert "?" in text
    file.write_text(text.replace("?", "??", 1), encoding="utf-8")
