"""What a citizen does to be known: takes his link, logs in, and types the code that his channel asks for."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Engine

from citizens.identities import Claims, Identities
from clock import Clock
from conversations.bell import bell_for
from conversations.ledger import Ledger
from login.logins import LOGGED_IN
from sandbox.people import load_people
from tests.conversations.browser import Browser
from tests.conversations.citizens import Citizen
from tests.house import House
from vault import vault_of

REFUSED, ELSEWHERE, UP_TO_CODE = "geweigerd", "andere_browser", "tot_de_code"
RIGHT, WRONG = "juist", "fout"


def log_in(citizen: Citizen, wanted: str | Mapping[str, str]) -> str | None:
    """Plays a `login:` step: of a person, and the means if not his eID. Gives the code that the chat still wants."""
    if wanted == REFUSED:
        citizen.browser.break_off(citizen.link())
        return None
    [(person, how)] = wanted.items() if isinstance(wanted, Mapping) else [(wanted, "")]
    assert how in ("", ELSEWHERE, UP_TO_CODE), f"aanmelden kan niet “{how}”; wel {ELSEWHERE} en {UP_TO_CODE}"
    if how == ELSEWHERE:
        _opened_elsewhere(citizen, person)
        return None
    citizen.browser.log_in(citizen.link(), *person.split())
    return citizen.browser.code if citizen.types_code and not how else None


def code(citizen: Citizen, wanted: str) -> str:
    """What a `code:` step types: the code of the page, or another one."""
    right = citizen.browser.code
    return {RIGHT: right, WRONG: "111 111" if right == "000 000" else "000 000"}[wanted]


def _opened_elsewhere(citizen: Citizen, person: str) -> None:
    """Somebody else has the link: on the website he gets no further than a page, elsewhere no further than a code."""
    other = Browser()
    if not citizen.types_code:
        assert other.is_turned_away(citizen.link()), "een ander kon met deze link iemand aanmelden"
        return
    other.log_in(citizen.link(), person)
    assert other.code


def be_known(house: House, engine: Engine, conversation: str, key: str) -> None:
    """Plays a `bekend:` step: a resident of people.yml logged in here on some other day."""
    person, clock, vault = load_people()[key], Clock(house.settings.clock_file), vault_of(house.settings)
    claims = Claims("sandbox", person.sub, person.given_name, person.family_name, person.rrn, "eid", clock.utc())
    Identities(engine, clock, vault).bind(conversation, claims, clock.utc() + timedelta(days=1))
    ledger = Ledger(engine, clock, bell_for(engine), vault)
    ledger.leave(conversation, LOGGED_IN, external_id=f"bekend:{conversation}")
