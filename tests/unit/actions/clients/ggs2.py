"""JCC's older interface on a stage: what each operation answers is up to the test."""

from datetime import datetime
from typing import Any

from actions.clients.jcc_soap import JccSoapAppointments
from actions.clients.ports import Activity, Customer, Office, Slot
from clock import BRUSSELS
from settings import Settings
from tests.contract.wsdl import FOLDER, GGS2
from tests.unit.actions.clients.conftest import Answer, Call, Stage

PASSPORT, HALL = Activity("1", "PASAAN", "Paspoort aanvraag"), Office("1", "Maykin Media")
NINE = Slot(datetime(2026, 11, 24, 9, tzinfo=BRUSSELS))
LIEN = Customer("Lien Van den Broeck", "lien@example.be", "+32470123456")
CLIENT_FAULT = "<s:Fault><faultcode>s:Client</faultcode><faultstring>Input was not correct.</faultstring></s:Fault>"
SERVER_FAULT = "<s:Fault><faultcode>s:Server</faultcode><faultstring>Something fell over.</faultstring></s:Fault>"


def client(stage: Stage, **others: Any) -> JccSoapAppointments:
    url = f"{stage.url}/JCC/GenericGuidanceSystem2.asmx"
    return JccSoapAppointments(Settings(jcc_soap_url=url, backend_timeout=2.0, **others))


def tells(stage: Stage, **answers: str | Answer) -> None:
    """What each operation answers: the inside of its response, or a whole answer. No field is required."""
    given = {"GetRequiredClientFields": "", **answers}

    def play(call: Call) -> Answer:
        answer = given[operation(call)]
        return answer if isinstance(answer, Answer) else said(operation(call), answer)

    stage.play = play


def recorded(stage: Stage, **files: str) -> None:
    stage.play = lambda call: Answer(body=(FOLDER / files[operation(call)]).read_bytes())


def operation(call: Call) -> str:
    return call.headers["SOAPAction"].strip('"').removeprefix(GGS2)


def said(operation: str, inside: str) -> Answer:
    return Answer(body=enveloped(f'<g:{operation}Response xmlns:g="{GGS2}">{inside}</g:{operation}Response>'))


def enveloped(inside: str) -> bytes:
    return (
        f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{inside}</s:Body></s:Envelope>'
    ).encode()
