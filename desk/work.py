"""What an agent can do, and what of it he may: every step asks that again.

He sees the conversations of his teams, as long as a person was asked for in them; he
speaks only in his own. What he does is one step of `conversations.handover`; this room
adds the words that the citizen hears with it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from citizens.identities import Identities
from citizens.processing import ProcessingLog
from city import PHONE
from conversations.agents import Agent
from conversations.cards import HandoverCards
from conversations.handover import Handovers
from conversations.handover_model import Handover, Request
from conversations.ledger import Ledger
from conversations.model import JSON, Attachment, Conversation, Holder, Refused, Reply
from conversations.notes import LONGEST as LONGEST_NOTE
from conversations.notes import Notes
from conversations.photos import PDF, sendable_type, without_position
from conversations.queue import Queue, Waiting
from conversations.ratings import may_ask
from desk.canned import Canned, Source, fitting
from desk.card import Card, Cards, Labels
from desk.choices import choices_of, wrong_with
from desk.earlier import Earlier
from desk.looks import Looks
from desk.sessions import Session
from desk.timeline import Line, Timelines
from texts import Texts

LONGEST_ANSWER = 4000
RATING = "utter_beoordeling_medewerker"
TO_AGENT = "medewerker:"  # of a transfer, before the id of a colleague; else it is a team

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
    """`offered`: for him to accept. `waiting`: the rest of his teams' queue. `mine`: his turn. `quiet`: not his."""

    offered: list[Waiting]
    waiting: list[Waiting]
    mine: list[Handover]
    quiet: list[Handover]


@dataclass(frozen=True)
class View:
    conversation: Conversation
    handover: Handover
    timeline: list[Line]
    card: Card
    is_mine: bool
    closes_at: datetime | None  # until when the channel lets us answer; None: always
    can_answer: bool
    can_knock: bool  # his answer waits, and a template tells the citizen that there is one
    earlier: list[Handover]
    canned: list[Canned] = field(default_factory=list)
    watchers: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Colleague:
    """`here`: he can be given a conversation now."""

    agent: Agent
    here: bool


@dataclass(frozen=True)
class File:
    name: str
    content: bytes


@dataclass(frozen=True)
class Content:
    """What the desk reads of data/medewerker/."""

    canned: Source
    labels: Labels


