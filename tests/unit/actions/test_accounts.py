"""One row for each call about a person, whatever happens to the call or to the log."""

import json
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from actions.accounts import Work, activity_of, on_behalf_of
from actions.clients.errors import Unavailable
from tests.unit.actions.journeys import ANSWERS, CONFIRMATIONS, begin, finish, reach
from tests.unit.citizens.people import JAN

BROKEN = OperationalError("INSERT", {}, Exception("the disk is full"))


def rows(room, person):
    """Of reports and appointments; after each of them his dossiers are counted, which is a row of its own."""
    return [row for row in reversed(room.processing.of(person)) if row.source != "DOSIS"]


@pytest.fixture
async def lien(room):
    citizen = room.citizen()
    citizen.person = room.log_in(citizen).person
    return citizen


@pytest.mark.req("MZC-11")
async def test_a_report_with_a_photo_is_two_calls_and_two_rows(room, lien):
    await begin(room, "melding_form", lien)
    while lien.asked != "melding_fotos":
        await ANSWERS["melding_form"][lien.asked](lien)
    await lien.sends_photo()
    await finish(lien)

    assert [(row.action, row.source, row.activity, row.actor) for row in rows(room, lien.person)] == [
        ("melding registreren", "TOPdesk", "melding", "burger"),
        ("foto toevoegen", "TOPdesk", "melding", "burger"),
    ]
    assert rows(room, lien.person)[0].kinds == ("melding", "naam", "e-mailadres")


@pytest.mark.req("MZC-11")
async def test_every_call_about_a_person_is_a_row_and_no_other_call_is(room, lien):
    await finish(await begin(room, "afspraak_form", lien))
    await lien.says("wanneer is mijn afspraak", "afspraak_opzoeken")
    await lien.says("annuleer mijn afspraak", "afspraak_annuleren")
    await finish(lien)

    assert [row.action for row in rows(room, lien.person)] == [
        "afspraak boeken",
        "afspraak opzoeken",
        *["afspraak opzoeken"] * (len(rows(room, lien.person)) - 3),
        "afspraak annuleren",
    ]
    assert room.processing.verify() == len(room.processing.of(lien.person))


async def test_the_row_stands_before_the_call_so_that_a_crash_loses_none(room, lien):
    room.appointments.faults.before["book"] = Unavailable("jcc", "book")

    await finish(await begin(room, "afspraak_form", lien))

    assert [row.action for row in rows(room, lien.person)] == ["afspraak boeken"]


async def test_who_is_not_logged_in_leaves_rows_of_nobody(room):
    await finish(await reach(room, "melding_form", CONFIRMATIONS["melding_form"]))

    assert room.processing.verify() == 1


@pytest.mark.req("MZC-11")
async def test_a_retry_after_he_logged_out_is_still_his(room, lien):
    room.incidents.faults.everything = Unavailable("topdesk", "create")
    await finish(await begin(room, "melding_form", lien))
    await lien.says("log mij uit", "afmelden_vragen")
    room.log_in(lien, JAN)
    room.incidents.faults.over()
    room.set_clock("2026-11-23T11:00:00")

    await room.retry()

    assert [row.action for row in rows(room, lien.person)] == ["melding registreren"] * 2


# --- a log that cannot be written -------------------------------------------------------------------------------------


@pytest.fixture
def broken_log(room, monkeypatch):
    def fail(**_):
        raise BROKEN

    monkeypatch.setattr(room.processing, "write", fail)
    return monkeypatch


@pytest.mark.req("MZC-11")
async def test_a_log_that_cannot_be_written_costs_nobody_his_request_and_loses_no_row(room, lien, broken_log):
    await finish(await begin(room, "afspraak_form", lien))
    assert len(room.appointments.bookings) == 1
    assert rows(room, lien.person) == []
    ended = room.clock.utc()

    broken_log.undo()
    room.set_clock("2026-11-23T10:30:00")
    await room.wiring.accounts.step()
    await room.wiring.accounts.step()

    [row] = rows(room, lien.person)
    assert row.action == "afspraak boeken"
    assert row.at <= ended
    assert not list(room.wiring.accounts.outbox.iterdir())


async def test_rows_wait_in_their_order_until_they_can_be_written(room, lien, broken_log):
    accounts = room.wiring.accounts
    with on_behalf_of(Work(lien.conversation, "melding")):
        for number in range(3):
            room.set_clock(f"2026-11-23T10:1{number}:00")
            await accounts.enter(f"stap {number}", source="TOPdesk", kinds=["naam"])
    with pytest.raises(OperationalError):
        await accounts.step()

    broken_log.undo()
    await accounts.step()

    assert [row.action for row in rows(room, lien.person)] == ["stap 0", "stap 1", "stap 2"]


async def test_what_waits_holds_no_personal_data(room, lien, broken_log):
    await finish(await begin(room, "afspraak_form", lien))

    texts = [file.read_text(encoding="utf-8") for file in sorted(room.wiring.accounts.outbox.glob("*.json"))]
    assert "Lien" not in str(texts)
    assert "example" not in str(texts)
    assert json.loads(texts[0])["kinds"][0] == "afspraak"


async def test_an_outbox_that_cannot_be_written_either_costs_nobody_his_request(room, lien, broken_log):
    room.wiring.accounts.outbox.parent.joinpath("processing").write_text("a file where a folder should be")

    await finish(await begin(room, "afspraak_form", lien))

    assert len(room.appointments.bookings) == 1


async def test_a_call_for_nobody_is_an_error_of_ours_and_goes_on(room):
    await room.wiring.accounts.enter("iets", source="TOPdesk", kinds=[])

    assert room.processing.verify() == 0


def test_an_activity_is_the_topic_of_an_action_or_a_filing():
    names = ("action_afspraak_boeken", "validate_melding_form", "afspraak_verplaatsen", "melding")

    assert [activity_of(name) for name in names] == ["afspraak", "melding", "afspraak", "melding"]


async def test_whose_conversation_it_was_is_told_by_the_moment(room, lien):
    began = room.clock.utc()
    room.set_clock("2026-11-23T10:10:00")
    room.log_in(lien, JAN)
    identities = room.known.identities

    assert identities.person_at(lien.conversation, began) == lien.person
    assert identities.person_at(lien.conversation, room.clock.utc()) != lien.person
    assert identities.person_at(lien.conversation, began - timedelta(seconds=1)) is None
