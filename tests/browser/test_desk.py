"""An agent and a citizen, through the real front: the agent in a browser, the citizen by the web protocol.

The bot is a fake that asks for a person when the test tells it so.
"""

import json
import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from clock import Clock
from conversations.agents import Agents
from conversations.bell import Bell
from conversations.database import connect, reading
from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.ledger import Ledger
from conversations.model import Incoming, Presence
from conversations.ownership import PEOPLE
from conversations.tables import conversations
from settings import ROOT
from tests.browser.chat_page import ChatPage
from tests.browser.desk_page import CARD, TUESDAY, WISH, Desk
from tests.browser.test_accessibility import LOOKS, violations
from tests.front import wait_for
from tests.house import House
from vault import vault_of

PHOTO = ROOT / "tests" / "conversations" / "fotos" / "stoeptegel.png"
ATTEST = Request("burgerzaken", "attest", "asked")


@pytest.fixture(scope="module")
def house(tmp_path_factory, bot):
    house = House(tmp_path_factory.mktemp("desk"), parts=("sandbox", "front"), environment={"BOT_URL": bot.url})
    house.set_clock(TUESDAY)
    house.start()
    yield house
    house.stop()


class DeskData:
    """What happened before, written straight into the ledger."""

    def __init__(self, house):
        known, bell = house.settings, Bell()
        engine, clock, vault = connect(known.database_url), Clock(known.clock_file), vault_of(known)
        self.ledger = Ledger(engine, clock, bell, vault)
        self.handovers = Handovers(engine, clock, bell, vault, pull=self.ledger.pull)
        self.agents = Agents(engine, clock, bell)

    def waiting_on_whatsapp(self, address):
        """Somebody who was helped before, wrote two days ago and waits for a person."""
        wrote = TUESDAY - timedelta(days=2)
        said = Incoming("whatsapp", address, f"wamid.{address}", text="waar blijft mijn attest", sent_at=wrote)
        conversation = self.ledger.receive(said).message.conversation
        self.handovers.request(conversation, ATTEST)
        self.handovers.claim(conversation, "g_eerder")
        self.handovers.close(conversation, "g_eerder", topic="attest")
        self.ledger.reopen(conversation)
        self.handovers.request(conversation, ATTEST)
        return conversation

    def clear(self):
        """Nobody waits, and nobody sits at the desk: who shut his window still counts as present for a minute."""
        for agent in self.agents.present():
            self.agents.be(agent.id, Presence.OFFLINE)
        with reading(self.ledger.engine) as db:
            left = db.execute(select(conversations.c.id).where(conversations.c.holder.in_(PEOPLE))).scalars().all()
        for conversation in left:
            self.ledger.end(conversation)


@pytest.fixture(scope="module")
def desk_data(house):
    return DeskData(house)


@pytest.fixture(autouse=True)
def empty_desk(desk_data):
    """What one test leaves in the queue shall not be offered in the next, nor what is asked there to who left."""
    desk_data.clear()


@pytest.fixture
def sanne(page, house):
    return Desk(page, house).log_in("Sanne Claes")


@pytest.mark.req("CI-03", "CI-07", "CI-08", "CA-03", "CA-04")
def test_an_agent_takes_a_conversation_answers_and_gives_it_back(sanne, asks):
    citizen = asks("mijn pasfoto is mislukt, wat nu")

    sanne.button("Volgende uit de rij").click()
    expect(sanne.talk).to_contain_text("mijn pasfoto is mislukt, wat nu")
    expect(sanne.page.get_by_label("Naam", exact=True)).to_have_value("Lien Declercq")
    citizen.hear("Je spreekt nu met Sanne, medewerker van Leiestad.")
    sanne.answers("Dag Lien, breng gewoon een andere mee.")
    citizen.hear("Dag Lien, breng gewoon een andere mee.")
    citizen.say("super, dank je")
    expect(sanne.talk).to_contain_text("super, dank je")
    sanne.button("Terug naar de assistent").click()

    citizen.hear("Je zei: /gesprek_teruggegeven")
    assert "Je zei: super, dank je" not in citizen.heard()


