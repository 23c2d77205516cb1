"""What people type: made harmless for the bot, and matched with what they were offered.

Rasa executes a text that begins with a slash (/restart, /meld{…}), also after
spaces; so nothing typed may begin with one.
"""

import re
import unicodedata
from collections.abc import Sequence

from conversations.masking import holds_mask, masked
from conversations.model import Choice

TO_BOT = "/terug_naar_assistent"
LONGEST_TEXT = 2000
LONGEST_CODE = 40  # characters of a message that is a code with some words around it

# No database keeps a NUL or half a surrogate pair; the other controls are noise, but for tab and line feed.
_UNKEEPABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_NUMBER = re.compile(r"[(#]?(\d{1,2})[.):!]*")
_CODE = re.compile(r"(?<!\d)(?<!\d[\s.\-])\d(?:[\s.\-]?\d){4,6}(?![\s.\-]?\d)", re.ASCII)
_TO_BOT = re.compile(
    r"\b(?:terug|weer)\s+(?:naar|met|bij)\s+(?:den?\s+)?(?:assistent|bot|robot|computer)\b", re.IGNORECASE
)
_FINAL_PUNCTUATION = " \t\n.,;:!?…"


def keepable(text: str) -> str:
    """The text without what a database cannot hold."""
    return _UNKEEPABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def harmless(text: str) -> str:
    """The text as it may be kept and the bot may read it: no command, not endless, no number of a person or a card.

    Can be empty.
    """
    kept = masked(keepable(text))
    start = next((n for n, character in enumerate(kept) if not _is_skipped(character)), len(kept))
    return kept[start : start + LONGEST_TEXT].rstrip()


def chosen(text: str, offers: Sequence[Sequence[Choice]]) -> Choice | None:
    """The choice that was meant by a typed number or title; None when it was something else.

    `offers` holds the choices of each message since the citizen last spoke, the latest
    first. A number counts in the latest message only: after "which house number?" it is
    no choice of the message before. A title counts in all of them.
    """
    number = _NUMBER.fullmatch(_plain(text))
    if number:
        latest, n = (offers[0] if offers else ()), int(number[1])
        return latest[n - 1] if 1 <= n <= len(latest) else None
    title = _comparable(text)
    every = (choice for choices in offers for choice in choices)
    return next((choice for choice in every if title and _comparable(choice.title) == title), None)


def typed_code(text: str) -> str | None:
    """The digits of what looks like a code: five to seven of them, and little else."""
    found = _CODE.findall(text) if len(text) <= LONGEST_CODE else []
    return re.sub(r"\D", "", found[0]) if len(found) == 1 else None


def asks_bot(text: str) -> bool:
    """Whether somebody to whom a person answers would rather have the assistant again."""
    return _TO_BOT.search(text) is not None


def concerns_the_house(text: str) -> bool:
    """Whether the house looks at it before a person does: perhaps it is a code, or a number was hidden in it."""
    return typed_code(text) is not None or holds_mask(text)


def _is_skipped(character: str) -> bool:
    # Cf: invisible characters in front of a slash, such as the zero-width space
    return character == "/" or character.isspace() or unicodedata.category(character) == "Cf"


def _plain(text: str) -> str:
    """A keycap emoji or a full-width digit is a digit too."""
    return unicodedata.normalize("NFKC", text).replace("\ufe0f", "").replace("\u20e3", "").strip()


def _comparable(text: str) -> str:
    return " ".join(_plain(text).casefold().split()).rstrip(_FINAL_PUNCTUATION)
