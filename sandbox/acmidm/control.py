"""The handle on the provider for tests and for the page: its flaws, its keys, who logged in, who may use it."""

from typing import Any

from joserfc.jwk import RSAKey
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json

from sandbox.acmidm.clients import Client
from sandbox.acmidm.flaws import Flaw
from sandbox.control import ControlError, done, posted, refuse
from sandbox.world import world_of

acmidm_control = Blueprint("acmidm_control", url_prefix="/state/acmidm")
acmidm_control.exception(ControlError)(refuse)


@acmidm_control.get("/logins")
async def _logins(request: Request) -> HTTPResponse:
    logins = world_of(request).acmidm.logins
    return json([{"at": at.isoformat(), "client": c, "person": p, "means": means} for at, c, p, means in logins])


@acmidm_control.post("/flaw")
async def _flaw(request: Request) -> HTTPResponse:
    world = world_of(request)
    try:
        world.acmidm.flaw = Flaw(str(posted(request).get("flaw")))
    except ValueError as error:
        raise ControlError(str(error)) from error
    world.changes.tell("acmidm")
    return done(request, {"flaw": world.acmidm.flaw}, anchor="aanmeldingen")


@acmidm_control.post("/rotate")
async def _rotate(request: Request) -> HTTPResponse:
    return done(request, {"kid": world_of(request).acmidm.rotate()}, anchor="aanmeldingen")


@acmidm_control.post("/clients")
async def _clients(request: Request) -> HTTPResponse:
    wanted = posted(request)
    try:
        client = _client(wanted)
    except (KeyError, TypeError, ValueError) as error:
        raise ControlError(f"no client: {error!r}") from error
    world_of(request).acmidm.clients.known[client.id] = client
    return json({"client_id": client.id}, 201)


def _client(wanted: dict[str, Any]) -> Client:
    return Client(
        id=str(wanted["client_id"]),
        secret=str(wanted.get("client_secret") or ""),
        redirect_uris=tuple(map(str, wanted["redirect_uris"])),
        post_logout_uris=tuple(map(str, wanted.get("post_logout_uris") or ())),
        scopes=frozenset(str(wanted.get("scope") or "openid profile rrn").split()),
        api_scopes=frozenset(str(wanted.get("api_scope") or "").split()),
        public_key=RSAKey.import_key(wanted["jwk"]) if wanted.get("jwk") else None,
    )
