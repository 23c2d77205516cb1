"""What a sentence that was not understood may have meant: the few likeliest things, to be offered as choices.

Knows neither Rasa nor the rest of the house, so that `make nlu` measures with it what citizens get to see.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from yaml_file import read_yaml

LIKELY = 0.08
"""From here on a guess is offered. On examples left out of learning, two in three sentences that were not understood
then find their meaning among the choices; half as many when it is 0.2. Of nonsense, one in four gets some to see."""
MOST = 3  # as many buttons as WhatsApp shows at once


def read_titles(file: Path) -> dict[str, str]:
    """Of every intent that may be offered: what its button says (data/algemeen/bedoelingen.yml)."""
    titles: dict[str, str] = read_yaml(file)["bedoelingen"]
    return titles


def likely(ranking: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> list[str]:
    """The intents to offer, the likeliest first. `ranking` is as Rasa gives it: names with their confidence."""
    return [guess["name"] for guess in ranking if guess["name"] in titles and guess["confidence"] >= LIKELY][:MOST]
