"""A task: what a person of a team must still do for a citizen, such as calling him back."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from filings.windows import Window

CALL_BACK = "terugbellen"
"""The handling that the bot asks for; the others are those of data/medewerker/taken.yml."""


class TaskState(StrEnum):
    OPEN = "open"  # somebody of the team must take it
    CLAIMED = "claimed"  # `agent` has it
    DONE = "done"  # `outcome` says how it ended


class Outcome(StrEnum):
    REACHED = "reached"  # the citizen was spoken to
    HANDLED = "handled"  # what had to be found out or done, is
    GIVEN_UP = "given_up"  # called, and never reached
    WITHDRAWN = "withdrawn"  # the citizen no longer wants it, or wants to be forgotten


class Source(StrEnum):
    BOT = "bot"
    AGENT = "agent"
    DMS = "dms"  # for a letter or an e-mail that came in there


class Step(StrEnum):
    """What happened to a task; each has its words in desk/templates/taak.html."""

    MADE = "made"
    CHANGED = "changed"  # the citizen asked again: another moment, number or question
    CLAIMED = "claimed"
    ASSIGNED = "assigned"
    RELEASED = "released"
    NOT_REACHED = "not_reached"
    FORWARDED = "forwarded"
    MISROUTED = "misrouted"
    DONE = "done"


@dataclass(frozen=True)
class Contact:
    """Who it is for and what it is about; kept sealed. All empty once it was forgotten.

    The last three are of a document in the DMS: its reference, where it is read, a digest of what was told.
    """

    name: str = ""
    phone: str = ""  # E.164
    about: str = ""
    document: str = ""
    link: str = ""
    sent: str = ""


@dataclass(frozen=True)
class Wish:
    """What has to be done. `window`: when it suits the citizen, or until when he was promised it."""

    conversation: str
    channel: str
    team: str
    topic: str
    handling: str
    source: Source
    window: Window
    contact: Contact = field(default_factory=Contact)


@dataclass(frozen=True)
class Task:
    """`attempts`: how often somebody called in vain; `misroutings`: how often it was with the wrong team."""

    id: str
    reference: str  # what the citizen can quote
    conversation: str
    channel: str
    team: str
    topic: str
    handling: str
    source: Source
    state: TaskState
    outcome: Outcome | None
    agent: str | None
    window: Window
    contact: Contact
    attempts: int
    misroutings: int
    created_at: datetime
    changed_at: datetime
    is_new: bool = field(default=False, compare=False)  # it was made just now, by whoever got this

    def is_late(self, now: datetime) -> bool:
        return self.state is not TaskState.DONE and self.window.end < now


@dataclass(frozen=True)
class Happened:
    """`actor`: an agent, or who else (`bot`, `burger`, `dms`); `detail`: a team or an agent."""

    at: datetime
    actor: str
    step: Step
    detail: str
    note: str
