"""What people must do for citizens: written down once, taken by one, and never lost."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from clock import BRUSSELS
from conversations.bell import Bell
from conversations.database import connect, reading, writing
from conversations.figure_tables import figures
from filings import task_retention
from filings.task_model import CALL_BACK, Contact, Outcome, Source, Step, TaskState, Wish
from filings.task_tables import task_steps, tasks
from filings.tasks import BOT, Tasks
from filings.windows import Window
from tests.sealing import VAULT
from tests.unit.conversations.setting import HeardBell
from tests.unit.conversations.test_ledger_races import together

AFTERNOON = Window(datetime(2026, 11, 23, 13, tzinfo=BRUSSELS), datetime(2026, 11, 23, 17, tzinfo=BRUSSELS))
TOMORROW = Window(datetime(2026, 11, 24, 9, tzinfo=BRUSSELS), datetime(2026, 11, 24, 12, tzinfo=BRUSSELS))
CONTACT = Contact("An Maes", "+32470123456", "mijn attest is er nog niet")
CALL = Wish("c_1", "web", "burgerzaken", "attest", CALL_BACK, Source.BOT, AFTERNOON, CONTACT)
LOOK_UP = replace(CALL, handling="uitzoeken", source=Source.AGENT)


@pytest.fixture
def bell():
    return HeardBell()


@pytest.fixture
def book(engine, clock, bell):
    return Tasks(engine, clock, bell, VAULT)


@pytest.fixture
def task(book):
    return book.make(CALL, "c_1:1", BOT)


def counted(engine):
    with reading(engine) as db:
        rows = db.execute(select(figures)).mappings().all()
    names = [name for name in rows[0] if name.startswith(("tasks_", "done_", "misrouted"))] if rows else []
    return {(row["team"], name): row[name] for row in rows for name in names if row[name]}


# --- writing down -------------------------------------------------------------------------------------------------


@pytest.mark.req("KI-03", "KI-31")
def test_a_task_says_what_to_do_for_whom_when_and_from_which_conversation(book, task, clock, bell):
    assert (task.state, task.handling, task.team, task.conversation) == (
        TaskState.OPEN,
        CALL_BACK,
        "burgerzaken",
        "c_1",
    )
    assert (task.contact, task.window, task.created_at) == (CONTACT, AFTERNOON, clock.now())
    assert book.by_reference(task.reference.lower().replace("-", " ")) == task
    assert [(one.step, one.actor) for one in book.history(task.id)] == [(Step.MADE, BOT)]
    assert "desk" in bell.heard


def test_whose_it_is_is_sealed_where_it_is_kept(engine, book, task):
    book.claim(task.id, "sanne")
    book.not_reached(task.id, "sanne", TOMORROW, "voicemail van An")

    with reading(engine) as db:
        rows = str([*db.execute(select(tasks)), *db.execute(select(task_steps))])
    assert "470123456" not in rows
    assert "attest is er" not in rows
    assert "voicemail" not in rows
    assert book.history(task.id)[-1].note == "voicemail van An"


def test_the_same_key_makes_one_task_also_after_it_is_done(engine, book, task):
    book.claim(task.id, "sanne")
    book.finish(task.id, "sanne", Outcome.REACHED)

    again = book.make(CALL, "c_1:1", BOT)

    assert (again.id, again.state) == (task.id, TaskState.DONE)
    assert counted(engine)[("burgerzaken", "tasks_bot")] == 1


def test_eight_threads_that_ask_the_same_make_one_task(book):
    made = together(8, lambda _: book.make(CALL, "k", BOT))

    assert len({task.id for task in made}) == 1
    assert len(book.of("c_1")) == 1


def test_who_asks_again_changes_what_he_asked_and_is_called_once(book, task):
    later = book.make(replace(CALL, window=TOMORROW), "c_1:2", BOT)

    assert (later.id, later.window, later.reference) == (task.id, TOMORROW, task.reference)
    assert [one.step for one in book.history(task.id)] == [Step.MADE, Step.CHANGED]


def test_who_asks_again_about_something_else_finds_that_team_free_to_take_it(book, task):
    book.claim(task.id, "sanne")
    same_team = book.make(replace(CALL, window=TOMORROW), "c_1:2", BOT)
    assert (same_team.state, same_team.agent) == (TaskState.CLAIMED, "sanne")

    other_team = book.make(replace(CALL, team="onthaal", topic="melding"), "c_1:3", BOT)

    assert (other_team.id, other_team.team) == (task.id, "onthaal")
    assert (other_team.state, other_team.agent) == (TaskState.OPEN, None)


def test_an_agent_s_task_stands_beside_what_the_citizen_asked(engine, book, task):
    book.make(LOOK_UP, "agent:1", "sanne")

    assert {one.handling for one in book.of("c_1")} == {CALL_BACK, "uitzoeken"}
    assert counted(engine) == {("burgerzaken", "tasks_bot"): 1, ("burgerzaken", "tasks_agent"): 1}


def test_another_moment_moves_the_call_that_an_agent_planned(book):
    planned = book.make(replace(CALL, source=Source.AGENT), "agent:1", "sanne")
    book.claim(planned.id, "sanne")
    assert book.asked("c_1").id == planned.id

    moved = book.make(replace(CALL, window=TOMORROW, contact=replace(CONTACT, name="")), "c_1:2", BOT)

    assert (moved.id, moved.window, moved.agent, moved.source) == (planned.id, TOMORROW, "sanne", Source.AGENT)
    assert moved.contact.name == "An Maes"
    assert len(book.of("c_1")) == 1


# --- people ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("KI-05")
def test_of_eight_agents_who_take_it_at_once_one_gets_it(book, task):
    taken = together(8, lambda number: book.claim(task.id, f"agent {number}"))

    [winner] = [one for one in taken if one]
    assert book.find(task.id).agent == winner.agent
    assert [one.step for one in book.history(task.id)] == [Step.MADE, Step.CLAIMED]


@pytest.mark.req("KI-05")
def test_a_call_that_nobody_answers_comes_back_for_another_moment_until_somebody_does(engine, book, task):
    book.claim(task.id, "sanne")
    waiting = book.not_reached(task.id, "sanne", TOMORROW, "geen gehoor")
    assert (waiting.state, waiting.agent, waiting.attempts, waiting.window) == (TaskState.OPEN, None, 1, TOMORROW)

    book.claim(task.id, "piet")
    done = book.finish(task.id, "piet", Outcome.REACHED, "geregeld")

    assert (done.state, done.outcome, done.agent) == (TaskState.DONE, Outcome.REACHED, "piet")
    assert book.undone(["burgerzaken"]) == []
    assert counted(engine)[("burgerzaken", "done_reached")] == 1


def test_only_who_has_it_says_how_it_ended(book, task):
    book.claim(task.id, "sanne")

    assert book.finish(task.id, "piet", Outcome.REACHED) is None
    assert book.not_reached(task.id, "piet", TOMORROW) is None
    assert book.release(task.id, "piet") is None
    assert book.find(task.id).agent == "sanne"


def test_giving_up_counts_the_last_attempt(book, task):
    book.claim(task.id, "sanne")

    done = book.finish(task.id, "sanne", Outcome.GIVEN_UP)

    assert (done.outcome, done.attempts) == (Outcome.GIVEN_UP, 1)


@pytest.mark.req("KI-05")
def test_a_process_that_dies_with_a_task_in_its_hands_loses_nothing(ready_url, book, task, clock):
    """Whatever it held in memory is gone; another process sees the same task, and who had it."""
    book.claim(task.id, "sanne")
    elsewhere = Tasks(connect(ready_url), clock, Bell(), VAULT)

    [found] = elsewhere.undone(["burgerzaken"])

    assert (found.agent, found.contact) == ("sanne", CONTACT)
    assert getattr(elsewhere.assign(task.id, "piet", "luc"), "agent", None) == "piet"
    elsewhere.engine.dispose()


def test_a_step_that_breaks_half_way_did_not_happen(engine, book, task, monkeypatch):
    def breaks(*_, **__):
        raise OSError

    monkeypatch.setattr(book, "_note", breaks)
    with pytest.raises(OSError):
        book.claim(task.id, "sanne")
    monkeypatch.undo()

    assert book.claim(task.id, "piet").agent == "piet"


def test_the_most_urgent_is_first_and_another_team_s_is_not_there(book, task):
    urgent = replace(LOOK_UP, window=replace(AFTERNOON, end=AFTERNOON.end - timedelta(hours=2)))
    first = book.make(urgent, "2", "sanne")
    book.make(replace(LOOK_UP, team="onthaal"), "3", "sanne")

    assert [one.id for one in book.undone(["burgerzaken"])] == [first.id, task.id]


def test_what_was_not_done_in_time_is_late(book, task, clock):
    assert not task.is_late(clock.now())
    assert task.is_late(AFTERNOON.end + timedelta(minutes=1))


@pytest.mark.req("KI-14")
def test_the_wrong_team_sends_it_on_and_that_is_counted_where_it_was_wrong(engine, book, task):
    book.claim(task.id, "sanne")

    moved = book.forward(task.id, "sanne", "onthaal", TOMORROW, "gaat over een melding", misrouted=True)

    assert (moved.team, moved.state, moved.agent, moved.misroutings) == ("onthaal", TaskState.OPEN, None, 1)
    assert book.undone(["burgerzaken"]) == []
    assert counted(engine)[("burgerzaken", "misrouted")] == 1
    last = book.history(task.id)[-1]
    assert (last.step, last.detail, last.note) == (Step.MISROUTED, "onthaal", "gaat over een melding")


def test_two_who_send_it_on_at_once_send_it_once(book, task):
    moved = together(4, lambda _: book.forward(task.id, "sanne", "onthaal", TOMORROW, "fout", misrouted=True))

    assert sum(one is not None for one in moved) == 1
    assert book.find(task.id).misroutings == 1


def test_handing_it_on_for_another_reason_is_no_wrong_routing(engine, book, task):
    moved = book.forward(task.id, "sanne", "onthaal", TOMORROW, "zij weten meer", misrouted=False)

    assert moved.misroutings == 0
    assert ("burgerzaken", "misrouted") not in counted(engine)


def test_a_citizen_takes_it_back_unless_somebody_is_at_it(book, task):
    book.claim(task.id, "sanne")
    assert book.withdraw(task.id) is None

    book.release(task.id, "sanne")

    assert book.withdraw(task.id).outcome is Outcome.WITHDRAWN
    assert book.asked("c_1") is None


# --- forgetting -----------------------------------------------------------------------------------------------------


def test_a_task_that_is_done_long_ago_no_longer_tells_for_whom_it_was(engine, book, task, clock):
    book.claim(task.id, "sanne")
    book.finish(task.id, "sanne", Outcome.REACHED, "An was blij")
    still_open = book.make(replace(CALL, conversation="c_2"), "2", BOT)
    clock.passes(3600)

    assert task_retention.forget(engine, clock.utc(), 10) == 1
    assert task_retention.forget(engine, clock.utc(), 10) == 0

    old = book.find(task.id)
    assert (old.contact, old.conversation, old.outcome) == (Contact(), f"purged:{task.id}", Outcome.REACHED)
    assert [one.note for one in book.history(task.id)] == ["", "", ""]
    assert book.find(still_open.id).contact == CONTACT


def test_a_task_that_nobody_ever_did_is_given_up_and_forgotten_too_and_not_before_its_time(engine, book, task, clock):
    book.claim(task.id, "sanne")
    clock.passes(60)
    assert task_retention.forget(engine, clock.utc(), 10) == 0  # he may still be called
    clock.passes(timedelta(days=400).total_seconds())

    assert task_retention.forget(engine, clock.utc() - timedelta(days=365), 10) == 1

    old = book.find(task.id)
    assert (old.contact, old.agent, old.state, old.outcome) == (Contact(), None, TaskState.DONE, Outcome.GIVEN_UP)
    assert book.undone(["burgerzaken"]) == []


def test_an_old_task_tells_no_more_which_agents_had_it(engine, book, task, clock):
    book.assign(task.id, "sanne", "luc")
    book.finish(task.id, "sanne", Outcome.REACHED)
    clock.passes(3600)

    task_retention.forget(engine, clock.utc(), 10)

    assert book.find(task.id).agent is None
    assert [(one.actor, one.detail) for one in book.history(task.id)] == [(BOT, ""), ("", ""), ("", "reached")]


def test_whoever_wants_to_be_forgotten_is_not_called_any_more(engine, book, task, clock):
    with writing(engine) as db:
        task_retention.withdraw(db, tasks.c.conversation == "c_1", clock.utc())

    forgotten = book.find(task.id)
    assert (forgotten.state, forgotten.outcome, forgotten.contact) == (
        TaskState.DONE,
        Outcome.WITHDRAWN,
        Contact(),
    )
