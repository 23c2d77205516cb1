"""Does once what is asked twice at the same moment."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Sharing(Generic[T]):
    def __init__(self, work: Callable[[T], object]) -> None:
        """`work` blocks, and runs in a thread."""
        self._work, self._going_on = work, dict[T, asyncio.Task[object]]()

    async def do(self, thing: T) -> None:
        """Returns when it was done; raises what `work` raised, to everybody who asked for it meanwhile."""
        task = self._going_on.get(thing)
        if task is None:
            task = self._going_on[thing] = asyncio.create_task(asyncio.to_thread(self._work, thing))
            task.add_done_callback(lambda _: self._going_on.pop(thing, None))
        await asyncio.shield(task)  # one who goes away takes it from nobody
