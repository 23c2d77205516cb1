"""Logging in and out: a link when the city must know who asks, and what is said around it.

The login happens in the citizen's browser. What came of it reaches the bot as an event
of the house, wherever the citizen logged in, so a form goes on at its open question.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from rasa_sdk.events import EventType

from actions.accounts import Work, activity_of, on_behalf_of
from actions.base import ServiceAction, Turn
from actions.field import Field, Slots
from actions.hervatten import HalfDone
from actions.known import Known, forget_person
from citizens.links import Links
from clock import Clock


async def always(turn: Turn) -> bool:
    return True


class IdentityField(Field):
    """Who it is, as the login provider vouches for it. Known: nothing is asked.

    `fresh`: for a sensitive step he must have logged in no longer ago than that.
    """

    slot = "aangemeld"
    words = ("aanmelding", "login")
    about_person = True
    farewell = "utter_aanmelden_zonder"

    def __init__(
        self,
        known: Known,
        clock: Clock,
        *,
        fresh: timedelta | None = None,
        needed: Callable[[Turn], Awaitable[bool]] = always,
    ) -> None:
        self.known = known
        self.clock = clock
        self.fresh = fresh
        self.needed = needed

    async def is_needed(self, turn: Turn) -> bool:
        return await self.needed(turn)

    async def derive(self, turn: Turn) -> Slots:
        identity = await self.known.identity(turn)
        if identity is None or (self.fresh and not identity.is_fresh(self.clock.utc(), self.fresh)):
            return {}
        return {self.slot: True}

    async def read(self, turn: Turn) -> Slots | None:
        """The login itself is the answer; a word can only ask for another link, or come too early."""
        found = await self.derive(turn)
        if found or turn.intent != "bevestigen":
            return found or None
        if turn["aanmelden_gestopt"]:
            return {"aanmelden_gestopt": None, "aanmelden_link": None}
        turn.say("utter_aanmelden_nog_niet_gezien")
        return {}

    def is_refused(self, turn: Turn) -> bool:
        return turn.intent in ("ontkennen", "overslaan")

    def clear(self) -> Slots:
        return {self.slot: None, "aanmelden_gestopt": None}


class Invitation:
    """Gives a link into the conversation."""

    def __init__(self, links: Links) -> None:
        self.links = links

    async def give(self, turn: Turn, response: str) -> None:
        link = await asyncio.to_thread(self.links.create, turn.conversation)
        turn.set(aanmelden_link=link)
        turn.say(response, link=link)

    async def is_open(self, turn: Turn) -> bool:
        """The last link that was given can still be used."""
        link = turn["aanmelden_link"]
        return bool(link) and await asyncio.to_thread(self.links.url, link) is not None

    async def demand(self, turn: Turn, then: str) -> None:
        """For an action outside a form that must know who asks: a link now, and the action after the login."""
        turn.set(na_aanmelden=then)
        if await self.is_open(turn):
            turn.say("utter_aanmelden_link_staat_klaar")
        else:
            await self.give(turn, "utter_aanmelden_link")


class AskLogin(ServiceAction):
    def __init__(self, known: Known, invitation: Invitation) -> None:
        self.known = known
        self.invitation = invitation

    def name(self) -> str:
        return "action_ask_aangemeld"

    async def perform(self, turn: Turn) -> None:
        """One link at a time: as long as the last one works it is only pointed at."""
        if turn["aanmelden_gestopt"]:
            turn.say("utter_aanmelden_nog_eens")
        elif await self.invitation.is_open(turn):
            turn.say("utter_aanmelden_link_staat_klaar")
        elif await self.known.identity(turn):
            await self.invitation.give(turn, "utter_aanmelden_opnieuw")  # too long ago for this step
        else:
            await self.invitation.give(turn, "utter_aanmelden_link")


class LogIn(ServiceAction):
    """The citizen himself asks to log in, or for another link."""

    def __init__(self, known: Known, invitation: Invitation) -> None:
        self.known = known
        self.invitation = invitation

    def name(self) -> str:
        return "action_aanmelden"

    async def perform(self, turn: Turn) -> None:
        identity = await self.known.identity(turn)
        if identity:
            turn.say("utter_aanmelden_al_aangemeld", voornaam=identity.given_name)
        else:
            await self.invitation.give(turn, "utter_aanmelden_link_gevraagd")

    async def interrupt(self, turn: Turn) -> None:
        if turn["requested_slot"] == IdentityField.slot:
            turn.set(aanmelden_link=None, aanmelden_gestopt=None)  # the question comes again, with a new link
        else:
            await self.perform(turn)


class TellLoggedIn(ServiceAction):
    """The login is done, here or in another window; what waited for it is done now.

    Within this action: Rasa knows no rule for another one that would follow, and says then that it did not understand.
    """

    def __init__(self, known: Known, waited: Mapping[str, ServiceAction], half_done: HalfDone) -> None:
        self.known = known
        self.waited = waited
        self.half_done = half_done

    def name(self) -> str:
        return "action_aangemeld"

    async def perform(self, turn: Turn) -> list[EventType]:
        identity = await self.known.identity(turn)
        if identity is None:
            return []  # logged out again before this was read
        forget_person(turn)  # somebody may have given his own name on this phone before
        await self.known.recognise(turn)
        waiting = turn["na_aanmelden"]
        turn.set(na_aanmelden=None)
        response = "utter_aanmelden_aangemeld_voor" if waiting else "utter_aanmelden_aangemeld"
        turn.say(response, voornaam=identity.given_name)
        if waiting:
            with on_behalf_of(Work(turn.conversation, activity_of(waiting))):
                return await self.waited[waiting].perform(turn) or []
        await self.half_done.offer(turn, elsewhere=True)
        return []

    async def interrupt(self, turn: Turn) -> None:
        identity = await self.known.identity(turn)
        if identity:
            turn.say("utter_aanmelden_aangemeld_tussendoor", voornaam=identity.given_name)


REASONS = ("geweigerd", "verlopen", "storing", "te_zwak", "geen_rrn", "iemand_anders", "afgemeld", "mislukt")
"""Why a login came to nothing, or to its end, as the login pages tell it."""


class TellNotLoggedIn(ServiceAction):
    """The citizen refused at the login provider, it did not work, or he logged out there."""

    def name(self) -> str:
        return "action_aanmelden_afgebroken"

    async def perform(self, turn: Turn) -> None:
        await self.interrupt(turn)

    async def interrupt(self, turn: Turn) -> None:
        reason = turn.choice if turn.choice in REASONS else "mislukt"
        turn.set(na_aanmelden=None)
        if reason == "afgemeld":
            forget_person(turn)
        turn.say(f"utter_aanmelden_afgebroken_{reason}")
        if turn["requested_slot"] == IdentityField.slot:
            turn.set(aanmelden_gestopt=True)  # no new link is pushed upon him


class LogOut(ServiceAction):
    """ "Log mij uit", "dat ben ik niet": what was known of him is gone from this conversation."""

    def __init__(self, known: Known) -> None:
        self.known = known

    def name(self) -> str:
        return "action_afmelden"

    async def perform(self, turn: Turn) -> None:
        await self.interrupt(turn)

    async def interrupt(self, turn: Turn) -> None:
        was_known = await asyncio.to_thread(self.known.identities.unbind, turn.conversation, "logged_out")
        forget_person(turn)
        turn.set(aanmelden_link=None, na_aanmelden=None)
        turn.say("utter_afmelden_gedaan" if was_known else "utter_afmelden_niet_aangemeld")
