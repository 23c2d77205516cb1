"""What the messages look like, and that no text ever becomes more than text."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

ATTACKS = [
    "<img src=x onerror=window.hacked=1>",
    "<script>window.hacked=1</script>",
    "<svg/onload=window.hacked=1>",
    "[klik](javascript:window.hacked=1)",
    "[klik](JaVaScRiPt:window.hacked=1)",
    "[klik](data:text/html,<script>window.hacked=1</script>)",
    "[klik](vbscript:msgbox)",
    "[klik](//boos.example)",
    "[klik](\tjavascript:window.hacked=1)",
    '[klik](https://a.example" onmouseover="window.hacked=1)',
    "javascript:window.hacked=1",
    "**<b onclick=window.hacked=1>vet</b>**",
    "- <iframe src=javascript:window.hacked=1>",
    "<balie-chat></balie-chat>",
    "</div></div><style>*{display:none}</style>",
    "&lt;img src=x onerror=window.hacked=1&gt;",
    "[[https://a.example](https://b.example)](https://c.example)",
    "**" * 500,
    "[" * 500 + "](" * 500,
]
LINKS = [
    ("[de pagina](https://www.leiestad.example/a_b)", "https://www.leiestad.example/a_b"),
    ("Zie https://www.leiestad.example/afval.", "https://www.leiestad.example/afval"),
    ("(http://www.leiestad.example/x)", "http://www.leiestad.example/x"),
    ("[bel](tel:+3256177700)", "tel:+3256177700"),
    ("mailto:info@leiestad.example", "mailto:info@leiestad.example"),
]


def last(chat):
    return chat.messages.last


@pytest.mark.parametrize("author", ["bot", "agent", "citizen"])
def test_no_text_becomes_markup(chat, front, author):
    chat.open()
    for attack in ATTACKS:
        front.say(attack, **{"from": author})
    expect(chat.messages).to_have_count(1 + len(ATTACKS))
    chat.page.wait_for_timeout(200)

    assert chat.page.evaluate("window.hacked") is None
    foreign = "script, iframe, style, svg:not(.icon), balie-chat, img, [onclick], [onerror], [onmouseover]"
    assert chat.page.locator(f"balie-chat .bubble :is({foreign})").count() == 0
    hrefs = chat.page.locator("balie-chat .bubble a").evaluate_all("nodes => nodes.map((node) => node.protocol)")
    assert set(hrefs) <= {"https:"}


@pytest.mark.parametrize(("text", "href"), LINKS)
def test_a_link_can_be_followed(chat, front, text, href):
    chat.open()
    front.say(text)
    link = last(chat).locator("a")
    expect(link).to_have_attribute("href", href)

    if href.startswith("http"):
        expect(link).to_have_attribute("rel", "noopener noreferrer")
        expect(link).to_have_attribute("target", "_blank")
        assert "(opent in een nieuw venster)" in link.text_content()


def test_paragraphs_lines_bold_and_lists_are_shown(chat, front):
    chat.open()
    front.say("Dag **Sanne**\nwelkom\n\nBreng mee:\n- je kaart\n- een **foto**\n\n1. Bel\n2. Kom langs\nTot dan")
    bubble = last(chat)
    expect(bubble).to_contain_text("Tot dan")

    shape = bubble.evaluate("node => [...node.children].map((child) => child.tagName + child.children.length)")
    assert shape == ["P2", "P0", "UL2", "OL2", "P0"]
    assert bubble.locator("strong").all_inner_texts() == ["Sanne", "foto"]


def test_what_a_citizen_types_is_shown_as_typed(chat):
    chat.open()
    chat.say("**niet vet** https://leiestad.example 1. geen lijst")
    expect(chat.messages).to_have_count(3)

    assert chat.messages.nth(1).locator("a, strong, ol").count() == 0
    expect(chat.messages.nth(1)).to_have_text("**niet vet** https://leiestad.example 1. geen lijst")


def test_text_of_200_000_characters_does_not_hold_up_the_page(chat, front):
    chat.open()
    front.say("[" * 60_000 + "**a" * 20_000 + "https://" * 10_000)
    expect(chat.messages).to_have_count(2)


def test_bot_and_person_differ_by_name_and_not_by_colour_alone(chat, front):
    chat.open()
    front.say("Dag, met Sanne.", **{"from": "agent", "name": "Sanne"})
    expect(chat.messages).to_have_count(2)

    assert chat.page.locator("balie-chat .author").all_inner_texts() == ["Virtuele assistent", "Sanne"]
    assert chat.page.locator("balie-chat .message > .sr").last.inner_text() == "Sanne zegt:"


def test_days_are_parted_and_named(chat, front):
    chat.open()
    chat.say("hallo")
    expect(chat.messages).to_have_count(3)
    for days, message in zip((5, 1, 0), front.talk.messages, strict=True):
        message["at"] = (datetime.fromisoformat(message["at"]) - timedelta(days=days)).isoformat()
    chat.visit()
    chat.open()
    expect(chat.messages).to_have_count(3)

    days = chat.page.locator("balie-chat .day").all_inner_texts()
    assert days[1:] == ["Gisteren", "Vandaag"]
    assert len(days) == 3


def test_messages_stand_in_the_order_of_the_city_not_of_arrival(chat, front):
    front.delays["/web/messages"] = 0.8
    front.answer = lambda message: []
    chat.open()
    chat.say("mijn bericht")
    front.say("eerder gezegd")
    expect(chat.messages).to_have_count(3)
    chat.page.wait_for_timeout(1200)

    assert chat.texts()[1:] == ["eerder gezegd", "mijn bericht"]


def test_who_reads_back_is_not_pulled_away_by_a_new_message(chat, front):
    chat.open()
    for number in range(20):
        front.say(f"bericht {number}")
    expect(chat.messages).to_have_count(21)
    chat.log.evaluate("node => node.scrollTo(0, 0)")
    front.say("het nieuwste")
    jump = chat.button("Nieuw bericht")
    expect(jump).to_be_visible()
    assert chat.log.evaluate("node => node.scrollTop") == 0

    jump.click()

    expect(jump).to_be_hidden()
    expect(chat.messages.last).to_be_in_viewport()


def test_an_image_has_a_text(chat, front):
    chat.open()
    front.say("Zo ziet het eruit.", image="/widget/images/wapen.svg")

    expect(last(chat).locator("img")).to_have_attribute("alt", "Afbeelding bij dit bericht")


def test_dots_show_that_the_answer_is_being_made(chat, front):
    front.delays["answer"] = 1.0
    chat.open()
    chat.say("hallo")
    status = chat.page.locator("balie-chat .panel > [role=status]")
    expect(status).to_have_text("Virtuele assistent typt…")
    expect(chat.messages).to_have_count(3)

    expect(status).to_have_text("")
    expect(chat.page.locator("balie-chat .panel > .dots")).to_be_hidden()
