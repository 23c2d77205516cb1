from datetime import timedelta

import pytest
from sqlalchemy.event import listen

from citizens.identities import Claims, Identities
from citizens.processing import ProcessingLog
from conversations.handover_model import Request
from desk.work import NotAllowed, TooLate, Unusable
from tests.sealing import VAULT
from tests.unit.citizens.people import JAN, LIEN
from tests.unit.conversations.setting import words


def finished(work, sanne, conversation, topic="attest"):
    work.take(sanne, conversation)
    work.answer(sanne, conversation, f"klaar met {topic}", f"a-{conversation}")
    work.close(sanne, conversation, topic)


@pytest.fixture
def log_in(engine, clock):
    def log_in(conversation):
        claims = Claims("op", "s1", "Lien", "Declercq", None, "substantial", clock.utc())
        return Identities(engine, clock, VAULT).bind(conversation, claims, clock.after(3600))

    return log_in


@pytest.fixture
def again(work, sanne, asks, clock):
    """He asked before, and asks again: the conversation and the first time."""
    conversation = asks()
    finished(work, sanne, conversation)
    [first] = work.handovers.history(conversation)
    clock.passes(60)
    work.ledger.reopen(conversation)
    work.ledger.receive(words(2))
    asks()
    return conversation, first


@pytest.mark.req("CA-03")
def test_what_he_asked_here_before_is_listed_and_opens_with_what_was_said(work, sanne, again):
    conversation, first = again

    assert [one.id for one in work.view(sanne, conversation).earlier] == [first.id]
    _, lines = work.earlier.open(sanne, conversation, first.id)

    said = [line.message.text for line in lines if line.message]
    assert "klaar met attest" in said
    assert "bericht 2" not in said


@pytest.mark.req("MZR-07")
def test_opening_one_is_accounted_for_to_a_citizen_who_is_known(work, sanne, again, log_in, engine, clock):
    conversation, first = again
    work.earlier.open(sanne, conversation, first.id)
    person = log_in(conversation).person
    log = ProcessingLog(engine, clock, VAULT)
    assert log.of(person) == []

    work.earlier.open(sanne, conversation, first.id)

    [entry] = log.of(person)
    assert (entry.actor, entry.conversation, entry.kinds) == (
        f"medewerker:{sanne.agent.id}",
        conversation,
        ("gesprek",),
    )


@pytest.mark.req("MZR-06")
def test_what_he_asked_elsewhere_is_seen_when_he_is_known_and_only_by_that_team(work, sanne, piet, asks, log_in):
    mine, theirs = asks("an"), asks("an-elders", team="onthaal", topic="melding")
    log_in(mine), log_in(theirs)
    finished(work, piet, theirs, "melding")
    [other] = work.handovers.history(theirs)

    assert work.view(sanne, mine).earlier == []
    assert work.earlier.open(sanne, mine, other.id) is None


def test_who_is_not_known_has_no_contacts_elsewhere(work, sanne, asks, log_in):
    here, elsewhere = asks("an"), asks("an-elders")
    log_in(elsewhere)
    finished(work, sanne, elsewhere)
    assert work.view(sanne, here).earlier == []

    log_in(here)

    assert [one.conversation for one in work.view(sanne, here).earlier] == [elsewhere]


@pytest.mark.req("MZR-06")
def test_what_somebody_else_asked_at_the_same_screen_is_not_his(work, sanne, asks, engine, clock):
    identities, here, there = Identities(engine, clock, VAULT), asks("an"), asks("bib")
    identities.bind(there, JAN, clock.after(3600))
    finished(work, sanne, there)
    clock.passes(60)
    identities.bind(there, LIEN, clock.after(3600))
    identities.bind(here, LIEN, clock.after(3600))

    assert work.view(sanne, here).earlier == []

    clock.passes(60)
    work.ledger.reopen(there)
    asks("bib", topic="melding")
    finished(work, sanne, there, "melding")
    assert [one.topic for one in work.view(sanne, here).earlier] == ["melding"]


def test_a_photo_is_shown_in_its_own_conversation_only(work, sanne, piet, asks):
    conversation, other = asks("an"), asks("bea")
    photo = work.ledger.keep_attachment(conversation, "put.jpg", "image/jpeg", b"\xff\xd8")

    assert work.photo(sanne, conversation, photo).content == b"\xff\xd8"
    for who, where, which in ((piet, conversation, photo), (sanne, other, photo), (sanne, conversation, "a_x")):
        with pytest.raises(NotAllowed):
            work.photo(who, where, which)


