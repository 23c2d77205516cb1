"""Buttons: visible numbers, one answer, and the number typed does the same."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def asked(chat, front):
    front.answer = lambda message: []
    chat.open()
    front.say("Wat wil je doen?", choices=["Een probleem melden", "Een afspraak maken"])
    expect(chat.button("1. Een probleem melden")).to_be_visible()
    return chat


@pytest.mark.req("BP2-02")
def test_a_tapped_choice_goes_out_by_its_number(asked, front):
    asked.button("2. Een afspraak maken").click()
    expect(asked.messages).to_have_count(3)
    expect(asked.messages.last).to_have_text("Een afspraak maken")

    [sent] = front.sent("/web/messages")
    assert (sent["type"], sent["choice"]) == ("choice", 1)
    assert sent["message_id"] == front.talk.messages[1]["id"]


def test_a_choice_can_be_typed(asked, front):
    asked.say("2")
    expect(asked.messages).to_have_count(3)

    assert front.sent("/web/messages")[0]["text"] == "2"


def test_old_choices_stay_to_be_read_and_do_nothing(asked, front):
    asked.button("1. Een probleem melden").click()
    other = asked.button("2. Een afspraak maken")
    expect(other).to_have_attribute("aria-disabled", "true")
    other.click(force=True)
    other.focus()
    asked.page.keyboard.press("Enter")
    asked.page.wait_for_timeout(300)

    assert len(front.sent("/web/messages")) == 1
    expect(other).to_be_visible()


def test_what_was_chosen_is_still_marked_after_a_reload(asked):
    asked.button("1. Een probleem melden").click()
    expect(asked.messages).to_have_count(3)
    asked.visit()
    asked.open()

    expect(asked.page.locator("balie-chat .chosen")).to_have_text("1. Een probleem melden")
    expect(asked.button("2. Een afspraak maken")).to_have_attribute("aria-disabled", "true")


def test_the_road_to_a_person_is_always_there(asked, front):
    asked.button("Medewerker spreken").click()
    expect(asked.messages.last).to_have_text("Ik wil een medewerker spreken.")

    assert front.sent("/web/messages")[0] | {"client_msg_id": ""} == {
        "client_msg_id": "",
        "type": "text",
        "text": "Ik wil een medewerker spreken.",
    }
    assert asked.page.locator("balie-chat .person a").evaluate_all("all => all.map((a) => a.getAttribute('href'))") == [
        "tel:1777",
        "mailto:info@leiestad.example",
    ]
