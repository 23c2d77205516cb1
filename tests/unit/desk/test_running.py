import pytest

from citizens.identities import Claims, Identities
from citizens.processing import ProcessingLog
from conversations import figures
from conversations.database import writing
from conversations.handover_model import Request
from conversations.model import Holder, Reply
from desk.audit import Act, Audit
from desk.running import RECENT, RunningTalks
from desk.work import NotAllowed, TooLate
from tests.sealing import VAULT
from tests.unit.conversations.setting import claimed, words

pytestmark = pytest.mark.req("CI-03")


@pytest.fixture
def audit(engine, clock):
    return Audit(engine, clock)


@pytest.fixture
def running(work, audit):
    return RunningTalks(work, audit)


@pytest.fixture
def talks(work, clock):
    """A citizen talks with the assistant about this; the assistant says something of that name."""

    def talks(who="an", topic="", said="utter_groeten", channel="web"):
        clock.passes(1)
        conversation = work.ledger.receive(words(1, address=who, channel=channel)).message.conversation
        message = claimed(work.ledger)
        work.ledger.answer(message, [Reply("…", name=said)], message.epoch)
        if topic:
            with writing(work.ledger.engine) as db:
                figures.is_about(db, conversation, topic)
        return conversation

    return talks


def of(running, session):
    return [talk.conversation for talk in running.of(session)]


def test_an_agent_sees_what_is_about_the_work_of_his_teams(running, talks, sanne, piet):
    attest, report, unknown = talks("an", "attest"), talks("bea", "melding"), talks("cis")

    assert of(running, sanne) == [attest]
    assert of(running, piet) == [unknown, report]
    assert [talk.team for talk in running.of(piet)] == ["onthaal", "onthaal"]


def test_what_goes_badly_stands_first(running, talks, piet):
    stuck, fine = talks("an", said="utter_algemeen_anders_zeggen"), talks("bea")

    assert of(running, piet) == [stuck, fine]
    assert [talk.stuck for talk in running.of(piet)] == [1, 0]


def test_what_was_silent_for_a_while_and_what_a_person_has_are_not_there(running, talks, work, clock, piet):
    talks("an")
    clock.passes(RECENT.total_seconds() + 1)
    had = talks("bea")
    work.handovers.request(had, Request("onthaal", "melding", "asked"))

    assert of(running, piet) == []


def test_what_another_team_had_before_stays_out_of_sight(running, talks, work, piet):
    conversation = talks("an")
    work.handovers.request(conversation, Request("burgerzaken", "attest", "asked"))
    work.handovers.leave_queue(conversation)

    assert of(running, piet) == []
    with pytest.raises(NotAllowed):
        running.look(piet, conversation)


def test_he_looks_in_and_that_is_written_down(running, talks, audit, engine, clock, piet):
    conversation = talks("an")
    claims = Claims("op", "s1", "Lien", "Declercq", None, "substantial", clock.utc())
    identity = Identities(engine, clock, VAULT).bind(conversation, claims, clock.after(3600))

    view = running.look(piet, conversation)
    running.looked(piet, conversation)

    assert [line.message.text for line in view.timeline if line.message] == ["bericht 1", "…"]
    assert [entry.act for entry in audit.of(conversation)] == [Act.LOOKED]
    [use] = ProcessingLog(engine, clock, VAULT).of(identity.person)
    assert use.action == "een lopend gesprek bekijken"


def test_he_takes_it_over_with_what_the_assistant_knows(running, talks, work, audit, piet):
    conversation = talks("an")
    card = {"form": "melding_form", "open": "melding_plaats", "answers": {"melding_wat": "losse tegel"}}
    work.knows = lambda of: card if of == conversation else {}

    running.take(piet, conversation)

    assert work.ledger.conversation(conversation).holder is Holder.AGENT
    [mine] = work.lists(piet).mine
    assert (mine.conversation, mine.team, mine.reason, mine.card) == (conversation, "onthaal", "taken_over", card)
    assert mine.sticky  # on the website he keeps who answers
    assert work.ledger.messages(conversation)[-1].name == "utter_medewerker_neemt_over"
    assert [entry.act for entry in audit.of(conversation)] == [Act.TOOK_OVER]


def test_of_two_who_take_it_one_gets_it(running, talks, work, sessions, piet):
    from tests.unit.desk.conftest import session_of

    conversation, other = talks("an"), session_of(sessions, "Bo", "onthaal")
    running.take(piet, conversation)

    with pytest.raises(TooLate):
        running.take(other, conversation)
    with pytest.raises(TooLate):
        running.look(other, conversation)
    assert work.handovers.open_one(conversation).agent == piet.agent.id


def test_what_is_another_teams_or_nothing_at_all_cannot_be_seen_or_taken(running, talks, work, sanne):
    conversation = talks("an", "melding")
    photo = work.ledger.keep_attachment(conversation, "put.jpg", "image/jpeg", b"\xff\xd8")
    for step in (running.look, running.take):
        for which in (conversation, "c_nowhere", "c\x00"):
            with pytest.raises(NotAllowed):
                step(sanne, which)
    with pytest.raises(NotAllowed):
        running.photo(sanne, conversation, photo)

    assert work.ledger.conversation(conversation).holder is Holder.BOT


def test_a_photo_is_shown_in_its_own_conversation_only(running, talks, work, piet):
    conversation, other = talks("an"), talks("bea")
    photo = work.ledger.keep_attachment(conversation, "put.jpg", "image/jpeg", b"\xff\xd8")

    assert running.photo(piet, conversation, photo).content == b"\xff\xd8"
    with pytest.raises(NotAllowed):
        running.photo(piet, other, photo)
