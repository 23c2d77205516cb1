"""axe in every state, on a wide and on the narrowest screen, in each colour scheme; and what axe cannot see."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
}
WIDTHS = {"wide": (1280, 800), "narrow": (320, 640)}


def violations(page):
    page.wait_for_load_state()  # what is seen sooner may still be without its stylesheet
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{v['id']}: {node['target']} {node['failureSummary']}" for v in found for node in v["nodes"]]


def closed(chat, front):
    expect(chat.launcher).to_be_visible()


def opened(chat, front):
    chat.open()


def menu(chat, front):
    chat.button("Meer mogelijkheden").click()
    expect(chat.button("Gesprek afdrukken")).to_be_visible()


def typing(chat, front):
    chat.page.keyboard.press("Escape")
    chat.button("Meer mogelijkheden").focus()
    front.event("typing", {"from": "bot", "on": True})
    expect(chat.page.locator("balie-chat .dots:not([hidden])").first).to_be_visible()


def buttons(chat, front):
    front.event("typing", {"from": "bot", "on": False})
    front.say("Een **lijst**:\n- een\n- twee\n\nZie [de pagina](https://www.leiestad.example/).", choices=["Ja", "Nee"])
    expect(chat.button("2. Nee")).to_be_visible()


def answered(chat, front):
    chat.button("1. Ja").click()
    expect(chat.button("1. Ja")).to_have_attribute("aria-disabled", "true")


def place(chat, front):
    front.say("Waar is het?", custom={"type": "ask_place"})
    chat.button("Kies op de kaart").click()
    expect(chat.page.get_by_role("application")).to_be_visible()
    chat.button("Annuleren").click()


def failed(chat, front):
    front.fail("/web/messages", 500)
    chat.say("Komt dit aan?")
    expect(chat.button("Opnieuw proberen")).to_be_visible()
    chat.send.click()
    expect(chat.problem).to_have_text("Typ eerst je bericht.")


def offline(chat, front):
    chat.page.context.set_offline(True)
    expect(chat.banner).to_be_visible()


def ended(chat, front):
    chat.page.context.set_offline(False)
    expect(chat.banner).to_be_hidden(timeout=15_000)
    chat.button("Meer mogelijkheden").click()
    chat.button("Gesprek beëindigen").click()
    expect(chat.page.get_by_role("heading", name="Wil je dit gesprek beëindigen?")).to_be_focused()
    chat.button("Ja, beëindigen").click()
    expect(chat.page.get_by_role("radio").first).to_be_visible()


STATES = (closed, opened, menu, typing, buttons, answered, place, failed, offline, ended)


@pytest.mark.req("BP1-02")
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_any_state(chat, front, look, width):
    chat.page.emulate_media(**LOOKS[look])
    columns, rows = WIDTHS[width]
    chat.page.set_viewport_size({"width": columns, "height": rows})
    found = {}
    for state in STATES:
        state(chat, front)
        found[state.__name__] = violations(chat.page)

    assert {name: problems for name, problems in found.items() if problems} == {}


def test_axe_finds_nothing_when_the_chat_cannot_be_reached(page, front):
    front.fail("/web/config", 503, times=9)
    page.goto(front.url)
    expect(page.locator("balie-chat")).to_have_attribute("data-state", "failed")

    assert violations(page) == []


@pytest.mark.parametrize("size", [(320, 640), (320, 256)])
def test_nothing_scrolls_sideways_on_a_screen_of_320_pixels(chat, front, size):
    chat.page.set_viewport_size({"width": size[0], "height": size[1]})
    chat.open()
    front.say(
        "Rijksregisternummertoekenningsprocedure" * 4 + " 👩‍👩‍👧‍👦" * 30, choices=["Zeerlangekeuzezonderspaties" * 3]
    )
    expect(chat.messages).to_have_count(2)

    wide = chat.page.evaluate(
        """() => {
            const root = document.querySelector('balie-chat').shadowRoot;
            const log = root.querySelector('.log');
            const panel = root.querySelector('.panel');
            return [document.documentElement, log, panel].map((node) => node.scrollWidth - node.clientWidth);
        }"""
    )
    assert wide == [0, 0, 0]


def test_at_400_percent_on_a_low_screen_everything_can_be_scrolled_to(chat):
    chat.page.set_viewport_size({"width": 320, "height": 256})
    chat.open()
    chat.send.scroll_into_view_if_needed()

    expect(chat.send).to_be_in_viewport(ratio=1)


def test_targets_are_at_least_44_pixels(chat, front):
    chat.open()
    front.say("Klopt dat?", choices=["Ja", "Nee"])
    expect(chat.button("1. Ja")).to_be_visible()

    small = chat.page.evaluate(
        """() => [...document.querySelector('balie-chat').shadowRoot.querySelectorAll('button, .person a, textarea')]
            .filter((node) => node.checkVisibility())
            .map((node) => [node.ariaLabel || node.textContent, node.getBoundingClientRect()])
            .filter(([, box]) => Math.min(box.width, box.height) < 43.9 && Math.min(box.width, box.height) > 0)
            .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""
    )
    assert small == []


