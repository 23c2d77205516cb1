"""What a sentence that was not understood may have meant: the few likeliest things, to be offered as choices.

Knows neither Rasa nor the rest of the house, so that `make nlu` measures with it what citizens get to see.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

LIKELY = 0.12  # below it a guess is no help, and nonsense would be answered with a list
MOST = 3  # as many buttons as WhatsApp shows at once


def read_titles(file: Path) -> dict[str, str]:
    """Of every intent that may be offered: what its button says (data/algemeen/bedoelingen.yml)."""
    titles: dict[str, str] = yaml.safe_load(file.read_text(encoding="utf-8"))["bedoelingen"]
    return titles


def likely(ranking: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> list[str]:
    """The intents to offer, the likeliest first. `ranking` is as Rasa gives it: names with their confidence."""
    return [guess["name"] for guess in ranking if guess["name"] in titles and guess["confidence"] >= LIKELY][:MOST]
