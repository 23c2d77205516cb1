"""Five messages of one citizen, sent at once: answered in order, and how soon the fifth.

Each goes out on a connection of its own, that was open already, without waiting for the
one before. At Rasa's own channel a message that finds its conversation locked looks again
after a second.
"""

import asyncio
import time
import uuid
from dataclasses import dataclass
from statistics import median

from bench.citizens import RestCitizen, WebCitizen
from bench.effort import Effort
from bench.numbers import ms
from bench.report import Figure, Target
from bench.stage import Stage, say
from bench.talk import Line
from bench.wire import Line as Connection

LEAST = 5.0  # times sooner
MESSAGES = ("wanneer is het stadhuis open", "ben je een robot", "wat kost een reispas", "bedankt", "help")


@dataclass(frozen=True)
class Burst:
    seconds: float  # until the fifth answer
    in_order: bool


def measure(stage: Stage, effort: Effort) -> Figure:
    front, rest = stage.house.front_url, stage.same_model.url
    expected = asyncio.run(_one_by_one(front))
    ours: list[Burst] = []
    theirs: list[Burst] = []
    for number in range(effort.quick_message_rounds):
        say(f"five messages at once: round {number + 1} of {effort.quick_message_rounds}")
        ours.append(asyncio.run(_on_the_web(front, expected)))
        theirs.append(asyncio.run(_at_rasa(rest)))
    return _figure(ours, theirs)


async def _one_by_one(front: str) -> list[list[str]]:
    """What each message is answered when there is time for it."""
    citizen = WebCitizen(front)
    await citizen.begin()
    answers = [(await citizen.say(Line(text))).texts for text in MESSAGES]
    citizen.leave()
    return answers


async def _on_the_web(front: str, expected: list[list[str]]) -> Burst:
    citizen = WebCitizen(front)
    await citizen.begin()
    await citizen.say(Line("hallo"))
    lines = [Connection(front, citizen.token) for _ in MESSAGES]
    await asyncio.gather(*(line.get("/health/live") for line in lines))
    started = time.perf_counter()
    sent = await asyncio.gather(*(_post(line, text) for line, text in zip(lines, MESSAGES, strict=True)))
    heard = await citizen.hear(min(sent), started, answers=sum(map(len, expected)))
    for line in lines:
        line.close()
    citizen.leave()
    as_taken = [answer for _, answer in sorted(zip(sent, expected, strict=True))]
    return Burst(heard.seconds, heard.texts == [text for answer in as_taken for text in answer])


async def _post(line: Connection, text: str) -> int:
    body = {"client_msg_id": uuid.uuid4().hex, "type": "text", "text": text}
    return int((await line.post("/web/messages", body)).json(202)["seq"])


async def _at_rasa(rest: str) -> Burst:
    citizen = RestCitizen(rest)
    await citizen.begin()
    await citizen.say(Line("hallo"))
    others = [RestCitizen(rest, citizen.name) for _ in MESSAGES]
    await asyncio.gather(*(other.warm() for other in others))
    started = time.perf_counter()
    ended = await asyncio.gather(*(_ended(other, text) for other, text in zip(others, MESSAGES, strict=True)))
    for each in (citizen, *others):
        each.leave()
    return Burst(max(ended) - started, ended == sorted(ended))


async def _ended(citizen: RestCitizen, text: str) -> float:
    await citizen.say(Line(text))
    return time.perf_counter()


def _figure(ours: list[Burst], theirs: list[Burst]) -> Figure:
    sooner = [rival.seconds / own.seconds for own, rival in zip(ours, theirs, strict=True)]
    times, right = median(sooner), sum(burst.in_order for burst in ours)
    return Figure(
        title="Five messages of one citizen, sent at once",
        columns=["", "fifth answer after", "shortest", "longest", "in order"],
        rows=[_row("Balie, web", ours), _row("the same model, Rasa's rest and SQLite", theirs)],
        targets=[
            Target(f"the fifth answer at least {LEAST:.0f}× sooner", f"{times:.1f}×", times >= LEAST),
            Target("always answered in order", f"{right} of {len(ours)} times", right == len(ours)),
        ],
        data={
            "ours_seconds": [burst.seconds for burst in ours],
            "rest_seconds": [burst.seconds for burst in theirs],
            "times_sooner": times,
        },
    )


def _row(name: str, bursts: list[Burst]) -> list[str]:
    seconds = [burst.seconds for burst in bursts]
    in_order = f"{sum(burst.in_order for burst in bursts)} of {len(bursts)}"
    return [name, ms(median(seconds)), ms(min(seconds)), ms(max(seconds)), in_order]
