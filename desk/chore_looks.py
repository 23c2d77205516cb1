"""What must be done for citizens outside a conversation, as it is seen at the desk.

An agent sees the tasks of his teams, and the conversation behind each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import structlog

from citizens.processing import by_agent
from city import PHONE, Team
from conversations.model import Attachment, Conversation, UnknownConversation
from desk.earlier import HELP
from desk.handlings import Handling, Handlings
from desk.sessions import Session
from desk.timeline import Line
from desk.work import NotAllowed, Work
from filings.phones import spoken_number
from filings.task_model import Happened, Step, Task, TaskState, Wish
from filings.tasks import Tasks
from filings.windows import Window, coming, said, said_short, said_until

MOST_MISROUTED = 2  # times; after that a supervisor must decide whose it is
FORGOTTEN = "purged:"  # how the address of a conversation begins that no longer tells whose it was
WINDOWS_AHEAD = 8  # moments for another attempt
KINDS = ("gesprek", "telefoonnummer")
"""What of the citizen is seen in a task, as the register of activities calls it."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Entry:
    """`who`: has it."""

    task: Task
    handling: str
    when: str
    who: str
    late: bool

    @property
    def bounces(self) -> bool:
        """It goes back and forth, and a supervisor must decide."""
        return self.task.misroutings > MOST_MISROUTED


@dataclass(frozen=True)
class Chores:
    mine: list[Entry]
    open: list[Entry]
    others: list[Entry]


@dataclass(frozen=True)
class View:
    """`conversation`: None once it was forgotten. `again`: moments for another attempt, as code and words.

    `waits`: what is written now is read only after the citizen writes again; `knocks`: he hears that it is there.
    """

    entry: Entry
    handling: Handling
    phone: str
    is_mine: bool
    history: list[tuple[Happened, str, str]]
    conversation: Conversation | None
    timeline: list[Line]
    again: list[tuple[str, str]]
    waits: bool = False
    knocks: bool = False
    watchers: tuple[str, ...] = ()


class ChoreLooks:
    def __init__(self, work: Work, tasks: Tasks, handlings: Handlings) -> None:
        self.work, self.tasks, self.handlings = work, tasks, handlings
        self.texts, self.clock, self.agents = work.texts, work.ledger.clock, work.queue.agents

    def lists(self, session: Session) -> Chores:
        found = self.tasks.undone(self._teams(session))
        names = self.agents.names({task.agent for task in found if task.agent})
        entries = [self._entry(task, names.get(task.agent or "", "")) for task in found]
        mine = [one for one in entries if one.task.agent == session.agent.id]
        free = [one for one in entries if one.task.state is TaskState.OPEN]
        return Chores(mine, free, [one for one in entries if one not in mine and one not in free])

    def open_ones(self, session: Session) -> int:
        return self.tasks.open_ones(self._teams(session))

    def view(self, session: Session, task: str) -> View:
        """Raises NotAllowed."""
        found = self.allowed(session, task)
        happened = self.tasks.history(task)
        people = {found.agent, *(one.actor for one in happened), *(one.detail for one in happened)} - {None, ""}
        names = self.agents.names({str(one) for one in people})
        conversation = self._conversation(found)
        return View(
            self._entry(found, names.get(found.agent or "", "")),
            self.handling(found.handling),
            spoken_number(found.contact.phone) if found.contact.phone else "",
            found.state is TaskState.CLAIMED and found.agent == session.agent.id,
            [(one, names.get(one.actor, ""), names.get(one.detail, one.detail)) for one in happened],
            conversation,
            self._lines(found, conversation, happened) if conversation else [],
            [(code_of(window), said_short(window, self.clock.now())) for window in self.coming(found.team)],
            self.waits(found),
            conversation is not None and self.work.can_knock(conversation),
        )

    def opened(self, session: Session, task: str) -> None:
        """Somebody reads what a citizen said: of who is logged in, that is accounted for."""
        found = self.allowed(session, task)
        identity = self.work.earlier.identities.of(found.conversation)
        log.info("desk.task_opened", agent=session.agent.id, task=task)
        if identity:
            self.work.earlier.processing.write(
                person=identity.person,
                conversation=found.conversation,
                action="een taak bekijken",
                activity=HELP,
                source="Balie",
                kinds=KINDS,
                actor=by_agent(session.agent.id),
            )

    def photo(self, session: Session, task: str, attachment: str) -> Attachment:
        """Raises NotAllowed, also for a photo of another conversation."""
        whose = self.allowed(session, task)
        conversation = self._conversation(whose)
        lines = self._lines(whose, conversation, self.tasks.history(task)) if conversation else []
        is_shown = attachment in {line.message.attachment for line in lines if line.message}
        found = self.work.ledger.attachment(attachment) if is_shown else None
        if found is None:
            raise NotAllowed
        return found

    def _lines(self, task: Task, conversation: Conversation, happened: Sequence[Happened]) -> list[Line]:
        """Of the talk, a team to which the task was sent on sees what it is about."""
        timelines = self.work.timelines
        sent_on = any(one.step in {Step.FORWARDED, Step.MISROUTED} for one in happened)
        return timelines.around(conversation, task.created_at) if sent_on else timelines.latest(conversation)

    # --- of one task ---------------------------------------------------------

    def allowed(self, session: Session, task: str) -> Task:
        found = self.tasks.find(task) if task.isprintable() else None
        if found is None or not session.sees(found.team):
            log.warning("desk.not_allowed", agent=session.agent.id, task=task)
            raise NotAllowed
        return found

    def handling(self, code: str) -> Handling:
        """One that is no longer in the file keeps its code for a name."""
        return next((one for one in self.handlings() if one.code == code), Handling(code, code.capitalize(), False))

    def coming(self, team: str) -> list[Window]:
        return list(islice(coming(self.texts.city, self._team(team), self.clock.now()), WINDOWS_AHEAD))

    def reader(self, task: Task | Wish) -> Conversation | None:
        """Where the citizen reads; None: it was forgotten, or held by telephone."""
        found = self._conversation(task)
        return found if found and found.channel != PHONE else None

    def waits(self, task: Task) -> bool:
        reader = self.reader(task)
        return reader is not None and not self.work.can_answer(reader.id)

    # --- inside --------------------------------------------------------------

    def _entry(self, task: Task, who: str) -> Entry:
        handling, now = self.handling(task.handling), self.clock.now()
        when = said(task.window, now) if handling.calls else f"tegen {said_until(task.window, now)}"
        return Entry(task, handling.name, when, who, task.is_late(now))

    def _conversation(self, task: Task | Wish) -> Conversation | None:
        """None once it was forgotten."""
        try:
            found = self.work.ledger.conversation(task.conversation)
        except UnknownConversation:
            return None
        return None if found.address.startswith(FORGOTTEN) else found

    def _teams(self, session: Session) -> list[str]:
        return [team.code for team in self.texts.city.teams if session.sees(team.code)]

    def _team(self, code: str) -> Team:
        return self.texts.city.team(code)


def code_of(window: Window) -> str:
    """As it comes back from a form."""
    return window.start.isoformat(timespec="minutes")
