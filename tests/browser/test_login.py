"""From the chat to ACM/IDM and back, in a real browser; and the pages on the way, for everybody."""

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.test_accessibility import WIDTHS, violations
from tests.login_stage import Stage

SLOW = 20_000


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    stage = Stage(tmp_path_factory.mktemp("login"))
    yield stage
    stage.stop()


@pytest.fixture
def chat(page, stage):
    stage.tell("reset")
    page.on("pageerror", lambda error: pytest.fail(f"error in the page: {error}"))
    return ChatPage(page, stage.house.front_url).visit().open()


def opened(chat, stage):
    """The page behind the link in the chat, in its new tab."""
    stage.offer(stage.latest())
    with chat.page.expect_popup() as popup:
        chat.log.get_by_role("link", name="Aanmelden").click()
    popup.value.set_default_timeout(SLOW)
    return popup.value


@pytest.mark.req("BP2-06", "BP2-07", "BP2-10")
def test_a_citizen_logs_in_from_the_chat_and_goes_on_in_it(chat, stage):
    chat.say("ik wil een attest")
    tab = opened(chat, stage)
    expect(tab.get_by_role("heading", name="Aanmelden bij Leiestad")).to_be_visible()
    tab.get_by_role("button", name="Ga naar aanmelden").click()
    tab.get_by_role("button", name="itsme als Lien Declercq").click()
    expect(tab.get_by_role("heading", name="Je bent aangemeld")).to_be_visible()

    expect(chat.messages.last).to_contain_text("Je zei: /aangemeld", timeout=SLOW)
    chat.say("en nu verder")
    expect(chat.messages.last).to_contain_text("Je zei: en nu verder", timeout=SLOW)
    assert stage.bot.asked[-1]["metadata"]["is_known"] is True


def test_after_a_reload_it_is_still_the_same_browser(chat, stage):
    chat.page.context.clear_cookies()  # they lived shorter than the conversation
    chat.visit().open()
    tab = opened(chat, stage)

    expect(tab.get_by_role("button", name="Ga naar aanmelden")).to_be_visible()


def test_a_link_that_is_opened_in_another_browser_explains_itself(chat, stage, browser):
    url = stage.links.url(stage.offer(stage.latest()))
    elsewhere = browser.new_context()
    tab = elsewhere.new_page()
    tab.goto(url)

    expect(tab.get_by_role("heading", name="Aanmelden is niet gelukt")).to_be_visible()
    expect(tab.get_by_text("gesprek in een ander venster")).to_be_visible()
    expect(tab.get_by_role("button")).to_have_count(0)
    elsewhere.close()


@pytest.mark.req("BP2-10")
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page_of_a_login(browser, stage, scheme, width):
    across, high = WIDTHS[width]
    context = browser.new_context(color_scheme=scheme, viewport={"width": across, "height": high})
    tab = context.new_page()
    phone = stage.ledger.open("whatsapp", f"3247000{scheme == 'dark':d}{width == 'wide':d}12").id
    found = {}

    tab.goto(str(stage.links.url(stage.links.create(phone))))
    found["begin"] = looked_at(tab)
    tab.get_by_role("button", name="Ga naar aanmelden").click()
    tab.get_by_role("button", name="itsme als Lien Declercq").click()
    expect(tab.get_by_role("heading", name="Nog één stap")).to_be_visible()
    found["code"] = looked_at(tab)
    for name in ("klaar", "afgemeld", "onbekend"):
        tab.goto(f"{stage.house.front_url}/login/{name}")
        found[name] = looked_at(tab)
    context.close()

    assert {name: problems for name, problems in found.items() if problems} == {}


def looked_at(tab):
    sideways = tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*violations(tab), *(["scrolls sideways"] if sideways else [])]
