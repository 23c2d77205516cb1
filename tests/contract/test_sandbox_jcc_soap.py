"""The sandbox's GGS2 as JCC's own WSDL describes it, and strict where a client must be right."""

import pytest

from sandbox.jcc.soap.answers import OPERATIONS
from sandbox.jcc.soap.shapes import Shape
from tests.contract.ggs2 import NOW, Ggs2, envelope, fault, questions
from tests.contract.running_sandbox import needs_contracts, running_sandbox
from tests.contract.wsdl import FOLDER, GGS2, Wsdl, body

RECORDED = {
    "getGovAvailableProducts": ["getGovAvailableProductsResponse"],
    "getGovProductDetails": ["getGovProductDetailsResponse", "getGovProductDetailsNoDescriptionResponse"],
    "getGovLocationsForProduct": ["getGovLocationsForProductResponse"],
    "getGovLocationDetails": ["getGovLocationDetailsResponse"],
    "getGovLatestPlanDate": ["getGovLatestPlanDateResponse"],
    "getGovAvailableDays": ["getGovAvailableDaysResponse"],
    "getGovAvailableTimesPerDay": ["getGovAvailableTimesPerDayResponse"],
    "bookGovAppointment": ["bookGovAppointmentResponse", "failedBookGovAppointmentResponse"],
    "getGovAppointmentDetails": ["getGovAppointmentDetailsResponse", "getGovAppointmentDetailsEmptyResponse"],
    "deleteGovAppointment": ["deleteGovAppointmentResponse"],
}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox"), SANDBOX_CALENDAR="leeg") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    running.set_clock(NOW)
    running.reset()
    return running


@pytest.fixture
def ggs2(sandbox):
    return Ggs2(sandbox)


# --- the published contract -----------------------------------------------------


@needs_contracts
def test_every_question_and_every_answer_is_as_the_wsdl_has_it(ggs2):
    wsdl = Wsdl()

    for operation, children in questions(ggs2).items():
        wsdl.check(body(envelope(operation, children)))
        answer = ggs2.ask(operation, children)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8"), answer.text
        assert body(answer.content).tag == f"{{{GGS2}}}{wsdl.responses[operation]}"
        wsdl.check(body(answer.content))


@needs_contracts
@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_read_strictly_is_what_the_wsdl_says(name):
    wsdl, operation = Wsdl(), OPERATIONS[name]

    assert wsdl.actions[name] == f"{GGS2}{name}"
    assert (operation.request, operation.response) == (wsdl.requests[name], wsdl.responses[name])
    same_parts(wsdl, wsdl.requests[name], operation.shape)


def same_parts(wsdl: Wsdl, name: str, shape: Shape) -> None:
    parts = wsdl.parts(name)
    assert [(p.name, p.least, p.most) for p in parts] == [
        (child.name, int(child.required), None if child.repeats else 1) for child in shape
    ]
    for part, child in zip(parts, shape, strict=True):
        if child.inside:
            same_parts(wsdl, part.type, child.inside)


@needs_contracts
@pytest.mark.parametrize("operation", RECORDED)
def test_the_recorded_answers_and_ours_are_built_alike(ggs2, operation):
    ours = body(ggs2.ask(operation, questions(ggs2)[operation]).content)

    for name in RECORDED[operation]:
        theirs = body((FOLDER / f"{name}.xml").read_bytes())
        assert ours.tag == theirs.tag
        assert {child.tag for child in ours} == {child.tag for child in theirs}


@needs_contracts
def test_an_appointment_tells_what_a_recorded_one_tells(ggs2):
    recorded = body((FOLDER / "getGovAppointmentDetailsResponse.xml").read_bytes())[0]
    _, number = ggs2.book()

    ours = body(ggs2.ask("getGovAppointmentDetails", f"<appID>{number}</appID>").content)[0]

    not_given = {"clientSex", "clientAddress", "clientPostalCode", "clientCity", "clientCountry", "appointmentDesc"}
    assert {child.tag for child in recorded} - {child.tag for child in ours} == not_given
    assert {child.tag for child in ours} - {child.tag for child in recorded} == {"isRecurring"}


