"""The mails that TOPdesk sends: one for each thing that the caller must know, over SMTP."""

import smtplib
from email.message import EmailMessage
from urllib.parse import quote

import pytest
import requests

from tests.contract.running_sandbox import running_sandbox

REPORT = {
    "caller": {"dynamicName": "Declercq, Lien", "email": "lien@voorbeeld.example"},
    "briefDescription": "Losse tegel <in> de Doorniksestraat",
    "subcategory": {"name": "Voetpad"},
}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    running.reset()
    return running


@pytest.fixture
def number(sandbox):
    return sandbox.topdesk("POST", "/incidents", json=REPORT).json()["number"]


def set_status(sandbox, number, **body):
    return sandbox.tell(f"state/topdesk/incidents/{quote(number)}/status", **body)


@pytest.mark.req("BP5-03", "BP5-05", "BP5-06")
def test_a_report_is_confirmed_by_one_mail_with_its_number(sandbox, number):
    (mail,) = sandbox.state("mail")

    assert mail["subject"] == f"We hebben je melding {number} goed ontvangen"
    assert mail["to"] == ["lien@voorbeeld.example"]
    assert number in mail["text"]
    assert "Losse tegel <in> de Doorniksestraat" in mail["text"]
    assert "Losse tegel &lt;in&gt; de Doorniksestraat" in mail["html"]
    assert '<html lang="nl">' in mail["html"]
    headers = {header["name"]: header["value"] for header in mail["headers"]}
    assert headers["Content-Type"].startswith("multipart/alternative")
    assert headers["Content-Language"] == "nl"
    assert headers["From"] == "Meldpunt Leiestad <meldpunt@leiestad.example>"


def test_a_report_without_a_mail_address_gives_no_mail(sandbox):
    caller = {"dynamicName": "Declercq, Lien"}
    assert sandbox.topdesk("POST", "/incidents", json={**REPORT, "caller": caller}).status_code == 201
    assert sandbox.state("mail") == []


@pytest.mark.req("BP5-04", "BP5-09")
def test_each_change_of_status_gives_exactly_one_mail(sandbox, number):
    set_status(sandbox, number, status="In behandeling", closed=False, note="We komen dinsdag.", visible=True)
    set_status(sandbox, number, status="In behandeling")  # nothing new
    set_status(sandbox, number, status="Afgehandeld")
    state = set_status(sandbox, number, closed=True)

    assert sandbox.subjects()[1:] == [
        f"Je melding {number} is in behandeling",
        f"Je melding {number} is afgehandeld",
        f"Je melding {number} is afgesloten",
    ]
    assert "We komen dinsdag." in sandbox.state("mail")[1]["text"]
    assert (state["closed"], state["completed"], state["state"]) == (True, True, "Afgesloten")


def test_a_status_set_over_the_api_is_mailed_too(sandbox, number):
    path = f"/incidents/number/{quote(number)}"
    sandbox.topdesk("PATCH", path, json={"processingStatus": {"name": "Wacht op derden"}})

    assert sandbox.subjects()[1:] == [f"Je melding {number} wacht op iemand anders"]
    assert sandbox.topdesk("GET", path).json()["onHold"] is True


def test_what_the_caller_may_not_see_is_not_mailed(sandbox, number):
    state = set_status(sandbox, number, status="Ingepland", note="Dure aannemer", visible=False)

    assert len(sandbox.subjects()) == 1
    assert state["trail"][0]["invisible"] is True


def test_a_word_of_the_city_alone_is_mailed_but_not_what_the_caller_added_himself(sandbox, number):
    sandbox.topdesk("PATCH", f"/incidents/number/{quote(number)}", json={"request": "Het is erger nu."})
    assert len(sandbox.subjects()) == 1
    set_status(sandbox, number, note="Kun je een foto sturen?")
    assert sandbox.subjects()[1:] == [f"Een bericht over je melding {number}"]


def test_reopening_is_a_change_like_any_other(sandbox, number):
    set_status(sandbox, number, status="Afgehandeld", closed=True)
    state = set_status(sandbox, number, status="In behandeling")

    assert (state["closed"], state["completed"]) == (False, False)
    assert sandbox.subjects()[-1] == f"Je melding {number} is in behandeling"


def test_anybody_can_hand_in_a_mail(sandbox):
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Café à la carte", "a@x.example", "b@x.example"
    message.set_content("Dag é")
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as server:
        server.send_message(message)

    (mail,) = sandbox.state("mail", to="B@x.example")
    assert (mail["subject"], mail["text"], mail["html"]) == ("Café à la carte", "Dag é\n", "")
    assert sandbox.state("mail", to="c@x.example") == []


def test_a_mail_can_be_looked_at_but_can_do_nothing(sandbox, number):
    (mail,) = sandbox.state("mail")
    shown = requests.get(f"{sandbox.url}/state/mail/{mail['id']}/html", timeout=10)

    assert shown.text == mail["html"]
    assert "sandbox" in shown.headers["content-security-policy"]
    raw = requests.get(f"{sandbox.url}/state/mail/{mail['id']}/raw", timeout=10)
    assert raw.headers["content-type"] == "message/rfc822"


def test_the_mail_goes_to_another_server_when_one_is_named(sandbox, tmp_path):
    elsewhere = {"SANDBOX_MAIL_HOST": "127.0.0.1", "SANDBOX_MAIL_PORT": str(sandbox.smtp_port)}
    with running_sandbox(tmp_path, **elsewhere) as other:
        other.topdesk("POST", "/incidents", json=REPORT)
        assert other.state("mail") == []

    assert len(sandbox.state("mail")) == 1


def test_a_report_is_kept_when_its_mail_cannot_be_sent(tmp_path):
    with running_sandbox(tmp_path, SANDBOX_MAIL_PORT="1") as sandbox:
        assert sandbox.topdesk("POST", "/incidents", json=REPORT).status_code == 201
        assert len(sandbox.state("topdesk/incidents")) == 1


def test_an_unknown_status_is_refused(sandbox, number):
    url = f"{sandbox.url}/state/topdesk/incidents/{quote(number)}/status"
    assert requests.post(url, json={"status": "Zoek"}, timeout=10).status_code == 400
    assert requests.post(f"{sandbox.url}/state/topdesk/incidents/I/status", json={}, timeout=10).status_code == 404
