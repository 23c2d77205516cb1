"""A question by WhatsApp that a person answers: the sandbox's phone, the real front, and an agent's browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page import TUESDAY, WISH, Desk
from tests.browser.test_accessibility import WIDTHS, violations
from tests.browser.test_desk import ATTEST, DeskData
from tests.faults.test_phones import Telephone
from tests.front import wait_for
from tests.house import House

NEWS = "Dag, je stelde ons een vraag en we hebben een antwoord. Antwoord op dit bericht om verder te praten."


@pytest.fixture(scope="module")
def house(tmp_path_factory, bot):
    settings = {"BOT_URL": bot.url, "WHATSAPP_TEMPLATE": "gesprek_hervatten"}  # as sandbox/graph/templates.yml has it
    house = House(tmp_path_factory.mktemp("desk"), parts=("sandbox", "front"), environment=settings)
    house.set_clock(TUESDAY)
    house.start()
    yield house
    house.stop()


@pytest.mark.req("KI-10", "WI-01", "WI-04", "WA-03")
def test_a_question_by_whatsapp_is_answered_by_an_agent(page, house, bot):
    sanne = Desk(page, house).log_in("Sanne Claes")
    phone = Telephone(house, "whatsapp")
    asked = {"custom": {**WISH, "channel": "whatsapp", "card": {}}}
    bot.faults.append([{"text": "Ik haal er een collega bij."}, asked])
    phone.do("say", text="ik wil iemand spreken over mijn reispas")
    phone.hears("Ik haal er een collega bij.")
    wait_for(lambda: any("nummer 1" in text for text in phone.heard), lambda: str(phone.heard))

    sanne.button("Volgende uit de rij").click()
    expect(sanne.talk).to_contain_text("ik wil iemand spreken over mijn reispas")
    sanne.answers("Dag, je kunt hem morgen ophalen.")

    phone.hears("Je spreekt nu met Sanne, medewerker van Leiestad.")
    phone.hears("Dag, je kunt hem morgen ophalen.")
    phone.do("say", text="top, merci")
    expect(sanne.page.get_by_role("link", name="afspraak")).to_be_visible()
    assert "Je zei: top, merci" not in phone.heard


@pytest.fixture
def silent_phone(house):
    """A citizen who wrote two days ago, and in whose conversation a person was asked for today."""
    house.set_clock(TUESDAY - timedelta(days=2))
    phone = Telephone(house, "whatsapp")
    phone.do("say", text="waar blijft mijn attest")
    phone.hears("Je zei: waar blijft mijn attest")
    house.set_clock(TUESDAY)
    data = DeskData(house)
    conversation = data.ledger.open("whatsapp", phone.user).id
    assert data.handovers.request(conversation, ATTEST)
    return phone, conversation


@pytest.mark.req("WA-03")
@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
def test_after_24_hours_a_template_goes_out_and_the_answer_when_he_writes(page, house, silent_phone, size):
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    sanne = Desk(page, house).log_in("Sanne Claes")
    phone, conversation = silent_phone
    page.goto(f"{house.front_url}/desk/gesprek/{conversation}")
    sanne.button("Neem over").click()
    expect(page.locator("#venster")).to_contain_text("enkel het vaste bericht dat er nieuws is")
    assert violations(page) == []
    page.get_by_label("Je antwoord").fill("Je attest ligt klaar aan het onthaal.")
    sanne.button("Klaarzetten en verwittigen").click()

    phone.hears(NEWS)
    expect(sanne.talk).to_contain_text("wacht tot de burger weer schrijft")
    assert "Je attest ligt klaar aan het onthaal." not in phone.heard
    phone.do("say", text="vertel")

    phone.hears("Je attest ligt klaar aan het onthaal.")
    assert phone.heard.count(NEWS) == 1
