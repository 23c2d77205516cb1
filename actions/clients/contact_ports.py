"""What the house needs of a register of contacts, whatever product the city runs; the other ports are in `ports.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Actors(StrEnum):
    """Who had a contact, or must do what follows from it."""

    BOT = "bot"
    EMPLOYEE = "employee"
    DEPARTMENT = "department"


@dataclass(frozen=True)
class Actor:
    kind: Actors
    id: str  # ours
    name: str


@dataclass(frozen=True)
class Party:
    """A citizen who proved who he is. `number`: ten digits of ours, that make registering him twice impossible."""

    number: str
    given_name: str
    family_name: str


@dataclass(frozen=True)
class InternalTask:
    """What somebody at the city must do because of a contact."""

    asked: str  # what must be done, such as "Terugbellen"
    to: Actor
    note: str = ""


@dataclass(frozen=True)
class Contact:
    """One contact with a citizen. `number` (ten digits) and `key` are ours and make registering it twice impossible."""

    key: str
    number: str
    channel: str
    subject: str
    at: datetime  # of the last message
    actors: Sequence[Actor]
    text: str = ""
    answer: str = ""
    party: str | None = None  # the register's id of the citizen; None: not known
    name: tuple[str, str] | None = None  # given and family name of somebody who is not known, when he gave them
    phone: str | None = None
    email: str | None = None
    about: Sequence[str] = ()  # our references of what was filed
    after: str | None = None  # the contact that this one goes on from, by the register's id
    metadata: Mapping[str, str] = field(default_factory=dict)
    task: InternalTask | None = None


@dataclass(frozen=True)
class Registered:
    """A contact in the register, and the task that came of it, by the register's own ids."""

    id: str
    task: str | None = None


class Contacts(Protocol):
    async def party(self, citizen: Party) -> str:
        """The register's id of the party with this number and name, made if there is none yet."""

    async def register(self, contact: Contact) -> Registered:
        """The contact with this key and all that belongs to it, made as far as it is not there yet.

        Raises Rejected("number_taken") when the number is another contact's, and Rejected("party_gone")
        when the register no longer has the party.
        """

    async def note(self, contact: str, metadata: Mapping[str, str]) -> None:
        """Add to what is known of a contact."""

    async def finish(self, task: str) -> None:
        """The task is done. Saying so again is fine."""
