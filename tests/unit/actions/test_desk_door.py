"""What the desk gets through its door: every block of a citizen who is logged in, and nothing of anybody else."""

import asyncio
import json
import time

import pytest

from actions import klantbeeld
from actions.clients.errors import Unavailable
from actions.desk_door import ACTIVITY, PATH
from citizens.processing import by_agent
from proof import LIFE, Proofs
from tests.sealing import SECRET_KEY
from tests.unit.actions.journeys import FRIDAY, finish, make_appointment, make_report
from tests.unit.citizens.people import JAN, NOOR

LIEN = "85073003328"
AGENT = "g_sanne"


@pytest.fixture
def lien(room):
    citizen = room.citizen()
    citizen.person = room.log_in(citizen, email="lien@example.be").person
    return citizen


def question(citizen, wanted, **other):
    asked = {
        "conversation": citizen.conversation,
        "person": citizen.person,
        "agent": AGENT,
        "wanted": wanted,
        "key": "",
    }
    return json.dumps({**asked, **other}).encode()


class Desk:
    """The desk's side of the door, with the secret of the house unless a test gives another."""

    def __init__(self, room):
        self.door = room.wiring.desk

    async def asks(self, citizen, wanted, way="blok", **other):
        body = question(citizen, wanted, **other)
        return await self.door.answer(way, body, self.door.proofs.of(PATH + way, body))

    async def block(self, citizen, wanted):
        answer = await self.asks(citizen, wanted)
        assert answer.status == 200
        return json.loads(answer.content)

    async def texts(self, citizen, wanted):
        return [line["text"] for line in (await self.block(citizen, wanted))["lines"]]


@pytest.fixture
def desk(room):
    return Desk(room)


async def order_attest(citizen):
    await citizen.taps("/attest_aanvragen")
    await finish(citizen)


# --- the blocks -----------------------------------------------------------------------


@pytest.mark.req("MZR-08", "MZR-05")
async def test_name_and_contact_data_come_with_where_and_when_they_were_heard(room, desk, lien):
    lines = (await desk.block(lien, "contact"))["lines"]

    told = {(line["what"], line["text"], line["source"]) for line in lines}
    assert told == {
        ("naam", "Lien Declercq", "acmidm"),
        ("email", "lien@example.be", "aanvraag"),
        ("adres", "Kerkstraat 12, 8799 Leiestad", "Thuisloket"),
        ("email", "lien.declercq@mail.example", "Thuisloket"),
    }
    assert all(line["at"].startswith("2026-11-23") for line in lines)


@pytest.mark.req("MZR-12", "MZR-14", "MZR-17", "MZC-24")
async def test_what_runs_is_told_in_the_very_words_that_the_chat_uses(room, desk, lien):
    await make_report(lien)
    await order_attest(lien)
    await make_appointment(room, lien)
    room.dossiers.put(LIEN, "OMV-1", organisation="Provincie")
    await lien.says("wat is de status van mijn aanvragen?", "dossiers_status")
    in_chat = [said["text"] for said in lien.said]

    at_desk = [text for block in ("lopend", "zaken", "afspraken") for text in await desk.texts(lien, block)]

    assert len(at_desk) == 4
    assert sorted(at_desk) == sorted(in_chat)


@pytest.mark.req("MZR-10", "MZR-11", "MZR-09")
async def test_what_he_asked_for_what_he_got_and_how_he_wants_it(room, desk, lien):
    await make_report(lien)
    await lien.taps("/melding_volgen")
    await order_attest(lien)
    await make_appointment(room, lien)
    room.attests.deliver(LIEN, "a1", "Attest van woonst")
    room.attests.deliver(LIEN, "a2", "Gezinssamenstelling")

    asked = (await desk.block(lien, "producten"))["lines"]
    wants = (await desk.block(lien, "voorkeuren"))["lines"]

    what = sorted(line["what"] for line in asked)
    assert what == ["afspraak_done", "attest_done", "geleverd", "geleverd", "melding_done"]
    assert await desk.texts(lien, "geleverd") == ["Gezinssamenstelling (2026)", "Attest van woonst (2026)"]
    assert [(line["what"], line["text"]) for line in wants] == [
        ("levering", "email"),
        ("volgt", "Voetpad of stoep"),
    ]


