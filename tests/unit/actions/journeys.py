"""The questions of every form, an answer to each, and the way to them."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime

from actions.agenda import BOOK
from actions.form import ServiceForm
from clock import BRUSSELS
from tests.unit.actions.room import ENOUGH, Citizen, Room

Answer = Callable[[Citizen], Awaitable[list[str]]]

THURSDAY = datetime(2026, 11, 26, 10, tzinfo=BRUSSELS)
FRIDAY = datetime(2026, 11, 27, 14, tzinfo=BRUSSELS)
EMAIL = "lien.declercq@example.be"
OFFICE = "Stadhuis"


def says(text: str, intent: str = "nlu_fallback") -> Answer:
    return lambda citizen: citizen.says(text, intent)


def taps(payload: str) -> Answer:
    return lambda citizen: citizen.taps(payload)


def picks(code: str) -> Answer:
    return taps(f'/kiezen{{"keuze": "{code}"}}')


async def logs_in(citizen: Citizen) -> list[str]:
    citizen.room.log_in(citizen)
    return await citizen.taps("/aangemeld")


async def types_mailed_code(citizen: Citizen) -> list[str]:
    found = re.search(r"\b\d{6}\b", citizen.room.mailer.sent[-1][2])
    assert found
    return await citizen.says(found[0])


YES = says("ja", "bevestigen")
ABOUT_PERSON = {"naam": says("Lien Declercq"), "email": says(EMAIL), "telefoon": says("0470 12 34 56")}
ANSWERS: dict[str, dict[str, Answer]] = {
    "melding_form": {
        "melding_omschrijving": says("er is iets raars met het water in de vijver"),
        "melding_categorie": picks("voetpad"),
        "melding_plaats": says("Kerkstraat 12"),
        "melding_fotos": taps("/overslaan"),
        "melding_contact": YES,
        "email": ABOUT_PERSON["email"],
        "naam": ABOUT_PERSON["naam"],
        "melding_bevestigd": YES,
    },
    "afspraak_form": {
        "afspraak_dienst": says("rijbewijs"),
        "afspraak_locatie": says("in het stadhuis"),
        "afspraak_moment": picks(THURSDAY.isoformat()),
        **ABOUT_PERSON,
        "afspraak_bevestigd": YES,
    },
    "vergeten_form": {"vergeten_bevestigd": YES},
    "terugbellen_form": {
        "terugbellen_vraag": says("de kat van de buren zit op mijn dak"),
        "telefoon": ABOUT_PERSON["telefoon"],
        "terugbellen_moment": says("morgenvoormiddag"),
        "terugbellen_bevestigd": YES,
    },
    "attest_form": {
        "attest_soort": picks("WOONST"),
        "aangemeld": logs_in,
        "attest_voor_wie": picks("zelf"),
        "attest_reden": picks("buitenland"),
        "attest_taal": picks("fr"),
        "attest_historiek": picks("geen"),
        "attest_bestemming": says("het Franse pensioenfonds"),
        "attest_partner": says("Jan Peeters"),
        "attest_vorm": picks("uittreksel"),
        "attest_afstamming": YES,
        "attest_betrokkene": says("Omer Declercq"),
        "attest_verwantschap": says("dochter"),
        "attest_plaats": says("Kortrijk"),
        "attest_datum": says("3/11/2026"),
        "attest_levering": picks("email"),
        "attest_email": says("ander@example.be"),
        "attest_code": types_mailed_code,
        "attest_bevestigd": YES,
    },
    "afspraak_verplaatsen_form": {
        "afspraak_gekozen": lambda citizen: citizen.says(citizen.reference),
        "afspraak_controle": says(EMAIL),
        "afspraak_moment": picks(FRIDAY.isoformat()),
        "afspraak_verplaatst": YES,
    },
    "afspraak_annuleren_form": {
        "afspraak_gekozen": lambda citizen: citizen.says(citizen.reference),
        "afspraak_controle": says(EMAIL),
        "afspraak_geannuleerd": YES,
    },
}
KINDS = {
    "attest_bestemming": "LEVEN",
    "attest_partner": "WETTELIJKE_SAMENWONING",
    "attest_vorm": "GEBOORTEAKTE",
    "attest_afstamming": "GEBOORTEAKTE",
    "attest_betrokkene": "OVERLIJDENSAKTE",
    "attest_verwantschap": "OVERLIJDENSAKTE",
    "attest_plaats": "OVERLIJDENSAKTE",
    "attest_datum": "OVERLIJDENSAKTE",
}
"""Which attest asks this; the others are asked about a WOONST."""
ONCE = {
    "utter_aanmelden_link": "utter_aanmelden_link_staat_klaar",
    "utter_attest_code_verstuurd": "utter_attest_code_vraag",
}
"""What does something besides asking, and how it is asked again without doing that again."""
OF_EVERY_FORM = {"bekend": YES}
QUESTIONS = [(form, slot) for form, answers in ANSWERS.items() for slot in answers]
CONFIRMATIONS = {form: list(answers)[-1] for form, answers in ANSWERS.items()}


def form_in(room: Room, name: str) -> ServiceForm:
    form = room.actions[f"validate_{name}"]
    assert isinstance(form, ServiceForm)
    return form


def questions_of(form: str) -> list[str]:
    """All that is asked of who gives these answers."""
    return [slot for slot in ANSWERS[form] if slot not in KINDS]


def said_again(citizen: Citizen) -> str:
    """The question that was just put, as it is when it is put again."""
    return ONCE.get(citizen.heard[-1], citizen.heard[-1])


async def reach(room: Room, form: str, question: str) -> Citizen:
    """A citizen to whom this question was just put, and who answered all the earlier ones of the form."""
    citizen = await begin(room, form, room.citizen())
    answers = {**ANSWERS[form], **({"attest_soort": picks(KINDS[question])} if question in KINDS else {})}
    for _ in answers:
        if citizen.asked != question:
            assert citizen.asked is not None, citizen.heard
            await answers[citizen.asked](citizen)
    assert citizen.asked == question
    return citizen


async def begin(room: Room, form: str, citizen: Citizen) -> Citizen:
    """The form is started, and what it needs beside the citizen is there."""
    if form in ("afspraak_verplaatsen_form", "afspraak_annuleren_form"):
        citizen.reference = await make_appointment(room, room.citizen())
    room.appointments.needs_phone.add("RIJBEWIJS")
    await citizen.taps(f"/{form_in(room, form).intent}")
    return citizen


async def finish(citizen: Citizen) -> list[str]:
    """Answers whatever is asked, up to and including the summary; gives the questions."""
    asked: list[str] = []
    while citizen.form:
        assert citizen.asked is not None
        assert len(asked) < ENOUGH, asked
        asked.append(citizen.asked)
        await {**ANSWERS[citizen.form], **OF_EVERY_FORM}[citizen.asked](citizen)
    return asked


async def make_appointment(room: Room, citizen: Citizen, at: datetime = THURSDAY, product: str = "RIJBEWIJS") -> str:
    """An appointment that stands, made in this citizen's conversation; its reference."""
    wanted = {
        "dienst": product,
        "locatie": OFFICE,
        "moment": at.isoformat(),
        "naam": "Lien Declercq",
        "email": EMAIL,
        "telefoon": None,
        "kanaal": "web",
    }
    filing = room.filings.file(citizen.conversation, BOOK, wanted, f"{citizen.conversation} {at}")
    await room.agenda.book(filing)
    return filing.reference


async def make_report(citizen: Citizen) -> None:
    """An anonymous report, up to and including the yes to its summary."""
    await citizen.says("er ligt een tegel los in de Kerkstraat 12", "melding_maken")
    while citizen.form:
        assert citizen.asked is not None
        anonymous = taps("/overslaan") if citizen.asked == "melding_contact" else None
        await (anonymous or ANSWERS[citizen.form][citizen.asked])(citizen)
