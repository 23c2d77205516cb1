"""What a session was about, read from its messages, without a word of what was said."""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from conversations.model import Author, Kind, Message
from conversations.sessions import THANKED

RATING = "/beoordelen"
GENERAL = "algemeen"
PERSON = "medewerker"
_SAID_NOTHING = frozenset({Kind.BEGIN, Kind.EVENT})


@dataclass(frozen=True)
class Rating:
    """What a citizen thought of the help of an agent (`person`) or of the assistant."""

    score: int
    person: bool

    def told(self) -> dict[str, str]:
        content = "ja" if self.score >= 4 else "nee" if self.score <= 2 else ""
        return {"tevreden": content, "beoordeling": str(self.score)}


@dataclass(frozen=True)
class Story:
    began_at: datetime
    bot_until: datetime  # the last message before an agent spoke
    ended_at: datetime
    topics: Sequence[str]
    intent: str
    agents: Sequence[str]
    helped: bool  # a person spoke: one of the agents, or a colleague in the channel's own inbox
    ratings: Sequence[Rating]
    asks: bool  # he said something besides thanks and what he thought of it

    @property
    def topic(self) -> str:
        return self.topics[0] if self.topics else GENERAL

    def rating(self, *, person: bool) -> dict[str, str]:
        """The last one; nothing when there is none."""
        found = [rating for rating in self.ratings if rating.person is person]
        return found[-1].told() if found else {}


def story_of(said: Sequence[Message], topics: Collection[str]) -> Story | None:
    """None when nothing was said. `topics`: those that the city knows; what else there is of intents is small talk."""
    spoken = [message for message in said if message.kind not in _SAID_NOTHING]
    his = [message for message in spoken if message.author is Author.CITIZEN]
    if not his:
        return None
    agents = [message.agent for message in spoken if message.author is Author.AGENT and message.agent]
    first = next((place for place, one in enumerate(spoken) if one.author is Author.AGENT), len(spoken))
    intents = [intent for intent in _intents(his) if _topic(intent) in topics]
    found = list(dict.fromkeys(_topic(intent) for intent in intents))
    meant = [intent for intent in intents if _topic(intent) != GENERAL]
    return Story(
        began_at=spoken[0].created_at,
        bot_until=spoken[max(first - 1, 0)].created_at,
        ended_at=spoken[-1].created_at,
        topics=[topic for topic in found if topic != GENERAL] or found,
        intent=(meant or intents or [""])[0],
        agents=list(dict.fromkeys(agents)),
        helped=first < len(spoken),
        ratings=list(_ratings(his)),
        asks=any(not _is_rating(message) and THANKED not in (message.trace or {}) for message in his),
    )


def _intents(his: Sequence[Message]) -> Iterator[str]:
    for message in his:
        if intent := (message.trace or {}).get("intent"):
            yield str(intent)


def _topic(intent: str) -> str:
    return re.split("[_/]", intent)[0]


def _is_rating(message: Message) -> bool:
    return (message.payload or "").startswith(RATING)


def _ratings(his: Sequence[Message]) -> Iterator[Rating]:
    """As the button says: medewerker:5, assistent:3, or 4."""
    for message in filter(_is_rating, his):
        try:
            choice = str(json.loads((message.payload or "").removeprefix(RATING))["keuze"])
        except (ValueError, LookupError, TypeError):
            continue
        of_whom, _, score = choice.rpartition(":")
        if score.isdecimal():
            yield Rating(int(score), of_whom == PERSON)
