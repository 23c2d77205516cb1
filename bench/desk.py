"""A supervisor's pages over HTTP: reports on three years, and a queue of ten thousand."""

import time
from datetime import datetime, timedelta
from pathlib import Path

import requests
from sqlalchemy import Engine, insert

from bench.contacts import fill
from bench.effort import Effort
from bench.numbers import median, ms, percentile
from bench.report import Figure, Target
from bench.stage import Stage, say
from city import load_city
from clock import BRUSSELS, Clock
from conversations.agents import Agents, Profile
from conversations.bell import Bell
from conversations.database import connect, writing
from conversations.handover_tables import handovers
from conversations.model import Holder
from conversations.tables import conversations
from desk.door import COOKIE
from desk.sessions import Role, Sessions
from settings import ROOT
from tests.house import House

CONTACTS, YEARS = 250_000, 3
WAITING = 10_000
MOST_REPORT, MOST_QUEUE = 0.5, 0.15  # seconds
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=BRUSSELS)
REPORTS = [f"rapporten/?periode=alles&langs={by}" for by in ("tijd", "kanaal", "team", "onderwerp")]
QUEUE = "lijsten"


def measure(stage: Stage, effort: Effort) -> Figure:
    folder = stage.folder / "desk"
    folder.mkdir()
    house = House(folder, parts=("front",))
    house.set_clock(TUESDAY)
    house.start()
    try:
        token = _prepare(house.settings.database_url, folder)
        took = {page: _ask(house.front_url, page, token, effort.turn_rounds) for page in (*REPORTS, QUEUE)}
    finally:
        house.stop()
    return _figure(took)


def _prepare(database_url: str, folder: Path) -> str:
    """The figures, the queue, and an administrator's cookie."""
    engine, clock, city = connect(database_url), Clock(folder / "clock"), load_city(ROOT / "city.yml")
    say(f"making {CONTACTS} contacts in {YEARS} years, and {WAITING} citizens who wait")
    fill(engine, city, TUESDAY.date(), years=YEARS, contacts=CONTACTS)
    _fill_queue(engine, [(team.code, team.topics[0]) for team in city.teams])
    profile = Profile("Bench", [team.code for team in city.teams], capacity=0)
    token = Sessions(engine, clock, Agents(engine, clock, Bell())).start("bench", profile, Role.ADMINISTRATOR)
    engine.dispose()
    return token


def _fill_queue(engine: Engine, teams: list[tuple[str, str]]) -> None:
    common = {"channel": "web", "holder": Holder.QUEUE, "epoch": 2, "last_seq": 0, "asked_patience": False}
    asked = {"channel": "web", "reason": "asked", "card": "", "priority": 5, "sticky": True, "warned": False}
    talks, waits = [], []
    for number in range(WAITING):
        team, topic = teams[number % len(teams)]
        since = TUESDAY - timedelta(seconds=number % 240)
        known = {"id": f"c_{number}", "address": f"a{number}", "created_at": since, "active_at": since}
        talks.append({**common, **known})
        own = {"id": f"h_{number}", "conversation": f"c_{number}", "team": team, "topic": topic}
        waits.append({**asked, **own, "asked_at": since, "queued_at": since})
    with writing(engine) as db:
        db.execute(insert(conversations), talks)
        db.execute(insert(handovers), waits)


def _ask(front_url: str, page: str, token: str, rounds: int) -> list[float]:
    seconds = []
    with requests.Session() as http:
        http.trust_env = False
        http.cookies.set(COOKIE, token)
        for _ in range(rounds + 1):
            started = time.perf_counter()
            http.get(f"{front_url}/desk/{page}", timeout=30).raise_for_status()
            seconds.append(time.perf_counter() - started)
    return seconds[1:]  # the first one compiles the templates


def _figure(took: dict[str, list[float]]) -> Figure:
    slowest = max(median(took[page]) for page in REPORTS)
    queue = median(took[QUEUE])
    return Figure(
        title=f"The desk: reports on {YEARS} years with {CONTACTS} contacts, and the lists with {WAITING} in the queue",
        columns=["", "p50", "p95"],
        rows=[[page, ms(median(times)), ms(percentile(times, 0.95))] for page, times in took.items()],
        targets=[
            Target(f"each report in at most {ms(MOST_REPORT)}", ms(slowest), slowest <= MOST_REPORT),
            Target(f"the queue in at most {ms(MOST_QUEUE)}", ms(queue), queue <= MOST_QUEUE),
        ],
        data={"seconds": took},
    )