# --- strict ---------------------------------------------------------------------


WHERE = "<locationID>1</locationID><productID>9</productID>"
DAYS = f"{WHERE}<startDate>2026-11-24</startDate><endDate>2026-11-30</endDate>"
NEVER = f"{WHERE}<startDate>2026-11-24</startDate><endDate>2026-11-31</endDate><appDuration>0</appDuration>"
BACKWARDS = f"{WHERE}<startDate>2026-11-24</startDate><endDate>2026-11-01</endDate><appDuration>0</appDuration>"


@pytest.mark.parametrize(
    ("operation", "children", "complaint"),
    [
        ("getGovAvailableDays", DAYS, "lacks appDuration"),
        ("getGovAvailableDays", f"<appDuration>0</appDuration>{DAYS}", "locationID does not belong there"),
        ("getGovAvailableDays", f"{DAYS}<appDuration>tien</appDuration>", "appDuration is not what it should be"),
        ("getGovAvailableDays", NEVER, "endDate is not"),
        ("getGovAvailableDays", BACKWARDS, "endDate comes before"),
        ("getGovAvailableProducts", "<taal>nl</taal>", "taal does not belong there"),
        ("getGovAvailableProducts", '<x:language xmlns:x="urn:x">nl</x:language>', "language does not belong there"),
        ("getGovProductDetails", "<productID>99</productID>", "unknown product"),
        ("getGovLocationDetails", "<locationID>99</locationID>", "unknown location"),
        ("getGovAppointmentsBSN", "<BSN>85073000333</BSN>", "may not ask for the appointments of a person"),
        ("getGovAppointmentsByClientID", "<clientID>1</clientID>", "may not ask for the appointments of a person"),
    ],
)
def test_what_is_not_in_the_contract_is_the_clients_fault(ggs2, operation, children, complaint):
    code, text = fault(ggs2.ask(operation, children))

    assert code == "soap:Client"
    assert complaint in text


def test_children_may_be_in_the_namespace_or_in_none(ggs2):
    plain = ggs2.ask("getGovProductDetails", f"<productID>{ggs2.product}</productID>")
    qualified = ggs2.ask("getGovProductDetails", f"<gen:productID>{ggs2.product}</gen:productID>")

    assert plain.content == qualified.content


@pytest.mark.parametrize(
    "message",
    [
        "no XML",
        "<Envelope/>",
        envelope("getGovAvailableProducts", element="getGovLocationsRequest"),
        envelope("getGovAvailableProducts").replace(f'xmlns:gen="{GGS2}"', 'xmlns:gen="urn:x"'),
        '<!DOCTYPE s [<!ENTITY a "b">]>' + envelope("getGovAvailableProducts", "<language>&a;</language>"),
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
    ],
)
def test_what_is_no_envelope_with_one_request_is_refused(ggs2, message):
    code, _ = fault(ggs2.post("getGovAvailableProducts", message))

    assert code in ("soap:Client", "soap:VersionMismatch")


def test_soap_1_2_is_another_version(ggs2):
    message = envelope("getGovAvailableProducts", soap="http://www.w3.org/2003/05/soap-envelope")

    assert fault(ggs2.post("getGovAvailableProducts", message))[0] == "soap:VersionMismatch"


@pytest.mark.parametrize("action", ["", f"{GGS2}getGovAvailableDays", '"getGovAvailableDays"', f'"{GGS2}getAll"'])
def test_the_operation_stands_in_the_header_in_quotes(ggs2, action):
    answer = ggs2.post("", envelope("getGovAvailableProducts"), soapaction=action)

    assert "does not know the SOAPAction" in fault(answer)[1]


@pytest.mark.parametrize("auth", [None, ("balie", "wrong"), ("balie", "sandbox-jcc")])
def test_who_does_not_give_the_password_stays_outside(ggs2, auth):
    answer = ggs2.post("getGovAvailableProducts", envelope("getGovAvailableProducts"), auth=auth)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_a_message_of_another_media_type_is_not_read(ggs2):
    message = envelope("getGovAvailableProducts")

    assert ggs2.post("getGovAvailableProducts", message, **{"content-type": "application/json"}).status_code == 415
