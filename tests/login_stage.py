"""The front and the sandbox with a bot that does as it is told: a stage on which people log in."""

from pathlib import Path
from typing import Any

import requests
from sqlalchemy import text

from citizens.links import links_of
from clock import Clock
from conversations.bell import Bell
from conversations.database import connect, reading
from conversations.ledger import Ledger
from conversations.model import Reply
from tests.front import FakeBot
from tests.house import House
from vault import vault_of


class Stage:
    """The front and the sandbox, and the part of the house that makes links."""

    def __init__(self, folder: Path) -> None:
        self.bot = FakeBot()
        self.bot.start()
        environment = {"BOT_URL": self.bot.url, "BACKEND_TIMEOUT": "1.5"}
        self.house = House(folder, parts=("sandbox", "front"), environment=environment)
        self.house.start()
        settings, clock = self.house.settings, Clock(self.house.settings.clock_file)
        self.engine = connect(settings.database_url)
        vault = vault_of(settings)
        self.links = links_of(settings, self.engine, clock, vault)
        self.ledger = Ledger(self.engine, clock, Bell(), vault)

    def stop(self) -> None:
        self.engine.dispose()
        self.house.stop()
        self.bot.stop()

    def tell(self, path: str, **body: Any) -> None:
        requests.post(f"{self.house.sandbox_url}/{path}", json=body, timeout=10).raise_for_status()

    def events(self, conversation: str) -> list[str]:
        return [m.payload for m in self.ledger.messages(conversation) if m.payload and "gesprek" not in m.payload]

    def conversation(self, address: str) -> str:
        with reading(self.engine) as db:
            query = text("SELECT id FROM conversations WHERE address = :address")
            return str(db.execute(query, {"address": address}).scalar())

    def latest(self) -> str:
        """The conversation that began last."""
        with reading(self.engine) as db:
            return str(db.execute(text("SELECT id FROM conversations ORDER BY created_at DESC LIMIT 1")).scalar())

    def offer(self, conversation: str) -> str:
        """What an action does: a message with a link. Gives the link's id."""
        link = self.links.create(conversation)
        custom = {"type": "link", "link": link, "title": "Aanmelden"}
        self.ledger.say(conversation, Reply("Meld je aan.", custom=custom))
        return link

    def state(self, link: str) -> tuple[str, str]:
        with reading(self.engine) as db:
            return tuple(db.execute(text("SELECT state, reason FROM login_links WHERE id = :id"), {"id": link}).one())
