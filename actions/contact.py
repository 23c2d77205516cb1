"""Reads how somebody can be reached, and who he says he is, out of what he typed."""

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

_EMAIL = re.compile(r"[^\s<>,;()]+@[^\s<>;()]+")
_SPOKEN_AT = re.compile(
    r"\s*(?:\(at\)|\[at\]|\bapen?staart(?:je|sje)?\b|\bat(?=\s+\S+\s+(?:punt|dot)\s)|@)\s*", re.IGNORECASE
)
_SPOKEN_DOT = re.compile(r"\s+(?:punt|dot)\s+", re.IGNORECASE)
# Endings that do not exist, as thumbs type them
_ENDINGS = {".con": ".com", ".cpm": ".com", ".vom": ".com", ".ocm": ".com", ".comm": ".com", ".bee": ".be"}
_PROVIDERS = {
    "gmail": "gmial gmal gamil gmai gmaill gmeil",
    "hotmail": "hotmial hotmal hotmai hotmil hotmaill",
    "outlook": "outlok oulook outloook",
    "telenet": "telnet telenett telent",
    "skynet": "skinet skynett",
}
_MISTYPED = {wrong: right for right, spellings in _PROVIDERS.items() for wrong in spellings.split()}
_ONE_HOST = {"gmail": "gmail.com", "telenet": "telenet.be", "skynet": "skynet.be", "proximus": "proximus.be"}

_GREETING = r"(?:(?:hallo|dag|hey|hoi|ja|euh|ok[eé]?|goeiedag|goedendag)[,!.]?\s+)*"
_I_AM = (
    r"(?:(?:mijn|m'n|mn)\s+(?:voornaam en naam|volledige naam|naam)\s+(?:is|=)|ik\s+heet|ik\s+ben|kben|'k\s*ben"
    r"|dat\s+is|het\s+is|naam\s*[:=])\s*:?\s*"
)
_BEFORE_NAME = re.compile(rf"^{_GREETING}(?:{_I_AM})?", re.IGNORECASE)
_AFTER_NAME = re.compile(r"[\s,]*(?:\b(?:aub|alstublieft|svp|dank u|bedankt|merci)\b)?[.!,\s]*$", re.IGNORECASE)
_TITLE = re.compile(
    r"^(?:de heer|meneer|mijnheer|dhr|mevrouw|mevr|mvr|mr|dr|ir|ing)\b\.?\s+(?:en mevrouw\s+)?", re.IGNORECASE
)
_REST = re.compile(r"\S+@\S+|\+?\d[\d\s./-]*|\s(?:en|&)\s.*", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][^\W\d_.'’-]*(?:[.'’ -]+[^\W\d_.'’-]+)*[.]?")
_PARTICLE_WORDS = "van vande vanden vander de den der des du di da dos el al ten ter te la le 't"
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_NOT_A_NAME_WORDS = """
    ja jawel nee neen niet niks geen weet waarom hoe wat wie waar wanneer stop stoppen help een afspraak melding
    medewerker ok oke ik je jij jullie wij we mijn dat dit voor moet kan wil niet wilt zeg zeggen liever anoniem
    niemand nodig annuleren naam voornaam achternaam jaar overslaan bedankt graag
"""
_NOT_A_NAME = frozenset(_NOT_A_NAME_WORDS.split())
LONGEST_NAME = 100
MOST_WORDS = 6


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
            return validate_email(_mended(found.strip(".,'\"!?:")), check_deliverability=False).normalized.lower()
        except EmailNotValidError:
            continue
    return None


def _mended(email: str) -> str:
    """Repairs what can only be a slip; everything else stays as it was typed."""
    mailbox, _, host = email.lower().removeprefix("mailto:").rpartition("@")
    host = host.replace(",", ".")
    name, dot, ending = host.rpartition(".")
    if dot and f".{ending}" in _ENDINGS:
        host = name + _ENDINGS[f".{ending}"]
    provider, dot, rest = host.partition(".")
    provider = _MISTYPED.get(provider, provider)
    known = provider.removesuffix("com").removesuffix("be") if not dot else provider
    return f"{mailbox}@{_ONE_HOST.get(known, f'{provider}{dot}{rest}')}"


def read_name(text: str) -> Name | None:
    """A person's name out of "ik ben jan peeters" or "Peeters, Jan"; None when it does not look like one."""
    said = _BEFORE_NAME.sub("", text.strip())
    said = _AFTER_NAME.sub("", _REST.sub("", said))
    title = _TITLE.match(said)
    said = _TITLE.sub("", said)
    if "," in said:
        last, _, first = (part.strip() for part in said.partition(","))
        said = f"{first} {last}"
    words = said.split()
    if not _NAME.fullmatch(said) or len(said) > LONGEST_NAME or len(words) > MOST_WORDS:
        return None
    if any(word.casefold() in _NOT_A_NAME for word in words) or _is_origin(text, words):
        return None
    return _parted(words, only_last=title is not None)


def _parted(words: list[str], *, only_last: bool) -> Name | None:
    """First name and surname; a text that begins with "van den" has them the other way round."""
    if only_last or (len(words) == 2 and words[0].casefold() in _PARTICLES):
        return Name("", _surname(words))
    if _begins_a_surname(words[0]) and len(words) > 1:
        words = [words[-1], *words[:-1]]
    return Name(_cased(words[0]), _surname(words[1:]))


def _begins_a_surname(word: str) -> bool:
    return word.casefold() in _PARTICLES or re.match(r"[dt]['’]", word, re.IGNORECASE) is not None


def _is_origin(text: str, words: list[str]) -> bool:
    """ "ik ben van Leiestad" tells where somebody is from."""
    return len(words) == 2 and words[0] in ("van", "uit") and re.search(r"\bben\s+(?:van|uit)\s", text) is not None


def _surname(words: list[str]) -> str:
    """With the capital that Belgian surnames begin with: "Van den Broeck", "D'hondt"."""
    cased = " ".join(_cased(word) for word in words)
    return cased[:1].upper() + cased[1:] if cased == cased.lower() or words[0] == words[0].lower() else cased


def _cased(word: str) -> str:
    """Capitals only where somebody typed none, or nothing else: "McAllister" and "Van" stay as they are."""
    if word not in (word.lower(), word.upper()):
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
