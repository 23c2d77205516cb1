"""Whatever is sent to the web API: never a 500, always JSON, and the front goes on."""

import json
import socket
from typing import Any

import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.front import Citizen, FakeBot
from tests.house import House

PATHS = ["session", "messages", "attachments", "typing", "read", "end", "rating", "stream", "config", "transcript"]
patient = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
names = [
    "client_msg_id",
    "type",
    "text",
    "message_id",
    "choice",
    "attachment",
    "latitude",
    "longitude",
    "seq",
    "on",
    "score",
]
likely = st.sampled_from(["text", "choice", "attachment", "location", "aaaaaaaa", "m_1", 0, 1, 3.5, "\ud800", "\x00"])
bodies = st.dictionaries(st.sampled_from(names), anything | likely, max_size=6) | anything


@patient
@given(path=st.sampled_from(PATHS[:7]), body=bodies)
def test_no_json_makes_the_front_fail(path: str, body: Any, citizen: Citizen) -> None:
    answer = citizen.http.post(f"{citizen.url}/{path}", data=json.dumps(body).encode(), timeout=10)

    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert set(answer.json()) == {"error", "text"}


@patient
@given(
    path=st.sampled_from(PATHS[:7]),
    body=st.binary(max_size=300),
    content_type=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40).map(str.strip),
)
def test_no_bytes_make_the_front_fail(path: str, body: bytes, content_type: str, citizen: Citizen) -> None:
    headers = {"Content-Type": content_type.encode("latin-1")}
    answer = citizen.http.post(f"{citizen.url}/{path}", data=body, headers=headers, timeout=10)

    assert answer.status_code < 500, answer.text


header_text = st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=40).map(
    lambda t: t.encode("latin-1")
)


@patient
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "OPTIONS", "HEAD"]),
    path=st.sampled_from([p for p in PATHS if p != "stream"]),
    name=st.sampled_from(["Authorization", "Origin", "Last-Event-ID", "If-None-Match", "Content-Type"]),
    value=header_text,
)
def test_no_header_makes_the_front_fail(method: str, path: str, name: str, value: bytes, citizen: Citizen) -> None:
    answer = citizen.http.request(method, f"{citizen.url}/{path}", headers={name: value}, data=b"{}", timeout=10)

    assert answer.status_code < 500, answer.text


@patient
@given(raw=st.binary(max_size=200))
def test_no_request_that_is_none_stops_the_front(raw: bytes, front: House) -> None:
    with socket.create_connection(("127.0.0.1", front.settings.front_port), timeout=5) as line:
        line.sendall(b"POST /web/session HTTP/1.1\r\nHost: x\r\n" + raw + b"\r\n\r\n")
        line.shutdown(socket.SHUT_WR)
        answer = line.recv(65536)

    assert b" 500 " not in answer.split(b"\r\n", 1)[0]


def test_after_all_that_the_front_still_answers(citizen: Citizen, front: House, bot: FakeBot) -> None:
    citizen.say("nog daar?")
    citizen.hear("Je zei: nog daar?")

    assert requests.get(f"{front.front_url}/health/ready", timeout=5).json()["ready"]
