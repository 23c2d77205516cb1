"""From a citizen's message to the agent's screen, and from the agent's answer to the citizen's, with everybody there.

Each agent holds one conversation and has its page open; the other chat windows are open
and say nothing. A message is on the screen when the part of the page that the stream
asks for has come.
"""

import asyncio
import time
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import select

from bench.effort import Effort
from bench.numbers import ms, percentile
from bench.report import Figure, Target
from bench.stage import Stage, say
from bench.wire import PATIENCE, Answer, Broken, Line
from clock import Clock
from conversations.agents import Agents, Profile
from conversations.bell import Bell
from conversations.database import connect, reading
from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.tables import conversations
from desk.door import COOKIE
from desk.sessions import Role, Sessions
from tests.house import House
from vault import vault_of

AGENTS, WINDOWS = 50, 500
MOST = 0.3  # seconds, of 95 in 100
BETWEEN = 0.1  # seconds between two messages
MANY = {"WEB_STREAMS_ADDRESS": "2000", "WEB_RATE_ADDRESS": "100000", "WEB_RATE_READING": "100000"}

Seconds = list[float]


@dataclass
class Pair:
    """A citizen and his agent, each with a stream; `heard` and `seen` ring when something comes on it."""

    conversation: str
    citizen: Line
    agent: Line
    csrf: str
    heard: asyncio.Event
    seen: asyncio.Event

    async def to_the_screen(self) -> float:
        words, started = uuid.uuid4().hex, time.perf_counter()
        body = {"client_msg_id": words, "type": "text", "text": words}
        (await self.citizen.post("/web/messages", body)).json(202)
        while True:
            await _rings(self.seen)
            page = await self.agent.get(f"/desk/gesprek/{self.conversation}/berichten")
            if words.encode() in page.body:
                return time.perf_counter() - started

    async def to_the_citizen(self) -> float:
        self.heard.clear()
        started = time.perf_counter()
        form = {"csrf": self.csrf, "id": uuid.uuid4().hex, "tekst": "Dag, dat zoek ik even op."}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        path = f"/desk/gesprek/{self.conversation}/antwoord"
        answer = await self.agent.post_bytes(path, urlencode(form).encode(), kind)
        if answer.status != 303:
            raise Broken(f"the agent's answer was answered {answer.status}")
        await _rings(self.heard)
        return time.perf_counter() - started


def measure(stage: Stage, effort: Effort) -> Figure:
    house = House(stage.folder / "desk-live", parts=("front",), environment=MANY)
    house.start()
    try:
        say(f"{AGENTS} agents and {WINDOWS} chat windows")
        there, back = asyncio.run(_measure(house, effort))
    finally:
        house.stop()
    return _figure(there, back)


async def _measure(house: House, effort: Effort) -> tuple[Seconds, Seconds]:
    tasks: list[asyncio.Task[None]] = []
    there: Seconds = []
    back: Seconds = []
    try:
        pairs = await _everybody(house, tasks)
        for number in range(max(AGENTS, effort.turn_rounds * 20)):
            pair = pairs[number % len(pairs)]
            there.append(await pair.to_the_screen())
            back.append(await pair.to_the_citizen())
            await asyncio.sleep(BETWEEN)
    finally:
        for task in tasks:
            task.cancel()
    return there, back


async def _everybody(house: House, tasks: list[asyncio.Task[None]]) -> list[Pair]:
    """All windows open, and the first conversations with an agent each."""
    engine, clock, bell = connect(house.settings.database_url), Clock(), Bell()
    sessions = Sessions(engine, clock, Agents(engine, clock, bell))
    handovers = Handovers(engine, clock, bell, vault_of(house.settings), pull={"web"})
    pairs = []
    for number in range(WINDOWS):
        known = (await _asked(Line(house.front_url))).json(201)
        token, heard = str(known["token"]), asyncio.Event()
        tasks.append(asyncio.create_task(_listen(Line(house.front_url, token), "/web/stream", "message", heard)))
        if number >= AGENTS:
            continue
        seen = asyncio.Event()
        cookie = sessions.start(f"bench|{number}", Profile(f"Agent {number}", ["onthaal"]), Role.AGENT)
        session = sessions.find(cookie)
        assert session
        citizen, agent = Line(house.front_url, token), Line(house.front_url, headers={"Cookie": f"{COOKIE}={cookie}"})
        body = {"client_msg_id": uuid.uuid4().hex, "type": "text", "text": "dag"}
        (await citizen.post("/web/messages", body)).json(202)  # now there is a conversation
        with reading(engine) as db:
            of_him = select(conversations.c.id).where(conversations.c.address == str(known["conversation"]))
            conversation = str(db.execute(of_him).scalar_one())
        handovers.take_over(conversation, session.agent.id, Request("onthaal", "melding", "asked", sticky=True))
        stream = f"/desk/stroom?gesprek={conversation}"
        tasks.append(
            asyncio.create_task(_listen(Line(house.front_url, headers=agent.headers), stream, "gesprek", seen))
        )
        pairs.append(Pair(conversation, citizen, agent, session.csrf, heard, seen))
    engine.dispose()
    await asyncio.sleep(3)  # until what the opening of all of them causes is over
    return pairs


async def _asked(line: Line) -> Answer:
    answer = await line.post("/web/session", {})
    line.close()
    return answer


async def _listen(line: Line, path: str, name: str, rings: asyncio.Event) -> None:
    async for event, data in line.events(path):
        if event == name and (data is None or data["from"] != "citizen"):
            rings.set()


async def _rings(bell: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(bell.wait(), PATIENCE)
    except TimeoutError as error:
        raise Broken(f"nothing came on the stream in {PATIENCE:.0f} s") from error
    bell.clear()


def _figure(there: Seconds, back: Seconds) -> Figure:
    named = {"to the agent's screen": there, "back to the citizen": back}
    return Figure(
        title=f"At the desk, with {AGENTS} agents and {WINDOWS} open chat windows",
        columns=["", "p50", "p95", "messages"],
        rows=[
            [name, ms(percentile(took, 0.5)), ms(percentile(took, 0.95)), str(len(took))]
            for name, took in named.items()
        ],
        targets=[
            Target(f"{name} in {ms(MOST)}, 95 in 100", ms(percentile(took, 0.95)), percentile(took, 0.95) <= MOST)
            for name, took in named.items()
        ],
        data={"seconds": named},
    )