@pytest.mark.req("TA-01", "WA-01", "CA-01", "TA-02", "WA-02", "CA-02")
def test_from_the_one_address_an_agent_is_at_work_in_two_clicks_and_two_seconds(page, house):
    desk = Desk(page, house)
    page.goto(desk.url)
    page.get_by_role("button", name="Aanmelden").click()
    page.get_by_role("group", name="Sanne Claes").get_by_role("button").first.click()
    expect(desk.button("Even weg")).to_be_visible()

    page.goto(desk.url)
    expect(desk.button("Even weg")).to_be_enabled()

    assert page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd") <= 2000
    [session] = [cookie for cookie in page.context.cookies() if cookie["name"] == "balie_desk"]
    assert (session["httpOnly"], session["sameSite"], session["path"]) == (True, "Lax", "/desk")


def test_what_a_citizen_says_appears_without_a_reload(sanne, asks):
    citizen = asks()
    sanne.button("Volgende uit de rij").click()
    expect(sanne.page.get_by_label("Je antwoord")).to_be_focused()
    sanne.page.evaluate("window.stillHere = true")

    citizen.say("ben je daar?")

    expect(sanne.talk).to_contain_text("ben je daar?")
    assert sanne.page.evaluate("window.stillHere")
    sanne.closes()
    citizen.hear("Het gesprek is afgerond. Schrijf gerust opnieuw als je nog iets wilt vragen.")


def test_a_new_question_appears_in_the_queue_by_itself(sanne, asks):
    before = sanne.page.get_by_role("link", name="afspraak").count()
    sanne.page.evaluate("window.stillHere = true")

    asks()

    expect(sanne.page.get_by_role("link", name="afspraak")).to_have_count(before + 1)
    assert sanne.page.evaluate("window.stillHere")
    sanne.button("Volgende uit de rij").click()
    sanne.closes()


@pytest.mark.req("CI-07", "WI-06")
def test_an_offer_appears_with_a_count_in_the_title_and_is_accepted(sanne, asks):
    citizen = asks()
    expect(sanne.page.get_by_text("Voor jou: afspraak")).to_be_visible()
    expect(sanne.page).to_have_title(re.compile(r"^\(1\) "))

    sanne.button("Aannemen").click()

    citizen.hear("Je spreekt nu met Sanne, medewerker van Leiestad.")
    expect(sanne.page).to_have_title(re.compile("^Gesprek"))
    sanne.closes()


ATTENTIVE = """
    Object.defineProperty(document, 'hidden', { get: () => true });
    window.tones = 0;
    window.AudioContext = class extends AudioContext { constructor() { super(); window.tones += 1; } };
    window.told = [];
    window.Notification = class {
      static permission = 'default';
      static requestPermission() { this.permission = 'granted'; }
      constructor(title) { window.told.push(title); }
    };
"""
"""Keeps what an agent hears and is told while he looks at something else."""


@pytest.mark.req("CI-07", "WI-06")
def test_who_wants_it_hears_of_an_offer_and_is_told_while_he_looks_at_something_else(sanne, asks):
    sanne.page.add_init_script(ATTENTIVE)
    sanne.page.reload()
    sanne.button("Geluid en melding uit").click()
    asks()

    expect(sanne.page.get_by_text("Voor jou: afspraak")).to_be_visible()

    sanne.page.wait_for_function("told.length && tones > 1")
    assert sanne.page.evaluate("told") == ["Er is een gesprek voor jou."]
    sanne.button("Aannemen").click()
    sanne.closes()


@pytest.mark.req("MZR-02")
def test_a_ready_made_answer_is_found_filled_in_and_sent(sanne, asks):
    citizen = asks()
    sanne.button("Aannemen").click()
    sanne.page.locator("summary", has_text="Standaardantwoorden").click()
    sanne.page.get_by_label("Zoeken").fill("begroet")

    sanne.page.get_by_label("Zoeken").press("Enter")
    sanne.button("Versturen").click()

    citizen.hear("Dag Lien Declercq, ik ben Sanne van Leiestad. Ik lees even wat je al schreef.")
    sanne.closes()


