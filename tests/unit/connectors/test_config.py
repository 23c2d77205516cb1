from datetime import datetime

import pytest

from clock import BRUSSELS
from connectors.config import widget_config
from texts import Texts


def test_the_widget_hears_about_the_city_its_words_and_its_limits(texts: Texts) -> None:
    config = widget_config(texts, datetime(2026, 11, 24, 10, tzinfo=BRUSSELS), 8)

    assert config["city"]["phone"] == "1777"
    assert config["texts"]["titel"] == "Chat met Leiestad"
    assert config["limits"]["upload_megabytes"] == 8
    assert len(config["map"]["streets"]) >= 80
    assert set(config["map"]["streets"][0]) == {"name", "lat", "lon"}


@pytest.mark.parametrize(
    ("now", "is_open", "words"),
    [
        (datetime(2026, 11, 24, 10, tzinfo=BRUSSELS), True, "Open tot "),
        (datetime(2026, 11, 24, 3, tzinfo=BRUSSELS), False, "Weer open 09:00."),
        (datetime(2026, 11, 22, 10, tzinfo=BRUSSELS), False, "Weer open maandag 09:00."),
    ],
)
def test_the_hours_say_what_a_visitor_wants_to_know(now: datetime, is_open: bool, words: str, texts: Texts) -> None:
    hours = widget_config(texts, now, 8)["hours"]

    assert hours["open"] is is_open
    assert hours["text"].startswith(words)
    assert "{" not in hours["text"]
