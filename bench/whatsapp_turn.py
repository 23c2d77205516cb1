"""One turn by WhatsApp beside the same turn on the web.

On the web it lasts from the POST until the bot's message stands on the stream; by
WhatsApp from the signed webhook until the message comes in at the Graph API.
"""

import asyncio
from statistics import median

from bench.citizens import Heard, WebCitizen
from bench.effort import Effort
from bench.numbers import ratio
from bench.phone import PhoneCitizen
from bench.report import Figure, Target
from bench.stage import Stage, say
from bench.talk import talks
from bench.web_turn import Pair, bare, conversation, times
from tests.house import House

MOST = 1.2  # times as long as on the web


def measure(stage: Stage, effort: Effort) -> Figure:
    asyncio.run(_round(stage.house))  # what is done once is done now
    rounds: list[list[Pair]] = []
    for number in range(effort.turn_rounds):
        say(f"WhatsApp turn: round {number + 1} of {effort.turn_rounds}")
        stage.reset_city()
        rounds.append(asyncio.run(_round(stage.house)))
    return _figure(rounds)


async def _round(house: House) -> list[Pair]:
    """Who goes first changes, so that what else the machine does falls on both."""
    pairs: list[Pair] = []
    for number, talk in enumerate(talks()):
        phone, web = PhoneCitizen(house), WebCitizen(house.front_url)
        if number % 2:
            heard = await conversation(phone, talk)
            pairs += zip(heard, await conversation(web, talk), strict=True)
        else:
            heard = await conversation(web, talk)
            pairs += zip(await conversation(phone, talk), heard, strict=True)
    return pairs


def _plain(heard: Heard) -> str:
    """Without the asterisks, of which WhatsApp needs fewer."""
    return bare(heard.texts).replace("*", "")


def _figure(rounds: list[list[Pair]]) -> Figure:
    pairs = [pair for one in rounds for pair in one]
    phone, web = ([pair[side].seconds for pair in pairs] for side in (0, 1))
    of_rounds = [ratio(median(p.seconds for p, _ in one), median(w.seconds for _, w in one)) for one in rounds]
    measured = median(of_rounds)
    spread = f"{min(of_rounds):.2f} to {max(of_rounds):.2f} over {len(rounds)} rounds"
    alike = sum(_plain(p) == _plain(w) for p, w in pairs)
    return Figure(
        title="A WhatsApp turn: from the signed webhook until the answer is at the Graph API",
        columns=["", "p50", "p95", "turns"],
        rows=[
            ["WhatsApp", *times(phone)],
            ["web", *times(web)],
            ["times as long", f"{ratio(median(phone), median(web)):.2f}×", "", ""],
        ],
        targets=[Target(f"p50 at most {MOST}× the web", f"{measured:.2f}× ({spread})", measured <= MOST)],
        notes=[f"{alike} of {len(pairs)} turns had the same answer on both sides"],
        data={"whatsapp_seconds": phone, "web_seconds": web, "ratio_p50": measured, "ratio_per_round": of_rounds},
    )
