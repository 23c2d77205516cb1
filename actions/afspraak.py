"""Making an appointment: what for, where, when, and who comes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.agenda import BOOK, Agenda, spread
from actions.base import ServiceAction, Turn
from actions.clients.ports import Slot
from actions.contact import masked
from actions.form import Field, ServiceForm, Slots, pick
from actions.moments import (
    OFFICE,
    Ambiguous,
    Found,
    Interval,
    Moment,
    Reason,
    as_json,
    from_json,
    merged,
    read,
    say,
)
from actions.named import named_in
from actions.settling import settle
from actions.spoken import listed
from city import City, Product
from clock import BRUSSELS, Clock
from filings.model import Filing, FilingState

MOST_PRODUCTS = 9
MOST_SLOTS = 5
FIRST_SLOTS = 3
IMPOSSIBLE = (Reason.NO_SUCH_DAY, Reason.NO_SUCH_TIME, Reason.CONTRADICTION)
ANOTHER_DAY = "andere_dag"


class ProductField(Field):
    slot = "afspraak_dienst"
    words = ("waarvoor", "dienst", "onderwerp", "reden")

    def __init__(self, city: City) -> None:
        self.city = city

    async def prefill(self, turn: Turn, text: str) -> Slots:
        if self._known(turn.choice):
            return {self.slot: turn.choice}
        named = named_in(text, self.city.products)
        return {self.slot: named[0].code, **self._forget_place(turn, named[0])} if len(named) == 1 else {}

    async def read(self, turn: Turn) -> Slots | None:
        found = await self.prefill(turn, turn.text)
        if found:
            return found
        named = named_in(turn.text, self.city.products)
        return {self.slot: named[0].code} if named else None

    def clear(self) -> Slots:
        return {self.slot: None, "afspraak_locatie": None, "afspraak_moment": None}

    def _known(self, code: str | None) -> bool:
        return any(product.code == code for product in self.city.products)

    def _forget_place(self, turn: Turn, product: Product) -> Slots:
        """Another product may not be offered where the earlier one was."""
        changed = turn[self.slot] not in (None, product.code)
        return {"afspraak_locatie": None, "afspraak_moment": None} if changed else {}


class OfficeField(Field):
    slot = "afspraak_locatie"
    words = ("waar", "locatie", "plaats", "adres")

    def __init__(self, agenda: Agenda) -> None:
        self.agenda = agenda

    async def derive(self, turn: Turn) -> Slots:
        """One office is no question; nor is one that was named in the first sentence."""
        offices = await self.agenda.offices(turn["afspraak_dienst"])
        return {self.slot: offices[0].name} if len(offices) == 1 else {}

    async def read(self, turn: Turn) -> Slots | None:
        said = (turn.choice or turn.text).casefold()
        offices = await self.agenda.offices(turn["afspraak_dienst"])
        named = [office.name for office in offices if _names(said, office.name)]
        return {self.slot: named[0]} if named else None

    async def correct(self, turn: Turn, text: str) -> Slots:
        offices = await self.agenda.offices(turn["afspraak_dienst"])
        named = [office.name for office in offices if _names(text.casefold(), office.name)]
        changed = named and named[0] != turn[self.slot]
        return {self.slot: named[0], "afspraak_moment": None} if changed else {}

    def clear(self) -> Slots:
        return {self.slot: None, "afspraak_moment": None}


class MomentField(Field):
    """A wish first ("vrijdagnamiddag"), and then one of the moments that are free."""

    slot = "afspraak_moment"
    words = ("wanneer", "dag", "uur", "datum", "moment", "tijdstip")

    def __init__(self, agenda: Agenda, clock: Clock) -> None:
        self.agenda = agenda
        self.clock = clock

    async def prefill(self, turn: Turn, text: str) -> Slots:
        found = read(text, self.clock.now(), hours=OFFICE)
        return {"afspraak_wens": _wish(found)} if found and not _is_past(found) else {}

    async def correct(self, turn: Turn, text: str) -> Slots:
        wish = await self.prefill(turn, text)
        return {**wish, self.slot: None} if wish else {}

    async def derive(self, turn: Turn) -> Slots:
        """An exact moment that is free needs no choice."""
        wish = _as_found(turn["afspraak_wens"])
        if isinstance(wish, Moment) and any(slot.starts_at == wish.at for slot in await self._free(turn)):
            return {self.slot: wish.at.isoformat()}
        return {}

    async def read(self, turn: Turn) -> Slots | None:
        if turn.choice:
            return await self._chosen(turn, turn.choice)
        found = read(turn.text, self.clock.now(), hours=OFFICE)
        if found is None:
            return None
        if _is_past(found):
            turn.say("utter_afspraak_moment_voorbij")
            return {}
        if isinstance(found, Ambiguous) and not found.candidates:
            turn.say("utter_afspraak_moment_bestaat_niet" if found.reason in IMPOSSIBLE else self.explain)
            return {}
        if isinstance(found, Ambiguous):
            return {"afspraak_wens": _wish(found)}
        return await self._wished(turn, found)

    async def _chosen(self, turn: Turn, choice: str) -> Slots | None:
        if choice == ANOTHER_DAY:
            return {"afspraak_wens": None}
        candidates = (turn["afspraak_wens"] or {}).get("candidates") or []
        if choice.isdigit() and int(choice) < len(candidates):
            return {"afspraak_wens": candidates[int(choice)]}
        try:
            at = datetime.fromisoformat(choice).astimezone(BRUSSELS)
        except ValueError:
            return None
        if not any(slot.starts_at == at for slot in await self._free(turn)):
            turn.say("utter_afspraak_bezet")
            return {"afspraak_wens": None}
        return {self.slot: at.isoformat()}

    async def _wished(self, turn: Turn, found: Moment | Interval) -> Slots:
        known = _as_found(turn["afspraak_wens"])
        wish = merged(known, found) if isinstance(known, Moment | Interval) else found
        if isinstance(wish, Moment) and not any(slot.starts_at == wish.at for slot in await self._free(turn)):
            turn.say("utter_afspraak_moment_niet_vrij")
            wish = Interval(first=wish.at.date(), last=wish.at.date())
        return {"afspraak_wens": as_json(wish)}

    async def _free(self, turn: Turn) -> list[Slot]:
        return await self.agenda.free_slots(turn["afspraak_dienst"], turn["afspraak_locatie"])

    def clear(self) -> Slots:
        return {self.slot: None, "afspraak_wens": None}


class AppointmentForm(ServiceForm):
    form = "afspraak_form"
    intent = "afspraak_maken"


class AskProduct(ServiceAction):
    def __init__(self, city: City, agenda: Agenda) -> None:
        self.city = city
        self.agenda = agenda

    def name(self) -> str:
        return "action_ask_afspraak_dienst"

    async def perform(self, turn: Turn) -> None:
        offered = {activity.code for activity in await self.agenda.activities()}
        products = [product for product in self.city.products if product.code in offered]
        turn.say(
            "utter_afspraak_kies_dienst", [pick(product.name, product.code) for product in products[:MOST_PRODUCTS]]
        )


class AskOffice(ServiceAction):
    def __init__(self, agenda: Agenda) -> None:
        self.agenda = agenda

    def name(self) -> str:
        return "action_ask_afspraak_locatie"

    async def perform(self, turn: Turn) -> None:
        offices = await self.agenda.offices(turn["afspraak_dienst"])
        turn.say("utter_afspraak_kies_locatie", [pick(office.name, office.name) for office in offices])


class AskMoment(ServiceAction):
    """Offers what is free within the wish, or the first free moments."""

    def __init__(self, agenda: Agenda, clock: Clock) -> None:
        self.agenda = agenda
        self.clock = clock

    def name(self) -> str:
        return "action_ask_afspraak_moment"

    async def perform(self, turn: Turn) -> None:
        now = self.clock.now()
        wish = turn["afspraak_wens"]
        if wish and "candidates" in wish:
            titles = [say(from_json(candidate), now, short=True) for candidate in wish["candidates"]]
            choices = [pick(title, str(n)) for n, title in enumerate(titles)]
            turn.say("utter_afspraak_moment_dubbelzinnig", choices)
            return
        free = await self.agenda.free_slots(turn["afspraak_dienst"], turn["afspraak_locatie"])
        if not free:
            turn.say("utter_afspraak_helemaal_niets_vrij")
        elif wish is None:
            turn.say("utter_afspraak_vraag_moment", self._choices(free[:FIRST_SLOTS]))
        else:
            self._offer(turn, from_json(wish), free)

    def _offer(self, turn: Turn, wish: Moment | Interval, free: Sequence[Slot]) -> None:
        fitting = [slot for slot in free if wish.fits(slot.starts_at)]
        when = say(wish, self.clock.now())
        if fitting:
            turn.say("utter_afspraak_kies_moment", self._choices(spread(fitting, MOST_SLOTS)), wanneer=when)
        else:
            after = [slot for slot in free if not _before(slot, wish)] or list(free)
            turn.say(
                "utter_afspraak_niets_vrij", self._choices(after[:MOST_SLOTS]), wanneer=when[:1].upper() + when[1:]
            )

    def _choices(self, slots: Sequence[Slot]) -> list[Any]:
        now = self.clock.now()
        return [pick(say(slot.starts_at, now, short=True), slot.starts_at.isoformat()) for slot in slots]


class AskConfirmation(ServiceAction):
    def __init__(self, city: City, clock: Clock) -> None:
        self.city = city
        self.clock = clock

    def name(self) -> str:
        return "action_ask_afspraak_bevestigd"

    async def perform(self, turn: Turn) -> None:
        summary = {
            "dienst": self.city.product(turn["afspraak_dienst"]).name,
            "moment": said(turn["afspraak_moment"], self.clock.now()),
            "locatie": turn["afspraak_locatie"],
            "naam": turn["naam"],
            "email": turn["email"],
        }
        if turn["telefoon"]:
            turn.say("utter_afspraak_samenvatting_met_telefoon", **summary, telefoon=turn["telefoon"])
        else:
            turn.say("utter_afspraak_samenvatting", **summary)


class BookAppointment(ServiceAction):
    def __init__(self, agenda: Agenda, city: City, clock: Clock) -> None:
        self.agenda = agenda
        self.city = city
        self.clock = clock

    def name(self) -> str:
        return "action_afspraak_boeken"

    async def perform(self, turn: Turn) -> list[EventType]:
        if not turn["afspraak_bevestigd"]:
            return []
        wanted = {
            "dienst": turn["afspraak_dienst"],
            "locatie": turn["afspraak_locatie"],
            "moment": turn["afspraak_moment"],
            "naam": turn["naam"],
            "email": turn["email"],
            "telefoon": turn["telefoon"],
            "kanaal": turn.channel,
        }
        filing = await self.agenda.file(turn.conversation, BOOK, wanted, turn["aanvraag_sleutel"])
        if filing.claimed:
            filing = await settle(self.agenda.filings, filing, self.agenda.book)
        if filing.state is FilingState.REFUSED and filing.code == "slot_taken":
            return self._choose_again(turn)
        tell_booking(turn, filing, self.city, self.clock.now())
        if filing.state is FilingState.DONE:
            turn.say("utter_algemeen_nog_iets")
        return []

    def _choose_again(self, turn: Turn) -> list[EventType]:
        """Somebody was quicker: all answers stay, only the moment is asked again."""
        turn.say("utter_afspraak_bezet")
        day = datetime.fromisoformat(turn["afspraak_moment"]).date()
        kept = {
            "afspraak_dienst": turn["afspraak_dienst"],
            "afspraak_locatie": turn["afspraak_locatie"],
            "afspraak_wens": as_json(Interval(first=day, last=day)),
        }
        return [SlotSet("wissel", {"form": "afspraak_form", "slots": kept}), FollowupAction("afspraak_form")]


def tell_booking(turn: Turn, filing: Filing, city: City, now: datetime, *, later: bool = False) -> None:
    """What came of a booking, in the chat at once or later."""
    product = city.product(filing.payload["dienst"])
    values: dict[str, Any] = {
        "moment": said(filing.payload["moment"], now),
        "locatie": where(city, filing.payload["locatie"]),
        "referentie": filing.reference,
        "email": masked(filing.payload["email"]),
        "meebrengen": listed(product.bring),
    }
    match filing.state:
        case FilingState.DONE:
            turn.say("utter_afspraak_toch_bevestigd" if later else "utter_afspraak_bevestigd", **values)
        case FilingState.REFUSED:
            turn.say("utter_afspraak_toch_niet" if later else "utter_afspraak_geweigerd", **values)
        case FilingState.FAILED:
            turn.say("utter_afspraak_bij_collega", **values)
        case _:
            turn.say("utter_afspraak_niet_zeker", **values)


def where(city: City, office: str) -> str:
    """An office of the calendar as a sentence names it: "het stadhuis"."""
    return next((location.in_sentence for location in city.locations if location.name == office), office)


def said(moment: str, now: datetime) -> str:
    """An ISO moment as a citizen reads it."""
    return say(datetime.fromisoformat(moment), now)


def _wish(found: Found) -> dict[str, Any]:
    """For the slot afspraak_wens: a moment, an interval, or the candidates of what was ambiguous."""
    if isinstance(found, Ambiguous):
        return {"candidates": [as_json(candidate) for candidate in found.candidates]}
    return as_json(found)


def _as_found(wish: Mapping[str, Any] | None) -> Moment | Interval | None:
    return from_json(wish) if wish and "candidates" not in wish else None


def _is_past(found: Found) -> bool:
    return not isinstance(found, Ambiguous) and found.past


def _names(said: str, office: str) -> bool:
    """Whether a sentence names an office: whole, or by the word that only it has."""
    return office.casefold() in said or office.casefold().split()[-1] in said.split()


def _before(slot: Slot, wish: Moment | Interval) -> bool:
    if isinstance(wish, Moment):
        return slot.starts_at < wish.at
    return wish.first is not None and slot.starts_at.date() < wish.first
