"""What the tests of the turns and of the reception are set up with."""

from cryptography.fernet import Fernet

from connectors.reception import Reception
from conversations.agents import Agents
from conversations.handover import Handovers
from conversations.ledger import Ledger
from conversations.queue import Queue
from texts import Texts
from vault import Vault


def reception(ledger: Ledger, texts: Texts) -> Reception:
    engine, clock, bell = ledger.engine, ledger.clock, ledger.bell
    vault = Vault([Fernet.generate_key().decode()], "a secret of the tests, long enough")
    queue = Queue(engine, clock, bell, Agents(engine, clock, bell))
    return Reception(ledger, Handovers(engine, clock, bell, vault, pull=ledger.pull), queue, texts)
