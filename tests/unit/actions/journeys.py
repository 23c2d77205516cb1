"""The questions of every form, an answer to each, and the way to them."""

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
OF_EVERY_FORM = {"bekend": YES}
QUESTIONS = [(form, slot) for form, answers in ANSWERS.items() for slot in answers]
CONFIRMATIONS = {form: list(answers)[-1] for form, answers in ANSWERS.items()}


def form_in(room: Room, name: str) -> ServiceForm:
    form = room.actions[f"validate_{name}"]
    assert isinstance(form, ServiceForm)
    return form


async def reach(room: Room, form: str, question: str) -> Citizen:
    """A citizen to whom this question was just put, and who answered all the earlier ones of the form."""
    citizen = await begin(room, form, room.citizen())
    for _ in ANSWERS[form]:
        if citizen.asked != question:
            assert citizen.asked is not None, citizen.heard
            await ANSWERS[form][citizen.asked](citizen)
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
