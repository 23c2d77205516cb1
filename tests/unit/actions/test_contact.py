"""How somebody can be reached and who he says he is, as people type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.contact import LONGEST_NAME, Name, masked, read_email, read_name
from filings.phones import read_phone


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("lien@example.be", "lien@example.be"),
        ("Mijn mailadres is Lien.Peeters@Example.be, dank u", "lien.peeters@example.be"),
        ("<lien@example.be>", "lien@example.be"),
        ("mailto:lien@example.be", "lien@example.be"),
        ("(lien@example.be)", "lien@example.be"),
        ("l.p+stad@example.be.", "l.p+stad@example.be"),
        ("jan@école.be", "jan@école.be"),
        ("lien @ gmail.com", "lien@gmail.com"),
        ("lien@ gmail.com", "lien@gmail.com"),
        ("lien apenstaartje gmail punt com", "lien@gmail.com"),
        ("lien apestaartje telenet.be", "lien@telenet.be"),
        ("lien (at) gmail.com", "lien@gmail.com"),
        ("lien at gmail punt com", "lien@gmail.com"),
        ("lien@gmail.con", "lien@gmail.com"),
        ("lien@gmial.com", "lien@gmail.com"),
        ("lien@gmail", "lien@gmail.com"),
        ("lien@gmailcom", "lien@gmail.com"),
        ("lien@telenet,be", "lien@telenet.be"),
        ("lien@telenet", "lien@telenet.be"),
        ("lien@hotmail.con", "lien@hotmail.com"),
        ("lien@skynet.bee", "lien@skynet.be"),
        ("eerst lien@@example.be, nee: lien@example.be", "lien@example.be"),
    ],
)
def test_an_email_address_is_found_and_its_slips_are_mended(text: str, email: str) -> None:
    assert read_email(text) == email


@pytest.mark.parametrize(
    "text", ["", "geen mail", "lien@", "@gmail.com", "lien@hotmail", "lien@@x.be", "a" * 3000, "@" * 99]
)
def test_what_can_be_no_email_address_is_none(text: str) -> None:
    assert read_email(text) is None


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("0470 12 34 56", "+32470123456"),
        ("0470/12.34.56", "+32470123456"),
        ("04 70 12 34 56", "+32470123456"),
        ("(0470) 12 34 56", "+32470123456"),
        ("+32 470 12 34 56", "+32470123456"),
        ("0032470123456", "+32470123456"),
        ("bel maar op 056/27.70.00 aub", "+3256277000"),
        ("ik woon op 12, gsm 0499 99 99 99", "+32499999999"),
        ("06 12345678", "+31612345678"),
        ("+31 6 12345678", "+31612345678"),
        ("+33 1 42 68 53 00", "+33142685300"),
    ],
)
def test_a_phone_number_is_found_however_it_is_written(text: str, phone: str) -> None:
    assert read_phone(text) == phone


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "1777",
        "0470 12 34 5",
        "27/11/2026 14:30",
        "2026-11-27",
        "BE68 5390 0754 7034",
        "85.07.30-033.61",
        "geen",
    ],
)
def test_other_numbers_are_no_phone_number(text: str) -> None:
    assert read_phone(text) is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Jan Peeters", "Jan", "Peeters"),
        ("ik ben jan peeters", "Jan", "Peeters"),
        ("kben jan peeters", "Jan", "Peeters"),
        ("hallo, ik ben Jan Peeters.", "Jan", "Peeters"),
        ("mijn naam is Els Van den Broeck", "Els", "Van den Broeck"),
        ("naam: Jan Peeters aub", "Jan", "Peeters"),
        ("JAN PEETERS", "Jan", "Peeters"),
        ("Peeters, Jan", "Jan", "Peeters"),
        ("els van den broeck", "Els", "Van den Broeck"),
        ("van den broeck els", "Els", "Van den Broeck"),
        ("Marie D'hondt", "Marie", "D'hondt"),
        ("marie d'hondt", "Marie", "D'hondt"),
        ("d'hondt marie", "Marie", "D'hondt"),
        ("jan-willem de smet", "Jan-Willem", "De Smet"),
        ("Mohammed El Amrani", "Mohammed", "El Amrani"),
        ("Sean McAllister", "Sean", "McAllister"),
        ("Özlem Yılmaz", "Özlem", "Yılmaz"),
        ("Nguyễn Văn An", "Nguyễn", "Văn An"),
        ("J. Peeters", "J.", "Peeters"),
        ("jan", "Jan", ""),
        ("mevrouw Janssens", "", "Janssens"),
        ("van damme", "", "Van Damme"),
        ("Jan Peeters en Marie Claes", "Jan", "Peeters"),
        ("jan peeters 0470 12 34 56", "Jan", "Peeters"),
        ("jan peeters lien@example.be", "Jan", "Peeters"),
    ],
)
def test_a_name_is_parted_and_gets_its_capitals(text: str, first: str, last: str) -> None:
    assert read_name(text) == Name(first, last)


@pytest.mark.parametrize(
    "text",
    [
        "", "ja", "nee", "weet ik niet", "waarom vraag je dat", "ik wil stoppen", "een afspraak",
        "liever niet", "anoniem",
        "dat gaat u niet aan", "het is voor mijn moeder", "ik ben van Leiestad", "lien@example.be", "0470 12 34 56",
        "a b c d e f g h", "x" * 200, "🙂", "/stop",
    ],
)  # fmt: skip
def test_what_is_no_name_is_none(text: str) -> None:
    assert read_name(text) is None


@pytest.mark.req("BP4-02")
def test_a_masked_address_is_recognised_by_its_owner_alone() -> None:
    assert masked("lien.declercq@example.be") == "l•••@example.be"


@given(st.text(max_size=80))
def test_no_text_makes_them_stumble(text: str) -> None:
    read_phone(text)
    email = read_email(text)
    name = read_name(text)

    assert email is None or read_email(email) == email
    assert name is None or 0 < len(name.full) <= LONGEST_NAME + 10
