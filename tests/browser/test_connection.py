"""What happens when the line drops, the server refuses, the page is left or a second tab is opened."""

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage

STREAM = "/web/stream"


@pytest.mark.req("BP2-01")
def test_a_conversation_begins_when_the_window_is_opened_and_not_before(chat, front):
    assert front.talks == {}
    chat.open()

    assert chat.texts() == ["Welkom bij Leiestad. Waarmee kan ik je helpen?"]
    assert len(front.talks) == 1
    assert front.sent("/web/session")[0]["locale"] == "nl-BE"


def test_after_a_dropped_line_everything_comes_once(chat, front):
    chat.open()
    front.drop_streams()
    front.say("terwijl je weg was")
    expect(chat.messages).to_have_count(2)
    chat.say("ik ben er weer")
    expect(chat.messages).to_have_count(4)
    front.drop_streams()
    chat.page.wait_for_timeout(1500)

    assert chat.texts()[1:] == ["terwijl je weg was", "ik ben er weer", "Je zei: ik ben er weer"]


def test_a_line_that_drops_once_is_opened_again_without_a_word(chat, front):
    chat.open()
    front.drop_streams()
    chat.page.wait_for_timeout(1200)

    expect(chat.banner).to_be_hidden()
    front.say("gewoon verder")
    expect(chat.messages).to_have_count(2)


def test_a_lost_connection_is_told_as_an_alert_and_can_be_tried_by_hand(chat, front):
    chat.open()
    front.fail(STREAM, 502, times=99)
    front.drop_streams()
    expect(chat.banner.get_by_role("alert")).to_have_text("De verbinding is weg. We proberen opnieuw.")
    chat.input.fill("nog niet verstuurd")
    front.failures.clear()

    chat.button("Nu proberen").click()

    expect(chat.banner).to_be_hidden()
    expect(chat.input).to_have_value("nog niet verstuurd")


def test_a_hole_in_the_numbers_is_filled_from_the_list(chat, front):
    chat.open()
    front.hide()
    front.say("na het gat")
    expect(chat.messages).to_have_count(2)
    chat.say("verder")
    expect(chat.messages).to_have_count(4)

    assert chat.texts()[1:] == ["na het gat", "verder", "Je zei: verder"]


def test_a_reload_shows_what_was_said(chat, front):
    chat.open()
    chat.say("onthoud dit")
    expect(chat.messages).to_have_count(3)
    chat.visit()
    chat.open()
    expect(chat.messages).to_have_count(3)

    assert chat.texts()[1:] == ["onthoud dit", "Je zei: onthoud dit"]
    assert len(front.talks) == 1


def test_a_long_history_is_fetched_page_by_page(chat, front):
    chat.open()
    for number in range(230):
        front.say(f"bericht {number}")
    expect(chat.messages).to_have_count(231, timeout=20_000)
    chat.visit()
    chat.open()
    expect(chat.messages).to_have_count(231, timeout=20_000)

    assert chat.texts()[-1] == "bericht 229"


def test_a_second_tab_shows_the_same_conversation(chat, front):
    chat.open()
    second = ChatPage(chat.page.context.new_page(), front.url).visit().open()
    second.say("vanuit het tweede venster")
    expect(second.messages).to_have_count(3)
    expect(chat.messages).to_have_count(3)
    chat.say("en uit het eerste")
    expect(second.messages).to_have_count(5)

    assert second.texts() == chat.texts()
    assert len(front.talks) == 1


def test_two_tabs_that_begin_at_once_share_one_conversation(chat, front):
    front.delays["/web/session"] = 0.5
    second = ChatPage(chat.page.context.new_page(), front.url).visit()
    chat.launcher.click()
    second.launcher.click()
    expect(second.messages).to_have_count(1)
    expect(chat.messages).to_have_count(1)

    assert len(front.talks) == 1


def test_a_tab_without_a_line_of_its_own_hears_from_the_others(chat, front):
    chat.open()
    second = ChatPage(chat.page.context.new_page(), front.url).visit().open()
    front.fail(STREAM, 429, times=99, Retry_After="60")
    front.drop_streams()
    chat.page.wait_for_timeout(1500)
    second.say("hoor je mij?")

    expect(chat.messages).to_have_count(2)


def test_unread_messages_are_counted_on_the_button_and_read_in_every_tab(chat, front):
    chat.open()
    second = ChatPage(chat.page.context.new_page(), front.url).visit()
    chat.page.keyboard.press("Escape")
    front.say("een")
    front.say("twee")
    expect(chat.launcher).to_have_accessible_name("Stel je vraag 2 ongelezen berichten")
    expect(second.launcher).to_have_accessible_name("Stel je vraag 2 ongelezen berichten")

    chat.launcher.click()
    expect(second.launcher).to_have_accessible_name("Stel je vraag")

    chat.visit()
    chat.page.wait_for_timeout(500)
    expect(chat.launcher).to_have_accessible_name("Stel je vraag")


def test_what_was_said_while_the_page_was_closed_is_unread(chat, front):
    chat.open()
    chat.page.goto("about:blank")
    front.say("een bericht voor later")
    chat.visit()

    expect(chat.launcher).to_have_accessible_name("Stel je vraag 1 ongelezen bericht")


