"""Why a person is needed, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from conversations.model import JSON

NORMAL = 5  # the priority of a question like any other; 1 is served first


@dataclass(frozen=True)
class Request:
    """Why a person is needed, and all that the bot knows of it.

    `card` holds what was asked and answered, as JSON; it is kept sealed. `wait` is how
    long the citizen should wait at most before he is offered something else.
    """

    team: str
    topic: str
    reason: str
    card: Mapping[str, JSON] = field(default_factory=dict)
    priority: int = NORMAL
    sticky: bool = False
    wait: timedelta | None = None


@dataclass(frozen=True)
class Handover:
    id: str
    conversation: str
    channel: str
    team: str
    topic: str
    reason: str
    card: Mapping[str, JSON]
    priority: int
    sticky: bool
    asked_at: datetime
    queued_at: datetime | None
    agent: str | None
    offered_to: str | None
    deadline: datetime | None
    warned: bool
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    closing_topic: str | None
    score: int | None  # 1 to 5, as the citizen rated the agent
