"""Who is known in a conversation, and the code with which somebody becomes so.

A code that is typed in the chat is looked at here and never reaches the bot; whether it
was right the bot hears as an event, once, also when this process dies in between.
"""

from typing import Protocol

from citizens.link_model import Outcome
from citizens.links import Links
from connectors.bot_client import Answer
from conversations.ledger import Ledger
from conversations.model import Author, Conversation, Kind, Message
from conversations.typed import typed_code
from texts import Texts

LOGGED_IN = "/aangemeld"
BROKEN_OFF = '/aanmelden_afgebroken{{"keuze": "{}"}}'
TELLS = {Outcome.FAILED: "mislukt", Outcome.SOMEBODY_ELSE: "iemand_anders"}
REPLIES = {
    Outcome.BOUND: "utter_aanmeldcode_juist",
    Outcome.WRONG: "utter_aanmeldcode_fout",
    Outcome.FAILED: "utter_aanmeldcode_op",
    Outcome.SOMEBODY_ELSE: "utter_aanmeldcode_iemand_anders",
}


class Known(Protocol):
    def is_known(self, conversation: Conversation) -> bool: ...

    def code(self, message: Message, conversation: Conversation) -> Answer | None:
        """The answer to a code; None for any other message."""
        ...


class Nobody:
    """For a front on which nobody can log in."""

    def is_known(self, conversation: Conversation) -> bool:
        return False

    def code(self, message: Message, conversation: Conversation) -> Answer | None:
        return None


NOBODY = Nobody()


class LoginCodes:
    def __init__(self, links: Links, ledger: Ledger, texts: Texts) -> None:
        self._links, self._ledger, self._texts = links, ledger, texts

    def is_known(self, conversation: Conversation) -> bool:
        return self._links.identities.of(conversation.id) is not None

    def code(self, message: Message, conversation: Conversation) -> Answer | None:
        typed = typed_code(message.text) if _is_typed(message) else None
        if typed is None or not self._links.pending_code(conversation.id, message.id):
            return None
        confirmed = self._links.confirm(conversation.id, typed, message.id)
        if confirmed.outcome is Outcome.NONE:  # it expired at this very moment
            return None
        told = LOGGED_IN if confirmed.outcome is Outcome.BOUND else None
        if confirmed.outcome in TELLS:
            told = BROKEN_OFF.format(TELLS[confirmed.outcome])
        if told:
            self._ledger.leave(conversation.id, told, external_id=f"login:{confirmed.link}")
        values = {"pogingen": str(confirmed.tries)}
        reply = self._texts.reply(REPLIES[confirmed.outcome], conversation.channel, **values)
        return Answer((reply,), {"login": str(confirmed.outcome)})


def _is_typed(message: Message) -> bool:
    return message.author is Author.CITIZEN and message.kind is Kind.TEXT
