"""The short choices that an agent hangs below his answer, typed one per line."""

from conversations.model import Choice
from conversations.typed import harmless
from desk.canned import unfilled

FEWEST, MOST = 2, 5
LONGEST_TITLE = 20  # characters; what stands on a button of WhatsApp


def choices_of(typed: str) -> tuple[Choice, ...]:
    """Each carries its own words: to whoever answers by then, a tap is as good as typing them."""
    titles = (harmless(line) for line in typed.splitlines())
    return tuple(Choice(title, title) for title in titles if title)


def wrong_with(text: str, choices: tuple[Choice, ...]) -> str | None:
    """The code of what keeps this answer from being sent."""
    titles = [choice.title for choice in choices]
    if unfilled("\n".join([text, *titles])):
        return "niet_ingevuld"
    if not titles:
        return None
    if not text.strip():
        return "leeg"
    if not FEWEST <= len(titles) <= MOST:
        return "knoppen_aantal"
    if max(map(len, titles)) > LONGEST_TITLE:
        return "knoppen_lang"
    return "knoppen_dubbel" if len({title.casefold() for title in titles}) < len(titles) else None
