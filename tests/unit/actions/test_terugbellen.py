"""Being called back: only what is not known is asked, and one task comes of it."""

from dataclasses import replace

import pytest

from filings.phones import spoken_number
from filings.task_model import CALL_BACK, Outcome, Source, TaskState, Wish
from filings.windows import said_short
from tests.unit.actions.journeys import finish, reach
from tests.unit.actions.room import Citizen

THURSDAY_AFTERNOON = "2026-11-26T14:00:00"  # burgerzaken is closed then
SUNDAY_EVENING = "2026-11-22T21:00:00"


@pytest.fixture
def tasks(room):
    return room.actions["action_terugbellen_noteren"].tasks


async def ends(citizen):
    await citizen.says("ja", "bevestigen")
    assert citizen.heard[0] == "utter_terugbellen_genoteerd"


@pytest.mark.req("KI-03", "KI-31")
async def test_he_is_asked_what_about_which_number_and_when_and_hears_when_he_is_called(room, citizen, tasks):
    await citizen.says("bel mij terug", "terugbellen_vragen")
    assert citizen.asked == "terugbellen_vraag"
    await citizen.says("ik verhuis en weet niet wat ik moet doen", "faq")
    assert citizen.asked == "telefoon"
    await citizen.says("0470 12.34.56")
    assert citizen.asked == "terugbellen_moment"
    assert citizen.choices == ["vandaag 10.15–12 u", "vandaag 13–17 u", "morgen 9–12 u"]
    await citizen.chooses("vandaag 13")
    assert "0470 12 34 56" in citizen.text
    assert "vandaag tussen 13.00 en 17.00 uur" in citizen.text
    await ends(citizen)

    [task] = tasks.of(citizen.conversation)
    assert (task.handling, task.team, task.topic, task.source) == (CALL_BACK, "onthaal", "faq", Source.BOT)
    assert task.contact.phone == "+32470123456"
    assert task.contact.about == "ik verhuis en weet niet wat ik moet doen"
    assert said_short(task.window, room.clock.now()) == "vandaag 13–17 u"
    assert task.reference in citizen.said[0]["text"]


async def test_one_sentence_that_says_it_all_leaves_only_the_summary(citizen, tasks):
    text = "kunnen jullie mij morgenvoormiddag bellen op 0470 12 34 56 over mijn attest"

    await citizen.says(text, "terugbellen_vragen")

    assert citizen.asked == "terugbellen_bevestigd"
    await ends(citizen)
    [task] = tasks.of(citizen.conversation)
    assert (task.team, task.topic, task.contact.about) == ("burgerzaken", "attest", "mijn attest")
    assert (task.window.start.isoformat("T", "minutes"), task.window.end.hour) == ("2026-11-24T09:00+01:00", 12)


async def test_what_he_asked_before_is_what_it_is_about(citizen):
    await citizen.says("waar blijft mijn attest van vorige week", "dossiers_status", 0.9)

    await citizen.says("bel mij terug", "terugbellen_vragen")

    assert citizen.asked == "telefoon"
    assert citizen.slots["terugbellen_onderwerp"] == "dossiers"
    assert citizen.slots["terugbellen_vraag"] == "waar blijft mijn attest van vorige week"


async def test_whatever_it_is_about_is_an_answer_and_no_change_of_mind(citizen):
    await citizen.says("bel mij terug", "terugbellen_vragen")

    await citizen.says("ik wil mijn afspraak verplaatsen", "afspraak_verplaatsen", 0.99)

    assert (citizen.asked, citizen.slots["terugbellen_onderwerp"]) == ("telefoon", "afspraak")


async def test_over_an_hour_is_a_moment_and_not_a_subject(citizen):
    await citizen.says("bel me over een uur terug", "terugbellen_vragen")

    assert citizen.asked == "terugbellen_vraag"
    assert citizen.slots["terugbellen_moment"]["van"].startswith("2026-11-23T11:")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("morgen om 10 uur", "utter_terugbellen_samenvatting"),
        ("zo snel mogelijk", "utter_terugbellen_samenvatting"),
        ("na 15 uur vandaag", "utter_terugbellen_samenvatting"),
        ("morgen", "utter_terugbellen_kies_moment"),
        ("zondag", "utter_terugbellen_niet_bereikbaar"),
        ("vanavond om 22 uur", "utter_terugbellen_niet_bereikbaar"),
        ("gisteren", "utter_terugbellen_niet_bereikbaar"),
        ("blauw", "utter_uitleg_terugbellen_moment"),
    ],
)
async def test_he_says_in_his_own_words_when_he_can_be_called(room, text, expected):
    citizen = await reach(room, "terugbellen_form", "terugbellen_moment")

    assert expected in await citizen.says(text)