class Work:
    most = 8 * 1024 * 1024
    """Bytes of a file that an agent sends."""
    knows: Callable[[str], Mapping[str, JSON]] = staticmethod(lambda conversation: {})
    """What the assistant knows in a conversation, as a card."""
    knocking: Collection[str] = ()
    """Channels with a template, which may be sent when nothing else may."""

    def __init__(self, ledger: Ledger, handovers: Handovers, queue: Queue, texts: Texts, content: Content) -> None:
        self.ledger, self.handovers, self.queue, self.texts = ledger, handovers, queue, texts
        self.canned = content.canned
        self.notes = Notes(ledger.engine, ledger.clock, ledger.bell, handovers.vault)
        self.cards = Cards(content.labels, lambda: texts.city)
        self.timelines = Timelines(ledger, self.notes, queue.agents)
        engine, clock, vault = ledger.engine, ledger.clock, handovers.vault
        self.on_card = HandoverCards(engine, clock, ledger.bell, vault)
        identities, processing = Identities(engine, clock, vault), ProcessingLog(engine, clock, vault)
        self.earlier = Earlier(handovers, self.timelines, identities, processing)
        self.looks = Looks(ledger.engine, ledger.clock, ledger.bell)

    # --- looking -------------------------------------------------------------

    def lists(self, session: Session) -> Lists:
        his = self.handovers.of_agent(session.agent.id)
        silent = [h for h in his if self.ledger.conversation(h.conversation).holder is Holder.WAITING]
        mine = [h for h in his if h not in silent]
        waiting = self.queue.waiting(session.agent.teams)
        offered = [w for w in waiting if w.offered_to == session.agent.id and self._stands(w)]
        return Lists(offered, [w for w in waiting if w not in offered], mine, silent)

    def colleagues(self) -> list[Colleague]:
        """Who was here today, and whether he can take something now."""
        present = {agent.id for agent in self.queue.agents.present()}
        return [Colleague(agent, agent.id in present) for agent in self.queue.agents.all()]

    def view(self, session: Session, conversation: str) -> View:
        """Raises NotAllowed."""
        handover = self.allowed(session, conversation)
        found = self.ledger.conversation(conversation)
        is_mine = handover.agent == session.agent.id and found.holder in (Holder.AGENT, Holder.WAITING)
        canned = fitting(self.canned, handover.topic, self._values(session, handover)) if is_mine else []
        return View(
            found,
            handover,
            self.timelines.latest(found),
            self.cards.of(handover),
            is_mine,
            self._closes_at(found),
            self.can_answer(conversation),
            self.can_knock(found),
            self.earlier.of(session, conversation),
            canned,
            self.looks.at(conversation, besides=session.agent.id),
        )

    def mine(self, session: Session, conversation: str) -> bool:
        """Whether he speaks in it now. Raises NotAllowed."""
        last = self.allowed(session, conversation)
        return last.agent == session.agent.id and last.ended_at is None and last.queued_at is None

    def photo(self, session: Session, conversation: str, attachment: str) -> Attachment:
        """Raises NotAllowed, also for a photo of another conversation."""
        self.allowed(session, conversation)
        found = self.ledger.attachment(attachment) if attachment.isprintable() else None
        if found is None or found.conversation != conversation:
            raise NotAllowed
        return found

    def same(self, session: Session, conversation: str, handover: str) -> None:
        """The page from which he acts shows this hand-over. Raises NotAllowed, TooLate."""
        if self.allowed(session, conversation).id != handover:
            raise TooLate

    # --- doing ---------------------------------------------------------------

    def take(self, session: Session, conversation: str) -> None:
        """Raises NotAllowed, TooLate."""
        self.allowed(session, conversation)
        taken = self.handovers.claim(conversation, session.agent.id)
        if taken is None:
            raise TooLate
        self.introduce(session, taken)

    def from_assistant(self, conversation: str, channel: str, team: str, topic: str, reason: str) -> Request:
        """A hand-over that nobody asked for, with what the assistant knows."""
        sticky = channel in self.texts.city.team(team).sticky
        return Request(team, topic, reason, self.knows(conversation), sticky=sticky)

    def introduce(self, session: Session, taken: Handover) -> None:
        """The citizen hears who has him now."""
        self._say(taken.conversation, taken, "utter_medewerker_neemt_over", naam=session.agent.name.split()[0])

    def next(self, session: Session) -> str | None:
        """The conversation that he got; None when there is nobody for him. Raises TooLate."""
        waiting = self.queue.next_for(session.agent)
        if waiting is None:
            return None
        self.take(session, waiting.conversation)
        return waiting.conversation

    def decline(self, session: Session, conversation: str) -> None:
        """Leave what was offered to somebody else. Raises NotAllowed, TooLate."""
        self.allowed(session, conversation)
        if not self.queue.decline(conversation, session.agent.id):
            raise TooLate

    def answer(
        self, session: Session, conversation: str, text: str, key: str, file: File | None = None, *, offers: str = ""
    ) -> None:
        """Say it; then it is his turn. `offers`: choices, one per line. Raises NotAllowed, TooLate, Unusable.

        When the channel's window is shut it waits until the citizen writes, and a template asks him to.
        """
        if not self.mine(session, conversation):
            raise TooLate
        if text.strip() or file is None:
            _check(text, LONGEST_ANSWER)
        if key and self.handovers.said(conversation, session.agent.id, key):
            return
        if not self.can_answer(conversation) and not self.can_knock(self.ledger.conversation(conversation)):
            raise Unusable("venster")
        if wrong := wrong_with(text, choices := choices_of(offers)):
            raise Unusable(wrong)
        reply = Reply(text.strip(), choices, attachment=self._kept(conversation, file) if file else None)
        if self.handovers.say(conversation, session.agent.id, reply, client_id=key, waits=True) is None:
            raise TooLate

    def note(self, session: Session, conversation: str, text: str) -> None:
        """For colleagues only; whoever sees the conversation may write one. Raises NotAllowed, Unusable."""
        self.allowed(session, conversation)
        _check(text, LONGEST_NOTE)
        self.notes.write(conversation, session.agent.id, text.strip())

    def fill_in(self, session: Session, conversation: str, version: int, typed: Mapping[str, str]) -> None:
        """Correct and complete what the assistant knows. Raises NotAllowed, TooLate."""
        changes = self.cards.changes(self.allowed(session, conversation), typed)
        if not self.on_card.fill_in(conversation, session.agent.id, changes, version=version):
            raise TooLate

    def file(self, session: Session, conversation: str, version: int, typed: Mapping[str, str]) -> None:
        """Keep what he typed and have the assistant file it. Raises NotAllowed, TooLate, Unusable."""
        self.fill_in(session, conversation, version, typed)
        handover = self.allowed(session, conversation)
        card = self.cards.of(handover)
        if not card.form or card.needs:
            raise Unusable("kaart_onvolledig")
        order = self.cards.order(handover, session.agent.id)
        if not self.on_card.order(conversation, session.agent.id, order, version=card.version):
            raise TooLate

    def give_back(self, session: Session, conversation: str, topic: str) -> None:
        """To the assistant, which goes on with what was filled in. Raises NotAllowed, TooLate, Unusable."""
        handover = self.allowed(session, conversation)
        if handover.channel == PHONE:
            raise NotAllowed
        event = self.cards.event(handover)
        if not self.handovers.give_back(conversation, session.agent.id, event, topic=self._topic(topic)):
            raise TooLate

    def close(self, session: Session, conversation: str, topic: str) -> None:
        """Raises NotAllowed, TooLate, Unusable."""
        handover = self.allowed(session, conversation)
        if not self.handovers.close(conversation, session.agent.id, topic=self._topic(topic)):
            raise TooLate
        self.take_leave(conversation, handover)

    def transfer(
        self, session: Session, conversation: str, to: str, note: str = "", *, misrouted: bool = False
    ) -> None:
        """To a team, or to a colleague who is here (`medewerker:<id>`). Raises NotAllowed, TooLate, Unusable.

        `misrouted`: it should never have come to the team that had it.
        """
        handover = self.allowed(session, conversation)
        if note.strip():
            _check(note, LONGEST_NOTE)
        colleague = self._colleague(session, to)
        team = _team_of(colleague, handover.team) if colleague else to
        if team not in [each.code for each in self.texts.city.teams_on(handover.channel)]:
            raise Unusable("team")
        agent, offered_to = session.agent.id, colleague.id if colleague else None
        moved = self.handovers.transfer(
            conversation, agent, team, to=offered_to, note=note.strip(), misrouted=misrouted
        )
        if moved is None:
            raise TooLate
        self._say(conversation, handover, "utter_medewerker_doorgegeven", team=self.texts.city.team(team).name)

    def take_leave(self, conversation: str, handover: Handover) -> None:
        """It is closed; of who answered the citizen he may say how he helped."""
        self._say(conversation, handover, "utter_medewerker_klaar")
        name = self.texts.of_team(RATING, handover.team)
        if may_ask(self.ledger.engine, handover, name, self.ledger.clock.utc()):
            self._say(conversation, handover, RATING)

    def can_answer(self, conversation: str) -> bool:
        found = self.ledger.conversation(conversation)
        if found.channel == PHONE:
            return False
        closes_at = self._closes_at(found)
        return closes_at is None or closes_at > self.ledger.clock.utc()

    def can_knock(self, conversation: Conversation) -> bool:
        return conversation.channel in self.knocking and conversation.window_closes_at <= self.ledger.clock.utc()

    # --- inside --------------------------------------------------------------

    def allowed(self, session: Session, conversation: str) -> Handover:
        last = self.handovers.history(conversation, limit=1) if conversation.isprintable() else []
        if not last or not session.sees(last[0].team):
            log.warning("desk.not_allowed", agent=session.agent.id, conversation=conversation)
            raise NotAllowed
        return last[0]

    def _kept(self, conversation: str, file: File) -> str:
        """Raises Unusable."""
        if len(file.content) > self.most:
            raise Unusable("bestand_groot")
        kind = sendable_type(file.content)
        if kind is None:
            raise Unusable("bestand_soort")
        content = file.content if kind == PDF else bytes(without_position(bytearray(file.content)))
        try:
            return self.ledger.keep_attachment(conversation, file.name, kind, content)
        except Refused as error:
            raise Unusable("bestand_veel") from error

    def _closes_at(self, conversation: Conversation) -> datetime | None:
        return None if conversation.channel in self.ledger.pull else conversation.window_closes_at

    def _stands(self, waiting: Waiting) -> bool:
        return waiting.offered_until is not None and waiting.offered_until > self.ledger.clock.utc()

    def _colleague(self, session: Session, to: str) -> Agent | None:
        """Raises Unusable when he is not here, or is the agent himself."""
        if not to.startswith(TO_AGENT):
            return None
        here = {agent.id: agent for agent in self.queue.agents.present() if agent.id != session.agent.id}
        found = here.get(to.removeprefix(TO_AGENT))
        if found is None or not found.teams:
            raise Unusable("collega")
        return found

    def _values(self, session: Session, handover: Handover) -> dict[str, str]:
        """What the variables of a canned reply stand for here."""
        name = str((handover.card.get("answers") or {}).get("naam") or "")
        return {**self.texts.city.values(), "naam": name, "medewerker": session.agent.name.split()[0]}

    def _topic(self, topic: str) -> str:
        if topic not in {topic for team in self.texts.city.teams for topic in team.topics}:
            raise Unusable("onderwerp")
        return topic

    def _say(self, conversation: str, handover: Handover, response: str, **values: str) -> None:
        """In the words of the team that has it; not what would only reach the citizen when he writes again."""
        if self.can_answer(conversation):
            own = self.texts.of_team(response, handover.team)
            self.ledger.say(conversation, self.texts.reply(own, handover.channel, **values))


def _check(text: str, longest: int) -> None:
    """Raises Unusable."""
    if not text.strip() or len(text) > longest:
        raise Unusable("leeg" if not text.strip() else "te_lang")


def _team_of(colleague: Agent, now: str) -> str:
    """It stays with the team that has it, if he is in it."""
    return now if now in colleague.teams else min(colleague.teams)
