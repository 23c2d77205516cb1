"""What WhatsApp and Messenger have in common: citizens with a phone each, and webhooks about what they do."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sandbox.graph.ids import Ids
from sandbox.graph.media import FROM_CITIZEN, Media, MediaStore
from sandbox.graph.phone import Bubble, Citizen
from sandbox.graph.webhooks import Courier, Webhook
from sandbox.settings import Settings

JSON = Any
NAMES = ("Lien Declercq", "Jan Peeters", "Fatima El Amrani", "Noor Claes", "Omer Vandamme", "Greet Maes")


class Network:
    """One product. `changed` is called whenever a phone looks different."""

    name = ""
    typing_seconds = 25.0

    def __init__(
        self, settings: Settings, ids: Ids, now: Callable[[], datetime], media: MediaStore, changed: Callable[[], None]
    ) -> None:
        self.settings, self.ids, self.now, self.media, self.changed = settings, ids, now, media, changed
        self.citizens: dict[str, Citizen] = {}
        self.courier = self._courier()
        self.begin()

    def reset(self) -> None:
        self.courier.reset()
        self.citizens.clear()
        self.begin()

    def enrol(self, name: str = "", *, hides_number: bool = False) -> Citizen:
        """A new phone. Its number or id was nobody's before."""
        known = len(self.citizens)
        citizen = self._citizen(f"{self.name[0]}{known + 1}", name or NAMES[known % len(NAMES)])
        citizen.hides_number = hides_number
        self.citizens[citizen.id] = citizen
        self.changed()
        return citizen

    def first(self) -> Citizen:
        return next(iter(self.citizens.values()), None) or self.enrol()

    # --- what a citizen does -------------------------------------------------

    def speak(self, citizen: Citizen, bubble: Bubble, payload: JSON, *, opens_window: bool = True) -> Webhook:
        """Puts a bubble on the phone and tells the city by webhook."""
        citizen.bubbles.append(bubble)
        citizen.typing_until = None
        if opens_window and (citizen.wrote_at is None or citizen.wrote_at < bubble.at):
            citizen.wrote_at = bubble.at

        def arrived() -> None:
            if bubble.state == "sent":
                bubble.state = "delivered"
                self.changed()

        self.changed()
        return self.courier.post(payload, citizen.id, arrived)

    def bubble(self, kind: str, *, minutes_ago: float = 0.0, **shown: Any) -> Bubble:
        return Bubble(self.new_message_id(), True, kind, self.now() - timedelta(minutes=minutes_ago), **shown)

    def keep(self, content: bytes, name: str, media_type: str, *, wrong_hash: bool = False) -> Media:
        return self.media.keep(content, media_type, name, FROM_CITIZEN, wrong_hash=wrong_hash)

    # --- what the city does --------------------------------------------------

    async def deliver(self, citizen: Citizen, bubble: Bubble, statuses: list[tuple[str, JSON]]) -> None:
        """Puts the city's message on the phone and tells, in the way that was asked for, what becomes of it."""
        citizen.bubbles.append(bubble)
        citizen.typing_until = None
        self.changed()
        way = self.courier.handling.statuses
        if way == "before":
            await _until_tried([self._tell(citizen, bubble, *status) for status in statuses])
            return
        if way == "backwards":
            statuses = statuses[::-1]
        if way == "read_only":
            statuses = statuses[-1:]
        if way != "none":
            self.courier.later(self._tell_one_by_one(citizen, bubble, statuses))

    def show_typing(self, citizen: Citizen, *, on: bool = True) -> None:
        citizen.typing_until = self.now() + timedelta(seconds=self.typing_seconds) if on else None
        self.changed()
        if on:
            self.courier.later(self._forget_typing())

    async def _forget_typing(self) -> None:
        await asyncio.sleep(self.typing_seconds)
        self.changed()

    async def _tell_one_by_one(self, citizen: Citizen, bubble: Bubble, statuses: list[tuple[str, JSON]]) -> None:
        for state, payload in statuses:
            await asyncio.sleep(self.courier.handling.status_pause)
            self._tell(citizen, bubble, state, payload)

    def _tell(self, citizen: Citizen, bubble: Bubble, state: str, payload: JSON) -> Webhook:
        if _RANK.get(state, 0) > _RANK.get(bubble.state, 0):
            bubble.state = state
            self.changed()
        return self.courier.post(payload, citizen.id)

    def all_bubbles(self) -> Iterator[tuple[Citizen, Bubble]]:
        return ((citizen, bubble) for citizen in self.citizens.values() for bubble in citizen.bubbles)

    # --- what differs --------------------------------------------------------

    def begin(self) -> None:
        """What else is new after a start and after a reset."""

    def new_message_id(self) -> str:
        raise NotImplementedError

    def _courier(self) -> Courier:
        raise NotImplementedError

    def _citizen(self, identifier: str, name: str) -> Citizen:
        raise NotImplementedError


_RANK = {"sent": 1, "delivered": 2, "read": 3, "failed": 4}


async def _until_tried(webhooks: list[Webhook]) -> None:
    for webhook in webhooks:
        for _ in range(250):
            if webhook.state != "waiting":
                break
            await asyncio.sleep(0.02)
