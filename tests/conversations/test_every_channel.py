"""A form is written once and runs on every channel.

WhatsApp and Messenger have no connector yet; what they will do is done here by hand:
a message of such a channel is put into the ledger, and the answers are read from it.
"""

import uuid
from pathlib import Path

import pytest
from sqlalchemy import Engine

from clock import Clock
from conversations.bell import Bell
from conversations.ledger import Ledger
from conversations.model import Incoming, Kind, Place
from tests.conversations import citizens
from tests.conversations.player import Player
from tests.conversations.script import load_scripts
from tests.house import House
from tests.sealing import VAULT

SCRIPTS = {script.title: script for script in load_scripts(Path(__file__).parent)}
PROCESSES = [
    ("whatsapp", "een losse stoeptegel, van begin tot einde"),
    ("messenger", "verplaatsen, en er blijft één afspraak over"),
]


class LedgerCitizen:
    """Somebody on a channel that has no connector yet."""

    def __init__(self, house: House, engine: Engine, channel: str) -> None:
        self.ledger = Ledger(engine, Clock(house.settings.clock_file), Bell(), VAULT)
        self.channel = channel
        self.address = uuid.uuid4().hex
        self.conversation = self.ledger.open(channel, self.address).id
        self.ledger.leave(self.conversation, "/gesprek_begonnen", external_id=f"begin:{self.address}")

    def say(self, text: str) -> None:
        self._receive(text=text)

    def tap(self, message: str, n: int) -> None:
        choice = self.ledger.choice(self.conversation, message, n)
        assert choice
        self._receive(kind=Kind.CHOICE, text=choice.title, payload=choice.payload)

    def send_photo(self, name: str) -> None:
        content = (citizens.PHOTOS / name).read_bytes()
        kept = self.ledger.keep_attachment(self.conversation, name, "image/png", content)
        self._receive(kind=Kind.ATTACHMENT, attachment=kept)

    def share_place(self, latitude: float, longitude: float) -> None:
        self._receive(kind=Kind.LOCATION, place=Place(latitude, longitude))

    def _receive(self, **said: object) -> None:
        self.ledger.receive(Incoming(self.channel, self.address, uuid.uuid4().hex, **said))  # type: ignore[arg-type]


@pytest.mark.req("MZG-02")
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("channel", "title"), PROCESSES)
def test_a_form_runs_on_a_channel_that_it_does_not_know(
    house: House,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    channel: str,
    title: str,
) -> None:
    monkeypatch.setitem(citizens.CITIZENS, channel, lambda _: LedgerCitizen(house, engine, channel))

    Player(house, engine, SCRIPTS[title], channel).play()
