"""One turn on the web, beside the same model behind Rasa's own channel.

Two citizens say the same words, one to the widget's API and one to Rasa, one conversation
after the other; who goes first changes, so that what else the machine does falls on both.
"""

import asyncio
import re
from statistics import median

from bench.citizens import Citizen, Heard, RestCitizen, WebCitizen
from bench.effort import Effort
from bench.numbers import ms, percentile, ratio
from bench.report import Figure, Target
from bench.stage import Stage, say
from bench.talk import Talk, talks

MOST = 1.25  # times as long as Rasa alone

Pair = tuple[Heard, Heard]


def measure(stage: Stage, effort: Effort) -> Figure:
    front, rest = stage.house.front_url, stage.same_model.url
    asyncio.run(_round(front, rest))  # what is done once is done now: imports, connections, first statements
    rounds: list[list[Pair]] = []
    for number in range(effort.turn_rounds):
        say(f"web turn: round {number + 1} of {effort.turn_rounds}")
        stage.reset_city()
        rounds.append(asyncio.run(_round(front, rest)))
    return _figure(rounds)


async def _round(front: str, rest: str) -> list[Pair]:
    pairs: list[Pair] = []
    for number, talk in enumerate(talks()):
        ours, theirs = WebCitizen(front), RestCitizen(rest)
        if number % 2:
            heard = await conversation(ours, talk)
            pairs += zip(heard, await conversation(theirs, talk), strict=True)
        else:
            heard = await conversation(theirs, talk)
            pairs += zip(await conversation(ours, talk), heard, strict=True)
    return pairs


async def conversation(citizen: Citizen, talk: Talk) -> list[Heard]:
    """What was heard on each line; the welcome is not counted, since only the web has to open a conversation."""
    try:
        await citizen.begin()
        return [await citizen.say(line) for line in talk]
    finally:
        citizen.leave()


def _figure(rounds: list[list[Pair]]) -> Figure:
    pairs = [pair for one in rounds for pair in one]
    ours, theirs = ([pair[side].seconds for pair in pairs] for side in (0, 1))
    of_rounds = [ratio(median(o.seconds for o, _ in one), median(t.seconds for _, t in one)) for one in rounds]
    measured = median(of_rounds)
    spread = f"{min(of_rounds):.2f} to {max(of_rounds):.2f} over {len(rounds)} rounds"
    alike = sum(bare(o.texts) == bare(t.texts) for o, t in pairs)
    return Figure(
        title="A web turn: from the POST until the bot's message stands on the stream",
        columns=["", "p50", "p95", "turns"],
        rows=[
            ["Balie, web (ledger, stream, exactly once)", *times(ours)],
            ["the same model, Rasa's rest and SQLite", *times(theirs)],
            ["times as long", f"{ratio(median(ours), median(theirs)):.2f}×", _ratio95(ours, theirs), ""],
        ],
        targets=[Target(f"p50 at most {MOST}× Rasa alone", f"{measured:.2f}× ({spread})", measured <= MOST)],
        notes=[
            f"{alike} of {len(pairs)} turns had the same answer on both sides",
            f"of ours, {ms(median(o.acknowledged for o, _ in pairs))} until the message was in the ledger and taken",
        ],
        data={
            "ours_seconds": ours, "rest_seconds": theirs, "ratio_p50": measured, "ratio_per_round": of_rounds,
            "same_answers": alike,
        },
    )  # fmt: skip


def times(seconds: list[float]) -> list[str]:
    return [ms(median(seconds)), ms(percentile(seconds, 0.95)), str(len(seconds))]


def _ratio95(ours: list[float], theirs: list[float]) -> str:
    return f"{ratio(percentile(ours, 0.95), percentile(theirs, 0.95)):.2f}×"


def bare(texts: list[str]) -> str:
    """Without numbers, for the two sides book different hours; in one piece, for Rasa's channel cuts at empty lines."""
    return re.sub(r"\b[A-Z0-9-]*\d[A-Z0-9:-]*\b", "#", " ".join(" ".join(texts).split()))
