"""Every phrase of moments.yml means what stands behind it."""

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.moments import BRUSSELS, Ambiguous, Hours, Interval, Moment, read
from actions.moments.model import EVERY_DAY, Found

TABLE = Path(__file__).with_name("moments.yml")
SHORT = ("ma", "di", "wo", "do", "vr", "za", "zo")


def phrases() -> Iterator[Any]:
    # BaseLoader: a date in the table is text
    for block in yaml.load(TABLE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader):
        now = datetime.fromisoformat(block["nu"]).replace(tzinfo=BRUSSELS)
        hours = Hours(*map(time.fromisoformat, block["kantoor"].split("-"))) if "kantoor" in block else None
        for phrase, expected in block["zinnen"].items():
            yield pytest.param(phrase, now, hours, expected, id=f"{now:%y%m%d}-{phrase}")


@pytest.mark.parametrize(("phrase", "now", "hours", "expected"), phrases())
def test_a_phrase_means_what_the_table_says(phrase: str, now: datetime, hours: Hours | None, expected: str) -> None:
    assert written(read(phrase, now, hours=hours)) == expected


def test_the_table_holds_at_least_two_hundred_phrases() -> None:
    assert len(list(phrases())) >= 200


def written(found: Found | None) -> str:
    match found:
        case None:
            return "niets"
        case Ambiguous():
            return f"?{found.reason}: {' | '.join(written(one) for one in found.candidates)}".strip()
        case Moment():
            return f"{found.at:%Y-%m-%d %H:%M}" + (" voorbij" if found.past else "")
        case Interval():
            return interval(found)


def interval(found: Interval) -> str:
    weekdays = " ".join(SHORT[day] for day in sorted(found.weekdays)) if found.weekdays != EVERY_DAY else ""
    parts = [days(found.first, found.last), weekdays, times(found.earliest, found.latest)]
    parts += ["snelst" if found.soonest else "", "voorbij" if found.past else ""]
    return " ".join(filter(None, parts)) or "altijd"


def days(first: date | None, last: date | None) -> str:
    if first == last:
        return str(first) if first else ""
    return f"{first or ''}..{last or ''}"


def times(earliest: time | None, latest: time | None) -> str:
    if earliest == latest:
        return f"{earliest:%H:%M}" if earliest else ""
    start = f"{earliest:%H:%M}" if earliest else ""
    return f"{start}-{f'{latest:%H:%M}' if latest else ''}"
