"""Making an appointment: what for, where, when, and who comes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rasa_sdk.events import EventType

from actions.afspraak_verteld import said, tell_booking
from actions.agenda import BOOK, Agenda, spread
from actions.base import ServiceAction, Turn
from actions.clients.ports import Slot
from actions.dossiers import Closing
from actions.field import Field, Slots, pick, summarise
from actions.form import ServiceForm
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
from actions.namens import filed_by, kept_open, tell_filed
from actions.settling import settle
from city import City, Product
from clock import BRUSSELS, Clock
from filings.model import FilingState

MOST_PRODUCTS = 9
MOST_SLOTS = 5
FIRST_SLOTS = 3
IMPOSSIBLE = (Reason.NO_SUCH_DAY, Reason.NO_SUCH_TIME, Reason.CONTRADICTION)


class ProductField(Field):
    slot = "afspraak_dienst"
    words = ("waarvoor", "dienst", "onderwerp", "reden")
    open_to_agents = True

    def __init__(self, city: City) -> None:
        self.city = city

    async def prefill(self, turn: Turn, text: str) -> Slots:
        if self._known(turn.choice):
            return {self.slot: turn.choice}
        named = named_in(text, self.city.products)
        return {self.slot: named[0].code, **self._forget_place(turn, named[0])} if len(named) == 1 else {}

    async def correct(self, turn: Turn, text: str) -> Slots:
        found = await self.prefill(turn, text)
        return found if found.get(self.slot) != turn[self.slot] else {}

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
    open_to_agents = True

    def __init__(self, agenda: Agenda, city: City) -> None:
        self.agenda = agenda
        self.city = city

    async def derive(self, turn: Turn) -> Slots:
        """One office is no question."""
        offices = await self.agenda.offices(turn["afspraak_dienst"])
        return {self.slot: offices[0].name} if len(offices) == 1 else {}

    async def prefill(self, turn: Turn, text: str) -> Slots:
        """An office that was named beside what the appointment is for."""
        if turn["afspraak_dienst"] is None:
            return {}
        named = await self._named(turn, text)
        return {self.slot: named} if named else {}

    async def read(self, turn: Turn) -> Slots | None:
        named = await self._named(turn, turn.choice or turn.text)
        return {self.slot: named} if named else None

    async def correct(self, turn: Turn, text: str) -> Slots:
        named = await self._named(turn, text)
        changed = named and named != turn[self.slot]
        return {self.slot: named, "afspraak_moment": None} if changed else {}

    async def _named(self, turn: Turn, text: str) -> str | None:
        """The one office of this product that the text names, by its name or as people call it."""
        offered = {office.name for office in await self.agenda.offices(turn["afspraak_dienst"])}
        places = [location for location in self.city.locations if location.name in offered]
        named = named_in(text, places)
        return named[0].name if len(named) == 1 else None

    def clear(self) -> Slots:
        return {self.slot: None, "afspraak_moment": None}


class MomentField(Field):
    """A wish first ("vrijdagnamiddag"), and then one of the moments that are free."""

    slot = "afspraak_moment"
    words = ("wanneer", "dag", "uur", "datum", "moment", "tijdstip")
    open_to_agents = True

    def __init__(self, agenda: Agenda, clock: Clock) -> None:
        self.agenda = agenda
        self.clock = clock

    async def prefill(self, turn: Turn, text: str) -> Slots:
        found = read(text, self.clock.now(), hours=OFFICE)
        useless = _is_past(found) or (isinstance(found, Ambiguous) and not found.candidates)
        return {"afspraak_wens": _wish(found)} if found and not useless else {}

    async def correct(self, turn: Turn, text: str) -> Slots:
        """ "Toch liever om 14 uur" keeps the day."""
        wish: dict[str, Any] = {**await self.prefill(turn, text)}
        wanted = _as_found(wish.get("afspraak_wens"))
        chosen = turn[self.slot]
        if isinstance(wanted, Interval) and chosen and not wanted.has_days:
            known = Moment(datetime.fromisoformat(chosen).astimezone(BRUSSELS))
            wish = {"afspraak_wens": as_json(merged(known, wanted))}
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
    files = "action_afspraak_boeken"


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
        after = [slot for slot in free if not _before(slot, wish)][:MOST_SLOTS]
        if fitting:
            soonest = isinstance(wish, Interval) and wish.soonest
            offered = fitting[:MOST_SLOTS] if soonest else spread(fitting, MOST_SLOTS)
            turn.say("utter_afspraak_kies_moment", self._choices(offered), wanneer=when)
        elif after:
            turn.say("utter_afspraak_niets_vrij", self._choices(after), wanneer=when[:1].upper() + when[1:])
        else:
            turn.say("utter_afspraak_te_ver", self._choices(free[-MOST_SLOTS:]))

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
            summarise(turn, "utter_afspraak_samenvatting_met_telefoon", **summary, telefoon=turn["telefoon"])
        else:
            summarise(turn, "utter_afspraak_samenvatting", **summary)


class BookAppointment(ServiceAction):
    def __init__(self, agenda: Agenda, city: City, clock: Clock, closing: Closing) -> None:
        self.closing = closing
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
            **filed_by(turn),
        }
        filing = await self.agenda.file(turn.conversation, BOOK, wanted, turn["aanvraag_sleutel"])
        if filing.claimed:
            filing = await settle(self.agenda.filings, filing, self.agenda.book)
        refused = tell_filed(turn, filing)
        if refused or (filing.state is FilingState.REFUSED and filing.code == "slot_taken"):
            return self._choose_again(turn)
        tell_booking(turn, filing, self.city, self.clock.now())
        if filing.state is FilingState.DONE:
            await self.closing.say(turn)
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
        return kept_open("afspraak_form", kept)


def _wish(found: Found) -> dict[str, Any]:
    """For the slot afspraak_wens: a moment, an interval, or the candidates of what was ambiguous."""
    if isinstance(found, Ambiguous):
        return {"candidates": [as_json(candidate) for candidate in found.candidates]}
    return as_json(found)


def _as_found(wish: Mapping[str, Any] | None) -> Moment | Interval | None:
    return from_json(wish) if wish and "candidates" not in wish else None


def _is_past(found: Found | None) -> bool:
    return isinstance(found, Moment | Interval) and found.past


def _before(slot: Slot, wish: Moment | Interval) -> bool:
    if isinstance(wish, Moment):
        return slot.starts_at < wish.at
    return wish.first is not None and slot.starts_at.date() < wish.first
