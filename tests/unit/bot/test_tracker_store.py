"""The dialogue store on SQLite, and on PostgreSQL when BOT_TEST_POSTGRES names one."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import database
from bot.tracker_store import DialogueStore, StaleDialogue

T = TypeVar("T")
DOMAIN = Domain.from_dict(
    {"intents": ["groeten"], "slots": {"naam": {"type": "text", "mappings": [{"type": "custom"}]}}}
)
POSTGRES = os.environ.get("BOT_TEST_POSTGRES")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/rasa.db"
    if POSTGRES is None:
        pytest.skip("no PostgreSQL here")
    engine = sa.create_engine(sa.engine.make_url(POSTGRES).set(drivername="postgresql+psycopg2"))
    database.metadata.drop_all(engine)
    engine.dispose()
    return POSTGRES


def run(work: Awaitable[T]) -> T:
    async def wait() -> T:
        return await work

    return asyncio.run(wait())


def store(url: str, **options: Any) -> DialogueStore:
    return DialogueStore(DOMAIN, host=url, **options)


def told(dialogues: DialogueStore, *events: Any, of: str = "c") -> DialogueStateTracker:
    async def tell() -> DialogueStateTracker:
        tracker = await dialogues.get_or_create_tracker(of, append_action_listen=False)
        tracker.update_with_events(list(events), DOMAIN)
        await dialogues.save(tracker)
        return tracker

    return run(tell())


def says(text: str) -> UserUttered:
    return UserUttered(text, {"name": "groeten", "confidence": 1.0})


def words(tracker: DialogueStateTracker | None) -> list[str]:
    assert tracker is not None
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


def test_an_unknown_dialogue_is_none(url: str) -> None:
    assert run(store(url).retrieve("nobody")) is None


def test_a_dialogue_survives_the_process(url: str) -> None:
    told(store(url), SessionStarted(), says("een"), SlotSet("naam", "An"))

    tracker = run(store(url).retrieve("c"))

    assert words(tracker) == ["een"]
    assert tracker is not None
    assert tracker.get_slot("naam") == "An"


def test_each_turn_adds_only_what_is_new(url: str) -> None:
    dialogues = store(url)
    told(dialogues, SessionStarted(), says("een"))
    told(dialogues, says("twee"))
    told(dialogues, says("drie"))

    assert words(run(store(url).retrieve("c"))) == ["een", "twee", "drie"]


def test_two_processes_that_take_turns_see_each_other(url: str) -> None:
    one, other = store(url), store(url)
    told(one, SessionStarted(), says("een"))
    told(other, says("twee"))
    told(one, says("drie"))
    told(other, says("vier"))

    assert words(run(one.retrieve("c"))) == ["een", "twee", "drie", "vier"]


def test_a_dialogue_that_another_process_told_further_is_not_overwritten(url: str) -> None:
    one, other = store(url), store(url)
    told(one, SessionStarted(), says("een"))

    async def at_once() -> None:
        mine, yours = await one.retrieve("c"), await other.retrieve("c")
        assert mine is not None
        assert yours is not None
        mine.update(says("mijn"))
        yours.update(says("jouw"))
        await other.save(yours)
        await one.save(mine)

    with pytest.raises(StaleDialogue):
        run(at_once())
    assert words(run(one.retrieve("c"))) == ["een", "jouw"]


def test_two_processes_cannot_both_begin_a_dialogue(url: str) -> None:
    one, other = store(url), store(url)

    async def both() -> None:
        mine, yours = one.init_tracker("c"), other.init_tracker("c")
        for tracker in (mine, yours):
            tracker.update(says("hallo"))
        await one.save(mine)
        await other.save(yours)

    with pytest.raises(StaleDialogue):
        run(both())


def test_only_the_latest_session_is_read(url: str) -> None:
    dialogues = store(url)
    told(dialogues, SessionStarted(), says("oud"))
    told(dialogues, ActionExecuted("action_session_start"), SessionStarted(), says("nieuw"))
    told(dialogues, says("nieuwer"))

    assert words(run(dialogues.retrieve("c"))) == ["nieuw", "nieuwer"]
    assert words(run(dialogues.retrieve_full_tracker("c"))) == ["oud", "nieuw", "nieuwer"]


def test_a_turn_that_failed_leaves_no_trace(url: str) -> None:
    dialogues = store(url)
    told(dialogues, SessionStarted(), says("een"))
    broken = run(dialogues.retrieve("c"))
    assert broken is not None
    broken.update(says("nooit bewaard"))

    assert words(run(dialogues.retrieve("c"))) == ["een"]


def test_a_dialogue_kept_at_hand_is_the_dialogue_that_would_be_read(url: str) -> None:
    dialogues = store(url)
    told(dialogues, SessionStarted(), says("een"), SlotSet("naam", "An"))
    told(dialogues, ActionExecuted("action_listen"), says("twee"))

    at_hand, read = run(dialogues.retrieve("c")), run(store(url).retrieve("c"))

    assert at_hand is not None
    assert read is not None
    assert list(at_hand.events) == list(read.events)
    assert at_hand.current_state() == read.current_state()


def test_memory_holds_no_more_dialogues_than_it_may(url: str) -> None:
    dialogues = store(url, kept=2)
    for number in range(4):
        told(dialogues, says("hallo"), of=f"c{number}")

    assert list(dialogues._kept) == ["c2", "c3"]
    assert words(run(dialogues.retrieve("c0"))) == ["hallo"]


def test_what_was_silent_for_too_long_is_forgotten(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dialogues = store(url)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 40 * 24 * 3600)
    told(dialogues, says("lang geleden"), of="old")
    monkeypatch.setattr(time, "time", lambda: now)
    told(dialogues, says("vandaag"), of="new")

    assert run(dialogues.purge(days=30)) == 1
    assert run(store(url).retrieve("old")) is None
    assert run(dialogues.keys()) == ["new"]


def test_forgetting_happens_by_itself(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 40 * 24 * 3600)
    told(store(url), says("lang geleden"), of="old")
    monkeypatch.setattr(time, "time", lambda: now)

    told(store(url, keep_days=30), says("vandaag"), of="new")

    assert run(store(url).retrieve("old")) is None


def test_a_locked_database_is_an_error_and_no_empty_dialogue(tmp_path: Path) -> None:
    dialogues = store(f"sqlite:///{tmp_path}/rasa.db?timeout=0.2")
    told(dialogues, says("een"))
    tracker = run(dialogues.retrieve("c"))
    assert tracker is not None
    tracker.update(says("twee"))
    somebody = sqlite3.connect(tmp_path / "rasa.db", isolation_level=None)
    somebody.execute("BEGIN IMMEDIATE")

    with pytest.raises(sa.exc.OperationalError, match="locked"):
        run(dialogues.save(tracker))


@pytest.mark.parametrize(
    "wrong",
    [
        "mysql://user@host/rasa",
        "no url at all",
        "",
        "sqlite://",
        "sqlite:////proc/nowhere/rasa.db",
        "postgresql+psycopg://balie@127.0.0.1:1/rasa",
    ],
)
def test_a_wrong_address_stops_the_process_with_one_line(wrong: str) -> None:
    code = f"from bot.tracker_store import DialogueStore; DialogueStore(host={wrong!r}, patience=0.1)"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "RASA_DATABASE_URL" in done.stderr.splitlines()[-1]


def test_a_password_is_not_told() -> None:
    with pytest.raises(SystemExit) as stopped:
        database.open_or_stop("postgresql://balie:geheim@127.0.0.1:1/rasa", patience=0)

    assert "geheim" not in str(stopped.value)


def test_a_dialogue_is_forgotten_at_once_and_the_others_are_not(url: str) -> None:
    dialogues = store(url)
    told(dialogues, says("geheim"))
    told(dialogues, says("blijft"), of="d")

    run(dialogues.forget("c"))
    run(dialogues.forget("nobody"))

    assert run(dialogues.retrieve("c")) is None
    assert words(run(dialogues.retrieve("d"))) == ["blijft"]
    told(dialogues, says("opnieuw"))
    assert words(run(store(url).retrieve("c"))) == ["opnieuw"]


def test_what_is_forgotten_is_gone_from_the_files(tmp_path: Path) -> None:
    dialogues = store(f"sqlite:///{tmp_path}/rasa.db")
    for number in range(20):
        told(dialogues, says("een ander" * 50), of=f"d{number}")
    told(dialogues, says("Ik ben Lien Declercq"))
    assert b"Lien Declercq" in b"".join(file.read_bytes() for file in tmp_path.iterdir())

    run(dialogues.forget("c"))

    assert [file.name for file in tmp_path.iterdir() if b"Lien Declercq" in file.read_bytes()] == []
    assert b"een ander" in (tmp_path / "rasa.db").read_bytes()


def test_sessions_before_the_latest_are_forgotten_however_lively_the_dialogue(url: str) -> None:
    dialogues = store(url)
    told(dialogues, SessionStarted(), says("vorige maand"))
    told(dialogues, SessionStarted(), says("vandaag"))

    run(dialogues.purge(days=30))

    assert words(run(dialogues.retrieve_full_tracker("c"))) == ["vandaag"]
    assert words(run(dialogues.retrieve("c"))) == ["vandaag"]
