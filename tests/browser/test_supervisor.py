"""A supervisor at work: he looks, whispers, gives, changes and sounds the alarm, through the real front."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page import TUESDAY
from tests.browser.test_accessibility import LOOKS, violations
from tests.front import Citizen, wait_for
from tests.house import House

KEYS = ("uren:onthaal", "team:onthaal", "uitzonderingen", "onderwerpen", "antwoorden", "tekst:utter_wachtrij_lang")


@pytest.fixture(scope="module")
def house(tmp_path_factory, bot):
    house = House(tmp_path_factory.mktemp("supervisor"), parts=("sandbox", "front"), environment={"BOT_URL": bot.url})
    house.set_clock(TUESDAY)
    house.start()
    yield house
    house.stop()


@pytest.fixture
def sanne(desk_of):
    return desk_of("Sanne Claes")


@pytest.fixture
def luc(desk_of):
    desk = desk_of("Luc Vandamme")
    desk.page.get_by_role("link", name="Toezicht").click()
    return desk


def close_all(luc):
    """Nothing is left for the next test."""
    while True:
        luc.page.goto(f"{luc.url}toezicht/")
        links = luc.page.locator("th[scope=row] a")
        if not links.count():
            return
        links.first.click()
        luc.button("Gesprek sluiten").click()


@pytest.mark.req("CS-01", "WS-01")
def test_a_supervisor_sees_what_waits_within_two_seconds(luc):
    luc.page.goto(f"{luc.url}toezicht/")
    expect(luc.button("Toewijzen")).to_be_enabled()

    assert luc.page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd") <= 2000


@pytest.mark.req("CS-03", "CS-05", "WS-03", "WS-05")
def test_he_gives_two_waiting_conversations_to_an_agent_in_three_clicks(sanne, luc, asks):
    first, second = asks(), asks()
    rows = luc.page.get_by_role("checkbox")
    expect(rows).to_have_count(2)

    for row in rows.all():
        row.check()
    luc.page.get_by_label("Gekozen gesprekken geven aan").select_option(label="Sanne Claes")
    luc.button("Toewijzen").click()

    for citizen in (first, second):
        citizen.hear("Je spreekt nu met Sanne, medewerker van Leiestad.")
    expect(sanne.page.get_by_role("heading", name="Aan jou 2")).to_be_visible()
    close_all(luc)


@pytest.mark.req("CS-04", "WS-04")
def test_he_looks_in_which_the_agent_sees_and_whispers_what_the_citizen_does_not(sanne, luc, asks):
    citizen = asks("mijn pas is weg")
    sanne.button("Volgende uit de rij").click()
    expect(sanne.talk).to_contain_text("mijn pas is weg")

    luc.page.get_by_role("link", name="afspraak").click()
    expect(luc.talk).to_contain_text("mijn pas is weg")
    expect(sanne.talk).to_contain_text("Luc Vandamme kijkt mee.")
    luc.page.get_by_label("Fluister naar de medewerker").fill("Vraag naar zijn aangifte.")
    luc.button("Fluisteren").click()

    expect(sanne.talk).to_contain_text("Vraag naar zijn aangifte.")
    sanne.answers("Heb je aangifte gedaan?")
    expect(luc.talk).to_contain_text("Sanne Claes")
    expect(luc.talk).to_contain_text("Heb je aangifte gedaan?")
    citizen.hear("Heb je aangifte gedaan?")
    assert "Vraag naar zijn aangifte." not in citizen.heard()
    luc.page.goto(f"{luc.url}toezicht/")
    expect(sanne.talk).not_to_contain_text("kijkt mee")
    close_all(luc)


def test_he_looks_in_with_the_assistant_and_takes_over(luc, house):
    citizen = Citizen(house.front_url)
    citizen.hear("Je zei: /gesprek_begonnen")
    citizen.say("zomaar iets")
    citizen.hear("Je zei: zomaar iets")

    luc.page.get_by_label("Bij de assistent").get_by_role("link").first.click()
    expect(luc.talk).to_contain_text("zomaar iets")
    luc.button("Zelf overnemen").click()

    citizen.hear("Je spreekt nu met Luc, medewerker van Leiestad.")
    luc.answers("Ik help je.")
    citizen.hear("Ik help je.")
    close_all(luc)


@pytest.mark.req("G-05")
def test_an_agent_finds_the_supervisor_s_pages_closed(desk_of):
    piet = desk_of("Piet Verbeke")

    for path in ("", "lijst", "calamiteit", "instellingen", "controle"):
        assert piet.page.goto(f"{piet.url}toezicht/{path}").status == 403, path
    assert (
        piet.page.request.post(f"{piet.url}toezicht/toewijzen", form={"gesprek": "c_1", "aan": "onthaal"}).status == 403
    )


@pytest.mark.req("WS-05")
def test_an_administrator_reads_who_did_what(luc, desk_of, asks):
    asks()
    close_all(luc)
    ine = desk_of("Ine Dewaele")

    ine.page.goto(f"{ine.url}toezicht/controle")

    expect(ine.page.get_by_role("row").nth(1)).to_contain_text("Luc Vandamme")
    expect(ine.page.get_by_role("row").nth(1)).to_contain_text("sloot")
    assert luc.page.goto(f"{luc.url}toezicht/controle").status == 403


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("width", [320, 1440])
def test_axe_finds_nothing_on_the_supervisor_s_screens(desk_of, asks, look, width):
    asks()
    ine = desk_of("Ine Dewaele", viewport={"width": width, "height": 800}, **LOOKS[look])
    ine.page.goto(f"{ine.url}toezicht/")
    conversation = ine.page.locator("th[scope=row] a").first.get_attribute("href").removeprefix("/desk/")

    pages = ("calamiteit", "instellingen", "controle", *(f"instelling/{key}" for key in KEYS))
    for path in ("toezicht/", conversation, *(f"toezicht/{page}" for page in pages)):
        ine.page.goto(f"{ine.url}{path}")
        assert violations(ine.page) == [], path
        assert ine.page.evaluate("document.documentElement.scrollWidth") <= width, path
    close_all(ine)


@pytest.mark.req("CS-06", "WS-06")
def test_a_calamity_is_live_within_half_a_minute_and_heard_before_anything_else(desk_of, house):
    open_one = Citizen(house.front_url)
    open_one.hear("Je zei: /gesprek_begonnen")
    began = time.monotonic()
    luc = desk_of("Luc Vandamme")
    luc.page.get_by_role("link", name="Toezicht").click()
    luc.page.get_by_role("link", name="Calamiteit").click()
    luc.page.get_by_label("Wat iedereen eerst hoort").fill("Het stadhuis is dicht door een stroompanne.")
    luc.button("Bekijk eerst").click()
    expect(luc.page.get_by_label("Voorbeeld")).to_contain_text("stroompanne")
    luc.button("Zet aan").click()
    expect(luc.page.get_by_role("status")).to_contain_text("Calamiteit aan")
    assert time.monotonic() - began < 30
    live = time.monotonic()

    wait_for(lambda: hears_first(house, "Het stadhuis is dicht door een stroompanne."), lambda: "not heard")

    assert time.monotonic() - live < 5
    open_one.say("hallo")
    open_one.hear("Het stadhuis is dicht door een stroompanne.")
    open_one.say("nog iets")
    open_one.hear("Je zei: nog iets")
    assert open_one.heard().count("Het stadhuis is dicht door een stroompanne.") == 1
    config = open_one.get("config").json()
    assert config["announcement"] == "Het stadhuis is dicht door een stroompanne."
    luc.button("Zet uit").click()
    wait_for(lambda: not open_one.get("config").json()["announcement"], lambda: "still on")


@pytest.mark.req("CS-06", "WS-06")
def test_on_whatsapp_the_calamity_comes_before_the_answer(luc, page, house):
    luc.page.goto(f"{luc.url}toezicht/calamiteit")
    luc.page.get_by_label("Wat iedereen eerst hoort").fill("De Leie staat hoog. Blijf thuis.")
    luc.button("Bekijk eerst").click()
    luc.button("Zet aan").click()
    expect(luc.page.get_by_role("status")).to_contain_text("Calamiteit aan")
    page.wait_for_timeout(2500)
    page.goto(f"{house.sandbox_url}/telefoons")
    expect(page.get_by_text("Verbonden: wat verandert")).to_be_visible()

    page.locator("#whatsapp textarea").fill("hallo")
    page.keyboard.press("Enter")

    answers = page.locator("#whatsapp").get_by_role("log").locator(".bubble.theirs")
    expect(answers).to_have_count(2, timeout=15_000)
    expect(answers.first).to_contain_text("De Leie staat hoog.")
    expect(answers.last).to_contain_text("Je zei: hallo")
    luc.button("Zet uit").click()


def hears_first(house, text):
    citizen = Citizen(house.front_url)
    citizen.hear("Je zei: /gesprek_begonnen")
    return citizen.heard() == [text, "Je zei: /gesprek_begonnen"]


@pytest.mark.req("CS-06", "WS-06")
def test_a_text_is_seen_before_it_is_saved_live_at_once_and_undone(luc, asks):
    luc.page.goto(f"{luc.url}toezicht/instelling/tekst:utter_wachtrij_plaats")
    luc.page.get_by_label("Tekst").fill("Je bent nummer {plaats}. Sorry, het is druk in {stad_naam}.")
    luc.button("Bekijk eerst").click()
    expect(luc.page.get_by_label("Voorbeeld")).to_contain_text("het is druk")
    luc.button("Zet live").click()
    expect(luc.page.get_by_role("row").nth(1)).to_contain_text("Luc Vandamme")
    luc.page.wait_for_timeout(2000)

    asks().hear("Je bent nummer 1. Sorry, het is druk in Leiestad.")

    luc.button("Zet de vorige versie terug").click()
    luc.page.wait_for_timeout(2000)
    assert "het is druk" not in " ".join(asks().heard())
    close_all(luc)


def test_hours_that_cannot_be_are_refused_with_a_reason(luc):
    luc.page.goto(f"{luc.url}toezicht/instelling/uren:onthaal")
    luc.page.get_by_label("maandag").fill("12:00-09:00")
    luc.button("Bekijk eerst").click()

    expect(luc.page.get_by_role("alert")).to_contain_text("09:00-12:00")
