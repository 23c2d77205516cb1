"""Citizen and attacker, each with a window and a chat, do whatever they can in any order.

The attacker forwards every link and every address; the victim follows them all and logs
in as himself. Whatever happens, a conversation holds its owner, or the one who typed his
own code in it with his own hands.
"""

import itertools

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine

from citizens import link_guards
from citizens.browsers import Browsers
from citizens.identities import Identities
from citizens.link_model import Browser, LoginError, Outcome
from citizens.links import Links
from conversations.bell import Bell
from conversations.ledger import Ledger
from tests.sealing import VAULT
from tests.unit.citizens.people import JAN, LIEN
from tests.unit.citizens.test_link_attacks import GUARDS
from tests.unit.conversations.setting import StoppedClock, migrated

CLAIMS = {"victim": LIEN, "attacker": JAN}
PEOPLE = st.sampled_from(sorted(CLAIMS))
PLACES = st.sampled_from([(owner, channel) for owner in sorted(CLAIMS) for channel in ("web", "whatsapp")])
UNIQUE = itertools.count()


class Logins(RuleBasedStateMachine):
    engine: Engine

    secrets = Bundle("secrets")
    logins = Bundle("logins")  # states that were sent to the provider
    arrivals = Bundle("arrivals")  # logins that came back at some browser, and may be tried at another
    codes = Bundle("codes")

    @initialize()
    def begin(self) -> None:
        self.clock = StoppedClock()

        self.identities = Identities(self.engine, self.clock, VAULT)
        self.links = Links(self.engine, self.clock, VAULT, self.identities, url="", code=lambda: f"{next(UNIQUE):06d}")
        ledger, mark = Ledger(self.engine, self.clock, Bell(), VAULT), next(UNIQUE)
        self.browsers = {name: Browser(f"{name}-{mark}", f"{name}-widget-{mark}") for name in CLAIMS}
        self.places = {
            (owner, channel): ledger.open(channel, f"{owner}-{mark}").id
            for owner in CLAIMS
            for channel in ("web", "whatsapp")
        }
        for owner, browser in self.browsers.items():
            Browsers(self.engine).know(self.places[owner, "web"], browser.widget)
        self.typed: set[tuple[str, str]] = set()  # who typed a code of his own login, and where

    @rule(target=secrets, place=PLACES)
    def ask_for_a_link(self, place):
        return str(self.links.url(self.links.create(self.places[place]))).removeprefix("/")

    @rule(target=logins, secret=secrets, person=PEOPLE)
    def open_a_link(self, secret, person):
        state = f"state-{next(UNIQUE)}"
        try:
            self.links.look(secret)
            self.links.start(secret, self.browsers[person], state, "private")
        except LoginError:
            return multiple()
        return state

    @rule(target=arrivals, login=logins, person=PEOPLE)
    def log_in(self, login, person):
        """At the provider, each as himself; his own browser is the one that is sent back."""
        self.arrive(person, login, person)
        return login, person

    @rule(target=arrivals, place=PLACES, opener=PEOPLE, person=PEOPLE)
    def do_all_of_it(self, place, opener, person):
        """The usual order, which chance alone seldom finds."""
        state = self.open_a_link(self.ask_for_a_link(place), opener)
        return self.log_in(state, person) if isinstance(state, str) else multiple()

    @rule(target=arrivals, arrival=arrivals, person=PEOPLE)
    def load_the_address_of_a_login_again(self, arrival, person):
        self.arrive(person, *arrival)
        return multiple()

    def arrive(self, at, login, who):
        try:
            link, _ = self.links.come_back(login, self.browsers[at])
            code = self.links.complete(link, CLAIMS[who])
        except LoginError:
            return
        if code is not None:
            self.shown[code] = (at, who)

    @initialize()
    def no_codes(self) -> None:
        self.shown: dict[str, tuple[str, str]] = {}

    @rule(data=st.data(), place=PLACES)
    def type_a_code(self, data, place):
        """Who types read it in his own browser. The attacker types in his own chat, the victim wherever he is told."""
        if not self.shown:
            return
        code, (reader, who) = data.draw(st.sampled_from(sorted(self.shown.items())))
        if place[0] != reader and reader != "victim":
            return
        if self.links.confirm(self.places[place], code).outcome is Outcome.BOUND and reader == who:
            self.typed.add((who, self.places[place]))

    @rule(place=PLACES, guess=st.sampled_from(["999999", "12345", "", "０００００１"]))
    def guess(self, place, guess):
        self.links.confirm(self.places[place], guess)

    @rule(place=PLACES)
    def log_out(self, place):
        self.identities.unbind(self.places[place], "logout")

    @rule(seconds=st.sampled_from([60, 599, 601]))
    def wait(self, seconds):
        self.clock.passes(seconds)

    @rule()
    def tidy_up(self):
        self.links.expire(100)

    @invariant()
    def a_conversation_holds_its_owner_or_who_typed_his_code_there(self):
        for (owner, _), conversation in getattr(self, "places", {}).items():
            found = self.identities.of(conversation)
            if found is None:
                continue
            [who] = [name for name, claims in CLAIMS.items() if claims.rrn == found.rrn]
            assert who == owner or (who, conversation) in self.typed


QUICK = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.generate],
    derandomize=True,
)


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    with migrated(f"sqlite:///{tmp_path_factory.mktemp('machine')}/balie.db") as engine:
        yield type("Logins", (Logins,), {"engine": engine})


@pytest.mark.req("BP2-06", "MZC-10")
def test_no_order_of_steps_gives_a_conversation_the_identity_of_somebody_else(machine):
    run_state_machine_as_test(machine, settings=QUICK)


@pytest.mark.parametrize("guard", ["needs_code", "in_the_widgets_browser", "in_the_chat_of"])
def test_the_machine_finds_the_way_in_when_a_guard_is_taken_away(machine, guard, monkeypatch):
    [nothing] = [found for name, found in GUARDS.values() if name == guard]
    monkeypatch.setattr(link_guards, guard, nothing)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=settings(QUICK, max_examples=1500))
