"""The desk in an agent's browser, and what the bot says when it asks for a person."""

from datetime import datetime

from playwright.sync_api import expect

from clock import BRUSSELS

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=BRUSSELS)
CARD = {"form": "afspraak_form", "open": "email", "answers": {"naam": "Lien Declercq", "afspraak_dienst": "REISPAS"}}
WISH = {"type": "handover", "team": "burgerzaken", "topic": "afspraak", "reason": "asked", "channel": "web"}


class Desk:
    """An agent's window."""

    def __init__(self, page, house):
        self.page, self.url = page, f"{house.front_url}/desk/"

    def log_in(self, name):
        self.page.goto(self.url)
        self.page.get_by_role("button", name="Aanmelden").click()
        self.page.get_by_role("group", name=name).get_by_role("button").first.click()
        return self

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def talk(self):
        return self.page.locator("#berichten")

    def answers(self, text):
        self.page.get_by_label("Je antwoord").fill(text)
        self.button("Versturen").click()

    def closes(self):
        """Waits until it is closed: who shuts his window at once may take the click back."""
        self.button("Sluiten").click()
        expect(self.button("Sluiten")).to_have_count(0)
