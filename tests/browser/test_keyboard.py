"""Everything works without a mouse, and the focus is never lost."""

import pytest
from playwright.sync_api import expect


@pytest.mark.req("BP1-02")
def test_the_window_opens_closes_and_gives_the_focus_back(chat):
    chat.launcher.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.input).to_be_focused()
    expect(chat.panel).to_have_attribute("role", "region")

    chat.page.keyboard.press("Escape")

    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_focused()


def test_nothing_opens_or_takes_the_focus_when_the_page_is_loaded(chat):
    chat.open()
    chat.visit()

    expect(chat.panel).to_be_hidden()
    assert chat.page.evaluate("document.activeElement.tagName") == "BODY"


def test_enter_sends_and_shift_enter_makes_a_new_line(chat, front):
    chat.open()
    chat.input.focus()
    chat.page.keyboard.type("eerste")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.type("tweede")
    chat.page.keyboard.press("Enter")
    expect(chat.messages).to_have_count(3)

    assert front.sent("/web/messages")[0]["text"] == "eerste\ntweede"
    expect(chat.input).to_be_focused()
    expect(chat.input).to_have_value("")


def test_a_choice_by_keyboard_puts_the_focus_back_in_the_field(chat, front):
    chat.open()
    front.say("Klopt dat?", choices=["Ja", "Nee"])
    chat.button("2. Nee").focus()
    chat.page.keyboard.press("Enter")

    expect(chat.input).to_be_focused()


def test_a_new_message_leaves_the_focus_where_it_is(chat, front):
    chat.open()
    chat.button("Meer mogelijkheden").focus()
    front.say("Ben je er nog?", choices=["Ja"])
    expect(chat.button("1. Ja")).to_be_visible()

    expect(chat.button("Meer mogelijkheden")).to_be_focused()


def test_the_whole_window_can_be_walked_with_tab(chat, front):
    chat.open()
    front.say("Klopt dat?", choices=["Ja", "Nee"])
    expect(chat.button("1. Ja")).to_be_visible()
    chat.button("Meer mogelijkheden").focus()
    seen = [chat.focused()]
    for _ in range(11):
        chat.page.keyboard.press("Tab")
        seen.append(chat.focused())

    assert seen == [
        *("Meer mogelijkheden", "Chat verkleinen", "Medewerker spreken", "Bel 1777", "Mail ons", "Berichten"),
        "Zo gaan we om met je gegevens (opent in een nieuw venster)",
        *("1. Ja", "2. Nee", "Foto toevoegen", "text", "Verstuur"),
    ]


def test_on_a_small_screen_the_focus_stays_inside_and_the_page_is_inert(chat):
    chat.page.set_viewport_size({"width": 375, "height": 667})
    chat.open()
    expect(chat.panel).to_have_attribute("role", "dialog")
    expect(chat.panel).to_have_attribute("aria-modal", "true")
    chat.send.focus()
    chat.page.keyboard.press("Tab")
    assert chat.focused() == "Meer mogelijkheden"
    chat.page.keyboard.press("Shift+Tab")
    assert chat.focused() == "Verstuur"
    assert chat.page.locator("main").evaluate("node => node.inert")

    chat.page.keyboard.press("Escape")

    assert not chat.page.locator("main").evaluate("node => node.inert")
    expect(chat.launcher).to_be_focused()


def test_turning_the_screen_changes_the_window_and_keeps_the_text(chat):
    chat.page.set_viewport_size({"width": 375, "height": 667})
    chat.open()
    chat.input.fill("half getypt")
    chat.page.set_viewport_size({"width": 1024, "height": 700})

    expect(chat.panel).to_have_attribute("role", "region")
    expect(chat.input).to_have_value("half getypt")
    assert not chat.page.locator("main").evaluate("node => node.inert")


def test_on_a_wide_screen_the_page_stays_usable(chat):
    chat.open()

    assert not chat.page.locator("main").evaluate("node => node.inert")
    chat.page.get_by_label("Zoek op leiestad.example").fill("reispas")
    expect(chat.panel).to_be_visible()


def test_the_menu_opens_and_closes_by_keyboard(chat):
    chat.open()
    menu = chat.button("Meer mogelijkheden")
    menu.focus()
    chat.page.keyboard.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Escape")

    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(menu).to_be_focused()
    expect(chat.panel).to_be_visible()


def test_escape_leaves_a_sheet_before_it_leaves_the_window(chat):
    chat.open()
    chat.button("Meer mogelijkheden").click()
    chat.button("Gesprek beëindigen").click()
    chat.page.keyboard.press("Escape")
    expect(chat.input).to_be_visible()
    expect(chat.panel).to_be_visible()
    expect(chat.button("Meer mogelijkheden")).to_be_focused()

    chat.page.keyboard.press("Escape")

    expect(chat.panel).to_be_hidden()


def test_what_has_the_focus_can_be_seen(chat):
    chat.open()
    chat.button("Chat verkleinen").focus()
    chat.page.keyboard.press("Tab")

    outline = chat.button("Medewerker spreken").evaluate("node => getComputedStyle(node).outline")
    assert "3px" in outline
