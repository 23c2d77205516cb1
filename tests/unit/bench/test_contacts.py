from collections import Counter
from datetime import date
from random import Random

import pytest

from bench.contacts import AlreadyThere, fill, make
from city import load_city
from conversations.database import reading
from conversations.figure_tables import BECAUSE, ENDINGS, WAITS, figures
from settings import ROOT
from tests.unit.conversations.setting import migrated

LAST = date(2026, 11, 22)
CITY = load_city(ROOT / "city.yml")


def test_the_figures_are_those_of_a_city():
    made = make(CITY, LAST, 3, 8000, Random(1))

    days: Counter[int] = Counter()
    for cell, counted in made.items():
        days[cell.day.weekday()] += counted["begun"]
        asked = sum(counted[name] for name in BECAUSE)
        assert asked == (counted["begun"] if cell.team else 0)
        assert sum(counted[name] for name in ENDINGS) == asked
        assert sum(counted[name] for name in WAITS) == asked - counted["ended_left"]
    assert sum(days.values()) == 8000
    assert days[0] > 2 * days[6]
    assert (LAST - min(cell.day for cell in made)).days > 1080


def test_made_figures_never_come_among_real_ones(tmp_path):
    with migrated(f"sqlite:///{tmp_path}/balie.db") as engine:
        fill(engine, CITY, LAST, contacts=500)
        with reading(engine) as db:
            before = db.execute(figures.select()).all()

        with pytest.raises(AlreadyThere):
            fill(engine, CITY, LAST, contacts=500)

        with reading(engine) as db:
            assert db.execute(figures.select()).all() == before
