"""How many questions a citizen who is known is spared, in each request.

Counted on the real forms, with the city's systems in memory: once with somebody of whom
nothing is known, once with somebody who is logged in and gave his address and number
before. To be shown what is known counts as a question too.
"""

import asyncio
from pathlib import Path

import pytest

from bench.effort import Effort
from bench.report import Figure, Target
from bench.stage import Stage
from city import load_city
from conversations.database import migrate
from settings import ROOT
from tests.unit.actions.journeys import begin, finish
from tests.unit.actions.room import Room, furnished

REQUESTS = {"melding_form": "a report", "afspraak_form": "an appointment"}
LEAST = 1  # questions spared in each request that asks about a person


def measure(stage: Stage, effort: Effort) -> Figure:
    del effort  # counting needs no second time
    folders = {form: stage.folder / "questions" / form for form in REQUESTS}
    for folder in folders.values():
        folder.mkdir(parents=True)
        migrate(f"sqlite:///{folder}/balie.db")
    return figure({form: asyncio.run(_asked(folder, form)) for form, folder in folders.items()})


def figure(asked: dict[str, tuple[int, int]]) -> Figure:
    """`asked`: for each form the number of questions to somebody who is not known, and to somebody who is."""
    saved = {form: unknown - known for form, (unknown, known) in asked.items()}
    fewest = min(saved.values())
    return Figure(
        title="Questions in one request, every answer given separately",
        columns=["", "not known", "known", "saved"],
        rows=[[REQUESTS[form], str(a), str(b), str(saved[form])] for form, (a, b) in asked.items()],
        targets=[Target(f"at least {LEAST} fewer in each request", str(fewest), fewest >= LEAST)],
        notes=["known: logged in, with an address and a number from an earlier request; showing them is one question"],
        data={"questions": {form: {"not_known": a, "known": b} for form, (a, b) in asked.items()}},
    )


async def _asked(folder: Path, form: str) -> tuple[int, int]:
    with pytest.MonkeyPatch.context() as patch:
        room = furnished(folder, load_city(ROOT / "city.yml"), patch)
        try:
            return await _count(room, form, known=False), await _count(room, form, known=True)
        finally:
            room.ledger.engine.dispose()


async def _count(room: Room, form: str, *, known: bool) -> int:
    room.appointments.bookings.clear()
    room.appointments.needs_phone.update(product.code for product in room.city.products)
    citizen = room.citizen()
    if known:
        room.log_in(citizen, email="lien.declercq@example.be", telefoon="+32470123456")
    return len(await finish(await begin(room, form, citizen)))