def test_text_spacing_of_the_reader_does_not_cut_anything_off(chat, front):
    chat.page.set_viewport_size({"width": 320, "height": 640})
    chat.open()
    front.say("Dit bericht heeft een paar regels, zodat de afstand ertussen telt.", choices=["Ja", "Nee"])
    expect(chat.button("1. Ja")).to_be_visible()
    cut = chat.page.evaluate(
        """() => {
            const root = document.querySelector('balie-chat').shadowRoot;
            const style = new CSSStyleSheet();
            style.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important;'
                + 'word-spacing: .16em !important } p { margin-block-end: 2em !important }');
            root.adoptedStyleSheets = [style];
            return [...root.querySelectorAll('button, .bubble, .person a, h2')]
                .filter((node) => node.checkVisibility() && node.scrollWidth > node.clientWidth + 1)
                .map((node) => node.textContent);
        }"""
    )

    assert cut == []


def test_nothing_moves_when_the_reader_asked_for_less_motion(chat, front):
    chat.page.emulate_media(reduced_motion="reduce")
    chat.open()
    front.event("typing", {"from": "bot", "on": True})
    dot = chat.page.locator("balie-chat .dots i").first
    expect(dot).to_be_visible()

    assert dot.evaluate("node => getComputedStyle(node).animationName") == "none"


def test_the_log_is_there_before_the_first_message_and_speaks_politely(chat):
    log = chat.page.locator("balie-chat [role=log]")

    assert log.get_attribute("aria-live") == "polite"
    assert log.get_attribute("aria-relevant") == "additions"
    assert chat.messages.count() == 0


def test_every_message_says_who_speaks(chat):
    chat.open()
    chat.say("hallo")
    expect(chat.messages).to_have_count(3)

    spoken = chat.page.locator("balie-chat .message > .sr").all_inner_texts()
    assert spoken == ["Virtuele assistent zegt:", "Jij zei:", "Virtuele assistent zegt:"]


def test_each_message_is_announced_once(chat, front):
    chat.open()
    chat.watch_announcements()
    chat.say("Hoe laat is het?")
    expect(chat.messages).to_have_count(3)
    front.drop_streams()
    front.say("Nog iets?")
    expect(chat.messages).to_have_count(4)
    chat.page.wait_for_timeout(1500)

    heard = " | ".join(chat.announced())
    assert [heard.count(text) for text in ("Hoe laat is het?Hoe", "Je zei: Hoe laat", "Nog iets?")] == [0, 1, 1]
    assert heard.count("Jij zei:Hoe laat is het?") == 1


def test_history_is_shown_without_being_read_out(chat):
    chat.open()
    chat.say("een")
    expect(chat.messages).to_have_count(3)
    chat.page.add_init_script(
        """window.addEventListener('DOMContentLoaded', () => {
            window.loud = 0;
            const ready = setInterval(() => {
                const log = document.querySelector('balie-chat')?.shadowRoot?.querySelector('[role=log]');
                if (!log) return;
                clearInterval(ready);
                new MutationObserver((changes) => {
                    if (log.ariaLive !== 'off') window.loud += changes.length;
                }).observe(log, { childList: true });
            }, 1);
        })"""
    )
    chat.visit()
    chat.open()
    expect(chat.messages).to_have_count(3)

    assert chat.page.evaluate("window.loud") == 0
    expect(chat.log).to_have_attribute("aria-live", "polite")
