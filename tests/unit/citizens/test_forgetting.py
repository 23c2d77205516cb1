import random
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from citizens.dossier_follows import DossierFollows
from citizens.dossiers_read import DossiersRead
from citizens.erasing import Erasing
from citizens.facts import Facts
from citizens.forgetting import Forgetting
from citizens.identities import Identities
from citizens.processing import ProcessingLog
from citizens.register import load_register
from citizens.tables import bindings, erasures, people
from conversations import notes
from conversations.bell import Bell
from conversations.database import connect, migrate, reading, writing
from conversations.handover_tables import handovers
from conversations.ledger import Ledger
from conversations.model import Incoming, Kind, Reply
from conversations.tables import metadata
from filings.book import Filings
from filings.drafts import Drafts
from filings.follows import Follows
from filings.model import CONTACT
from filings.sealing import SEALED
from filings.task_model import CALL_BACK, Contact, Outcome, Source, Wish
from filings.tasks import BOT, Tasks
from filings.windows import Window
from settings import ROOT
from tests.sealing import VAULT
from tests.unit.citizens.people import JAN, LIEN
from tests.unit.conversations.setting import StoppedClock

HOUR, DAY = 3600, 86_400
TOKEN = "gAAAAA"  # how all that the vault sealed begins
SECRETS = ("Lien", "Declercq", "85073003328", "lien@example.be", "+32470000001", "een geheime put")


class Town:
    """All rooms on one database, and a bot that forgets when it is there."""

    def __init__(self, url):
        migrate(url)
        self.engine, self.clock = connect(url), StoppedClock()
        self.ledger = Ledger(self.engine, self.clock, Bell(), VAULT)
        self.filings = Filings(self.engine, self.clock, VAULT)
        self.follows = Follows(self.engine, self.clock, VAULT, interval=60)
        self.identities = Identities(self.engine, self.clock, VAULT)
        self.facts = Facts(self.engine, self.clock, VAULT)
        self.read = DossiersRead(self.engine, self.clock)
        self.log = ProcessingLog(self.engine, self.clock, VAULT)
        self.forgetting = Forgetting(self.engine, self.clock)
        self.bot_is_there, self.bot_forgot = True, []
        self._erasing = Erasing(self.engine, self.clock, VAULT, self._forget_dialogue)

    def _forget_dialogue(self, conversation):
        if self.bot_is_there:
            self.bot_forgot.append(conversation)
        return self.bot_is_there

    def erase(self):
        return self._erasing.work()

    def says(self, address, text, **more):
        """A citizen's message, answered."""
        self.clock.passes(1)
        said = self.ledger.receive(Incoming("whatsapp", address, str(random.random()), text=text, **more)).message
        turn = self.ledger.claim_turn("w", 60)
        assert turn is not None
        self.clock.passes(1)
        self.ledger.answer(turn, [Reply(f"Je zei: {text}")], turn.epoch)
        self.sends()
        return said.conversation

    def sends(self):
        while out := self.ledger.claim_delivery("w", 60, ["whatsapp"]):
            self.ledger.sent(out, str(random.random()))

    def logs_in(self, conversation, claims):
        self.clock.passes(1)
        return self.identities.bind(conversation, claims, self.clock.after(30 * DAY)).person

    def words(self, conversation):
        return [message.text for message in self.ledger.messages(conversation)]


@pytest.fixture
def town(database_url):
    town = Town(database_url)
    yield town
    town.engine.dispose()


