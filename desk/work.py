"""What an agent can do, and what of it he may: every step asks that again.

He sees the conversations of his teams, as long as a person was asked for in them; he
speaks only in his own. What he does is one step of `conversations.handover`; this room
adds the words that the citizen hears with it.
"""

from dataclasses import dataclass

import structlog

from conversations.handover import Handover, Handovers
from conversations.ledger import Ledger
from conversations.model import Conversation, Holder, Message, Reply, UnknownConversation
from conversations.queue import Queue, Waiting
from desk.sessions import Session
from texts import Texts

LONGEST_ANSWER = 4000
SHOWN = 200  # messages of a conversation at once
GIVEN_BACK = "/gesprek_teruggegeven"

log = structlog.get_logger()


class NotAllowed(Exception):
    """It is another team's, or there is no such conversation: which of the two, nobody is told."""


class TooLate(Exception):
    """Somebody else was first, or the conversation has moved on. Nothing was changed."""


class Unusable(Exception):
    """What was filled in cannot be used; `code` names the sentence in the template."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Lists:
    """`waiting`: the queue of his teams. `mine`: his turn. `quiet`: the citizen's turn."""

    waiting: list[Waiting]
    mine: list[Handover]
    quiet: list[Handover]


@dataclass(frozen=True)
class View:
    conversation: Conversation
    handover: Handover
    messages: list[Message]
    is_mine: bool


class Work:
    def __init__(self, ledger: Ledger, handovers: Handovers, queue: Queue, texts: Texts) -> None:
        self.ledger, self.handovers, self.queue, self.texts = ledger, handovers, queue, texts

    # --- looking -------------------------------------------------------------

    def lists(self, session: Session) -> Lists:
        his = self.handovers.of_agent(session.agent.id)
        silent = [h for h in his if self.ledger.conversation(h.conversation).holder is Holder.WAITING]
        mine = [h for h in his if h not in silent]
        return Lists(self.queue.waiting(session.agent.teams), mine, silent)

    def view(self, session: Session, conversation: str) -> View:
        """Raises NotAllowed."""
        handover = self._allowed(session, conversation)
        found = self.ledger.conversation(conversation)
        after = max(0, found.last_seq - SHOWN)
        messages = self.ledger.messages(conversation, after=after, limit=SHOWN)
        is_mine = handover.agent == session.agent.id and found.holder in (Holder.AGENT, Holder.WAITING)
        return View(found, handover, messages, is_mine)

    # --- doing ---------------------------------------------------------------

    def take(self, session: Session, conversation: str) -> None:
        """Raises NotAllowed, TooLate."""
        self._allowed(session, conversation)
        taken = self.handovers.claim(conversation, session.agent.id)
        if taken is None:
            raise TooLate
        name = session.agent.name.split()[0]
        self._say(conversation, taken.channel, "utter_medewerker_neemt_over", naam=name)

    def next(self, session: Session) -> str | None:
        """The conversation that he got; None when there is nobody for him. Raises TooLate."""
        waiting = self.queue.next_for(session.agent)
        if waiting is None:
            return None
        self.take(session, waiting.conversation)
        return waiting.conversation

    def answer(self, session: Session, conversation: str, text: str, client_id: str) -> None:
        """Say it to the citizen, and let it be his turn. Raises NotAllowed, TooLate, Unusable."""
        self._allowed(session, conversation)
        if not text.strip() or len(text) > LONGEST_ANSWER:
            raise Unusable("leeg" if not text.strip() else "te_lang")
        said = self.handovers.say(conversation, session.agent.id, Reply(text.strip()), client_id=client_id, waits=True)
        if said is None:
            raise TooLate

    def give_back(self, session: Session, conversation: str, topic: str) -> None:
        """To the assistant, which goes on where it was. Raises NotAllowed, TooLate, Unusable."""
        self._allowed(session, conversation)
        if not self.handovers.give_back(conversation, session.agent.id, GIVEN_BACK, topic=self._topic(topic)):
            raise TooLate

    def close(self, session: Session, conversation: str, topic: str) -> None:
        """Raises NotAllowed, TooLate, Unusable."""
        handover = self._allowed(session, conversation)
        if not self.handovers.close(conversation, session.agent.id, topic=self._topic(topic)):
            raise TooLate
        self._say(conversation, handover.channel, "utter_medewerker_klaar")

    def transfer(self, session: Session, conversation: str, team: str) -> None:
        """Raises NotAllowed, TooLate, Unusable."""
        handover = self._allowed(session, conversation)
        if team not in [each.code for each in self.texts.city.teams]:
            raise Unusable("team")
        if self.handovers.transfer(conversation, session.agent.id, team) is None:
            raise TooLate
        self._say(conversation, handover.channel, "utter_medewerker_doorgegeven", team=self.texts.city.team(team).name)

    # --- inside --------------------------------------------------------------

    def _allowed(self, session: Session, conversation: str) -> Handover:
        try:
            last = self.handovers.history(conversation, limit=1)
        except UnknownConversation:
            last = []
        if not last or not session.sees(last[0].team):
            log.warning("desk.not_allowed", agent=session.agent.id, conversation=conversation)
            raise NotAllowed
        return last[0]

    def _topic(self, topic: str) -> str:
        known = {topic for team in self.texts.city.teams for topic in team.topics}
        if topic not in known:
            raise Unusable("onderwerp")
        return topic

    def _say(self, conversation: str, channel: str, response: str, **values: str) -> None:
        self.ledger.say(conversation, self.texts.reply(response, channel, **values))
