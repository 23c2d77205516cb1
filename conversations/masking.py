"""Hides the numbers that nobody should type in a chat: of a person, of a card, of an account.

Each is known by its shape and its check digits together, so that a telephone number, a
date or the number of a report stays as it was typed. Hidden is hidden for good: this
happens before anything is stored.
"""

import re
from collections.abc import Callable, Iterator

PERSON, CARD, ACCOUNT = "[rijksregisternummer]", "[kaartnummer]", "[rekeningnummer]"
FEWEST = 10  # digits that one of them has

# What people, and the documents that they copy from, put between groups: also dashes and spaces of all kinds, and
# characters that nobody sees.
_INVISIBLE = "\u00ad\u200b-\u200f\u2060\ufeff"
_APART = rf"[\s._/·\-\u2010-\u2015\u2212{_INVISIBLE}]{{0,3}}"
_NOT_INSIDE = r"(?<![\d+])"  # a + makes it a telephone number


def _grouped(*sizes: int) -> re.Pattern[str]:
    return re.compile(_NOT_INSIDE + _APART.join(rf"\d{{{size}}}" for size in sizes) + r"(?!\d)")


_PERSONS = (_grouped(2, 2, 2, 3, 2), _grouped(3, 3, 3, 2), _grouped(4, 4, 3))
_CARDS = (
    _grouped(4, 4, 4, 4, 3),
    _grouped(4, 4, 4, 4, 1),
    _grouped(4, 6, 5),
    _grouped(4, 6, 4),
    *(_grouped(4, 4, 4, rest) for rest in range(7, 0, -1)),
)
_ACCOUNTS = (re.compile(rf"(?<![^\W_])([A-Za-z]{{2}}){_APART}\d{_APART}\d(?:{_APART}[^\W_]){{11,30}}"),)

_MONTHS = frozenset((*range(13), *range(20, 33), *range(40, 53)))  # bis numbers add 20 or 40; 0 is unknown
_MOBILE = re.compile(r"324[5-9]")  # a Belgian mobile number without its +, far more often than somebody of 1932
_LENGTHS = {  # of an IBAN, by the register of SWIFT
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
    "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21,
    "LT": 20, "LU": 20, "LV": 21, "MA": 28, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24,
    "RS": 22, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VA": 22,
}  # fmt: skip
_CARDS_BY_START = (  # first digits from, to, and how long such a number is
    (4, 4, (13, 16, 19)),
    (51, 55, (16,)),
    (2221, 2720, (16,)),
    (34, 34, (15,)),
    (37, 37, (15,)),
    (3528, 3589, (16,)),
    (300, 305, (14,)),
    (36, 36, (14,)),
    (38, 39, (14,)),
    (50, 50, range(13, 20)),
    (56, 69, range(13, 20)),  # Maestro and Bancontact, Discover, UnionPay
)


def masked(text: str) -> str:
    """The text with these numbers hidden; the same text when there are none."""
    if sum(map(str.isdecimal, text)) < FEWEST:
        return text
    for patterns, end_of, mask in _KINDS:
        for pattern in patterns:
            text = "".join(_parts(text, pattern, end_of, mask))
    return text


def holds_mask(text: str) -> bool:
    """Whether something was hidden in it."""
    return any(mask in text for _, _, mask in _KINDS)


def is_rijksregisternummer(number: str) -> bool:
    """Whether these 11 digits can be somebody's, born in either century; bis numbers too."""
    if not re.fullmatch("[0-9]{11}", number):
        return False
    if int(number[2:4]) not in _MONTHS or int(number[4:6]) > 31:
        return False
    return has_check_digits(number)


def has_check_digits(number: str) -> bool:
    """Whether the last two of 11 digits are 97 less the rest of the others; from 2000 on with a 2 before them."""
    return int(number[9:]) in (97 - int(century + number[:9]) % 97 for century in ("", "2"))


def _parts(text: str, pattern: re.Pattern[str], end_of: Callable[[re.Match[str]], int], mask: str) -> Iterator[str]:
    """The pieces of the text, with a mask where a number was. What only looks like one may hold a real one within."""
    kept = at = 0
    while found := pattern.search(text, at):
        end = end_of(found)
        at = end or found.start() + 1
        if end:
            yield text[kept : found.start()] + mask
            kept = end
    yield text[kept:]


def _end_of_person(found: re.Match[str]) -> int:
    number = _digits(found[0])
    return found.end() if is_rijksregisternummer(number) and not _MOBILE.match(number) else 0


def _end_of_card(found: re.Match[str]) -> int:
    number = _digits(found[0])
    is_card = any(
        low <= int(number[: len(str(low))]) <= high and len(number) in lengths for low, high, lengths in _CARDS_BY_START
    )
    return found.end() if is_card and _luhn(number) else 0


def _end_of_account(found: re.Match[str]) -> int:
    """Words may follow an account number, so its country says where it ends."""
    characters = [(place, sign) for place, sign in enumerate(found[0]) if sign.isalnum()]
    length = _LENGTHS.get(found[1].upper(), 0)
    if not length or len(characters) < length:
        return 0
    number = "".join(sign for _, sign in characters[:length]).upper()
    end = found.start() + characters[length - 1][0] + 1
    goes_on = found.string[end : end + 1].isalnum()
    checked = "".join(str(_value(sign)) for sign in number[4:] + number[:4])
    return end if not goes_on and int(checked) % 97 == 1 else 0


_KINDS = ((_ACCOUNTS, _end_of_account, ACCOUNT), (_CARDS, _end_of_card, CARD), (_PERSONS, _end_of_person, PERSON))


def _value(sign: str) -> int:
    return int(sign) if sign.isdecimal() else ord(sign) - ord("A") + 10


def _luhn(number: str) -> bool:
    doubled = (2 * int(digit) for digit in number[-2::-2])
    return (sum(int(digit) for digit in number[-1::-2]) + sum(n - 9 if n > 9 else n for n in doubled)) % 10 == 0


def _digits(text: str) -> str:
    """Only the digits, those of other scripts as ours."""
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())
