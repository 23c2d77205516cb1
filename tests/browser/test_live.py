"""The chat on the real house: front, bot, actions and the city's systems."""

import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage

PHOTO = Path(__file__).parents[1] / "conversations/fotos/stoeptegel.png"
SLOW = 20_000  # milliseconds for an answer of the bot on a busy machine


@pytest.fixture
def live(page, house):
    requests.post(f"{house.sandbox_url}/reset", timeout=10).raise_for_status()
    page.on("pageerror", lambda error: pytest.fail(f"error in the page: {error}"))
    chat = ChatPage(page, house.front_url).visit()
    chat.launcher.click()
    expect(chat.button("5. Medewerker")).to_be_visible(timeout=SLOW)
    return chat


def incidents(house):
    answer = requests.get(f"{house.sandbox_url}/state/topdesk/incidents", timeout=10)
    answer.raise_for_status()
    return answer.json()


def hear(chat, text):
    expect(chat.messages.last).to_contain_text(re.compile(text), timeout=SLOW)


@pytest.mark.req("BP1-01", "BP1-02", "BP2-01")
def test_the_assistant_welcomes_once(live):
    assert len(live.texts()) == 1
    live.visit().open()

    expect(live.messages).to_have_count(1)
    assert "virtuele assistent van Leiestad" in live.texts()[0]


@pytest.mark.req("BP2-04", "BP2-11", "BP3-08", "BP4-01")
def test_a_citizen_reports_a_loose_paving_stone_with_a_photo(live, house):
    live.say("er ligt een stoeptegel los in de Kerkstraat 12")
    hear(live, "Heb je een foto")
    live.page.locator("balie-chat input[type=file]").set_input_files(PHOTO)
    live.send.click()
    hear(live, "e-mailadres")
    live.say("sanne@voorbeeld.example")
    hear(live, "voornaam en naam")
    live.say("Sanne Vandamme")
    hear(live, "Klopt dat")
    live.button("Ja, verstuur").click()
    expect(live.log).to_contain_text("je melding is geregistreerd", timeout=SLOW)

    [incident] = incidents(house)
    assert incident["number"] in live.log.inner_text()
    assert incident["briefDescription"] == "Voetpad of stoep: Kerkstraat 12"
    assert len(incident["attachments"]) == 1


@pytest.mark.req("BP2-02")
def test_a_choice_may_be_typed_by_its_number(live):
    live.say("4")

    hear(live, "uur|open")
    assert len(live.texts()) >= 3


def test_the_conversation_goes_on_when_the_bot_was_away(live, house):
    house.kill("bot")
    live.say("wanneer is het stadhuis open?")
    expect(live.messages).to_have_count(3, timeout=SLOW)
    house.restart("bot")

    expect(live.log).to_contain_text("9", timeout=60_000)


@pytest.mark.req("BP4-08")
def test_a_goodbye_ends_the_conversation_and_asks_for_a_score(live):
    live.say("bedankt, tot ziens")
    expect(live.page.get_by_role("heading", name="Dit gesprek is afgelopen")).to_be_visible(timeout=SLOW)
    live.page.get_by_role("radio", name="5 Heel goed").check()
    live.button("Verstuur je score").click()

    expect(live.page.get_by_text("Bedankt voor je score.")).to_be_visible()


def test_the_transcript_is_a_text_file(live):
    live.button("Meer mogelijkheden").click()
    with live.page.expect_download() as downloading:
        live.button("Gesprek bewaren").click()

    text = downloading.value.path().read_text(encoding="utf-8")
    assert "Chat met Leiestad" in text
    assert "Virtuele assistent" in text
