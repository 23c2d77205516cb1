"""A photo and a place: chosen, checked, sent, and always possible in words."""

import struct
import zlib

import pytest
from playwright.sync_api import expect

MEGABYTE = 1024 * 1024


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = struct.pack(">IIBBBBB", 60, 40, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + bytes((180, 90, 60)) * 60 for _ in range(40)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pick(chat, name="stoep.png", kind="image/png", content=None):
    file = {"name": name, "mimeType": kind, "buffer": png() if content is None else content}
    chat.page.locator("balie-chat input[type=file]").set_input_files(file)


@pytest.mark.req("BP2-04")
def test_a_photo_is_shown_before_and_after_it_is_sent(chat, front):
    chat.open()
    pick(chat)
    expect(chat.page.get_by_alt_text("Voorbeeld van je foto")).to_be_visible()
    expect(chat.input).to_be_focused()
    chat.say("hier ligt hij los")
    expect(chat.messages).to_have_count(5)

    assert [sent["type"] for sent in front.sent("/web/messages", least=2)] == ["attachment", "text"]
    assert b"stoep.png" in front.sent("/web/attachments")[0]
    expect(chat.page.get_by_alt_text("Foto: stoep.png")).to_be_visible()
    expect(chat.page.get_by_alt_text("Voorbeeld van je foto")).to_be_hidden()


@pytest.mark.req("BP2-04")
def test_a_photo_is_shown_again_after_a_reload(chat, front):
    front.files["a_1"] = ("image/png", png())
    chat.open()
    pick(chat)
    chat.say("hier ligt hij los")
    expect(chat.messages).to_have_count(5)
    chat.visit()
    chat.open()

    photo = chat.page.get_by_alt_text("stoep.png", exact=True)
    expect(photo).to_be_visible()
    assert photo.evaluate("image => image.naturalWidth") == 60
    assert photo.evaluate("image => image.childElementCount") == 0
    expect(chat.page.locator("balie-chat .typed", has_text="Foto: stoep.png").locator(".icon")).to_be_visible()


@pytest.mark.req("WA-03")
def test_what_an_agent_sends_is_shown_or_can_be_kept(chat, front):
    front.files |= {"a_2": ("image/png", png()), "a_3": ("application/pdf", b"%PDF-1.7")}
    chat.open()
    front.say("", **{"from": "agent"}, attachment={"id": "a_2", "name": "plan.png", "media_type": "image/png"})
    front.say(
        "Hier", **{"from": "agent"}, attachment={"id": "a_3", "name": "brief.pdf", "media_type": "application/pdf"}
    )

    expect(chat.page.get_by_alt_text("plan.png")).to_be_visible()
    with chat.page.expect_download() as download:
        chat.page.get_by_role("link", name="brief.pdf").click()
    assert download.value.suggested_filename == "brief.pdf"


@pytest.mark.req("WA-03")
@pytest.mark.parametrize(("name", "kind"), [("plan.png", "image/png"), ("brief.pdf", "application/pdf")])
def test_what_does_not_load_is_told_in_words(chat, front, name, kind):
    front.fail("/web/attachments/a_4", 404)
    chat.open()
    front.say("Hier", **{"from": "agent"}, attachment={"id": "a_4", "name": name, "media_type": kind})

    expect(chat.messages.last).to_contain_text(f"We kunnen dit hier niet tonen ({name}).")
    expect(chat.messages.last.locator("img, a")).to_have_count(0)


def test_a_picture_that_is_none_is_told_in_words(chat, front):
    front.files["a_5"] = ("image/png", b"no picture")
    chat.open()
    front.say("", **{"from": "agent"}, attachment={"id": "a_5", "name": "plan.png", "media_type": "image/png"})
    front.say("Zo ziet het eruit.", image="/widget/images/weg.svg")

    expect(chat.messages.nth(-2)).to_have_text("We kunnen dit hier niet tonen (plan.png).")
    expect(chat.messages.last).to_contain_text("We kunnen dit hier niet tonen (Afbeelding bij dit bericht).")


def test_a_photo_can_be_taken_away_again(chat, front):
    chat.open()
    pick(chat)
    chat.button("Foto weghalen").click()
    expect(chat.input).to_be_focused()
    chat.say("toch maar zonder")
    expect(chat.messages).to_have_count(3)

    assert front.sent("/web/attachments", least=0) == []


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ({"name": "brief.pdf", "kind": "application/pdf"}, "Dit bestand is geen foto die we kunnen openen."),
        ({"content": b"x" * (8 * MEGABYTE + 1)}, "Je foto is te groot (9 MB). Kies een foto van hoogstens 8 MB."),
    ],
)
def test_a_file_that_will_be_refused_is_refused_at_once(chat, front, file, said):
    chat.open()
    pick(chat, **file)

    expect(chat.problem).to_contain_text(said)
    expect(chat.input).to_have_attribute("aria-invalid", "true")
    assert front.sent("/web/attachments", least=0) == []


def test_a_failed_upload_is_tried_again_and_sent_once(chat, front):
    chat.open()
    front.fail("/web/attachments", 503)
    pick(chat)
    chat.send.click()
    chat.button("Opnieuw proberen").click()
    expect(chat.messages).to_have_count(3)

    assert len(front.sent("/web/attachments")) == 1
    assert len(front.sent("/web/messages")) == 1


