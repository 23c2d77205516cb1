"""A scripted front and a page with the chat on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.chat_page import ChatPage
from tests.browser.fake_front import FakeFront

if TYPE_CHECKING:
    from playwright.sync_api import Page


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
