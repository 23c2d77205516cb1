"""Reads the JSON of a turn and refuses, in words, what is not one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_TEXT = 5000
_COMMAND = re.compile(r"^[\s/]+")


class BadRequest(ValueError):
    """What was sent is no turn. The message says what is missing or wrong."""


@dataclass(frozen=True)
class TurnRequest:
    """`text` is typed by people and never a command; `payload` comes from the house and is one."""

    conversation: str
    message_id: str
    channel: str
    text: str | None
    payload: str | None
    new_session: bool
    metadata: dict[str, Any]

    @property
    def words(self) -> str:
        return self.payload if self.payload is not None else harmless(self.text or "")


def harmless(text: str) -> str:
    """Rasa executes a text that begins with a slash, whoever typed it."""
    return _COMMAND.sub("", text)


def read(body: Any) -> TurnRequest:
    if not isinstance(body, Mapping):
        raise BadRequest("the body has to be a JSON object")
    text, payload = _optional(body, "text"), _optional(body, "payload")
    if (text is None) == (payload is None):
        raise BadRequest("give either text or payload")
    if payload is not None and not payload.startswith("/"):
        raise BadRequest("payload has to begin with /")
    if text is not None and len(text) > LONGEST_TEXT:
        raise BadRequest(f"text is longer than {LONGEST_TEXT} characters")
    return TurnRequest(
        conversation=_required(body, "conversation"),
        message_id=_required(body, "message_id"),
        channel=_required(body, "channel"),
        text=text,
        payload=payload,
        new_session=_typed(body, "new_session", bool, default=False),
        metadata=dict(_typed(body, "metadata", dict, default={})),
    )


def conversation(body: Any) -> str:
    """The conversation that must be forgotten."""
    if not isinstance(body, Mapping):
        raise BadRequest("the body has to be a JSON object")
    return _required(body, "conversation")


def text(body: Any) -> str:
    """The words that must be understood."""
    if not isinstance(body, Mapping):
        raise BadRequest("the body has to be a JSON object")
    found = harmless(_required(body, "text"))
    if len(found) > LONGEST_TEXT:
        raise BadRequest(f"text is longer than {LONGEST_TEXT} characters")
    return found


def _required(body: Mapping[str, Any], name: str) -> str:
    value = _optional(body, name)
    if not value:
        raise BadRequest(f"{name} is missing")
    return value


def _optional(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequest(f"{name} has to be text")
    return value


def _typed(body: Mapping[str, Any], name: str, kind: type, default: Any) -> Any:
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, kind):
        raise BadRequest(f"{name} has to be of type {kind.__name__}")
    return value
