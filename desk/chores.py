"""What must be done for citizens outside a conversation: who does it, how it ended, what the citizen hears of it.

An agent sees the tasks of his teams, and the conversation behind each; a supervisor gives
them to somebody. Every step asks again whether it is allowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import islice

import structlog
from sqlalchemy import Connection

from citizens.processing import by_agent
from city import PHONE, Team
from conversations.model import Attachment, Conversation, UnknownConversation
from desk.audit import Act, Audit
from desk.earlier import HELP
from desk.handlings import Handling, Handlings
from desk.sessions import Role, Session
from desk.timeline import Line
from desk.work import LONGEST_ANSWER, TO_AGENT, NotAllowed, TooLate, Unusable, Work
from filings.phones import read_phone, spoken_number
from filings.task_model import Contact, Happened, Outcome, Source, Step, Task, TaskState, Wish
from filings.tasks import Tasks, Then, nothing
from filings.windows import Window, coming, cut, overlap, said, said_short, said_until, whole_day

MOST_MISROUTED = 2  # times; after that a supervisor must decide whose it is
LONGEST_ABOUT = 300
LONGEST_NOTE = 2000
NOON = time(13)
PARTS = {"voormiddag": (None, time(12, 59)), "namiddag": (NOON, None)}
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

    `waits`: what is written now is read only after the citizen writes again.
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
    watchers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What an agent filled in to have something done."""

    handling: str
    team: str
    about: str
    phone: str
    day: str
    part: str
    once: str  # the same again is the same task


