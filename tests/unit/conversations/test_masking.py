import re
from datetime import UTC

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conversations.masking import ACCOUNT, CARD, PERSON, masked
from conversations.model import Incoming

GAPS = ["", " ", "-", ".", "/", " - ", "\u00a0", "–", "\u200b"]
AROUND = st.text(st.characters(codec="utf-8", exclude_categories=["Nd", "L", "Nl", "No"], exclude_characters="+-./"))


@st.composite
def persons(draw):
    """A rijksregisternummer or bis number, in one of the ways that people write it."""
    month = draw(st.integers(0, 12)) + draw(st.sampled_from([0, 20, 40]))
    born = f"{draw(st.integers(0, 99)):02}{month:02}{draw(st.integers(0, 31)):02}{draw(st.integers(1, 998)):03}"
    check = 97 - int(draw(st.sampled_from(["", "2"])) + born) % 97
    number = f"{born}{check:02}"
    groups = draw(st.sampled_from([(2, 4, 6, 9), (6, 9), (6,), (9,), (3, 6, 9), (4, 8), ()]))
    return spread(draw, number, groups)


def spread(draw, number, boundaries):
    gap = st.sampled_from(GAPS)
    return "".join(draw(gap) + sign if place in boundaries else sign for place, sign in enumerate(number))


@st.composite
def cards(draw):
    start, length = draw(st.sampled_from([("4", 16), ("4", 13), ("52", 16), ("2300", 16), ("37", 15), ("6703", 17)]))
    digits = start + "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=19, max_size=19)))
    digits = digits[: length - 1]
    check = next(n for n in "0123456789" if luhn(digits + n))
    return spread(draw, digits + check, (4, 10) if length == 15 else (4, 8, 12, 16))


def luhn(number):
    values = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 * (value > 9) for value in values) % 10 == 0


@st.composite
def accounts(draw):
    country, length = draw(st.sampled_from([("BE", 16), ("NL", 18), ("FR", 27), ("DE", 22), ("LU", 20)]))
    bank = draw(st.sampled_from(["", "ABNA", "INGB"])) if country == "NL" else ""
    rest = length - 4 - len(bank)
    inner = bank + "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=rest, max_size=rest)))
    check = 98 - int("".join(str(int(sign, 36)) for sign in inner + country + "00")) % 97
    number = draw(st.sampled_from([country, country.lower()])) + f"{check:02}{inner}"
    return spread(draw, number, range(4, length, 4))


@given(AROUND, persons(), AROUND)
@settings(max_examples=300)
def test_a_rijksregisternummer_is_hidden_however_it_is_written(before, number, after):
    assume(not re.match("324[5-9]", re.sub("[^0-9]", "", number)))  # reads as a mobile number
    assert masked(before + number + after) == before + PERSON + after


@given(AROUND, cards(), AROUND)
def test_a_card_number_is_hidden_however_it_is_written(before, number, after):
    assert masked(before + number + after) == before + CARD + after


@given(AROUND, accounts(), AROUND)
def test_an_account_number_is_hidden_however_it_is_written(before, number, after):
    assert masked(before + number + after) == before + ACCOUNT + after


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("mijn nummer is 85.07.30-033.28, oké?", f"mijn nummer is {PERSON}, oké?"),
        ("rrn:85073003328", f"rrn:{PERSON}"),
        ("1. 85073003328 2. 40051510034", f"1. {PERSON} 2. {PERSON}"),
        ("٨٥٠٧٣٠٠٣٣٢٨", PERSON),
        ("00000100195", PERSON),  # born on an unknown day of 1900, or of 2000
        ("BE68 5390 0754 7034 van An", f"{ACCOUNT} van An"),
        ("NL91ABNA0417164300 en 85073003328", f"{ACCOUNT} en {PERSON}"),
        ("12 4111 1111 1111 1111", f"12 {CARD}"),
        ("6703 4444 4444 4449 1", f"{CARD} 1"),
    ],
)
def test_the_rest_of_what_was_typed_stays(typed, kept):
    assert masked(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "85073003329",  # a wrong check digit
        "85133003328",  # no month
        "850730033280",  # a digit too many
        "BE68539007547035",
        "XX68539007547034",  # no country
        "4111 1111 1111 1112",
        "5414489012345678907",  # an EAN of an electricity meter
        "+++090/9337/55493+++",
        "Kerkstraat 12, 8500 Kortrijk",
        "9 stoelen, 12 kasten, 3 tafels, 14 dozen, 8500",
        "I 2611 042",
        "2611 042",
        "om 9u30 op 23/11/2026 of 24-11-2026 10:00",
        "23-11-2026 09.30",
        "2026-11-23T09:30:00",
        "32470123456",
        "0032 470 12 34 56",
        "",
    ],
)
def test_what_only_looks_like_one_is_left_alone(typed):
    assert masked(typed) == typed


@given(
    st.one_of(
        st.integers(470_000_000, 499_999_999).map(str),
        st.integers(50_000_000, 89_999_999).map(str),
    ),
    st.sampled_from(["+32", "0032", "+32 ", "00 32 ", "0", "32", "+32(0)"]),
    st.sampled_from(["", " ", "/", "."]),
    st.sampled_from([(3, 5, 7), (3, 6), (2, 5, 7), ()]),
)
@settings(max_examples=500)
def test_a_telephone_number_is_left_alone(number, prefix, gap, boundaries):
    spread_out = "".join(gap + sign if place in boundaries else sign for place, sign in enumerate(number))

    assert masked(f"bel {prefix}{spread_out} aub") == f"bel {prefix}{spread_out} aub"


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(["%d/%m/%Y %H:%M", "%d-%m-%Y %H.%M", "%d.%m.%Y om %Hu%M", "%Y-%m-%d %H:%M", "%d %m %Y", "%Y%m%d"]),
)
def test_a_date_is_left_alone(moment, form):
    assert masked(moment.strftime(form)) == moment.strftime(form)


@given(st.lists(st.integers(1, 9999), max_size=9).map(lambda numbers: ", ".join(map(str, numbers))))
def test_house_numbers_and_postcodes_are_left_alone(typed):
    assert masked(f"van {typed}") == f"van {typed}"


@given(st.text(st.sampled_from("0123456789 .-+BEbe[]rk")))
@settings(max_examples=500)
def test_what_was_masked_stays_as_it_is(text):
    assert masked(masked(text)) == masked(text)


@pytest.mark.req("MZC-10")
def test_what_a_citizen_types_is_hidden_before_it_is_stored(ledger):
    stored = ledger.receive(Incoming("web", "an", "1", text="Ik ben 85.07.30-033.28 en de put is diep")).message
    ledger.rate(stored.conversation, 4, "betaal op BE68 5390 0754 7034")

    assert stored.text == f"Ik ben {PERSON} en de put is diep"
    assert ledger.messages(stored.conversation)[0].text == stored.text
