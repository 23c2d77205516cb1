import asyncio
import threading
from collections.abc import Callable

import pytest

from connectors.sharing import Sharing


class Work:
    """Waits until it is let go, and notes what it was asked."""

    def __init__(self, outcome: Callable[[], object] = lambda: None) -> None:
        self.asked, self.may_end, self._outcome = list[str](), threading.Event(), outcome

    def __call__(self, thing: str) -> None:
        self.asked.append(thing)
        assert self.may_end.wait(10)
        self._outcome()


def refuse() -> None:
    raise ConnectionError("the database is away")


async def begun(work: Work, *things: str) -> list[asyncio.Task[None]]:
    sharing = Sharing(work)
    tasks = [asyncio.create_task(sharing.do(thing)) for thing in things]
    while len(set(work.asked)) < len(set(things)):  # noqa: ASYNC110  # what is waited for happens in a thread
        await asyncio.sleep(0.01)
    return tasks


async def test_what_is_asked_three_times_at_once_is_done_once_and_all_wait_for_it() -> None:
    work = Work()
    tasks = await begun(work, "een", "een", "twee", "een")
    assert not any(task.done() for task in tasks)

    work.may_end.set()
    await asyncio.gather(*tasks)

    assert sorted(work.asked) == ["een", "twee"]


async def test_what_is_asked_again_later_is_done_again() -> None:
    work = Work()
    work.may_end.set()
    sharing = Sharing(work)
    await sharing.do("een")
    await sharing.do("een")

    assert work.asked == ["een", "een"]


async def test_everybody_hears_that_it_failed() -> None:
    work = Work(refuse)
    tasks = await begun(work, "een", "een")
    work.may_end.set()

    for task in tasks:
        with pytest.raises(ConnectionError):
            await task


async def test_one_who_goes_away_takes_it_from_nobody() -> None:
    work = Work()
    first, second = await begun(work, "een", "een")
    first.cancel()
    await asyncio.sleep(0)
    work.may_end.set()
    await second

    assert work.asked == ["een"]


async def test_what_goes_by_the_same_lane_goes_in_the_order_of_asking() -> None:
    begun = list[str]()
    may_end = {thing: threading.Event() for thing in ("an-1", "an-2", "bert-1")}

    def work(thing: str) -> None:
        begun.append(thing)
        assert may_end[thing].wait(10)

    sharing = Sharing(work, lanes=lambda thing: [thing.partition("-")[0]])
    tasks = {thing: asyncio.create_task(sharing.do(thing)) for thing in may_end}
    may_end["bert-1"].set()
    await tasks["bert-1"]
    assert sorted(begun) == ["an-1", "bert-1"]

    may_end["an-1"].set()
    may_end["an-2"].set()
    await asyncio.gather(*tasks.values())

    assert begun[-1] == "an-2"


async def test_what_failed_keeps_nobody_behind_it_and_nothing_stays_behind() -> None:
    begun = list[str]()

    def work(thing: str) -> None:
        begun.append(thing)
        if thing == "breekt":
            refuse()

    sharing = Sharing(work, lanes=lambda _: ["an"])
    first, second = (asyncio.create_task(sharing.do(thing)) for thing in ("breekt", "gaat"))

    with pytest.raises(ConnectionError):
        await first
    await second
    await asyncio.sleep(0)

    assert begun == ["breekt", "gaat"]
    assert (sharing._last, sharing._going_on) == ({}, {})
