"""Takes rows from one queue of the ledger and works on several of them at once.

One loop claims, woken by the bell and looking for itself every two seconds; each row
is a task of its own. The loop outlives what it meets.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from conversations.bell import Bell, Rings
from conversations.model import Message

LOOK = 2.0  # seconds

log = structlog.get_logger()


class Workers:
    def __init__(
        self,
        bell: Bell,
        topic: str,
        claim: Callable[[], Message | None],
        work: Callable[[Message], Awaitable[None]],
        count: int,
    ) -> None:
        """`claim` blocks and runs in a thread. `work` answers for its own errors."""
        self._bell, self._topic, self._claim, self._work = bell, topic, claim, work
        self._free = asyncio.Semaphore(count)
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled; what is being worked on then is for `close`."""
        with self._bell.listen(self._topic) as rings:
            while True:
                await self._free.acquire()
                message = await self._next()
                if message is not None:
                    self._begin(message, rings)
                else:
                    self._free.release()
                    await rings.wait(LOOK)

    async def close(self, seconds: float) -> None:
        """Give what is running so long to finish. The rest is left to its lease, and whoever starts next."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        for task in list(self._running):
            task.cancel()

    async def _next(self) -> Message | None:
        try:
            return await asyncio.to_thread(self._claim)
        except Exception:
            log.exception("queue.unreachable", queue=self._topic)
            return None

    def _begin(self, message: Message, rings: Rings) -> None:
        task = asyncio.ensure_future(self._work(message))
        self._running.add(task)

        def done(finished: asyncio.Future[None]) -> None:
            self._running.discard(task)
            self._free.release()
            rings.ring()  # the next message of this conversation may be waiting
            if not finished.cancelled() and finished.exception():
                log.error("queue.work_broken", queue=self._topic, exc_info=finished.exception())

        task.add_done_callback(done)