@pytest.mark.req("MZR-13")
async def test_documents_are_listed_and_open_one_by_one(room, desk, lien):
    await lien.says("er ligt een tegel los in de Kerkstraat 12", "melding_maken")
    await lien.sends_photo(b"a photo")
    await finish(lien)
    room.attests.deliver(LIEN, "a1", "Attest van woonst")

    lines = (await desk.block(lien, "documenten"))["lines"]
    assert [line["what"] for line in lines] == ["attest", "foto"]
    opened = [await desk.asks(lien, line["key"], "document") for line in lines]

    assert [(one.media_type, one.content) for one in opened] == [
        ("application/pdf", b"%PDF Attest van woonst"),
        ("image/jpeg", b"a photo"),
    ]


async def test_a_document_of_somebody_else_is_not_there(room, desk, lien):
    other = room.citizen()
    room.log_in(other, JAN)
    await other.says("er ligt een tegel los in de Kerkstraat 12", "melding_maken")
    await other.sends_photo()
    await finish(other)
    [report] = room.filings.of(other.conversation)
    room.attests.deliver(JAN.rrn, "a9", "Attest van Jan")

    for key in (f"foto|{report.payload['fotos'][0]}", "attest|a9", "foto|", "attest|../x", "iets"):
        assert (await desk.asks(lien, key, "document")).status == 404


async def test_without_a_national_number_it_is_said_that_nobody_could_ask(room, desk):
    noor = room.citizen()
    noor.person = room.log_in(noor, NOOR).person

    for block in ("zaken", "geleverd", "producten", "documenten"):
        told = await desk.block(noor, block)
        assert (told["lines"], told["unasked"], told["unseen"]) == ([], True, [])
        assert told["asked"]


# --- what cannot be reached ---------------------------------------------------------------


@pytest.mark.req("MZR-05")
@pytest.mark.parametrize(
    ("block", "backend", "system"),
    [
        ("contact", "attests", "Thuisloket"),
        ("geleverd", "attests", "Thuisloket"),
        ("producten", "attests", "Thuisloket"),
        ("documenten", "attests", "Thuisloket"),
        ("lopend", "incidents", "TOPdesk"),
        ("zaken", "dossiers", "DOSIS"),
        ("afspraken", "appointments", "JCC"),
    ],
)
async def test_a_system_that_is_down_is_named_and_what_others_know_is_shown(room, desk, lien, block, backend, system):
    await make_report(lien)
    await order_attest(lien)
    await make_appointment(room, lien)
    getattr(room, backend).faults.everything = Unavailable(backend, "all")

    told = await desk.block(lien, block)

    assert told["unseen"] == [system]
    assert system in told["asked"]
    assert bool(told["lines"]) == (block in ("contact", "lopend", "producten"))


async def test_a_system_that_is_slow_holds_nothing_up(room, desk, lien, monkeypatch):
    monkeypatch.setattr(klantbeeld, "PATIENCE", 0.05)

    async def never(rrn):
        await asyncio.sleep(30)

    monkeypatch.setattr(room.dossiers, "list_for", never)

    assert (await desk.block(lien, "zaken"))["unseen"] == ["DOSIS"]


# --- who may ask --------------------------------------------------------------------------


@pytest.mark.req("MZR-06")
async def test_a_request_without_our_proof_learns_nothing(room, desk, lien):
    foreign = Proofs("a secret of somebody else, as long as ours is")
    body = question(lien, "contact")

    for proof in ("", "1.aa", foreign.of(f"{PATH}blok", body), desk.door.proofs.of(f"{PATH}document", body)):
        answer = await desk.door.answer("blok", body, proof)
        assert (answer.status, answer.content) == (401, b"{}")
    assert (await desk.door.answer("blok", body, desk.door.proofs.of(f"{PATH}blok", body))).status == 200


@pytest.mark.req("MZR-06")
async def test_a_proof_that_is_too_old_opens_nothing(desk, lien):
    desk.door.proofs = Proofs(SECRET_KEY)
    expired = Proofs(SECRET_KEY, lambda: time.time() - LIFE - 5)
    body = question(lien, "contact")

    answers = [
        await desk.door.answer("blok", body, made.of(f"{PATH}blok", body)) for made in (expired, desk.door.proofs)
    ]

    assert [answer.status for answer in answers] == [401, 200]


