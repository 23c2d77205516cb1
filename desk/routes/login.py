"""Logging in at the desk, at the city's provider, and leaving it.

What was begun waits in a sealed cookie of the same browser, so a login that somebody
else began cannot be finished here.
"""

import asyncio
import json
from collections.abc import Sequence

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from conversations.model import Presence
from desk.door import COOKIE, LOGIN, TO, Door, inside
from desk.routes.steps import field
from desk.sessions import profile_of, role_of
from login.oidc import Begun, ProviderDown, Refused, RelyingParty, Untrusted
from vault import CannotOpen, Vault

BEGUN = "balie_desk_login"
MINUTES = 10

log = structlog.get_logger()


class Login:
    def __init__(self, door: Door, provider: RelyingParty, vault: Vault, role_claim: str) -> None:
        self.door, self.provider, self.vault, self.role_claim = door, provider, vault, role_claim

    def blueprint(self) -> Blueprint:
        routes = Blueprint("desk_login", url_prefix="/desk")
        routes.add_route(self.show, "/aanmelden")
        routes.add_route(self.begin, "/aanmelden", methods=["POST"])
        routes.add_route(self.finish, "/aangemeld")
        routes.add_route(self.lock, "/vergrendelen", methods=["POST"])
        routes.add_route(self.leave, "/afmelden", methods=["POST"])
        return routes

    async def show(self, request: Request) -> HTTPResponse:
        return self._page(to=inside(request.args.get(TO, "")))

    async def begin(self, request: Request) -> HTTPResponse:
        try:
            begun = await asyncio.to_thread(self.provider.begin)
        except ProviderDown as error:
            log.warning("desk.login_unavailable", what=str(error))
            return self._page(status=503, problem="weg")
        response = redirect(begun.url, status=303)
        kept = json.dumps([begun.private(), inside(field(request, TO))])
        self._set(response, BEGUN, self.vault.seal(kept), max_age=MINUTES * 60)
        return response

    async def finish(self, request: Request) -> HTTPResponse:
        answer = {name: str(values[-1]) for name, values in request.args.items()}
        try:
            private, to = json.loads(self.vault.open(request.cookies.get(BEGUN) or ""))
            claims = await asyncio.to_thread(self.provider.finish, Begun.from_private(private), answer)
        except (CannotOpen, Untrusted, Refused, ProviderDown, ValueError, TypeError) as error:
            log.warning("desk.login_failed", check=type(error).__name__)
            return self._without(self._page(status=400, problem="mislukt"), BEGUN)
        told, city = _texts(claims.get(self.role_claim)), self.door.pages.city
        teams = [team.code for team in city.teams]
        role = role_of(told, teams)
        if role is None:
            log.warning("desk.login_without_role")
            return self._without(self._page(status=403, problem="geen_rol"), BEGUN)
        name = f"{claims.get('given_name') or ''} {claims.get('family_name') or ''}".strip()
        subject = f"{claims['iss']}|{claims['sub']}"
        topics = {topic for team in city.teams for topic in team.topics}
        profile = profile_of(name, told, role[1] or frozenset(teams), topics)
        token = await asyncio.to_thread(self.door.sessions.start, subject, profile, role[0])
        response = self._without(redirect(inside(to), status=303), BEGUN)
        self._set(response, COOKIE, token)
        log.info("desk.login", role=role[0])
        return response

    async def lock(self, request: Request) -> HTTPResponse:
        await asyncio.to_thread(self.door.enter, request)
        await asyncio.to_thread(self.door.sessions.lock, request.cookies.get(COOKIE) or "")
        return redirect(LOGIN, status=303)

    async def leave(self, request: Request) -> HTTPResponse:
        session = await asyncio.to_thread(self.door.enter, request)
        await asyncio.to_thread(self.door.sessions.end, request.cookies.get(COOKIE) or "")
        await asyncio.to_thread(self.door.sessions.agents.be, session.agent.id, Presence.OFFLINE)
        log.info("desk.logout", agent=session.agent.id)
        return self._without(redirect(LOGIN, status=303), COOKIE)

    def _page(self, *, status: int = 200, problem: str = "", to: str = "") -> HTTPResponse:
        return self.door.pages.page("aanmelden.html", status=status, problem=problem, to=to)

    def _set(self, response: HTTPResponse, name: str, value: str, *, max_age: int | None = None) -> None:
        secure = self.door.public_url.startswith("https://")
        response.add_cookie(name, value, path="/desk", httponly=True, samesite="Lax", secure=secure, max_age=max_age)

    def _without(self, response: HTTPResponse, name: str) -> HTTPResponse:
        response.delete_cookie(name, path="/desk")
        return response


def _texts(told: object) -> Sequence[str]:
    return [item for item in told if isinstance(item, str)] if isinstance(told, list) else []