async def test_the_moment_is_one_at_which_the_team_of_the_topic_works(room, citizen):
    room.set_clock(THURSDAY_AFTERNOON)

    await citizen.says("bel mij op 0470 12 34 56 over mijn attest", "terugbellen_vragen")

    assert citizen.choices[0] == "morgen 9–12 u"


async def test_another_subject_at_the_summary_asks_the_moment_again_when_that_team_is_not_there(room, citizen):
    room.set_clock(THURSDAY_AFTERNOON)
    await citizen.says("bel mij op 0470 12 34 56 over een melding", "terugbellen_vragen")
    await citizen.chooses("vandaag")
    await citizen.chooses("Iets aanpassen")
    await citizen.chooses("Waarover")

    await citizen.says("over mijn attest")

    assert citizen.heard == ["utter_terugbellen_niet_bereikbaar"]
    assert "Burgerzaken" in citizen.text


async def test_a_number_that_costs_money_is_not_called(room):
    citizen = await reach(room, "terugbellen_form", "telefoon")

    assert (await citizen.says("0903 12 345"))[0] == "utter_terugbellen_nummer_te_duur"
    assert citizen.asked == "telefoon"


async def test_known_numbers_are_shown_to_who_is_logged_in(room, citizen, tasks):
    room.log_in(citizen, telefoon="+32499000111")
    await citizen.says("bel mij terug over mijn attest", "terugbellen_vragen")
    assert citizen.asked == "bekend"

    await citizen.says("ja", "bevestigen")
    await citizen.says("zo snel mogelijk")
    await ends(citizen)

    [task] = tasks.of(citizen.conversation)
    assert task.contact.phone == "+32499000111"
    assert task.contact.name == "Lien Declercq"


async def test_this_time_on_another_number_than_before(citizen):
    citizen.slots["telefoon"] = "+32499000111"

    await citizen.says("bel mij op 0470 12 34 56 over mijn attest", "terugbellen_vragen")

    assert citizen.slots["telefoon"] == "+32470123456"


async def test_who_asks_again_changes_the_moment_and_is_not_called_twice(room, tasks):
    citizen = await reach(room, "terugbellen_form", "terugbellen_bevestigd")
    await ends(citizen)

    said = await citizen.chooses("Ander moment")
    assert said == ["utter_terugbellen_staat_al", "utter_terugbellen_vraag_moment"]
    await citizen.says("woensdag om 10 uur")
    await ends(citizen)

    [task] = tasks.of(citizen.conversation)
    assert task.window.start.isoformat("T", "minutes") == "2026-11-25T10:00+01:00"


@pytest.mark.req("MZC-22")
async def test_what_somebody_asked_who_was_logged_in_before_is_not_shown_to_who_comes_after(room, tasks):
    citizen = room.citizen()
    room.log_in(citizen)
    await citizen.says("bel mij op 0470 12 34 56 morgenvoormiddag over mijn attest", "terugbellen_vragen")
    await ends(citizen)
    room.known.identities.unbind(citizen.conversation, "logout")
    after = Citizen(room, citizen.conversation, {})

    await after.says("bel mij terug", "terugbellen_vragen")

    assert after.asked == "terugbellen_vraag"


async def test_what_an_agent_wrote_is_not_shown_as_the_citizens_own_question(room, tasks):
    citizen = await reach(room, "terugbellen_form", "terugbellen_bevestigd")
    await ends(citizen)
    [task] = tasks.of(citizen.conversation)
    tasks.withdraw(task.id)
    contact = replace(task.contact, about="vergat weer zijn papieren")
    wish = Wish(task.conversation, "web", task.team, "attest", CALL_BACK, Source.AGENT, task.window, contact)
    tasks.make(wish, "van de balie", "sanne")

    await citizen.says("bel mij terug", "terugbellen_vragen")

    assert (citizen.asked, "papieren" in str(citizen.said)) == ("terugbellen_vraag", False)


async def test_he_takes_it_back_with_one_tap_and_nobody_else_can(room, tasks):
    citizen = await reach(room, "terugbellen_form", "terugbellen_bevestigd")
    await ends(citizen)
    [task] = tasks.of(citizen.conversation)
    tap = f'/terugbellen_afzeggen{{"keuze": "{task.reference}"}}'

    assert await room.citizen().taps(tap) == ["utter_algemeen_oude_knop"]
    assert tasks.find(task.id).state is TaskState.OPEN
    assert await citizen.taps(tap) == ["utter_terugbellen_afgezegd"]

    assert tasks.find(task.id).outcome is Outcome.WITHDRAWN


