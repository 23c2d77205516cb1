"""An agent logs in: what his browser keeps of it, and what nobody else can do with it."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from desk.door import COOKIE, Door, Refused
from desk.pages import Pages
from desk.routes.login import BEGUN, Login
from desk.sessions import Role
from login.oidc import Begun, Untrusted
from tests.sealing import VAULT

STATE = "the state of this login"


@dataclass
class FakeProvider:
    """Lets Sanne in with the roles that the city gives her now."""

    roles: list[str] = field(default_factory=lambda: ["medewerker:burgerzaken"])

    def begin(self) -> Begun:
        return Begun("https://provider.example/in", STATE, "nonce", "verifier")

    def finish(self, begun: Begun, answer: dict[str, str]) -> dict[str, Any]:
        if answer.get("state") != begun.state:
            raise Untrusted("state")
        return {"iss": "op", "sub": "sanne", "given_name": "Sanne", "family_name": "Claes", "balie_rol": self.roles}


class Visitor:
    """Keeps cookies, and the address that it was sent to."""

    def __init__(self, login: Login) -> None:
        self.login, self.to = login, ""
        self.cookies: dict[str, str] = {}
        self.set: dict[str, Any] = {}

    def goes(self, step: str, **request: Any) -> int:
        asked = {"args": {}, "form": {}, "headers": {}, "method": "GET", "path": "/desk/", **request}
        answer = asyncio.run(getattr(self.login, step)(SimpleNamespace(cookies=dict(self.cookies), **asked)))
        for cookie in answer.cookies.cookies:
            self.set[cookie.key] = cookie
            self.cookies[cookie.key] = cookie.value
            if cookie.max_age == 0:
                del self.cookies[cookie.key]
        self.to = answer.headers.get("location", "")
        return int(answer.status)

    def logs_in(self, to: str = "") -> int:
        self.goes("begin", form={"naar": to}, method="POST")
        return self.goes("finish", args=AnswerOf(STATE))


class AnswerOf(dict):  # type: ignore[type-arg]
    def __init__(self, state: str) -> None:
        super().__init__({"state": [state], "code": ["c"]})


@pytest.fixture
def provider():
    return FakeProvider()


@pytest.fixture
def open_desk(sessions, work, clock, provider):
    def open_desk(url="https://balie.example"):
        door = Door(sessions, Pages(work.texts, clock), url, "https://provider.example")
        return Visitor(Login(door, provider, VAULT, "balie_rol"))

    return open_desk


@pytest.fixture
def visitor(open_desk):
    return open_desk()


@pytest.mark.req("TA-02", "WA-02", "CA-02", "WS-02", "CS-02")
def test_the_secret_of_a_session_is_kept_where_no_script_and_no_other_site_reaches_it(visitor, open_desk):
    assert visitor.logs_in() == 303

    kept = visitor.set[COOKIE]
    assert (kept.httponly, kept.secure, kept.samesite.lower(), kept.path) == (True, True, "lax", "/desk")
    assert not kept.max_age  # it goes with the browser
    at_home = open_desk("http://127.0.0.1:8080")
    at_home.logs_in()
    assert not at_home.set[COOKIE].secure


@pytest.mark.req("TA-02", "WA-02", "CA-02", "WS-02", "CS-02")
def test_a_secret_that_somebody_planted_before_the_login_opens_nothing_after_it(visitor, sessions):
    visitor.cookies[COOKIE] = "planted"
    visitor.logs_in()
    first = visitor.cookies[COOKIE]
    visitor.logs_in()

    assert "planted" not in (first, visitor.cookies[COOKIE])
    assert first != visitor.cookies[COOKIE]
    assert sessions.find("planted") is None


@pytest.mark.req("TA-02", "WA-02", "CA-02", "WS-02", "CS-02")
def test_a_login_that_another_browser_began_cannot_be_finished_here(visitor, open_desk):
    open_desk().goes("begin", method="POST")

    assert visitor.goes("finish", args=AnswerOf(STATE)) == 400
    visitor.goes("begin", method="POST")
    assert visitor.goes("finish", args=AnswerOf("another state")) == 400
    assert COOKIE not in visitor.cookies
    assert BEGUN not in visitor.cookies


@pytest.mark.req("TA-02", "WA-02", "CA-02", "WS-02", "CS-02")
def test_after_logging_out_the_old_secret_opens_nothing(visitor, sessions):
    visitor.logs_in()
    token = visitor.cookies[COOKIE]

    visitor.goes("leave", method="POST", form={"csrf": sessions.find(token).csrf})

    assert COOKIE not in visitor.cookies
    assert sessions.find(token) is None
    visitor.cookies[COOKIE] = token
    with pytest.raises(Refused):
        visitor.goes("lock")


@pytest.mark.req("TA-02", "CS-02", "WS-02", "TS-02")
def test_the_role_is_read_anew_at_each_login_and_the_old_one_ends_everywhere(open_desk, provider, sessions):
    here, there = open_desk(), open_desk()
    provider.roles = ["teamleider:burgerzaken"]
    there.logs_in()
    supervisor = sessions.find(there.cookies[COOKIE])
    provider.roles = ["medewerker:burgerzaken"]
    here.logs_in()

    assert supervisor.role is Role.SUPERVISOR
    assert sessions.find(here.cookies[COOKIE]).role is Role.AGENT
    assert sessions.find(there.cookies[COOKIE]) is None
    provider.roles = []
    assert open_desk().logs_in() == 403


@pytest.mark.req("WI-03", "CI-04")
def test_what_he_can_take_and_how_much_comes_with_his_roles(visitor, provider, sessions):
    own = ["onderwerp:attest", "onderwerp:onzin", "gesprekken:5", "gesprekken:veel"]
    provider.roles = ["medewerker:burgerzaken", *own]
    visitor.logs_in()
    told = sessions.find(visitor.cookies[COOKIE]).agent
    provider.roles = ["medewerker:burgerzaken"]
    visitor.logs_in()
    untold = sessions.find(visitor.cookies[COOKIE]).agent

    assert (told.skills, told.capacity, told.teams) == ({"attest"}, 5, {"burgerzaken"})
    assert (untold.skills, untold.capacity) == (frozenset(), 3)


@pytest.mark.req("G-03")
def test_an_address_of_a_conversation_opens_it_also_when_he_must_log_in_first(visitor):
    asked = SimpleNamespace(method="GET", headers={}, url="https://balie.example/desk/gesprek/c_1?open=1")

    to_login = visitor.login.door.explain(asked, Refused(401, "onbekend")).headers["location"]
    visitor.goes("show", args={"naar": parse_qs(urlsplit(to_login).query)["naar"][0]})
    visitor.logs_in("/desk/gesprek/c_1")

    assert to_login == "/desk/aanmelden?naar=%2Fdesk%2Fgesprek%2Fc_1"
    assert visitor.to == "/desk/gesprek/c_1"


@pytest.mark.req("TA-02")
@pytest.mark.parametrize("path", ["", "/desk/../login", "/desk/aanmelden", "/desk/\nx: y", "/desk/a?b", "javascript:1"])
@pytest.mark.parametrize("host", ["", "//evil.example", "https://evil.example"])
def test_a_login_leads_nowhere_but_to_a_page_of_the_desk(visitor, host, path):
    visitor.logs_in(host + path)

    assert visitor.to == "/desk/"
