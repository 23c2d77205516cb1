"""At every question of every form: stop, why, help, a person, another wish, nonsense, and a change of what was said.

Every case runs the real forms with their real fields, ledger and filings.
"""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.clients.errors import Unavailable
from actions.form import PERSON_AFTER, SURE_BESIDE_FREE_TEXT
from actions.tussendoor import ASKS, BETWEEN, STARTS
from settings import ROOT
from tests.unit.actions.journeys import (
    ANSWERS,
    CONFIRMATIONS,
    EMAIL,
    KINDS,
    ONCE,
    QUESTIONS,
    finish,
    form_in,
    questions_of,
    reach,
    said_again,
    says,
)
from tests.unit.actions.room import responses
from yaml_file import read_yaml

VOCABULARY = read_yaml(ROOT / "domain.yml")
INTENTS = [intent for intent in VOCABULARY["intents"] if intent != "bevestigen"]
FAQ: Any = {"response_selector": {"faq": {"response": {"utter_action": "utter_faq/reispas"}}}}
CLOSED = [(form, slot) for form, slot in QUESTIONS if slot not in ("melding_omschrijving", "naam", "terugbellen_vraag")]
FREE = [("melding_form", "melding_omschrijving"), ("melding_form", "naam"), ("afspraak_form", "naam")]
CHANGES = [
    (form, choice["payload"].partition("veld:")[2].rstrip('"}'))
    for form in ANSWERS
    for choice in responses().get(f"utter_ask_{form}_wijziging", {}).get("buttons", ())
    if "veld:" in choice["payload"]
]
at_every_question = pytest.mark.parametrize(("form", "slot"), QUESTIONS)
OPEN = "terugbellen_vraag"  # whatever somebody wants may be the answer to it
at_every_question_that_has_answers_of_its_own = pytest.mark.parametrize(
    ("form", "slot"), [question for question in QUESTIONS if question[1] != OPEN]
)
NOT_LAST = [question for question in QUESTIONS if question[1] not in CONFIRMATIONS.values()]
at_every_question_but_the_last = pytest.mark.parametrize(("form", "slot"), NOT_LAST)
at_every_closed_question = pytest.mark.parametrize(("form", "slot"), CLOSED)
in_every_form = pytest.mark.parametrize("form", ANSWERS)


def filed(room, citizen):
    tasks = room.actions["action_terugbellen_noteren"].tasks
    return [*room.filings.of(citizen.conversation), *tasks.of(citizen.conversation)]


# --- the questions ----------------------------------------------------------------------------------------------------


@in_every_form
def test_a_form_asks_what_the_domain_says_it_may_ask(room, form):
    asked = [field.slot for field in form_in(room, form).fields]

    assert asked == VOCABULARY["forms"][form]["required_slots"] == list(ANSWERS[form])


@pytest.mark.req("BP2-08")
@in_every_form
async def test_who_says_nothing_of_himself_is_asked_everything_once(room, form):
    citizen = await reach(room, form, next(iter(ANSWERS[form])))

    assert await finish(citizen) == questions_of(form)


# --- stopping ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("BP2-08")
@at_every_question
async def test_stop_ends_the_form_files_nothing_and_forgets_the_request(room, form, slot):
    citizen = await reach(room, form, slot)

    assert await citizen.says("stop maar", "stoppen") == [form_in(room, form).stopped]

    assert (citizen.form, citizen.asked) == (None, None)
    assert filed(room, citizen) == []
    assert [f.slot for f in form_in(room, form).fields if not f.shared and citizen.slots.get(f.slot)] == []


@pytest.mark.parametrize(("form", "slot"), FREE)
async def test_a_free_answer_that_sounds_a_little_like_stopping_is_an_answer(room, form, slot):
    citizen = await reach(room, form, slot)

    await citizen.says("Stef Stopman", "stoppen", SURE_BESIDE_FREE_TEXT - 0.1)

    assert citizen.slots[slot] == "Stef Stopman"


async def test_after_a_stop_the_same_thing_can_be_started_afresh(room):
    citizen = await reach(room, "melding_form", "melding_fotos")
    await citizen.says("stop", "stoppen")

    assert await citizen.says("ik wil iets melden", "melding_maken") == ["utter_ask_melding_omschrijving"]


# --- why, help, a person, something in between ------------------------------------------------------------------------


