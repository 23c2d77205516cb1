"""Logs a citizen in as he would: opens the link, presses the button, says who he is at the sandbox's ACM/IDM."""

import re

import requests

from tests.contract.acmidm import choose

LINK = re.compile(r"\]\((\S+/login/[^\s)]+)\)")
CODE = re.compile(r'class="code">(\d{3}) (\d{3})<')
REFUSES, OTHER_BROWSER = "geweigerd", "andere_browser"
SECONDS = 10.0


def newest_link(texts: list[str]) -> str:
    links = [link for text in texts for link in LINK.findall(text)]
    assert links, "er staat geen link om aan te melden in het gesprek, of hij is vervallen"
    return str(links[-1])


def log_in(browser: requests.Session, address: str, who: str) -> str:
    """The page on which it ends.

    `who`: a person of sandbox/people.yml, and with what if not with his eID; `geweigerd` turns
    back at ACM/IDM; `andere_browser` was sent the link.
    """
    if who == OTHER_BROWSER:
        stopped = requests.get(address, timeout=SECONDS)
        assert stopped.status_code == 403, f"een andere browser mag hier niet verder, maar kreeg {stopped.status_code}"
        return stopped.text
    assert browser.get(address, timeout=SECONDS).ok, "de aanmeldpagina gaat niet open"
    begun = browser.post(address, timeout=SECONDS, allow_redirects=False)
    assert begun.is_redirect, f"de knop om aan te melden werkt niet: {begun.status_code}"
    person, _, means = ("annuleren", "", "") if who == REFUSES else f"{who} eid".partition(" ")
    back = choose(begun.headers["location"], person, means.partition(" ")[0])
    return browser.get(back, timeout=SECONDS).text


def code_on(page: str) -> str | None:
    """What must be typed in the chat; on the website nothing."""
    code = CODE.search(page)
    return f"{code[1]} {code[2]}" if code else None
