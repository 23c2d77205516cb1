"""News of a dossier comes unasked to who wants it: once, by day, and without a word of what it is about."""

import pytest

from actions.clients.errors import Unavailable
from actions.dossiers_nieuws import MOST
from tests.unit.actions.journeys import make_report
from tests.unit.citizens.people import JAN, LIEN, NOOR

RRN = "85073003328"
LATER = "2026-11-23T12:00:00"
NIGHT, MORNING = "2026-11-23T22:00:00", "2026-11-24T08:01:00"
FOLLOW = ("laat het me weten als er nieuws is over mijn dossier", "dossiers_volgen")
STOP = ("stop met berichten over mijn dossiers", "dossiers_niet_volgen")
ENOUGH_DAYS = 3  # of a login, so that it outlives a night


@pytest.fixture
def news(room):
    return room.wiring.dossier_news


@pytest.fixture
async def lien(room):
    """She has one dossier that she knows of, and said yes."""
    room.dossiers.put(RRN, "OMV-1", days=9)
    lien = room.citizen()
    room.log_in(lien, days=ENOUGH_DAYS)
    await lien.says("heb ik berichten?", "dossiers_berichten")
    await lien.chooses("Ja")
    await lien.chooses("Ja")
    return lien


async def looked(room, news, at=LATER):
    room.set_clock(at)
    await news.round()


def left(room, citizen):
    return [event.payload for event in room.events(citizen.conversation)]


def counted(call, calls):
    async def count(*given):
        calls.append(given)
        return await call(*given)

    return count


# --- asking, yes and no -------------------------------------------------------------------


@pytest.mark.req("BP4-11", "MZC-06")
async def test_who_heard_his_messages_is_asked_once_whether_he_wants_to_hear_of_the_next_ones(room):
    lien = room.citizen()
    room.log_in(lien)
    heard = []
    for number in ("OMV-1", "OMV-2"):
        room.dossiers.put(RRN, number)
        await lien.says("heb ik berichten?", "dossiers_berichten")
        heard.append((await lien.chooses("Ja"))[-1])

    assert heard == ["utter_dossiers_verwittigen", "utter_algemeen_nog_iets"]


async def test_a_bare_yes_to_that_is_a_yes_and_tells_until_when(room):
    room.dossiers.put(RRN, "OMV-1")
    lien = room.citizen()
    room.log_in(lien, days=2)
    await lien.says("heb ik berichten?", "dossiers_berichten")
    await lien.says("ja", "bevestigen")

    assert await lien.says("ja doe maar", "bevestigen") == ["utter_dossiers_volgen_gestart"]
    assert "woensdag 25 november" in lien.text


@pytest.mark.req("MZC-06")
async def test_after_a_no_nobody_looks(room, news):
    room.dossiers.put(RRN, "OMV-1")
    lien = room.citizen()
    room.log_in(lien)
    await lien.says("heb ik berichten?", "dossiers_berichten")
    await lien.chooses("Ja")
    said = await lien.chooses("Nee")
    room.dossiers.put(RRN, "OMV-2")
    await looked(room, news)

    assert said == ["utter_dossiers_niet_verwittigen"]
    assert left(room, lien) == []


async def test_who_asks_for_it_gets_it_and_is_offered_what_is_unread_already(room):
    room.dossiers.put(RRN, "OMV-1")
    lien = room.citizen()
    room.log_in(lien)

    assert await lien.says(*FOLLOW) == ["utter_dossiers_volgen_gestart", "utter_dossiers_aanbod_een"]


async def test_who_is_not_known_logs_in_first_and_then_it_is_done(room):
    lien = room.citizen()

    assert await lien.says(*FOLLOW) == ["utter_aanmelden_link"]
    room.log_in(lien)
    assert await lien.taps("/aangemeld") == ["utter_aanmelden_aangemeld_voor", "utter_dossiers_volgen_gestart"]


async def test_without_a_rijksregisternummer_that_cannot_be_and_is_said(room):
    noor = room.citizen()
    room.log_in(noor, NOOR)

    assert await noor.says(*FOLLOW) == ["utter_dossiers_zonder_nummer"]


async def test_keep_me_posted_is_about_dossiers_for_who_reported_nothing_here(room):
    lien = room.citizen()
    room.log_in(lien)

    assert await lien.says("hou me op de hoogte", "melding_volgen") == ["utter_dossiers_volgen_gestart"]
    assert await lien.says("geen updates meer", "melding_niet_volgen") == ["utter_dossiers_volgen_gestopt"]
    assert await lien.says("geen updates meer", "melding_niet_volgen") == ["utter_melding_volgen_geen"]


# --- news -----------------------------------------------------------------------------------


