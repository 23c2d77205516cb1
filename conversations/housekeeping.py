"""Forgets what is old enough, when a front starts and once an hour from then on, and what somebody wants forgotten.

A little at a time, with pauses, because citizens go on talking meanwhile. Every front
does it; what one of them is busy with, the others pass over.
"""

import asyncio
from collections.abc import Callable, Mapping

import structlog

log = structlog.get_logger()

Chore = Callable[[int], int]
"""Forgets at most so many things, and says how many it were."""

HOUR = 3600.0
BATCH = 20
PAUSE = 0.2  # seconds between two batches


class Housekeeping:
    """`chores`: what there is to forget, by the name that it has in the log."""

    def __init__(self, chores: Mapping[str, Chore], *, every: float = HOUR) -> None:
        self._chores = chores
        self._every = every

    async def run(self) -> None:
        while True:
            for name, chore in self._chores.items():
                await self._do(name, chore)
            await asyncio.sleep(self._every)

    async def _do(self, name: str, chore: Chore) -> None:
        forgotten, found = 0, BATCH
        try:
            while found == BATCH:
                found = await asyncio.to_thread(chore, BATCH)
                forgotten += found
                await asyncio.sleep(PAUSE)
        except Exception:
            log.exception("housekeeping.failed", what=name)
        if forgotten:
            log.info("housekeeping.forgotten", what=name, count=forgotten)