def test_the_photo_button_stands_out_when_a_photo_is_asked(chat, front):
    chat.open()
    tool = chat.page.locator("balie-chat .composer .tool").first
    assert "wanted" not in tool.get_attribute("class")
    front.say("Heb je een foto?", custom={"type": "ask_photo"})
    expect(chat.button("Foto toevoegen").first).to_be_visible()

    expect(tool).to_have_class("tool wanted")
    with chat.page.expect_file_chooser():
        chat.log.get_by_role("button", name="Foto toevoegen").click()


def test_a_photo_in_the_history_has_its_name(chat, front):
    front.files["a_1"] = ("image/png", png())
    chat.open()
    pick(chat)
    chat.send.click()
    expect(chat.messages).to_have_count(3)
    chat.visit()
    chat.open()

    expect(chat.messages.nth(1)).to_have_text("Foto: stoep.png")


@pytest.fixture
def asked(chat, front):
    front.answer = lambda message: []
    chat.open()
    front.say("Waar is het?", custom={"type": "ask_place"})
    expect(chat.button("Kies op de kaart")).to_be_visible()
    return chat


def near(chat):
    return chat.page.locator("balie-chat .near")


def test_a_place_is_chosen_on_the_map_by_a_click(asked, front):
    asked.button("Kies op de kaart").click()
    expect(asked.page.get_by_role("heading", name="Waar is het?")).to_be_focused()
    asked.page.get_by_role("application").click(position={"x": 60, "y": 60})
    expect(near(asked)).not_to_contain_text("Grote Markt")
    street = near(asked).inner_text().removeprefix("De speld staat dicht bij ").removesuffix(".")
    asked.button("Verstuur deze plek").click()
    expect(asked.messages.last).to_contain_text(f"Plek op de kaart, dicht bij {street}")
    expect(asked.input).to_be_focused()

    [sent] = front.sent("/web/messages")
    assert sent["type"] == "location"
    assert 50.8 < sent["latitude"] < 50.95
    assert 3.2 < sent["longitude"] < 3.4


def test_a_place_is_chosen_on_the_map_by_keyboard(asked, front):
    asked.button("Kies op de kaart").focus()
    asked.page.keyboard.press("Enter")
    asked.page.get_by_role("application").focus()
    for _ in range(20):
        asked.page.keyboard.press("ArrowUp")
    asked.page.keyboard.press("+")
    expect(near(asked)).not_to_contain_text("Grote Markt")
    asked.button("Verstuur deze plek").press("Enter")
    expect(asked.messages).to_have_count(3)

    [sent] = front.sent("/web/messages")
    assert sent["latitude"] > front.config["map"]["streets"][0]["lat"]


def test_a_place_is_chosen_by_the_name_of_a_street(asked, front):
    street = front.config["map"]["streets"][7]
    asked.button("Kies op de kaart").click()
    asked.page.get_by_label("Zoek een straat").fill(street["name"])
    asked.page.keyboard.press("Enter")
    expect(near(asked)).to_contain_text(street["name"])
    asked.button("Verstuur deze plek").click()
    expect(asked.messages).to_have_count(3)

    [sent] = front.sent("/web/messages")
    assert (sent["latitude"], sent["longitude"]) == pytest.approx((street["lat"], street["lon"]), abs=1e-5)


def test_an_unknown_street_is_told(asked):
    asked.button("Kies op de kaart").click()
    asked.page.get_by_label("Zoek een straat").fill("Nergensstraat")
    asked.page.keyboard.press("Enter")

    expect(near(asked)).to_contain_text("Die straat vinden we niet in Leiestad.")


def test_the_device_is_asked_and_nothing_leaves_before_the_citizen_agrees(asked, front):
    street = front.config["map"]["streets"][3]
    asked.page.context.grant_permissions(["geolocation"])
    asked.page.context.set_geolocation({"latitude": street["lat"], "longitude": street["lon"]})
    asked.button("Deel mijn locatie").click()
    expect(near(asked)).to_have_text(f"Je bent dicht bij {street['name']}. Klopt de speld?")
    assert front.sent("/web/messages", least=0) == []

    asked.button("Verstuur deze plek").click()

    expect(asked.messages.last).to_contain_text(street["name"])


@pytest.mark.parametrize(
    ("place", "said"),
    [(None, "Je toestel deelt je locatie niet."), ((50.8467, 4.3525), "Je bent nu niet in Leiestad.")],
)
def test_a_device_that_says_no_or_is_elsewhere_leaves_the_map(asked, place, said):
    if place:
        asked.page.context.grant_permissions(["geolocation"])
        asked.page.context.set_geolocation({"latitude": place[0], "longitude": place[1]})
    asked.button("Deel mijn locatie").click()

    expect(near(asked)).to_contain_text(said)
    expect(asked.button("Verstuur deze plek")).to_be_visible()


def test_the_map_can_be_left_and_the_place_typed(asked, front):
    asked.button("Kies op de kaart").click()
    asked.button("Annuleren").click()
    expect(asked.button("Kies op de kaart")).to_be_focused()
    asked.say("aan de kerk")
    expect(asked.messages).to_have_count(3)

    assert front.sent("/web/messages")[0]["text"] == "aan de kerk"
