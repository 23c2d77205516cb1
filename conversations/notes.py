"""What agents write for each other in a conversation: sealed, never said to the citizen, forgotten with the rest."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select

from clock import Clock
from conversations import rows
from conversations.bell import Bell
from conversations.database import reading, writing
from conversations.handover_tables import notes
from vault import Vault

LONGEST = 2000


@dataclass(frozen=True)
class Note:
    conversation: str
    agent: str
    text: str
    at: datetime


class Notes:
    def __init__(self, engine: Engine, clock: Clock, bell: Bell, vault: Vault) -> None:
        self.engine, self.clock, self.bell, self.vault = engine, clock, bell, vault

    def write(self, conversation: str, agent: str, text: str) -> Note:
        note = Note(conversation, agent, text, self.clock.utc())
        with writing(self.engine) as db:
            add(db, self.vault, note)
        self.bell.ring(f"conversation:{conversation}")
        return note

    def of(self, conversation: str, limit: int = 200) -> list[Note]:
        """The latest, in order."""
        latest = select(notes).where(notes.c.conversation == conversation).order_by(notes.c.at.desc()).limit(limit)
        with reading(self.engine) as db:
            found = db.execute(latest).all()
        return [Note(row.conversation, row.agent, self.vault.open(row.text), row.at) for row in reversed(found)]


def add(db: Connection, vault: Vault, note: Note) -> None:
    """Inside the caller's transaction."""
    told = {"conversation": note.conversation, "agent": note.agent, "at": note.at}
    db.execute(insert(notes).values(id=rows.new_id("n"), text=vault.seal(note.text), **told))
