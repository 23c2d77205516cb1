"""A scripted front with a page that has the chat on it; and a scripted bot, behind a real front."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.chat_page import ChatPage
from tests.browser.desk_page import CARD, WISH, Desk
from tests.browser.fake_front import FakeFront
from tests.front import Citizen, FakeBot, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.house import House


@pytest.fixture
def front() -> Iterator[FakeFront]:
    front = FakeFront()
    yield front
    front.close()


@pytest.fixture
def chat(page: Page, front: FakeFront) -> ChatPage:
    """The city's home page, the window still closed. Fails the test when the page's scripts go wrong."""
    page.on("pageerror", lambda error: pytest.fail(f"error in the page: {error}"))
    return ChatPage(page, front.url).visit()


@pytest.fixture(scope="module")
def bot() -> Iterator[FakeBot]:
    with FakeBot() as bot:
        yield bot


@pytest.fixture
def asks(house: House, bot: FakeBot) -> Callable[..., Citizen]:
    """Makes a citizen who asks for a person of a team. `house` is the test module's own, and talks to `bot`."""

    def asks(text: str = "ik wil een medewerker", **wish: str) -> Citizen:
        citizen = Citizen(house.front_url)
        citizen.hear("Je zei: /gesprek_begonnen")
        bot.faults.append([{"text": "Ik haal er een collega bij."}, {"custom": {**WISH, "card": CARD, **wish}}])
        citizen.say(text)
        wait_for(lambda: any("nummer" in said for said in citizen.heard()), lambda: str(citizen.said()))
        return citizen

    return asks


@pytest.fixture
def desk_of(browser: Browser, house: House) -> Iterator[Callable[..., Desk]]:
    """Opens somebody's own browser, logged in."""
    contexts: list[BrowserContext] = []

    def desk_of(name: str, **look: Any) -> Desk:
        contexts.append(browser.new_context(**look))
        desk: Desk = Desk(contexts[-1].new_page(), house).log_in(name)
        return desk

    yield desk_of
    for context in contexts:
        context.close()
