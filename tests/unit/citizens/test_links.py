"""One-time links, step by step. The attacks stand in test_link_attacks.py."""

import pytest
from sqlalchemy import text

from citizens.browsers import Browsers
from citizens.link_model import Browser, LoginError, Outcome
from citizens.link_tables import LinkState
from citizens.links import Links
from conversations.bell import Bell
from conversations.database import reading
from conversations.ledger import Ledger
from conversations.model import UnknownConversation
from tests.unit.citizens.people import JAN, LIEN

LATE = 601  # seconds
PHONE = Browser(login="phone")
DESKTOP = Browser(login="desktop", widget="widget")


@pytest.fixture
def ledger(engine, clock, vault):
    return Ledger(engine, clock, Bell(), vault)


@pytest.fixture
def links(engine, clock, vault, identities):
    return Links(engine, clock, vault, identities, url="https://balie.example/login", code=lambda: "482913")


@pytest.fixture
def chat(ledger):
    return ledger.open("whatsapp", "32470001201").id


@pytest.fixture
def window(ledger, engine):
    conversation = ledger.open("web", "c_lien").id
    Browsers(engine).know(conversation, DESKTOP.widget)
    return conversation


def secret_of(links, link):
    return links.url(link).removeprefix("https://balie.example/login/")


def log_in(links, conversation, browser=PHONE, claims=LIEN, state="state"):
    links.start(secret_of(links, links.create(conversation)), browser, state, "private")
    link, private = links.come_back(state, browser)
    assert private == "private"
    return links.complete(link, claims)


def everything(engine):
    with reading(engine) as db:
        return str(db.execute(text("SELECT * FROM login_links")).all())


def test_on_the_website_the_citizen_is_known_as_soon_as_he_logged_in(links, identities, window):
    assert log_in(links, window, DESKTOP) is None

    assert identities.of(window).rrn == LIEN.rrn


@pytest.mark.req("BP2-06")
def test_in_a_chat_the_citizen_is_known_when_he_typed_the_code(links, identities, chat):
    code = log_in(links, chat)
    assert links.pending_code(chat)
    assert identities.of(chat) is None

    assert links.confirm(chat, code).outcome is Outcome.BOUND
    assert identities.of(chat).given_name == "Lien"
    assert not links.pending_code(chat)


def test_a_login_holds_longer_in_a_chat_than_on_the_website(links, identities, chat, window, clock):
    links.confirm(chat, log_in(links, chat))
    log_in(links, window, DESKTOP, state="another")

    assert (identities.of(chat).until - clock.now()).days == 30
    assert (identities.of(window).until - clock.now()).days == 1


def test_the_secret_is_32_bytes_and_only_its_hash_is_kept(links, engine, chat):
    secret = secret_of(links, links.create(chat))

    assert len(secret) == 43
    assert secret not in everything(engine)


@pytest.mark.req("BP2-06")
def test_a_link_works_once(links, chat):
    secret = secret_of(links, links.create(chat))
    links.start(secret, PHONE, "state", "private")
    link, _ = links.come_back("state", PHONE)
    links.complete(link, LIEN)

    with pytest.raises(LoginError, match="used"):
        links.look(secret)
    with pytest.raises(LoginError, match="used"):
        links.start(secret, PHONE, "again", "private")


def test_the_same_browser_may_press_the_button_again_and_the_first_login_is_void(links, chat):
    secret = secret_of(links, links.create(chat))
    links.start(secret, PHONE, "first", "1")
    links.start(secret, PHONE, "second", "2")

    with pytest.raises(LoginError, match="unknown_login"):
        links.come_back("first", PHONE)
    assert links.come_back("second", PHONE)[1] == "2"


@pytest.mark.req("BP2-06")
def test_a_link_lives_ten_minutes(links, chat, clock):
    link = links.create(chat)
    secret = secret_of(links, link)
    clock.passes(LATE)

    assert links.url(link) is None
    with pytest.raises(LoginError, match="expired"):
        links.look(secret)


def test_a_newer_link_makes_the_earlier_one_void_with_all_that_it_held(links, chat, engine):
    log_in(links, chat)
    links.create(chat)

    assert not links.pending_code(chat)
    with reading(engine) as db:
        row = db.execute(text("SELECT * FROM login_links WHERE state = 'replaced'")).one()
    assert (row.sealed_claims, row.sealed_secret, row.code_hash) == (None, None, None)


