"""Making an appointment: what is read, what is offered, what is booked and what is told."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.afspraak import FIRST_SLOTS, MOST_PRODUCTS, MOST_SLOTS
from actions.clients.errors import Misconfigured, Rejected, Unavailable, Uncertain
from actions.named import named_in
from clock import BRUSSELS
from filings.model import FilingState
from tests.unit.actions.journeys import ANSWERS, EMAIL, THURSDAY, finish, picks, reach

PARTS = {
    "afspraak_dienst": "voor een rijbewijs",
    "afspraak_moment": "donderdag om 10 uur",
    "email": f"mail {EMAIL}",
}
OUTCOMES = [
    (Unavailable("jcc", "book"), FilingState.OPEN, "utter_afspraak_niet_zeker"),
    (Uncertain("jcc", "book"), FilingState.UNCERTAIN, "utter_afspraak_niet_zeker"),
    (Misconfigured("jcc", "token"), FilingState.OPEN, "utter_afspraak_niet_zeker"),
    (RuntimeError("a mistake"), FilingState.UNCERTAIN, "utter_afspraak_niet_zeker"),
    (Rejected("jcc", "book", "refused"), FilingState.REFUSED, "utter_afspraak_geweigerd"),
]


# --- what was said is not asked again ---------------------------------------------------------------------------------


@pytest.mark.req("BP2-08", "BP2-13")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.permutations(list(PARTS)),
    size=st.integers(0, len(PARTS)),
    opening=st.sampled_from(["ik wil een afspraak", "hallo, kan ik een afspraak krijgen", "afspraak"]),
)
async def test_what_the_first_sentence_says_is_not_asked_and_the_rest_is(room, said, size, opening):
    room.appointments.bookings.clear()
    room.appointments.needs_phone.add("RIJBEWIJS")
    known = set(said[:size])
    citizen = room.citizen()

    await citizen.says(" ".join([opening, *(PARTS[part] for part in said[:size])]), "afspraak_maken")
    asked = await finish(citizen)

    assert set(asked) & known == set()
    assert set(asked) | known == set(ANSWERS["afspraak_form"])
    assert len(asked) == len(set(asked))
    assert len(room.filings.of(citizen.conversation)) == 1


@pytest.mark.req("BP2-13")
async def test_friday_afternoon_for_a_driving_licence_fills_two_answers(citizen):
    await citizen.says("ik wil vrijdagnamiddag een afspraak voor een rijbewijs", "afspraak_maken")
    assert citizen.heard == ["utter_afspraak_kies_locatie"]

    await citizen.says("in het stadhuis")

    assert citizen.heard == ["utter_afspraak_kies_moment"]
    assert citizen.choices == ["vr 27 nov 14.00 u", "vr 27 nov 15.00 u"]


async def test_a_button_under_an_answer_brings_its_product(citizen):
    assert await citizen.taps('/afspraak_maken{"keuze":"REISPAS"}') == ["utter_afspraak_kies_locatie"]


async def test_the_only_office_is_no_question(citizen):
    assert await citizen.says("afspraak om te trouwen", "afspraak_maken") == ["utter_afspraak_vraag_moment"]

    assert citizen.slots["afspraak_locatie"] == "Stadhuis"


@pytest.mark.req("BP4-07")
async def test_who_is_known_from_a_report_is_not_asked_who_he_is(room):
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    await citizen.says("ja", "bevestigen")
    room.appointments.needs_phone.clear()

    await citizen.says("nu nog een afspraak voor mijn rijbewijs", "afspraak_maken")

    assert await finish(citizen) == ["afspraak_locatie", "afspraak_moment", "afspraak_bevestigd"]


async def test_a_phone_number_is_asked_only_for_what_needs_one(room):
    citizen = room.citizen()
    await citizen.says("afspraak voor een rijbewijs", "afspraak_maken")

    assert "telefoon" not in await finish(citizen)


# --- each question and its answers ------------------------------------------------------------------------------------


def test_every_product_of_the_city_can_be_told_by_each_of_its_words(city):
    words = [(product, word) for product in city.products for word in (product.name, *product.synonyms)]

    assert [word for product, word in words if named_in(word, city.products) != [product]] == []


async def test_products_are_offered_and_one_that_is_not_listed_can_be_named(room, city):
    citizen = await reach(room, "afspraak_form", "afspraak_dienst")
    assert citizen.choices == [product.name for product in city.products][:MOST_PRODUCTS]

    await citizen.says("voor een bouwvergunning")

    assert citizen.slots["afspraak_dienst"] == "OMGEVINGSVERGUNNING"


async def test_a_product_that_the_calendar_lacks_is_not_offered(room, monkeypatch):
    activities = await room.appointments.activities()

    async def fewer():
        return activities[1:]

    monkeypatch.setattr(room.appointments, "activities", fewer)
    citizen = room.citizen()

    await citizen.says("ik wil een afspraak", "afspraak_maken")

    assert "Identiteitskaart (eID)" not in citizen.choices


@pytest.mark.parametrize("text", ["geen idee", "voor iets anders", "een pizza"])
async def test_what_is_no_product_is_asked_again(room, text):
    citizen = await reach(room, "afspraak_form", "afspraak_dienst")

    assert await citizen.says(text) == ["utter_uitleg_afspraak_dienst", "utter_afspraak_kies_dienst"]


@pytest.mark.parametrize("text", ["stadhuis", "In het Stadhuis graag", "Stadhuis"])
async def test_an_office_can_be_named(room, text):
    citizen = await reach(room, "afspraak_form", "afspraak_locatie")

    await citizen.says(text)

    assert citizen.slots["afspraak_locatie"] == "Stadhuis"


async def test_an_office_that_does_not_do_this_is_asked_again(room):
    citizen = await reach(room, "afspraak_form", "afspraak_locatie")

    assert await citizen.says("het recyclagepark") == ["utter_uitleg_afspraak_locatie", "utter_afspraak_kies_locatie"]


async def test_the_first_free_moments_are_offered(room):
    citizen = await reach(room, "afspraak_form", "afspraak_moment")

    assert citizen.heard == ["utter_afspraak_vraag_moment"]
    assert citizen.choices == ["vandaag 11.00 u", "vandaag 14.00 u", "vandaag 15.00 u"][:FIRST_SLOTS]


@pytest.mark.parametrize(
    ("said", "offered"),
    [
        ("donderdag", ["do 26 nov 9.00 u", "do 26 nov 10.00 u", "do 26 nov 11.00 u", "do 26 nov 14.00 u"]),
        ("vrijdag voormiddag", ["vr 27 nov 9.00 u", "vr 27 nov 10.00 u", "vr 27 nov 11.00 u"]),
        ("morgen na 14 uur", ["morgen 14.00 u", "morgen 15.00 u"]),
    ],
)
async def test_what_is_free_within_the_wish_is_offered(room, said, offered):
    citizen = await reach(room, "afspraak_form", "afspraak_moment")

    assert await citizen.says(said) == ["utter_afspraak_kies_moment"]
    assert citizen.choices[: len(offered)] == offered
    assert len(citizen.choices) <= MOST_SLOTS


async def test_a_wide_wish_is_offered_spread_over_its_days(room):
    citizen = await reach(room, "afspraak_form", "afspraak_moment")

    await citizen.says("in de week van 30 november")

    days = [title.rsplit(" ", 2)[0] for title in citizen.choices]
    assert len(citizen.choices) == MOST_SLOTS
    assert len(set(days)) > 3


async def test_an_exact_moment_that_is_free_is_taken_at_once(room):
    citizen = await reach(room, "afspraak_form", "afspraak_moment")

    assert await citizen.says("donderdag om 10 uur") == ["utter_ask_naam"]
    assert citizen.slots["afspraak_moment"] == THURSDAY.isoformat()


async def test_first_a_day_and_then_an_hour_are_one_moment(room):
    citizen = await reach(room, "afspraak_form", "afspraak_moment")
    await citizen.says("donderdag")

    await citizen.says("om 10 uur")

    assert citizen.slots["afspraak_moment"] == THURSDAY.isoformat()


async def test_an_exact_moment_that_is_taken_gives_others_of_that_day(room):
    room.appointments.take("Stadhuis", THURSDAY)
    citizen = await reach(room, "afspraak_form", "afspraak_moment")

    assert await citizen.says("donderdag om 10 uur") == [
        "utter_afspraak_moment_niet_vrij",
        "utter_afspraak_kies_moment",
    ]
    assert all(title.startswith("do 26 nov") for title in citizen.choices)


async def test_a_day_on_which_nothing_is_free_gives_the_first_moments_after_it(room):
    citizen = await reach(room, "afspraak_form", "afspraak_moment")

    assert await citizen.says("zaterdag") == ["utter_afspraak_niets_vrij"]
    assert citizen.choices[0] == "ma 30 nov 9.00 u"


async def test_when_nothing_is_free_at_all_that_is_said(room):
    now = room.clock.now().date()
    room.appointments.full = {now + timedelta(days=day) for day in range(60)}
    citizen = room.citizen()
    await citizen.says("afspraak voor een rijbewijs", "afspraak_maken")

    assert await citizen.says("stadhuis") == ["utter_afspraak_helemaal_niets_vrij"]


async def test_a_moment_that_is_over_is_told_and_asked_again(room):
    citizen = await reach(room, "afspraak_form", "afspraak_moment")

    assert await citizen.says("gisteren om 10 uur") == ["utter_afspraak_moment_voorbij", "utter_afspraak_vraag_moment"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [("volgende vrijdag", ["vr 4 dec", "vr 27 nov"]), ("31 november", ["ma 30 nov", "di 1 dec"])],
)
async def test_a_day_that_can_be_two_days_is_asked_and_never_guessed(room, said, meant):
    citizen = await reach(room, "afspraak_form", "afspraak_moment")

    assert await citizen.says(said) == ["utter_afspraak_moment_dubbelzinnig"]
    assert citizen.choices == meant
    await citizen.chooses(meant[0])

    assert citizen.heard == ["utter_afspraak_kies_moment"]
    assert all(title.startswith(meant[0]) for title in citizen.choices)


async def test_a_moment_that_was_taken_while_the_citizen_was_reading_is_not_his(room):
    citizen = await reach(room, "afspraak_form", "afspraak_moment")
    room.appointments.take("Stadhuis", THURSDAY)

    assert await picks(THURSDAY.isoformat())(citizen) == ["utter_afspraak_bezet", "utter_afspraak_vraag_moment"]


@pytest.mark.parametrize("choice", ["rubbish", "99", "2020-01-01T10:00:00+01:00"])
async def test_a_choice_that_was_not_offered_is_no_moment(room, choice):
    citizen = await reach(room, "afspraak_form", "afspraak_moment")

    await picks(choice)(citizen)

    assert citizen.asked == "afspraak_moment"


@pytest.mark.parametrize("text", ["jan.example.be", "ik heb geen mail", "@"])
async def test_what_is_no_address_is_explained(room, text):
    citizen = await reach(room, "afspraak_form", "email")

    assert await citizen.says(text) == ["utter_uitleg_email", "utter_ask_email"]


@pytest.mark.parametrize("text", ["123", "0470 12", "geen telefoon"])
async def test_what_is_no_phone_number_is_explained(room, text):
    citizen = await reach(room, "afspraak_form", "telefoon")

    assert await citizen.says(text) == ["utter_uitleg_telefoon", "utter_ask_telefoon"]


# --- the summary and what is booked -----------------------------------------------------------------------------------


@pytest.mark.req("BP2-08", "BP4-02")
async def test_the_summary_shows_everything_that_will_be_booked(room):
    citizen = await reach(room, "afspraak_form", "afspraak_bevestigd")

    told = ("Rijbewijs", "donderdag 26 november om 10.00 uur", "Stadhuis", "Lien Declercq", EMAIL, "+32470123456")
    assert [value for value in told if value not in citizen.text] == []


@pytest.mark.req("BP2-05", "BP2-12", "BP3-07")
async def test_every_answer_reaches_the_calendar(room):
    citizen = await reach(room, "afspraak_form", "afspraak_bevestigd")

    await citizen.says("ja", "bevestigen")

    [booked] = room.appointments.bookings.values()
    assert (booked.activity, booked.office, booked.slot.starts_at) == ("RIJBEWIJS", "Stadhuis", THURSDAY)
    customer = booked.customer
    assert (customer.name, customer.email, customer.phone) == ("Lien Declercq", EMAIL, "+32470123456")


@pytest.mark.req("BP2-05")
async def test_what_is_booked_is_not_offered_to_the_next(room):
    citizen = await reach(room, "afspraak_form", "afspraak_bevestigd")
    await citizen.says("ja", "bevestigen")

    other = await reach(room, "afspraak_form", "afspraak_moment")
    await other.says("donderdag")

    assert "do 26 nov 10.00 u" not in other.choices


@pytest.mark.req("BP4-01", "BP4-02", "BP4-06", "BP3-07")
async def test_success_tells_when_where_what_to_bring_and_the_reference(room):
    citizen = await reach(room, "afspraak_form", "afspraak_bevestigd")

    heard = await citizen.says("ja", "bevestigen")

    [filing] = room.filings.of(citizen.conversation)
    told = ("donderdag 26 november om 10.00 uur", "het stadhuis", "identiteitskaart", filing.reference)
    assert heard == ["utter_afspraak_bevestigd", "utter_algemeen_nog_iets"]
    assert [value for value in (*told, "l•••@example.be") if value not in citizen.text] == []


@pytest.mark.req("BP4-01", "BP2-12")
@pytest.mark.parametrize(("error", "state", "response"), OUTCOMES)
async def test_success_is_never_told_on_a_failure(room, error, state, response):
    citizen = await reach(room, "afspraak_form", "afspraak_bevestigd")
    room.appointments.faults.before["book"] = error

    assert await citizen.says("ja", "bevestigen") == [response]
    [filing] = room.filings.of(citizen.conversation)
    assert filing.state is state


@pytest.mark.req("BP2-05")
async def test_who_was_too_late_chooses_again_and_keeps_all_other_answers(room):
    citizen = await reach(room, "afspraak_form", "afspraak_bevestigd")
    room.appointments.take("Stadhuis", THURSDAY)

    assert await citizen.says("ja", "bevestigen") == ["utter_afspraak_bezet", "utter_afspraak_kies_moment"]
    assert all(title.startswith("do 26 nov") for title in citizen.choices)
    await citizen.chooses("do 26 nov 11.00 u")
    assert citizen.asked == "afspraak_bevestigd"
    await citizen.says("ja", "bevestigen")

    assert citizen.heard[0] == "utter_afspraak_bevestigd"
    assert THURSDAY.replace(hour=11) in room.appointments.moments


@pytest.mark.req("BP2-12")
async def test_a_booking_whose_answer_was_lost_is_never_booked_again(room):
    room.appointments.counters = 2  # so that a second booking would succeed
    citizen = await reach(room, "afspraak_form", "afspraak_bevestigd")
    room.appointments.faults.after["book"] = Uncertain("jcc", "book")
    assert await citizen.says("ja", "bevestigen") == ["utter_afspraak_niet_zeker"]

    for _ in range(3):
        room.set_clock(room.clock.now() + timedelta(hours=1))
        await room.retry()

    assert room.appointments.moments == [THURSDAY]
    assert len(room.events(citizen.conversation)) == 1
    assert await citizen.gets_news() == ["utter_afspraak_bij_collega"]


@pytest.mark.req("BP2-12", "BP4-01")
async def test_a_booking_that_surely_was_not_made_is_made_later_and_told(room):
    citizen = await reach(room, "afspraak_form", "afspraak_bevestigd")
    room.appointments.faults.before["book"] = Unavailable("jcc", "book")
    await citizen.says("ja", "bevestigen")
    room.appointments.faults.over()

    room.set_clock(room.clock.now() + timedelta(hours=1))
    await room.retry()

    assert room.appointments.moments == [THURSDAY]
    assert await citizen.gets_news() == ["utter_afspraak_toch_bevestigd"]


@pytest.mark.req("BP2-12")
async def test_a_yes_while_the_calendar_is_gone_altogether_is_kept_and_carried_out_later(room):
    citizen = room.citizen()
    await citizen.says("afspraak voor een rijbewijs", "afspraak_maken")
    while citizen.asked != "afspraak_bevestigd":
        await ANSWERS["afspraak_form"][citizen.asked](citizen)
    room.appointments.faults.everything = Unavailable("jcc", "anything")
    assert await citizen.says("ja", "bevestigen") == ["utter_afspraak_niet_zeker"]
    room.appointments.faults.over()

    room.set_clock(room.clock.now() + timedelta(hours=1))
    await room.retry()

    assert room.appointments.moments == [THURSDAY]


async def test_a_booking_that_came_too_late_after_an_outage_is_told(room):
    citizen = await reach(room, "afspraak_form", "afspraak_bevestigd")
    room.appointments.faults.before["book"] = Unavailable("jcc", "book")
    await citizen.says("ja", "bevestigen")
    room.appointments.faults.over()
    room.appointments.take("Stadhuis", THURSDAY)

    room.set_clock(room.clock.now() + timedelta(hours=1))
    await room.retry()

    assert await citizen.gets_news() == ["utter_afspraak_toch_niet"]


@pytest.mark.req("BP2-12")
async def test_the_same_turn_again_books_once_and_tells_the_same(room):
    citizen = await reach(room, "afspraak_form", "afspraak_bevestigd")
    before = dict(citizen.slots)
    await citizen.says("ja", "bevestigen")
    told = citizen.text

    citizen.slots, citizen.form = before, "afspraak_form"
    await citizen.says("ja", "bevestigen")

    assert citizen.text == told
    assert len(room.appointments.bookings) == 1


async def test_moments_are_told_in_brussels_time_whatever_the_day(room):
    citizen = await reach(room, "afspraak_form", "afspraak_moment")
    room.set_clock(datetime(2027, 3, 26, 10, tzinfo=BRUSSELS).isoformat())  # the Friday before summer time

    await citizen.says("maandag om 9 uur")

    assert citizen.slots["afspraak_moment"] == "2027-03-29T09:00:00+02:00"


async def test_a_day_with_a_question_mark_is_an_answer_and_no_question_about_opening_hours(room):
    citizen = await reach(room, "afspraak_form", "afspraak_moment")

    assert await citizen.says("vrijdag?", "openingsuren_vragen") == ["utter_afspraak_kies_moment"]
