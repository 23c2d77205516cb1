"""A report on its way to the people who mend the street: everything that was collected, once."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from actions.clients.errors import Unavailable
from actions.clients.ports import Photo
from actions.clients.topdesk import TopdeskIncidents
from actions.reports import REPORT, Reports
from filings.model import FilingState
from settings import Settings

GOLDEN = Path(__file__).parent / "golden" / "melding.json"
PLACE = {"tekst": "Kerkstraat 12, tegenover de bakker", "straat": "Kerkstraat", "lat": 50.87054, "lon": 3.299}
TILE = {
    "omschrijving": "Er ligt een tegel los & iemand viel",
    "categorie": "voetpad",
    "plaats": PLACE,
    "fotos": [],
    "naam": "Lien Declercq",
    "email": "lien@example.be",
    "kanaal": "web",
}


class Wire:
    """TOPdesk's side of the line: keeps what was sent, knows no incident yet."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    async def read(self, operation: str, path: str, **request: Any) -> requests.Response:
        return _answer(204)

    async def write(self, operation: str, method: str, path: str, **request: Any) -> requests.Response:
        self.sent.append({"path": path, **request})
        return _answer(201, {"id": "1", "number": "I 2611 001"})


def _answer(status: int, body: Any = None) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = b"" if body is None else json.dumps(body).encode()
    return response


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def topdesk(room, city, wire):
    """Our reports with the real TOPdesk client."""
    incidents = TopdeskIncidents(Settings())
    incidents.backend = wire
    return Reports(incidents, room.filings, room.ledger, city)


async def test_a_report_is_a_row_before_it_is_a_call(room):
    room.incidents.faults.everything = Unavailable("topdesk", "create")

    filing = await room.reports.file("c_1", TILE, "m1")

    assert filing.claimed
    assert room.filings.of("c_1", REPORT)[0].payload == TILE


@pytest.mark.req("BP2-12")
async def test_the_same_turn_again_files_nothing_twice(room):
    first = await room.reports.file("c_1", TILE, "m1")
    again = await room.reports.file("c_1", TILE, "m1")
    other = await room.reports.file("c_1", TILE, "m2")

    assert (again.id, again.claimed) == (first.id, False)
    assert other.id != first.id


@pytest.mark.req("BP2-12", "BP3-08")
async def test_everything_that_was_collected_is_in_the_report(room, city):
    photos = [room.ledger.keep_attachment(_conversation(room), "x", kind, b"content") for kind in PHOTOS]
    filing = await room.reports.file("c_1", {**TILE, "fotos": photos}, "m1")

    await room.reports.register(filing)

    [report] = room.incidents.reports.values()
    assert (report.key, report.channel) == (filing.reference, "web")
    assert (report.description, report.place) == (TILE["omschrijving"], PLACE["tekst"])
    assert (report.category, report.subcategory) == ("Openbaar domein", "Voetpad")
    assert report.summary == "Voetpad of stoep: Kerkstraat 12, tegenover de bakker"
    assert (report.name, report.email) == ("Lien Declercq", "lien@example.be")
    assert (report.latitude, report.longitude) == (50.87054, 3.299)
    assert list(room.incidents.photos[filing.reference].values()) == [
        Photo("foto-1.jpeg", "image/jpeg", b"content"),
        Photo("foto-2.png", "image/png", b"content"),
    ]
    done = room.filings.get(filing.id)
    assert (done.state, done.external_reference) == (FilingState.DONE, "I 2611 001")


PHOTOS = ("image/jpeg", "image/png")


def _conversation(room):
    return room.ledger.open("web", "an").id


@pytest.mark.req("BP2-12")
async def test_a_photo_that_did_not_arrive_is_sent_again_and_the_report_is_not(room):
    photo = room.ledger.keep_attachment(_conversation(room), "x.jpg", "image/jpeg", b"content")
    filing = await room.reports.file("c_1", {**TILE, "fotos": [photo]}, "m1")
    room.incidents.faults.before["attach"] = Unavailable("topdesk", "attach")
    with pytest.raises(Unavailable):
        await room.reports.register(filing)
    assert room.filings.get(filing.id).state is FilingState.OPEN
    room.incidents.faults.over()

    await room.reports.register(filing)

    assert len(room.incidents.reports) == 1
    assert list(room.incidents.photos[filing.reference]) == ["foto-1.jpeg"]


async def test_a_photo_that_was_purged_holds_up_nothing(room):
    filing = await room.reports.file("c_1", {**TILE, "fotos": ["a_gone"]}, "m1")

    await room.reports.register(filing)

    assert room.filings.get(filing.id).state is FilingState.DONE


async def test_a_report_without_a_name_has_none(room):
    filing = await room.reports.file("c_1", {**TILE, "naam": None, "email": None}, "m1")

    await room.reports.register(filing)

    [report] = room.incidents.reports.values()
    assert (report.name, report.email) == (None, None)


@pytest.mark.req("BP2-12", "BP3-10")
@pytest.mark.parametrize("channel", ["web", "whatsapp", "messenger"])
async def test_a_full_report_is_what_the_citys_web_form_sends_apart_from_where_it_came_from(topdesk, wire, channel):
    """The first line tells the source, as the form's own does; so the channel stands there and nowhere else."""
    filing = await topdesk.file("c_1", {**TILE, "kanaal": channel}, "m1")

    await topdesk.register(filing)

    [record] = [sent["json"] for sent in wire.sent if sent["path"] == "incidents"]
    form = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert record["externalNumber"] == filing.reference
    assert without_source(record) == without_source(form)
    assert record["request"].startswith(f"Gemeld via de virtuele assistent ({channel}).<br>")


def without_source(record: dict[str, Any]) -> dict[str, Any]:
    """The record without what tells where it came from: the entry type, the first line, and the sender's own number."""
    _, _, told = record["request"].partition("<br>")
    return {**record, "request": told, "entryType": None, "externalNumber": None}
