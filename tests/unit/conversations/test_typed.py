import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conversations.model import Choice
from conversations.typed import LONGEST_TEXT, chosen, concerns_the_house, harmless, keepable, typed_code

YES, NO, OTHER = Choice("Ja, klopt!", "/ja"), Choice("Nee", "/nee"), Choice("Iets  anders…", "/anders")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("/restart", "restart"),
        ("  / /meld{}", "meld{}"),
        ("\u200b/restart", "restart"),
        ("\x00/restart", "restart"),
        ("halfweg 1/2", "halfweg 1/2"),
        ("twee\r\nregels", "twee\nregels"),
        ("👍", "👍"),
        ("/", ""),
    ],
)
def test_a_text_loses_what_makes_it_a_command(typed, kept):
    assert harmless(typed) == kept


@given(st.text(st.characters()))
@example("a" * LONGEST_TEXT + " / b")
@example("\ud83d/x")
def test_nothing_typed_is_a_command_or_endless_or_unkeepable(typed):
    safe = harmless(typed)

    assert not safe.strip().startswith("/")
    assert len(safe) <= LONGEST_TEXT
    assert "\x00" not in safe
    safe.encode()  # no half surrogate pairs
    assert harmless(safe) == safe


@given(st.text())
def test_what_a_database_can_keep_is_left_alone(text):
    assert keepable(keepable(text)) == keepable(text)


@pytest.mark.parametrize("typed", ["2", " 2. ", "2)", "(2)", "#2", "2!", "2️⃣", "２"])
def test_a_number_means_the_choice_at_that_place(typed):
    assert chosen(typed, [[YES, NO]]) == NO


@pytest.mark.parametrize("typed", ["ja, klopt", "JA,  KLOPT.", "Ja, klopt!"])
def test_a_title_means_its_choice_in_any_case_and_punctuation(typed):
    assert chosen(typed, [[NO, YES]]) == YES


@pytest.mark.parametrize("typed", ["0", "3", "-1", "2 euro", "nee bedankt", "", "...", "12345678901234567890"])
def test_anything_else_stays_text(typed):
    assert chosen(typed, [[YES, NO]]) is None


def test_a_number_stays_text_when_nothing_was_offered():
    assert chosen("1", []) is None
    assert chosen("1", [[], []]) is None


def test_a_number_counts_in_the_latest_message_and_a_title_in_all():
    latest_first = [[NO, OTHER], [YES]]

    assert chosen("1", latest_first) == NO
    assert chosen("ja, klopt", latest_first) == YES
    assert chosen("iets anders", latest_first) == OTHER


def test_a_number_is_no_choice_of_a_message_before_the_last():
    """After "which house number?" a number is a house number, whatever was offered just before."""
    house_number_asked = [[], [YES, NO]]

    assert chosen("1", house_number_asked) is None
    assert chosen("ja, klopt", house_number_asked) == YES


@given(st.lists(st.builds(Choice, st.text(), st.text()), max_size=5))
def test_every_choice_can_be_typed_by_its_number(offered):
    for place, choice in enumerate(offered, start=1):
        assert chosen(str(place), [offered]) == choice


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("482913", "482913"),
        ("482 913", "482913"),
        ("482-913", "482913"),
        ("4 8 2 9 1 3", "482913"),
        ("mijn code is 482.913", "482913"),
        ("48291", "48291"),  # one too few: wrong, and better said than sent on to the bot
    ],
)
def test_what_looks_like_a_code_is_one(text, code):
    assert typed_code(text) == code


@pytest.mark.parametrize(
    "text",
    ["", "hallo", "8799", "0470 00 12 01", "32470001201", "482913 of 482914", "٤٨٢٩١٣", "x" * 40 + "482913"],
)
def test_what_says_something_else_is_no_code(text):
    assert typed_code(text) is None


@pytest.mark.parametrize(
    ("text", "is_first"),
    [("482 913", True), ("mijn nummer is [rijksregisternummer]", True), ("bent u er?", False), ("nummer 12", False)],
)
def test_what_concerns_the_house_is_seen_before_it_is_given_to_a_person(text, is_first):
    assert concerns_the_house(text) is is_first