def lives(town, address="+32470000001"):
    """Lien talks, logs in, and files a report."""
    conversation = town.says(address, "Ik ben Lien Declercq, lien@example.be")
    person = town.logs_in(conversation, LIEN)
    town.facts.keep(person, "email", "lien@example.be", source="burger", purpose="melding")
    town.read.mark_read(person, [("dosis", "D-1", town.clock.now())])
    photo = town.ledger.keep_attachment(conversation, "put van Lien.jpg", "image/jpeg", b"een geheime put")
    town.says(address, "", kind=Kind.ATTACHMENT, attachment=photo)
    filing = town.filings.file(conversation, "melding", {"naam": "Lien", "fotos": [photo]}, f"k{address}")
    town.log.write(person=person, conversation=conversation, action="a", activity="b", source="topdesk", kinds=["naam"])
    town.ledger.rate(conversation, 4, "Groeten, Lien")
    return conversation, person, filing


def done(town, filing):
    finished = town.filings.done(filing.id, "uuid", "I 2611 001")
    town.follows.follow(finished, {"status": "open"})


def test_who_he_is_is_forgotten_at_once_and_the_turn_still_gets_its_answer(town):
    conversation, person, filing = lives(town)
    done(town, filing)
    town.clock.passes(1)
    town.ledger.receive(Incoming("whatsapp", "+32470000001", "bye", text="vergeet mij"))
    turn = town.ledger.claim_turn("w", 60)
    assert turn is not None

    town.forgetting.person(person)
    town.erase()

    assert town.identities.of(conversation) is None
    assert town.facts.known(person, ["email"]) == {}
    assert town.words(conversation) == ["vergeet mij"]
    assert town.bot_forgot == []
    town.clock.passes(1)
    assert town.ledger.answer(turn, [Reply("Ik ben alles vergeten.")], turn.epoch)
    town.sends()
    town.erase()
    assert town.words(conversation) == ["Ik ben alles vergeten."]
    assert town.bot_forgot == [conversation]


def test_what_he_asked_of_the_city_goes_when_it_is_over_and_nobody_follows_it_any_more(town):
    conversation, person, filing = lives(town)
    town.clock.passes(1)
    town.forgetting.person(person)
    town.erase()

    assert town.filings.get(filing.id).payload["naam"] == "Lien"
    assert town.ledger.attachment(filing.payload["fotos"][0]) is not None

    done(town, filing)
    town.erase()

    assert town.filings.get(filing.id).payload == {}
    assert town.filings.of(conversation) == []
    assert town.ledger.attachment(filing.payload["fotos"][0]) is None
    assert town.bot_forgot == [conversation]


def test_that_he_was_in_contact_is_not_registered_any_more(town):
    conversation, person, _ = lives(town)
    with writing(town.engine) as db:
        town.filings.leave(db, conversation, CONTACT, {"first": 1, "last": 2, "numbers": ["1", "2"]}, "contact")
    town.clock.passes(1)
    town.forgetting.person(person)
    town.erase()

    assert town.filings.claim_due("contacts", 60, [CONTACT], promised=False) is None


def test_who_stays_silent_is_no_longer_known_by_his_number_either(town):
    conversation, person, filing = lives(town)
    done(town, filing)
    town.forgetting.person(person)

    town.clock.passes(HOUR - 1)
    assert town.erase() == 0
    assert town.ledger.conversation(conversation).address == "+32470000001"

    town.clock.passes(1)
    assert town.erase() == 1
    assert town.ledger.conversation(conversation).address == f"purged:{conversation}"
    assert town.erase() == 0


def test_who_goes_on_talking_keeps_his_conversation_and_what_he_says_from_then_on(town):
    conversation, person, filing = lives(town)
    done(town, filing)
    town.clock.passes(1)
    town.forgetting.person(person)
    assert town.says("+32470000001", "wanneer zijn jullie open?") == conversation

    assert town.erase() == 1
    town.clock.passes(DAY)
    assert town.erase() == 0

    assert town.words(conversation) == ["wanneer zijn jullie open?", "Je zei: wanneer zijn jullie open?"]
    assert town.bot_forgot == [conversation]


