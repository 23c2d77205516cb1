"""Every guard of a login keeps somebody out: the attack fails while it stands, and succeeds when it is taken away."""

from collections.abc import Callable

import pytest
from sqlalchemy import true

from citizens import link_guards
from citizens.browsers import Browsers
from citizens.identities import Identities
from citizens.link_model import Browser, LoginError, Outcome
from citizens.links import Links
from conversations.bell import Bell
from conversations.ledger import Ledger
from tests.unit.citizens.people import JAN, LIEN
from tests.unit.conversations.setting import StoppedClock

LATE = 601
ATTACKER = Browser(login="attackers-browser", widget="attackers-widget")
VICTIM = Browser(login="victims-browser", widget="victims-widget")


class Scene:
    """JAN attacks, LIEN is his victim. Each has a window on the website and a chat."""

    def __init__(self, engine, clock: StoppedClock, vault) -> None:
        ledger = Ledger(engine, clock, Bell(), vault)
        self.clock = clock
        self.identities = Identities(engine, clock, vault)
        self.links = Links(engine, clock, vault, self.identities, url="", code=lambda: "482913")
        self.window = ledger.open("web", "c_attacker").id
        self.victims_window = ledger.open("web", "c_victim").id
        self.chat = ledger.open("whatsapp", "32400000001").id
        self.victims_chat = ledger.open("whatsapp", "32400000002").id
        Browsers(engine).know(self.window, ATTACKER.widget)
        Browsers(engine).know(self.victims_window, VICTIM.widget)

    def secret(self, conversation: str) -> str:
        return str(self.links.url(self.links.create(conversation)))[1:]

    def start(self, conversation: str, browser: Browser, state: str = "state") -> str:
        secret = self.secret(conversation)
        self.links.start(secret, browser, state, "private")
        return secret

    def victim_finishes(self, state: str = "state", browser: Browser = VICTIM) -> str | None:
        link, _ = self.links.come_back(state, browser)
        return self.links.complete(link, LIEN)

    def holds_the_victim(self, conversation: str) -> bool:
        found = self.identities.of(conversation)
        return found is not None and found.rrn == LIEN.rrn


def a_link_is_forwarded_and_the_victim_does_all_that_it_asks(scene: Scene) -> bool:
    scene.start(scene.window, VICTIM)
    scene.victim_finishes()
    return scene.holds_the_victim(scene.window)


def the_providers_address_is_forwarded_after_the_attacker_started(scene: Scene) -> bool:
    scene.start(scene.chat, ATTACKER)
    return scene.victim_finishes() is not None


def the_address_with_which_the_victim_came_back_is_stolen(scene: Scene) -> bool:
    scene.start(scene.window, ATTACKER)
    with pytest.raises(LoginError, match="other_browser"):
        scene.victim_finishes()
    scene.victim_finishes(browser=ATTACKER)
    return scene.holds_the_victim(scene.window)


def somebody_else_takes_over_a_link_that_was_begun(scene: Scene) -> bool:
    secret = scene.start(scene.victims_chat, VICTIM)
    return bool(scene.links.start(secret, ATTACKER, "attackers", "private"))


def an_old_link_is_found_in_a_mailbox(scene: Scene) -> bool:
    secret = scene.secret(scene.chat)
    scene.clock.passes(LATE)
    return bool(scene.links.start(secret, ATTACKER, "state", "private"))


def a_code_is_typed_long_after(scene: Scene) -> bool:
    scene.start(scene.chat, VICTIM)
    scene.victim_finishes()
    scene.clock.passes(LATE)
    return scene.links.confirm(scene.chat, "482913").outcome is Outcome.BOUND


def a_login_of_the_attackers_own_is_slipped_into_the_victims(scene: Scene) -> bool:
    """What comes back carries a state that was never begun here."""
    scene.start(scene.victims_window, VICTIM)
    link, _ = scene.links.come_back("attackers", VICTIM)
    return bool(link)


def a_login_comes_back_twice(scene: Scene) -> bool:
    scene.start(scene.victims_window, VICTIM)
    scene.links.come_back("state", VICTIM)
    return bool(scene.links.come_back("state", VICTIM))


def a_link_of_a_chat_is_forwarded(scene: Scene) -> bool:
    scene.start(scene.chat, VICTIM)
    scene.victim_finishes()
    return scene.holds_the_victim(scene.chat)


def the_victim_types_the_code_in_his_own_chat(scene: Scene) -> bool:
    scene.start(scene.chat, VICTIM)
    scene.victim_finishes()
    scene.links.confirm(scene.victims_chat, "482913")
    return scene.holds_the_victim(scene.chat) or scene.holds_the_victim(scene.victims_chat)


def the_attacker_guesses(scene: Scene) -> bool:
    scene.start(scene.chat, VICTIM)
    scene.victim_finishes()
    for guess in ("000001", "000002", "000003", "482913"):
        scene.links.confirm(scene.chat, guess)
    return scene.holds_the_victim(scene.chat)


def somebody_else_logs_in_where_somebody_is_known(scene: Scene) -> bool:
    scene.identities.bind(scene.victims_window, JAN, scene.clock.after(3600))
    scene.start(scene.victims_window, VICTIM)
    scene.victim_finishes()
    return scene.holds_the_victim(scene.victims_window)


Attack = Callable[[Scene], bool]
GUARDS: dict[Attack, tuple[str, Callable[..., object]]] = {
    a_link_is_forwarded_and_the_victim_does_all_that_it_asks: ("in_the_widgets_browser", lambda browser: true()),
    the_providers_address_is_forwarded_after_the_attacker_started: ("begun_by", lambda browser: true()),
    the_address_with_which_the_victim_came_back_is_stolen: ("is_over_when_elsewhere", lambda: False),
    somebody_else_takes_over_a_link_that_was_begun: ("unused", true),
    an_old_link_is_found_in_a_mailbox: ("is_fresh", lambda now: true()),
    a_code_is_typed_long_after: ("in_time", lambda now: true()),
    a_login_of_the_attackers_own_is_slipped_into_the_victims: ("with_login", lambda state: true()),
    a_login_comes_back_twice: ("back_once", dict),
    a_link_of_a_chat_is_forwarded: ("needs_code", lambda link: False),
    the_victim_types_the_code_in_his_own_chat: ("in_the_chat_of", lambda conversation: true()),
    the_attacker_guesses: ("is_last", lambda tries: False),
    somebody_else_logs_in_where_somebody_is_known: ("is_somebody_else", lambda known, claims: False),
}


@pytest.fixture
def scene(engine, clock, vault):
    return Scene(engine, clock, vault)


def succeeds(attack: Attack, scene: Scene) -> bool:
    try:
        return attack(scene)
    except LoginError:
        return False


@pytest.mark.req("MZC-10")
@pytest.mark.parametrize("attack", GUARDS, ids=lambda attack: attack.__name__)
def test_the_attack_fails(attack, scene):
    assert not succeeds(attack, scene)


@pytest.mark.parametrize("attack", GUARDS, ids=lambda attack: attack.__name__)
def test_the_attack_succeeds_without_its_guard(attack, scene, monkeypatch):
    name, nothing = GUARDS[attack]
    monkeypatch.setattr(link_guards, name, nothing)

    assert succeeds(attack, scene)


def test_every_guard_has_an_attack():
    guards = {
        name for name, found in vars(link_guards).items() if getattr(found, "__module__", "") == link_guards.__name__
    }

    assert guards == {name for name, _ in GUARDS.values()}
