"""`GET /exchange/state`, for the telephone exchange alone: with the token, else nothing."""

import asyncio
import hmac

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json

from connectors.exchange import Exchange

SCHEME = "Bearer "


def exchange(facts: Exchange, token: str) -> Blueprint:
    routes = Blueprint("exchange")

    @routes.get("/exchange/state")
    async def state(request: Request) -> HTTPResponse:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), (SCHEME + token).encode()):
            return json({"error": "unauthorized"}, 401, headers={"WWW-Authenticate": SCHEME.strip()})
        return json(await asyncio.to_thread(facts.state), headers={"Cache-Control": "no-store"})

    return routes
