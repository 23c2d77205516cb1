"""Meta's door: `/webhooks/whatsapp` and `/webhooks/messenger`.

Signature, ledger, 200, and nothing else in between, so that nothing is lost and
nothing makes Meta wait.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import text

from connectors import metrics
from connectors.base import Webhook
from connectors.intake import Intake, Post
from connectors.routes.door import Rejected, pieces
from connectors.sharing import Sharing
from connectors.way import Way

LONGEST_BODY = 3 * 1024 * 1024  # Meta posts no more
SECONDS = 15.0  # for a body to arrive

Handler = Callable[[Request], Coroutine[Any, Any, HTTPResponse]]

log = structlog.get_logger()


def webhooks(channel: Webhook, intake: Intake, way: Way) -> Blueprint:
    routes, path = Blueprint(f"webhooks_{channel.name}"), f"/webhooks/{channel.name}"
    arriving = Sharing(intake.keep)  # in one thread, so that what a citizen says stays in its order

    @routes.get(path)
    async def handshake(request: Request) -> HTTPResponse:
        asked = {name: values[0] for name, values in request.args.items()}
        challenge = channel.handshake(asked)
        if challenge is None:
            metrics.UNSIGNED.labels(channel.name).inc()
            raise Rejected("unsigned")
        return text(challenge)

    @routes.post(path, stream=True)
    async def receive(request: Request) -> HTTPResponse:
        try:
            async with asyncio.timeout(SECONDS):
                body = b"".join([piece async for piece in pieces(request, LONGEST_BODY)])
        except TimeoutError as error:
            raise Rejected("too_slow") from error
        if not channel.verify(body, request.headers):
            metrics.UNSIGNED.labels(channel.name).inc()
            log.warning("webhook.unsigned", channel=channel.name)
            raise Rejected("unsigned")
        with way.first():
            await arriving.do(Post(channel, body))
        return text("EVENT_RECEIVED")

    return routes
