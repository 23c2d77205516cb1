"""Files that citizens and agents sent, sealed: a photo shows faces and homes."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, func, insert, select

from conversations import rows
from conversations.database import reading, writing
from conversations.entries import change
from conversations.masking import masked
from conversations.model import Attachment, Refused
from conversations.tables import attachments
from conversations.typed import keepable
from vault import Vault

MOST_A_DAY = 25  # of one conversation: each may be as large as a photo
DAY = timedelta(days=1)


def keep(engine: Engine, vault: Vault, file: Attachment, now: datetime) -> str:
    """The id under which it can be found. Raises Refused for who sent many in a day."""
    id = rows.new_id("a")
    sealed = {"content": vault.seal_bytes(file.content), "sealed": True}
    told = {"name": masked(keepable(file.name)), "media_type": file.media_type, "created_at": now}
    with writing(engine) as db:
        change(db, file.conversation, active_at=now)
        if _kept_since(db, file.conversation, now - DAY) >= MOST_A_DAY:
            raise Refused("this conversation brought many files already")
        db.execute(insert(attachments).values(id=id, conversation=file.conversation, **told, **sealed))
    return id


def _kept_since(db: Connection, conversation: str, moment: datetime) -> int:
    his = (attachments.c.conversation == conversation, attachments.c.created_at > moment)
    return db.execute(select(func.count()).select_from(attachments).where(*his)).scalar_one()


def named(engine: Engine, ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """The name and the media type of each, without opening any."""
    query = select(attachments.c.id, attachments.c.name, attachments.c.media_type).where(attachments.c.id.in_(ids))
    with reading(engine) as db:
        return {row.id: (row.name, row.media_type) for row in db.execute(query)} if ids else {}


def find(engine: Engine, vault: Vault, attachment: str) -> Attachment | None:
    with reading(engine) as db:
        row = db.execute(select(attachments).where(attachments.c.id == attachment)).one_or_none()
    if row is None:
        return None
    content = vault.open_bytes(row.content) if row.sealed else row.content  # kept before files were sealed
    return Attachment(row.conversation, row.name, row.media_type, content)
