import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Capabilities, Option, Piece, Shape
from connectors.rendering import fit, split
from conversations.model import Choice, Reply

WHATSAPP = Capabilities(text=4096, text_with_choices=1024, buttons=3, list_rows=10, images=True)
MESSENGER = Capabilities(text=2000, buttons=13, images=True)
SMS = Capabilities(text=160)


def choices(*titles: str) -> tuple[Choice, ...]:
    return tuple(Choice(title, f"/kies{n}") for n, title in enumerate(titles))


YES_NO = choices("Ja", "Nee")
FOUR = choices("Voetpad", "Afval", "Verlichting", "Iets anders")
LONG = "Een verhuizing binnen de stad doorgeven"
TOO_LONG = "Een verhuizing doorgeven van een gezin met kinderen die niet op dit adres wonen"


@pytest.mark.parametrize(
    ("capabilities", "offered", "shape", "titles"),
    [
        (WHATSAPP, YES_NO, Shape.BUTTONS, ["Ja", "Nee"]),
        (WHATSAPP, FOUR, Shape.LIST, ["Voetpad", "Afval", "Verlichting", "Iets anders"]),
        (WHATSAPP, choices("Ja", LONG), Shape.LIST, ["Ja", "Een verhuizing binnen d…"]),
        (WHATSAPP, choices("Ja", TOO_LONG), Shape.BUTTONS, ["1", "2"]),
        (WHATSAPP, choices("Ja", "Ja"), Shape.LIST, ["Ja", "Ja"]),
        (WHATSAPP, choices(*"abcdefghijk"), Shape.PLAIN, []),
        (MESSENGER, FOUR, Shape.BUTTONS, ["Voetpad", "Afval", "Verlichting", "Iets anders"]),
        (MESSENGER, choices("Ja", LONG), Shape.BUTTONS, ["1", "2"]),
        (SMS, YES_NO, Shape.PLAIN, []),
    ],
)
def test_choices_become_buttons_then_a_list_then_numbers(
    capabilities: Capabilities, offered: tuple[Choice, ...], shape: Shape, titles: list[str]
) -> None:
    (piece,) = fit(Reply("Kies", offered), capabilities)

    assert piece.shape is shape
    assert [option.title for option in piece.options] == titles


def test_a_row_that_was_cut_is_told_in_full_below() -> None:
    (piece,) = fit(Reply("Kies", choices("Ja", LONG)), WHATSAPP)

    assert piece.options[1] == Option(1, "Een verhuizing binnen d…", LONG)


def test_without_buttons_the_choices_are_numbered_in_the_text() -> None:
    (piece,) = fit(Reply("Klopt dit?", YES_NO), SMS)

    assert piece.text == "Klopt dit?\n\n1. Ja\n2. Nee"


def test_choices_that_are_numbers_themselves_are_still_told() -> None:
    (piece,) = fit(Reply("Kies", choices("1", TOO_LONG)), WHATSAPP)

    assert piece.text == f"Kies\n\n1. 1\n2. {TOO_LONG}"


def test_buttons_without_a_text_to_hang_below_become_numbers() -> None:
    (piece,) = fit(Reply(choices=YES_NO), WHATSAPP)

    assert (piece.text, [o.title for o in piece.options]) == ("1. Ja\n2. Nee", ["1", "2"])


def test_an_image_goes_first_or_as_its_address() -> None:
    reply = Reply("Hier is het plan.", image="https://leiestad.example/plan.png")

    assert fit(reply, WHATSAPP) == [Piece(image=reply.image), Piece("Hier is het plan.")]
    assert fit(reply, SMS) == [Piece("Hier is het plan.\n\nhttps://leiestad.example/plan.png")]


def test_a_reply_that_only_carries_a_command_says_nothing() -> None:
    assert fit(Reply(custom={"type": "conversation_end"}), WHATSAPP) == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("Kort.", ["Kort."]),
        ("Eerste alinea.\n\nTweede alinea.", ["Eerste alinea.", "Tweede alinea."]),
        ("Een regel\nnog een regel", ["Een regel", "nog een regel"]),
        ("Een zin. Nog een zin erbij.", ["Een zin.", "Nog een zin erbij."]),
        ("woorden zonder enig leesteken", ["woorden zonder enig", "leesteken"]),
        ("x" * 45, ["x" * 20, "x" * 20, "x" * 5]),
    ],
)
def test_text_is_split_where_a_reader_pauses(text: str, parts: list[str]) -> None:
    assert split(text, 20) == parts


def test_buttons_hang_below_the_last_piece_and_within_its_limit() -> None:
    text = "\n\n".join(f"Alinea {n}. " + "Dit is een zin. " * 30 for n in range(12))

    *before, last = fit(Reply(text, YES_NO), WHATSAPP)

    assert len(last.text) <= 1024
    assert last.shape is Shape.BUTTONS
    assert all(piece.shape is Shape.PLAIN for piece in before)


titles = st.text(min_size=1, max_size=90).map(str.strip).filter(bool)
capabilities_of_any_channel = st.builds(
    Capabilities,
    text=st.integers(20, 300),
    text_with_choices=st.none() | st.integers(20, 300),
    buttons=st.integers(0, 5),
    list_rows=st.integers(0, 10),
    images=st.booleans(),
)


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(st.text(max_size=900), st.lists(titles, max_size=12), capabilities_of_any_channel)
def test_no_piece_passes_a_limit_and_nothing_is_lost(text: str, offered: list[str], can: Capabilities) -> None:
    pieces = fit(Reply(text, choices(*offered)), can)

    told = squeezed("".join(piece.text for piece in pieces))
    for piece in pieces:
        assert len(piece.text) <= can.text
        if piece.options:
            assert piece.text
            assert len(piece.text) <= (can.text_with_choices or can.text)
            assert len(piece.options) <= (can.buttons if piece.shape is Shape.BUTTONS else can.list_rows)
        for option in piece.options:
            assert len(option.title) <= (can.button_title if piece.shape is Shape.BUTTONS else can.row_title)
            assert len(option.description) <= can.row_description
    assert told.startswith(squeezed(text))
    shown = {word for piece in pieces for option in piece.options for word in (option.title, option.description)}
    assert all(title in shown or squeezed(title) in told for title in offered)


@given(st.text(max_size=500), st.integers(1, 80))
def test_splitting_keeps_every_character_that_is_not_a_space(text: str, limit: int) -> None:
    parts = split(text, limit)

    assert all(0 < len(part) <= limit for part in parts)
    assert squeezed("".join(parts)) == squeezed(text)
