"""The widget on somebody's page: its size, its manners, its texts, and what is left without it."""

import gzip
import re

import pytest
import yaml
from playwright.sync_api import expect

from tests.browser.fake_front import ROOT

WIDGET = ROOT / "widget"
SCRIPTS = sorted(WIDGET.glob("*.js"))
LIMIT = 25_000  # bytes, all scripts and the style sheet, each compressed by itself as they travel


def test_the_whole_widget_weighs_at_most_25_kilobytes():
    files = [
        file for file in [*SCRIPTS, WIDGET / "chat.css"] if file.name != "demo.js"
    ]  # the demo page has its own script
    weight = {file.name: len(gzip.compress(file.read_bytes())) for file in files}

    assert sum(weight.values()) <= LIMIT, weight


def test_everything_that_the_widget_loads_is_its_own():
    imports = [found for file in SCRIPTS for found in re.findall(r"from '(.+?)'", file.read_text(encoding="utf-8"))]

    assert {(WIDGET / name).resolve() for name in imports} <= set(SCRIPTS)


def test_no_script_parses_html_or_text_as_code():
    unsafe = re.compile(r"innerHTML|outerHTML|insertAdjacent|document\.write|DOMParser|\beval\(|new Function|setHTML")
    found = [file.name for file in SCRIPTS if unsafe.search(file.read_text(encoding="utf-8"))]

    assert found == []


def test_every_text_that_the_scripts_ask_for_exists_and_no_sentence_stands_in_them():
    texts = yaml.safe_load((ROOT / "data/widget/responses.yml").read_text(encoding="utf-8"))["responses"]
    source = "\n".join(file.read_text(encoding="utf-8") for file in SCRIPTS)
    asked = set(re.findall(r"\bt\('(\w+)'", source))

    assert {name for name in asked if f"utter_widget_{name}" not in texts} == set()
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", source, flags=re.S)
    strings = [one for groups in re.findall(r"'([^'\n]*)'|`([^`]*)`", code) for one in groups]
    assert [one for one in strings if re.search(r"[a-z]{2} (de|het|een|je|is|niet|the|your?) ", one)] == []


def test_the_page_may_forbid_inline_code_and_foreign_addresses(page, front):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(front.url)
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.locator("balie-chat .message")).to_have_count(1)

    assert complaints == []


def test_nobody_else_is_asked_for_anything(page, front):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(front.url)
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.locator("balie-chat .message")).to_have_count(1)

    assert [url for url in asked if not url.startswith(front.url)] == []
    assert not [url for url in asked if "token" in url]


def test_without_scripts_there_is_a_link_to_call(browser, front):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(front.url)

        expect(page.get_by_role("link", name="Vragen? Bel 1777")).to_be_visible()


def test_when_the_front_is_away_the_link_to_call_stands_in_its_place(page, front):
    front.fail("/web/config", 503, times=9)
    page.goto(front.url)

    expect(page.get_by_role("link", name="Vragen? Bel 1777")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Stel je vraag")).to_be_hidden()


def test_the_link_to_call_makes_place_for_the_chat(chat):
    expect(chat.page.get_by_role("link", name="Vragen? Bel 1777")).to_be_hidden()


@pytest.mark.req("BP2-13")
def test_a_link_on_the_page_begins_with_its_topic(chat, front):
    chat.page.get_by_role("link", name="Probleem melden").click()
    expect(chat.messages).to_have_count(3)

    assert front.sent("/web/messages")[0]["text"] == "Ik wil een probleem melden."


def test_the_start_attribute_begins_a_new_conversation_with_its_topic_once(page, front):
    front.page = front.page.replace(b"<balie-chat>", b'<balie-chat start="afspraak">')
    page.goto(front.url)
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.locator("balie-chat .message")).to_have_count(3)
    page.reload()
    page.get_by_role("button", name="Stel je vraag").click()
    expect(page.locator("balie-chat .message")).to_have_count(3)

    assert [sent["text"] for sent in front.sent("/web/messages")] == ["Ik wil een afspraak maken."]


def test_another_front_can_be_named(page, front):
    front.page = front.page.replace(b"<balie-chat>", f'<balie-chat api="{front.url}/">'.encode())
    page.goto(front.url)

    expect(page.locator("balie-chat")).to_have_attribute("data-state", "ready")


@pytest.mark.parametrize(
    ("token", "colour"),
    [
        ("--balie-chat-primary-background-color", "rgb(1, 2, 3)"),
        ("--utrecht-button-primary-action-background-color", "rgb(4, 5, 6)"),
    ],
)
def test_tokens_of_the_page_go_before_the_colours_of_the_city(chat, token, colour):
    paint = "node => getComputedStyle(node).backgroundColor"
    assert chat.launcher.evaluate(paint) == "rgb(11, 79, 108)"

    chat.page.evaluate("([name, value]) => document.documentElement.style.setProperty(name, value)", [token, colour])

    assert chat.launcher.evaluate(paint) == colour


def test_a_site_without_a_dark_side_can_keep_the_chat_light(page, front):
    front.page = front.page.replace(b"<balie-chat>", b'<balie-chat scheme="light">')
    page.emulate_media(color_scheme="dark")
    page.goto(front.url)
    page.get_by_role("button", name="Stel je vraag").click()

    panel = page.locator("balie-chat .panel")
    assert panel.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(255, 255, 255)"


def test_what_has_the_focus_on_the_page_is_not_hidden_behind_the_button(chat):
    chat.page.set_viewport_size({"width": 390, "height": 700})
    hidden = chat.page.evaluate(
        """async () => {
            const found = [];
            for (const node of document.querySelectorAll('main a, footer a')) {
                node.focus();
                await new Promise(requestAnimationFrame);
                const box = node.getBoundingClientRect();
                const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
                if (top?.closest('balie-chat')) found.push(node.textContent);
            }
            return found;
        }"""
    )

    assert hidden == []
