"""Tells the register of contacts what people at the desk must do for a citizen, and when it is done.

A task is a contact of its own there, with the number to call and the department that must do it
(VNG's C9476), so that colleagues in other applications see it. What it is about in the citizen's
own words stays at our desk.
"""

import asyncio
from dataclasses import dataclass, replace

from actions.accounts import Work, on_behalf_of
from actions.clients.contact_ports import Actor, Actors, Contact, InternalTask
from actions.clients.errors import NotFound, Unavailable
from actions.registering import Registering, assistant, called, subject
from actions.spoken import clock_time
from clock import BRUSSELS
from conversations.agents import Agents
from filings.model import CONTACT, TASK, Filing, FilingState
from filings.task_mirror import MADE
from filings.task_model import Contact as Caller
from filings.task_model import Source, Task
from filings.tasks import Tasks
from texts import Texts

UNDONE = (FilingState.OPEN, FilingState.UNCERTAIN)
NOBODY = Caller()  # of a task whose citizen was forgotten


@dataclass(frozen=True)
class MirroredTasks:
    registering: Registering
    tasks: Tasks
    agents: Agents
    texts: Texts

    async def carry(self, filing: Filing) -> None:
        """May be repeated."""
        task = await asyncio.to_thread(self.tasks.find, filing.payload["task"])
        made = await asyncio.to_thread(self._made, filing)
        if filing.payload["status"] == MADE:
            id = await self._register(filing, task) if task and task.contact != NOBODY else None
        elif made and made.state in UNDONE:
            raise Unavailable("contacts", "finish", "the task is not registered yet")
        else:
            id = made.external_id if made else None
            await self._finish(id)
        await asyncio.to_thread(self.registering.filings.done, filing.id, id)

    async def _finish(self, id: str | None) -> None:
        """Of what was never registered, or is gone there, nobody waits for the end."""
        if id:
            try:
                await self.registering.contacts.finish(id)
            except NotFound:
                return

    async def _register(self, filing: Filing, task: Task) -> str | None:
        citizen = await asyncio.to_thread(
            self.registering.parties.in_session, task.conversation, task.created_at, task.created_at
        )
        contact = await asyncio.to_thread(self._contact, filing, task)
        work = Work(task.conversation, CONTACT, citizen.bound_at if citizen else task.created_at, "assistent")
        with on_behalf_of(work):
            party = await self.registering.party_of(citizen) if citizen else None
            return (await self.registering.once(filing, 0, replace(contact, party=party), citizen)).task

    def _contact(self, filing: Filing, task: Task) -> Contact:
        given, _, family = task.contact.name.partition(" ")
        team = self.texts.city.team(task.team)
        start, end = (moment.astimezone(BRUSSELS) for moment in (task.window.start, task.window.end))
        when = {"dag": f"{start:%d/%m/%Y}", "van": clock_time(start.time()), "tot": clock_time(end.time())}
        note = self.texts.text("utter_klantcontact_taak", nummer=task.reference, **when)
        return Contact(
            key=task.reference,
            number="",
            channel=called(task.channel, person=task.source is Source.AGENT),
            subject=subject(self.texts, task.topic),
            at=task.created_at,
            actors=[self._maker(task)],
            name=(given, family) if task.contact.name else None,
            phone=task.contact.phone or None,
            metadata={"gesprekId": task.conversation},
            task=InternalTask(task.handling.capitalize(), Actor(Actors.DEPARTMENT, team.code, team.name), note),
        )

    def _made(self, filing: Filing) -> Filing | None:
        """What tells that the task was made, of the filing that tells how it stands."""
        of_task = self.registering.filings.of(filing.conversation, TASK)
        return next((one for one in of_task if one.payload["status"] == MADE), None)

    def _maker(self, task: Task) -> Actor:
        if task.source is Source.BOT:
            return assistant(self.texts.city)
        if task.source is Source.DMS:
            return Actor(Actors.BOT, "dms", "Documentbeheer")
        agent = self.tasks.history(task.id)[0].actor
        return Actor(Actors.EMPLOYEE, agent, self.agents.names([agent]).get(agent) or agent)