def test_a_failed_message_is_sent_again_under_the_same_id(chat, front):
    chat.open()
    front.fail("/web/messages", 400)
    chat.say("komt dit aan?")
    retry = chat.button("Opnieuw proberen")
    expect(retry).to_be_visible()
    expect(chat.page.locator("balie-chat [data-status=failed]")).to_contain_text("Niet verstuurd.")

    retry.click()

    expect(chat.messages).to_have_count(3)
    expect(retry).to_be_hidden()
    expect(chat.input).to_be_focused()
    assert [sent["text"] for sent in front.sent("/web/messages")] == ["komt dit aan?"]


def test_a_message_whose_answer_got_lost_is_not_sent_twice(chat, front):
    chat.open()
    chat.page.route("**/web/messages", lambda route: (route.fetch(), route.abort()))
    chat.say("een keer maar")
    expect(chat.messages).to_have_count(3)
    chat.page.unroute("**/web/messages")
    chat.page.wait_for_timeout(500)

    assert chat.texts()[1:] == ["een keer maar", "Je zei: een keer maar"]
    expect(chat.button("Opnieuw proberen")).to_be_hidden()


def test_without_internet_it_says_so_and_sends_by_itself_later(chat, front):
    chat.open()
    chat.page.context.set_offline(True)
    expect(chat.banner).to_contain_text("Je hebt geen internet.")
    chat.say("voor straks")
    expect(chat.button("Opnieuw proberen")).to_be_visible()

    chat.page.context.set_offline(False)

    expect(chat.messages).to_have_count(3)
    expect(chat.banner).to_be_hidden()
    assert [sent["text"] for sent in front.sent("/web/messages")] == ["voor straks"]


def test_who_writes_too_fast_waits_and_hears_it(chat, front):
    chat.open()
    front.fail("/web/messages", 429, Retry_After="2")
    chat.say("snel")
    expect(chat.problem).to_contain_text("vertrekt vanzelf over 2 seconden")
    chat.say("sneller")
    expect(chat.messages).to_have_count(5)

    assert [sent["text"] for sent in front.sent("/web/messages", least=2)] == ["snel", "sneller"]
    expect(chat.problem).to_have_text("")


def test_messages_go_out_in_the_order_in_which_they_were_typed(chat, front):
    front.delays["/web/messages"] = 0.2
    chat.open()
    for word in ("een", "twee", "drie"):
        chat.say(word)
    expect(chat.messages).to_have_count(7)

    assert [sent["text"] for sent in front.sent("/web/messages", least=3)] == ["een", "twee", "drie"]


def test_an_expired_conversation_becomes_a_new_one_and_nothing_typed_is_lost(chat, front):
    chat.open()
    front.talks.clear()
    chat.say("ben je er nog?")
    expect(chat.page.locator("balie-chat .note")).to_contain_text("Je vorige gesprek is verlopen.")
    expect(chat.messages).to_have_count(4)

    assert chat.texts()[1:] == [
        "Welkom bij Leiestad. Waarmee kan ik je helpen?",
        "ben je er nog?",
        "Je zei: ben je er nog?",
    ]
    assert len(front.talks) == 1


def test_an_expired_conversation_begins_nothing_by_itself(chat, front):
    chat.open()
    front.talks.clear()
    front.drop_streams()
    expect(chat.page.locator("balie-chat .note")).to_be_visible()

    assert front.talks == {}


def test_a_session_of_an_earlier_day_is_replaced_without_a_word(chat, front):
    chat.open()
    front.talks.clear()
    chat.visit()
    chat.open()

    assert chat.texts() == ["Welkom bij Leiestad. Waarmee kan ik je helpen?"]
    expect(chat.page.locator("balie-chat .note")).to_be_hidden()


def test_when_no_conversation_can_be_begun_it_says_so_and_goes_on_trying(chat, front):
    front.fail("/web/session", 503, times=2)
    chat.launcher.click()
    expect(chat.banner).to_contain_text("De chat werkt nu even niet.")
    chat.say("alvast typen")

    expect(chat.messages).to_have_count(3)
    expect(chat.banner).to_be_hidden()
    assert sorted(chat.texts()) == sorted(
        ["Welkom bij Leiestad. Waarmee kan ik je helpen?", "alvast typen", "Je zei: alvast typen"]
    )


def test_who_says_something_between_two_tries_to_begin_does_not_end_them(chat, front):
    front.fail("/web/session", 503, times=2, **{"Retry-After": "1.5"})
    chat.launcher.click()
    expect(chat.banner).to_contain_text("De chat werkt nu even niet.")
    front.delays["/web/session"] = 2.5  # so that the time to try again comes while his message tries
    chat.say("alvast typen")

    expect(chat.messages).to_have_count(3)
    expect(chat.banner).to_be_hidden()


def test_it_works_when_the_browser_keeps_nothing(page, front):
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    chat = ChatPage(page, front.url).visit().open()
    chat.say("zonder geheugen")

    expect(chat.messages).to_have_count(3)
