"""The provider's addresses, as ACM/IDM has them, and a page on which a test person is chosen."""

from collections.abc import Callable
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import html, json, redirect

from sandbox.acmidm.clients import OAuthError
from sandbox.acmidm.means import MEANS
from sandbox.acmidm.provider import BadRequest, Provider
from sandbox.views import render
from sandbox.world import World, world_of

PREFIX = "/acmidm/op"
DESK = "/acmidm/desk"
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
}

Find = Callable[[World], Provider]


def blueprint(name: str, prefix: str, find: Find) -> Blueprint:
    """One provider; `find` tells which one of the world's it is."""
    routes = Blueprint(name, url_prefix=prefix)

    @routes.get("/.well-known/openid-configuration")
    async def discovery(request: Request) -> HTTPResponse:
        return json(_metadata(find(world_of(request)).issuer))

    @routes.get("/v1/keys")
    async def keys(request: Request) -> HTTPResponse:
        return json(find(world_of(request)).jwks())

    @routes.get("/v1/auth")
    async def authorize(request: Request) -> HTTPResponse:
        world, query = world_of(request), _query(request)
        asked = find(world).asked(query)
        people = [(person, [means for means in asked.means if means in person.means]) for person in find(world).people]
        values = {"asked": asked, "query": query, "people": people, "means": MEANS, "action": f"{prefix}/aanmelden"}
        return html(render("acmidm.html", world, **values), headers=_HEADERS)

    @routes.post("/aanmelden")
    async def choose(request: Request) -> HTTPResponse:
        world, form = world_of(request), _form(request)
        provider = find(world)
        asked = provider.asked(form)
        if form.get("keuze") == "annuleren":
            return redirect(asked.answer(error="access_denied", error_description="De gebruiker brak af"), status=303)
        person, _, means = form.get("keuze", "").partition(" ")
        address = provider.grant(asked, person, means)
        world.changes.tell("acmidm")
        return redirect(address, status=303)

    @routes.post("/v1/token")
    async def token(request: Request) -> HTTPResponse:
        provider, form = find(world_of(request)), _form(request)
        client = provider.clients.authenticated(request.headers.get("authorization", ""), form)
        if form.get("grant_type") == "client_credentials":
            return _secret(provider.api_token(client, form.get("scope", "")))
        if form.get("grant_type") != "authorization_code":
            raise OAuthError("unsupported_grant_type")
        return _secret(provider.exchange(client, form))

    @routes.get("/v1/userinfo")
    async def userinfo(request: Request) -> HTTPResponse:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        claims = find(world_of(request)).userinfo(given) if scheme.lower() == "bearer" else None
        if claims is None:
            return json({"error": "invalid_token"}, 401, {"www-authenticate": 'Bearer error="invalid_token"'})
        return _secret(claims)

    @routes.get("/v1/logout")
    async def logout(request: Request) -> HTTPResponse:
        query = _query(request)
        client = find(world_of(request)).clients.with_id(query.get("client_id", ""))
        back = query.get("post_logout_redirect_uri", "")
        if client is None or back not in client.post_logout_uris:
            raise BadRequest("client_id or post_logout_redirect_uri")
        state = f"?state={query['state']}" if query.get("state") else ""
        return redirect(f"{back}{state}")

    async def refuse(request: Request, error: OAuthError) -> HTTPResponse:
        if request.path.startswith(f"{prefix}/v1/token"):
            body = {"error": error.error, "error_description": error.description}
            return json(body, error.status, {"cache-control": "no-store"})
        return redirect(error.description)  # before anybody could log in, so the description is an address

    async def stop(request: Request, error: BadRequest) -> HTTPResponse:
        text = render("acmidm_fout.html", world_of(request), what=str(error))
        return html(text, status=400, headers=_HEADERS)

    routes.exception(OAuthError)(refuse)
    routes.exception(BadRequest)(stop)
    return routes


def _metadata(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/v1/auth",
        "token_endpoint": f"{issuer}/v1/token",
        "jwks_uri": f"{issuer}/v1/keys",
        "userinfo_endpoint": f"{issuer}/v1/userinfo",
        "end_session_endpoint": f"{issuer}/v1/logout",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        # As in ACM's own document: private_key_jwt works, and is not listed
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["plain", "S256"],
        "scopes_supported": ["openid", "profile", "rrn", "balie_rol"],
    }


def _secret(body: dict[str, Any]) -> HTTPResponse:
    return json(body, headers={"cache-control": "no-store"})


def _query(request: Request) -> dict[str, str]:
    return {name: str(values[-1]) for name, values in request.args.items()}


def _form(request: Request) -> dict[str, str]:
    return {name: str(values[-1]) for name, values in (request.form or {}).items()}
