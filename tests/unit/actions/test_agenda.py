"""Booking, moving and cancelling, with the process killed and the calendar gone at every step.

In the end one booking is left, it is the one that we tell the citizen, and a move that
nobody can be sure of is left to a person.
"""

from datetime import timedelta

import pytest

from actions.agenda import BOOK, CANCEL, LOOK_AHEAD, MOVE, spread
from actions.clients.errors import Rejected, Unavailable, Uncertain
from actions.clients.ports import Slot
from filings.model import FilingState
from tests.unit.actions.journeys import EMAIL, FRIDAY, OFFICE, THURSDAY, make_appointment, picks

LATER = 3600.0
WRITES = {"steps kept": ("update_payload", 1), "appointment changed": ("update_payload", 2), "done": ("done", 1)}
"""The steps of a move that are a write of ours: which, and and for which time."""


class Killed(BaseException):
    """The process ends here: nothing that comes after it runs."""


@pytest.fixture
async def citizen(room):
    """Somebody with an appointment on Thursday, before a summary that moves it to Friday."""
    room.appointments.counters = 2  # so that a second booking of the same moment would succeed
    citizen = room.citizen()
    citizen.reference = await make_appointment(room, citizen)
    await citizen.taps("/afspraak_verplaatsen")
    await picks(FRIDAY.isoformat())(citizen)
    assert citizen.heard == ["utter_afspraak_verplaatsen_samenvatting"]
    return citizen


def planned_in(room, citizen):
    return room.agenda.coming(room.filings.of(citizen.conversation, BOOK))


def the_move(room, citizen):
    [filing] = room.filings.of(citizen.conversation, MOVE)
    return filing


async def later(room, times=3):
    for _ in range(times):
        room.set_clock(room.clock.now() + timedelta(seconds=LATER))
        await room.retry()


def break_at(room, monkeypatch, step, error):
    """The fault comes just after this step was done."""
    if step in ("book", "cancel"):
        room.appointments.faults.after[step] = error
        return
    name, wanted = WRITES[step]
    method, calls = getattr(room.filings, name), []

    def breaking(*args, **kwargs):
        calls.append(method(*args, **kwargs))
        if len(calls) == wanted:
            raise error
        return calls[-1]

    monkeypatch.setattr(room.filings, name, breaking)


# --- what can be planned ----------------------------------------------------------------------------------------------


async def test_free_moments_begin_after_now_and_end_after_six_weeks(room):
    slots = await room.agenda.free_slots("RIJBEWIJS", OFFICE)

    now = room.clock.now()
    assert slots == sorted(slots, key=lambda slot: slot.starts_at)
    assert slots[0].starts_at > now
    assert slots[-1].starts_at.date() <= (now + LOOK_AHEAD).date()


async def test_a_day_before_today_is_not_asked_of_the_calendar(room):
    past = room.clock.now().date() - timedelta(days=10)

    assert await room.agenda.free_slots("RIJBEWIJS", OFFICE, past) == await room.agenda.free_slots("RIJBEWIJS", OFFICE)


@pytest.mark.parametrize(("product", "office"), [("MAANREIS", OFFICE), ("RIJBEWIJS", "Recyclagepark")])
async def test_what_the_calendar_does_not_know_is_a_refusal_and_no_empty_list(room, product, office):
    with pytest.raises(Rejected):
        await room.agenda.free_slots(product, office)


def test_a_few_of_many_moments_are_spread_with_the_first_and_the_last_among_them():
    slots = [Slot(THURSDAY + timedelta(hours=hour)) for hour in range(20)]

    few = spread(slots, 5)

    assert (len(few), few[0], few[-1]) == (5, slots[0], slots[-1])
    assert spread(slots[:3], 5) == slots[:3]


# --- what was planned -------------------------------------------------------------------------------------------------


async def test_coming_appointments_of_a_conversation_are_listed_soonest_first(room):
    citizen, other = room.citizen(), room.citizen()
    await make_appointment(room, citizen, FRIDAY)
    await make_appointment(room, citizen, THURSDAY)
    await make_appointment(room, other, THURSDAY.replace(hour=15))

    planned = planned_in(room, citizen)

    assert [one.starts_at for one in planned] == [THURSDAY, FRIDAY]
    assert (planned[0].product, planned[0].office, planned[0].email) == ("RIJBEWIJS", OFFICE, EMAIL)


async def test_an_appointment_that_has_begun_is_not_coming_any_more(room):
    citizen = room.citizen()
    await make_appointment(room, citizen)

    room.set_clock(THURSDAY)

    assert planned_in(room, citizen) == []


@pytest.mark.parametrize(
    "typed", [str.lower, lambda reference: reference.replace("-", " "), lambda r: r.replace("-", "")]
)
async def test_an_appointment_is_found_however_its_reference_is_typed(room, typed):
    reference = await make_appointment(room, room.citizen())

    planned = await room.agenda.planned(typed(reference))

    assert planned is not None
    assert planned.reference == reference


