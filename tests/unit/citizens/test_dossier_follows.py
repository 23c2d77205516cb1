"""Who wants to hear of his dossiers is looked at in turn, and what is new is counted once."""

from datetime import timedelta

import pytest

from citizens.dossier_follows import DossierFollows
from citizens.identities import Identities
from conversations.bell import Bell
from conversations.ledger import Ledger
from tests.sealing import VAULT
from tests.unit.citizens.people import JAN, LIEN

HOUR = 3600.0
DOSSIER = ("urn://leiestad", "OMV-1")


@pytest.fixture
def follows(engine, clock):
    return DossierFollows(engine, clock, VAULT, interval=HOUR)


@pytest.fixture
def logs_in(engine, clock):
    """A citizen in a conversation of his own; gives who he is and where."""
    ledger, identities = Ledger(engine, clock, Bell(), VAULT), Identities(engine, clock, VAULT)

    def log_in(claims=LIEN, channel="whatsapp", address="3247"):
        conversation = ledger.open(channel, address).id
        return identities.bind(conversation, claims, clock.now() + timedelta(days=1)).person, conversation

    return log_in


def test_each_is_due_once_an_interval_whoever_waits_longest_first(follows, clock, logs_in):
    lien, jan = logs_in()[0], logs_in(JAN, address="3248")[0]
    follows.start(lien, "whatsapp", {DOSSIER: clock.now()})
    clock.passes(60)
    follows.start(jan, "whatsapp", {DOSSIER: clock.now()})
    clock.passes(HOUR)

    assert [follow.person for follow in (follows.claim_due(), follows.claim_due()) if follow] == [lien, jan]
    assert follows.claim_due() is None


def test_where_he_is_told_is_where_he_logged_in_last_on_that_channel(follows, clock, logs_in):
    person, _ = logs_in()
    logs_in(channel="messenger", address="71")
    follows.start(person, "whatsapp", None)
    clock.passes(60)
    _, latest = logs_in(address="3249")

    found = follows.claim_due()

    assert found is not None
    assert found.conversation == latest


def test_of_two_looks_that_find_the_same_one_counts(follows, clock, logs_in):
    person, _ = logs_in()
    follows.start(person, "whatsapp", {})
    found = follows.latest(person, "whatsapp")
    news = [(*DOSSIER, clock.now())]

    assert follows.changed(found, {DOSSIER: clock.now()}, news)
    assert not follows.changed(found, {DOSSIER: clock.now()}, news)
    [untold] = follows.untold()
    assert (untold.changes, untold.news) == (1, news)
    follows.told(untold)
    assert follows.untold() == []


def test_no_more_is_said_here_by_whoever_is_here_and_elsewhere_it_goes_on(follows, logs_in):
    person, conversation = logs_in()
    for channel in ("whatsapp", "messenger"):
        follows.start(person, channel, {})

    assert follows.stop(conversation)
    assert not follows.stop(conversation)
    assert (follows.wants(person, "whatsapp"), follows.wants(person, "messenger")) == (False, True)
    assert follows.claim_due() is None


def test_he_is_asked_once_on_each_channel(follows, logs_in):
    person, _ = logs_in()

    asked = [follows.ask_once(person, channel) for channel in ("whatsapp", "whatsapp", "messenger")]

    assert asked == [True, False, True]
    assert not follows.wants(person, "whatsapp")
