"""Appointments that exist: look them up, move them, cancel them."""

import asyncio
import re
from datetime import datetime
from typing import Any

from actions.afspraak_verteld import said, tell_booking, where
from actions.agenda import BOOK, CANCEL, MOVE, Agenda, Planned
from actions.base import ServiceAction, Turn
from actions.contact import masked, read_email
from actions.dossiers import Closing
from actions.field import Field, Slots, pick, summarise
from actions.form import ServiceForm
from actions.lopend import Own
from actions.moments import say
from actions.settling import settle
from city import City
from clock import Clock
from filings.model import Filing, FilingState

MOST_APPOINTMENTS = 9
REFERENCE = re.compile(r"\ba[\s-]?[a-z0-9]{4}[\s-]?[a-z0-9]{4}\b", re.IGNORECASE)


class Coming:
    """The appointments of whoever speaks: made here, or wherever he was logged in; soonest first."""

    def __init__(self, agenda: Agenda, own: Own) -> None:
        self.agenda = agenda
        self.own = own

    async def all(self, turn: Turn) -> list[Planned]:
        return self.agenda.coming(await self.own.filings_in(turn.conversation, BOOK))

    async def changeable(self, turn: Turn) -> list[Planned]:
        return [planned for planned in await self.all(turn) if await self.agenda.may_stand(planned)]


class ChosenField(Field):
    """Which appointment: the only one, one of several, or one whose reference is typed."""

    slot = "afspraak_gekozen"
    words = ("afspraak", "andere")

    def __init__(self, agenda: Agenda, coming: Coming) -> None:
        self.agenda = agenda
        self.coming = coming

    async def derive(self, turn: Turn) -> Slots:
        planned = await self.coming.changeable(turn)
        return _chosen(planned[0], own=True) if len(planned) == 1 else {}

    async def prefill(self, turn: Turn, text: str) -> Slots:
        typed = turn.choice or (match[0] if (match := REFERENCE.search(text)) else "")
        planned = await self.agenda.planned(typed) if typed else None
        if planned is None or not await self.agenda.may_stand(planned):
            return {}
        return _chosen(planned, own=planned in await self.coming.all(turn))

    async def read(self, turn: Turn) -> Slots | None:
        found = await self.prefill(turn, turn.text)
        if found:
            return found
        if REFERENCE.search(turn.text):
            turn.say("utter_afspraak_referentie_onbekend")
            return {}
        return None

    def clear(self) -> Slots:
        known = ("afspraak_controle", "afspraak_dienst", "afspraak_locatie", "afspraak_moment", "afspraak_wens")
        return {self.slot: None, **dict.fromkeys(known)}


class OwnershipField(Field):
    """A reference of somebody else's opens nothing without the e-mail address of the booking."""

    slot = "afspraak_controle"

    def __init__(self, agenda: Agenda) -> None:
        self.agenda = agenda

    async def read(self, turn: Turn) -> Slots | None:
        email = read_email(turn.text)
        if email is None:
            return None
        planned = await self.agenda.planned(turn["afspraak_gekozen"])
        if planned and planned.email.casefold() == email.casefold():
            return {self.slot: True}
        turn.say("utter_afspraak_controle_fout")
        return {"afspraak_gekozen": None}


class MoveForm(ServiceForm):
    form = "afspraak_verplaatsen_form"
    intent = "afspraak_verplaatsen"
    stopped = "utter_afspraak_blijft_staan"


class CancelForm(ServiceForm):
    form = "afspraak_annuleren_form"
    intent = "afspraak_annuleren"
    stopped = "utter_afspraak_blijft_staan"


class AskWhich(ServiceAction):
    def __init__(self, coming: Coming, clock: Clock) -> None:
        self.coming = coming
        self.clock = clock

    def name(self) -> str:
        return "action_ask_afspraak_gekozen"

    async def perform(self, turn: Turn) -> None:
        planned = await self.coming.changeable(turn)
        if not planned:
            turn.say("utter_afspraak_vraag_referentie")
            return
        now = self.clock.now()
        turn.say(
            "utter_afspraak_kies_afspraak",
            [pick(say(one.starts_at, now, short=True), one.reference) for one in planned[:9]],
        )


class AppointmentAction(ServiceAction):
    """An action about the appointment that was chosen."""

    def __init__(self, agenda: Agenda, city: City, clock: Clock) -> None:
        self.agenda = agenda
        self.city = city
        self.clock = clock

    async def chosen(self, turn: Turn) -> Planned | None:
        planned = await self.agenda.planned(turn["afspraak_gekozen"]) if turn["afspraak_gekozen"] else None
        return planned if planned and await self.agenda.may_stand(planned) else None

    def told(self, planned: Planned) -> dict[str, Any]:
        return {
            "dienst": self.city.product(planned.product).name,
            "moment": say(planned.starts_at, self.clock.now()),
            "locatie": where(self.city, planned.office),
            "referentie": planned.reference,
            "email": masked(planned.email),
        }


class ChangeAction(AppointmentAction):
    """One that changes it, after which the request is done."""

    def __init__(self, agenda: Agenda, city: City, clock: Clock, closing: Closing) -> None:
        super().__init__(agenda, city, clock)
        self.closing = closing


class AskMove(AppointmentAction):
    def name(self) -> str:
        return "action_ask_afspraak_verplaatst"

    async def perform(self, turn: Turn) -> None:
        planned = await self.chosen(turn)
        if planned is None:
            turn.say("utter_afspraak_niet_gevonden")
            return
        told = self.told(planned)
        new = said(turn["afspraak_moment"], self.clock.now())
        summarise(turn, "utter_afspraak_verplaatsen_samenvatting", dienst=told["dienst"], oud=told["moment"], nieuw=new)


