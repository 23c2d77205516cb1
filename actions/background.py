"""Work that goes on beside the conversations, in rounds, as long as the process lives."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

PAUSE = 3.0  # seconds between two looks for work


async def keep_doing(name: str, step: Callable[[], Awaitable[bool | None]]) -> None:
    """Again at once after a step that says there may be more; one that fails is logged and tried again later."""
    while True:
        try:
            more = await step()
        except Exception:
            log.exception(f"{name}.failed")
            more = False
        if not more:
            await asyncio.sleep(PAUSE)
