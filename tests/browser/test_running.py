"""An agent sees that the assistant does not understand somebody, looks in, and takes over."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page import Desk
from tests.browser.test_accessibility import WIDTHS, violations
from tests.browser.test_desk import desk_data, empty_desk, house  # noqa: F401 – fixtures
from tests.front import Citizen

ASKS_AGAIN = [{"text": "Kun je dat anders zeggen?", "name": "utter_algemeen_anders_zeggen"}]


@pytest.mark.req("CI-03")
@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
def test_an_agent_takes_over_from_an_assistant_that_does_not_understand(page, house, bot, size):  # noqa: F811
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    nadia = Desk(page, house).log_in("Nadia El Amrani")
    citizen = Citizen(house.front_url)
    citizen.hear("Je zei: /gesprek_begonnen")
    bot.faults.append(ASKS_AGAIN)
    citizen.say("k heb ne kuil vur mn deur")
    citizen.hear("Kun je dat anders zeggen?")
    bot.known = {"form": "melding_form", "slots": {"melding_omschrijving": "kuil", "requested_slot": "melding_plaats"}}

    page.get_by_role("link", name="Bij de assistent").click()
    row = page.get_by_role("row", name="1 keer niet begrepen")
    expect(row).to_be_visible()
    assert violations(page) == []
    row.get_by_role("link").click()
    expect(nadia.talk).to_contain_text("k heb ne kuil vur mn deur")
    citizen.say("een put dus")
    expect(nadia.talk).to_contain_text("een put dus")
    assert violations(page) == []
    nadia.button("Neem over").click()

    citizen.hear("Je spreekt nu met Nadia, medewerker van Leiestad.")
    expect(page.get_by_label("Wat er is")).to_have_value("kuil")
    citizen.say("zijt ge er nog")
    expect(nadia.talk).to_contain_text("zijt ge er nog")
    assert "Je zei: zijt ge er nog" not in citizen.heard()
