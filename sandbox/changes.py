"""Tells whoever is watching the page that something changed, and where."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

_THE_END = ""


class Changes:
    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[str]] = set()

    def tell(self, area: str) -> None:
        for listener in self._listeners:
            listener.put_nowait(area)

    def close(self) -> None:
        """Lets everybody who listens go, so that the sandbox can stop at once."""
        self.tell(_THE_END)

    async def listen(self, silence: float) -> AsyncGenerator[set[str], None]:
        """The areas that changed since the last time; an empty set after so many seconds of silence."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            while True:
                areas = set()
                with contextlib.suppress(TimeoutError):
                    areas.add(await asyncio.wait_for(queue.get(), silence))
                while not queue.empty():
                    areas.add(queue.get_nowait())
                if _THE_END in areas:
                    return
                yield areas
        finally:
            self._listeners.discard(queue)
