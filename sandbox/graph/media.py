"""Photos and files at Meta: what may be uploaded, how long an id lives, and addresses that run out.

WhatsApp gives an id; whoever knows it asks an address, which works for five minutes and
only with the token. Messenger gives an address that works for whoever has it.
"""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.graph.ids import Ids

FROM_CITIZEN = timedelta(days=7)
UPLOADED = timedelta(days=30)
URL_LIVES = timedelta(minutes=5)
PUBLIC_URL_LIVES = timedelta(days=2)
MB = 1024 * 1024

WHATSAPP_LARGEST = {
    "image/jpeg": 5 * MB,
    "image/png": 5 * MB,
    "application/pdf": 100 * MB,
    "text/plain": 100 * MB,
    "application/msword": 100 * MB,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": 100 * MB,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": 100 * MB,
    "audio/aac": 16 * MB,
    "audio/mpeg": 16 * MB,
    "audio/ogg": 16 * MB,
    "video/mp4": 16 * MB,
    "image/webp": 500 * 1024,
}
MESSENGER_LARGEST = {"image": 8 * MB, "file": 25 * MB, "audio": 25 * MB, "video": 25 * MB}


@dataclass
class Media:
    """`declared_type` and `declared_hash` are what Meta says of it; a test can make them lie."""

    id: str
    name: str
    content: bytes
    declared_type: str
    declared_hash: str
    until: datetime
    urls: dict[str, datetime] = field(default_factory=dict)  # key in the address: until when

    @property
    def shown_type(self) -> str:
        """For the phone itself: only what is surely a picture is shown as one."""
        return next((kind for start, kind in _PICTURES if self.content.startswith(start)), "")


_PICTURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG", "image/png"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)


class MediaStore:
    def __init__(self, ids: Ids, now: Callable[[], datetime]) -> None:
        self._ids, self._now = ids, now
        self._all: dict[str, Media] = {}

    def keep(self, content: bytes, media_type: str, name: str, life: timedelta, *, wrong_hash: bool = False) -> Media:
        digest = hashlib.sha256(b"something else" if wrong_hash else content).digest()
        media = Media(self._ids.digits(16), name, content, media_type, b64encode(digest).decode(), self._now() + life)
        self._all[media.id] = media
        return media

    def with_id(self, identifier: str) -> Media | None:
        media = self._all.get(identifier)
        return media if media and self._now() < media.until else None

    def key(self, media: Media, life: timedelta) -> str:
        """A new key for its address."""
        key = self._ids.letters()
        media.urls[key] = self._now() + life
        return key

    def with_key(self, key: str) -> Media | None:
        media = next((media for media in self._all.values() if key in media.urls), None)
        return media if media and self._now() < media.urls[key] else None

    def shown(self, identifier: str) -> Media | None:
        """For the phone, which forgets nothing."""
        return self._all.get(identifier)

    def lose(self, media: Media) -> None:
        """Meta has it no longer."""
        media.until = self._now()
        media.urls.clear()

    def clear(self) -> None:
        self._all.clear()
