"""The conversation around the requests: welcome, yes and no, not understood, a person, again, the rating."""

import pytest
from sqlalchemy import select

from actions.algemeen import ANYTHING_ELSE
from actions.known import PERSONAL
from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.model import Reply
from conversations.tables import conversations
from tests.sealing import VAULT
from tests.unit.actions.journeys import reach
from tests.unit.actions.room import responses

SUNDAY_EVENING = "2026-11-22T21:00:00"


async def begin(citizen):
    """A session begins, as Rasa begins it."""
    events = await citizen.run("action_session_start")
    citizen.slots = {"requested_slot": None}
    for event in events:
        if event["event"] == "slot":
            citizen.slots[event["name"]] = event["value"]
        citizen.events.append(event)
    return events


# --- beginning --------------------------------------------------------------------------------------------------------


@pytest.mark.req("BP2-01")
async def test_a_session_begins_with_the_welcome_and_listens(citizen):
    events = await begin(citizen)

    assert citizen.heard == ["utter_algemeen_welkom"]
    assert (events[0]["event"], events[-1]["name"]) == ("session_started", "action_listen")


@pytest.mark.req("BP2-02")
async def test_the_welcome_says_what_it_is_and_offers_a_few_things(citizen):
    await begin(citizen)

    assert "virtuele assistent" in citizen.text
    assert citizen.text.endswith("?")
    assert len(citizen.choices) <= 5


@pytest.mark.req("BP4-08")
async def test_a_new_session_knows_the_person_and_nothing_of_the_requests(room):
    citizen = await reach(room, "afspraak_form", "afspraak_bevestigd")

    await begin(citizen)

    assert {slot for slot, value in citizen.slots.items() if value} == set(PERSONAL)


@pytest.mark.req("BP2-01")
async def test_a_greeting_after_the_welcome_is_not_answered_with_another_one(citizen):
    await begin(citizen)

    assert await citizen.taps("/gesprek_begonnen") == []
    assert await citizen.says("hallo", "groeten") == ["utter_algemeen_groet"]


# --- yes and no -------------------------------------------------------------------------------------------------------


async def test_a_yes_to_nothing_asks_what_for(citizen):
    assert await citizen.says("ja", "bevestigen") == ["utter_algemeen_zeg_maar"]


async def test_a_no_to_nothing_ends_nothing(citizen):
    assert await citizen.says("nee", "ontkennen") == ["utter_algemeen_zeg_maar"]


@pytest.mark.req("BP4-06", "BP4-08")
async def test_a_no_to_anything_else_ends_the_conversation(room):
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    await citizen.says("ja", "bevestigen")
    assert citizen.heard[-1] in ANYTHING_ELSE

    assert await citizen.says("nee bedankt", "ontkennen") == ["utter_algemeen_afgerond"]


@pytest.mark.req("BP4-08")
async def test_the_end_of_the_conversation_closes_it(room):
    assert responses()["utter_algemeen_afgerond"]["custom"] == {"type": "conversation_end"}


@pytest.mark.req("BP4-06", "BP4-07")
async def test_a_yes_to_anything_else_asks_what(room):
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    await citizen.says("ja", "bevestigen")

    assert await citizen.says("ja", "bevestigen") == ["utter_algemeen_zeg_maar"]


@pytest.mark.parametrize("name", ANYTHING_ELSE)
def test_what_a_no_may_end_does_ask_something(name):
    assert responses()[name]["text"].rstrip().endswith("?")


# --- not understood ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("intent", ["nlu_fallback", "buiten_bereik"])
async def test_first_other_words_then_choices_then_a_person(citizen, intent):
    assert await citizen.says("qwerty", intent) == ["utter_algemeen_anders_zeggen"]
    assert await citizen.says("azerty", intent) == ["utter_algemeen_kies_onderwerp"]
    assert await citizen.says("wxcvbn", intent) == ["utter_algemeen_liever_een_mens", "utter_medewerker_bereikbaar"]


def ranked(**guesses: float) -> list[dict[str, object]]:
    return [{"name": name, "confidence": confidence} for name, confidence in guesses.items()]


@pytest.mark.req("BP2-13", "CI-02")
async def test_a_doubtful_sentence_is_answered_with_what_it_may_mean(citizen):
    ranking = [*ranked(attest_aanvragen=0.4), {"name": "faq/attesten", "confidence": 0.3}, *ranked(groeten=0.2)]

    assert await citizen.says("iets van een attest", intent_ranking=ranking) == ["utter_algemeen_bedoel_je"]
    assert citizen.choices == ["Attest aanvragen", "Hoe een attest werkt", "Niet wat ik zoek"]


@pytest.mark.req("BP2-13")
async def test_a_tap_on_a_guess_asks_the_first_question_of_its_form(citizen):
    await citizen.says("iets op straat of zo", intent_ranking=ranked(melding_maken=0.4))

    assert await citizen.chooses("Iets melden") == ["utter_ask_melding_omschrijving"]


