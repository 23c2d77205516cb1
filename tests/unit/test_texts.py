import os
from pathlib import Path

import pytest

from conversations.model import Choice
from settings import ROOT
from texts import LOOK_AGAIN, Texts

RESPONSES = """
version: "3.1"
responses:
  utter_stilte:
    - text: Er ging iets mis. Bel {stad_telefoon}.
  utter_afscheid:
    - text: Tot ziens in dit venster!
      channel: web
    - text: Tot ziens!
      custom: {type: conversation_end}
  utter_keuze:
    - text: Zal ik verder gaan in {stad_naam}?
      buttons:
        - {title: "Ja, {wie}", payload: /bevestigen}
  utter_widget_open:
    - text: We zijn open tot {sluit}.
  utter_widget_titel:
    - text: Stel je vraag
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "algemeen").mkdir()
    (tmp_path / "algemeen" / "responses.yml").write_text(RESPONSES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def texts(folder: Path) -> Texts:
    return Texts(folder, ROOT / "city.yml")


def test_what_is_the_citys_own_is_filled_in(texts: Texts) -> None:
    assert texts.text("utter_stilte") == "Er ging iets mis. Bel 1777."


def test_a_text_for_the_channel_goes_before_one_for_all(texts: Texts) -> None:
    assert texts.reply("utter_afscheid", "web").text == "Tot ziens in dit venster!"
    assert texts.reply("utter_afscheid", "whatsapp").text == "Tot ziens!"
    assert texts.reply("utter_afscheid", "whatsapp").custom == {"type": "conversation_end"}


def test_buttons_become_choices(texts: Texts) -> None:
    reply = texts.reply("utter_keuze", wie="graag")

    assert reply.choices == (Choice("Ja, graag", "/bevestigen"),)
    assert reply.name == "utter_keuze"


def test_a_value_that_is_not_known_stays_visible(texts: Texts) -> None:
    assert texts.text("utter_widget_open") == "We zijn open tot {sluit}."


def test_texts_are_found_by_the_beginning_of_their_name(texts: Texts) -> None:
    assert texts.beginning_with("utter_widget_") == {
        "open": "We zijn open tot {sluit}.",
        "titel": "Stel je vraag",
    }


def test_a_text_that_nobody_wrote_is_empty(texts: Texts) -> None:
    assert texts.reply("utter_onbekend").text == ""
    assert texts.text("utter_onbekend") == ""
    assert "utter_onbekend" not in texts


def change(folder: Path, content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "algemeen" / "responses.yml"
    file.write_text(content, encoding="utf-8")
    os.utime(file, (1, 1))
    monkeypatch.setattr("texts.LOOK_AGAIN", LOOK_AGAIN - LOOK_AGAIN)


def test_a_changed_file_is_read_again(texts: Texts, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(folder, "responses: {utter_stilte: [{text: Sorry.}]}", monkeypatch)

    assert texts.text("utter_stilte") == "Sorry."


@pytest.mark.parametrize("broken", ["responses: [", "responses: {utter_stilte: 3}", "tekst"])
def test_a_broken_file_leaves_the_texts_as_they_were(
    broken: str, texts: Texts, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(folder, broken, monkeypatch)

    assert texts.text("utter_stilte") == "Er ging iets mis. Bel 1777."