@pytest.mark.req("WA-03", "WA-05")
def test_outside_the_24_hours_nothing_is_said_and_no_rating_asked(work, sanne, clock):
    conversation = work.ledger.receive(words(1, channel="whatsapp")).message.conversation
    work.handovers.request(conversation, Request("burgerzaken", "attest", "asked"))
    work.take(sanne, conversation)
    assert work.view(sanne, conversation).can_answer
    work.answer(sanne, conversation, "Dag", "1")
    clock.passes(24 * 3600 + 1)

    view = work.view(sanne, conversation)
    assert (view.can_answer, view.closes_at is not None) == (False, True)
    with pytest.raises(Unusable, match="venster"):
        work.answer(sanne, conversation, "nog iets", "2")
    before = len(work.ledger.messages(conversation))
    work.close(sanne, conversation, "attest")

    assert len(work.ledger.messages(conversation)) == before


@pytest.mark.req("WA-03")
def test_where_there_is_a_template_an_answer_after_24_hours_waits_for_the_citizen(work, sanne, clock):
    work.knocking = ("whatsapp",)
    conversation = work.ledger.receive(words(1, channel="whatsapp")).message.conversation
    work.handovers.request(conversation, Request("burgerzaken", "attest", "asked"))
    work.take(sanne, conversation)
    assert not work.view(sanne, conversation).can_knock
    clock.passes(24 * 3600 + 1)

    view = work.view(sanne, conversation)
    assert (view.can_answer, view.can_knock) == (False, True)
    work.answer(sanne, conversation, "Je attest ligt klaar", "1")

    assert work.ledger.messages(conversation)[-1].text == "Je attest ligt klaar"


@pytest.mark.req("WA-05")
def test_how_the_agent_helped_is_asked_once_in_a_contact(work, sanne, asks, clock):
    conversation = asks("an")
    finished(work, sanne, conversation)
    clock.passes(60)
    work.handovers.again(work.handovers.history(conversation)[0], timedelta(minutes=5), agent=sanne.agent.id)
    work.answer(sanne, conversation, "Nog iets", "2")
    work.close(sanne, conversation, "attest")
    assert asked_how(work, conversation) == 1

    clock.passes(25 * 3600)
    work.ledger.reopen(conversation)
    asks("an")
    work.take(sanne, conversation)
    work.answer(sanne, conversation, "Dag", "3")
    work.close(sanne, conversation, "attest")
    assert asked_how(work, conversation) == 2


def asked_how(work, conversation):
    return [message.name for message in work.ledger.messages(conversation)].count("utter_beoordeling_medewerker")


@pytest.mark.req("CA-05", "WA-05")
def test_after_a_talk_the_citizen_is_asked_how_the_agent_helped(work, sanne, asks):
    conversation, unanswered = asks("an"), asks("bea")
    finished(work, sanne, conversation)
    work.take(sanne, unanswered)
    work.close(sanne, unanswered, "attest")

    [asked] = [m for m in work.ledger.messages(conversation) if m.name == "utter_beoordeling_medewerker"]
    assert asked.choices[0].payload == '/beoordelen{"keuze":"medewerker:5"}'
    assert work.ledger.choice(conversation, asked.id, 0) is not None
    assert "utter_beoordeling_medewerker" not in [m.name for m in work.ledger.messages(unanswered)]


def test_a_page_of_an_earlier_hand_over_acts_no_more(work, sanne, again):
    conversation, first = again
    work.take(sanne, conversation)

    with pytest.raises(TooLate):
        work.same(sanne, conversation, first.id)
    work.same(sanne, conversation, work.view(sanne, conversation).handover.id)


def test_only_who_speaks_there_shows_that_he_types(work, sanne, piet, asks):
    conversation = asks()
    assert not work.mine(sanne, conversation)
    work.take(sanne, conversation)

    assert work.mine(sanne, conversation)
    with pytest.raises(NotAllowed):
        work.mine(piet, conversation)


@pytest.mark.req("CA-03")
def test_the_list_asks_once_for_all_his_conversations(work, sanne, asks, log_in, engine):
    conversations = [asks(str(number)) for number in range(4)]
    for one in conversations:
        log_in(one)
        finished(work, sanne, one)
    asked = []
    listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    found = work.earlier.of(sanne, conversations[0])

    assert {one.conversation for one in found} == set(conversations)
    assert len([sql for sql in asked if "FROM handovers" in sql]) == 1
