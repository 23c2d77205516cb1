"""A question by WhatsApp that a person answers: the sandbox's phone, the real front, and an agent's browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page import WISH, Desk
from tests.browser.test_desk import house  # noqa: F401 – a fixture
from tests.faults.test_phones import Telephone
from tests.front import wait_for


@pytest.mark.req("KI-10", "WI-01", "WI-04", "WA-03")
def test_a_question_by_whatsapp_is_answered_by_an_agent(page, house, bot):  # noqa: F811
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
