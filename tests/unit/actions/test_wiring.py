"""Every product that a setting names has its adapter, and the other way round."""

import pytest

import settings
from actions.clients.jcc_soap import JccSoapAppointments
from actions.wiring import APPOINTMENTS


@pytest.mark.req("MZG-04")
def test_every_choice_of_appointments_has_an_adapter():
    assert tuple(APPOINTMENTS) == settings.APPOINTMENTS


@pytest.mark.req("MZG-04")
def test_another_product_needs_nothing_but_its_name_in_the_environment():
    chosen = settings.load({"APPOINTMENTS": "jcc-soap"})

    assert isinstance(APPOINTMENTS[chosen.appointments](chosen), JccSoapAppointments)
