"""The one place that knows how a reply is made to fit a channel.

Choices become buttons; too many or too long, a list; else a numbered text, which
the ledger understands when a number comes back. Text that is too long is split
where a reader would pause. Nothing of a reply is dropped.
"""

import re

from connectors.base import Capabilities, Link, Option, Piece, Shape
from connectors.markup import written
from conversations.model import Choice, Reply

# Where to split, best first: a paragraph, a line, a sentence, a word.
PAUSES = tuple(re.compile(pattern) for pattern in (r"\n\s*\n", r"\n", r"(?<=[.!?…])\s", r"\s"))
EARLY = 3  # a pause in the first third leaves too little: a lesser one further on is better


def fit(reply: Reply, capabilities: Capabilities, link: Link | None = None) -> list[Piece]:
    """The messages that say this reply on a channel with these capabilities. `link` goes with it."""
    text, pieces = written(reply.text.strip(), capabilities.markup), []
    if reply.attachment:
        pieces.append(Piece(attachment=reply.attachment))
    if reply.image and capabilities.images:
        pieces.append(Piece(image=reply.image))
    elif reply.image:
        text = f"{text}\n\n{reply.image}".strip()
    if link and text and not reply.choices and _fits_on_a_button(link, capabilities):
        return pieces + _hang_link(text, link, capabilities)
    if link:
        text = f"{text}\n\n{link.title}: {link.url}".strip()
    if not reply.choices:
        return pieces + [Piece(part) for part in split(text, capabilities.text)]
    return pieces + _with_choices(text, reply.choices, capabilities)


def split(text: str, limit: int) -> list[str]:
    """Parts of at most `limit` characters, cut where a reader pauses."""
    parts, rest = [], text.strip()
    while len(rest) > limit:
        cut = _last_pause(rest, limit)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest else parts


def _last_pause(text: str, limit: int) -> int:
    for pattern in PAUSES:
        pauses = [match.start() for match in pattern.finditer(text[: limit + 1])]
        if pauses and pauses[-1] > limit // EARLY:
            return pauses[-1]
    return limit


def _with_choices(text: str, choices: tuple[Choice, ...], capabilities: Capabilities) -> list[Piece]:
    """Buttons and lists hang below a text, so without one there are only numbers."""
    titles = [choice.title for choice in choices]
    if text and _fit_on_buttons(titles, capabilities):
        options = tuple(Option(n, title) for n, title in enumerate(titles))
        return _hang(text, Shape.BUTTONS, options, capabilities)
    if text and _fit_in_list(titles, capabilities):
        options = tuple(_row(n, title, capabilities.row_title) for n, title in enumerate(titles))
        return _hang(text, Shape.LIST, options, capabilities)
    text = f"{text}\n\n{_numbered(titles)}".strip()
    if len(titles) <= capabilities.buttons:
        options = tuple(Option(n, str(n + 1)) for n in range(len(titles)))
        return _hang(text, Shape.BUTTONS, options, capabilities)
    return [Piece(part) for part in split(text, capabilities.text)]


def _hang(text: str, shape: Shape, options: tuple[Option, ...], capabilities: Capabilities) -> list[Piece]:
    """The options hang below the last piece, which may have to be shorter than the others."""
    parts = split(text, capabilities.text)
    if capabilities.text_with_choices:
        parts[-1:] = split(parts[-1], capabilities.text_with_choices)
    return [*(Piece(part) for part in parts[:-1]), Piece(parts[-1], shape, options)]


def _fits_on_a_button(link: Link, capabilities: Capabilities) -> bool:
    return bool(capabilities.text_with_link) and len(link.title) <= capabilities.button_title


def _hang_link(text: str, link: Link, capabilities: Capabilities) -> list[Piece]:
    *before, last = split(text, capabilities.text)
    *more, last = split(last, capabilities.text_with_link)
    return [*map(Piece, (*before, *more)), Piece(last, Shape.LINK, link=link)]


def _fit_on_buttons(titles: list[str], capabilities: Capabilities) -> bool:
    fits = len(titles) <= capabilities.buttons and max(map(len, titles)) <= capabilities.button_title
    return fits and len(set(titles)) == len(titles)  # WhatsApp: titles are unique in a message


def _fit_in_list(titles: list[str], capabilities: Capabilities) -> bool:
    longest = max(capabilities.row_title, capabilities.row_description)
    return len(titles) <= capabilities.list_rows and max(map(len, titles)) <= longest


def _row(number: int, title: str, limit: int) -> Option:
    """A title that is too long is cut, and stands in full in the description."""
    if len(title) <= limit:
        return Option(number, title)
    return Option(number, title[: limit - 1].rstrip() + "…", title)


def _numbered(titles: list[str]) -> str:
    return "\n".join(f"{n}. {title}" for n, title in enumerate(titles, start=1))
