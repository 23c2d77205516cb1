import pytest

from connectors.known import typed_code


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
def test_what_says_something_else_goes_to_the_bot(text):
    assert typed_code(text) is None