@pytest.mark.req("MZR-06")
async def test_who_is_no_longer_logged_in_there_is_not_shown(room, desk, lien):
    was_lien = lien.person
    room.log_in(lien, JAN)

    assert (await desk.asks(lien, "contact", person=was_lien)).status == 409
    room.known.identities.unbind(lien.conversation, "logout")
    assert (await desk.asks(lien, "contact", person=was_lien)).status == 409


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"conversation": 1}', b"\xff", b'"x"', b"1"])
async def test_what_cannot_be_read_is_refused(desk, body):
    answer = await desk.door.answer("blok", body, desk.door.proofs.of(f"{PATH}blok", body))

    assert answer.status == 400


async def test_what_is_not_a_block_or_a_way_is_not_there(desk, lien):
    assert (await desk.asks(lien, "alles")).status == 404
    assert (await desk.asks(lien, "contact", "anders")).status == 404


@pytest.mark.req("MZR-07")
async def test_each_system_that_was_asked_is_accounted_for_with_the_agent_and_the_purpose(room, desk, lien):
    room.dossiers.put(LIEN, "OMV-1")

    await desk.block(lien, "zaken")

    [row] = [row for row in room.processing.of(lien.person) if row.source == "DOSIS"]
    assert (row.actor, row.activity, row.conversation) == (by_agent(AGENT), ACTIVITY, lien.conversation)


# --- on behalf of -----------------------------------------------------------------------------


@pytest.mark.req("MZR-17")
async def test_an_agent_cancels_an_appointment_and_the_citizen_hears_it(room, desk, lien):
    reference = await make_appointment(room, lien)

    answer = await desk.asks(lien, reference, "annuleren", key="1")

    assert json.loads(answer.content) == {"state": "done"}
    assert room.appointments.moments == []
    assert await desk.texts(lien, "afspraken") == []
    [said] = [m for m in room.ledger.messages(lien.conversation) if m.name == "utter_afspraak_alsnog_geannuleerd"]
    assert "donderdag 26 november om 10.00 uur" in said.text
    [row] = [row for row in room.processing.of(lien.person) if row.action == "afspraak annuleren"]
    assert row.actor == by_agent(AGENT)
    await room.retry()
    assert room.events(lien.conversation) == []


async def test_a_citizen_whom_the_word_did_not_reach_hears_it_later_and_once(room, desk, lien, monkeypatch):
    reference = await make_appointment(room, lien)

    def breaks(*_):
        raise OSError("the database went away")

    with monkeypatch.context() as broken:
        broken.setattr(room.ledger, "say_in", breaks)
        answer = await desk.asks(lien, reference, "annuleren", key="1")
    assert answer.status == 500

    await room.retry()
    await room.retry()

    assert await lien.gets_news() == ["utter_afspraak_alsnog_geannuleerd"]
    assert len(room.events(lien.conversation)) == 1


async def test_cancelling_twice_is_done_once(room, desk, lien):
    reference = await make_appointment(room, lien)
    await make_appointment(room, lien, FRIDAY)

    answers = [await desk.asks(lien, reference, "annuleren", key="1") for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 404]
    assert len(room.filings.of(lien.conversation, "afspraak_annuleren")) == 1
    assert room.appointments.moments == [FRIDAY]


@pytest.mark.req("MZR-17")
async def test_what_the_calendar_does_not_take_now_is_kept_tried_again_and_told(room, desk, lien):
    reference = await make_appointment(room, lien)
    room.appointments.faults.before["cancel"] = Unavailable("jcc", "cancel")

    answer = await desk.asks(lien, reference, "annuleren", key="1")

    assert json.loads(answer.content) == {"state": "open"}
    assert [m.name for m in room.ledger.messages(lien.conversation)][-1] == "utter_afspraak_annuleren_wacht"
    room.appointments.faults.over()
    room.set_clock("2026-11-23T10:05:00")
    await room.retry()
    assert await lien.gets_news() == ["utter_afspraak_alsnog_geannuleerd"]
    assert room.appointments.moments == []


async def test_an_appointment_of_somebody_else_is_not_cancelled(room, desk, lien):
    reference = await make_appointment(room, room.citizen())

    assert (await desk.asks(lien, reference, "annuleren", key="1")).status == 404
    assert len(room.appointments.moments) == 1
