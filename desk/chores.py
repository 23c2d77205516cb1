"""What an agent does with the tasks of his teams, and what the citizen hears of it.

A supervisor gives them to somebody. Every step asks again whether it is allowed, and what
the citizen hears is said in the transaction that makes it true.
"""

from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import Connection

from desk.audit import Act, Audit
from desk.chore_looks import ChoreLooks, code_of
from desk.handlings import Handlings
from desk.sessions import Role, Session
from desk.work import LONGEST_ANSWER, TO_AGENT, NotAllowed, TooLate, Unusable, Work
from filings.phones import read_phone, spoken_number
from filings.task_model import Contact, Outcome, Source, Task, Wish
from filings.tasks import Tasks, Then, nothing
from filings.windows import Window, coming, cut, overlap, said, said_until, whole_day

LONGEST_ABOUT = 300
LONGEST_NOTE = 2000
NOON = time(13)
PARTS = {"voormiddag": (None, time(12, 59)), "namiddag": (NOON, None)}


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
        self.texts, self.clock = work.texts, work.ledger.clock
        self.looks = ChoreLooks(work, tasks, handlings)

    def claim(self, session: Session, task: str) -> None:
        """Raises NotAllowed, TooLate."""
        self.looks.allowed(session, task)
        self._done(self.tasks.claim(task, session.agent.id))

    def release(self, session: Session, task: str) -> None:
        """Raises NotAllowed, TooLate."""
        self.looks.allowed(session, task)
        self._done(self.tasks.release(task, session.agent.id))

    def not_reached(self, session: Session, task: str, again: str, note: str) -> None:
        """The citizen hears that we tried, and when we try again. Raises NotAllowed, TooLate, Unusable."""
        found = self.looks.allowed(session, task)
        window = next((one for one in self.looks.coming(found.team) if code_of(one) == again), None)
        if window is None:
            raise Unusable("wanneer")
        note, when = _short(note, LONGEST_NOTE), said(window, self.clock.now())
        tell = self._telling(found, "utter_taak_niet_bereikt", wanneer=when)
        self._done(self.tasks.not_reached(task, session.agent.id, window, note, tell))

    def finish(self, session: Session, task: str, outcome: str, note: str, answer: str) -> None:
        """`answer`: what the citizen reads, if anything. Raises NotAllowed, TooLate, Unusable."""
        found = self.looks.allowed(session, task)
        calls = self.looks.handling(found.handling).calls
        allowed = (Outcome.REACHED, Outcome.GIVEN_UP) if calls else (Outcome.HANDLED,)
        if outcome not in allowed:
            raise Unusable("uitkomst")
        note, answer = _short(note, LONGEST_NOTE), _short(answer, LONGEST_ANSWER)
        elsewhere = note and self.looks.waits(found)  # the note says how he was told
        if outcome == Outcome.HANDLED and not answer and not elsewhere and self.looks.reader(found):
            raise Unusable("antwoord")  # it was promised to him
        tell: Then = nothing
        if outcome == Outcome.GIVEN_UP:
            tell = self._telling(found, "utter_taak_opgegeven", keren=str(found.attempts + 1))
        elif answer:
            team = self.texts.city.team(found.team).name
            tell = self._telling(found, "utter_taak_antwoord", team=team, antwoord=answer)
        self._done(self.tasks.finish(task, session.agent.id, Outcome(outcome), note, tell))

    def forward(self, session: Session, task: str, team: str, reason: str, *, misrouted: bool) -> None:
        """To another team. Raises NotAllowed, TooLate, Unusable."""
        found = self.looks.allowed(session, task)
        if not reason.strip():
            raise Unusable("reden")
        if team == found.team or team not in [each.code for each in self.texts.city.teams]:
            raise Unusable("team")
        window = self._within(team, found.window)
        note = _short(reason, LONGEST_NOTE)
        calls = self.looks.handling(found.handling).calls
        is_another = window != found.window if calls else window.end > found.window.end
        tell = self._promising(found, team, window) if is_another else nothing
        self._done(self.tasks.forward(task, session.agent.id, team, window, note, misrouted=misrouted, then=tell))

    def assign(self, session: Session, task: str, to: str) -> None:
        """A supervisor gives it to one of the team. Raises NotAllowed, TooLate, Unusable."""
        found = self.looks.allowed(session, task)
        if not session.role.may_act_as(Role.SUPERVISOR):
            raise NotAllowed
        team = [one for one in self.work.queue.agents.all() if found.team in one.teams]
        agent = next((one for one in team if TO_AGENT + one.id == to), None)
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

    def _promising(self, task: Task | Wish, team: str, window: Window) -> Then:
        now, name = self.clock.now(), self.texts.city.team(team).name
        if self.looks.handling(task.handling).calls:
            number = spoken_number(task.contact.phone)
            return self._telling(task, "utter_taak_belt", team=name, wanneer=said(window, now), nummer=number)
        return self._telling(task, "utter_taak_zoekt_uit", team=name, wanneer=said_until(window, now))

    def _telling(self, task: Task | Wish, response: str, **values: str) -> Then:
        """For the transaction that makes it true: says it in the conversation that it came from."""
        reader = self.looks.reader(task)

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

    def _within(self, team: str, promised: Window) -> Window:
        """What that team can keep of what was promised; else its first moment."""
        windows = self.looks.coming(team)
        kept = (part for one in windows if (part := overlap(one, promised)))
        return next(kept, windows[0] if windows else promised)

    def _on(self, team: str, day: str, part: str) -> Window:
        """That day, as far as the team is there. Raises Unusable."""
        try:
            wanted = date.fromisoformat(day)
        except ValueError as error:
            raise Unusable("dag") from error
        ahead = coming(self.texts.city, self.texts.city.team(team), self.clock.now())
        windows = [one for one in ahead if one.day == wanted]
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
