"""Work that goes on beside the conversations, in rounds, as long as the process lives."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

PAUSE = 3.0  # seconds between two looks for work


async def keep_doing(name: str, step: Callable[[], Awaitable[bool]]) -> None:
    """Again at once after a step that had work; a step that fails is logged and tried again later."""
    while True:
        try:
            worked = await step()
        except Exception:
            log.exception(f"{name}.failed")
            worked = False
        if not worked:
            await asyncio.sleep(PAUSE)
