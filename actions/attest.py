"""Ordering an attest: which one, for whom, what it needs, where it goes; and what became of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date
from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.attest_levering import POST, TYPED
from actions.attest_vragen import Questions
from actions.base import ServiceAction, Turn
from actions.clients.ports import AttestState
from actions.contact import masked
from actions.dossiers import Closing
from actions.field import Field
from actions.form import ServiceForm
from actions.known import Known
from actions.moments.saying import say_day
from actions.namens import filed_by, tell_filed
from actions.orders import Orders
from actions.settling import settle
from city import City
from city_attests import AttestKind, Option, Way
from clock import BRUSSELS, Clock
from conversations.model import JSON
from filings.book import Filings
from filings.follows import Follows
from filings.model import Filing, FilingState
from texts import Texts

SLOTS = {
    "reden": "attest_reden",
    "taal": "attest_taal",
    "historiek": "attest_historiek",
    "bestemd_voor": "attest_bestemming",
    "partner": "attest_partner",
    "vorm": "attest_vorm",
    "met_afstamming": "attest_afstamming",
    "betrokkene": "attest_betrokkene",
    "verwantschap": "attest_verwantschap",
    "plaats_huwelijk": "attest_plaats",
    "plaats_overlijden": "attest_plaats",
    "datum_huwelijk": "attest_datum",
    "datum_overlijden": "attest_datum",
}
"""Where the answer to each of the Thuisloket's questions is kept. What is not here follows from those."""


class AttestForm(ServiceForm):
    """Ends at once where a chat cannot help: for what is asked elsewhere, and for who has no rijksregisternummer."""

    form = "attest_form"
    intent = "attest_aanvragen"
    files = "action_attest_indienen"
    not_found = "utter_attest_niet_ingeschreven"

    def __init__(
        self,
        fields: Sequence[Field],
        known: Known,
        orders: Orders,
        city: City,
    ) -> None:
        super().__init__(fields, known)
        self.questions = Questions(city.attests)
        self.orders = orders
        self.links = city.links

    async def perform(self, turn: Turn) -> list[EventType]:
        events = await super().perform(turn)
        elsewhere = await self.elsewhere(turn)
        if elsewhere is None:
            return events
        self.forget(turn)
        turn.say(elsewhere.response, naam=elsewhere.name, link=elsewhere.link)
        return [SlotSet("requested_slot", None), FollowupAction("action_listen")]

    async def next_question(self, turn: Turn) -> str | None:
        return None if await self.elsewhere(turn) else await super().next_question(turn)

    async def elsewhere(self, turn: Turn) -> "Elsewhere | None":
        kind = self.questions.kind(turn)
        if kind and kind.way is Way.COUNTER:
            return Elsewhere("utter_attest_via_eloket", kind.name, self.links[kind.link])
        if kind and kind.way is Way.OFFICE:
            return Elsewhere("utter_attest_aan_het_loket", kind.name)
        if turn["aangemeld"] and await self.orders.identity(turn.conversation) is None:
            return Elsewhere("utter_attest_geen_rijksregisternummer")
        return None


@dataclass(frozen=True)
class Elsewhere:
    """What is said to whoever must go another way."""

    response: str
    name: str = ""  # of the kind of attest
    link: str = ""  # of the e-counter


class AskConfirmation(ServiceAction):
    def __init__(self, orders: Orders, city: City, texts: Texts) -> None:
        self.orders = orders
        self.words = city.attests
        self.texts = texts

    def name(self) -> str:
        return "action_ask_attest_bevestigd"

    async def perform(self, turn: Turn) -> None:
        kind = self.words.kind(turn["attest_soort"])
        lines = [self._line("soort", kind.name), *self._for_whom(turn), *self._answers(turn, kind)]
        turn.say("utter_attest_samenvatting", gegevens="\n".join([*lines, await self._delivery(turn)]))

    def _for_whom(self, turn: Turn) -> list[str]:
        name = (turn["attest_voor_wie"] or {}).get("naam")
        return [self._line("voor_wie", name)] if name else []

    def _answers(self, turn: Turn, kind: AttestKind) -> list[str]:
        return [self._line(name, self._said(name, turn)) for name in kind.questions if name in SLOTS]

    async def _delivery(self, turn: Turn) -> str:
        if turn["attest_levering"] == POST:
            return self._line("post", "")
        email = await address(turn, self.orders)
        return self._line("mail", masked(email or ""))

    def _said(self, question: str, turn: Turn) -> str:
        value = turn[SLOTS[question]]
        if isinstance(value, bool):
            return self.texts.text("utter_attest_woord_ja" if value else "utter_attest_woord_nee")
        if question.startswith("datum_"):
            return format_date(date.fromisoformat(value), "d MMMM y", locale="nl_BE")
        return self._names(question).get(value, str(value))

    def _names(self, question: str) -> dict[str, str]:
        options: dict[str, tuple[Option, ...]] = {
            "reden": self.words.reasons,
            "taal": self.words.languages,
            "historiek": self.words.histories,
            "vorm": self.words.forms,
        }
        return {option.code: option.name for option in options.get(question, ())}

    def _line(self, name: str, value: str) -> str:
        return self.texts.text(f"utter_attest_regel_{name}", waarde=value)