@pytest.mark.req("BP4-11", "MZC-06", "BP4-04")
async def test_a_change_is_told_without_a_word_of_what_it_is_and_the_rest_after_a_yes(room, news, lien):
    room.dossiers.put(RRN, "OMV-1", "Goedgekeurd", phase="Beslissing", days=0, name="Veranda")
    await looked(room, news)

    assert await lien.gets_news() == ["utter_dossiers_nieuws"]
    for secret in ("Veranda", "OMV", "goedgekeurd", "Stad"):
        assert secret not in lien.text
    await lien.says("ja", "bevestigen")
    assert "Veranda" in lien.text


@pytest.mark.req("MZC-06")
async def test_the_same_status_is_news_once(room, news, lien):
    room.dossiers.put(RRN, "OMV-1", "Goedgekeurd", phase="Beslissing", days=0)
    await looked(room, news)
    await looked(room, news, "2026-11-23T14:00:00")
    await looked(room, news, "2026-11-23T16:00:00")

    assert len(left(room, lien)) == 1


@pytest.mark.req("MZC-06")
async def test_the_same_status_is_news_once_also_when_the_process_dies_before_it_wrote_that_down(
    room, news, lien, monkeypatch
):
    def die(follow):
        raise SystemExit

    room.dossiers.put(RRN, "OMV-1", "Goedgekeurd", phase="Beslissing", days=0)
    with monkeypatch.context() as dying:
        dying.setattr(news.follows, "told", die)
        with pytest.raises(SystemExit):
            await looked(room, news)
    await looked(room, news)

    assert len(left(room, lien)) == 1


async def test_what_was_found_just_before_the_process_died_is_told_by_the_next_one(room, news, lien, monkeypatch):
    def die():
        raise SystemExit

    room.dossiers.put(RRN, "OMV-1", "Goedgekeurd", phase="Beslissing", days=0)
    with monkeypatch.context() as dying:
        dying.setattr(news, "tell", die)
        with pytest.raises(SystemExit):
            await looked(room, news)
    await looked(room, news)

    assert await lien.gets_news() == ["utter_dossiers_nieuws"]


async def test_what_he_already_heard_elsewhere_is_no_news_any_more(room, news, lien):
    room.dossiers.put(RRN, "OMV-1", "Goedgekeurd", phase="Beslissing", days=0)
    await looked(room, news)
    elsewhere = room.citizen()
    room.log_in(elsewhere)
    await elsewhere.taps("/dossiers_horen")

    assert await lien.taps(left(room, lien)[0]) == []


async def test_of_two_changes_before_he_is_told_he_hears_one_word(room, news, lien):
    room.dossiers.put(RRN, "OMV-1", "Goedgekeurd", phase="Beslissing", days=0)
    await looked(room, news)
    room.dossiers.put(RRN, "OMV-2", days=0)
    await looked(room, news, "2026-11-23T14:00:00")

    first, second = left(room, lien)
    assert await lien.taps(first) == []
    assert await lien.taps(second) == ["utter_dossiers_nieuws"]


async def test_in_the_middle_of_a_request_news_asks_no_second_question(room, news, lien):
    room.dossiers.put(RRN, "OMV-1", "Goedgekeurd", phase="Beslissing", days=0)
    await looked(room, news)
    await lien.says("er ligt een tegel los", "melding_maken")

    assert (await lien.gets_news())[0] == "utter_dossiers_nieuws_straks"
    assert lien.form == "melding_form"


async def test_what_stood_there_before_is_no_news_also_when_dosis_was_down_at_the_yes(room, news):
    room.dossiers.put(RRN, "OMV-1")
    lien = room.citizen()
    room.log_in(lien)
    room.dossiers.faults.everything = Unavailable("dosis", "list")
    said = await lien.says(*FOLLOW)
    room.dossiers.faults.over()
    await looked(room, news, "2026-11-23T10:01:00")
    before = left(room, lien)
    room.dossiers.put(RRN, "OMV-2", days=0)
    await looked(room, news)

    assert said == ["utter_dossiers_volgen_gestart"]
    assert before == []
    assert len(left(room, lien)) == 1


# --- when not ---------------------------------------------------------------------------------


@pytest.mark.req("MZC-06")
async def test_at_night_nobody_is_spoken_to_and_in_the_morning_he_hears_it(room, news, lien):
    room.dossiers.put(RRN, "OMV-1", "Goedgekeurd", phase="Beslissing", days=0)
    await looked(room, news, NIGHT)
    at_night = left(room, lien)
    await looked(room, news, MORNING)

    assert at_night == []
    assert len(left(room, lien)) == 1


