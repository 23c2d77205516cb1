"""Which browser a conversation on the website is in: the one that holds the widget's cookie.

Only that browser may log in for the conversation, so that a link which was sent to
somebody else opens nothing. The cookie is a random key; we keep its hash.
"""

import hashlib
import re
import secrets

from sqlalchemy import ColumnElement, Connection, Engine, exists, insert, select, update

from citizens.link_tables import browsers, login_links
from conversations.database import racing, reading

WIDGET_COOKIE = "balie_browser"
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


def new_key() -> str:
    return secrets.token_urlsafe(32)


def usable_key(key: str | None) -> str | None:
    """The key that a browser sent, when we may have made it."""
    return key if key and _KEY.fullmatch(key) else None


def cookie_name(name: str, public_url: str) -> str:
    """With https it bears a prefix that keeps other hosts of the city from setting it."""
    return f"__Host-{name}" if public_url.startswith("https:") else name


def hashed(key: str) -> str:
    """Keys are long and random, so a plain hash tells nothing about them."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


class Browsers:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def know(self, conversation: str, key: str) -> None:
        """From now on the conversation is in the browser with this key."""

        def know(db: Connection) -> None:
            this = update(browsers).where(browsers.c.conversation == conversation)
            if db.execute(this.values(key_hash=hashed(key))).rowcount == 0:
                db.execute(insert(browsers).values(conversation=conversation, key_hash=hashed(key)))

        racing(self.engine, know)

    def knows(self, conversation: str, key: str) -> bool:
        query = select(browsers.c.key_hash).where(browsers.c.conversation == conversation)
        with reading(self.engine) as db:
            return bool(db.execute(query).scalar() == hashed(key))


def in_this_browser(key: str) -> ColumnElement[bool]:
    """Of a link: its conversation is in the browser with this key."""
    found = select(browsers.c.conversation).where(
        browsers.c.conversation == login_links.c.conversation, browsers.c.key_hash == hashed(key)
    )
    return exists(found)
