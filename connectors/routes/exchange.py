"""`GET /exchange/state`, for the telephone exchange alone: with the token, else nothing."""

import asyncio

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json

from connectors.exchange import Exchange
from connectors.routes.bearer import refusal


def exchange(facts: Exchange, token: str) -> Blueprint:
    routes = Blueprint("exchange")

    @routes.get("/exchange/state")
    async def state(request: Request) -> HTTPResponse:
        if refused := refusal(request, token):
            return refused
        return json(await asyncio.to_thread(facts.state), headers={"Cache-Control": "no-store"})

    return routes
