"""Who goes first when there is more to do than the machine can: what comes in, before what is done about it.

Whoever sent it waits for an answer and comes again when there is none in time; what was
taken in is safe, and its citizen can wait a moment longer.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LONGEST = 1.0  # seconds that the rest waits at a time, however much comes in


class Way:
    def __init__(self, longest: float = LONGEST) -> None:
        self._longest = longest
        self._first = 0
        self._free = asyncio.Event()
        self._free.set()

    @contextmanager
    def first(self) -> Iterator[None]:
        self._first += 1
        self._free.clear()
        try:
            yield
        finally:
            self._first -= 1
            if not self._first:
                self._free.set()

    async def give(self) -> None:
        """Wait until nobody goes first, but not for ever."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._free.wait(), self._longest)
