"""The login pages as a Sanic blueprint: a link shows what it is for, a button starts, the provider sends back.

A GET changes nothing, because previews of links are GETs too. What goes wrong is a page
that says so, and a message for the bot, which leads the citizen on.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import SanicException
from sanic.response import html, raw, redirect

from citizens.browsers import WIDGET_COOKIE, cookie_name, new_key, usable_key
from citizens.link_model import Browser, Link, LoginError
from citizens.links import Links
from clock import BRUSSELS
from conversations.model import Conversation
from login.logins import Logins
from login.pages import Pages

LOGIN = "balie_login"  # the cookie of the login pages
COOKIE_LIFE = 30 * 60  # seconds: a link, a stay at the provider and a code, one after the other
THREADS = 4  # so that a provider that is slow keeps nobody else waiting
STYLE = Path(__file__).parent / "static" / "login.css"
HEADERS = {
    # no form-action: browsers hold it against the redirects that follow too, and the provider has its own
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
STATUS = {"unknown": 404, "other_browser": 403, "no_cookies": 403, "down": 503, "broken": 500}
GONE = 410

T = TypeVar("T")
Handler = Callable[..., Coroutine[Any, Any, HTTPResponse]]
log = structlog.get_logger()


@dataclass(frozen=True)
class LoginRoutes:
    """`ways_back`: by channel, the address at which the conversation goes on."""

    links: Links
    logins: Logins
    pages: Pages
    public_url: str
    ways_back: Mapping[str, str]
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "login"))

    def blueprint(self) -> Blueprint:
        routes = Blueprint("login", url_prefix="/login")
        for method, path, handler in (
            ("GET", "/static/login.css", self.style),
            ("GET", "/callback", self.come_back),
            ("GET", "/code", self.code),
            ("GET", "/klaar", self.done),
            ("POST", "/afmelden", self.log_out),
            ("GET", "/afgemeld", self.logged_out),
            ("GET", "/<secret:str>", self.show),
            ("POST", "/<secret:str>", self.start),
        ):
            # a body is not read: there is nothing in it that we ask for
            routes.add_route(_page(handler), path, [method], name=handler.__name__, stream=method == "POST")
        routes.exception(Exception)(self.explain)
        return routes

    # --- there ---------------------------------------------------------------

    async def show(self, request: Request, secret: str) -> HTTPResponse:
        browser = self._browser(request) or Browser(new_key(), self._cookie(request, WIDGET_COOKIE) or "")
        conversation = await self._run(self._look, secret, browser)
        response = self._html("begin", **_named(conversation), sinds=_since(conversation))
        self._remember(response, browser)
        return response

    def _look(self, secret: str, browser: Browser) -> Conversation:
        link = self.links.look(secret)
        if not self.links.is_of(link, browser):
            raise LoginError("other_browser")
        return self.logins.conversation(link)

    async def start(self, request: Request, secret: str) -> HTTPResponse:
        browser = self._browser(request)
        if browser is None:
            await self._run(self.links.look, secret)  # if that is what is wrong, it is said first
            raise LoginError("no_cookies")
        return redirect(await self._run(self.logins.start, secret, browser), status=303)

    # --- and back ------------------------------------------------------------

    async def come_back(self, request: Request) -> HTTPResponse:
        answer = {name: str(values[0]) for name, values in request.args.items()}
        browser = self._browser(request)
        if browser is None:
            raise LoginError("no_cookies")
        has_code = await self._run(self.logins.finish, answer, browser)
        # by another address, so that a reload shows the same page and the answer stays in no history
        return redirect("/login/code" if has_code else "/login/klaar", status=303)

    async def code(self, request: Request) -> HTTPResponse:
        browser = self._browser(request)
        found = await self._run(self.links.code_for, browser) if browser else None
        if found is None:
            raise LoginError("expired")
        link, code = found
        conversation = await self._run(self.logins.conversation, link)
        minutes = str(max(1, round((link.until - self.logins.clock.utc()).total_seconds() / 60)))
        return self._html("code", **_named(conversation), code=code, minuten=minutes, terug=self._way_back(link))

    async def done(self, request: Request) -> HTTPResponse:
        return self._html("klaar", terug=self.ways_back["web"])

    async def log_out(self, request: Request) -> HTTPResponse:
        browser = self._browser(request)
        there = await self._run(self.logins.log_out, browser) if browser else None
        return redirect(there or "/login/afgemeld", status=303)

    async def logged_out(self, request: Request) -> HTTPResponse:
        return self._html("afgemeld")

    async def style(self, request: Request) -> HTTPResponse:
        colours = "".join(f"--balie-city-{name}:{value};" for name, value in self.pages.city.colours.items())
        sheet = f":root{{{colours}}}\n{STYLE.read_text(encoding='utf-8')}"
        return raw(sheet.encode(), content_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=300"})

    # --- inside --------------------------------------------------------------

    async def explain(self, request: Request, error: Exception) -> HTTPResponse:
        """Any error as a page."""
        reason = error.reason if isinstance(error, LoginError) else "broken"
        if isinstance(error, SanicException) and error.status_code < 500:
            reason = "unknown"
        if reason == "broken":
            log.error("login.broken", route=request.name, error=type(error).__name__, exc_info=error)
        else:
            log.info("login.stopped", reason=reason)
        return self._html("fout", status=STATUS.get(reason, GONE), reden=reason)

    def _html(self, name: str, *, status: int = 200, **values: Any) -> HTTPResponse:
        return html(self.pages.page(name, **values), status, dict(HEADERS))

    def _way_back(self, link: Link) -> str | None:
        return self.ways_back.get(link.channel)

    async def _run(self, work: Callable[..., T], *given: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.threads, work, *given)

    def _browser(self, request: Request) -> Browser | None:
        """None when it does not send back the cookie that a page of ours gave it."""
        login = self._cookie(request, LOGIN)
        return Browser(login, self._cookie(request, WIDGET_COOKIE) or "") if login else None

    def _cookie(self, request: Request, name: str) -> str | None:
        return usable_key(request.cookies.get(cookie_name(name, self.public_url)))

    def _remember(self, response: HTTPResponse, browser: Browser) -> None:
        response.add_cookie(
            cookie_name(LOGIN, self.public_url),
            browser.login,
            httponly=True,
            samesite="Lax",
            secure=self.public_url.startswith("https:"),
            max_age=COOKIE_LIFE,
        )


def _page(handler: Handler) -> Handler:
    """Sanic marks its handlers, which a bound method does not allow."""

    async def handle(request: Request, **path: str) -> HTTPResponse:
        return await handler(request, **path)

    return handle


def _named(conversation: Conversation) -> dict[str, Any]:
    number = conversation.address if conversation.address.isdigit() else ""
    return {"kanaal": conversation.channel, "nummer": number[-3:]}


def _since(conversation: Conversation) -> str:
    return f"{conversation.created_at.astimezone(BRUSSELS):%d/%m om %H.%M}"
