"""A filing: a request to the city, from the moment the citizen confirmed it, and what he hears of it afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from conversations.model import JSON

CONTACT = "klantcontact"
"""The kind of filing that no citizen asked for: that he was in contact with the city."""
TASK = "interne_taak"
"""The same: that people of the city must do something for him, or did it."""


class FilingState(StrEnum):
    OPEN = "open"  # must still be done, and has surely not been done
    UNCERTAIN = "uncertain"  # somebody tried and does not know what became of it: look before trying again
    DONE = "done"
    REFUSED = "refused"  # the backend does not want it; `code` says why
    FAILED = "failed"  # tried for too long: a person must look at it


@dataclass(frozen=True)
class Filing:
    """One request and how far it is.

    `payload` and `result` hold personal data (names, e-mail addresses): neither is
    for logs or for the bot's memory.
    """

    id: str
    conversation: str
    kind: str
    key: str
    reference: str  # what the citizen can quote
    state: FilingState
    payload: Mapping[str, JSON]
    created_at: datetime
    attempts: int = 0
    claimed: bool = False  # whoever got this filing may carry it out now; else somebody is at it or it is over
    external_id: str | None = None  # the backend's own id
    external_reference: str | None = None  # the number the backend gave to people
    result: Mapping[str, JSON] = field(default_factory=dict)
    code: str | None = None
    error: str | None = None
    due: datetime | None = None


@dataclass(frozen=True)
class Follow:
    """A filing of which somebody wants to hear in the chat. `seen` is how it stood when it was last looked at."""

    filing: Filing
    seen: Mapping[str, JSON]
    changes: int = 0


@dataclass(frozen=True)
class Change:
    """One thing that happened to a filing that is followed; `number` counts from 1 for each filing."""

    filing: Filing
    number: int
    content: Mapping[str, JSON]
