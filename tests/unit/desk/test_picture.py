"""Who may open which block of whom; that it is accounted for; and what is shown when nobody answers."""

import pytest

from actions.wiring import wire
from citizens.identities import Identities
from citizens.processing import ProcessingLog
from conversations.model import Holder
from desk.audit import Act, Audit
from desk.earlier import HELP
from desk.picture import KINDS, MAY_OPEN, Block, Picture
from desk.picture_door import Document, Line, NotThere, Seen, SomebodyElse, Unreachable
from desk.sessions import Role
from desk.work import NotAllowed
from settings import Settings
from tests.sealing import VAULT
from tests.unit.citizens.people import JAN, LIEN
from tests.unit.conversations.setting import words
from tests.unit.desk.conftest import session_of

REFERENCE = "A-7K3P-92QX"


class DoorInMemory:
    """Tells of whoever is asked about, unless a test says what goes wrong."""

    def __init__(self):
        self.asked = []
        self.fault = None

    def block(self, asked):
        return self._answer(asked, Seen([Line("naam", f"wie {asked.person} is", "Thuisloket")]))

    def document(self, asked):
        return self._answer(asked, Document("attest.pdf", "application/pdf", b"%PDF"))

    def cancel(self, asked):
        return self._answer(asked, "done")

    def _answer(self, asked, found):
        self.asked.append(asked)
        if self.fault:
            raise self.fault
        return found


@pytest.fixture
def door():
    return DoorInMemory()


@pytest.fixture
def picture(work, door, engine, clock):
    return Picture(work, door, Audit(engine, clock))


@pytest.fixture
def log_in(engine, clock):
    def log_in(conversation, claims=LIEN):
        return Identities(engine, clock, VAULT).bind(conversation, claims, clock.after(3600)).person

    return log_in


@pytest.fixture
def lien(work, sanne, asks, log_in):
    """Her conversation, which Sanne has; and who she is."""
    conversation = asks()
    work.take(sanne, conversation)
    return conversation, log_in(conversation)


@pytest.fixture
def entries(engine, clock):
    return ProcessingLog(engine, clock, VAULT).of


# --- who may open what -----------------------------------------------------------


@pytest.mark.req("MZR-06")
@pytest.mark.parametrize("block", Block)
@pytest.mark.parametrize("role", Role)
def test_each_role_opens_its_own_blocks_and_no_other(work, picture, sessions, asks, log_in, entries, role, block):
    who = session_of(sessions, "Ine", *([] if role is Role.ADMINISTRATOR else ["burgerzaken"]), role=role)
    conversation = asks()
    work.take(who, conversation)
    person = log_in(conversation)

    assert (block in picture.panel(who, conversation).blocks) == (block in MAY_OPEN[role])
    if block in MAY_OPEN[role]:
        assert picture.open(who, conversation, block).reached
        return
    with pytest.raises(NotAllowed):
        picture.open(who, conversation, block)
    assert entries(person) == []


@pytest.mark.req("MZR-06")
def test_an_administrator_is_an_agent_in_a_team_of_his_own_only(work, picture, sessions, asks):
    ine = session_of(sessions, "Ine", "burgerzaken", role=Role.ADMINISTRATOR)
    own, other = asks("an"), asks("bea", team="onthaal")
    work.take(ine, own), work.take(ine, other)

    assert picture.panel(ine, own).blocks == list(Block)
    assert picture.panel(ine, other).blocks == [Block.PREFERENCES, Block.MOMENTS]
    for step in (picture.document, lambda who, it, key: picture.cancel(who, it, REFERENCE, key), picture.move):
        with pytest.raises(NotAllowed):
            step(ine, other, "attest|1")


@pytest.mark.req("MZR-06")
def test_only_who_has_the_conversation_opens_anything(work, picture, sessions, sanne, piet, lien, door, entries):
    conversation, person = lien
    colleague = session_of(sessions, "Nadia", "burgerzaken")
    supervisor = session_of(sessions, "Luc", "burgerzaken", role=Role.SUPERVISOR)

    for who in (piet, colleague, supervisor):
        for step in (
            lambda who: picture.panel(who, conversation),
            lambda who: picture.open(who, conversation, "contact"),
            lambda who: picture.document(who, conversation, "attest|1"),
            lambda who: picture.cancel(who, conversation, REFERENCE, "1"),
            lambda who: picture.move(who, conversation, REFERENCE),
        ):
            with pytest.raises(NotAllowed):
                step(who)
    work.close(sanne, conversation, "attest")
    with pytest.raises(NotAllowed):
        picture.open(sanne, conversation, "contact")

    assert (door.asked, entries(person)) == ([], [])


