"""The sandbox's page in a real browser: live, by keyboard, readable for everybody."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.contract.running_sandbox import running_sandbox

CALLER = {"dynamicName": "Declercq, Lien", "email": "lien@voorbeeld.example"}
REPORT = {"caller": CALLER, "briefDescription": "Losse tegel", "subcategory": {"name": "Voetpad"}}
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    running.set_clock("2026-11-23T09:30:00")
    running.reset()
    return running


def report(sandbox):
    incident = sandbox.topdesk("POST", "/incidents", json=REPORT).json()
    photo = {"file": ("foto.png", PIXEL, "image/png")}
    sandbox.topdesk("POST", f"/incidents/id/{incident['id']}/attachments", files=photo)
    return incident["number"]


def book(sandbox):
    token = sandbox.token()
    activity = sandbox.jcc("GET", "/activity/listforappointment", token=token).json()[0]
    place = sandbox.jcc("GET", "/location", token=token).json()[0]
    query = {"locationId": place["id"], "fromDate": "2026-11-24", "toDate": "2026-11-25", "activityId": activity["id"]}
    free = sandbox.jcc("GET", "/appointment/availabletimelist", token=token, params={**query, "amount": 1}).json()
    start = free["availableTimesList"][0]
    customer = {"id": None, "isMainCustomer": True, "gender": 0, "lastName": "Claeys", "emailAddress": "m@x.example"}
    body = {
        "id": None,
        "activityList": [{"activityId": activity["id"], "amount": 1}],
        "customerList": [customer],
        "fromDateTime": f"{start}+01:00",
        "toDateTime": f"{start[:14]}{int(start[14:16]) + 10:02d}:00+01:00",
        "locationId": place["id"],
    }
    assert sandbox.jcc("POST", "/appointment", token=token, json=body).json()["acknowledgeIsSuccess"]


def violations(page):
    page.wait_for_load_state()  # what is seen sooner may still be without its stylesheet
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html']}" for v in found]


def open_page(page, sandbox, path="/"):
    page.goto(f"{sandbox.url}{path}")
    expect(page.get_by_text("Verbonden: wat verandert")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_is_readable_for_everybody(page, sandbox, width, scheme):
    number = report(sandbox)
    sandbox.tell(
        f"state/topdesk/incidents/{number.replace(' ', '%20')}/status", status="In behandeling", note="Dinsdag."
    )
    book(sandbox)
    sandbox.tell("faults/jcc", kind="slow", seconds=3)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    open_page(page, sandbox)
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_empty_page_says_so(page, sandbox):
    open_page(page, sandbox)
    expect(page.get_by_text("Nog geen meldingen.")).to_be_visible()
    expect(page.get_by_text("Nog geen afspraken.")).to_be_visible()
    expect(page.get_by_text("Nog geen mails.")).to_be_visible()
    assert violations(page) == []


def test_what_happens_shows_without_reloading(page, sandbox):
    open_page(page, sandbox)
    number = report(sandbox)

    expect(page.locator("#meldingen .number")).to_have_text(number)
    expect(page.get_by_role("img", name="Bijlage: foto.png")).to_be_visible()
    expect(page.locator("#postbus").get_by_text(f"We hebben je melding {number} goed ontvangen").first).to_be_visible()
    book(sandbox)
    expect(page.locator("#agenda .cards").get_by_text("Geboekt")).to_be_visible()
    expect(page.locator("#postbus .count")).to_have_text("2")


@pytest.mark.req("BP5-04")
def test_a_status_is_changed_by_keyboard_and_mailed_once(page, sandbox):
    number = report(sandbox)
    open_page(page, sandbox)

    page.get_by_label("Bericht van de dienst").focus()
    page.keyboard.type("We komen dinsdag.")
    page.keyboard.press("Tab")  # the checkbox
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#meldingen .badge")).to_have_text("In behandeling")
    expect(page.locator("#postbus .count")).to_have_text("2")
    assert sandbox.subjects()[-1] == f"Je melding {number} is in behandeling"
    expect(page.get_by_label("Bericht van de dienst")).to_have_value("")

    page.get_by_label("De melder krijgt hier een mail van").uncheck()
    page.get_by_role("button", name="Afgehandeld").click()
    expect(page.locator("#meldingen .badge")).to_have_text("Afgehandeld")
    assert len(sandbox.subjects()) == 2


def test_what_is_being_typed_survives_what_happens_elsewhere(page, sandbox):
    report(sandbox)
    open_page(page, sandbox)
    page.get_by_label("Bericht van de dienst").fill("Ik ben nog bezig")
    page.locator("#meldingen summary").click()
    report(sandbox)

    expect(page.locator("#meldingen .card")).to_have_count(2)
    expect(page.get_by_label("Bericht van de dienst").nth(1)).to_have_value("Ik ben nog bezig")
    expect(page.locator("#meldingen details[open]")).to_have_count(1)


def test_a_fault_is_switched_and_seen(page, sandbox):
    open_page(page, sandbox)
    jcc = page.locator("#storingen form").nth(1)
    jcc.get_by_label("Hoeveel keer").fill("1")
    jcc.get_by_role("button", name="Fout 500").click()

    expect(jcc.get_by_role("button", name="Fout 500")).to_have_attribute("aria-pressed", "true")
    expect(jcc.get_by_text("nog 1 keer")).to_be_visible()
    assert sandbox.jcc("GET", "/version").status_code == 500
    expect(jcc.get_by_text("Er is niets aan de hand.")).to_be_visible()


def test_a_day_of_another_location_can_be_looked_at(page, sandbox):
    open_page(page, sandbox)
    page.get_by_label("Locatie").select_option(label="Administratief centrum Beverkerke")
    page.get_by_label("Dag").fill("2026-11-25")
    page.get_by_role("button", name="Toon").click()

    expect(
        page.get_by_role("heading", name="Administratief centrum Beverkerke, woensdag 25 november 2026")
    ).to_be_visible()
    page.get_by_role("button", name="Maak deze dag volzet").click()
    expect(page.get_by_text("Deze dag is volzet")).to_be_visible()


def test_a_mail_is_shown_in_a_frame_that_can_do_nothing(page, sandbox):
    report(sandbox)
    open_page(page, sandbox)

    frame = page.frame_locator("#postbus iframe")
    expect(frame.get_by_role("heading", name="We hebben je melding goed ontvangen")).to_be_visible()
    expect(page.locator("#postbus iframe")).to_have_attribute("sandbox", "")


@pytest.mark.req("BP5-06")
@pytest.mark.parametrize("width", [320, 700])
def test_every_mail_is_readable_for_everybody(page, sandbox, width):
    number = report(sandbox)
    path = f"state/topdesk/incidents/{number.replace(' ', '%20')}/status"
    sandbox.tell(path, status="In behandeling", note="We komen dinsdag.")
    sandbox.tell(path, note="Kun je een foto sturen?")
    book(sandbox)
    page.set_viewport_size({"width": width, "height": 800})
    mails = sandbox.state("mail")

    assert len(mails) == 4
    for mail in mails:
        page.set_content(mail["html"])
        assert violations(page) == [], mail["subject"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_citizen_cancels_by_the_link_in_his_mail(page, sandbox):
    book(sandbox)
    link = re.search(r"http\S+/annuleren\?code=\S+", sandbox.state("mail")[0]["text"])
    assert link is not None

    page.goto(link[0])
    assert len(sandbox.state("jcc/appointments")) == 1  # looking does nothing yet
    assert violations(page) == []
    page.get_by_role("button", name="Ja, annuleer mijn afspraak").click()
    expect(page.get_by_role("heading", name="Je afspraak is geannuleerd")).to_be_visible()
    assert sandbox.state("jcc/appointments") == []
    assert sandbox.subjects()[-1].endswith("is geannuleerd")

    page.goto(link[0].replace("code=", "code=x"))
    expect(page.get_by_role("heading", name="Deze afspraak vinden we niet")).to_be_visible()


def test_the_page_works_without_scripts(browser, sandbox):
    report(sandbox)
    context = browser.new_context(java_script_enabled=False, locale="nl-BE")
    page = context.new_page()
    page.goto(sandbox.url)
    page.get_by_role("button", name="In behandeling").click()

    expect(page.locator("#meldingen .badge")).to_have_text("In behandeling")
    page.get_by_role("button", name="Begin opnieuw").click()
    expect(page.get_by_text("Nog geen meldingen.")).to_be_visible()
    context.close()
