"""Asks the actions process what only it can reach: the city's systems (actions/desk_door.py is the other side)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote

import requests

from proof import HEADER, Proofs

PATH = "/balie/"
CONNECT = 1.0  # seconds
READ = 7.0  # longer than the other side is patient with its systems
CHANGE = 20.0

T = TypeVar("T")


class Unreachable(Exception):
    """Nobody answered in time, or not with what we can read."""


class NotThere(Exception):
    """There is no such thing (any more)."""


class SomebodyElse(Exception):
    """He whom we saw is no longer logged in there."""


@dataclass(frozen=True)
class Question:
    """`wanted`: a block, a document or an appointment. `key`: of what is changed, so that it is done once."""

    conversation: str
    person: str
    agent: str
    wanted: str
    key: str = ""


@dataclass(frozen=True)
class Line:
    what: str
    text: str
    source: str
    at: datetime | None = None
    key: str = ""


@dataclass(frozen=True)
class Seen:
    """`asked`: where it was looked for, and `unseen`: what of that did not answer.

    `older`: how many more there are. `unasked`: without his number.
    """

    lines: Sequence[Line] = ()
    asked: Sequence[str] = ()
    unseen: Sequence[str] = ()
    older: int = 0
    unasked: bool = False


@dataclass(frozen=True)
class Document:
    name: str
    media_type: str
    content: bytes


class PictureDoor(Protocol):
    """All of it blocks, and raises Unreachable, NotThere or SomebodyElse."""

    def block(self, asked: Question) -> Seen: ...

    def document(self, asked: Question) -> Document: ...

    def cancel(self, asked: Question) -> str:
        """How far it is, in a word of filings/model.py."""


class HttpPictureDoor:
    def __init__(self, url: str, proofs: Proofs) -> None:
        self.url, self.proofs = url.rstrip("/"), proofs

    def block(self, asked: Question) -> Seen:
        return _read(self._ask("blok", asked, READ), _seen)

    def document(self, asked: Question) -> Document:
        answer = self._ask("document", asked, 2 * READ)
        name = unquote(answer.headers.get("X-Name") or "")
        return Document(name, answer.headers.get("Content-Type") or "", answer.content)

    def cancel(self, asked: Question) -> str:
        return _read(self._ask("annuleren", asked, CHANGE), lambda wire: str(wire["state"]))

    def _ask(self, way: str, asked: Question, seconds: float) -> requests.Response:
        path, body = PATH + way, json.dumps(vars(asked)).encode()
        headers = {HEADER: self.proofs.of(path, body), "Content-Type": "application/json"}
        with requests.Session() as session:
            session.trust_env = False  # no proxy stands between our own processes
            try:
                answer = session.post(f"{self.url}{path}", data=body, headers=headers, timeout=(CONNECT, seconds))
            except requests.RequestException as error:
                raise Unreachable(way) from error
        if answer.status_code == 404:
            raise NotThere(asked.wanted)
        if answer.status_code == 409:
            raise SomebodyElse
        if answer.status_code != 200:
            raise Unreachable(f"{way}: http_{answer.status_code}")
        return answer


def _read(answer: requests.Response, build: Callable[[Mapping[str, Any]], T]) -> T:
    try:
        return build(answer.json())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreachable("unreadable") from error


def _seen(wire: Mapping[str, Any]) -> Seen:
    lines = [Line(one["what"], one["text"], one["source"], _moment(one["at"]), one["key"]) for one in wire["lines"]]
    return Seen(lines, wire["asked"], wire["unseen"], wire["older"], wire["unasked"])


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None