async def test_a_booking_that_is_not_made_yet_is_no_appointment(room):
    citizen = room.citizen()
    room.appointments.faults.before["book"] = Unavailable("jcc", "book")
    with pytest.raises(Unavailable):
        await make_appointment(room, citizen)

    assert planned_in(room, citizen) == []


# --- moving -----------------------------------------------------------------------------------------------------------


async def test_a_move_that_is_asked_again_while_it_may_be_booked_is_not_told_to_have_failed(room, citizen):
    room.appointments.faults.after["book"] = Killed()
    with pytest.raises(Killed):
        await citizen.says("ja", "bevestigen")

    await citizen.run("action_afspraak_verplaatsen")

    assert citizen.heard == ["utter_afspraak_verplaatsen_niet_zeker", "utter_algemeen_nog_iets"]
    assert room.appointments.moments == [THURSDAY, FRIDAY]


async def test_a_move_that_is_left_to_a_colleague_promises_no_news(room, citizen):
    room.appointments.faults.after["book"] = Killed()
    with pytest.raises(Killed):
        await citizen.says("ja", "bevestigen")
    await later(room)

    assert await citizen.gets_news() == ["utter_afspraak_verplaatsen_bij_collega"]


@pytest.mark.req("BP3-01")
async def test_a_move_books_the_new_and_then_cancels_the_old(room, citizen):
    assert (await citizen.says("ja", "bevestigen"))[0] == "utter_afspraak_verplaatst"

    assert room.appointments.moments == [FRIDAY]
    [planned] = planned_in(room, citizen)
    assert (planned.starts_at, planned.reference) == (FRIDAY, citizen.reference)
    assert citizen.reference in citizen.text
    assert "vrijdag 27 november om 14.00 uur" in citizen.text


@pytest.mark.req("BP3-01")
async def test_the_booking_of_a_move_is_for_the_same_person(room, citizen):
    await citizen.says("ja", "bevestigen")

    [booked] = room.appointments.bookings.values()
    assert (booked.activity, booked.office, booked.customer.name, booked.customer.email) == (
        *("RIJBEWIJS", OFFICE, "Lien Declercq"),
        EMAIL,
    )


@pytest.mark.req("BP3-01")
@pytest.mark.parametrize("step", [*WRITES, "cancel"])
async def test_a_process_that_is_killed_after_a_step_leaves_one_booking_in_the_end(room, citizen, monkeypatch, step):
    break_at(room, monkeypatch, step, Killed())
    with pytest.raises(Killed):
        await citizen.says("ja", "bevestigen")

    await later(room)

    assert room.appointments.moments == [FRIDAY]
    [planned] = planned_in(room, citizen)
    assert planned.starts_at == FRIDAY
    assert the_move(room, citizen).state is FilingState.DONE
    if step != "done":
        assert await citizen.gets_news() == ["utter_afspraak_verplaatst"]
        assert len(room.events(citizen.conversation)) == 1


@pytest.mark.req("BP3-01")
@pytest.mark.parametrize("step", ["steps kept", "appointment changed"])
async def test_a_mistake_after_a_step_leaves_one_booking_in_the_end(room, citizen, monkeypatch, step):
    break_at(room, monkeypatch, step, OSError("no disk"))

    await citizen.says("ja", "bevestigen")
    await later(room)

    assert room.appointments.moments == [FRIDAY]
    assert the_move(room, citizen).state is FilingState.DONE


@pytest.mark.req("BP3-01")
@pytest.mark.parametrize("error", [Killed(), Uncertain("jcc", "book"), OSError("no disk")])
async def test_a_move_whose_booking_nobody_is_sure_of_is_never_booked_twice_and_the_old_one_stands(
    room, citizen, error
):
    room.appointments.faults.after["book"] = error
    if isinstance(error, Killed):
        with pytest.raises(Killed):
            await citizen.says("ja", "bevestigen")
    else:
        assert (await citizen.says("ja", "bevestigen"))[0] == "utter_afspraak_verplaatsen_niet_zeker"
        assert "Je oude afspraak donderdag 26 november om 10.00 uur blijft" in citizen.text

    await later(room)

    assert room.appointments.moments == [THURSDAY, FRIDAY]  # a colleague cancels one of them
    [planned] = planned_in(room, citizen)
    assert planned.starts_at == THURSDAY
    assert the_move(room, citizen).state is FilingState.FAILED
    await citizen.gets_news()
    assert "donderdag 26 november om 10.00 uur" in citizen.text


@pytest.mark.req("BP3-01")
@pytest.mark.parametrize("operation", ["activities", "offices", "book"])
async def test_an_outage_before_the_new_booking_ends_the_move_and_the_old_one_stands(room, citizen, operation):
    room.appointments.faults.before[operation] = Unavailable("jcc", operation)

    heard = await citizen.says("ja", "bevestigen")
    room.appointments.faults.over()
    await later(room)

    assert heard == ["utter_afspraak_verplaatsen_mislukt", "utter_algemeen_nog_iets"]
    assert room.appointments.moments == [THURSDAY]
    assert room.events(citizen.conversation) == []  # nothing moves behind his back