def test_a_link_that_never_was_is_unknown(links):
    with pytest.raises(LoginError, match="unknown"):
        links.look("x" * 43)
    with pytest.raises(UnknownConversation):
        links.create("c_nobody")


def test_three_wrong_codes_end_it_and_erase_who_logged_in(links, chat, engine, identities):
    code = log_in(links, chat)

    outcomes = [links.confirm(chat, wrong) for wrong in ("000000", "000001", "000002")]
    assert [(o.outcome, o.tries) for o in outcomes] == [
        (Outcome.WRONG, 2),
        (Outcome.WRONG, 1),
        (Outcome.FAILED, 0),
    ]
    assert links.confirm(chat, code).outcome is Outcome.NONE
    assert identities.of(chat) is None
    with reading(engine) as db:
        assert db.execute(text("SELECT sealed_claims FROM login_links")).scalar() is None


def test_the_same_message_again_costs_no_try_and_says_the_same(links, chat):
    code = log_in(links, chat)

    assert links.confirm(chat, "000000", "m_1") == links.confirm(chat, "000000", "m_1")
    assert links.confirm(chat, code, "m_2").outcome is Outcome.BOUND
    assert links.confirm(chat, code, "m_2").outcome is Outcome.BOUND
    assert links.pending_code(chat, "m_2")


def test_a_crash_between_the_right_code_and_the_binding_is_made_good_by_a_repetition(links, chat, identities):
    code = log_in(links, chat)
    bind, identities.bind = identities.bind, None
    with pytest.raises(TypeError):
        links.confirm(chat, code, "m_1")
    identities.bind = bind

    assert links.confirm(chat, code, "m_1").outcome is Outcome.BOUND
    assert identities.of(chat).given_name == "Lien"


def test_what_was_left_lying_expires_and_holds_nothing_any_more(links, chat, window, clock, engine):
    log_in(links, chat)
    links.create(window)
    clock.passes(LATE)

    expired = links.expire(10)

    assert sorted(link.state for link in expired) == [LinkState.AUTHENTICATED, LinkState.CREATED]
    assert links.expire(10) == []
    with reading(engine) as db:
        rows = db.execute(text("SELECT state, sealed_claims, sealed_secret, sealed_login FROM login_links")).all()
    assert set(rows) == {("expired", None, None, None)}


def test_a_login_that_was_broken_off_is_over(links, chat):
    secret = secret_of(links, links.create(chat))
    links.start(secret, PHONE, "state", "private")
    link, _ = links.come_back("state", PHONE)

    assert links.end(link, LinkState.REFUSED, "denied")
    assert not links.end(link, LinkState.REFUSED, "denied")
    with pytest.raises(LoginError, match="refused"):
        links.look(secret)


def test_somebody_else_than_who_is_logged_in_is_refused(links, identities, window):
    log_in(links, window, DESKTOP)

    with pytest.raises(LoginError, match="somebody_else"):
        log_in(links, window, DESKTOP, JAN, "another")
    assert identities.of(window).given_name == "Lien"


def test_the_same_person_may_log_in_again(links, identities, window):
    log_in(links, window, DESKTOP)

    log_in(links, window, DESKTOP, state="another")

    assert identities.of(window).given_name == "Lien"


def test_a_browser_knows_for_which_conversations_it_logged_in(links, window, chat):
    log_in(links, window, DESKTOP)
    log_in(links, chat, DESKTOP, state="another")

    assert [link.conversation for link in links.bound_by(DESKTOP.login)] == [window]


def test_old_links_are_forgotten(links, chat, clock):
    log_in(links, chat)
    clock.passes(LATE)
    links.expire(10)
    clock.passes(3600)

    assert links.forget(clock.utc(), 10) == 1


def test_a_login_is_a_row_in_the_processing_log(links, chat, processing, identities):
    links.confirm(chat, log_in(links, chat))

    [row] = processing.of(identities.of(chat).person, 10)
    assert (row.action, row.source, list(row.kinds)) == ("aanmelden", "ACM/IDM", ["naam", "rijksregisternummer"])


def test_nothing_that_tells_who_logged_in_is_readable_in_the_table(links, chat, engine):
    code = log_in(links, chat)

    written = everything(engine)
    assert not [word for word in (LIEN.rrn, "Lien", LIEN.subject, code) if word in written]
