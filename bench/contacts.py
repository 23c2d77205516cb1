"""Makes years of figures, as a city would have them: `python -m bench.contacts DATABASE_URL`.

For demonstrations, tests and measurements. It writes figures only: there are no
conversations behind them. Busy on Mondays, quiet in summer and at night, and a little
more of everything each year; the same seed gives the same figures.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import Engine, func, insert, select

from city import City, load_city
from clock import BRUSSELS
from conversations import figure_tables as names
from conversations.database import connect, migrate, writing
from conversations.figure_tables import figures, rush
from conversations.figures import Cell
from conversations.workload import EVERYBODY
from settings import ROOT

WEEK = (1.35, 1.15, 1.1, 1.05, 0.95, 0.45, 0.4)  # Monday first
YEAR = (1.15, 1.0, 1.05, 1.0, 1.0, 1.05, 0.75, 0.8, 1.2, 1.05, 1.0, 0.9)  # January first
GROWTH = 1.12  # each year
CHANNELS = {"web": 62, "whatsapp": 29, "messenger": 9}
HOURS = (1, 0, 0, 0, 0, 1, 4, 12, 30, 60, 70, 58, 34, 45, 62, 55, 46, 36, 30, 30, 28, 20, 10, 4)  # midnight first
TOPICS = {
    "melding": 26,
    "afspraak": 24,
    "attest": 15,
    "openingsuren": 12,
    "faq": 9,
    "dossiers": 6,
    "algemeen": 5,
    "": 3,
}
ASKS_PERSON = {"algemeen": 0.5, "dossiers": 0.4, "afspraak": 0.25, "melding": 0.2, "attest": 0.2, "openingsuren": 0.04}
REASONS = {"asked": 62, "not_understood": 24, "dissatisfied": 11, "other": 3}
OUTCOMES = {"closed": 68, "given_back": 17, "silent": 9, "ended": 6}
WAITS = (14, 13, 17, 18, 20, 10, 5, 2, 1)
HANDLINGS = (3, 7, 24, 28, 20, 11, 4, 2, 1)
BOT_SCORES = (6, 9, 20, 40, 25)
PERSON_SCORES = (2, 4, 13, 38, 43)
LEAVES, TRANSFERS, RATES = 0.08, 0.11, 0.18

Figures = dict[Cell, Counter[str]]


class AlreadyThere(Exception):
    """There are figures in this database, and nobody shall take made ones for real ones."""


def fill(engine: Engine, city: City, last: date, *, years: int = 3, contacts: int = 250_000, seed: int = 1) -> int:
    """Write the figures of the years up to and with this day; the number of rows. Raises AlreadyThere."""
    made = make(city, last, years, contacts, Random(seed))
    rows = [
        {**dict.fromkeys(names.MEASURES, 0), **counted, **{name: getattr(cell, name) for name in Cell.__match_args__}}
        for cell, counted in made.items()
    ]
    with writing(engine) as db:
        if db.execute(select(func.count()).select_from(figures)).scalar_one():
            raise AlreadyThere
        db.execute(insert(figures), rows)
        db.execute(insert(rush), _rush(made, Random(seed)))
    return len(rows)


def make(city: City, last: date, years: int, contacts: int, chance: Random) -> Figures:
    days = [last - timedelta(days=n) for n in range(round(365.25 * years))]
    busy = [WEEK[day.weekday()] * YEAR[day.month - 1] * GROWTH ** -((last - day).days / 365.25) for day in days]
    team_of = {topic: team.code for team in city.teams for topic in team.topics}
    counted: Figures = defaultdict(Counter)
    for day in chance.choices(days, busy, k=contacts):
        _contact(counted, day, team_of, chance)
    return counted


def _rush(made: Figures, chance: Random) -> list[dict[str, object]]:
    """The hours at which the same contacts came."""
    counted: Counter[tuple[date, int, int, str]] = Counter()
    for cell, measures in made.items():
        for hour in chance.choices(range(24), HOURS, k=measures[names.BEGUN]):
            for team in {EVERYBODY, cell.team}:
                counted[cell.day.replace(day=1), cell.day.weekday(), hour, team] += 1
    columns = ("month", "weekday", "hour", "team")
    return [{**dict(zip(columns, key, strict=True)), "times": times} for key, times in counted.items()]


def _contact(counted: Figures, day: date, team_of: dict[str, str], chance: Random) -> None:
    channel, topic = _one(CHANNELS, chance), _one(TOPICS, chance)
    if chance.random() >= ASKS_PERSON.get(topic, 0.08):
        alone = counted[Cell(day, channel, "", topic)]
        alone[names.BEGUN] += 1
        if chance.random() < RATES:
            alone[_place(names.BOT_SCORES, BOT_SCORES, chance)] += 1
        return
    topic = topic or "algemeen"
    helped = counted[Cell(day, channel, team_of.get(topic, next(iter(team_of.values()))), topic)]
    helped[names.BEGUN] += 1
    helped[f"because_{_one(REASONS, chance)}"] += 1
    if chance.random() < LEAVES:
        helped["ended_left"] += 1
        return
    helped[_place(names.WAITS, WAITS, chance)] += 1
    helped[_place(names.HANDLINGS, HANDLINGS, chance)] += 1
    helped[f"ended_{_one(OUTCOMES, chance)}"] += 1
    helped[names.TRANSFERRED if chance.random() < TRANSFERS else names.FIRST_LINE] += 1
    if chance.random() < RATES:
        helped[_place(names.PERSON_SCORES, PERSON_SCORES, chance)] += 1


def _one(weights: dict[str, int], chance: Random) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _place(measures: Sequence[str], weights: Sequence[int], chance: Random) -> str:
    return chance.choices(measures, weights)[0]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.contacts", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("database", help="SQLAlchemy URL of a database without figures")
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--contacts", type=int, default=250_000)
    arguments = parser.parse_args()
    migrate(arguments.database)
    engine, today = connect(arguments.database), datetime.now(BRUSSELS).date()
    try:
        rows = fill(engine, load_city(ROOT / "city.yml"), today, years=arguments.years, contacts=arguments.contacts)
    except AlreadyThere:
        sys.exit("There are figures in this database already. Nothing was written.")
    print(f"{arguments.contacts} contacts in {arguments.years} years: {rows} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