@pytest.mark.req("WA-03")
def test_an_agent_offers_choices_that_the_citizen_taps_in_the_chat(browser, house, sanne, bot):
    context = browser.new_context()
    citizen = ChatPage(context.new_page(), house.front_url).visit().open()
    bot.faults.append([{"text": "Ik haal er een collega bij."}, {"custom": {**WISH, "card": CARD}}])
    citizen.say("ik wil een medewerker")
    sanne.button("Aannemen").click()
    sanne.page.locator("summary", has_text="Knoppen toevoegen").click()
    sanne.page.get_by_label("Knoppen, elk op een eigen regel").fill("Maandag\nDinsdag")

    sanne.answers("Welke dag past je?")
    citizen.button("2. Dinsdag").click()

    expect(sanne.talk.get_by_role("list", name="Knoppen").get_by_role("listitem")).to_have_text(["Maandag", "Dinsdag"])
    expect(sanne.talk.locator("li.citizen .text").last).to_have_text("Dinsdag")
    expect(citizen.button("1. Maandag")).to_have_attribute("aria-disabled", "true")
    sanne.closes()
    context.close()


def test_a_note_is_seen_by_the_colleague_who_gets_the_conversation_and_not_by_the_citizen(browser, house, sanne, asks):
    citizen = asks(team="onthaal", topic="melding")
    sanne.button("Aannemen").click()
    sanne.page.get_by_label("Doorgeven aan").select_option("Burgerzaken")
    sanne.page.get_by_label("Notitie voor wie het krijgt").fill("belt straks zelf ook")
    sanne.button("Doorgeven").click()
    citizen.hear("Ik geef je door aan een collega van Burgerzaken. Je hoeft je vraag niet te herhalen.")

    context = browser.new_context()
    piet = Desk(context.new_page(), house).log_in("Piet Verbeke")
    piet.button("Aannemen").click()

    expect(piet.talk).to_contain_text("Notitie van Sanne Claes")
    expect(piet.talk).to_contain_text("belt straks zelf ook")
    assert "belt straks zelf ook" not in citizen.heard()
    piet.page.get_by_label("Waarover ging het?").select_option("melding")
    piet.closes()
    piet.button("Afmelden").click()
    expect(piet.page.get_by_role("heading", name="Aanmelden aan de balie")).to_be_visible()
    context.close()


@pytest.mark.req("CA-03")
def test_what_the_agent_fills_in_reaches_the_assistant(sanne, asks, bot):
    citizen = asks()
    sanne.button("Aannemen").click()
    expect(sanne.page.get_by_label("Afspraak voor")).to_have_value("Reispas")
    sanne.page.get_by_label("E-mailadres").fill("lien@example.be")
    sanne.page.get_by_label("Wat de assistent weet").get_by_role("button", name="Bewaren").click()
    expect(sanne.page.get_by_text("ingevuld door een medewerker")).to_be_visible()

    sanne.button("Terug naar de assistent").click()

    wait_for(lambda: any("gesprek_teruggegeven" in said for said in citizen.heard()), lambda: str(citizen.said()))
    [payload] = [text for text in bot.texts if text.startswith("/gesprek_teruggegeven{")]
    told = json.loads(payload.removeprefix("/gesprek_teruggegeven"))["keuze"]
    assert json.loads(told) == {"email": ["E-mailadres", "lien@example.be"]}


