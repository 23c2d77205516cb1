"""The two phones on the real house: what one types as a citizen, Balie answers in the same chat."""

import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

PHOTO = Path(__file__).parents[1] / "conversations/fotos/stoeptegel.png"
SLOW = 20_000  # milliseconds for an answer of the bot on a busy machine


@pytest.fixture
def phones(page, house):
    house.set_clock(None)
    requests.post(f"{house.sandbox_url}/reset", timeout=10).raise_for_status()
    page.on("pageerror", lambda error: pytest.fail(f"error in the page: {error}"))
    page.goto(f"{house.sandbox_url}/telefoons")
    expect(page.get_by_text("Verbonden: wat verandert")).to_be_visible()
    return page


def say(phones, product, text):
    phones.locator(f"#{product} textarea").fill(text)
    phones.keyboard.press("Enter")


def hear(phones, product, text):
    chat = phones.locator(f"#{product}").get_by_role("log")
    expect(chat.locator(".bubble.theirs").last).to_contain_text(re.compile(text), timeout=SLOW)


@pytest.mark.req("BP1-01", "BP1-03", "BP1-04", "BP1-06")
@pytest.mark.parametrize("product", ["whatsapp", "messenger"])
def test_a_citizen_reports_a_loose_paving_stone_on_his_phone(phones, house, product):
    phone = phones.locator(f"#{product}")
    say(phones, product, "hallo")
    hear(phones, product, "virtuele assistent van Leiestad")
    expect(phone.get_by_role("img", name="gelezen")).to_have_count(1)
    say(phones, product, "er ligt een stoeptegel los in de Kerkstraat 12")
    hear(phones, product, "foto")
    phone.locator(".add summary").click()
    phone.get_by_label("Foto of bestand").set_input_files(PHOTO)
    phone.get_by_role("button", name="Verstuur het bestand").click()
    hear(phones, product, "e-mailadres")
    phone.get_by_role("button", name="Liever anoniem").click()
    hear(phones, product, "Klopt dat")
    phone.get_by_role("button", name="Ja, verstuur").click()
    expect(phone.get_by_role("log")).to_contain_text("je melding is geregistreerd", timeout=SLOW, ignore_case=True)

    [incident] = requests.get(f"{house.sandbox_url}/state/topdesk/incidents", timeout=10).json()
    assert len(incident["attachments"]) == 1