@pytest.mark.req("BP2-08")
@at_every_question
async def test_why_and_help_explain_this_very_question_and_ask_it_again(room, form, slot):
    citizen = await reach(room, form, slot)
    question = said_again(citizen)

    for intent in ("waarom_vragen", "hulp_vragen"):
        assert await citizen.says("waarom moet je dat weten?", intent) == [f"utter_uitleg_{slot}", question]
    assert citizen.asked == slot


@pytest.mark.req("BP2-08")
@at_every_question
async def test_who_wants_a_person_hears_how_and_may_go_on(room, form, slot):
    citizen = await reach(room, form, slot)
    question = said_again(citizen)

    heard = await citizen.says("ik wil een medewerker spreken", "medewerker_vragen")

    assert heard == ["utter_medewerker_bereikbaar", question]
    assert citizen.slots.get(slot) is None


@at_every_question_that_has_answers_of_its_own
async def test_a_frequent_question_is_answered_in_between(room, form, slot):
    citizen = await reach(room, form, slot)
    question = said_again(citizen)

    assert await citizen.says("hoe vraag ik een paspoort aan?", "faq", **FAQ) == ["utter_faq/reispas", question]


@at_every_question
async def test_opening_hours_are_told_in_between(room, form, slot):
    citizen = await reach(room, form, slot)
    question = said_again(citizen)

    heard = await citizen.says("zijn jullie zondag open?", "openingsuren_vragen")

    assert heard == ["utter_openingsuren_dag_gesloten", question]
    assert citizen.slots.get(slot) is None


@at_every_question
async def test_a_remark_in_between_is_answered_and_the_question_stays(room, form, slot):
    citizen = await reach(room, form, slot)
    question = said_again(citizen)

    for intent, response in BETWEEN.items():
        assert await citizen.says("zo is het leven", intent, 0.95) == [response, question]
    assert citizen.asked == slot


@at_every_question
async def test_the_question_is_said_again_for_who_asks_that(room, form, slot):
    citizen = await reach(room, form, slot)
    question, choices = said_again(citizen), citizen.choices

    assert await citizen.says("wat zei je?", "herhalen_vragen") == [question]
    assert citizen.choices == choices or question in ONCE.values()


@at_every_closed_question
async def test_a_question_is_never_taken_for_an_answer(room, form, slot):
    citizen = await reach(room, form, slot)
    said = "waarom wil je dat weten, is vrijdag 27 november om 14 uur goed voor Kerkstraat 3 en lien@example.be?"

    for intent in ASKS:
        await citizen.says(said, intent, **FAQ)

        assert citizen.asked == slot
        assert not citizen.slots.get(slot)


@at_every_question
async def test_news_of_an_earlier_request_is_told_in_between(room, form, slot):
    citizen = await reach(room, form, slot)
    question = said_again(citizen)
    payload = {"email": None}
    earlier = room.filings.file(citizen.conversation, "melding", payload, "earlier")
    room.filings.done(earlier.id, "id", "I 2611 007")

    heard = await citizen.taps(f'/melding_geregistreerd{{"keuze": "{earlier.reference}"}}')

    assert heard == ["utter_melding_alsnog_ingediend", question]


# --- another wish -----------------------------------------------------------------------------------------------------


@pytest.mark.req("BP2-08", "BP4-07")
@at_every_question_that_has_answers_of_its_own
async def test_another_wish_is_asked_about_and_a_no_goes_on_where_it_was(room, form, slot):
    citizen = await reach(room, form, slot)
    known, question = dict(citizen.slots), said_again(citizen)

    for intent in STARTS.keys() - {form_in(room, form).intent}:
        assert await citizen.says("laat ons eerst dat nog regelen", intent) == [f"utter_wissel_{intent}"]
        assert await citizen.says("nee", "ontkennen") == ["utter_algemeen_we_gaan_verder", question]

    assert citizen.slots == known


@pytest.mark.req("BP2-08", "BP4-07")
@at_every_question_that_has_answers_of_its_own
async def test_a_yes_starts_the_other_thing_with_the_words_that_asked_for_it(room, form, slot):
    citizen = await reach(room, form, slot)
    intent, said, expected = (
        ("afspraak_maken", "doe maar een afspraak voor een reispas", ("afspraak_dienst", "REISPAS"))
        if form != "afspraak_form"
        else ("melding_maken", "er ligt een losse tegel", ("melding_omschrijving", "er ligt een losse tegel"))
    )
    await citizen.says(said, intent)

    await citizen.says("ja", "bevestigen")

    assert citizen.form == STARTS[intent]
    assert citizen.slots[expected[0]] == expected[1]
    assert filed(room, citizen) == []


