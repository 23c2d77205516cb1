"""Files that citizens sent, sealed: a photo shows faces and homes."""

from datetime import datetime

from sqlalchemy import Engine, insert, select

from conversations import rows
from conversations.database import reading, writing
from conversations.entries import change
from conversations.masking import masked
from conversations.model import Attachment
from conversations.tables import attachments
from conversations.typed import keepable
from vault import Vault


def keep(engine: Engine, vault: Vault, file: Attachment, now: datetime) -> str:
    """The id under which it can be found."""
    id = rows.new_id("a")
    sealed = {"content": vault.seal_bytes(file.content), "sealed": True}
    told = {"name": masked(keepable(file.name)), "media_type": file.media_type, "created_at": now}
    with writing(engine) as db:
        change(db, file.conversation, active_at=now)
        db.execute(insert(attachments).values(id=id, conversation=file.conversation, **told, **sealed))
    return id


def find(engine: Engine, vault: Vault, attachment: str) -> Attachment | None:
    with reading(engine) as db:
        row = db.execute(select(attachments).where(attachments.c.id == attachment)).one_or_none()
    if row is None:
        return None
    content = vault.open_bytes(row.content) if row.sealed else row.content  # kept before files were sealed
    return Attachment(row.conversation, row.name, row.media_type, content)