async def test_who_was_not_understood_twice_gets_the_topics_and_no_second_guess(citizen):
    await citizen.says("iets op straat of zo", intent_ranking=ranked(melding_maken=0.4))

    again = await citizen.says("nee iets anders", intent_ranking=ranked(afspraak_maken=0.4))

    assert again == ["utter_algemeen_kies_onderwerp"]


@pytest.mark.parametrize("ranking", [ranked(groeten=0.4, melding_maken=0.05), ranked(kiezen=0.9), []])
async def test_without_a_likely_guess_the_citizen_says_it_differently(citizen, ranking):
    assert await citizen.says("qwerty", intent_ranking=ranking) == ["utter_algemeen_anders_zeggen"]


async def test_what_was_understood_in_between_starts_the_count_anew(citizen):
    await citizen.says("qwerty")
    await citizen.says("bedankt", "bedanken")

    assert await citizen.says("azerty") == ["utter_algemeen_anders_zeggen"]


async def test_a_new_session_starts_the_count_anew(citizen):
    await citizen.says("qwerty")
    await citizen.says("azerty")
    await begin(citizen)

    assert await citizen.says("wxcvbn") == ["utter_algemeen_anders_zeggen"]


# --- again ------------------------------------------------------------------------------------------------------------


async def test_the_last_thing_is_said_again_with_its_choices(citizen):
    await citizen.says("wat kan jij", "hulp_vragen")
    text, choices = citizen.text, citizen.choices

    assert (await citizen.says("nog eens", "herhalen_vragen"))[0] == "utter_algemeen_herhaling"
    assert citizen.said[-1]["text"] == text
    assert citizen.choices == choices


async def test_with_nothing_said_yet_it_tells_what_it_can(citizen):
    assert await citizen.says("nog eens", "herhalen_vragen") == ["utter_algemeen_wat_ik_kan"]


# --- a person ---------------------------------------------------------------------------------------------------------


async def test_while_the_counter_is_open_a_person_can_be_called(citizen):
    assert await citizen.says("een mens graag", "medewerker_vragen") == ["utter_medewerker_bereikbaar"]
    assert "16.30" in citizen.text


async def test_while_it_is_closed_it_is_told_when_it_opens(room, citizen):
    room.set_clock(SUNDAY_EVENING)

    assert await citizen.says("een mens graag", "medewerker_vragen") == ["utter_medewerker_gesloten"]
    assert "morgen om 9.00 uur" in citizen.text


async def test_who_is_unhappy_hears_how_to_reach_a_person(citizen):
    heard = await citizen.says("gij helpt mij niet", "ontevreden_zijn")

    assert heard == ["utter_algemeen_ontevreden", "utter_medewerker_bereikbaar"]


# --- the rating -------------------------------------------------------------------------------------------------------


@pytest.mark.req("BP4-08")
@pytest.mark.parametrize(("choice", "score"), [('{"keuze":"5"}', 5), ('{"keuze":"rubbish"}', None), ("", None)])
async def test_a_rating_is_kept_and_thanked_for(room, citizen, choice, score):
    assert await citizen.taps(f"/beoordelen{choice}") == ["utter_algemeen_bedankt_voor_beoordeling"]

    with room.ledger.engine.connect() as db:
        of_this = conversations.c.id == citizen.conversation
        assert db.execute(select(conversations.c.score).where(of_this)).scalar_one() == score


async def test_an_old_button_is_told_to_be_old(citizen):
    assert await citizen.taps('/kiezen{"keuze": "voetpad"}') == ["utter_algemeen_oude_knop"]


@pytest.mark.req("CA-05", "WA-05")
async def test_an_agent_s_help_is_rated_before_the_bot_s_and_only_when_there_was_one(citizen, room):
    assert await citizen.taps('/beoordelen{"keuze":"medewerker:5"}') == ["utter_algemeen_bedankt_voor_beoordeling"]

    helped(room, citizen)

    assert await citizen.taps('/beoordelen{"keuze":"medewerker:5"}') == ["utter_beoordeling_assistent"]
    assert await citizen.taps('/beoordelen{"keuze":"assistent:3"}') == ["utter_algemeen_bedankt_voor_beoordeling"]


def helped(room, citizen):
    """By an agent, who is done now."""
    ledger = room.ledger
    handovers = Handovers(ledger.engine, ledger.clock, ledger.bell, VAULT, pull=ledger.pull)
    handovers.request(citizen.conversation, Request("onthaal", "melding", "asked"))
    handovers.claim(citizen.conversation, "sanne")
    handovers.say(citizen.conversation, "sanne", Reply("Dag"), client_id="1")
    handovers.close(citizen.conversation, "sanne", topic="melding")
