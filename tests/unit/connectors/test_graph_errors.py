import pytest

from connectors.base import SendError
from connectors.meta.errors import MESSENGER, WHATSAPP, Table, explained


def error(code: int, subcode: int | None = None, **more: object) -> dict[str, object]:
    return {"error": {"message": "x", "code": code, "error_subcode": subcode, **more}}


def verdict(found: SendError) -> str:
    if found.window:
        return "write first"
    if found.whole_channel:
        return "stop" if found.loggable else "slower"
    if found.retryable:
        return "later" if found.pause == 0 else "unknown outcome"
    return "ours" if found.loggable else "gone"


@pytest.mark.parametrize(
    ("table", "status", "body", "expected"),
    [
        (WHATSAPP, 401, error(190), "stop"),
        (WHATSAPP, 400, error(0), "stop"),
        (WHATSAPP, 403, error(200), "stop"),
        (WHATSAPP, 403, error(299), "stop"),
        (WHATSAPP, 500, error(131000), "later"),
        (WHATSAPP, 429, error(130429, 2494055), "slower"),
        (WHATSAPP, 400, error(80007), "slower"),
        (WHATSAPP, 400, error(131056), "later"),
        (WHATSAPP, 400, error(131048), "stop"),
        (WHATSAPP, 400, error(131047), "write first"),
        (WHATSAPP, 400, error(131026), "gone"),
        (WHATSAPP, 400, error(131049), "gone"),
        (WHATSAPP, 400, error(100), "ours"),
        (WHATSAPP, 400, error(132001), "ours"),
        (WHATSAPP, 400, error(999999), "ours"),
        (WHATSAPP, 400, error(999999, is_transient=True), "later"),
        (WHATSAPP, 502, "<html>", "unknown outcome"),
        (WHATSAPP, 503, None, "unknown outcome"),
        (WHATSAPP, 429, [], "slower"),
        (WHATSAPP, 401, {}, "stop"),
        (WHATSAPP, 404, {"error": "text"}, "ours"),
        (MESSENGER, 400, error(190, 463), "stop"),
        (MESSENGER, 400, error(10, 2018278), "write first"),
        (MESSENGER, 400, error(10), "stop"),
        (MESSENGER, 400, error(551, 1545041), "gone"),
        (MESSENGER, 400, error(200, 2018108), "gone"),
        (MESSENGER, 400, error(200), "stop"),
        (MESSENGER, 400, error(100, 2018001), "gone"),
        (MESSENGER, 400, error(100), "ours"),
        (MESSENGER, 400, error(613), "slower"),
        (MESSENGER, 500, error(1200), "later"),
        (MESSENGER, 400, error(368), "stop"),
    ],
)
def test_each_error_of_the_graph_api_has_its_answer(table: Table, status: int, body: object, expected: str) -> None:
    assert verdict(explained(status, body, table)) == expected


def test_the_code_is_kept_for_whoever_looks_at_the_failed_message() -> None:
    assert explained(400, error(131026), WHATSAPP).code == "131026"
    assert explained(400, error(10, 2018278), MESSENGER).code == "10/2018278"
    assert explained(502, None, WHATSAPP).code == "http_502"
