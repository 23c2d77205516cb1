"""A question of a form: which slot it fills, and how an answer to it is read.

The form (`form.py`) decides when it is asked; a question knows nothing of the others
but the slots that they filled.
"""

import hashlib
import json
from collections.abc import Mapping

from actions.base import Turn
from conversations.model import Choice

Slots = Mapping[str, object]


class Field:
    """One question: which slot it fills and how an answer is read.

    A reading is a mapping of slots to set. `{}` means: understood, something was
    said, and the question stays; None means: not an answer.
    """

    slot: str
    words: tuple[str, ...] = ()
    """What a citizen calls it when he wants it changed."""
    free_text: bool = False
    shared: bool = False
    """Known from an earlier request in this session: kept when a form starts."""
    fact: str | None = None
    """The key in citizens/facts.py under which it may be known already, and is remembered for a next request."""
    about_person: bool = False
    """Tells of whoever is logged in: forgotten when he logs out, or when it is somebody else."""
    farewell: str | None = None
    """What is said when the form ends because this was refused; None: what the form says when it is stopped."""

    open_to_agents: bool = False
    """A person at the desk may fill it in; nothing that must come from the citizen himself."""

    @property
    def explain(self) -> str:
        """The response that helps with this question and tells why it is asked."""
        return f"utter_uitleg_{self.slot}"

    async def is_needed(self, turn: Turn) -> bool:
        return True

    async def prefill(self, turn: Turn, text: str) -> Slots:
        """What a sentence says of this field in passing; strict, for it is not asked again."""
        return {}

    async def correct(self, turn: Turn, text: str) -> Slots:
        """The new value in "nee, het is nummer 14"."""
        return await self.prefill(turn, text)

    async def fill_in(self, turn: Turn, text: str) -> Slots:
        """The value in what an agent typed in the box of this question; {}: it cannot be used."""
        return await self.correct(turn, text)

    async def unasked(self, turn: Turn) -> Slots:
        """The answer when an agent files it and the citizen was not asked; {}: without one it cannot be filed."""
        return {}

    async def derive(self, turn: Turn) -> Slots:
        """What follows from the other answers, so that it need not be asked."""
        return {}

    async def absorb(self, turn: Turn) -> Slots | None:
        """What a message holds for this field although another question was asked, such as a photo."""
        return None

    async def read(self, turn: Turn) -> Slots | None:
        raise NotImplementedError

    def is_refused(self, turn: Turn) -> bool:
        """An answer to this question after which the form cannot go on."""
        return False

    def clear(self) -> Slots:
        """For a new request."""
        return {self.slot: None}

    def reopen(self) -> Slots:
        """To ask it again within the request."""
        return self.clear()


class Confirmation(Field):
    """The summary: yes files it, no asks what should be different."""

    def __init__(self, slot: str, *, no_stops: bool = False) -> None:
        """`no_stops`: there is nothing to change, so a no ends the form."""
        self.slot = slot
        self.no_stops = no_stops

    async def read(self, turn: Turn) -> Slots | None:
        if turn.intent == "bevestigen":
            old = turn.is_tapped and turn.choice != turn["samenvatting"]
            return {} if old else {self.slot: True}  # under an older summary stood other words: the yes is asked anew
        if turn.intent == "ontkennen" or turn.choice == "wijzigen":
            return {"wijziging": True}
        return None

    def is_refused(self, turn: Turn) -> bool:
        return self.no_stops and turn.intent == "ontkennen"


def summarise(turn: Turn, response: str, **values: str) -> None:
    """Says what is about to be filed. The button that says yes names these very words (`samenvatting`)."""
    said = json.dumps([turn["aanvraag_sleutel"], response, values], sort_keys=True)
    turn.set(samenvatting=hashlib.sha256(said.encode()).hexdigest()[:12])
    turn.say(response, (), samenvatting=turn["samenvatting"], **values)


def pick(title: str, code: str) -> Choice:
    """A choice that answers the open question of a form."""
    return Choice(title=title, payload=f'/kiezen{{"keuze": "{code}"}}')
