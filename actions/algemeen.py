"""The conversation itself: welcome, yes and no, not understood, the rating."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping

from rasa_sdk.events import ActionExecuted, EventType, SessionStarted, SlotSet

from actions.base import ServiceAction, Turn
from actions.dossiers import OFFERS
from actions.dossiers_volgen import ASKED, NEWS
from actions.guesses import likely
from actions.hervatten import OFFERS as LEFT_OFFERS
from actions.hervatten import HalfDone
from actions.known import PERSONAL
from actions.medewerker import NOT_UNDERSTOOD, Person
from actions.vragen import guesses
from conversations.ledger import Ledger
from conversations.ratings import BEST, rate
from texts import Texts

LEFT = frozenset(LEFT_OFFERS.values())
"""The responses that ask whether to go on with what was left."""

ANYTHING_ELSE = (
    "utter_algemeen_nog_iets",
    "utter_algemeen_gestopt",
    "utter_algemeen_graag_gedaan",
    "utter_afspraak_blijft_staan",
    "utter_afspraak_overzicht_slot",
    "utter_dossiers_blijven_staan",
    "utter_dossiers_geen_berichten",
    "utter_dossiers_niet_verwittigen",
)
"""The responses that end in "anything else?"; a no to them ends the conversation."""


class StartSession(ServiceAction):
    """Begins a session with the welcome, and with what he left half-finished in the last one."""

    def __init__(self, half_done: HalfDone) -> None:
        self.half_done = half_done

    def name(self) -> str:
        return "action_session_start"

    async def perform(self, turn: Turn) -> list[EventType]:
        """A later session may know who somebody said he is, and nothing of what he asked.

        Of a citizen who was logged in it keeps nothing: his facts are shown to him again, if it still is him.
        """
        told = PERSONAL if turn["herkend"] is None else ()
        kept = [SlotSet(slot, turn[slot]) for slot in told if turn[slot]]
        turn.say("utter_algemeen_welkom")
        await self.half_done.offer(turn)
        return [SessionStarted(), *kept, ActionExecuted("action_listen")]


class Greet(ServiceAction):
    """Answers a greeting, unless the welcome just did."""

    def name(self) -> str:
        return "action_groeten"

    async def perform(self, turn: Turn) -> None:
        if len(list(messages_of_session(turn))) > 1:
            turn.say("utter_algemeen_groet")


class Yes(ServiceAction):
    """A bare yes outside a form: to a request that was left, to messages or news of them, or to nothing."""

    def __init__(
        self,
        tell_messages: Callable[[Turn], Awaitable[None]],
        follow_dossiers: Callable[[Turn], Awaitable[None]],
        resume: ServiceAction,
    ) -> None:
        self.tell_messages = tell_messages
        self.follow_dossiers = follow_dossiers
        self.resume = resume

    def name(self) -> str:
        return "action_ja"

    async def perform(self, turn: Turn) -> list[EventType]:
        if turn.last_response in LEFT:
            return await self.resume.perform(turn) or []
        if turn.last_response in OFFERS:
            await self.tell_messages(turn)
        elif turn.last_response == ASKED:
            await self.follow_dossiers(turn)
        else:
            turn.say("utter_algemeen_zeg_maar")
        return []


class No(ServiceAction):
    """A bare no: after a finished request it ends the conversation. Messages that he does not want stay unread.

    Said to a request that was left, it forgets that.
    """

    def __init__(self, half_done: HalfDone) -> None:
        self.half_done = half_done

    def name(self) -> str:
        return "action_nee"

    async def perform(self, turn: Turn) -> None:
        if turn.last_response in LEFT:
            await self.half_done.decline(turn)
        if turn.last_response in OFFERS:
            turn.say("utter_dossiers_blijven_staan")
        elif turn.last_response == ASKED:
            turn.say("utter_dossiers_niet_verwittigen")
        else:
            turn.say("utter_algemeen_afgerond" if turn.last_response in ANYTHING_ELSE else "utter_algemeen_zeg_maar")


class Stop(ServiceAction):
    """A bare "stop" outside a form: it ends the messages when one of those was said last."""

    def __init__(self, unfollow_dossiers: Callable[[Turn], Awaitable[None]]) -> None:
        self.unfollow_dossiers = unfollow_dossiers

    def name(self) -> str:
        return "action_stoppen"

    async def perform(self, turn: Turn) -> None:
        if turn.last_response in NEWS:
            await self.unfollow_dossiers(turn)
        else:
            turn.say("utter_algemeen_niets_te_stoppen")


class NotUnderstood(ServiceAction):
    """Asks "do you mean …?" where there is a guess, or to say it differently; then offers topics, then a person."""

    def __init__(self, person: Person, titles: Mapping[str, str], texts: Texts) -> None:
        """`titles`: what to call what somebody may have meant."""
        self.person, self.titles, self.texts = person, titles, texts

    def name(self) -> str:
        return "action_niet_begrepen"

    async def perform(self, turn: Turn) -> None:
        if turn.last_response in LEFT and len(list(messages_of_session(turn))) == 1:
            return  # an answer to the question of then; what stands there now is whether he goes on with it
        match misunderstandings_in_a_row(turn):
            case 0 | 1 if meant := likely(turn.ranking, self.titles):
                turn.say("utter_algemeen_bedoel_je", guesses(meant, self.titles, self.texts))
            case 0 | 1:
                turn.say("utter_algemeen_anders_zeggen")
            case 2:
                turn.say("utter_algemeen_kies_onderwerp")
            case _:
                turn.say("utter_algemeen_liever_een_mens")
                await self.person.call(turn, NOT_UNDERSTOOD)


class Repeat(ServiceAction):
    """Says the last thing again, with its choices."""

    def name(self) -> str:
        return "action_herhalen"

    async def perform(self, turn: Turn) -> None:
        said = [event for event in turn.tracker.events if event.get("event") == "bot" and event.get("text")]
        if not said:
            turn.say("utter_algemeen_wat_ik_kan")
            return
        turn.say("utter_algemeen_herhaling")
        buttons = (said[-1].get("data") or {}).get("buttons")
        turn.dispatcher.utter_message(text=said[-1]["text"], buttons=buttons)


BAD = 2
"""Up to this score it did not go well, and somebody may call."""
AGENT = "medewerker"
"""Whom a rating is about, in what a button carries: medewerker:5, assistent:3, or 4 without an agent."""


class KeepRating(ServiceAction):
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def name(self) -> str:
        return "action_beoordeling_bewaren"

    async def perform(self, turn: Turn) -> None:
        of_whom, _, score = (turn.choice or "").rpartition(":")
        if score.isdecimal() and 1 <= int(score) <= BEST:
            is_bad = int(score) <= BAD
            if not of_whom:
                await asyncio.to_thread(self.ledger.rate, turn.conversation, int(score), "")
            elif await self._rate(turn, int(score), person=of_whom == AGENT) and of_whom == AGENT and not is_bad:
                turn.say("utter_beoordeling_assistent")
                return
            if is_bad:
                turn.say("utter_terugbellen_aanbod")
                return
        turn.say("utter_algemeen_bedankt_voor_beoordeling")

    async def _rate(self, turn: Turn, score: int, *, person: bool) -> bool:
        """After a talk with an agent, each of the two is rated by itself."""
        return await asyncio.to_thread(rate, self.ledger.engine, turn.conversation, score, person=person)


def messages_of_session(turn: Turn) -> Iterator[EventType]:
    """The citizen's messages since the session began, newest first."""
    for event in reversed(turn.tracker.events):
        if event.get("event") == "session_started":
            return
        if event.get("event") == "user":
            yield event


def misunderstandings_in_a_row(turn: Turn) -> int:
    count = 0
    for event in messages_of_session(turn):
        intent = ((event.get("parse_data") or {}).get("intent") or {}).get("name")
        if intent not in ("nlu_fallback", "buiten_bereik"):
            break
        count += 1
    return count