async def test_taking_it_back_twice_is_heard_twice_and_nobody_is_said_to_be_at_it(room, tasks):
    citizen = await reach(room, "terugbellen_form", "terugbellen_bevestigd")
    await ends(citizen)
    [task] = tasks.of(citizen.conversation)
    tap = f'/terugbellen_afzeggen{{"keuze": "{task.reference}"}}'
    await citizen.taps(tap)

    assert await citizen.taps(tap) == ["utter_terugbellen_afgezegd"]


async def test_taking_back_a_call_that_was_made_already_is_an_old_button(room, tasks):
    citizen = await reach(room, "terugbellen_form", "terugbellen_bevestigd")
    await ends(citizen)
    [task] = tasks.of(citizen.conversation)
    tap = f'/terugbellen_afzeggen{{"keuze": "{task.reference}"}}'
    tasks.claim(task.id, "sanne")
    assert await citizen.taps(tap) == ["utter_terugbellen_is_bezig"]

    tasks.finish(task.id, "sanne", Outcome.REACHED)

    assert await citizen.taps(tap) == ["utter_algemeen_oude_knop"]


async def test_a_moment_that_went_by_before_he_said_yes_becomes_the_next_one(room, tasks):
    citizen = await reach(room, "terugbellen_form", "terugbellen_bevestigd")
    room.set_clock("2026-11-25T08:00:00")

    await ends(citizen)

    [task] = tasks.of(citizen.conversation)
    assert task.window.start.isoformat("T", "minutes") == "2026-11-25T09:00+01:00"


@pytest.mark.req("KI-31")
async def test_the_same_turn_again_makes_no_second_task(room, tasks):
    """The process died after the row was written and before anybody heard of it: the turn is run again."""
    citizen = await reach(room, "terugbellen_form", "terugbellen_bevestigd")
    await citizen.says("ja", "bevestigen")

    await citizen.run("action_terugbellen_noteren")

    assert len(tasks.of(citizen.conversation)) == 1
    assert citizen.heard.count("utter_terugbellen_genoteerd") == 2


@pytest.mark.req("KI-27", "CI-03")
async def test_outside_the_hours_he_is_offered_a_call_a_mail_or_the_assistant(room, citizen, tasks):
    room.set_clock(SUNDAY_EVENING)
    await citizen.says("een mens graag", "medewerker_vragen")
    assert citizen.choices == ["Bel mij terug", "Ik stuur een mail", "Verder met assistent"]
    assert "maandag 23 november" in citizen.text or "morgen" in citizen.text

    await citizen.chooses("Bel mij")
    await finish(citizen)

    [task] = tasks.of(citizen.conversation)
    assert task.state is TaskState.OPEN


async def test_inside_a_form_the_other_two_offers_leave_the_question_open(room):
    citizen = await reach(room, "afspraak_form", "email")
    question = citizen.heard[-1]

    assert await citizen.taps("/medewerker_mailen") == ["utter_medewerker_mailen", question]
    assert await citizen.taps("/medewerker_hoeft_niet") == ["utter_algemeen_we_gaan_verder", question]


async def test_from_a_form_he_is_asked_first_and_what_it_was_about_is_kept(room):
    citizen = await reach(room, "afspraak_form", "email")
    await citizen.says("bel mij liever", "terugbellen_vragen")
    assert citizen.asked == "wissel"

    await citizen.says("ja", "bevestigen")

    assert citizen.form == "terugbellen_form"
    assert citizen.slots["terugbellen_onderwerp"] == "afspraak"


@pytest.mark.req("KI-28")
@pytest.mark.parametrize("rating", ["1", "assistent:1"])
async def test_who_was_helped_badly_is_offered_a_call(citizen, rating):
    await citizen.taps(f'/beoordelen{{"keuze": "{rating}"}}')

    assert citizen.heard == ["utter_terugbellen_aanbod"]
    assert citizen.choices == ["Bel mij terug", "Nee, bedankt"]


async def test_who_was_helped_well_is_only_thanked(citizen):
    assert await citizen.taps('/beoordelen{"keuze": "5"}') == ["utter_algemeen_bedankt_voor_beoordeling"]


async def test_stopping_writes_nothing_down(room, tasks):
    citizen = await reach(room, "terugbellen_form", "telefoon")

    assert await citizen.says("stop", "stoppen") == ["utter_terugbellen_gestopt"]
    assert tasks.of(citizen.conversation) == []


def test_a_number_is_shown_as_people_here_write_it():
    assert spoken_number("+32470123456") == "0470 12 34 56"
    assert spoken_number("+31612345678") == "+31 6 12345678"
