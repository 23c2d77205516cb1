from datetime import UTC, datetime, timedelta

import pytest

from sandbox.jcc.agenda import Agenda
from sandbox.jcc.bookings import Appointment, BookingRequest, Bookings
from sandbox.jcc.catalogue import Catalogue
from sandbox.jcc.customers import read_customer
from sandbox.letters import Letters, dutch_day, dutch_time
from sandbox.letters.calendar import invitation
from sandbox.mail import Mail
from sandbox.topdesk.fields import read_create
from sandbox.topdesk.incidents import Incidents
from sandbox.topdesk.lookups import Lookups
from tests.unit.sandbox.setting import MONDAY, Now, city, product

STATES = ("Geregistreerd", "In behandeling", "Ingepland", "Wacht op derden", "Afgehandeld")


@pytest.fixture
def letters():
    return Letters(city(), "http://127.0.0.1:8090", Now())


@pytest.fixture
def appointment():
    where = city(product("RIJBEWIJS"), product("HUWELIJK, aangifte; en een heel lange naam voor in de agenda", 45))
    bookings = Bookings(Catalogue(where), Agenda(where, Now(), busy=False), Now())
    start = MONDAY + timedelta(hours=1)
    customer = {"id": None, "isMainCustomer": True, "gender": 0, "lastName": "<Boei>", "emailAddress": "l@x.example"}
    booked = bookings.book(
        BookingRequest(
            chosen=tuple((activity, 1) for activity in bookings.catalogue.activities),
            customer=read_customer(customer),
            start=start,
            end=start + timedelta(minutes=55),
            place=bookings.catalogue.places[0],
            message="",
        )
    )
    assert isinstance(booked, Appointment)
    return booked


def received(letter) -> Mail:
    return Mail.parse(letter.as_bytes(), "", (), MONDAY)


def test_days_and_times_are_written_as_people_here_say_them():
    moment = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
    assert (dutch_day(moment), dutch_time(moment)) == ("dinsdag 24 november", "9.05 uur")


def test_a_confirmation_says_when_where_and_what_to_bring(letters, appointment):
    mail = received(letters.appointment("bevestigd", appointment))

    assert mail.subject == "Je afspraak op maandag 23 november om 9.00 uur"
    assert "Breng dit mee:\n- je identiteitskaart\n- een pasfoto\n" in mail.text
    assert f"/afspraak/{appointment.id}/annuleren?code={appointment.qr_code}" in mail.text
    assert "Dag &lt;Boei&gt;," in mail.html
    assert [(part.name, part.media_type) for part in mail.attachments] == [("afspraak.ics", "text/calendar")]


def test_a_calendar_file_has_short_lines_and_escaped_texts(appointment):
    lines = invitation(appointment, city(), MONDAY).split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded = "\n".join(lines).replace("\n ", "")
    assert "DTSTART:20261123T080000Z\nDTEND:20261123T085500Z" in unfolded
    assert "\\, Aangifte\\; En" in unfolded
    assert "LOCATION:Stadhuis\\, Grote Markt 1\\, 8799 Leiestad" in unfolded


@pytest.mark.parametrize("state", STATES)
def test_there_are_words_for_every_state(letters, state):
    register = Incidents(Lookups(city()), Now())
    body = {
        "caller": {"dynamicName": "Lien", "email": "l@x.example"},
        "briefDescription": "Losse tegel",
        "processingStatus": {"name": state},
    }
    incident = register.create(read_create(body, register.lookups), register.lookups.api_operator)

    mail = received(letters.incident("gewijzigd", incident, note="Eerste regel\nTweede"))
    assert mail.subject.startswith("Je melding I 2611 041 ")
    assert "Bericht van de stad:\nEerste regel\nTweede" in mail.text
    assert incident.number in received(letters.incident("bericht", incident, note="Dag")).subject


def test_a_closed_report_is_called_closed(letters):
    register = Incidents(Lookups(city()), Now())
    body = {"caller": {"dynamicName": "L", "email": "l@x.example"}, "briefDescription": "x", "closed": True}
    incident = register.create(read_create(body, register.lookups), register.lookups.api_operator)
    assert letters.incident("gewijzigd", incident)["Subject"] == "Je melding I 2611 041 is afgesloten"
