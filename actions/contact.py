"""Reads how somebody can be reached, and who he says he is, out of what he typed."""

import re
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

COUNTRIES = ("BE", "NL")

_EMAIL = re.compile(r"[^\s<>,;()]+@[^\s<>,;()]+")
_SPOKEN_AT = re.compile(r"\s*(?:\(at\)|\[at\]|\bapenstaart(?:je)?\b|\s@\s)\s*", re.IGNORECASE)
_SPOKEN_DOT = re.compile(r"\s+(?:punt|dot)\s+", re.IGNORECASE)
# Endings that do not exist, as thumbs type them
_TYPOS = {
    ".con": ".com",
    ".cpm": ".com",
    ".vom": ".com",
    ".ocm": ".com",
    ".comm": ".com",
    ".bee": ".be",
    ".ne": ".be",
}
_HOSTS = {
    "gmial": "gmail",
    "gmal": "gmail",
    "gamil": "gmail",
    "gmai": "gmail",
    "hotmial": "hotmail",
    "hotmal": "hotmail",
}

_BEFORE_NAME = re.compile(
    r"^(?:(?:hallo|dag|hey|ja|euh|ok[eé]?)[,!.]?\s+)*"
    r"(?:(?:mijn|m'n|mn)\s+(?:voornaam en naam|volledige naam|naam)\s+(?:is|=)"
    r"|ik\s+heet|ik\s+ben|kben|'k\s*ben|dat\s+is|het\s+is|naam\s*[:=])\s*:?\s*",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(r"[\s,]*(?:\b(?:aub|alstublieft|svp|dank u|bedankt|merci)\b)?[.!,\s]*$", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:\s+[\w.'’-]+){0,5}")
_PARTICLE_WORDS = "van de der den het ten ter te in 't la le du des el al von d'"
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_OTHER_WORDS = """
    ja nee neen niet geen weet waarom hoe wat wie waar wanneer stop help een afspraak melding medewerker ok oke
"""
_NOT_A_NAME = frozenset(_OTHER_WORDS.split())
LONGEST_NAME = 100


@dataclass(frozen=True)
class Name:
    first: str
    last: str

    @property
    def full(self) -> str:
        return f"{self.first} {self.last}".strip()


def read_email(text: str) -> str | None:
    """The e-mail address in a text, in its normal spelling; None when there is none that can exist."""
    spoken = _SPOKEN_DOT.sub(".", _SPOKEN_AT.sub("@", text))
    for found in _EMAIL.findall(spoken):
        try:
            return validate_email(_mended(found.strip(".'\"!?:")), check_deliverability=False).normalized.lower()
        except EmailNotValidError:
            continue
    return None


def _mended(email: str) -> str:
    mailbox, _, host = email.lower().replace("mailto:", "").rpartition("@")
    name, dot, ending = host.rpartition(".")
    if dot and f".{ending}" in _TYPOS:
        host = name + _TYPOS[f".{ending}"]
    provider, dot, rest = host.partition(".")
    return f"{mailbox}@{_HOSTS.get(provider, provider)}{dot}{rest}"


def read_phone(text: str) -> str | None:
    """The first Belgian or Dutch number, or any with a country code, as +32470123456."""
    for country in COUNTRIES:
        for match in phonenumbers.PhoneNumberMatcher(text, country):
            return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return None


def read_name(text: str) -> Name | None:
    """A person's name out of "ik ben jan peeters" or "Peeters, Jan"; None when it does not look like one."""
    said = _AFTER_NAME.sub("", _BEFORE_NAME.sub("", text.strip()))
    if "," in said:
        last, _, first = (part.strip() for part in said.partition(","))
        said = f"{first} {last}"
    if not _NAME.fullmatch(said) or len(said) > LONGEST_NAME:
        return None
    words = said.split()
    if any(word.casefold() in _NOT_A_NAME for word in words):
        return None
    return Name(_cased(words[0]), " ".join(_cased(word) for word in words[1:]))


def _cased(word: str) -> str:
    """Capitals only where somebody typed none: "McAllister" and "van" stay as they are."""
    if word != word.lower() and word != word.upper():
        return word
    if word.casefold() in _PARTICLES:
        return word.lower()
    return "-".join(_capital(part) for part in word.lower().split("-"))


def _capital(part: str) -> str:
    prefix, apostrophe, rest = part.partition("'")
    if apostrophe and len(prefix) == 1 and rest:
        return f"{prefix.upper()}'{rest}" if rest.startswith("h") else f"{prefix.upper()}'{rest.capitalize()}"
    return part[:1].upper() + part[1:]


def masked(email: str) -> str:
    """Enough to recognise one's own address: l•••@example.be."""
    mailbox, _, host = email.rpartition("@")
    return f"{mailbox[:1]}•••@{host}"