@pytest.mark.req("CA-03", "KI-11")
def test_the_agent_has_it_filed_and_goes_on_with_the_citizen(sanne, asks, bot):
    known = {"melding_omschrijving": "losse tegel", "melding_plaats": {"tekst": "Kerkstraat 12"}}
    citizen = asks(topic="melding", card={"form": "melding_form", "open": "melding_fotos", "answers": known})
    sanne.button("Aannemen").click()
    filed = {"custom": {"type": "filing", "state": "done", "number": "M 2611 001"}}
    bot.faults += [500, 500, [{"text": "Je nummer is M 2611 001."}, filed]]  # so that she sees it run

    sanne.page.get_by_label("Plaats").fill("Kerkstraat 14")
    sanne.button("Indienen").click()

    expect(sanne.page.get_by_text("De assistent dient het in.")).to_be_visible()
    citizen.hear("Je nummer is M 2611 001.")
    expect(sanne.page.get_by_text("Ingediend: M 2611 001.")).to_be_visible()
    expect(sanne.button("Indienen")).to_have_count(0)
    [payload] = {text for text in bot.texts if text.startswith("/aanvraag_indienen")}
    told = json.loads(json.loads(payload.removeprefix("/aanvraag_indienen"))["keuze"])
    assert told["answers"] == {"melding_plaats": ["Plaats", "Kerkstraat 14"]}
    sanne.answers("Het is geregistreerd.")
    citizen.hear("Het is geregistreerd.")


@pytest.mark.req("WA-03")
def test_a_photo_and_a_place_are_shown_and_what_was_read_is_told(sanne, asks):
    citizen = asks()
    sanne.button("Aannemen").click()
    photo = citizen.upload(PHOTO.read_bytes(), "put.png").json()["attachment"]
    citizen.send(type="attachment", attachment=photo)
    citizen.send(type="location", latitude=50.97, longitude=3.52, text="Kerkstraat")

    shown = sanne.talk.get_by_role("img", name="Foto van de burger")
    expect(shown).to_be_visible()
    sanne.page.wait_for_function("document.querySelector('#berichten img').naturalWidth > 0")
    expect(sanne.talk.get_by_role("link", name="Bekijk op de kaart")).to_be_visible()
    sanne.answers("Dank je, dat is duidelijk.")
    citizen.hear("Dank je, dat is duidelijk.")
    citizen.post("read", {"seq": citizen.history()[-1]["seq"]})

    expect(sanne.talk.get_by_text("gelezen").last).to_be_visible()
    sanne.closes()
    citizen.hear("Hoe goed heeft onze medewerker je geholpen?")


def test_each_sees_that_the_other_types(sanne, asks):
    citizen = asks()
    stream = citizen.stream()
    sanne.button("Aannemen").click()
    expect(sanne.page.get_by_label("Je antwoord")).to_be_focused()

    sanne.page.get_by_label("Je antwoord").press_sequentially("Dag")
    wait_for(lambda: {"from": "agent", "on": True} in stream.named("typing"), lambda: str(stream.events))
    citizen.post("typing", {"on": True})
    expect(sanne.page.get_by_text("De burger typt")).to_be_visible()
    sanne.button("Versturen").click()

    wait_for(lambda: stream.named("typing")[-1] == {"from": "agent", "on": False}, lambda: str(stream.events))
    stream.cut()
    sanne.closes()


def test_a_second_tab_is_live_and_what_it_still_shows_of_before_changes_nothing(sanne, asks):
    citizen = asks()
    sanne.button("Aannemen").click()
    expect(sanne.page.get_by_label("Je antwoord")).to_be_focused()
    second = sanne.page.context.new_page()
    second.goto(sanne.page.url)
    citizen.say("hoor je me?")
    expect(sanne.talk).to_contain_text("hoor je me?")
    expect(second.locator("#berichten")).to_contain_text("hoor je me?")
    sanne.closes()
    expect(sanne.page.get_by_text("Kies een gesprek")).to_be_visible()

    second.get_by_label("Je antwoord").fill("te laat")
    second.get_by_role("button", name="Versturen").click()

    expect(second.get_by_role("heading")).to_have_text("Dit kan niet meer")
    assert "te laat" not in citizen.heard()


@pytest.mark.req("CI-08", "CA-04")
def test_a_conversation_is_not_closed_without_a_topic(sanne, asks):
    asks(topic="iets")
    sanne.button("Volgende uit de rij").click()

    sanne.button("Sluiten").click()

    expect(sanne.page.get_by_role("alert")).to_have_text("Kies eerst waarover het ging.")
    sanne.page.get_by_label("Waarover ging het?").select_option("attest")
    sanne.closes()
    expect(sanne.page.get_by_text("Kies een gesprek")).to_be_visible()


