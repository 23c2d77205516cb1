"""Who leaves in the middle of a request finds it back."""

import pytest

from actions.hervatten import Resume
from tests.unit.actions.journeys import finish, reach
from tests.unit.citizens.people import JAN

OFFERED = "utter_aanvraag_hervatten_melding"


async def comes_back(citizen):
    """A new session: Rasa forgets the form and its slots."""
    citizen.form, citizen.heard, citizen.said = None, [], []
    citizen.events.append({"event": "session_started"})
    citizen.slots = {"requested_slot": None, **dict.fromkeys(citizen.slots)}
    await citizen.run("action_session_start")
    return citizen.heard


def ask(citizen):
    [button] = [button for one in citizen.said for button in one["buttons"] if button["title"] == "Ga verder"]
    return button["payload"]


@pytest.mark.req("KI-23")
async def test_who_comes_back_goes_on_at_the_question_that_was_open(room):
    citizen = await reach(room, "melding_form", "melding_fotos")
    before = dict(citizen.slots)

    assert await comes_back(citizen) == ["utter_algemeen_welkom", OFFERED]
    assert citizen.slots["melding_plaats"] is None
    await citizen.chooses("Ga verder")

    assert (citizen.form, citizen.asked) == ("melding_form", "melding_fotos")
    assert citizen.slots["melding_plaats"] == before["melding_plaats"]
    await finish(citizen)
    assert len(room.filings.of(citizen.conversation)) == 1


@pytest.mark.req("KI-23")
async def test_a_bare_yes_goes_on_too(room):
    citizen = await reach(room, "melding_form", "melding_fotos")
    await comes_back(citizen)

    await citizen.says("ja", "bevestigen")

    assert citizen.asked == "melding_fotos"


@pytest.mark.req("KI-23")
async def test_he_can_begin_anew_and_what_was_kept_is_gone(room):
    citizen = await reach(room, "melding_form", "melding_fotos")
    await comes_back(citizen)

    await citizen.chooses("Begin opnieuw")

    assert (citizen.form, citizen.asked) == ("melding_form", "melding_omschrijving")
    assert await comes_back(citizen) == ["utter_algemeen_welkom"]


@pytest.mark.req("KI-23")
async def test_who_says_no_is_not_asked_again(room):
    citizen = await reach(room, "melding_form", "melding_fotos")
    await comes_back(citizen)

    assert await citizen.says("nee", "ontkennen") == ["utter_algemeen_zeg_maar"]

    assert await comes_back(citizen) == ["utter_algemeen_welkom"]


@pytest.mark.req("KI-23")
async def test_after_two_days_it_is_not_offered_and_a_chore_deletes_it(room):
    citizen = await reach(room, "melding_form", "melding_fotos")
    room.set_clock("2026-11-25T10:05:00")

    assert await comes_back(citizen) == ["utter_algemeen_welkom"]
    resume = room.actions["action_aanvraag_hervatten"]
    assert isinstance(resume, Resume)
    assert resume.half_done.drafts.forget(10) == 1


async def test_what_was_filed_or_stopped_is_not_offered_again(room):
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    await citizen.says("ja", "bevestigen")
    assert await comes_back(citizen) == ["utter_algemeen_welkom"]

    citizen = await reach(room, "melding_form", "melding_fotos")
    await citizen.says("stop", "stoppen")
    assert await comes_back(citizen) == ["utter_algemeen_welkom"]


async def test_the_answer_to_the_question_of_then_is_not_called_unclear(room):
    citizen = await reach(room, "afspraak_form", "naam")
    await comes_back(citizen)

    assert await citizen.says("Jan Peeters") == []


async def test_on_another_channel_only_the_same_citizen_is_offered_it(room):
    await reach(room, "melding_form", "melding_fotos")
    other = room.citizen()
    room.log_in(other)

    assert OFFERED not in await other.taps("/aangemeld")


@pytest.mark.req("KI-23")
async def test_who_logs_in_elsewhere_as_the_same_person_goes_on_there_and_nobody_else_does(room):
    citizen = room.citizen()
    room.log_in(citizen)
    await citizen.says("er ligt een tegel los in de Kerkstraat 12", "melding_maken")
    phone, stranger = room.citizen(), room.citizen()
    room.log_in(phone)
    room.log_in(stranger, JAN)

    assert OFFERED not in await stranger.taps("/aangemeld")
    assert (await phone.taps("/aangemeld"))[-1] == OFFERED
    payload = ask(phone)
    assert await stranger.taps(payload) == ["utter_aanvraag_niet_bewaard"]
    await phone.taps(payload)

    assert (phone.form, phone.asked) == ("melding_form", "melding_fotos")
    assert phone.slots["melding_plaats"]["tekst"] == "Kerkstraat 12"
    assert await comes_back(citizen) == ["utter_algemeen_welkom"]


async def test_what_tells_of_a_person_does_not_come_back_when_he_is_not_logged_in_any_more(room):
    citizen = room.citizen()
    room.log_in(citizen, email="lien@example.be")
    await citizen.says("er ligt een tegel los in de Kerkstraat 12", "melding_maken")
    await citizen.taps("/overslaan")
    await citizen.says("ja", "bevestigen")
    if citizen.asked == "bekend":
        await citizen.says("ja", "bevestigen")
    room.known.identities.unbind(citizen.conversation, "logged_out")
    await comes_back(citizen)

    await citizen.chooses("Ga verder")

    assert citizen.slots["melding_plaats"]["tekst"] == "Kerkstraat 12"
    assert (citizen.slots["email"], citizen.slots["naam"]) == (None, None)


async def test_what_somebody_left_is_not_for_who_logs_in_at_the_same_screen_after_him(room):
    citizen = room.citizen()
    room.log_in(citizen)
    await citizen.says("er ligt een tegel los in de Kerkstraat 12", "melding_maken")
    await comes_back(citizen)
    payload = ask(citizen)
    room.log_in(citizen, JAN)

    assert await comes_back(citizen) == ["utter_algemeen_welkom"]
    assert await citizen.taps(payload) == ["utter_aanvraag_niet_bewaard"]


async def test_what_was_left_is_sealed(room):
    await reach(room, "melding_form", "melding_fotos")

    with room.filings.engine.connect() as db:
        assert "Kerkstraat" not in str(db.exec_driver_sql("SELECT answers FROM drafts").all())


async def test_who_wants_to_be_forgotten_is_offered_nothing(room):
    citizen = await reach(room, "melding_form", "melding_fotos")
    await comes_back(citizen)
    await citizen.says("vergeet mij", "vergeten_vragen")
    await finish(citizen)

    assert await comes_back(citizen) == ["utter_algemeen_welkom"]


async def test_a_button_of_long_ago_says_that_nothing_is_kept(room):
    citizen = room.citizen()

    assert await citizen.taps('/aanvraag_hervatten{"keuze": "d_weg"}') == ["utter_aanvraag_niet_bewaard"]