def test_a_bot_that_is_away_forgets_when_it_is_back(town):
    conversation, person, filing = lives(town)
    done(town, filing)
    town.forgetting.person(person)
    town.bot_is_there = False
    town.clock.passes(DAY)
    assert town.erase() == 0

    town.bot_is_there = True
    assert town.erase() == 1
    assert town.bot_forgot == [conversation]


def test_a_reminder_of_what_is_forgotten_never_comes(town):
    conversation, person, filing = lives(town)
    done(town, filing)
    town.ledger.leave(conversation, "/herinnering", external_id="r", due=town.clock.after(90 * DAY))
    town.forgetting.person(person)
    town.clock.passes(HOUR)

    assert town.erase() == 1
    town.clock.passes(100 * DAY)
    assert town.ledger.claim_turn("w", 60) is None


@pytest.mark.req("MZC-10")
def test_what_somebody_else_said_and_asked_in_the_same_conversation_stays(town):
    conversation, person, filing = lives(town)
    done(town, filing)
    town.logs_in(conversation, JAN)
    town.says("+32470000001", "ik ben Jan")
    his = town.filings.file(conversation, "melding", {"naam": "Jan"}, "jan")
    town.filings.done(his.id)
    town.clock.passes(HOUR)

    town.forgetting.person(person)
    assert town.erase() == 2 - 1

    assert "ik ben Jan" in town.words(conversation)
    assert town.filings.get(his.id).payload == {"naam": "Jan"}
    assert town.filings.get(filing.id).payload == {}
    assert town.identities.of(conversation) is not None
    assert town.ledger.conversation(conversation).address == "+32470000001"


def test_a_citizen_who_never_logged_in_can_be_forgotten_too(town):
    conversation = town.says("+32470000009", "ik heet Noor")
    town.clock.passes(1)

    town.forgetting.conversation(conversation)
    town.clock.passes(HOUR)

    assert town.erase() == 1
    assert town.words(conversation) == []


def test_what_an_agent_was_shown_is_forgotten(town):
    conversation, person, filing = lives(town)
    done(town, filing)
    shown_to_an_agent(town, conversation)

    town.forgetting.person(person)
    town.erase()

    with reading(town.engine) as db:
        assert VAULT.open(db.execute(select(handovers.c.card)).scalar_one()) == "{}"


@pytest.mark.req("MZC-11")
@pytest.mark.req("KI-03")
def test_who_asked_to_be_called_and_wants_to_be_forgotten_is_not_called(town):
    here = town.says("32470000001", "bel mij over een geheime put")
    tasks = Tasks(town.engine, town.clock, Bell(), VAULT)
    now = town.clock.now()
    contact = Contact("Lien Declercq", "+32470000001", "een geheime put")
    window = Window(now, now + timedelta(hours=1))
    task = tasks.make(Wish(here, "whatsapp", "onthaal", "melding", CALL_BACK, Source.BOT, window, contact), "1", BOT)

    town.forgetting.conversation(here)
    town.erase()

    assert tasks.undone(["onthaal"]) == []
    forgotten = tasks.find(task.id)
    assert forgotten is not None
    assert (forgotten.contact, forgotten.outcome) == (Contact(), Outcome.WITHDRAWN)


@pytest.mark.req("MZC-11")
def test_what_he_left_half_finished_goes_too_also_from_before_he_logged_in(town):
    conversation, person, filing = lives(town)
    done(town, filing)
    drafts = Drafts(town.engine, town.clock, VAULT, keep=timedelta(days=2))
    drafts.keep(conversation, "melding_form", {"melding_omschrijving": "een geheime put"}, None)
    town.clock.passes(1)

    town.forgetting.person(person)
    town.erase()

    assert drafts.latest(conversation) is None


