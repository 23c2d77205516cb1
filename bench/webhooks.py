"""Signed webhooks of WhatsApp in an open loop, each delivered twice and a tenth of them three times at the same moment.

The pace does not wait for the answers, and an answer counts from the moment at which
its webhook was due. The bot has to answer all of it, so it talks as fast as it can
meanwhile. The house is one of its own, for what is left to answer would stand in the way.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select

from bench.effort import Effort
from bench.numbers import median, ms, percentile
from bench.phone import PHONES, Signer, said
from bench.report import Figure, Target
from bench.stage import Stage, say
from bench.wire import Broken
from bench.wire import Line as Connection
from conversations.database import connect
from conversations.tables import messages
from tests.house import House

CITIZENS = 120
PER_SECOND = 300  # webhooks, copies included
MOST = 0.100  # seconds
SAYINGS = ("wanneer is het stadhuis open", "ben je een robot", "wat kost een reispas", "bedankt", "help")
OPENED = 60.0  # seconds for the greetings to be answered


@dataclass
class Message:
    number: int
    citizen: str
    identifier: str
    copies: int


@dataclass
class Outcome:
    waited: list[float] = field(default_factory=list)
    refused: int = 0


def measure(stage: Stage, effort: Effort) -> Figure:
    say("a house of its own for the webhooks")
    house = House(stage.folder / "webhooks")
    house.start()
    try:
        citizens = asyncio.run(_open_windows(house))
        plan = list(_plan(citizens, effort.webhook_seconds))
        say(f"{sum(m.copies for m in plan)} webhooks about {len(plan)} messages in {effort.webhook_seconds:.0f} s")
        outcome = asyncio.run(_post_all(house, plan))
        return _figure(plan, outcome, _kept(house))
    finally:
        house.stop()


async def _open_windows(house: House) -> list[str]:
    """Everybody says hello once and is answered, so that the sandbox lets the city answer."""
    phones = Connection(house.sandbox_url)
    known = [(await phones.post(PHONES, {})).json(200) for _ in range(CITIZENS)]
    for citizen in known:
        await phones.post(f"{PHONES}/{citizen['id']}/say", {"text": "hallo"})
    deadline = time.monotonic() + OPENED
    for citizen in known:
        while len((await phones.get(f"{PHONES}/{citizen['id']}")).json(200)["messages"]) < 2:
            if time.monotonic() > deadline:
                raise Broken("the greetings were not answered")
            await asyncio.sleep(0.1)
    phones.close()
    return [str(citizen["address"]) for citizen in known]


def _plan(citizens: list[str], seconds: float) -> Iterator[Message]:
    """Everybody in turn, so that the messages of one citizen are some time apart, as people type."""
    left, number = int(PER_SECOND * seconds), 0
    while left > 0:
        copies = 3 if number % 10 == 0 else 2
        citizen = citizens[number % len(citizens)]
        yield Message(number, citizen, f"wamid.bench{number:06d}", copies)
        left, number = left - copies, number + 1


async def _post_all(house: House, plan: list[Message]) -> Outcome:
    signer, outcome, lines = Signer(house), Outcome(), _Lines(house.front_url)
    begun, posted = time.perf_counter() + 0.5, 0
    tasks: list[asyncio.Task[None]] = []
    for message in plan:
        due = begun + posted / PER_SECOND
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        body, headers = signer.webhook(message.citizen, said(random.choice(SAYINGS)), message.identifier)
        tasks += [asyncio.create_task(lines.post(body, headers, due, outcome)) for _ in range(message.copies)]
        posted += message.copies
    await asyncio.gather(*tasks)
    lines.close()
    return outcome


class _Lines:
    """As many connections as there are answers to wait for."""

    def __init__(self, url: str) -> None:
        self._url, self._free = url, list[Connection]()

    async def post(self, body: bytes, headers: dict[str, str], due: float, outcome: Outcome) -> None:
        line = self._free.pop() if self._free else Connection(self._url)
        answer = await line.post_bytes("/webhooks/whatsapp", body, headers)
        outcome.waited.append(time.perf_counter() - due)
        outcome.refused += answer.status != 200
        self._free.append(line)

    def close(self) -> None:
        for line in self._free:
            line.close()


def _kept(house: House) -> list[tuple[str, str]]:
    """Conversation and id of every message in the ledger that the bench posted, in its order."""
    query = select(messages.c.conversation, messages.c.external_id).where(messages.c.external_id.like("wamid.bench%"))
    engine = connect(house.settings.database_url)
    with engine.connect() as db:
        rows = db.execute(query.order_by(messages.c.conversation, messages.c.seq))
        found = [(str(conversation), str(identifier)) for conversation, identifier in rows]
    engine.dispose()
    return found


def _figure(plan: list[Message], outcome: Outcome, kept: list[tuple[str, str]]) -> Figure:
    times_kept = Counter(identifier for _, identifier in kept)
    lost = sum(message.identifier not in times_kept for message in plan)
    doubled = sum(times - 1 for times in times_kept.values())
    in_order = _in_order(kept)
    p99 = percentile(outcome.waited, 0.99)
    waited = [ms(median(outcome.waited)), *(ms(percentile(outcome.waited, share)) for share in (0.95, 0.99, 1.0))]
    counted = f"{lost} lost, {doubled} doubled, {outcome.refused} refused, order {'' if in_order else 'NOT '}kept"
    exact = lost == doubled == outcome.refused == 0 and in_order
    return Figure(
        title=f"Signed webhooks, {PER_SECOND} a second in an open loop, beside a talking bot",
        columns=["", "p50", "p95", "p99", "longest", "webhooks", "messages"],
        rows=[["acknowledged after", *waited, str(len(outcome.waited)), str(len(plan))]],
        targets=[
            Target(f"p99 at most {ms(MOST)}", ms(p99), p99 <= MOST),
            Target(
                "nothing lost, nothing doubled, order kept for each citizen",
                counted,
                exact,
            ),
        ],
        notes=[f"from {CITIZENS} citizens; each message posted twice, a tenth of them three times, at the same moment"],
        data={
            "seconds": outcome.waited, "lost": lost, "doubled": doubled, "refused": outcome.refused,
            "in_order": in_order,
        },
    )  # fmt: skip


def _in_order(kept: list[tuple[str, str]]) -> bool:
    """The ids count up, and so they must within each conversation."""
    return kept == sorted(kept)
