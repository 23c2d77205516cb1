"""The page with the chat as a test sees it: what a citizen does and what stands there."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


class ChatPage:
    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.host = page.locator("balie-chat")
        self.launcher = page.get_by_role("button", name="Stel je vraag")
        self.panel = page.locator("balie-chat .panel")
        self.log = page.get_by_role("log")
        self.input = page.get_by_label("Je bericht")
        self.send = page.get_by_role("button", name="Verstuur", exact=True)
        self.banner = page.locator("balie-chat .banner")
        self.problem = page.locator("balie-chat .composer .problem")

    def visit(self) -> ChatPage:
        self.page.goto(self.url + "/")
        expect(self.host).to_have_attribute("data-state", "ready")
        return self

    def open(self) -> ChatPage:
        """Opens the window and waits for the first message."""
        self.launcher.click()
        expect(self.messages.first).to_be_visible()
        return self

    def say(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    @property
    def messages(self) -> Locator:
        return self.page.locator("balie-chat .message .bubble")

    def texts(self) -> list[str]:
        return [text.strip() for text in self.messages.all_inner_texts()]

    def focused(self) -> str:
        """Accessible name, or else the id or tag, of what has the focus inside the chat."""
        found = self.page.evaluate(
            """() => {
                const node = document.querySelector('balie-chat').shadowRoot.activeElement;
                return node && (node.id || node.ariaLabel || node.textContent.trim() || node.tagName);
            }"""
        )
        return str(found)

    def watch_announcements(self) -> None:
        """From now on, writes down what a screen reader would hear from the log."""
        self.page.evaluate(
            """() => {
                const log = document.querySelector('balie-chat').shadowRoot.querySelector('[role=log]');
                window.announced = [];
                new MutationObserver((changes) => {
                    if (log.ariaLive === 'off') return;
                    for (const change of changes) {
                        const silent = change.target.closest?.('[aria-live=off]');
                        for (const node of silent ? [] : change.addedNodes) window.announced.push(node.textContent);
                    }
                }).observe(log, { childList: true, subtree: true });
            }"""
        )

    def announced(self) -> list[str]:
        heard: list[str] = self.page.evaluate("window.announced")
        return heard
