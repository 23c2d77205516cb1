"""The browser in which a citizen logs in: the page behind his link, the sandbox's ACM/IDM, and back."""

import re
from collections.abc import Mapping

import requests

from tests.contract.acmidm import choose

SECONDS = 10.0
CANCEL = "annuleren"
_CODE = re.compile(r'class="code">\s*(\d{3} \d{3})')
_HEADING = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)


class Browser:
    def __init__(self, cookies: Mapping[str, str] | None = None) -> None:
        """`cookies`: of the widget, when the conversation itself is in this browser."""
        self._tab = requests.Session()
        self._tab.trust_env = False
        self._tab.cookies.update(cookies or {})
        self._page = ""

    def log_in(self, link: str, person: str, means: str = "eid") -> None:
        """Looks at the page, presses its button, logs in at the provider and comes back."""
        shown = self._tab.get(link, timeout=SECONDS)
        assert shown.ok, f"de link opent niets: {_heading(shown)}"
        begun = self._tab.post(link, timeout=SECONDS, allow_redirects=False)
        assert begun.status_code == 303, f"de knop leidt nergens heen: {_heading(begun)}"
        back = self._tab.get(choose(begun.headers["location"], person, means), timeout=SECONDS)
        assert back.ok == (person != CANCEL), f"na het aanmelden: {_heading(back)}"
        self._page = back.text

    def break_off(self, link: str) -> None:
        self.log_in(link, CANCEL, "")

    def is_turned_away(self, link: str) -> bool:
        """By the page and by its button: the link is of a conversation in another browser."""
        answers = self._tab.get(link, timeout=SECONDS), self._tab.post(link, timeout=SECONDS, allow_redirects=False)
        return all(answer.status_code == 403 for answer in answers)

    @property
    def code(self) -> str:
        """What the page says that has to be typed in the chat."""
        found = _CODE.search(self._page)
        assert found, "op de bladzijde staat geen code"
        return found[1]


def _heading(page: requests.Response) -> str:
    found = _HEADING.search(page.text)
    return f"{page.status_code} {found[1] if found else ''}"