class MoveAppointment(ChangeAction):
    def name(self) -> str:
        return "action_afspraak_verplaatsen"

    async def perform(self, turn: Turn) -> None:
        planned = await self.chosen(turn)
        if not turn["afspraak_verplaatst"]:
            return
        if planned is None:  # it has begun, or was cancelled elsewhere
            turn.say("utter_afspraak_niet_gevonden")
            return
        wanted = {
            "afspraak": planned.filing,
            "moment": turn["afspraak_moment"],
            "vroeger": planned.starts_at.isoformat(),
        }
        filing = await self.agenda.file(turn.conversation, MOVE, wanted, turn["aanvraag_sleutel"])
        if filing.claimed:
            filing = await self.agenda.first_move(filing)
        await tell_move(turn, filing, self)
        await self.closing.say(turn)


class AskCancel(AppointmentAction):
    def name(self) -> str:
        return "action_ask_afspraak_geannuleerd"

    async def perform(self, turn: Turn) -> None:
        planned = await self.chosen(turn)
        if planned is None:
            turn.say("utter_afspraak_niet_gevonden")
            return
        summarise(turn, "utter_afspraak_annuleren_samenvatting", **self.told(planned))


class CancelAppointment(ChangeAction):
    def name(self) -> str:
        return "action_afspraak_annuleren"

    async def perform(self, turn: Turn) -> None:
        planned = await self.chosen(turn)
        if not turn["afspraak_geannuleerd"]:
            return
        if planned is None:
            turn.say("utter_afspraak_niet_gevonden")
            return
        wanted = {"afspraak": planned.filing, "moment": planned.starts_at.isoformat()}
        filing = await self.agenda.file(turn.conversation, CANCEL, wanted, turn["aanvraag_sleutel"])
        if filing.claimed:
            filing = await settle(self.agenda.filings, filing, self.agenda.cancel)
        tell_cancel(turn, filing, self.clock.now())
        await self.closing.say(turn)


class LookUpAppointments(AppointmentAction):
    def __init__(self, agenda: Agenda, coming: Coming, city: City, clock: Clock) -> None:
        super().__init__(agenda, city, clock)
        self.coming = coming

    def name(self) -> str:
        return "action_afspraak_opzoeken"

    async def perform(self, turn: Turn) -> None:
        planned = [one for one in await self.coming.all(turn) if await self.agenda.still_stands(one)]
        for one in planned:
            turn.say("utter_afspraak_overzicht", **self.told(one))
        turn.say("utter_afspraak_overzicht_slot" if planned else "utter_afspraak_geen_gevonden")


class TellNews(AppointmentAction):
    """A filing that could not be carried out at once has come to its end."""

    def name(self) -> str:
        return "action_afspraak_bijwerken"

    async def perform(self, turn: Turn) -> None:
        await self.tell(turn)

    async def tell(self, turn: Turn) -> None:
        filing = await asyncio.to_thread(self.agenda.filings.by_reference, turn.choice or "")
        if filing is None or filing.conversation != turn.conversation:
            return
        now = self.clock.now()
        match filing.kind:
            case "afspraak":
                tell_booking(turn, filing, self.city, now, later=True)
            case "afspraak_verplaatsen":
                await tell_move(turn, filing, self)
            case _:
                tell_cancel(turn, filing, now, later=True)


def tell_cancel(turn: Turn, filing: Filing, now: datetime, *, later: bool = False) -> None:
    response, values = cancelled(filing, now, later=later)
    turn.say(response, **values)


def cancelled(filing: Filing, now: datetime, *, later: bool) -> tuple[str, dict[str, Any]]:
    """What is said of it: cancelled only when the calendar said so; a refusal is for a colleague."""
    values = {"moment": said(filing.payload["moment"], now), "referentie": filing.reference}
    match filing.state:
        case FilingState.DONE:
            return "utter_afspraak_alsnog_geannuleerd" if later else "utter_afspraak_geannuleerd", values
        case FilingState.REFUSED | FilingState.FAILED:
            return "utter_afspraak_annuleren_mislukt", values
        case _:
            return "utter_afspraak_annuleren_wacht", values


async def tell_move(turn: Turn, filing: Filing, action: AppointmentAction) -> None:
    """Which of the two moments counts: the new one from the instant that it was booked."""
    old = said(filing.payload["vroeger"], action.clock.now())
    original = await asyncio.to_thread(action.agenda.filings.get, filing.payload["afspraak"])
    planned = await action.agenda.planned(original.reference)
    if "nieuw" not in filing.payload:
        match filing.state:
            case FilingState.REFUSED:
                turn.say("utter_afspraak_verplaatsen_mislukt", oud=old)
            case FilingState.FAILED:
                turn.say("utter_afspraak_verplaatsen_bij_collega", oud=old, referentie=filing.reference)
            case _:  # open too: somebody may be booking it at this moment
                turn.say("utter_afspraak_verplaatsen_niet_zeker", oud=old)
    elif planned is None or planned.booking != filing.payload["nieuw"]:
        return  # cancelled or moved again since, and told then
    elif filing.state is FilingState.DONE:
        turn.say("utter_afspraak_verplaatst", **action.told(planned))
    elif filing.state in (FilingState.REFUSED, FilingState.FAILED):
        turn.say("utter_afspraak_verplaatst_oude_bij_collega", **action.told(planned), oud=old)
    else:
        turn.say("utter_afspraak_verplaatst_oude_volgt", **action.told(planned), oud=old)


def _chosen(planned: Planned, *, own: bool) -> Slots:
    return {
        "afspraak_gekozen": planned.reference,
        "afspraak_controle": True if own else None,
        "afspraak_dienst": planned.product,
        "afspraak_locatie": planned.office,
    }
