"""How a conversation went, in order: who said what, what agents noted, who had it when and what was filed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from conversations.agents import Agents
from conversations.attachments import named
from conversations.cards import ORDERED
from conversations.ledger import Ledger
from conversations.model import Author, Conversation, Holder, Kind, Message, State
from conversations.notes import Note, Notes
from conversations.ownership import Moved, moves
from conversations.photos import PDF
from filings.course import Filed, filed_in

SHOWN = 200  # messages of a conversation at once
BEFORE = timedelta(minutes=30)  # the talk that led to a question
FEW = 20  # lines of it
TRANSFERRED = "transferred to "
ASSIGNED = "assigned to "


class Step(StrEnum):
    """What became of a conversation; each has its words in templates/verloop.html."""

    ASKED = "asked"
    TAKEN = "taken"
    TRANSFERRED = "transferred"
    ASSIGNED = "assigned"
    REQUEUED = "requeued"
    GIVEN_BACK = "given_back"
    LEFT = "left"
    BACK = "back"  # at the assistant, from elsewhere
    ELSEWHERE = "elsewhere"
    ORDERED = "ordered"
    CLOSED = "closed"


OF_THE_TALK = {"answered": None, ORDERED: Step.ORDERED}
"""Changes by which nobody else gets the conversation."""


@dataclass(frozen=True)
class Line:
    """One of `message`, `note`, `step` and `filed` is there.

    `who`: the agent's name, when it was one; `team`: of a transfer; `to`: the agent to whom it was assigned;
    `file`: what the message's file is called, `shows` it when a browser can.
    """

    at: datetime
    who: str = ""
    message: Message | None = None
    note: Note | None = None
    step: Step | None = None
    filed: Filed | None = None
    team: str = ""
    to: str = ""
    file: str = ""
    shows: bool = True


class Timelines:
    def __init__(self, ledger: Ledger, notes: Notes, agents: Agents) -> None:
        self.ledger, self.notes, self.agents = ledger, notes, agents

    def latest(self, conversation: Conversation) -> list[Line]:
        """The end of it, as far as a page shows at once."""
        messages = self.ledger.messages(conversation.id, after=max(0, conversation.last_seq - SHOWN), limit=SHOWN)
        return self._lines(conversation.id, messages)

    def between(self, conversation: str, since: datetime, until: datetime) -> list[Line]:
        """What was said from one moment to another, at most the last of it."""
        return [line for line in self.latest(self.ledger.conversation(conversation)) if since <= line.at <= until]

    def around(self, conversation: Conversation, asked: datetime) -> list[Line]:
        """What a team needs that did not have the talk: what was said around a question, and no colleague's notes."""
        needed = [line for line in self.latest(conversation) if line.at >= asked - BEFORE and line.note is None]
        return needed[-FEW:]

    def _lines(self, conversation: str, messages: Sequence[Message]) -> list[Line]:
        noted, moved = self.notes.of(conversation), moves(self.ledger.engine, conversation)
        begun = moved[0].at if moved else self.ledger.clock.utc()  # of a talk in which nothing is said: by telephone
        since = messages[0].created_at if messages else begun
        people = [*(m.agent for m in messages), *(n.agent for n in noted), *(m.agent for m in moved)]
        people += [m.reason.removeprefix(ASSIGNED) for m in moved if m.reason.startswith(ASSIGNED)]
        names = self.agents.names({one for one in people if one})
        lines = [self._stepped(move, names) for move in moved if _step(move) and move.at >= since]
        files = named(self.ledger.engine, [m.attachment for m in messages if m.attachment])
        lines += [_said(m, names.get(m.agent or "", ""), files) for m in messages if _is_shown(m)]
        lines += [Line(one.at, filed=one) for one in filed_in(self.ledger.engine, conversation) if one.at >= since]
        lines += [Line(note.at, names.get(note.agent, ""), note=note) for note in noted if note.at >= since]
        return sorted(lines, key=lambda line: line.at)

    def _stepped(self, move: Moved, names: Mapping[str, str]) -> Line:
        step = _step(move)
        team = move.reason.removeprefix(TRANSFERRED) if step is Step.TRANSFERRED else ""
        to = names.get(move.reason.removeprefix(ASSIGNED), "")
        return Line(move.at, names.get(move.agent or "", ""), step=step, team=team, to=to)


def _said(message: Message, who: str, files: Mapping[str, tuple[str, str]]) -> Line:
    name, kind = files.get(message.attachment or "", ("", ""))
    return Line(message.created_at, who, message=message, file=name, shows=kind != PDF)


def _is_shown(message: Message) -> bool:
    said = message.text or message.attachment or message.place or message.kind is Kind.OTHER or message.image
    cancelled = message.state is State.CANCELLED and message.author is not Author.AGENT
    return bool(said) and message.kind is not Kind.EVENT and not cancelled


def _step(move: Moved) -> Step | None:
    """None: part of the talk itself."""
    if move.reason.startswith(TRANSFERRED):
        return Step.TRANSFERRED
    if move.reason.startswith(ASSIGNED):
        return Step.ASSIGNED
    if move.reason in OF_THE_TALK:
        return OF_THE_TALK[move.reason]
    if move.after is Holder.BOT:
        known = {Holder.QUEUE: Step.LEFT, Holder.EXTERNAL: Step.BACK, Holder.CLOSED: None}
        return known.get(move.before, Step.GIVEN_BACK)
    if move.after is Holder.QUEUE:
        return Step.ASKED if move.before is Holder.BOT else Step.REQUEUED
    steps = {Holder.AGENT: Step.TAKEN, Holder.EXTERNAL: Step.ELSEWHERE, Holder.CLOSED: Step.CLOSED}
    return steps.get(move.after)
