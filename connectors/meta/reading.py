"""Reads JSON that promises nothing: what is not as expected is empty, and never an error."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from connectors.base import Tapped, Unknown, Unreadable
from conversations.model import JSON, Kind, Place, Receipt, State
from conversations.typed import keepable

LONGEST_WORD = 500
_CHOICE = re.compile(r"b:(m_[0-9a-f]{1,40}):(\d{1,3})")
_REFERENCE = re.compile(r"(m_[0-9a-f]{1,40})(\.\d{1,3})?")
_REASON = re.compile(r"[a-z0-9_:]{1,80}")
_KEY = re.compile(r"[A-Za-z0-9_.]{1,40}")
_TELLING = {"object", "field", "type", "status", "event", "action", "reason", "code", "error_subcode", "mime_type"}
_DEEP, _MANY = 8, 40


def read(body: bytes) -> JSON:
    """Raises Unreadable when this is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("broken_json") from error


def thing(value: JSON, *path: str) -> Mapping[str, JSON]:
    """The object there, or an empty one."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def things(value: JSON) -> Iterator[Mapping[str, JSON]]:
    """The objects of this list."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def word(value: JSON, longest: int = LONGEST_WORD) -> str:
    """An id, a name: a string that a database can hold. Meta writes some ids as numbers."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return str(value)
    return keepable(value)[:longest] if isinstance(value, str) else ""


def text(value: JSON) -> str:
    return value if isinstance(value, str) else ""


def moment(value: JSON, *, per_second: int = 1) -> datetime | None:
    """Seconds since 1970, or thousandths of them; as a number or written out."""
    try:
        return datetime.fromtimestamp(int(word(value, 20)) / per_second, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def place(latitude: JSON, longitude: JSON) -> Place | None:
    for value, most in ((latitude, 90), (longitude, 180)):
        if type(value) not in (int, float) or not abs(value) <= most or not math.isfinite(value):
            return None
    return Place(float(latitude), float(longitude))


def choice_id(message: str, number: int) -> str:
    """What a button carries: no payload, for whoever sends it back may have written it himself."""
    return f"b:{message}:{number}"


def tapped(channel: str, address: str, external_id: str, payload: str, title: str) -> Tapped | None:
    """The choice that this payload names, if it is one of ours."""
    ours = _CHOICE.fullmatch(payload)
    if ours is None:
        return None
    return Tapped(channel, address, external_id, Kind.CHOICE, title, message=ours[1], number=int(ours[2]))


def is_ours(reference: str) -> bool:
    """Whether this is our own id of a message."""
    return _REFERENCE.fullmatch(reference) is not None


def receipt(channel: str, external_id: str, state: State, reference: str, error: str | None = None) -> Receipt | None:
    """Of a message that took several pieces the last one tells that it came, and each that it did not."""
    ours = _REFERENCE.fullmatch(reference)
    if ours and ours[2] and state not in (State.FAILED, State.PARKED):
        return None
    return Receipt(channel, external_id, state, error, ours[1] if ours else None)


def unknown(channel: str, reason: str, value: JSON) -> Unknown:
    return Unknown(channel, reason if _REASON.fullmatch(reason) else "unknown", json.dumps(_shape(value, 0)))


def _shape(value: JSON, depth: int, key: str = "") -> JSON:
    """The same thing without what it says: who it is from and what was said stay out of our tables."""
    if isinstance(value, dict):
        inside = list(value.items())[:_MANY] if depth < _DEEP else []
        return {k if _KEY.fullmatch(k) else "?": _shape(v, depth + 1, k) for k, v in inside}
    if isinstance(value, list):
        return [_shape(item, depth + 1) for item in value[:3]] if depth < _DEEP else []
    if key in _TELLING and isinstance(value, str | int) and _KEY.fullmatch(str(value)[:41]):
        return value
    return "" if isinstance(value, str) else 0 if isinstance(value, int | float) else None