class ChoreWork:
    def __init__(self, work: Work, tasks: Tasks, audit: Audit, handlings: Handlings) -> None:
        self.work, self.tasks, self.audit, self.handlings = work, tasks, audit, handlings
        self.texts, self.clock, self.agents = work.texts, work.ledger.clock, work.queue.agents

    # --- looking -------------------------------------------------------------

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
            self._handling(found.handling),
            spoken_number(found.contact.phone) if found.contact.phone else "",
            found.state is TaskState.CLAIMED and found.agent == session.agent.id,
            [(one, names.get(one.actor, ""), names.get(one.detail, one.detail)) for one in happened],
            conversation,
            self._lines(found, conversation, happened) if conversation else [],
            [(_code(window), said_short(window, self.clock.now())) for window in self._coming(found.team)],
            self._waits(found),
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

    # --- doing ---------------------------------------------------------------

    def claim(self, session: Session, task: str) -> None:
        """Raises NotAllowed, TooLate."""
        self.allowed(session, task)
        self._done(self.tasks.claim(task, session.agent.id))

    def release(self, session: Session, task: str) -> None:
        """Raises NotAllowed, TooLate."""
        self.allowed(session, task)
        self._done(self.tasks.release(task, session.agent.id))

    def not_reached(self, session: Session, task: str, again: str, note: str) -> None:
        """The citizen hears that we tried, and when we try again. Raises NotAllowed, TooLate, Unusable."""
        found = self.allowed(session, task)
        window = next((one for one in self._coming(found.team) if _code(one) == again), None)
        if window is None:
            raise Unusable("wanneer")
        note, when = _short(note, LONGEST_NOTE), said(window, self.clock.now())
        tell = self._telling(found, "utter_taak_niet_bereikt", wanneer=when)
        self._done(self.tasks.not_reached(task, session.agent.id, window, note, tell))

    def finish(self, session: Session, task: str, outcome: str, note: str, answer: str) -> None:
        """`answer`: what the citizen reads, if anything. Raises NotAllowed, TooLate, Unusable."""
        found = self.allowed(session, task)
        calls = self._handling(found.handling).calls
        allowed = (Outcome.REACHED, Outcome.GIVEN_UP) if calls else (Outcome.HANDLED,)
        if outcome not in allowed:
            raise Unusable("uitkomst")
        note, answer = _short(note, LONGEST_NOTE), _short(answer, LONGEST_ANSWER)
        elsewhere = note and self._waits(found)  # the note says how he was told
        if outcome == Outcome.HANDLED and not answer and not elsewhere and self._reader(found):
            raise Unusable("antwoord")  # it was promised to him
        tell: Then = nothing
        if outcome == Outcome.GIVEN_UP:
            tell = self._telling(found, "utter_taak_opgegeven", keren=str(found.attempts + 1))
        elif answer:
            tell = self._telling(found, "utter_taak_antwoord", team=self._team(found.team).name, antwoord=answer)
        self._done(self.tasks.finish(task, session.agent.id, Outcome(outcome), note, tell))

    def forward(self, session: Session, task: str, team: str, reason: str, *, misrouted: bool) -> None:
        """To another team. Raises NotAllowed, TooLate, Unusable."""
        found = self.allowed(session, task)
        if not reason.strip():
            raise Unusable("reden")
        if team == found.team or team not in [each.code for each in self.texts.city.teams]:
            raise Unusable("team")
        window = self._within(team, found.window)
        note = _short(reason, LONGEST_NOTE)
        is_another = window != found.window if self._handling(found.handling).calls else window.end > found.window.end
        tell = self._promising(found, team, window) if is_another else nothing
        self._done(self.tasks.forward(task, session.agent.id, team, window, note, misrouted=misrouted, then=tell))

    def assign(self, session: Session, task: str, to: str) -> None:
        """A supervisor gives it to one of the team. Raises NotAllowed, TooLate, Unusable."""
        found = self.allowed(session, task)
        if not session.role.may_act_as(Role.SUPERVISOR):
            raise NotAllowed
        agent = next((one for one in self.agents.all() if TO_AGENT + one.id == to and found.team in one.teams), None)
        if agent is None:
            raise Unusable("aan_wie")
        self._done(self.tasks.assign(task, agent.id, session.agent.id))
        self.audit.write(session.agent.id, Act.ASSIGNED, found.conversation, f"{agent.name}, {found.reference}")

    def make(self, session: Session, conversation: str, asked: Asked) -> None:
        """From a conversation of his teams; the citizen hears what happens and when. Raises NotAllowed, Unusable."""
        handover = self.work.allowed(session, conversation)
        handling = next((one for one in self.handlings() if one.code == asked.handling), None)
        if handling is None or asked.team not in [each.code for each in self.texts.city.teams]:
            raise Unusable("team")
        phone = read_phone(asked.phone)
        if not asked.about.strip() or len(asked.about) > LONGEST_ABOUT:
            raise Unusable("leeg")
        if handling.calls and phone is None:
            raise Unusable("nummer")
        name = str((handover.card.get("answers") or {}).get("naam") or "")
        wish = Wish(
            conversation,
            handover.channel,
            asked.team,
            handover.topic,
            handling.code,
            Source.AGENT,
            self._on(asked.team, asked.day, asked.part),
            Contact(name, phone or "", asked.about.strip()),
        )
        tell = self._promising(wish, wish.team, wish.window)
        self._done(self.tasks.make(wish, f"taak:{conversation}:{asked.once}", session.agent.id, tell))

    # --- inside --------------------------------------------------------------

    def allowed(self, session: Session, task: str) -> Task:
        found = self.tasks.find(task) if task.isprintable() else None
        if found is None or not session.sees(found.team):
            log.warning("desk.not_allowed", agent=session.agent.id, task=task)
            raise NotAllowed
        return found

    def _entry(self, task: Task, who: str) -> Entry:
        handling, now = self._handling(task.handling), self.clock.now()
        when = said(task.window, now) if handling.calls else f"tegen {said_until(task.window, now)}"
        return Entry(task, handling.name, when, who, task.is_late(now))

    def _handling(self, code: str) -> Handling:
        """One that is no longer in the file keeps its code for a name."""
        return next((one for one in self.handlings() if one.code == code), Handling(code, code.capitalize(), False))

    def _promising(self, task: Task | Wish, team: str, window: Window) -> Then:
        now, name = self.clock.now(), self._team(team).name
        if self._handling(task.handling).calls:
            number = spoken_number(task.contact.phone)
            return self._telling(task, "utter_taak_belt", team=name, wanneer=said(window, now), nummer=number)
        return self._telling(task, "utter_taak_zoekt_uit", team=name, wanneer=said_until(window, now))

    def _telling(self, task: Task | Wish, response: str, **values: str) -> Then:
        """For the transaction that makes it true: says it in the conversation that it came from."""
        reader = self._reader(task)

        def tell(db: Connection, changed: Task) -> None:
            if reader:
                reply = self.texts.reply(response, reader.channel, kenmerk=changed.reference, **values)
                self.work.ledger.say_in(db, reader.id, reply)

        return tell

    def _done(self, task: Task | None) -> None:
        """What was told on the way is heard now. Raises TooLate."""
        if task is None:
            raise TooLate
        self.work.ledger.woken(task.conversation)

    def _reader(self, task: Task | Wish) -> Conversation | None:
        """Where the citizen reads; None: it was forgotten, or held by telephone."""
        found = self._conversation(task)
        return found if found and found.channel != PHONE else None

    def _waits(self, task: Task) -> bool:
        reader = self._reader(task)
        return reader is not None and not self.work.can_answer(reader.id)

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

    def _coming(self, team: str) -> list[Window]:
        return list(islice(coming(self.texts.city, self._team(team), self.clock.now()), WINDOWS_AHEAD))

    def _within(self, team: str, promised: Window) -> Window:
        """What that team can keep of what was promised; else its first moment."""
        windows = self._coming(team)
        kept = (part for one in windows if (part := overlap(one, promised)))
        return next(kept, windows[0] if windows else promised)

    def _on(self, team: str, day: str, part: str) -> Window:
        """That day, as far as the team is there. Raises Unusable."""
        try:
            wanted = date.fromisoformat(day)
        except ValueError as error:
            raise Unusable("dag") from error
        windows = [one for one in coming(self.texts.city, self._team(team), self.clock.now()) if one.day == wanted]
        if part in PARTS:
            found = next((cut_one for one in windows if (cut_one := cut(one, *PARTS[part]))), None)
        else:
            found = whole_day(windows, wanted)
        if found is None:
            raise Unusable("gesloten")
        return found


def _short(text: str, longest: int) -> str:
    """Raises Unusable."""
    if len(text) > longest:
        raise Unusable("te_lang")
    return text.strip()


def _code(window: Window) -> str:
    return window.start.isoformat(timespec="minutes")
