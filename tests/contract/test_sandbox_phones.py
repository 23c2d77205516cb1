"""The two phones in a real browser: chat, tap, share, live and by keyboard, readable for everybody."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.contract.graph import call, phone

PHOTO = Path(__file__).parents[1] / "conversations" / "fotos" / "stoeptegel.png"


@pytest.fixture
def lien(sandbox):
    return phone(sandbox, name="Lien Declercq")


@pytest.fixture
def omer(sandbox):
    return phone(sandbox, "messenger", name="Omer Vandamme")


def open_phones(page, sandbox, lien, omer):
    page.goto(f"{sandbox.url}/telefoons?whatsapp={lien.id}&messenger={omer.id}")
    expect(page.get_by_text("Verbonden: wat verandert")).to_be_visible()


def chat(page, product):
    return page.locator(f"#{product}").get_by_role("log")


def listed(*titles):
    rows = [{"id": title, "title": title, "description": "uitleg"} for title in titles]
    action = {"button": "Kies onderwerp", "sections": [{"rows": rows}]}
    return {"interactive": {"type": "list", "body": {"text": "Waarover?"}, "action": action}}


def fill_up(lien, omer):
    reply = [{"type": "reply", "reply": {"id": "1", "title": "Geen foto"}}]
    lien.send("interactive", interactive={"type": "button", "body": {"text": "Foto?"}, "action": {"buttons": reply}})
    lien.send("interactive", **listed("Afval", "Straat"))
    lien.do("place", latitude=50.87, longitude=3.3)
    link = {"type": "web_url", "title": "Aanmelden", "url": "https://x.example"}
    payload = {"template_type": "button", "text": "Meld je aan", "buttons": [link]}
    omer.send(message={"attachment": {"type": "template", "payload": payload}})
    omer.send(message={"text": "Ja?", "quick_replies": [{"content_type": "text", "title": "Ja", "payload": "1"}]})
    omer.send(sender_action="typing_on", messaging_type=None)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_the_phones_are_readable_for_everybody(page, sandbox, lien, omer, width, scheme):
    fill_up(lien, omer)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    open_phones(page, sandbox, lien, omer)
    page.locator("#whatsapp .sheet summary").click()
    page.locator("#messenger .add summary").click()

    found = Axe().run(page).response["violations"]
    assert [f"{v['id']}: {v['nodes'][0]['html']}" for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_is_typed_goes_out_and_gets_its_ticks(page, sandbox, lien, omer, front):
    open_phones(page, sandbox, lien, omer)
    page.get_by_label("Bericht als Lien Declercq").fill("er ligt een tegel los")
    page.keyboard.press("Enter")

    said = chat(page, "whatsapp").locator(".bubble").last
    expect(said).to_contain_text("er ligt een tegel los")
    expect(said.get_by_role("img", name="bezorgd")).to_be_visible()
    expect(page.get_by_label("Bericht als Lien Declercq")).to_have_value("")
    assert front.messages()[-1]["text"]["body"] == "er ligt een tegel los"


def test_an_answer_appears_without_reloading_and_in_view(page, sandbox, lien, omer):
    open_phones(page, sandbox, lien, omer)
    for number in range(20):
        lien.send(text={"body": f"zin {number}"})
    lien.send(text={"body": "*Dag* Lien, zie https://www.leiestad.example/a_b_c."})

    last = chat(page, "whatsapp").locator(".bubble").last
    expect(last.get_by_role("link", name="https://www.leiestad.example/a_b_c")).to_be_in_viewport()
    expect(last.locator("strong")).to_have_text("Dag")


def test_a_row_is_chosen_by_keyboard_from_its_sheet(page, sandbox, lien, omer, front):
    lien.send("interactive", **listed("Afval", "Straat"))
    open_phones(page, sandbox, lien, omer)
    summary = page.locator("#whatsapp .sheet summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(chat(page, "whatsapp").locator(".bubble.mine").last).to_contain_text("Straat")
    assert front.wait(2, front.messages)[-1]["interactive"]["list_reply"]["id"] == "Straat"


def test_quick_replies_disappear_once_one_is_tapped(page, sandbox, lien, omer):
    omer.send(message={"text": "Ja?", "quick_replies": [{"content_type": "text", "title": "Ja", "payload": "1"}]})
    open_phones(page, sandbox, lien, omer)
    page.get_by_role("group", name="Snelle antwoorden").get_by_role("button", name="Ja").click()

    expect(chat(page, "messenger").locator(".bubble.mine").last).to_contain_text("Ja")
    expect(page.get_by_role("group", name="Snelle antwoorden")).to_have_count(0)


def test_a_photo_and_a_place_are_sent(page, sandbox, lien, omer, front):
    open_phones(page, sandbox, lien, omer)
    page.locator("#whatsapp .add summary").click()
    page.locator("#whatsapp").get_by_label("Foto of bestand").set_input_files(PHOTO)
    page.locator("#whatsapp").get_by_label("Tekst erbij").fill("hier")
    page.get_by_role("button", name="Verstuur het bestand").click()
    expect(chat(page, "whatsapp").get_by_role("img", name="Foto: stoeptegel.png")).to_be_visible()
    page.locator("#whatsapp .add summary").click()
    page.get_by_role("button", name="Verstuur de plaats").click()

    expect(chat(page, "whatsapp").get_by_text("Plaats: 50.87054, 3.299")).to_be_visible()
    _, image, location = front.wait(3, front.messages)
    assert (image["image"]["caption"], location["location"]["latitude"]) == ("hier", 50.87054)


def test_typing_shows_until_the_answer(page, sandbox, lien, omer):
    open_phones(page, sandbox, lien, omer)
    omer.send(sender_action="typing_on", messaging_type=None)
    expect(page.locator("#messenger").get_by_text("is aan het typen…")).to_be_visible()
    omer.send(message={"text": "Dag"})
    expect(page.locator("#messenger").get_by_text("is aan het typen…")).to_have_count(0)


def test_a_new_number_is_another_citizen(page, sandbox, lien, omer):
    open_phones(page, sandbox, lien, omer)
    page.locator("#whatsapp .people summary").click()
    page.locator("#whatsapp").get_by_label("Naam").fill("Jan Peeters")
    page.locator("#whatsapp").get_by_label("Toont de stad geen telefoonnummer").check()
    page.locator("#whatsapp").get_by_role("button", name="Nieuw nummer").click()
    expect(page.get_by_label("Bericht als Jan Peeters")).to_be_visible()
    expect(chat(page, "whatsapp")).to_contain_text("Nog niets gezegd")

    page.locator("#whatsapp .people summary").click()
    page.get_by_role("link", name="Lien Declercq").click()
    expect(chat(page, "whatsapp")).to_contain_text("hallo")


def test_messenger_begins_as_its_profile_says(page, sandbox, lien, front):
    body = {
        "get_started": {"payload": "GET_STARTED"},
        "greeting": [{"locale": "default", "text": "Stel je vraag aan de stad."}],
        "persistent_menu": [
            {"locale": "default", "call_to_actions": [{"type": "postback", "title": "Medewerker", "payload": "MENS"}]}
        ],
    }
    assert call(sandbox, "me/messenger_profile", body, product="messenger").ok
    noor = phone(sandbox, "messenger", wrote=False, name="Noor Claes")
    open_phones(page, sandbox, lien, noor)
    expect(chat(page, "messenger")).to_contain_text("Stel je vraag aan de stad.")
    page.get_by_role("button", name="Aan de slag").click()
    expect(chat(page, "messenger").locator(".bubble.mine")).to_have_count(1)
    page.locator("#messenger .menu summary").click()
    page.get_by_role("button", name="Medewerker").click()

    postbacks = front.wait(2, lambda: [event["postback"] for event in front.events() if "postback" in event])
    assert [(p["title"], p["payload"]) for p in postbacks] == [("Aan de slag", "GET_STARTED"), ("Medewerker", "MENS")]


def test_the_phones_work_without_javascript(browser, sandbox, lien, omer, front):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{sandbox.url}/telefoons?whatsapp={lien.id}&messenger={omer.id}")
    page.get_by_label("Bericht als Omer Vandamme").fill("dag")
    page.locator("#messenger").get_by_role("button", name="Stuur").click()

    expect(chat(page, "messenger").locator(".bubble.mine").last).to_contain_text("dag")
    assert f"messenger={omer.id}" in page.url
    context.close()


def test_the_citys_page_leads_to_the_phones(page, sandbox):
    page.goto(sandbox.url)
    page.get_by_role("link", name="Telefoons").click()
    expect(page.get_by_role("heading", name="Twee telefoons")).to_be_visible()
