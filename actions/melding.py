"""Reporting a problem in the street: what, where, a photo, and how to stay informed."""

import asyncio
import re

from rasa_sdk.events import EventType

from actions.base import ServiceAction, Turn
from actions.contact import masked, read_email
from actions.dossiers import Closing
from actions.field import Confirmation, Field, Slots, pick, summarise
from actions.form import ServiceForm
from actions.known import Known
from actions.named import named_in
from actions.namens import filed_by, kept_open, tell_filed
from actions.persoon import Email, Name
from actions.places import Found, NeedsNumber, Outside, PlaceReader, Spot, WhichStreet
from actions.reports import Reports
from actions.settling import settle
from city import City
from filings.book import Filings
from filings.model import Filing, FilingState

_ADDRESS = re.compile(r"\S+@\S+|(?:mijn )?(?:e-?)?mail(?:adres)?\b|\b\d{1,3}[a-z]?\b", re.IGNORECASE)
_NEW_NUMBER = re.compile(
    r"(?:\b(?:huis)?(?:nummer|nr)\b\.?\s*|^(?:(?:nee|neen|sorry|ah)[, ]+)*(?:(?:het|'t|tis|is|op|dat)\s+)*)"
    r"(\d{1,3}\s?[a-z]?)\s*[.!]*$",
    re.IGNORECASE,
)
KEPT = ("melding_omschrijving", "melding_categorie", "melding_plaats", "melding_fotos", "melding_contact")
MOST_CHOICES = 9
MOST_PHOTOS = 5  # all of them must reach TOPdesk within one lease

# What people say around a report: alone it describes nothing.
_AROUND_WORDS = """
    ik wil wille zou zoude graag een 1 n ne nen melding melden melde iets iet iest probleem problemen klacht doen
    doorgeven aangeven maken indienen over van voor in op aan de het t den 1777 kan kunnen kunde hier bij je jullie
    u hoe moet hallo dag goeiedag goedendag goeiemorgen hey ja ook nog aub alstublieft astublieft svp pls dank alvast
    bedankt met mijn onze straat buurt gemeente stad defect heb hebben kheb k is er dat die dit te kwil kzou kzoe
"""
_AROUND = frozenset(_AROUND_WORDS.split())


def street_names(city: City) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(street.name) for street in city.streets), re.IGNORECASE)


class Description(Field):
    slot = "melding_omschrijving"
    words = ("omschrijving", "beschrijving", "tekst", "uitleg", "probleem")
    free_text = True
    open_to_agents = True

    def __init__(self, city: City) -> None:
        self.reports = city.reports
        self.streets = street_names(city)

    async def prefill(self, turn: Turn, text: str) -> Slots:
        """A sentence that tells only a place or an address tells nothing of the matter."""
        rest = _ADDRESS.sub(" ", self.streets.sub(" ", text))
        return {self.slot: text} if describes(rest) or named_in(rest, self.reports) else {}

    async def correct(self, turn: Turn, text: str) -> Slots:
        return {}  # what is wrong with a description cannot be seen in it

    async def fill_in(self, turn: Turn, text: str) -> Slots:
        return {self.slot: text} if describes(text) else {}

    async def read(self, turn: Turn) -> Slots | None:
        if describes(turn.text):
            return {self.slot: turn.text}
        return None


class Category(Field):
    slot = "melding_categorie"
    words = ("onderwerp", "categorie", "soort")
    open_to_agents = True

    def __init__(self, city: City) -> None:
        self.city = city
        self.streets = street_names(city)

    async def derive(self, turn: Turn) -> Slots:
        """What the description names, when it names one thing."""
        named = named_in(turn["melding_omschrijving"], self.city.reports)
        return {self.slot: named[0].code} if len(named) == 1 else {}

    async def prefill(self, turn: Turn, text: str) -> Slots:
        """A button under an answer, such as "meld het sluikstort", names the category."""
        return {self.slot: turn.choice} if self._is_category(turn.choice) else {}

    async def read(self, turn: Turn) -> Slots | None:
        if self._is_category(turn.choice):
            return {self.slot: turn.choice}
        named = named_in(turn.text, self.city.reports)
        return {self.slot: named[0].code} if named else None

    async def correct(self, turn: Turn, text: str) -> Slots:
        """ "Nee, het gaat over een boom": one other category, and not the name of a street."""
        named = named_in(self.streets.sub(" ", text), self.city.reports)
        return {self.slot: named[0].code} if len(named) == 1 and named[0].code != turn[self.slot] else {}

    def _is_category(self, code: str | None) -> bool:
        return any(category.code == code for category in self.city.reports)