@pytest.mark.req("BP3-01")
async def test_a_new_moment_that_was_taken_ends_the_move_and_the_old_one_stands(room, citizen):
    room.appointments.take(OFFICE, FRIDAY)

    assert (await citizen.says("ja", "bevestigen"))[0] == "utter_afspraak_verplaatsen_mislukt"

    [planned] = planned_in(room, citizen)
    assert planned.starts_at == THURSDAY


@pytest.mark.req("BP3-01")
@pytest.mark.parametrize("lost", [True, False])
async def test_an_outage_before_the_old_one_is_cancelled_is_told_and_mended(room, citizen, lost):
    if lost:
        room.appointments.faults.after["cancel"] = Uncertain("jcc", "cancel")
    else:
        room.appointments.faults.before["cancel"] = Unavailable("jcc", "cancel")

    assert (await citizen.says("ja", "bevestigen"))[0] == "utter_afspraak_verplaatst_oude_volgt"
    assert "vrijdag 27 november om 14.00 uur" in citizen.text
    [planned] = planned_in(room, citizen)
    assert planned.starts_at == FRIDAY
    room.appointments.faults.over()
    await later(room)

    assert room.appointments.moments == [FRIDAY]
    assert await citizen.gets_news() == ["utter_afspraak_verplaatst"]


@pytest.mark.req("BP3-01")
async def test_a_second_move_while_the_first_is_not_finished_wins(room, citizen):
    room.appointments.faults.before["cancel"] = Unavailable("jcc", "cancel")
    await citizen.says("ja", "bevestigen")
    room.appointments.faults.over()
    last = THURSDAY.replace(hour=15)
    await citizen.taps("/afspraak_verplaatsen")
    await picks(last.isoformat())(citizen)
    await citizen.says("ja", "bevestigen")

    await later(room)

    assert room.appointments.moments == [last]
    [planned] = planned_in(room, citizen)
    assert planned.starts_at == last


@pytest.mark.req("BP3-01")
async def test_a_cancellation_while_a_move_is_not_finished_leaves_nothing(room, citizen):
    room.appointments.faults.before["cancel"] = Unavailable("jcc", "cancel")
    await citizen.says("ja", "bevestigen")
    room.appointments.faults.over()
    await citizen.taps("/afspraak_annuleren")
    assert (await citizen.says("ja", "bevestigen"))[0] == "utter_afspraak_geannuleerd"

    await later(room)

    assert room.appointments.bookings == {}
    assert planned_in(room, citizen) == []


async def test_the_same_turn_again_moves_once(room, citizen):
    before = dict(citizen.slots)
    await citizen.says("ja", "bevestigen")

    citizen.slots, citizen.form = before, "afspraak_verplaatsen_form"
    await citizen.says("ja", "bevestigen")

    assert room.appointments.ever == 2
    assert room.appointments.moments == [FRIDAY]


# --- cancelling -------------------------------------------------------------------------------------------------------


async def test_a_cancellation_takes_the_appointment_away(room):
    citizen = room.citizen()
    await make_appointment(room, citizen)
    await citizen.taps("/afspraak_annuleren")

    assert (await citizen.says("ja", "bevestigen"))[0] == "utter_afspraak_geannuleerd"

    assert room.appointments.bookings == {}
    assert planned_in(room, citizen) == []


@pytest.mark.parametrize("step", ["cancel", "appointment changed"])
async def test_a_cancellation_that_was_killed_is_finished_later_and_told(room, monkeypatch, step):
    citizen = room.citizen()
    await make_appointment(room, citizen)
    await citizen.taps("/afspraak_annuleren")
    break_at(room, monkeypatch, {"appointment changed": "steps kept"}.get(step, step), Killed())
    with pytest.raises(Killed):
        await citizen.says("ja", "bevestigen")

    await later(room)

    assert room.appointments.bookings == {}
    assert planned_in(room, citizen) == []
    assert room.filings.of(citizen.conversation, CANCEL)[0].state is FilingState.DONE
    assert await citizen.gets_news() == ["utter_afspraak_alsnog_geannuleerd"]


async def test_a_booking_that_was_killed_before_it_was_kept_is_left_to_a_person(room):
    room.appointments.counters = 2
    citizen = room.citizen()
    room.appointments.faults.after["book"] = Killed()
    with pytest.raises(Killed):
        await make_appointment(room, citizen)

    await later(room)

    assert room.appointments.moments == [THURSDAY]
    assert room.filings.of(citizen.conversation, BOOK)[0].state is FilingState.FAILED
    assert await citizen.gets_news() == ["utter_afspraak_bij_collega"]