@pytest.mark.parametrize(("form", "slot"), [one for one in NOT_LAST if one[1] not in ("attest_afstamming", OPEN)])
async def test_an_answer_instead_of_yes_or_no_goes_on_with_the_form(room, form, slot):
    intent = "melding_maken" if form != "melding_form" else "afspraak_maken"
    citizen = await reach(room, form, slot)
    await citizen.says("iets helemaal anders", intent)
    answers = {**ANSWERS[form], "melding_contact": says(EMAIL)}  # for there a bare yes would mean the other thing

    await answers[slot](citizen)

    assert citizen.slots[slot] is not None
    assert citizen.form == form


# --- not understood ---------------------------------------------------------------------------------------------------


@pytest.mark.req("BP2-08")
@at_every_question
async def test_what_cannot_be_an_answer_is_explained_and_after_three_times_a_person_is_named(room, form, slot):
    citizen = await reach(room, form, slot)
    question = said_again(citizen)

    for _ in range(PERSON_AFTER - 1):
        assert await citizen.says("?!") == [f"utter_uitleg_{slot}", question]
    assert await citizen.says("?!") == ["utter_algemeen_hulp_nodig", question]

    assert citizen.slots.get(slot) is None


async def test_one_good_answer_starts_the_count_anew(room):
    citizen = await reach(room, "afspraak_form", "afspraak_moment")
    await citizen.says("?!")
    await citizen.says("?!")
    await citizen.says("donderdag")

    assert (await citizen.says("?!"))[0] == "utter_uitleg_afspraak_moment"


# --- nothing without a yes --------------------------------------------------------------------------------------------


@pytest.mark.req("BP2-08", "BP4-01")
@in_every_form
async def test_nothing_but_a_yes_to_the_summary_files_anything(room, form):
    citizen = await reach(room, form, CONFIRMATIONS[form])

    for intent in INTENTS:
        if citizen.asked != CONFIRMATIONS[form]:
            room.appointments.bookings.clear()
            citizen = await reach(room, form, CONFIRMATIONS[form])
        await citizen.says("dat zou ik nog eens moeten bekijken", intent, 1.0, **FAQ)

        assert filed(room, citizen) == [], intent


@at_every_question_but_the_last
async def test_a_yes_to_any_other_question_files_nothing(room, form, slot):
    citizen = await reach(room, form, slot)

    await citizen.says("ja", "bevestigen", 1.0)

    assert filed(room, citizen) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=st.sampled_from(list(ANSWERS)), turns=st.lists(st.sampled_from(INTENTS), max_size=6))
async def test_no_way_of_talking_past_the_summary_files_anything(room, form, turns):
    room.appointments.bookings.clear()
    citizen = await reach(room, form, CONFIRMATIONS[form])

    for intent in turns:
        if citizen.form == form:
            await citizen.says("dat zou ik nog eens bekijken", intent, 1.0, **FAQ)

    assert filed(room, citizen) == []


# --- changing an answer -----------------------------------------------------------------------------------------------


@pytest.mark.req("BP2-08")
@pytest.mark.parametrize(("form", "slot"), CHANGES)
async def test_every_answer_can_be_changed_at_the_summary(room, form, slot):
    citizen = await reach(room, form, CONFIRMATIONS[form])
    [to_change] = [one for one in citizen.said[-1]["buttons"] if "wijzigen" in one["payload"]]
    await citizen.taps(to_change["payload"])
    assert citizen.heard == [f"utter_ask_{form}_wijziging"]

    await citizen.taps(f'/kiezen{{"keuze": "veld:{slot}"}}')

    assert citizen.asked == slot
    assert (await finish(citizen))[-1] == CONFIRMATIONS[form]
    assert len(filed(room, citizen)) == 1


@in_every_form
def test_the_menu_of_changes_has_every_answer_that_was_asked(form):
    asked = set(ANSWERS[form]) - {CONFIRMATIONS[form], "afspraak_controle", "aangemeld"}
    through_another = {
        "melding_form": {"email"},
        "afspraak_annuleren_form": {"afspraak_gekozen"},
        "attest_form": {"attest_email", "attest_code", "attest_historiek", *KINDS},  # the details in words
    }.get(form, set())

    assert {slot for changed, slot in CHANGES if changed == form} == asked - through_another