class WhereField(Field):
    """A street with a number, a crossing, a remark, or a point on the map."""

    slot = "melding_plaats"
    words = ("plaats", "adres", "straat", "locatie", "huisnummer", "waar")
    open_to_agents = True

    def __init__(self, places: PlaceReader) -> None:
        self.places = places

    async def prefill(self, turn: Turn, text: str) -> Slots:
        found = self.places.read(text)
        if isinstance(found, NeedsNumber):
            return {"melding_straat": found.street}
        return {self.slot: _stored(found)} if isinstance(found, Spot) else {}

    async def correct(self, turn: Turn, text: str) -> Slots:
        """ "Nee, nummer 14" keeps the street."""
        found = self.places.read(text)
        known = turn[self.slot]
        if isinstance(found, Spot):
            return {self.slot: _stored(found)}
        if isinstance(found, NeedsNumber):
            return {self.slot: None, "melding_straat": found.street}
        number = _NEW_NUMBER.search(text)
        return {self.slot: _stored(self.places.at(known["straat"], number[1]))} if known and number else {}

    async def absorb(self, turn: Turn) -> Slots | None:
        if turn.place is None:
            return None
        found = self.places.point(turn.place)
        if isinstance(found, Outside):
            turn.say("utter_melding_buiten_de_stad")
            return {}
        return {self.slot: _stored(found)}

    async def read(self, turn: Turn) -> Slots | None:
        if turn.place:
            return await self.absorb(turn)
        if turn.choice:
            return self._chosen(turn, turn.choice)
        found = self.places.read(turn.text)
        return self._answer_in_street(turn) if found is None else self._answer(turn, found)

    def _answer(self, turn: Turn, found: Found) -> Slots | None:
        match found:
            case Spot():
                return {self.slot: _stored(found)}
            case NeedsNumber():
                return {"melding_straat": found.street}
            case WhichStreet():
                return {"melding_straat": {"keuzes": list(found.candidates), "gezegd": turn.text}}
        turn.say("utter_melding_straat_onbekend")
        return {}

    def _answer_in_street(self, turn: Turn) -> Slots | None:
        """The street is known already: nearly anything tells where in it."""
        street = turn["melding_straat"]
        if isinstance(street, str) and turn.text and turn.intent not in ("ontkennen", "overslaan"):
            return {self.slot: _stored(self.places.at(street, turn.text))}
        return None

    def clear(self) -> Slots:
        return {self.slot: None, "melding_straat": None}

    def _chosen(self, turn: Turn, name: str) -> Slots | None:
        """One of the streets that were offered; a number that was said with it is not asked again."""
        offered = turn["melding_straat"]
        if not isinstance(offered, dict) or name not in offered["keuzes"]:
            return None
        if re.search(r"\b\d{1,3}\b", offered["gezegd"]):
            return {self.slot: _stored(self.places.at(name, offered["gezegd"]))}
        return {"melding_straat": name}


class Photos(Field):
    """A photo may come at any moment; it is asked for once."""

    slot = "melding_fotos"
    words = ("foto", "foto's", "beeld")

    async def absorb(self, turn: Turn) -> Slots | None:
        if not turn.attachment:
            return None
        known = turn[self.slot] or []
        if len(known) >= MOST_PHOTOS:
            turn.say("utter_melding_genoeg_fotos")
            return {self.slot: known}
        turn.say("utter_melding_foto_ontvangen")
        return {self.slot: [*known, turn.attachment]}

    async def read(self, turn: Turn) -> Slots | None:
        if turn.attachment:
            return await self.absorb(turn)
        if turn.intent == "bevestigen":
            turn.say("utter_melding_stuur_foto")
            return {}
        return {self.slot: []} if turn.intent in ("overslaan", "ontkennen") else None

    async def unasked(self, turn: Turn) -> Slots:
        return {self.slot: []}


class ContactField(Field):
    """Whether the citizen wants to hear of it; an address is a yes."""

    slot = "melding_contact"
    about_person = True
    words = ("contact", "anoniem")

    async def derive(self, turn: Turn) -> Slots:
        return {self.slot: True} if turn["email"] else {}

    async def read(self, turn: Turn) -> Slots | None:
        email = read_email(turn.text)
        if email:
            return {self.slot: True, "email": email}
        if turn.intent == "bevestigen" or (turn.intent == "melding_volgen" and not turn.is_tapped):
            return {self.slot: True}
        return {self.slot: False} if turn.intent in ("overslaan", "ontkennen") else None

    async def unasked(self, turn: Turn) -> Slots:
        return {self.slot: False}

    def reopen(self) -> Slots:
        return {self.slot: None, "email": None}


class ContactEmail(Email):
    """An agent fills one in for whoever wants to hear of it, also when he first chose to be anonymous."""

    async def fill_in(self, turn: Turn, text: str) -> Slots:
        found = await super().fill_in(turn, text)
        return {**found, "melding_contact": True} if found else {}


class ReportForm(ServiceForm):
    form = "melding_form"
    intent = "melding_maken"
    files = "action_melding_indienen"


def report_fields(city: City, places: PlaceReader) -> list[Field]:
    async def stays_informed(turn: Turn) -> bool:
        return bool(turn["melding_contact"])

    return [
        Description(city),
        Category(city),
        WhereField(places),
        Photos(),
        ContactField(),
        ContactEmail(stays_informed),
        Name(stays_informed),
        Confirmation("melding_bevestigd"),
    ]


