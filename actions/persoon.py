"""What several requests ask about the person: name, e-mail, phone. Asked once a session."""

import re
from collections.abc import Awaitable, Callable

from actions.base import Turn
from actions.contact import read_email, read_name
from actions.field import Field, Slots
from filings.phones import read_phone

Condition = Callable[[Turn], Awaitable[bool]]


_CALLED = re.compile(r"\b(?:naam\s+is|ik\s+heet|naam\s*[:=])\s*", re.IGNORECASE)


async def always(turn: Turn) -> bool:
    return True


class Name(Field):
    slot = "naam"
    fact = "naam"
    about_person = True
    open_to_agents = True
    words = ("naam", "voornaam", "achternaam", "familienaam")
    free_text = True
    shared = True

    def __init__(self, needed: Condition = always) -> None:
        self.needed = needed

    async def is_needed(self, turn: Turn) -> bool:
        return await self.needed(turn)

    async def correct(self, turn: Turn, text: str) -> Slots:
        """Only what is called a name: any two words could be one."""
        called = _CALLED.search(text)
        name = read_name(text[called.end() :]) if called else None
        return {self.slot: name.full} if name else {}

    async def fill_in(self, turn: Turn, text: str) -> Slots:
        name = read_name(text)
        return {self.slot: name.full} if name else {}

    async def read(self, turn: Turn) -> Slots | None:
        name = read_name(turn.text)
        return {self.slot: name.full} if name else None


class Email(Field):
    slot = "email"
    fact = "email"
    about_person = True
    open_to_agents = True
    words = ("mail", "email", "e-mail", "mailadres", "e-mailadres")
    shared = True

    def __init__(self, needed: Condition = always) -> None:
        self.needed = needed

    async def is_needed(self, turn: Turn) -> bool:
        return await self.needed(turn)

    async def prefill(self, turn: Turn, text: str) -> Slots:
        email = read_email(text)
        return {self.slot: email} if email else {}

    async def read(self, turn: Turn) -> Slots | None:
        return await self.prefill(turn, turn.text) or None


class Phone(Field):
    slot = "telefoon"
    fact = "telefoon"
    about_person = True
    open_to_agents = True
    words = ("telefoon", "nummer", "gsm", "gsm-nummer", "telefoonnummer")
    shared = True

    def __init__(self, needed: Condition = always) -> None:
        self.needed = needed

    async def is_needed(self, turn: Turn) -> bool:
        return await self.needed(turn)

    async def prefill(self, turn: Turn, text: str) -> Slots:
        phone = read_phone(text)
        return {self.slot: phone} if phone else {}

    async def read(self, turn: Turn) -> Slots | None:
        return await self.prefill(turn, turn.text) or None
