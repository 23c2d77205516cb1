"""Takes rows from one queue of the ledger and works on several of them at once.

One loop claims, woken by the bell and looking for itself every two seconds; each row
is a task of its own. The loop outlives what it meets.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from connectors.way import Way
from conversations.bell import Bell, Rings
from conversations.model import Message

LOOK = 2.0  # seconds
LEASE = 8.0  # seconds; also what a citizen waits longer when a front dies in the middle of his message
RENEW = 2.5  # seconds

log = structlog.get_logger()


@asynccontextmanager
async def renewed(renew: Callable[[], object], every: float = RENEW) -> AsyncIterator[None]:
    """Keep a lease while the work goes on: however long that takes, only a process that died loses it.

    `renew` blocks and runs in a thread. One that fails only costs a second, harmless try of the work.
    """

    async def keep() -> None:
        while True:
            await asyncio.sleep(every)
            with suppress(Exception):
                await asyncio.to_thread(renew)

    keeping = asyncio.create_task(keep())
    try:
        yield
    finally:
        keeping.cancel()


class Workers:
    def __init__(
        self,
        bell: Bell,
        topic: str,
        claim: Callable[[], Message | None],
        work: Callable[[Message], Awaitable[None]],
        count: int,
        *,
        way: Way | None = None,
    ) -> None:
        """`claim` blocks and runs in a thread. `work` answers for its own errors. `way`: of what goes first."""
        self._bell, self._topic, self._claim, self._work = bell, topic, claim, work
        self._way = way or Way()
        self._free = asyncio.Semaphore(count)
        self._running: set[asyncio.Future[None]] = set()
        self._rings: Rings | None = None

    async def run(self) -> None:
        """Until cancelled; what is being worked on then is for `close`."""
        with self._bell.listen(self._topic) as self._rings:
            while True:
                await self._free.acquire()
                await self._way.give()
                message = await self._next()
                if message is not None:
                    self._begin(message)
                else:
                    self._free.release()
                    await self._rings.wait(LOOK)

    def look_again(self, seconds: float) -> None:
        """Something was put back for so long."""
        asyncio.get_running_loop().call_later(seconds, self._ring)

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

    def _begin(self, message: Message) -> None:
        task = asyncio.ensure_future(self._work(message))
        self._running.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Future[None]) -> None:
        self._running.discard(task)
        self._free.release()
        self._ring()  # the next message of this conversation may be waiting
        if not task.cancelled() and task.exception():
            log.error("queue.work_broken", queue=self._topic, exc_info=task.exception())

    def _ring(self) -> None:
        if self._rings:
            self._rings.ring()
