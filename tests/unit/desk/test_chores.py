"""Tasks at the desk: who sees them, who does them, what the citizen hears."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from citizens.identities import Identities
from citizens.processing import ProcessingLog
from clock import BRUSSELS
from conversations.database import reading
from conversations.figure_tables import figures
from conversations.model import Author
from desk.app import DATA
from desk.audit import Act, Audit
from desk.calls import Calls
from desk.chore_looks import KINDS, MOST_MISROUTED
from desk.chores import Asked, ChoreWork
from desk.content import ContentFile
from desk.earlier import HELP
from desk.handlings import read_handlings
from desk.sessions import Role
from desk.supervision import Filter, Supervision
from desk.work import TO_AGENT, NotAllowed, TooLate, Unusable
from filings import task_retention
from filings.task_model import CALL_BACK, Contact, Outcome, Source, TaskState, Wish
from filings.tasks import BOT, Tasks
from filings.windows import Window
from tests.sealing import VAULT
from tests.unit.citizens.people import LIEN
from tests.unit.conversations.setting import claimed, words
from tests.unit.desk.conftest import session_of

AFTERNOON = Window(datetime(2026, 11, 23, 13, 30, tzinfo=BRUSSELS), datetime(2026, 11, 23, 16, 30, tzinfo=BRUSSELS))
NEXT = Window(AFTERNOON.start + timedelta(days=3), AFTERNOON.end + timedelta(days=3))
AGAIN = "2026-11-24T09:00+01:00"
ASKED = Asked("uitzoeken", "onthaal", "wie maait de berm", "", "2026-11-24", "namiddag", "1")


@pytest.fixture
def tasks(work):
    return Tasks(work.ledger.engine, work.ledger.clock, work.ledger.bell, VAULT)


@pytest.fixture
def audit(work):
    return Audit(work.ledger.engine, work.ledger.clock)


@pytest.fixture
def chores(work, tasks, audit):
    return ChoreWork(work, tasks, audit, ContentFile(DATA / "taken.yml", read_handlings))


@pytest.fixture
def conversation(work):
    """With the assistant, and never with a person."""
    return work.ledger.receive(words(1, text="waar blijft mijn attest")).message.conversation


@pytest.fixture
def task(tasks, conversation):
    contact = Contact("An Maes", "+32470123456", "waar blijft mijn attest")
    wish = Wish(conversation, "web", "burgerzaken", "attest", CALL_BACK, Source.BOT, AFTERNOON, contact)
    return tasks.make(wish, "1", BOT)


@pytest.fixture
def luc(sessions):
    return session_of(sessions, "Luc Vandamme", "burgerzaken", "onthaal", role=Role.SUPERVISOR)


def heard(work, conversation):
    return [m for m in work.ledger.messages(conversation) if m.author is Author.SYSTEM]


@pytest.mark.req("KI-05")
def test_he_sees_what_his_team_must_do_late_ones_marked_and_the_conversation_behind_it(chores, sanne, task, clock):
    [entry] = chores.looks.lists(sanne).open
    assert (entry.handling, entry.when, entry.late) == (
        "Terugbellen",
        "vandaag tussen 13.30 en 16.30 uur",
        False,
    )
    clock.passes(8 * 3600)

    view = chores.looks.view(sanne, task.id)

    assert view.entry.late
    assert view.phone == "0470 12 34 56"
    assert [line.message.text for line in view.timeline if line.message] == ["waar blijft mijn attest"]


@pytest.mark.req("MZR-07")
def test_opening_one_is_accounted_for_to_a_citizen_who_is_known(chores, sanne, task, engine, clock):
    chores.looks.opened(sanne, task.id)
    person = Identities(engine, clock, VAULT).bind(task.conversation, LIEN, clock.after(3600)).person

    chores.looks.opened(sanne, task.id)

    [entry] = ProcessingLog(engine, clock, VAULT).of(person)
    assert (entry.activity, entry.actor, tuple(entry.kinds)) == (HELP, f"medewerker:{sanne.agent.id}", KINDS)


@pytest.mark.req("G-05", "KI-05")
@pytest.mark.parametrize(
    "step",
    [
        lambda chores, who, it: chores.looks.view(who, it),
        lambda chores, who, it: chores.looks.opened(who, it),
        lambda chores, who, it: chores.looks.photo(who, it, "a_1"),
        lambda chores, who, it: chores.claim(who, it),
        lambda chores, who, it: chores.release(who, it),
        lambda chores, who, it: chores.not_reached(who, it, AGAIN, ""),
        lambda chores, who, it: chores.finish(who, it, Outcome.REACHED, "", ""),
        lambda chores, who, it: chores.forward(who, it, "onthaal", "fout", misrouted=True),
        lambda chores, who, it: chores.assign(who, it, f"{TO_AGENT}x"),
    ],
)
def test_another_team_s_task_does_not_exist_for_him(chores, piet, task, tasks, step):
    for one in (task.id, "t_verzonnen"):
        with pytest.raises(NotAllowed):
            step(chores, piet, one)

    assert chores.looks.lists(piet).open == []
    assert tasks.find(task.id) == task


@pytest.mark.req("KI-05")
def test_who_takes_it_has_it_and_a_colleague_hears_that_he_is_too_late(chores, sanne, sessions, task):
    lien = session_of(sessions, "Lien Baert", "burgerzaken")
    chores.claim(sanne, task.id)

    with pytest.raises(TooLate):
        chores.claim(lien, task.id)

    assert [one.task.id for one in chores.looks.lists(sanne).mine] == [task.id]
    assert [one.who for one in chores.looks.lists(lien).others] == ["Sanne Claes"]
    with pytest.raises(TooLate):
        chores.finish(lien, task.id, Outcome.REACHED, "", "")


@pytest.mark.req("KI-05")
def test_a_citizen_who_does_not_answer_reads_when_we_try_again(chores, work, tasks, sanne, task):
    chores.claim(sanne, task.id)

    chores.not_reached(sanne, task.id, AGAIN, "voicemail")

    [said] = heard(work, task.conversation)
    assert "morgen tussen 9.00 en 12.00 uur" in said.text
    assert [choice.payload for choice in said.choices] == [
        "/terugbellen_vragen",
        f'/terugbellen_afzeggen{{"keuze":"{task.reference}"}}',
    ]
    assert tasks.find(task.id).state is TaskState.OPEN


@pytest.mark.parametrize(
    "step",
    [
        lambda chores, who, it: chores.not_reached(who, it, AGAIN, "voicemail"),
        lambda chores, who, it: chores.finish(who, it, Outcome.GIVEN_UP, "", ""),
        lambda chores, who, it: chores.finish(who, it, Outcome.REACHED, "", "Alles in orde."),
        lambda chores, who, it: chores.forward(who, it, "onthaal", "hun vraag", misrouted=True),
        lambda chores, who, it: chores.make(who, chores.tasks.find(it).conversation, ASKED),
    ],
    ids=["not reached", "given up", "answered", "sent on", "made"],
)
def test_what_became_of_a_task_and_the_word_of_it_are_one(chores, work, tasks, sanne, asks, clock, monkeypatch, step):
    conversation = asks()
    contact = Contact("An Maes", "+32470123456", "waar blijft mijn attest")
    wish = Wish(conversation, "web", "burgerzaken", "attest", CALL_BACK, Source.BOT, AFTERNOON, contact)
    task = tasks.make(wish, "1", BOT)
    chores.claim(sanne, task.id)
    clock.passes(timedelta(hours=9).total_seconds())  # what was promised is over, so another moment is
    before = (tasks.of(conversation), tasks.history(task.id), counted(work))
    with monkeypatch.context() as broken:
        broken.setattr(work.ledger, "say_in", breaks_after(work.ledger.say_in))
        with pytest.raises(OSError, match="the database"):
            step(chores, sanne, task.id)

    assert (tasks.of(conversation), tasks.history(task.id), counted(work)) == before
    assert heard(work, conversation) == []
    step(chores, sanne, task.id)
    assert tasks.of(conversation) != before[0]
    assert len(heard(work, conversation)) == 1


def breaks_after(write):
    def breaks(*told):
        write(*told)
        raise OSError("the database went away")

    return breaks


def counted(work):
    with reading(work.ledger.engine) as db:
        return db.execute(select(figures).order_by(*figures.primary_key)).all()


def test_another_attempt_is_at_a_moment_on_which_the_team_works(chores, tasks, sanne, task):
    chores.claim(sanne, task.id)

    with pytest.raises(Unusable):
        chores.not_reached(sanne, task.id, "2026-11-29T09:00+01:00", "")

    assert tasks.find(task.id).attempts == 0


def test_giving_up_tells_how_often_we_called_and_how_to_ask_again(chores, work, sanne, task):
    chores.claim(sanne, task.id)
    chores.not_reached(sanne, task.id, AGAIN, "")
    chores.claim(sanne, task.id)

    chores.finish(sanne, task.id, Outcome.GIVEN_UP, "", "")

    last = heard(work, task.conversation)[-1]
    assert "2 keer" in last.text
    assert [choice.payload for choice in last.choices] == ["/terugbellen_vragen"]


@pytest.mark.req("KI-02")
def test_a_colleague_adds_the_answer_and_the_citizen_reads_it(chores, work, tasks, sanne, piet, asks):
    conversation = asks()
    chores.make(sanne, conversation, ASKED)
    [task] = tasks.of(conversation)
    chores.claim(piet, task.id)

    chores.finish(piet, task.id, Outcome.HANDLED, "gebeld met de ploeg", "We maaien volgende week.")

    assert "We maaien volgende week." in heard(work, conversation)[-1].text
    assert [(one.step, one.actor) for one in tasks.history(task.id)] == [
        ("made", sanne.agent.id),
        ("claimed", piet.agent.id),
        ("done", piet.agent.id),
    ]


@pytest.mark.req("KI-02")
def test_who_was_promised_an_answer_gets_one(chores, work, tasks, sanne, piet, asks):
    conversation = asks()
    chores.make(sanne, conversation, ASKED)
    [task] = tasks.of(conversation)
    chores.claim(piet, task.id)

    with pytest.raises(Unusable, match="antwoord"):
        chores.finish(piet, task.id, Outcome.HANDLED, "gebeld met de ploeg", " ")

    assert tasks.find(task.id).state is TaskState.CLAIMED
    assert len(heard(work, conversation)) == 1


def test_who_answers_after_the_channel_s_day_sees_that_it_waits_and_may_tell_him_another_way(
    chores, work, tasks, piet, clock
):
    conversation = work.ledger.receive(words(1, channel="whatsapp")).message.conversation
    contact = Contact("An Maes", "", "wie maait de berm")
    wish = Wish(conversation, "whatsapp", "onthaal", "algemeen", "uitzoeken", Source.AGENT, AFTERNOON, contact)
    task = tasks.make(wish, "1", BOT)
    chores.claim(piet, task.id)
    assert not chores.looks.view(piet, task.id).waits
    clock.passes(25 * 3600)

    assert chores.looks.view(piet, task.id).waits
    with pytest.raises(Unusable, match="antwoord"):
        chores.finish(piet, task.id, Outcome.HANDLED, "", "")
    chores.finish(piet, task.id, Outcome.HANDLED, "gemaild: volgende week", "")
    assert tasks.find(task.id).state is TaskState.DONE


@pytest.mark.parametrize("outcome", [Outcome.HANDLED, Outcome.WITHDRAWN, "bereikt", ""])
def test_a_call_ends_as_a_call_ends(chores, sanne, task, outcome):
    chores.claim(sanne, task.id)

    with pytest.raises(Unusable):
        chores.finish(sanne, task.id, outcome, "", "")


@pytest.mark.req("KI-16")
def test_from_a_conversation_a_task_goes_to_a_department_and_the_citizen_hears_when(chores, work, tasks, sanne, asks):
    conversation = asks(card={"answers": {"naam": "An Maes"}})

    chores.make(sanne, conversation, ASKED)
    chores.make(sanne, conversation, ASKED)

    [task] = tasks.of(conversation)
    assert (task.team, task.handling, task.source, task.contact.name) == (
        "onthaal",
        "uitzoeken",
        Source.AGENT,
        "An Maes",
    )
    [said] = heard(work, conversation)
    assert "Onthaal" in said.text
    assert "morgen om 19.00 uur" in said.text
    assert task.reference in said.text


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"about": " "}, "leeg"),
        ({"about": "x" * 301}, "leeg"),
        ({"team": "brandweer"}, "team"),
        ({"handling": "toveren"}, "team"),
        ({"handling": CALL_BACK}, "nummer"),
        ({"day": ""}, "dag"),
        ({"day": "2026-11-29"}, "gesloten"),
        ({"day": "2026-11-22"}, "gesloten"),
    ],
)
def test_a_task_that_nobody_could_do_is_refused_with_the_reason(chores, tasks, sanne, asks, change, problem):
    conversation = asks()

    with pytest.raises(Unusable) as error:
        chores.make(sanne, conversation, replace(ASKED, **change))

    assert error.value.code == problem
    assert tasks.of(conversation) == []


def test_nobody_makes_a_task_from_another_team_s_conversation(chores, piet, asks):
    with pytest.raises(NotAllowed):
        chores.make(piet, asks(), ASKED)


@pytest.mark.req("KI-14")
def test_back_and_forth_more_than_twice_is_a_supervisor_s_to_decide(chores, work, tasks, audit, luc, task):
    supervision = Supervision(work, audit, tasks)
    for number in range(MOST_MISROUTED + 1):
        assert supervision.overview(luc, Filter()).bounced == []
        chores.forward(luc, task.id, ["onthaal", "burgerzaken"][number % 2], "niet van ons", misrouted=True)

    assert [one.id for one in supervision.overview(luc, Filter()).bounced] == [task.id]
    assert chores.looks.lists(luc).open[0].bounces


@pytest.mark.req("MZR-06")
def test_a_team_to_which_it_was_sent_on_reads_what_it_is_about_and_no_more(chores, work, clock, tasks, sanne, piet):
    conversation = work.ledger.receive(words(1, text="mijn man ligt in het ziekenhuis")).message.conversation
    photo = work.ledger.keep_attachment(conversation, "brief.png", "image/png", b"x")
    work.ledger.receive(replace(words(2, text="dit is de brief"), attachment=photo))
    clock.passes(timedelta(days=2).total_seconds())
    work.ledger.receive(words(3, text="wie maait de berm"))
    contact = Contact("An Maes", "+32470123456", "wie maait de berm")
    task = tasks.make(
        Wish(conversation, "web", "burgerzaken", "attest", CALL_BACK, Source.BOT, NEXT, contact), "1", BOT
    )
    work.timelines.notes.write(conversation, sanne.agent.id, "moeilijke week voor haar")
    read = [line.message.text for line in chores.looks.view(sanne, task.id).timeline if line.message]
    chores.forward(sanne, task.id, "onthaal", "hun vraag", misrouted=True)

    lines = chores.looks.view(piet, task.id).timeline

    assert "mijn man ligt in het ziekenhuis" in read
    assert "wie maait de berm" in [line.message.text for line in lines if line.message]
    assert not [line for line in lines if line.note or "ziekenhuis" in (line.message.text if line.message else "")]
    with pytest.raises(NotAllowed):
        chores.looks.photo(piet, task.id, photo)


def test_a_team_that_is_not_there_then_calls_at_another_moment_and_the_citizen_hears_it(
    chores, work, clock, sanne, task
):
    chores.forward(sanne, task.id, "onthaal", "hun vraag", misrouted=False)
    assert heard(work, task.conversation) == []  # they are there at the moment that was promised
    clock.passes(timedelta(hours=9).total_seconds())

    chores.forward(session_like(sanne, "onthaal"), task.id, "burgerzaken", "toch niet", misrouted=False)

    assert "morgen" in heard(work, task.conversation)[0].text


def test_a_team_that_answers_later_than_was_promised_tells_the_citizen_when(chores, work, clock, tasks, sanne, asks):
    conversation = asks()
    chores.make(sanne, conversation, ASKED)
    [task] = tasks.of(conversation)
    clock.passes(timedelta(days=3).total_seconds())
    both = replace(sanne, agent=replace(sanne.agent, teams=frozenset({"burgerzaken", "onthaal"})))

    chores.forward(both, task.id, "burgerzaken", "hun vraag", misrouted=False)

    promised, again = heard(work, conversation)
    assert "morgen om 19.00 uur" in promised.text
    assert ("Burgerzaken" in again.text, task.reference in again.text) == (True, True)


def test_of_a_task_from_a_talk_by_telephone_nothing_is_said_where_nobody_reads(chores, work, tasks, sanne, piet):
    call = Calls(work.ledger, work.handovers).begin(sanne)
    chores.make(sanne, call, ASKED)
    [task] = tasks.of(call)
    chores.claim(piet, task.id)

    chores.finish(piet, task.id, Outcome.HANDLED, "", "We maaien volgende week.")

    assert work.ledger.messages(call) == []


def session_like(session, team):
    return replace(session, agent=replace(session.agent, teams=frozenset({team})))


def test_to_send_it_on_needs_a_reason_and_another_team(chores, sanne, task):
    for team, reason in (("onthaal", " "), ("burgerzaken", "fout"), ("brandweer", "fout")):
        with pytest.raises(Unusable):
            chores.forward(sanne, task.id, team, reason, misrouted=True)


def test_a_supervisor_gives_it_to_one_of_the_team_and_that_is_written_down(
    chores, audit, tasks, luc, sanne, piet, task
):
    with pytest.raises(Unusable):
        chores.assign(luc, task.id, TO_AGENT + piet.agent.id)
    with pytest.raises(NotAllowed):
        chores.assign(sanne, task.id, TO_AGENT + sanne.agent.id)

    chores.assign(luc, task.id, TO_AGENT + sanne.agent.id)

    assert tasks.find(task.id).agent == sanne.agent.id
    assert [entry.act for entry in audit.latest()] == [Act.ASSIGNED]


def test_a_task_of_a_conversation_that_is_forgotten_can_still_be_ended(chores, work, clock, tasks, sanne, task):
    chores.claim(sanne, task.id)
    work.ledger.hold(claimed(work.ledger))
    work.ledger.purge(clock.utc() + timedelta(days=1))

    view = chores.looks.view(sanne, task.id)
    assert (view.conversation, view.timeline) == (None, [])
    chores.finish(sanne, task.id, Outcome.REACHED, "", "Alles in orde.")

    assert tasks.find(task.id).state is TaskState.DONE


def test_a_task_that_is_forgotten_tells_nothing_any_more(chores, work, clock, sanne, task):
    chores.claim(sanne, task.id)
    chores.finish(sanne, task.id, Outcome.REACHED, "", "")
    clock.passes(1)
    task_retention.forget(work.ledger.engine, clock.utc(), 10)

    view = chores.looks.view(sanne, task.id)

    assert (view.phone, view.entry.task.contact.about, view.conversation) == ("", "", None)
