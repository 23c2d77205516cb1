import asyncio
import threading
from collections.abc import Callable, Sequence

import pytest

from connectors.sharing import MOST, Sharing


class Work:
    """Waits until it is let go, and notes what it was asked."""

    def __init__(self, outcome: Callable[[], object] = lambda: None) -> None:
        self.asked, self.may_end, self._outcome = list[list[str]](), threading.Event(), outcome

    def __call__(self, things: Sequence[str]) -> None:
        self.asked.append(list(things))
        assert self.may_end.wait(10)
        self._outcome()


def refuse() -> None:
    raise ConnectionError("the database is away")


async def begun(work: Work, *things: str) -> list[asyncio.Task[None]]:
    """The first of these is being worked on, and the others were asked meanwhile."""
    sharing = Sharing(work)
    tasks = [asyncio.create_task(sharing.do(things[0]))]
    while not work.asked:  # noqa: ASYNC110  # what is waited for happens in a thread
        await asyncio.sleep(0.01)
    tasks += [asyncio.create_task(sharing.do(thing)) for thing in things[1:]]
    await asyncio.sleep(0)
    return tasks


async def test_what_waits_is_done_at_once_in_the_order_of_asking() -> None:
    work = Work()
    tasks = await begun(work, "een", "drie", "twee", "vier")
    assert not any(task.done() for task in tasks)

    work.may_end.set()
    await asyncio.gather(*tasks)

    assert work.asked == [["een"], ["drie", "twee", "vier"]]


async def test_what_is_asked_again_before_it_was_done_is_done_once_and_all_wait_for_it() -> None:
    work = Work()
    tasks = await begun(work, "een", "een", "twee", "een", "twee")
    work.may_end.set()
    await asyncio.gather(*tasks)

    assert work.asked == [["een"], ["twee"]]


async def test_what_is_asked_again_later_is_done_again() -> None:
    work = Work()
    work.may_end.set()
    sharing = Sharing(work)
    await sharing.do("een")
    await sharing.do("een")

    assert work.asked == [["een"], ["een"]]


async def test_however_much_waits_what_came_first_does_not_wait_for_all_of_it() -> None:
    work = Work()
    tasks = await begun(work, "eerst", *(str(number) for number in range(MOST + 1)))
    work.may_end.set()
    await asyncio.gather(*tasks)

    assert [len(things) for things in work.asked] == [1, MOST, 1]


async def test_everybody_whose_thing_failed_hears_it_and_the_next_goes_on() -> None:
    work = Work(refuse)
    tasks = await begun(work, "een", "een", "twee", "drie")
    work.may_end.set()

    for task in tasks:
        with pytest.raises(ConnectionError):
            await task
    assert work.asked == [["een"], ["twee", "drie"]]


async def test_one_who_goes_away_takes_it_from_nobody() -> None:
    work = Work()
    first, again, gone, second = await begun(work, "een", "een", "twee", "twee")
    first.cancel()
    gone.cancel()
    await asyncio.sleep(0)
    work.may_end.set()
    await asyncio.gather(again, second)

    assert work.asked == [["een"], ["twee"]]
