import asyncio
import multiprocessing
import threading
import time

import psycopg
import pytest

from conversations.bell import Bell, PostgresBell, bell_for
from conversations.database import connect
from tests.unit.conversations.setting import ring_elsewhere

SOON = 5.0
A_MOMENT = 0.05


@pytest.fixture
async def anybell(database_url):
    engine = connect(database_url)
    bell = bell_for(engine)
    if isinstance(bell, PostgresBell):
        await hears(bell)
    yield bell
    bell.close()
    engine.dispose()


@pytest.fixture
def two(postgres_url):
    """The bells of two processes that share a database."""
    engine = connect(postgres_url)
    bells = PostgresBell(engine), PostgresBell(engine)
    yield bells
    for bell in bells:
        bell.close()
    engine.dispose()


async def test_whoever_waits_wakes_when_it_rings(anybell):
    waiting = asyncio.ensure_future(anybell.wait("turns", SOON))
    await asyncio.sleep(A_MOMENT)

    anybell.ring("turns")

    assert await waiting is True


async def test_it_rings_from_other_threads(anybell):
    waiting = asyncio.ensure_future(anybell.wait("turns", SOON))
    await asyncio.sleep(A_MOMENT)

    threading.Thread(target=anybell.ring, args=("turns",)).start()

    assert await waiting is True


async def test_all_who_wait_for_a_topic_wake_and_nobody_else(anybell):
    waiting = [asyncio.ensure_future(anybell.wait(topic, SOON)) for topic in ("turns", "turns", "delivery")]
    await asyncio.sleep(A_MOMENT)

    anybell.ring("turns")

    done, late = await asyncio.wait(waiting, timeout=0.5)
    assert done == set(waiting[:2])
    for task in late:
        task.cancel()


async def test_a_wait_ends_without_a_ring(anybell):
    assert await anybell.wait("turns", A_MOMENT) is False


async def test_a_listener_misses_nothing_between_two_waits():
    bell = Bell()
    with bell.listen("turns") as rings:
        bell.ring("turns")
        assert await rings.wait(SOON) is True
        assert await rings.wait(A_MOMENT) is False
        bell.ring("turns")
        bell.ring("turns")
        await asyncio.sleep(A_MOMENT)

        assert await rings.wait(SOON) is True
        assert await rings.wait(A_MOMENT) is False


async def test_a_bell_forgets_who_left(anybell):
    await anybell.wait("conversation:1", 0)

    assert anybell._listeners == {}


def test_a_ring_after_the_loop_was_closed_harms_nobody():
    bell = Bell()

    async def listen():
        return bell.listen("turns").__enter__()

    asyncio.run(listen())
    bell.ring("turns")


async def test_it_rings_in_other_processes(two, postgres_url):
    here, _ = two
    with here.listen("conversation:1") as rings:
        await hears(here)
        other = multiprocessing.get_context("spawn").Process(
            target=ring_elsewhere, args=(postgres_url, "conversation:1")
        )
        other.start()

        assert await rings.wait(20) is True
        other.join()


async def test_it_rings_on_after_the_database_hung_up(two, postgres_url):
    here, there = two
    with here.listen("turns") as rings:
        await hears(here)
        hang_up(postgres_url)
        assert await rings.wait(SOON) is True  # it rings for whatever was missed

        rang = False
        for _ in range(50):
            there.ring("turns")
            rang = rang or await rings.wait(0.2)
        assert rang


async def test_a_ring_that_cannot_be_sent_still_rings_here(tmp_path):
    engine = connect(f"postgresql+psycopg:///balie?host={tmp_path}")
    bell = PostgresBell(engine)
    with bell.listen("turns") as rings:
        bell.ring("turns")

        assert await rings.wait(SOON) is True
    bell.close()
    engine.dispose()


async def hears(bell):
    """Wait until its thread has begun to listen."""
    with bell.listen("begun") as rings:
        end = time.monotonic() + SOON
        while time.monotonic() < end:
            other = PostgresBell(bell._engine)
            other.ring("begun")
            if await rings.wait(0.2):
                return
    raise AssertionError("the bell hears nothing")


def hang_up(url):
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
