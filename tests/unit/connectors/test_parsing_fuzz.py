"""Whatever arrives, the parsers give a list or say that it cannot be read."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Arrival, Tapped, Unreadable
from conversations.model import Incoming
from conversations.typed import LONGEST_TEXT
from tests.unit.connectors.test_payloads import FILES, PARSE

RECORDED = [(file.parent.name, json.loads(file.read_text(encoding="utf-8"))["payload"]) for file in FILES]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def check(channel: str, body: bytes) -> list[Arrival]:
    try:
        arrivals = list(PARSE[channel](body))
    except Unreadable:
        return []
    for arrival in arrivals:
        assert arrival.channel == channel
        if isinstance(arrival, Incoming):
            assert arrival.address
            assert arrival.external_id
            assert not arrival.text.lstrip().startswith("/")
            assert len(arrival.text) <= LONGEST_TEXT
            assert arrival.payload is None
            assert isinstance(arrival, Tapped) == (arrival.kind == "choice")
            assert arrival.sent_at is None or arrival.sent_at.tzinfo
    return arrivals


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to everything inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, item in inside for deeper in places(item, (*path, key)))]


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = copy.deepcopy(value)
    inside = changed
    for key in path[:-1]:
        inside = inside[key]
    if new is DROP:
        del inside[path[-1]]
    else:
        inside[path[-1]] = new
    return changed


DROP = object()


@pytest.mark.parametrize("channel", sorted(PARSE))
@given(body=st.binary(max_size=200))
def test_bytes_that_are_anything(channel: str, body: bytes) -> None:
    check(channel, body)


@pytest.mark.parametrize("channel", sorted(PARSE))
@given(value=JSON)
def test_json_that_is_anything(channel: str, value: Any) -> None:
    check(channel, json.dumps(value).encode())


@settings(max_examples=2000)
@given(data=st.data())
def test_a_known_shape_in_which_something_is_missing_or_something_else(data: st.DataObject) -> None:
    channel, payload = data.draw(st.sampled_from(RECORDED))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(payload)[1:] or [()]))
        payload = put(payload, path, data.draw(st.just(DROP) | JSON) if path else data.draw(JSON))

    check(channel, json.dumps(payload).encode())


@given(data=st.data())
def test_a_known_shape_that_was_cut_off(data: st.DataObject) -> None:
    channel, payload = data.draw(st.sampled_from(RECORDED))
    body = json.dumps(payload).encode()

    assert check(channel, body[: data.draw(st.integers(0, len(body) - 1))]) == []


@pytest.mark.parametrize("channel", sorted(PARSE))
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"1" * 5000,
        b"NaN",
        b'{"object":"page"}' * 2,
        b"\xff\xfe",
        b'{"object": "page", "entry": {"id": 1}}',
        json.dumps({"object": "page", "entry": [[[{}]]]}).encode(),
    ],
)
def test_what_is_meant_to_break_a_parser(channel: str, body: bytes) -> None:
    assert check(channel, body) == []


@pytest.mark.parametrize("stamp", ["9" * 400, "-1", "1e9", "nooit", None, 1e30, float("nan"), True, -(10**18), [], {}])
def test_a_moment_that_cannot_be(stamp: Any) -> None:
    message = {"id": "wamid.1", "from": "32470000001", "type": "text", "text": {"body": "hallo"}, "timestamp": stamp}
    [(_, text)] = [(c, p) for c, p in RECORDED if c == "whatsapp" and p == RECORDED_TEXT]
    payload = put(text, ("entry", 0, "changes", 0, "value", "messages"), [message])

    [incoming] = check("whatsapp", json.dumps(payload).encode())

    assert isinstance(incoming, Incoming)
    assert incoming.text == "hallo"


RECORDED_TEXT = next(p for (_, p), file in zip(RECORDED, FILES, strict=True) if file.stem == "text" and _ == "whatsapp")
