"""The end of a conversation, how it was, what is kept of it; and a person who takes over."""

import re

import pytest
from playwright.sync_api import expect


def end(chat):
    chat.button("Meer mogelijkheden").click()
    chat.button("Gesprek beëindigen").click()
    chat.button("Ja, beëindigen").click()
    expect(chat.page.get_by_role("heading", name="Dit gesprek is afgelopen")).to_be_focused()


def test_ending_asks_first(chat, front):
    chat.open()
    chat.button("Meer mogelijkheden").click()
    chat.button("Gesprek beëindigen").click()
    expect(chat.page.get_by_role("heading", name="Wil je dit gesprek beëindigen?")).to_be_focused()
    chat.button("Nee, verder praten").click()

    expect(chat.input).to_be_visible()
    assert front.sent("/web/end", least=0) == []


@pytest.mark.req("BP4-08")
def test_a_score_goes_with_what_was_said_about_it(chat, front):
    chat.open()
    end(chat)
    chat.page.get_by_role("radio", name="4 Goed").check()
    chat.page.get_by_label("Wil je er iets over zeggen?").fill("vlot")
    chat.button("Verstuur je score").click()
    expect(chat.page.get_by_text("Bedankt voor je score.")).to_be_visible()

    assert front.sent("/web/rating") == [{"score": 4, "text": "vlot"}]
    expect(chat.button("Nieuw gesprek beginnen")).to_be_focused()


def test_a_score_by_keyboard(chat, front):
    chat.open()
    end(chat)
    chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Space")
    chat.page.keyboard.press("ArrowRight")
    chat.button("Verstuur je score").press("Enter")
    expect(chat.page.get_by_text("Bedankt voor je score.")).to_be_visible()

    assert front.sent("/web/rating")[0]["score"] == 2


@pytest.mark.req("KI-28")
def test_who_was_helped_badly_can_have_himself_called_with_one_click(chat, front):
    chat.open()
    end(chat)
    chat.page.get_by_role("radio", name="1 Helemaal niet").check()
    chat.button("Verstuur je score").click()
    expect(chat.page.get_by_text("Een collega kan je bellen.")).to_be_visible()

    chat.button("Bel mij terug").press("Enter")

    expect(chat.input).to_be_visible()
    assert front.sent("/web/messages")[-1]["text"] == "Bel mij terug"


def test_nobody_has_to_give_a_score(chat, front):
    chat.open()
    end(chat)
    expect(chat.button("Verstuur je score")).to_be_hidden()
    chat.button("Nieuw gesprek beginnen").click()

    expect(chat.page.get_by_role("radio").first).to_be_hidden()
    assert front.sent("/web/rating", least=0) == []


def test_a_score_that_does_not_arrive_is_told_and_can_be_sent_again(chat, front):
    chat.open()
    end(chat)
    front.fail("/web/rating", 503)
    chat.page.get_by_role("radio", name="5 Heel goed").check()
    chat.button("Verstuur je score").click()
    expect(chat.page.get_by_text("Je score is niet verstuurd.")).to_be_visible()
    chat.button("Verstuur je score").click()

    expect(chat.page.get_by_text("Bedankt voor je score.")).to_be_visible()


def test_after_the_end_a_new_conversation_begins(chat, front):
    chat.open()
    chat.say("oud")
    expect(chat.messages).to_have_count(3)
    end(chat)
    chat.button("Nieuw gesprek beginnen").click()
    expect(chat.input).to_be_focused()
    expect(chat.messages).to_have_count(1)
    chat.say("nieuw")
    expect(chat.messages).to_have_count(3)

    assert len(front.talks) == 2
    assert chat.texts()[1] == "nieuw"


def test_a_conversation_that_the_bot_ends_leaves_focus_and_field_alone(chat, front):
    chat.open()
    chat.input.fill("wacht")
    front.say("Tot ziens!")
    front.state(owner="closed")
    expect(chat.page.get_by_role("heading", name="Dit gesprek is afgelopen")).to_be_visible()
    expect(chat.messages.last).to_be_in_viewport(ratio=1)
    expect(chat.input).to_be_focused()
    expect(chat.input).to_have_value("wacht")

    chat.page.keyboard.press("Enter")

    expect(chat.page.get_by_role("heading", name="Dit gesprek is afgelopen")).to_be_hidden()
    expect(chat.messages).to_have_count(4)
    expect(chat.input).to_be_focused()


def test_the_conversation_can_be_kept_as_a_file(chat):
    chat.open()
    chat.say("bewaar dit")
    expect(chat.messages).to_have_count(3)
    chat.button("Meer mogelijkheden").click()
    with chat.page.expect_download() as downloading:
        chat.button("Gesprek bewaren").click()

    download = downloading.value
    assert download.suggested_filename == "gesprek-Leiestad.txt"
    assert "citizen: bewaar dit" in download.path().read_text(encoding="utf-8")


def test_a_file_that_cannot_be_fetched_is_told(chat, front):
    chat.open()
    front.fail("/web/transcript", 503)
    chat.button("Meer mogelijkheden").click()
    chat.button("Gesprek bewaren").click()

    expect(chat.problem).to_contain_text("Het gesprek ophalen is niet gelukt.")


def test_the_conversation_can_be_printed_alone(chat):
    chat.open()
    chat.say("op papier")
    expect(chat.messages).to_have_count(3)
    chat.page.evaluate(
        """() => {
            const append = document.body.append.bind(document.body);
            document.body.append = (frame) => {
                append(frame);
                frame.contentWindow.print = () => {
                    document.body.dataset.printed = frame.contentDocument.body.textContent;
                };
            };
        }"""
    )
    chat.button("Meer mogelijkheden").click()
    chat.button("Gesprek afdrukken").click()

    expect(chat.page.locator("body")).to_have_attribute("data-printed", re.compile("citizen: op papier"))


def test_the_header_tells_who_answers(chat, front):
    chat.open()
    head = chat.page.locator("balie-chat header p")
    expect(head).to_have_text("Virtuele assistent")
    front.state(owner="queue", queue={"position": 3, "wait_s": 240})
    expect(head).to_have_text("Je wacht op een medewerker")
    expect(chat.page.locator("balie-chat .panel > [role=status]")).to_have_text("Je bent nummer 3 in de rij.")
    front.state(owner="agent", queue=None, agent={"name": "Sanne"})
    expect(head).to_have_text("Je praat met Sanne")
    front.event("typing", {"from": "agent", "on": True})
    expect(chat.page.locator("balie-chat .panel > [role=status]")).to_have_text("Sanne typt…")


def test_a_person_sees_that_the_citizen_types(chat, front):
    chat.open()
    front.state(owner="agent", agent={"name": "Sanne"})
    expect(chat.page.locator("balie-chat header p")).to_have_text("Je praat met Sanne")
    chat.input.press_sequentially("even denken")
    chat.page.wait_for_timeout(300)

    assert front.sent("/web/typing") == [{"on": True}]
