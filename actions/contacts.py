"""Registers every conversation that is over as a contact, in the city's register of contacts.

What is registered tells that there was contact, with whom, about what, and what was filed; what was
said stays with us. A citizen who logged in is a party of his contact; of whoever did not, the
register hears nothing about who he is. What the assistant answered to somebody unknown is not
registered at all, unless the city wants it (docs/decisions/0014-contacten.md).

What an agent did is a second contact, that goes on from the assistant's. What the citizen thought of it
may come later, and is then added.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from actions.accounts import Work, on_behalf_of
from actions.clients.contact_ports import Actor, Actors, Contact
from actions.clients.errors import Unavailable
from actions.contact_story import GENERAL, Story, story_of
from actions.registering import Registering, assistant, called, subject
from actions.spoken import listed
from citizens.parties import Citizen
from city import PHONE
from conversations.agents import Agents
from conversations.ledger import Ledger
from conversations.model import Holder
from conversations.ownership import PEOPLE, moves
from conversations.sessions import closing_topic
from filings.book import Filings
from filings.model import CONTACT, Filing, FilingState
from texts import Texts

MOST = 1000  # messages of one session that are looked at
REFUSED = FilingState.REFUSED
AFTERWARDS = timedelta(minutes=1)  # what follows from the last message belongs to the session


@dataclass(frozen=True)
class Facts:
    channel: str
    citizen: Citizen | None
    filed: Sequence[str]  # our references
    asked: bool  # for a person, or one came by himself
    names: Mapping[str, str]  # of the agents


@dataclass(frozen=True)
class SessionContacts:
    """`anonymous`: register also what the assistant answered to somebody unknown."""

    registering: Registering
    ledger: Ledger
    agents: Agents
    texts: Texts
    anonymous: bool = False

    @property
    def filings(self) -> Filings:
        return self.registering.filings

    async def register(self, filing: Filing) -> None:
        """May be repeated."""
        said = await asyncio.to_thread(
            self.ledger.messages, filing.conversation, filing.payload["first"] - 1, self._length(filing)
        )
        story = story_of(said, {topic for team in self.texts.city.teams for topic in team.topics})
        if story is None:
            call = await asyncio.to_thread(self._call, filing)
            ids = [(await self.registering.once(filing, 0, call, None)).id] if call else []
            await self._done(filing, ids)
        elif not story.asks:
            await self._rate(filing, story)
        else:
            await self._register(filing, story)

    # --- a contact ---------------------------------------------------------------

    async def _register(self, filing: Filing, story: Story) -> None:
        facts = await asyncio.to_thread(self._facts, filing, story)
        citizen = facts.citizen
        if not (citizen or facts.filed or facts.asked or story.agents or self.anonymous):
            await self._done(filing, [])
            return
        work = Work(filing.conversation, CONTACT, citizen.bound_at if citizen else filing.created_at, "assistent")
        with on_behalf_of(work):
            party = await self.registering.party_of(citizen) if citizen else None
            contact = self._of_bot(filing, story, facts, party)
            ids = [(await self.registering.once(filing, 0, contact, citizen)).id]
            if story.agents:
                second = self._of_agents(contact, story, facts, ids[0])
                ids.append((await self.registering.once(filing, 1, second, citizen)).id)
        await self._done(filing, ids)

    def _of_bot(self, filing: Filing, story: Story, facts: Facts, party: str | None) -> Contact:
        passed_on = "ja" if story.helped else "nee" if facts.asked else ""
        told = {"gesprekId": filing.conversation, "intent": story.intent, "overdracht": passed_on}
        return Contact(
            key=filing.reference,
            number="",
            channel=called(facts.channel, person=False),
            subject=subject(self.texts, story.topic),
            at=story.bot_until,
            actors=(assistant(self.texts.city),),
            text=self._text(story, facts.filed),
            answer=self.texts.text(_answer(story, asked=facts.asked)),
            party=party,
            about=facts.filed,
            metadata={**told, **story.rating(person=False)},
        )

    def _of_agents(self, first: Contact, story: Story, facts: Facts, after: str) -> Contact:
        told = {name: value for name, value in first.metadata.items() if name in ("gesprekId", "intent")}
        return replace(
            first,
            key=f"{first.key}-2",
            channel=called(facts.channel, person=True),
            at=story.ended_at,
            actors=self._employees(story.agents, facts.names),
            answer=self.texts.text("utter_klantcontact_medewerker"),
            about=(),
            after=after,
            metadata={**told, **story.rating(person=True)},
        )

    def _call(self, filing: Filing) -> Contact | None:
        """A talk that an agent wrote down: nothing of it stands in messages. None of any other channel. It blocks."""
        conversation, engine = filing.conversation, self.ledger.engine
        took = [move for move in moves(engine, conversation) if move.after is Holder.AGENT and move.agent]
        if not took or self.ledger.conversation(conversation).channel != PHONE:
            return None
        agents = list(dict.fromkeys(str(move.agent) for move in took))
        return Contact(
            key=filing.reference,
            number="",
            channel=PHONE,
            subject=subject(self.texts, closing_topic(engine, conversation)),
            at=took[0].at,
            actors=self._employees(agents, self.agents.names(agents)),
            answer=self.texts.text("utter_klantcontact_medewerker"),
            metadata={"gesprekId": conversation},
        )

    def _employees(self, agents: Sequence[str], names: Mapping[str, str]) -> list[Actor]:
        return [Actor(Actors.EMPLOYEE, agent, names.get(agent) or agent) for agent in agents]

    # --- what he thought of it ----------------------------------------------------

    async def _rate(self, filing: Filing, story: Story) -> None:
        """Belongs to the contact before, which must be there first; and so may what he thinks of it after this."""
        earlier = [
            one
            for one in await asyncio.to_thread(self.filings.of, filing.conversation, CONTACT)
            if one.id != filing.id and one.payload["last"] < filing.payload["first"]
        ]
        latest = max(earlier, key=lambda one: int(one.payload["last"]), default=None)
        if latest and latest.state in (FilingState.OPEN, FilingState.UNCERTAIN):
            raise Unavailable("contacts", "rate", "the contact is not registered yet")
        ids = latest.result.get("contacts") or [] if latest else []
        work = Work(filing.conversation, CONTACT, latest.created_at if latest else filing.created_at, "assistent")
        with on_behalf_of(work):
            for contact, person in ((ids[0], False), (ids[-1], True)) if ids else ():
                if told := story.rating(person=person):
                    await self.registering.contacts.note(contact, told)
        await self._done(filing, ids)

    # --- words and facts ------------------------------------------------------------

    def _facts(self, filing: Filing, story: Story) -> Facts:
        """What the messages do not tell. It blocks."""
        conversation, until = filing.conversation, story.ended_at + AFTERWARDS
        filed = [one for one in self.filings.of(conversation) if story.began_at <= one.created_at <= until]
        during = [move for move in moves(self.ledger.engine, conversation) if story.began_at <= move.at <= until]
        return Facts(
            channel=self.ledger.conversation(conversation).channel,
            citizen=self.registering.parties.in_session(conversation, story.began_at, until),
            filed=[one.reference for one in reversed(filed) if one.kind != CONTACT and one.state is not REFUSED],
            asked=any(move.after in PEOPLE for move in during),
            names=self.agents.names(story.agents) if story.agents else {},
        )

    def _text(self, story: Story, filed: Sequence[str]) -> str:
        topics = listed([subject(self.texts, topic) for topic in story.topics or [GENERAL]])
        lines = [self.texts.text("utter_klantcontact_inhoud", onderwerpen=topics)]
        if filed:
            lines.append(self.texts.text("utter_klantcontact_ingediend", nummers=", ".join(filed)))
        return " ".join(lines)

    @staticmethod
    def _length(filing: Filing) -> int:
        return min(int(filing.payload["last"]) - int(filing.payload["first"]) + 1, MOST)

    async def _done(self, filing: Filing, ids: Sequence[str]) -> None:
        first = ids[0] if ids else None
        await asyncio.to_thread(self.filings.done, filing.id, first, None, {"contacts": list(ids)})


def _answer(story: Story, *, asked: bool) -> str:
    if story.helped:
        return "utter_klantcontact_doorverbonden"
    return "utter_klantcontact_niet_opgenomen" if asked else "utter_klantcontact_beantwoord"