@pytest.mark.req("BP2-08")
@pytest.mark.parametrize("form", ["melding_form", "afspraak_form", "afspraak_verplaatsen_form"])
async def test_a_no_to_the_summary_asks_what_should_be_different_and_nothing_is_fine_too(room, form):
    citizen = await reach(room, form, CONFIRMATIONS[form])
    summary = citizen.text

    assert await citizen.says("nee", "ontkennen") == [f"utter_ask_{form}_wijziging"]
    await citizen.says("toch niets", "ontkennen")

    assert citizen.text == summary


async def test_a_no_to_a_cancellation_leaves_the_appointment(room):
    citizen = await reach(room, "afspraak_annuleren_form", "afspraak_geannuleerd")

    assert await citizen.says("nee", "ontkennen") == ["utter_afspraak_blijft_staan"]

    assert len(room.appointments.bookings) == 1


@pytest.mark.req("BP2-08")
@pytest.mark.parametrize(
    ("form", "at", "said", "slot", "value"),
    [
        ("melding_form", "melding_bevestigd", "nee, het is nummer 14", "melding_plaats", "Kerkstraat 14"),
        ("melding_form", "melding_fotos", "nee, het is nummer 14", "melding_plaats", "Kerkstraat 14"),
        ("melding_form", "naam", "wacht, het is in de Gaverstraat 3", "melding_plaats", "Gaverstraat 3"),
        ("melding_form", "melding_bevestigd", "mijn mail is toch jan@example.be", "email", "jan@example.be"),
        ("afspraak_form", "afspraak_bevestigd", "nee, mijn mail is jan@example.be", "email", "jan@example.be"),
        ("afspraak_form", "afspraak_bevestigd", "nee, bel mij op 0471 11 22 33", "telefoon", "+32471112233"),
        ("afspraak_form", "naam", "het is toch voor een reispas", "afspraak_dienst", "REISPAS"),
        ("afspraak_form", "afspraak_bevestigd", "toch liever in Beverkerke", "afspraak_locatie", "Beverkerke"),
    ],
)
async def test_a_correction_with_its_new_value_is_taken_at_once(room, form, at, said, slot, value):
    citizen = await reach(room, form, at)

    await citizen.says(said, "corrigeren")

    assert citizen.heard[0] == "utter_algemeen_aangepast"
    assert value in json.dumps(citizen.slots[slot])
    assert citizen.form == form


async def test_another_day_is_a_correction_and_the_moment_is_asked_anew(room):
    citizen = await reach(room, "afspraak_form", "afspraak_bevestigd")

    heard = await citizen.says("nee, toch liever vrijdag", "ontkennen")

    assert heard == ["utter_algemeen_aangepast", "utter_afspraak_kies_moment"]
    assert all(title.startswith("vr 27 nov") for title in citizen.choices)


async def test_a_correction_that_says_not_what_is_asked_about(room):
    citizen = await reach(room, "melding_form", "melding_bevestigd")

    assert await citizen.says("dat klopt niet", "corrigeren") == ["utter_ask_melding_form_wijziging"]
    assert await citizen.says("de plaats klopt niet", "corrigeren") == ["utter_melding_vraag_plaats"]


@pytest.mark.parametrize("own", ["wissel", "wijziging"])
async def test_stop_and_a_person_are_understood_at_the_questions_that_the_form_itself_asks(room, own):
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    await (citizen.says("nee", "ontkennen") if own == "wijziging" else citizen.says("afspraak", "afspraak_maken"))
    assert citizen.asked == own

    assert (await citizen.says("een medewerker graag", "medewerker_vragen"))[0] == "utter_medewerker_bereikbaar"
    assert await citizen.says("stop", "stoppen") == ["utter_algemeen_gestopt"]


# --- when the city's systems are down ---------------------------------------------------------------------------------


@pytest.mark.req("BP2-08")
async def test_a_form_that_had_to_give_up_knows_the_answers_when_it_is_started_again(room):
    citizen = await reach(room, "afspraak_form", "naam")
    known = {slot: citizen.slots[slot] for slot in ("afspraak_dienst", "afspraak_locatie", "afspraak_moment")}
    await citizen.says("Lien Declercq")
    room.appointments.faults.everything = Unavailable("jcc", "required")
    assert await citizen.says("lien@example.be") == ["utter_onbereikbaar"]
    assert citizen.form is None

    room.appointments.faults.over()
    await citizen.says("ik wil een afspraak maken", "afspraak_maken")

    assert {slot: citizen.slots[slot] for slot in known} == known
    assert (citizen.slots["naam"], citizen.slots["email"]) == ("Lien Declercq", "lien@example.be")
    assert citizen.asked == "telefoon"