class FileAttest(ServiceAction):
    def __init__(self, orders: Orders, city: City, clock: Clock, closing: Closing) -> None:
        self.orders = orders
        self.words = city.attests
        self.clock = clock
        self.closing = closing

    def name(self) -> str:
        return "action_attest_indienen"

    async def perform(self, turn: Turn) -> None:
        if not turn["attest_bevestigd"]:
            return
        identity = await self.orders.identity(turn.conversation)
        if identity is None or not identity.rrn:
            turn.say("utter_attest_niet_meer_aangemeld")
            return
        by_post = turn["attest_levering"] == POST
        payload = {
            "soort": turn["attest_soort"],
            "antwoorden": answers(turn, self.words.kind(turn["attest_soort"])),
            "gezinslid": (turn["attest_voor_wie"] or {}).get("id"),
            "levering": "post" if by_post else "email",
            "email": None if by_post else await address(turn, self.orders),
            "rrn": identity.rrn,
            "niveau": identity.level,
            **filed_by(turn),
        }
        filing = await self.orders.file(turn.conversation, payload, turn["aanvraag_sleutel"])
        if filing.claimed:
            filing = await settle(self.orders.filings, filing, self.orders.register)
        if tell_filed(turn, filing):
            return
        tell_order(turn, filing, self.words.kind(filing.payload["soort"]), self.clock)
        await self.closing.say(turn)


def answers(turn: Turn, kind: AttestKind) -> dict[str, str | bool]:
    """What the Thuisloket asks of this kind: what was answered, and what follows from it."""
    abroad = turn["attest_reden"] == "buitenland" or turn["attest_taal"] != "nl"
    following = {
        "met_oog_op_huwelijk": turn["attest_reden"] == "huwelijk",
        "meertalig_modelformulier": abroad,
    }
    return {name: following[name] if name in following else turn[SLOTS[name]] for name in kind.questions}


async def address(turn: Turn, orders: Orders) -> str | None:
    """The address that was confirmed: typed and proved by a code, or known from a source that proves it."""
    if turn["attest_levering"] == TYPED:
        return str(turn["attest_email"]) if turn["attest_code"] else None
    return await orders.email(turn.conversation)


class TellNews(ServiceAction):
    """An order that could not be placed at once came to its end, or the Thuisloket went on with one."""

    def __init__(self, filings: Filings, follows: Follows, city: City, clock: Clock) -> None:
        self.filings = filings
        self.follows = follows
        self.words = city.attests
        self.clock = clock

    def name(self) -> str:
        return "action_attest_bijwerken"

    async def perform(self, turn: Turn) -> None:
        await self.tell(turn)

    async def tell(self, turn: Turn) -> None:
        reference, _, number = (turn.choice or "").partition(":")
        filing = await asyncio.to_thread(self.filings.by_reference, reference)
        if filing is None or filing.conversation != turn.conversation:
            return
        kind = self.words.kind(filing.payload["soort"])
        if not number:
            tell_order(turn, filing, kind, self.clock)
        elif change := await asyncio.to_thread(self.follows.change, filing, int(number)):
            tell_standing(turn, filing, kind, change.content, self.clock)


def tell_order(turn: Turn, filing: Filing, kind: AttestKind, clock: Clock) -> None:
    """What came of an order, as far as it is now."""
    match filing.state:
        case FilingState.DONE:
            tell_standing(turn, filing, kind, filing.result, clock)
        case FilingState.REFUSED if filing.code == "not_a_resident":
            turn.say("utter_attest_niet_ingeschreven")
        case FilingState.REFUSED | FilingState.FAILED:
            turn.say("utter_attest_niet_aanvaard", kenmerk=filing.reference)
        case _:
            turn.say("utter_attest_ontvangen", kenmerk=filing.reference)


STANDINGS = {
    AttestState.RECEIVED: ("utter_attest_aangevraagd", "utter_attest_aangevraagd_post"),
    AttestState.BY_HAND: ("utter_attest_met_de_hand", "utter_attest_met_de_hand"),
    AttestState.DELIVERED: ("utter_attest_afgeleverd", "utter_attest_afgeleverd_post"),
    AttestState.REFUSED: ("utter_attest_geweigerd", "utter_attest_geweigerd"),
    AttestState.CANCELLED: ("utter_attest_geannuleerd", "utter_attest_geannuleerd"),
}
"""What is said of each, when it goes by e-mail and when it goes by post."""


def tell_standing(turn: Turn, filing: Filing, kind: AttestKind, standing: Mapping[str, JSON], clock: Clock) -> None:
    state = AttestState(standing["state"])
    email, expected = filing.payload["email"], standing["expected"]
    by_mail, by_post = STANDINGS[state]
    turn.say(
        by_mail if email else by_post,
        naam=kind.name,
        kenmerk=filing.reference,
        email=masked(email) if email else "",
        reden=standing["reason"],
        verwacht=say_day(datetime.fromisoformat(expected).astimezone(BRUSSELS).date(), clock.now()) if expected else "",
    )
