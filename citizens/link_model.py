"""What a one-time link is, as the pages and the turns see it."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from citizens.identities import Claims
from citizens.link_tables import LinkState

IN_THE_BROWSER = "web"  # the channel whose conversations are in a browser that we know


class LoginError(Exception):
    """The step cannot be taken. `reason` names the page that says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Outcome(StrEnum):
    """What became of a code that was typed."""

    BOUND = "bound"
    WRONG = "wrong"
    FAILED = "failed"  # wrong for the last time
    SOMEBODY_ELSE = "somebody_else"
    NONE = "none"  # no code was expected


@dataclass(frozen=True)
class Confirmed:
    outcome: Outcome
    link: str = ""
    tries: int = 0


@dataclass(frozen=True)
class Link:
    id: str
    conversation: str
    channel: str
    state: LinkState
    created_at: datetime
    until: datetime

    @property
    def needs_code(self) -> bool:
        return self.channel != IN_THE_BROWSER


@dataclass(frozen=True)
class Browser:
    """The keys in a browser's two cookies: the login page's own, and the widget's."""

    login: str
    widget: str = ""


def read_link(row: Row[Any]) -> Link:
    return Link(row.id, row.conversation, row.channel, row.state, row.created_at, row.until)


def written(claims: Claims) -> str:
    return json.dumps({**asdict(claims), "authenticated_at": claims.authenticated_at.isoformat()})


def read_claims(text: str) -> Claims:
    told = json.loads(text)
    return Claims(**{**told, "authenticated_at": datetime.fromisoformat(told["authenticated_at"])})
