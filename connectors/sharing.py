"""Does once what is asked twice at the same moment, and in the order of asking what goes by the same lane."""

import asyncio
from collections.abc import Callable, Collection, Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Sharing(Generic[T]):
    def __init__(self, work: Callable[[T], object], lanes: Callable[[T], Collection[str]] = lambda _: ()) -> None:
        """`work` blocks, and runs in a thread; what has a lane in common waits for what was asked before."""
        self._work, self._lanes = work, lanes
        self._going_on = dict[T, asyncio.Task[None]]()
        self._last = dict[str, asyncio.Task[None]]()  # of each lane

    async def do(self, thing: T) -> None:
        """Returns when it was done; raises what `work` raised, to everybody who asked for it meanwhile."""
        task = self._going_on.get(thing)
        if task is None:
            task = self._going_on[thing] = self._begin(thing)
            task.add_done_callback(lambda _: self._going_on.pop(thing, None))
        await asyncio.shield(task)  # one who goes away takes it from nobody

    def _begin(self, thing: T) -> asyncio.Task[None]:
        lanes = self._lanes(thing)
        task = asyncio.create_task(self._in_turn(thing, {self._last[lane] for lane in lanes if lane in self._last}))
        self._last.update(dict.fromkeys(lanes, task))
        task.add_done_callback(lambda done: self._leave(lanes, done))
        return task

    async def _in_turn(self, thing: T, before: Collection[asyncio.Task[None]]) -> None:
        if before:
            await asyncio.wait(before)  # whatever became of them
        await asyncio.to_thread(self._work, thing)

    def _leave(self, lanes: Collection[str], done: asyncio.Task[None]) -> None:
        for lane in lanes:
            if self._last.get(lane) is done:
                del self._last[lane]
