"""Numbers that somebody can be called on: read out of a text, and written as people write them."""

import phonenumbers

COUNTRIES = ("BE", "NL")
BELGIUM = 32
TOO_DEAR = (phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST)


def read_phone(text: str) -> str | None:
    """The first Belgian or Dutch number, or any with a country code, as +32470123456."""
    for country in COUNTRIES:
        for match in phonenumbers.PhoneNumberMatcher(text, country):
            return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return None


def without_phone(text: str) -> str:
    """The text without those numbers, which look like hours and dates."""
    for country in COUNTRIES:
        for match in reversed(list(phonenumbers.PhoneNumberMatcher(text, country))):
            text = f"{text[: match.start]} {text[match.end :]}"
    return text


def spoken_number(phone: str) -> str:
    """As people here write it: 0470 12 34 56; with its country elsewhere."""
    number = phonenumbers.parse(phone)
    formats = phonenumbers.PhoneNumberFormat
    form = formats.NATIONAL if number.country_code == BELGIUM else formats.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def is_dear(phone: str) -> bool:
    """Calling it costs more than an ordinary call."""
    return phonenumbers.number_type(phonenumbers.parse(phone)) in TOO_DEAR
