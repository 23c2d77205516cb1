"""A citizen on WhatsApp, with the bench in the place of Meta: it signs and posts what he says.

What is answered goes to the sandbox, which notes when each message came in.
"""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bench.citizens import Heard
from bench.talk import Line
from bench.wire import PATIENCE, Broken
from bench.wire import Line as Connection
from conversations.model import Choice
from tests.house import House

PHONES = "/state/graph/whatsapp/citizens"
LOOK = 0.02  # seconds between two looks at the phone; what is measured is when it came, not when we saw it
SETTLED = 0.25  # seconds without anything new: the turn has ended


class Signer:
    """Makes webhooks of WhatsApp, signed as Meta would."""

    def __init__(self, house: House) -> None:
        self._number = house.settings.whatsapp_phone_number_id
        self._secret = house.settings.whatsapp_app_secret.encode()

    def webhook(self, citizen: str, content: dict[str, Any], identifier: str = "") -> tuple[bytes, dict[str, str]]:
        """The bytes and the headers of one message by this telephone number."""
        known = {"from": citizen, "id": identifier or f"wamid.{uuid.uuid4().hex}", "timestamp": str(int(time.time()))}
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "3256177710", "phone_number_id": self._number},
            "contacts": [{"profile": {"name": "Bench"}, "wa_id": citizen}],
            "messages": [{**known, **content}],
        }
        entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        digest = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        return body, {"X-Hub-Signature-256": f"sha256={digest}"}


def said(text: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": text}}


@dataclass
class PhoneCitizen:
    house: House
    _line: Connection = field(init=False)
    _phone: Connection = field(init=False)
    _id: str = ""
    _number: str = ""
    _seen: int = 0
    _latest: list[Any] = field(default_factory=list)

    async def begin(self) -> Heard:
        """A greeting by way of the sandbox, so that it knows that he may be answered."""
        self._line, self._phone = Connection(self.house.front_url), Connection(self.house.sandbox_url)
        known = (await self._phone.post(PHONES, {})).json(200)
        self._id, self._number = known["id"], known["address"]
        started = time.time()
        await self._phone.post(f"{PHONES}/{self._id}/say", {"text": "hallo"})
        return await self._hear(started, 0.0)

    async def say(self, line: Line) -> Heard:
        body, headers = Signer(self.house).webhook(self._number, self._content(line))
        started, began = time.time(), time.perf_counter()
        answer = await self._line.post_bytes("/webhooks/whatsapp", body, headers)
        if answer.status != 200:
            raise Broken(f"the webhook was answered {answer.status}")
        return await self._hear(started, time.perf_counter() - began)

    def leave(self) -> None:
        self._line.close()
        self._phone.close()

    def _content(self, line: Line) -> dict[str, Any]:
        buttons = [button for bubble in self._latest for button in bubble["buttons"]]
        tapped = line.tapped([Choice(button["title"], "") for button in buttons])
        if tapped is None:
            return said(line.text)
        kind = "list_reply" if buttons[tapped]["kind"] == "row" else "button_reply"
        reply = {"id": buttons[tapped]["payload"], "title": buttons[tapped]["title"]}
        return {"type": "interactive", "interactive": {"type": kind, kind: reply}}

    async def _hear(self, started: float, acknowledged: float) -> Heard:
        """The answer, timed at its first message; the rest of the turn is waited for."""
        deadline, fresh = time.monotonic() + PATIENCE, await self._answers()
        while not fresh:
            if time.monotonic() > deadline:
                raise Broken(f"no answer on the phone in {PATIENCE:.0f} s")
            await asyncio.sleep(LOOK)
            fresh = await self._answers()
        while True:
            await asyncio.sleep(SETTLED)
            more = await self._answers()
            if len(more) == len(fresh):
                break
            fresh = more
        self._seen += len(fresh)
        self._latest = fresh
        came = datetime.fromisoformat(fresh[0]["at"]).timestamp()
        return Heard([bubble["text"] for bubble in fresh], came - started, acknowledged)

    async def _answers(self) -> list[Any]:
        shown = (await self._phone.get(f"{PHONES}/{self._id}")).json(200)["messages"]
        return [bubble for bubble in shown if bubble["from"] == "city"][self._seen :]