@pytest.mark.req("MZR-06")
@pytest.mark.parametrize("block", Block)
def test_of_who_is_not_logged_in_nothing_is_shown_asked_or_written_down(work, picture, sanne, asks, door, block):
    conversation = asks()
    work.take(sanne, conversation)

    opened = picture.open(sanne, conversation, block)

    assert not picture.panel(sanne, conversation).known
    assert (opened.known, list(opened.seen.lines), opened.moments, opened.talks) == (False, [], (), ())
    assert door.asked == []
    for step in (picture.document, picture.move, lambda *given: picture.cancel(*given, "1")):
        with pytest.raises(NotAllowed):
            step(sanne, conversation, REFERENCE)


@pytest.mark.parametrize("named", ["", "alles", "CONTACT", "../contact"])
def test_what_is_no_block_does_not_exist(picture, sanne, lien, named):
    with pytest.raises(NotAllowed):
        picture.open(sanne, lien[0], named)


# --- accounted for -----------------------------------------------------------------


@pytest.mark.req("MZR-07", "MZR-08", "MZR-09", "MZR-10", "MZR-11", "MZR-12", "MZR-13", "MZR-14", "MZR-15", "MZR-16")
def test_each_block_that_is_opened_is_one_row_with_the_agent_the_purpose_and_the_conversation(
    picture, sanne, lien, entries
):
    conversation, person = lien
    picture.panel(sanne, conversation)
    assert entries(person) == []

    for block in Block:
        picture.open(sanne, conversation, block)

    rows = entries(person)[::-1]
    assert [row.kinds for row in rows] == [(KINDS[block],) for block in Block]
    assert {(row.actor, row.activity, row.conversation, row.source) for row in rows} == {
        (f"medewerker:{sanne.agent.id}", HELP, conversation, "Balie")
    }


@pytest.mark.req("MZR-13")
def test_opening_a_document_is_a_row_of_its_own(picture, sanne, lien, entries):
    conversation, person = lien
    picture.open(sanne, conversation, "documenten")

    assert picture.document(sanne, conversation, "attest|1").content == b"%PDF"

    assert [row.action for row in entries(person)] == ["een document openen", "klantbeeld bekijken"]


@pytest.mark.req("MZR-07")
def test_what_cannot_be_accounted_for_is_not_shown(picture, sanne, lien, door, monkeypatch):
    def broken(**row):
        raise OSError("disk full")

    monkeypatch.setattr(picture.processing, "write", broken)

    with pytest.raises(OSError, match="disk full"):
        picture.open(sanne, lien[0], "contact")
    assert door.asked == []


# --- what is shown -------------------------------------------------------------------


@pytest.mark.req("MZR-05")
def test_when_nobody_answers_it_is_said_and_is_no_empty_list(picture, sanne, lien, door):
    for door.fault in (Unreachable("blok"), NotThere("x")):
        assert not picture.open(sanne, lien[0], "zaken").reached
    door.fault = Unreachable("document")
    with pytest.raises(Unreachable):
        picture.document(sanne, lien[0], "attest|1")


@pytest.mark.req("MZR-06")
def test_who_logged_in_meanwhile_is_not_taken_for_who_was_there(picture, sanne, lien, door):
    door.fault = SomebodyElse()

    assert not picture.open(sanne, lien[0], "contact").known
    with pytest.raises(NotAllowed):
        picture.document(sanne, lien[0], "attest|1")


@pytest.mark.req("MZR-15")
def test_contact_moments_are_those_of_all_channels_and_of_nobody_else(work, picture, sanne, piet, lien, log_in, clock):
    conversation, _ = lien
    clock.passes(60)
    whatsapp = work.ledger.open("whatsapp", "32470").id
    log_in(whatsapp)
    clock.passes(60)
    log_in(work.ledger.open("messenger", "jan").id, JAN)

    moments = picture.open(sanne, conversation, "contactmomenten").moments

    assert [(one.channel, [talk.topic for talk in one.talks]) for one in moments] == [
        ("whatsapp", []),
        ("web", ["attest"]),
    ]


