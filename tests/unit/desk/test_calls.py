import pytest
from sqlalchemy import select

from conversations.database import reading
from conversations.figure_tables import figures
from conversations.model import Holder
from desk.audit import Audit
from desk.calls import Calls
from desk.sessions import Role
from desk.supervision import Supervision
from desk.work import TO_AGENT, NotAllowed, Unusable
from filings.tasks import Tasks
from tests.sealing import VAULT
from tests.unit.desk.conftest import session_of
from tests.unit.desk.test_work import texts_of

TOPICS = ("", "iets anders")


@pytest.fixture
def call(work, sanne):
    return Calls(work.ledger, work.handovers).begin(sanne)


@pytest.mark.req("TA-06", "TI-05")
def test_a_talk_by_telephone_is_not_closed_without_a_topic(work, sanne, call):
    for topic in TOPICS:
        with pytest.raises(Unusable, match="onderwerp"):
            work.close(sanne, call, topic)
    assert [h.conversation for h in work.lists(sanne).mine] == [call]
    assert work.view(sanne, call).handover.topic == ""  # he chooses it himself

    work.close(sanne, call, "attest")

    assert work.ledger.conversation(call).holder is Holder.CLOSED


@pytest.mark.req("TI-05", "TS-09")
def test_it_counts_in_the_reports_as_a_talk_by_telephone(work, sanne, call, engine):
    work.close(sanne, call, "attest")

    with reading(engine) as db:
        counted = db.execute(select(figures).where(figures.c.begun == 1)).one()
    assert (counted.channel, counted.team, counted.topic, counted.ended_closed) == (
        "telefoon",
        "burgerzaken",
        "attest",
        1,
    )


def test_nothing_is_said_in_it_and_the_assistant_does_not_get_it(work, sanne, call):
    assert not work.view(sanne, call).can_answer
    with pytest.raises(Unusable, match="venster"):
        work.answer(sanne, call, "hallo?", "1")
    with pytest.raises(NotAllowed):
        work.give_back(sanne, call, "attest")
    work.close(sanne, call, "attest")

    assert work.ledger.messages(call) == []


def test_a_supervisor_who_takes_it_over_or_gives_it_away_says_nothing_in_it(work, sanne, sessions, call, engine, clock):
    luc = session_of(sessions, "Luc Vandamme", "burgerzaken", role=Role.SUPERVISOR)
    supervision = Supervision(work, Audit(engine, clock), Tasks(engine, clock, work.ledger.bell, VAULT))

    supervision.take_over(luc, call)
    supervision.assign(luc, [call], TO_AGENT + sanne.agent.id)
    supervision.close(luc, call)

    assert work.ledger.messages(call) == []


@pytest.mark.req("TI-03")
def test_who_is_on_the_telephone_is_busy_and_each_talk_is_its_own(work, sanne, call):
    another = Calls(work.ledger, work.handovers).begin(sanne)

    assert another != call
    assert [agent.load for agent in work.queue.agents.present()] == [2]


@pytest.mark.req("G-05")
def test_it_is_passed_on_with_its_notes_and_no_other_team_sees_it_before(work, sanne, piet, call, clock):
    clock.passes(60)
    work.note(sanne, call, "wil weten wanneer de markt is")
    clock.passes(60)
    assert "wil weten wanneer de markt is" in texts_of(work.view(sanne, call))
    with pytest.raises(NotAllowed):
        work.view(piet, call)

    work.transfer(sanne, call, "onthaal")

    assert "wil weten wanneer de markt is" in texts_of(work.view(piet, call))
    assert work.ledger.messages(call) == []
