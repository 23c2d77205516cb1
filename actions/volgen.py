"""Hearing in the chat how a report goes on: only who wants to, and for as long as he wants."""

import asyncio
from collections.abc import Awaitable, Callable

from actions.base import ServiceAction, Turn
from actions.dossiers_volgen import ASKED, NEWS
from actions.followup import News
from actions.lopend import Own
from actions.reports import REPORT
from filings.book import Filings
from filings.follows import Follows
from filings.model import Change, Filing, FilingState

SAID = {
    News.OPEN: ("utter_melding_status_gewijzigd", "utter_melding_status_gewijzigd_bericht"),
    News.PAUSED: ("utter_melding_status_gepauzeerd", "utter_melding_status_gepauzeerd_bericht"),
    News.COMPLETED: ("utter_melding_status_afgehandeld", "utter_melding_status_afgehandeld_bericht"),
    News.CLOSED: ("utter_melding_status_afgesloten", "utter_melding_status_afgesloten_bericht"),
    News.PASSED_ON: ("utter_melding_status_doorgegeven", "utter_melding_status_doorgegeven_bericht"),
    News.NOTE: ("", "utter_melding_status_bericht"),
}
"""What is said of each kind of news, without and with what the city wrote about it."""


Otherwise = Callable[[Turn], Awaitable[bool]]
"""What the same words mean for who reported nothing here; whether they mean something."""


class StartFollowing(ServiceAction):
    """By the button under a report that was registered, or in his own words: then it is the latest one."""

    def __init__(self, own: Own, follows: Follows, otherwise: Otherwise) -> None:
        self.own = own
        self.follows = follows
        self.otherwise = otherwise

    def name(self) -> str:
        return "action_melding_volgen"

    async def perform(self, turn: Turn) -> None:
        await self.follow(turn)

    async def follow(self, turn: Turn) -> None:
        about_dossiers = turn.last_response == ASKED
        filing = None if about_dossiers else await own_report(turn, self.own)
        if filing is None:
            if not await self.otherwise(turn):
                turn.say("utter_melding_volgen_geen")
        elif filing.state is not FilingState.DONE:
            turn.say("utter_melding_volgen_later", kenmerk=filing.reference)
        else:
            await asyncio.to_thread(self.follows.follow, filing, filing.result.get("stand") or {})
            turn.say("utter_melding_volgen_gestart", nummer=filing.external_reference, kenmerk=filing.reference)


class StopFollowing(ServiceAction):
    def __init__(self, own: Own, follows: Follows, otherwise: Otherwise) -> None:
        self.own = own
        self.follows = follows
        self.otherwise = otherwise

    def name(self) -> str:
        return "action_melding_niet_volgen"

    async def perform(self, turn: Turn) -> None:
        await self.unfollow(turn)

    async def unfollow(self, turn: Turn) -> None:
        about_dossiers = turn.last_response in NEWS
        filing = None if about_dossiers else await own_report(turn, self.own)
        if filing is None:
            if not await self.otherwise(turn):
                turn.say("utter_melding_volgen_geen")
        else:
            await asyncio.to_thread(self.follows.unfollow, filing)
            turn.say("utter_melding_volgen_gestopt", nummer=filing.external_reference)


class TellChange(ServiceAction):
    """Something changed about a report that the citizen follows."""

    def __init__(self, filings: Filings, follows: Follows) -> None:
        self.filings = filings
        self.follows = follows

    def name(self) -> str:
        return "action_melding_status"

    async def perform(self, turn: Turn) -> None:
        await self.tell(turn)

    async def tell(self, turn: Turn) -> None:
        reference, _, number = (turn.choice or "").partition(":")
        filing = await asyncio.to_thread(self.filings.by_reference, reference)
        if filing and filing.conversation == turn.conversation and number.isdigit():
            change = await asyncio.to_thread(self.follows.change, filing, int(number))
            if change:
                tell_change(turn, change)


def tell_change(turn: Turn, change: Change) -> None:
    note = change.content["note"]
    turn.say(
        SAID[News(change.content["what"])][bool(note)],
        nummer=change.filing.external_reference,
        kenmerk=change.filing.reference,
        status=change.content["status"],
        bericht=note,
    )


async def own_report(turn: Turn, own: Own) -> Filing | None:
    """The report that the tapped button belongs to, else his latest one of this conversation: news is told there."""
    filed = [one for one in await own.filings_in(turn.conversation, REPORT) if one.conversation == turn.conversation]
    stands = (filing for filing in filed if filing.state not in (FilingState.REFUSED, FilingState.FAILED))
    return next((filing for filing in stands if turn.choice in (None, filing.reference)), None)
