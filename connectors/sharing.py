"""Does what is asked in the order of asking: all that waits at once, and once what is asked twice meanwhile."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)

MOST = 50  # things at once; those who asked first wait for the last of them


class Sharing(Generic[T]):
    def __init__(self, work: Callable[[Sequence[T]], object]) -> None:
        """`work` blocks, and runs in one thread at a time."""
        self._work = work
        self._asked = dict[T, asyncio.Future[None]]()  # in the order of asking, until they were done
        self._going_on: asyncio.Task[None] | None = None

    async def do(self, thing: T) -> None:
        """Returns when it was done; raises what `work` raised, to all whose things were done with it."""
        asked = self._asked.get(thing)
        if asked is None:
            asked = self._asked[thing] = asyncio.get_running_loop().create_future()
            if self._going_on is None:
                self._going_on = asyncio.create_task(self._do_all())
        await asyncio.shield(asked)  # one who goes away takes it from nobody

    async def _do_all(self) -> None:
        while self._asked:
            things = list(islice(self._asked, MOST))
            failed = await self._attempt(things)
            for thing in things:
                asked = self._asked.pop(thing)
                if failed:
                    asked.set_exception(failed)
                    asked.exception()  # whoever asked may have gone away
                else:
                    asked.set_result(None)
        self._going_on = None

    async def _attempt(self, things: Sequence[T]) -> Exception | None:
        try:
            await asyncio.to_thread(self._work, things)
        except Exception as error:
            return error
        return None
