"""What an answer of any backend means, and how often it is asked."""

from typing import Any

import pytest
import structlog

from actions.clients.errors import BackendError, Misconfigured, NotFound, Rejected, Unavailable, Uncertain
from actions.clients.http import Backend, parsed
from tests.unit.actions.clients.conftest import Answer, Stage

BODIES = (b"", b"[]", b"{}", b'[{"message": "no"}]', b'{"errors": []}', b"<html>no</html>", b"\xff\xfe", b"null")


@pytest.fixture
def backend(stage: Stage) -> Backend:
    return Backend("stage", stage.url, 2.0)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (302, Misconfigured),
        (400, Rejected),
        (401, Misconfigured),
        (403, Misconfigured),
        (404, NotFound),
        (409, Rejected),
        (429, Unavailable),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
async def test_a_status_means_the_same_whatever_the_body_is(
    stage: Stage, backend: Backend, status: int, error: type[BackendError], body: bytes
) -> None:
    stage.answers = [Answer(status, body, {"location": "/login"})]

    with pytest.raises(BackendError) as raised:
        await backend.read("look", "things")

    assert type(raised.value) is error
    assert (raised.value.backend, raised.value.operation) == ("stage", "look")


async def test_a_redirect_to_a_login_page_is_not_followed(stage: Stage, backend: Backend) -> None:
    stage.answers = [Answer(302, headers={"location": "/login"}), Answer(200, b"welcome")]

    with pytest.raises(Misconfigured):
        await backend.read("look", "things")

    assert [call.path for call in stage.calls] == ["/things"]


@pytest.mark.parametrize("first", [Answer(500), Answer(429), Answer(200, b"{}", cut=True)])
async def test_a_read_is_tried_twice(stage: Stage, backend: Backend, first: Answer) -> None:
    stage.answers = [first, Answer(200, {"ok": True})]

    response = await backend.read("look", "things")

    assert response.json() == {"ok": True}
    assert len(stage.calls) == 2


async def test_a_read_is_not_tried_a_third_time(stage: Stage, backend: Backend) -> None:
    stage.answers = [Answer(503)]

    with pytest.raises(Unavailable):
        await backend.read("look", "things")

    assert len(stage.calls) == 2


@pytest.mark.parametrize("answer", [Answer(500), Answer(503), Answer(200, b"{}", cut=True), Answer(seconds=4)])
async def test_a_write_is_sent_once_and_its_outcome_is_uncertain(stage: Stage, answer: Answer) -> None:
    stage.answers = [answer]
    hurried = Backend("stage", stage.url, 0.5)

    with pytest.raises(Uncertain):
        await hurried.write("make", "POST", "things", json={})

    assert len(stage.calls) == 1


async def test_a_write_that_never_arrived_is_an_outage() -> None:
    with pytest.raises(Unavailable):
        await Backend("nobody", "http://127.0.0.1:9", 1.0).write("make", "POST", "things")


async def test_a_write_that_was_refused_is_refused(stage: Stage, backend: Backend) -> None:
    stage.answers = [Answer(400)]

    with pytest.raises(Rejected):
        await backend.write("make", "POST", "things")


async def test_the_backend_s_own_meaning_goes_first(stage: Stage) -> None:
    stage.answers = [Answer(500, {"type": "bad input"})]
    backend = Backend("stage", stage.url, 2.0, meaning=lambda operation, _: Rejected("stage", operation, "invalid"))

    with pytest.raises(Rejected):
        await backend.read("look", "things")

    assert len(stage.calls) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"3", b'{"other": 1}', b'{"name": null}'])
async def test_an_answer_of_another_shape_is_a_fault_that_a_colleague_must_see(
    stage: Stage, backend: Backend, body: bytes
) -> None:
    stage.answers = [Answer(200, body)]
    response = await backend.read("look", "things")

    def name(wire: Any) -> str:
        return str(wire["name"].upper())

    with pytest.raises(Misconfigured):
        parsed("stage", "look", response, name)


async def test_nothing_that_is_sent_or_received_is_logged(stage: Stage, backend: Backend) -> None:
    stage.answers = [Answer(500, b"secret answer")]

    with structlog.testing.capture_logs() as logs, pytest.raises(Uncertain):
        await backend.write("make", "POST", "things?email=lien@example.be", json={"name": "Lien"})

    assert [entry["event"] for entry in logs] == ["backend.error"]
    assert not any(word in str(logs) for word in ("secret", "lien", "Lien", "things"))