@pytest.mark.req("MZC-06")
@pytest.mark.parametrize("stop", [lambda lien: lien.says(*STOP), lambda lien: lien.says("stop", "stoppen")])
async def test_who_says_stop_hears_no_more_and_nobody_looks_for_him(room, news, lien, stop):
    room.dossiers.put(RRN, "OMV-2", days=0)
    await looked(room, news)
    await lien.gets_news()
    said = await stop(lien)
    room.dossiers.put(RRN, "OMV-3", days=0)
    uses = len(room.processing.of(room.known.identities.of(lien.conversation).person))
    await looked(room, news, "2026-11-23T16:00:00")

    assert said == ["utter_dossiers_volgen_gestopt"]
    assert len(left(room, lien)) == 1
    assert len(room.processing.of(room.known.identities.of(lien.conversation).person)) == uses


async def test_word_that_was_left_before_he_said_stop_is_not_said_after_it(room, news, lien):
    room.dossiers.put(RRN, "OMV-2", days=0)
    await looked(room, news)
    await lien.says(*STOP)

    assert await lien.gets_news() == []


async def test_who_logged_out_can_still_end_it(room, news, lien):
    room.known.identities.unbind(lien.conversation, "logged out")
    await lien.says(*STOP)
    room.log_in(lien)
    room.dossiers.put(RRN, "OMV-2", days=0)
    await looked(room, news)

    assert left(room, lien) == []


@pytest.mark.req("MZC-06")
async def test_without_a_login_that_holds_nobody_looks_and_after_a_new_one_it_goes_on(room, news, lien):
    room.known.identities.unbind(lien.conversation, "logged out")
    room.dossiers.put(RRN, "OMV-2", days=0)
    await looked(room, news)
    without = left(room, lien)
    room.log_in(lien)
    await looked(room, news, "2026-11-23T14:00:00")

    assert without == []
    assert len(left(room, lien)) == 1


async def test_somebody_else_in_the_same_chat_hears_nothing_of_her(room, news, lien):
    room.log_in(lien, JAN)
    room.dossiers.put(RRN, "OMV-2", days=0)
    await looked(room, news)

    assert left(room, lien) == []


@pytest.mark.req("BP4-10")
async def test_when_dosis_is_down_nothing_is_said_and_it_is_tried_again(room, news, lien):
    room.dossiers.put(RRN, "OMV-2", days=0)
    room.dossiers.faults.everything = Unavailable("dosis", "list")
    await looked(room, news)
    meanwhile = left(room, lien)
    room.dossiers.faults.over()
    await looked(room, news, "2026-11-23T14:00:00")

    assert meanwhile == []
    assert len(left(room, lien)) == 1


async def test_a_round_looks_for_a_few_and_the_next_one_goes_on(room, news, lien, monkeypatch):
    due = news.follows.latest(room.known.identities.of(lien.conversation).person, "web")
    looks: list[object] = []
    monkeypatch.setattr(news.follows, "claim_due", lambda: due)
    monkeypatch.setattr(room.dossiers, "list_for", counted(room.dossiers.list_for, looks))
    await looked(room, news)

    assert len(looks) == MOST


# --- his own data -------------------------------------------------------------------------------


@pytest.mark.req("MZC-11")
async def test_every_look_is_a_row_that_she_can_read(room, news, lien):
    person = room.known.identities.of(lien.conversation).person
    before = len(room.processing.of(person))
    await looked(room, news)
    await looked(room, news, "2026-11-23T14:00:00")

    rows = room.processing.of(person)[: len(room.processing.of(person)) - before]
    assert [(row.actor, row.action, row.source) for row in rows] == [("assistent", "dossiers opzoeken", "DOSIS")] * 2


async def test_what_do_you_know_of_me_tells_that_she_wants_it(room, lien):
    await lien.says("wat weet je van mij", "gegevens_vragen")
    before = lien.text
    await lien.says(*STOP)
    await lien.says("wat weet je van mij", "gegevens_vragen")

    assert "Je krijgt hier een bericht" in before
    assert "Je krijgt hier een bericht" not in lien.text


@pytest.mark.req("MZC-06")
async def test_who_is_forgotten_is_no_longer_followed(room, news, lien):
    person = room.known.identities.of(lien.conversation).person
    room.known.forgetting.person(person)
    room.log_in(lien, LIEN)
    room.dossiers.put(RRN, "OMV-2", days=0)
    await looked(room, news)

    assert left(room, lien) == []
    assert room.wiring.dossier_news.follows.ask_once(person, "web")


async def test_in_the_middle_of_a_request_she_can_end_it_and_the_request_goes_on(room, news, lien):
    await lien.says("er ligt een tegel los", "melding_maken")

    assert (await lien.says(*STOP))[0] == "utter_dossiers_volgen_gestopt"
    assert lien.form == "melding_form"


async def test_her_report_is_followed_apart_from_her_dossiers(room, lien):
    await make_report(lien)

    assert await lien.says("hou me op de hoogte", "melding_volgen") == ["utter_melding_volgen_gestart"]
