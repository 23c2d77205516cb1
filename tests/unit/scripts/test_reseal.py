from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, select, update

from citizens.facts import Facts
from citizens.identities import Identities
from conversations.bell import Bell
from conversations.database import reading, writing
from conversations.ledger import Ledger
from conversations.notes import Notes
from conversations.tables import attachments
from filings.book import Filings
from filings.drafts import Drafts
from filings.follows import Follows
from filings.tables import filings
from scripts.reseal import reseal
from tests.sealing import SECRET_KEY
from tests.unit.citizens.people import LIEN
from tests.unit.conversations.setting import StoppedClock
from vault import CannotOpen, Vault

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
PAYLOAD = {"naam": "Lien Declercq", "fotos": []}


class Kept:
    """Something of every kind that is kept, and reading it back with a vault."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self.engine, self.clock = engine, StoppedClock()
        self.photos = []
        ledger = Ledger(engine, self.clock, Bell(), vault)
        conversation = ledger.open("web", "an").id
        for number in range(12):
            self.photos.append(ledger.keep_attachment(conversation, "put.jpg", "image/jpeg", b"foto %d" % number))
        self.conversation = conversation
        Notes(engine, self.clock, Bell(), vault).write(conversation, "sanne", "Lien belt terug")
        book = Filings(engine, self.clock, vault)
        self.filing = book.done(book.file("c1", "melding", PAYLOAD, "k").id, result={"naam": "Lien"})
        following = Follows(engine, self.clock, vault, interval=60)
        following.changed(following.follow(self.filing, {"a": "b"}), {"a": "c"}, {"note": "Lien belde"})
        self._drafts(vault).keep("c1", "melding", PAYLOAD, None)
        self.person = Identities(engine, self.clock, vault).bind("c1", LIEN, self.clock.after(60)).person
        Facts(engine, self.clock, vault).keep(self.person, "email", "lien@example.be", source="burger", purpose="x")

    def _drafts(self, vault: Vault) -> Drafts:
        return Drafts(self.engine, self.clock, vault, keep=timedelta(hours=48))

    def read(self, vault: Vault) -> None:
        """Raises CannotOpen, or fails, when something is not as it was."""
        ledger = Ledger(self.engine, self.clock, Bell(), vault)
        contents = [found.content for photo in self.photos if (found := ledger.attachment(photo))]
        assert contents == [b"foto %d" % number for number in range(12)]
        [note] = Notes(self.engine, self.clock, Bell(), vault).of(self.conversation)
        assert note.text == "Lien belt terug"
        filing = Filings(self.engine, self.clock, vault).get(self.filing.id)
        assert (filing.payload, filing.result) == (PAYLOAD, {"naam": "Lien"})
        [change] = Follows(self.engine, self.clock, vault, interval=60).untold()
        assert change.content == {"note": "Lien belde"}
        draft = self._drafts(vault).latest("c1")
        assert draft is not None
        assert draft.answers == PAYLOAD
        identity = Identities(self.engine, self.clock, vault).of("c1")
        assert identity is not None
        assert identity.rrn == LIEN.rrn
        assert Facts(self.engine, self.clock, vault).known(self.person, ["email"])["email"].value == "lien@example.be"


def test_after_it_the_old_key_may_go(engine):
    kept = Kept(engine, Vault([OLD], SECRET_KEY))
    both = Vault([NEW, OLD], SECRET_KEY)
    kept.read(both)
    with pytest.raises(CannotOpen):
        kept.read(Vault([NEW], SECRET_KEY))

    count = reseal(engine, both)

    assert count == 12 + 1 + 1 + 1 + 1 + 1 + 1 + 1
    kept.read(Vault([NEW], SECRET_KEY))
    assert reseal(engine, Vault([NEW], SECRET_KEY)) == count


def test_without_the_old_key_it_stops_and_nothing_is_lost(engine):
    kept = Kept(engine, Vault([OLD], SECRET_KEY))

    with pytest.raises(CannotOpen):
        reseal(engine, Vault([NEW], SECRET_KEY))

    kept.read(Vault([OLD], SECRET_KEY))


def test_what_was_kept_before_anything_was_sealed_is_readable_and_gets_sealed(engine):
    vault = Vault([NEW], SECRET_KEY)
    kept = Kept(engine, vault)
    with writing(engine) as db:
        db.execute(update(filings).values(payload=PAYLOAD, result={"naam": "Lien"}))
        for number, photo in enumerate(kept.photos):
            plain = {"content": b"foto %d" % number, "sealed": False}
            db.execute(update(attachments).where(attachments.c.id == photo).values(**plain))
    kept.read(vault)

    reseal(engine, vault)

    kept.read(vault)
    with reading(engine) as db:
        assert "Lien" not in str(db.execute(select(filings)).all())
        assert b"foto" not in b"".join(db.execute(select(attachments.c.content)).scalars())


def test_what_was_forgotten_stays_forgotten(engine):
    vault = Vault([NEW], SECRET_KEY)
    kept = Kept(engine, vault)
    with writing(engine) as db:
        db.execute(update(filings).values(payload=None, result=None))

    reseal(engine, vault)

    assert Filings(engine, kept.clock, vault).get(kept.filing.id).payload == {}
