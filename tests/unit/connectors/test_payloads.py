"""Every shape that Meta posts, as a file with what must become of it."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from connectors import messenger, whatsapp
from connectors.base import Arrival
from conversations.model import Place
from settings import Settings

PAYLOADS = Path(__file__).parents[2] / "payloads"
FILES = sorted(PAYLOADS.rglob("*.json"))
SETTINGS = Settings()
ASIDE = ("channel", "shape")  # not told in a file: the same in all of them, or tested apart


def parse_whatsapp(body: bytes) -> Sequence[Arrival]:
    return whatsapp.parsing.parse(body, SETTINGS.whatsapp_phone_number_id)


def parse_messenger(body: bytes) -> Sequence[Arrival]:
    return messenger.parsing.parse(body, SETTINGS.messenger_page_id, SETTINGS.messenger_app_id)


PARSE: dict[str, Callable[[bytes], Sequence[Arrival]]] = {"whatsapp": parse_whatsapp, "messenger": parse_messenger}


def told(arrival: Arrival) -> dict[str, Any]:
    """What is not empty of it, as JSON."""
    values = {key: _plain(value) for key, value in vars(arrival).items() if key not in ASIDE}
    usual = {"kind": "text", "number": -1, "held": False}
    kept = {k: v for k, v in values.items() if v not in (None, "") and usual.get(k) != v}
    if type(arrival).__name__ == "Remark":
        kept["text"] = values["text"]
    return {"is": type(arrival).__name__, **kept}


def _plain(value: Any) -> Any:
    match value:
        case StrEnum():
            return str(value)
        case datetime():
            return value.isoformat()
        case Place():
            return [value.latitude, value.longitude]
    return value


@pytest.mark.req("BP1-03", "BP1-04")
@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_every_shape_is_read_as_its_file_says(file: Path) -> None:
    recorded = json.loads(file.read_text(encoding="utf-8"))

    arrivals = PARSE[file.parent.name](json.dumps(recorded["payload"]).encode())

    assert [told(arrival) for arrival in arrivals] == recorded["expected"]
    assert {arrival.channel for arrival in arrivals} <= {file.parent.name}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_every_file_tells_where_it_comes_from(file: Path) -> None:
    recorded = json.loads(file.read_text(encoding="utf-8"))

    assert recorded["source"]
    assert datetime.fromisoformat(recorded["date"]).year >= 2026


@pytest.mark.parametrize("name", ["whatsapp/type_of_the_future", "messenger/event_of_the_future"])
def test_what_nobody_can_read_is_kept_without_what_was_said(name: str) -> None:
    recorded = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))

    [unknown] = PARSE[name.partition("/")[0]](json.dumps(recorded["payload"]).encode())

    assert '"hologram": {"said": ""}' in unknown.shape  # type: ignore[union-attr]
    for private in ("geheim", "32470000001", "7100000000000001"):
        assert private not in unknown.shape  # type: ignore[union-attr]