class AskCategory(ServiceAction):
    def __init__(self, city: City) -> None:
        self.city = city

    def name(self) -> str:
        return "action_ask_melding_categorie"

    async def perform(self, turn: Turn) -> None:
        """First what the description comes near to, then what is reported most."""
        near = named_in(turn["melding_omschrijving"] or "", self.city.reports)
        others = [category for category in self.city.reports if category not in near]
        offered = [*near, *others][:MOST_CHOICES]
        turn.say("utter_melding_kies_categorie", [pick(category.name, category.code) for category in offered])


class AskContact(ServiceAction):
    """Who is logged in and gave an address before, is not asked for it."""

    def __init__(self, known: Known) -> None:
        self.known = known

    def name(self) -> str:
        return "action_ask_melding_contact"

    async def perform(self, turn: Turn) -> None:
        identity = await self.known.identity(turn)
        facts = await self.known.facts(identity, ["email"]) if identity else {}
        turn.say("utter_melding_vraag_contact" if facts else "utter_ask_melding_contact")


class AskPlace(ServiceAction):
    def name(self) -> str:
        return "action_ask_melding_plaats"

    async def perform(self, turn: Turn) -> None:
        street = turn["melding_straat"]
        if isinstance(street, dict):
            turn.say("utter_melding_kies_straat", [pick(name, name) for name in street["keuzes"]])
        elif street:
            turn.say("utter_melding_vraag_nummer", straat=street)
        else:
            turn.say("utter_melding_vraag_plaats")


class AskConfirmation(ServiceAction):
    def __init__(self, city: City) -> None:
        self.city = city

    def name(self) -> str:
        return "action_ask_melding_bevestigd"

    async def perform(self, turn: Turn) -> None:
        summary = {
            "omschrijving": turn["melding_omschrijving"],
            "soort": self.city.report(turn["melding_categorie"]).name,
            "plaats": turn["melding_plaats"]["tekst"],
            "fotos": str(len(turn["melding_fotos"])),
        }
        if turn["melding_contact"]:
            summarise(turn, "utter_melding_samenvatting", **summary, naam=turn["naam"], email=turn["email"])
        else:
            summarise(turn, "utter_melding_samenvatting_anoniem", **summary)


class FileReport(ServiceAction):
    def __init__(self, reports: Reports, closing: Closing) -> None:
        self.reports = reports
        self.closing = closing

    def name(self) -> str:
        return "action_melding_indienen"

    async def perform(self, turn: Turn) -> list[EventType]:
        if not turn["melding_bevestigd"]:
            return []
        known = turn["melding_contact"]
        payload = {
            "omschrijving": turn["melding_omschrijving"],
            "categorie": turn["melding_categorie"],
            "plaats": turn["melding_plaats"],
            "fotos": turn["melding_fotos"],
            "naam": turn["naam"] if known else None,
            "email": turn["email"] if known else None,
            "kanaal": turn.channel,
            **filed_by(turn),
        }
        filing = await self.reports.file(turn.conversation, payload, turn["aanvraag_sleutel"])
        if filing.claimed:
            filing = await settle(self.reports.filings, filing, self.reports.register)
        if tell_filed(turn, filing):
            return kept_open("melding_form", {slot: turn[slot] for slot in KEPT})
        tell_report(turn, filing)
        await self.closing.say(turn)
        return []


class TellNews(ServiceAction):
    """A report that could not be passed on at once has come to its end."""

    def __init__(self, filings: Filings) -> None:
        self.filings = filings

    def name(self) -> str:
        return "action_melding_bijwerken"

    async def perform(self, turn: Turn) -> None:
        await self.tell(turn)

    async def tell(self, turn: Turn) -> None:
        filing = await asyncio.to_thread(self.filings.by_reference, turn.choice or "")
        if filing is None or filing.conversation != turn.conversation:
            return
        if not turn.was_told(filing.external_reference):  # by the answer itself, when that came later than the retry
            tell_report(turn, filing, later=True)


def tell_report(turn: Turn, filing: Filing, *, later: bool = False) -> None:
    """What came of a report: its number only when the city's system gave one."""
    email = filing.payload["email"]
    match filing.state:
        case FilingState.DONE if later:
            turn.say("utter_melding_alsnog_ingediend", nummer=filing.external_reference, kenmerk=filing.reference)
        case FilingState.DONE if email:
            turn.say(
                "utter_melding_ingediend",
                nummer=filing.external_reference,
                kenmerk=filing.reference,
                email=masked(email),
            )
        case FilingState.DONE:
            turn.say("utter_melding_ingediend_anoniem", nummer=filing.external_reference, kenmerk=filing.reference)
        case FilingState.REFUSED | FilingState.FAILED:
            turn.say("utter_melding_niet_aanvaard", kenmerk=filing.reference)
        case _:
            turn.say("utter_melding_ontvangen", kenmerk=filing.reference)


def _stored(spot: Spot) -> dict[str, object]:
    return {"tekst": spot.text, "straat": spot.street, "lat": spot.latitude, "lon": spot.longitude}


def describes(text: str) -> bool:
    """Whether a sentence says what the matter is, and not only that there is one."""
    told = [word for word in re.findall(r"[\w']+", text.casefold()) if word not in _AROUND]
    return len(told) >= 2 or (len(told) == 1 and len(text.split()) <= 2 and len(told[0]) > 3)
