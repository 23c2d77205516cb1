"""The guards of a login, one condition each: what has to hold before a step changes anything.

Each stands alone, so that a test can take it away and see what it kept out.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_

from citizens.browsers import hashed, in_this_browser
from citizens.identities import Claims, Identity
from citizens.link_model import IN_THE_BROWSER, Browser, Link
from citizens.link_tables import LinkState, login_links

LIFETIME = timedelta(minutes=10)  # of the link, of the stay at the provider, and of the code, each


def in_the_widgets_browser(browser: Browser) -> ColumnElement[bool]:
    """A conversation on the website is only for the browser with the widget's cookie."""
    return or_(login_links.c.channel != IN_THE_BROWSER, in_this_browser(browser.widget))


def begun_by(browser: Browser) -> ColumnElement[bool]:
    """Whoever finishes, or begins again, is the one who began."""
    return and_(login_links.c.state == LinkState.STARTED, login_links.c.login_hash == hashed(browser.login))


def unused() -> ColumnElement[bool]:
    """Nobody pressed the button yet."""
    return login_links.c.state == LinkState.CREATED


def is_fresh(now: datetime) -> ColumnElement[bool]:
    """The link itself is young enough, whatever was begun with it."""
    return login_links.c.created_at > now - LIFETIME


def in_time(now: datetime) -> ColumnElement[bool]:
    """The stay at the provider, or the wait for the code, is not over."""
    return login_links.c.until > now


def with_login(state: str) -> ColumnElement[bool]:
    """It is the login that was begun here."""
    return login_links.c.login_state == hashed(state)


def back_once() -> Mapping[str, object]:
    """A login comes back once."""
    return {"login_state": None, "sealed_login": None}


def needs_code(link: Link) -> bool:
    """Where no browser vouches for the conversation, a code has to."""
    return link.needs_code


def in_the_chat_of(conversation: str) -> ColumnElement[bool]:
    """A code counts only in the chat that the link was made for."""
    return login_links.c.conversation == conversation


def is_last(tries: int) -> bool:
    """Codes cannot be tried until one fits."""
    return tries <= 1


def is_over_when_elsewhere() -> bool:
    """A login that came back in another browser is over: its address may be in the wrong hands."""
    return True


def is_somebody_else(known: Identity | None, claims: Claims) -> bool:
    """Who is logged in here must log out before another can log in."""
    return known is not None and (known.rrn is None or known.rrn != claims.rrn)