def test_what_somebody_else_asked_at_the_same_screen_is_no_contact_of_his(work, picture, sanne, asks, log_in, clock):
    conversation = asks(topic="melding")
    log_in(conversation, JAN)
    work.take(sanne, conversation)
    work.close(sanne, conversation, "melding")
    clock.passes(60)
    log_in(conversation)
    clock.passes(60)
    work.ledger.reopen(conversation)
    asks(topic="attest")
    work.take(sanne, conversation)

    [moment] = picture.open(sanne, conversation, "contactmomenten").moments

    assert [talk.topic for talk in moment.talks] == ["attest"]


def test_nor_is_what_somebody_else_asked_there_between_two_of_his_logins(work, picture, sanne, asks, log_in, clock):
    conversation = work.ledger.receive(words(1, address="bib")).message.conversation
    log_in(conversation)
    clock.passes(60)
    log_in(conversation, JAN)
    asks("bib", topic="melding")
    work.take(sanne, conversation)
    work.close(sanne, conversation, "melding")
    clock.passes(60)
    log_in(conversation)
    clock.passes(60)
    work.ledger.reopen(conversation)
    asks("bib", topic="attest")
    work.take(sanne, conversation)

    [moment] = picture.open(sanne, conversation, "contactmomenten").moments

    assert [talk.topic for talk in moment.talks] == ["attest"]


@pytest.mark.req("MZR-16")
def test_earlier_talks_are_listed_for_the_teams_that_had_them(work, picture, sanne, piet, asks, log_in, clock):
    earlier, theirs, now = asks("an"), asks("bea", team="onthaal"), asks("cis")
    for who, conversation in ((sanne, earlier), (piet, theirs)):
        log_in(conversation)
        work.take(who, conversation)
        work.close(who, conversation, "attest")
    work.take(sanne, now)
    log_in(now)

    assert [talk.conversation for talk in picture.open(sanne, now, "gesprekken").talks] == [earlier]


# --- for the citizen --------------------------------------------------------------------


@pytest.mark.req("MZR-17")
def test_cancelling_goes_through_the_door_and_is_audited(picture, sanne, lien, door):
    conversation, person = lien

    assert picture.cancel(sanne, conversation, "a 7k3p 92qx", "k") == "done"

    [asked] = door.asked
    assert (asked.wanted, asked.person, asked.key) == (REFERENCE, person, "k")
    [act] = picture.audit.latest()
    assert (act.who, act.act, act.conversation, act.detail) == ("Sanne Claes", Act.CANCELS, conversation, REFERENCE)


@pytest.mark.parametrize(("fault", "told"), [(NotThere("x"), "weg"), (Unreachable("x"), "onbereikbaar")])
def test_what_became_of_a_cancellation_is_never_guessed(picture, sanne, lien, door, fault, told):
    door.fault = fault

    assert picture.cancel(sanne, lien[0], REFERENCE, "k") == told


@pytest.mark.req("MZR-17")
def test_moving_gives_the_conversation_to_the_assistant_with_that_appointment(work, picture, sanne, lien):
    conversation, _ = lien

    picture.move(sanne, conversation, REFERENCE)

    assert work.ledger.conversation(conversation).holder is Holder.BOT
    assert work.ledger.messages(conversation)[-1].payload == f'/afspraak_verplaatsen{{"keuze": "{REFERENCE}"}}'
    assert picture.audit.latest()[0].act is Act.MOVES


@pytest.mark.parametrize("typed", ["", "A-1", 'A-7K3P-92QX"}/x', "/restart"])
def test_what_is_no_reference_does_nothing(picture, sanne, lien, door, typed):
    with pytest.raises(NotAllowed):
        picture.cancel(sanne, lien[0], typed, "k")
    with pytest.raises(NotAllowed):
        picture.move(sanne, lien[0], typed)
    assert door.asked == []


# --- both sides of the door ------------------------------------------------------------


@pytest.mark.req("MZC-24")
def test_the_door_has_every_block_that_the_desk_does_not_keep_itself(tmp_path):
    wiring = wire(Settings(database_url=f"sqlite:///{tmp_path}/balie.db"))

    assert set(wiring.desk.picture.blocks) == set(Block) - {Block.MOMENTS, Block.TALKS}
