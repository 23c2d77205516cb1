"""What every request of the desk passes: who it is, what he may, and that his own page sent it."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import structlog
from sanic import HTTPResponse, Request
from sanic.response import empty, redirect

from desk.pages import Pages
from desk.sessions import Role, Session, Sessions

COOKIE = "balie_desk"
HOME, LOGIN = "/desk/", "/desk/aanmelden"
TO = "naar"  # in the address of the login: the page that somebody asked for
CHANGES = ("POST", "PUT", "PATCH", "DELETE")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'{provider}; frame-ancestors 'none'"
)

log = structlog.get_logger()


class Refused(Exception):
    """The request is refused with this status; `code` names a part of templates/geweigerd.html."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Door:
    sessions: Sessions
    pages: Pages
    public_url: str
    provider: str  # the address of the agents' login, to which a form may lead

    def enter(self, request: Request, role: Role = Role.AGENT, *, acts: bool = True) -> Session:
        """Blocks. Raises Refused; a browser that refreshes by itself keeps no session awake.

        `acts`: the agent asked for it, and not a page that shows it.
        """
        by_itself = request.headers.get("x-refresh") == "1"
        session = self.sessions.find(request.cookies.get(COOKIE) or "", acts=acts and not by_itself)
        if session is None:
            raise Refused(401, "onbekend")
        if session.locked:
            raise Refused(401, "vergrendeld")
        if request.method in CHANGES:
            self._check_sender(request, session)
        if not session.role.may_act_as(role):
            log.warning("desk.refused", agent=session.agent.id, role=session.role, path=request.path)
            raise Refused(403, "geen_recht")
        return session

    def _check_sender(self, request: Request, session: Session) -> None:
        """A change comes from a page of this session, on our own address."""
        origin = request.headers.get("origin")
        own = urlsplit(self.public_url).netloc, request.headers.get("host", "")
        sent = request.headers.get("x-csrf-token") or str(request.form.get("csrf") if request.form else "")
        if (origin and urlsplit(origin).netloc not in own) or not hmac.compare_digest(sent, session.csrf):
            log.warning("desk.foreign_request", agent=session.agent.id, path=request.path)
            raise Refused(403, "verlopen_pagina")

    def explain(self, request: Request, error: Refused) -> HTTPResponse:
        """A page in words; a part of a page goes to the log-in as a whole, and so back to where he was."""
        wants_login, is_part = error.status == 401, request.headers.get("hx-request")
        shown = request.headers.get("hx-current-url", "") if is_part else request.url if request.method == "GET" else ""
        login = _login_for(shown)
        if is_part and wants_login:
            return empty(204, {"HX-Redirect": login})
        if wants_login and error.code == "onbekend" and request.method == "GET":
            return redirect(login)
        return self.pages.page("geweigerd.html", status=error.status, code=error.code, login=login)

    def headers(self) -> Mapping[str, str]:
        provider = urlsplit(self.provider)
        return {
            "Content-Security-Policy": POLICY.format(provider=f" {provider.scheme}://{provider.netloc}"),
            "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin",  # with no-referrer a browser hides from us where a form comes from
        }


def inside(address: str) -> str:
    """A page of the desk to go to after the login; whatever else is given, its first page."""
    known = re.fullmatch(r"/desk/[\w/:-]*", address, re.ASCII)
    return address if known and not address.startswith(LOGIN) else HOME


def _login_for(url: str) -> str:
    to = inside(urlsplit(url).path)
    return LOGIN if to == HOME else f"{LOGIN}?{urlencode({TO: to})}"
