"""What is played where, and the table that comes of it; nothing is played here."""

import pytest

from tests.conversations.parity import Parity
from tests.conversations.script import Script, ScriptError, Step, cases, load_scripts


def script(title, *kinds, file="melding.yml", **more):
    steps = tuple(Step(kind, "x", number) for number, kind in enumerate(kinds or ("burger", "bot"), 1))
    return Script(file=file, title=title, steps=steps, **more)


FIRST, PLAIN, PHOTO = script("eerste"), script("tweede"), script("derde", "foto", "bot")
OTHER = script("vierde", file="status.yml")
WEB_ONLY = script("vijfde", "foto", "bot", channels=("web",), why_not="het gaat over het venster")
ALL = [FIRST, PLAIN, PHOTO, OTHER, WEB_ONLY]


def played(wanted, channel):
    return [script.title for script, on in cases(ALL, wanted) if on == channel]


def test_everything_is_played_on_the_web_and_what_tells_most_on_the_others():
    assert played("kort", "web") == ["eerste", "tweede", "derde", "vierde", "vijfde"]
    assert played("kort", "whatsapp") == played("kort", "messenger") == ["eerste", "derde", "vierde"]


def test_what_proves_a_row_about_every_channel_is_played_on_every_channel():
    proves = script("zesde", requirements=("BP4-12",))

    played_on = [channel for script, channel in cases([FIRST, proves], "kort") if script is proves]

    assert played_on == ["web", "whatsapp", "messenger"]


def test_one_channel_or_all_of_them_can_be_asked_for():
    assert played("whatsapp", "whatsapp") == ["eerste", "tweede", "derde", "vierde"]
    assert played("whatsapp", "web") == []
    assert played("alle", "messenger") == ["eerste", "tweede", "derde", "vierde"]


def test_whoever_leaves_out_a_channel_says_why(tmp_path):
    (tmp_path / "x.yml").write_text("- gesprek: een\n  kanalen: [web]\n  stappen: [{bot: utter_x}]\n", encoding="utf-8")
    with pytest.raises(ScriptError, match="omdat"):
        list(load_scripts(tmp_path))


def test_the_table_says_what_works_what_differs_and_what_cannot_be(tmp_path):
    parity, file = Parity(), tmp_path / "pariteit.md"
    for channel in ("web", "whatsapp"):
        parity.worked(FIRST, channel, {"keuzes in een lijst": 2} if channel == "whatsapp" else {})
    parity.failed(PLAIN, "whatsapp")
    parity.write(file, [FIRST, PLAIN, WEB_ONLY])

    text = file.read_text(encoding="utf-8")
    assert "| melding | werkt (1 van 1) | werkt niet helemaal (1 van 2)<br>anders: keuzes in een lijst (2×)" in text
    assert "| niet gespeeld<br>kan niet: het gaat over het venster (1×) |" in text
    assert "- melding, WhatsApp: tweede" in text