def test_the_processing_log_stays_and_is_his_again_when_he_comes_back(town):
    _, person, filing = lives(town)
    done(town, filing)
    town.forgetting.person(person)
    town.clock.passes(HOUR)
    town.erase()

    assert town.log.verify() == 1
    exported = town.log.export(person, load_register(ROOT / "verwerkingen.yml"))["results"][0]
    assert (exported["soortObjectId"], exported["objectId"]) == ("pseudoniem", person)

    again = town.logs_in(town.says("+32470000001", "hallo"), LIEN)

    assert again == person
    assert len(town.log.of(again)) == 1
    assert town.facts.known(again, ["email"]) == {}


def test_nothing_of_him_is_left_in_the_files_of_the_database(tmp_path: Path):
    town = Town(f"sqlite:///{tmp_path}/balie.db")
    for number in range(30):
        town.says(f"+3248000{number:04}", "een ander" * 50)
    conversation, person, filing = lives(town)
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"Ik ben Lien Declercq, lien@example.be" in written
    done(town, filing)

    town.forgetting.person(person)
    town.clock.passes(HOUR)
    assert town.erase() == 1

    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert [secret for secret in SECRETS if secret.encode() in content] == [], file.name
    assert b"een ander" in (tmp_path / "balie.db").read_bytes()
    with reading(town.engine) as db:
        assert db.execute(select(bindings)).all() == []
        assert db.execute(select(erasures)).all() == []
        assert db.execute(select(people.c.sealed)).scalar_one() is None
    assert town.clock.now() - timedelta(hours=2) < town.ledger.conversation(conversation).created_at
    town.engine.dispose()


def test_not_even_what_was_sealed_of_him_is_left_in_the_files_of_the_database(tmp_path: Path):
    """Keys are lost and found: what was sealed goes too, wherever it was kept."""
    town = Town(f"sqlite:///{tmp_path}/balie.db")
    conversation, person, filing = lives(town)
    followed = town.follows.follow(town.filings.done(filing.id, "uuid", "I 2611 001"), {"status": "open"})
    dossiers = DossierFollows(town.engine, town.clock, VAULT, interval=60)
    dossiers.start(person, "whatsapp", {("dosis", "D-1"): town.clock.now()})
    town.follows.changed(
        followed, {"status": "closed"}, {"what": "closed", "status": "Afgehandeld", "note": "Dag Lien"}
    )
    shown_to_an_agent(town, conversation)
    sealed = dict(everything_sealed(town))
    assert sealed.keys() >= {
        "people.sealed", "facts.sealed", "dossier_follows.sealed", "filings.payload", "filings.result", "follows.seen",
        "follow_changes.content", "attachments.content", "handovers.card", "notes.text",
    }  # fmt: skip
    on_disk = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert [place for place, content in sealed.items() if content[:60] not in on_disk] == []

    town.forgetting.person(person)
    town.clock.passes(HOUR)
    assert town.erase() == 1

    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert [place for place, secret in sealed.items() if secret[:60] in content] == [], file.name
    town.engine.dispose()


def shown_to_an_agent(town, conversation):
    now = town.clock.now()
    row = {"id": "h", "conversation": conversation, "channel": "whatsapp", "team": "t", "topic": "x", "reason": "asked"}
    card = {"card": VAULT.seal('{"naam": "Lien"}'), "priority": 5, "sticky": False, "warned": False}
    with writing(town.engine) as db:
        db.execute(insert(handovers).values(**row, **card, asked_at=now, ended_at=now))
        notes.add(db, VAULT, notes.Note(conversation, "sanne", "Lien belt terug", now))


def everything_sealed(town):
    """Where something is sealed, and what stands there."""
    with reading(town.engine) as db:
        for table in metadata.sorted_tables:
            for row in db.execute(select(table)):
                for column, value in row._mapping.items():
                    if isinstance(value, bytes):
                        yield f"{table.name}.{column}", value
                    elif isinstance(value, dict) and value.keys() == {SEALED}:
                        yield f"{table.name}.{column}", value[SEALED].encode()
                    elif isinstance(value, str) and value.startswith(TOKEN):
                        yield f"{table.name}.{column}", value.encode()