def test_a_draft_survives_a_reload(sanne, asks):
    asks()
    sanne.button("Volgende uit de rij").click()
    expect(sanne.page.get_by_label("Je antwoord")).to_be_focused()
    sanne.page.get_by_label("Je antwoord").fill("een half woord")

    sanne.page.reload()

    expect(sanne.page.get_by_label("Je antwoord")).to_have_value("een half woord")
    sanne.closes()


@pytest.mark.req("G-05")
def test_another_team_s_conversation_is_not_seen_and_not_taken(browser, house, asks):
    citizen = asks(team="onthaal", topic="melding")
    context = browser.new_context()
    piet = Desk(context.new_page(), house).log_in("Piet Verbeke")
    expect(piet.page.get_by_text("Niemand wacht.")).to_be_visible()

    address = f"{house.front_url}/desk/gesprek/{citizen.known['conversation']}"
    assert piet.page.goto(address).status == 404
    expect(piet.page.get_by_role("heading")).to_have_text("Dat mag je niet")
    context.close()


def test_who_has_no_role_comes_no_further(page, house):
    Desk(page, house).log_in("Gust Peeters")

    expect(page.get_by_role("alert")).to_have_text("Je hebt geen rol aan de balie. Vraag die aan je beheerder.")


def test_a_form_of_another_page_changes_nothing(sanne, asks, house):
    citizen = asks()
    answer = sanne.page.request.post(
        f"{house.front_url}/desk/gesprek/{citizen.known['conversation']}/nemen", form={"csrf": "verzonnen"}
    )

    assert answer.status == 403
    assert "Je spreekt nu met Sanne, medewerker van Leiestad." not in citizen.heard()
    sanne.button("Volgende uit de rij").click()
    sanne.closes()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("width", [320, 1440])
def test_axe_finds_nothing_on_the_agent_s_screen(browser, house, asks, look, width):
    citizen = asks()
    context = browser.new_context(viewport={"width": width, "height": 800}, **LOOKS[look])
    desk = Desk(context.new_page(), house)
    desk.page.goto(desk.url)
    assert violations(desk.page) == []
    desk.log_in("Sanne Claes")
    expect(desk.page.get_by_text("Voor jou: afspraak")).to_be_visible()
    assert violations(desk.page) == []
    desk.button("Aannemen").click()
    citizen.send(type="attachment", attachment=citizen.upload(PHOTO.read_bytes(), "put.png").json()["attachment"])
    expect(desk.page.get_by_role("img", name="Foto van de burger")).to_be_visible()
    for name in ("Standaardantwoorden", "Notitie voor collega's", "Sneltoetsen"):
        desk.page.locator("summary", has_text=name).click()
    desk.page.get_by_label("Notitie", exact=True).fill("belt terug")
    assert violations(desk.page) == []
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= width
    desk.page.locator("form[action$=notitie]").get_by_role("button").click()
    expect(desk.talk).to_contain_text("Notitie van Sanne Claes")
    assert violations(desk.page) == []
    desk.answers("Dag {naam}")
    expect(desk.page.get_by_role("alert")).to_be_visible()
    assert violations(desk.page) == []
    desk.closes()
    context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_outside_the_24_hours_and_in_an_earlier_contact(browser, house, asks, desk_data, look):
    conversation = desk_data.waiting_on_whatsapp(f"3247012{len(look):04}{look}")
    context = browser.new_context(viewport={"width": 320, "height": 800}, **LOOKS[look])
    desk = Desk(context.new_page(), house).log_in("Sanne Claes")
    desk.page.goto(f"{desk.url}gesprek/{conversation}")
    desk.button("Neem over").click()

    expect(desk.page.get_by_label("Je antwoord")).to_be_disabled()
    expect(desk.page.get_by_text("laat geen antwoord toe")).to_be_visible()
    assert violations(desk.page) == []
    desk.page.get_by_role("link", name=re.compile("attest")).last.click()
    expect(desk.page.get_by_role("link", name="Terug naar het gesprek")).to_be_visible()
    assert violations(desk.page) == []
    desk.page.get_by_role("link", name="Terug naar het gesprek").click()
    desk.closes()
    context.close()
