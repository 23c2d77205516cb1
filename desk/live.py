"""Tells an agent's browser that something changed, as server-sent events: it then fetches what it shows.

An open stream is the agent's sign of life.
"""

import asyncio
import time
from collections.abc import Callable, Mapping

from sanic import Request

from conversations.agents import Agents
from conversations.bell import Bell, Rings

LOOK = 2.0  # seconds: also how late a change is seen whose ring was lost
ALIVE = 20.0  # seconds between two signs of life, and two empty lines that keep the connection
RETRY = 1500  # milliseconds until a browser tries again


class Live:
    def __init__(self, bell: Bell, agents: Agents) -> None:
        self.bell, self.agents = bell, agents

    async def stream(
        self, request: Request, agent: str, conversation: str | None, is_welcome: Callable[[], bool]
    ) -> None:
        """Until the browser goes. `lijst`: the queue or his conversations; `gesprek`: the one that he looks at;
        `typt`: the citizen writes in it.

        Who is no longer welcome (logged out, locked) hears `weg`, once.
        """
        response = await request.respond(
            content_type="text/event-stream", headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
        )
        topic, types = f"conversation:{conversation}", f"typing:{conversation}"
        with self.bell.listen("desk") as lists, self.bell.listen(topic) as words, self.bell.listen(types) as keys:
            # what happened between the page and this stream is seen too
            await response.send(f"retry: {RETRY}\n\nevent: lijst\ndata: -\n\nevent: gesprek\ndata: -\n\n")
            alive_at = 0.0
            while True:
                if time.monotonic() - alive_at >= ALIVE:
                    alive_at = time.monotonic()
                    if not await asyncio.to_thread(is_welcome):
                        await response.send("event: weg\ndata: -\n\n")
                        return
                    await asyncio.to_thread(self.agents.alive, agent)
                    await response.send(": -\n\n")
                changed = await _first({"lijst": lists, "gesprek": words, "typt": keys})
                if changed:
                    await response.send("".join(f"event: {name}\ndata: -\n\n" for name in changed))


async def _first(rings: Mapping[str, Rings]) -> list[str]:
    """The names of what rang, as soon as one did or none in time."""
    waits = {name: asyncio.ensure_future(one.wait(LOOK)) for name, one in rings.items()}
    await asyncio.wait(waits.values(), return_when=asyncio.FIRST_COMPLETED)
    done = [name for name, wait in waits.items() if wait.done() and wait.result()]
    for wait in waits.values():
        wait.cancel()
    return done
