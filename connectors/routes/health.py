"""Whether the front lives, whether it can do its work, and its figures for Prometheus."""

import asyncio
from typing import Protocol

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json, raw
from sqlalchemy.exc import SQLAlchemyError

from connectors import metrics
from conversations.backlog import Backlog


class Watched(Protocol):
    @property
    def loops_run(self) -> bool: ...

    @property
    def open_streams(self) -> int: ...

    def backlog(self) -> dict[str, Backlog]:
        """Raises SQLAlchemyError when the database is away."""
        ...

    def bot_is_ready(self) -> bool: ...


def health(front: Watched) -> Blueprint:
    routes = Blueprint("health")

    @routes.get("/health/live")
    async def live(_: Request) -> HTTPResponse:
        return json({"alive": True})

    @routes.get("/health/ready")
    async def ready(_: Request) -> HTTPResponse:
        """A bot that is away is told and changes nothing: messages wait for it here."""
        database, bot = await asyncio.gather(_reaches_database(front), asyncio.to_thread(front.bot_is_ready))
        is_ready = database and front.loops_run
        state = {"ready": is_ready, "database": database, "loops": front.loops_run, "bot": bot}
        return json(state, 200 if is_ready else 503)

    @routes.get("/metrics")
    async def figures(_: Request) -> HTTPResponse:
        metrics.STREAMS.set(front.open_streams)
        for queue, waiting in (await asyncio.to_thread(front.backlog)).items():
            metrics.WAITING.labels(queue).set(waiting.count)
            metrics.OLDEST.labels(queue).set(waiting.oldest.total_seconds())
        return raw(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    return routes


async def _reaches_database(front: Watched) -> bool:
    try:
        await asyncio.to_thread(front.backlog)
    except SQLAlchemyError:
        return False
    return True