@pytest.mark.req("BP2-08", "BP4-01")
async def test_a_yes_that_came_to_nothing_is_asked_for_again(room, monkeypatch):
    citizen = await reach(room, "afspraak_form", "afspraak_bevestigd")

    async def down(turn):
        raise Unavailable("jcc", "required")

    with monkeypatch.context() as outage:
        outage.setattr(form_in(room, "afspraak_form"), "next_question", down)
        assert await citizen.says("ja", "bevestigen") == ["utter_onbereikbaar"]

    assert await citizen.says("ik wil een afspraak", "afspraak_maken") == ["utter_afspraak_samenvatting_met_telefoon"]
    assert filed(room, citizen) == []


async def test_what_another_form_left_behind_is_not_taken_over(room):
    citizen = await reach(room, "afspraak_form", "email")
    room.appointments.faults.everything = Unavailable("jcc", "required")
    await citizen.says("lien@example.be")

    assert await citizen.says("ik wil iets melden", "melding_maken") == ["utter_ask_melding_omschrijving"]


async def test_an_outage_at_the_first_word_leaves_no_form_open(room):
    citizen = room.citizen()
    room.appointments.faults.everything = Unavailable("jcc", "activities")

    assert await citizen.says("afspraak voor een reispas", "afspraak_maken") == ["utter_onbereikbaar"]

    assert citizen.form is None
    room.appointments.faults.over()
    assert await citizen.says("ik wil een afspraak maken", "afspraak_maken") == ["utter_afspraak_kies_locatie"]


async def test_one_question_stays_open_while_a_list_of_choices_cannot_be_had(room):
    """The form did its work, only the asking failed: the citizen may answer in his own words."""
    citizen = room.citizen()
    room.appointments.faults.before["activities"] = Unavailable("jcc", "activities")

    assert await citizen.says("ik wil een afspraak", "afspraak_maken") == ["utter_onbereikbaar"]
    room.appointments.faults.over()

    assert await citizen.says("een reispas") == ["utter_afspraak_kies_locatie"]


# --- the yes to a summary ---------------------------------------------------------------------------------------------


def yes_button(citizen):
    [payload] = [
        b["payload"] for said in citizen.said for b in said["buttons"] if b["payload"].startswith("/bevestigen")
    ]
    return payload


@pytest.mark.req("BP2-08")
async def test_the_yes_under_an_older_summary_files_nothing_and_shows_what_is_true_now(room):
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    old = yes_button(citizen)
    await citizen.says("nee, het is nummer 14", "ontkennen")

    assert await citizen.taps(old) == ["utter_melding_samenvatting"]
    assert filed(room, citizen) == []
    assert "Kerkstraat 14" in citizen.text
    await citizen.taps(yes_button(citizen))
    assert len(filed(room, citizen)) == 1


@in_every_form
async def test_the_yes_button_of_the_summary_that_stands_there_ends_the_form(room, form):
    citizen = await reach(room, form, CONFIRMATIONS[form])

    await citizen.taps(yes_button(citizen))

    assert citizen.form is None


async def test_the_yes_to_an_older_summary_answers_no_other_question(room):
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    old = yes_button(citizen)
    await citizen.taps('/kiezen{"keuze": "wijzigen"}')
    await citizen.taps('/kiezen{"keuze": "veld:melding_contact"}')

    assert citizen.asked == "melding_contact"
    await citizen.taps(old)
    assert citizen.asked == "melding_contact"


async def test_the_yes_to_a_summary_is_no_yes_to_stopping_with_it(room):
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    old = yes_button(citizen)
    await citizen.says("ik wil een afspraak maken", "afspraak_maken")

    assert citizen.asked == "wissel"
    await citizen.taps(old)
    assert len(filed(room, citizen)) == 1


# --- words that end a talk, in the middle of it -----------------------------------------------------------------------


@at_every_closed_question
async def test_a_goodbye_in_between_loses_nothing(room, form, slot):
    citizen = await reach(room, form, slot)

    heard = await citizen.says("tot ziens", "afscheid_nemen")

    assert heard[0] == "utter_algemeen_afscheid_tussendoor"
    assert citizen.asked == slot


@at_every_question
async def test_the_rating_of_an_earlier_talk_answers_no_question(room, form, slot):
    citizen = await reach(room, form, slot)

    heard = await citizen.taps('/beoordelen{"keuze":"5"}')

    assert heard[0] == "utter_algemeen_bedankt_voor_beoordeling"
    assert citizen.asked == slot
