"""What is registered of a conversation that is over: when, with whom, and how little."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from actions.accounts import Accounts
from actions.clients.accounted import AccountedContacts
from actions.clients.contact_ports import Contact, Party, Registered
from actions.clients.errors import Rejected, Unavailable
from actions.contacts import SessionContacts
from actions.registering import Registering, Registrar
from citizens.identities import Identities
from citizens.parties import Parties
from citizens.processing import ProcessingLog
from conversations.agents import Agents, Profile
from conversations.bell import Bell
from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.ledger import Ledger
from conversations.model import Choice, Incoming, Kind, Overheard, Reply
from conversations.sessions import THANKED, begin
from filings.book import Filings
from filings.contacts import Sessions
from filings.model import CONTACT, Filing, FilingState
from settings import ROOT
from tests.sealing import VAULT
from tests.unit.citizens.people import LIEN
from tests.unit.conversations.setting import StoppedClock, claimed, migrated
from texts import Texts

WORDS = "er ligt een losse tegel voor mijn deur, ik ben Lien"
RATING = '/beoordelen{"keuze":"%s"}'
MINUTE = 60.0


@dataclass
class Register:
    """A register of contacts that keeps what it gets, unless it was told what goes wrong."""

    contacts: dict[str, Contact] = field(default_factory=dict)
    parties: list[Party] = field(default_factory=list)
    notes: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    async def party(self, citizen: Party) -> str:
        if citizen not in self.parties:
            self.parties.append(citizen)
        return f"party-{self.parties.index(citizen)}"

    async def register(self, contact: Contact) -> Registered:
        if self.faults:
            raise self.faults.pop(0)
        self.contacts[contact.key] = contact
        return Registered(f"id-{contact.key}")

    async def note(self, contact: str, metadata: Mapping[str, str]) -> None:
        self.notes.append((contact, metadata))

    async def finish(self, task: str) -> None:
        raise AssertionError("nobody finishes a task here")

    @property
    def one(self) -> Contact:
        [contact] = self.contacts.values()
        return contact


@dataclass
class Scene:
    engine: Engine
    clock: StoppedClock
    ledger: Ledger
    filings: Filings
    register: Register
    contacts: SessionContacts
    sessions: Sessions
    identities: Identities
    processing: ProcessingLog
    said: int = 0

    def speaks(self, intent: str = "melding_doen", *, channel: str = "web", trace: Mapping[str, object] = {}) -> str:
        """The citizen says something and the bot answers it; gives the conversation."""
        self.said += 1
        message = self.ledger.receive(Incoming(channel, "an", f"an-{self.said}", text=WORDS)).message
        claim = claimed(self.ledger)
        self.ledger.answer(claim, [Reply("antwoord")], claim.epoch, {"intent": intent, **trace})
        self.clock.passes(10)
        return message.conversation

    def rates(self, conversation: str, choice: str) -> None:
        offer = Reply("hoe was het?", (Choice("goed", RATING % choice),))
        self.ledger.say(conversation, offer)
        self.said += 1
        tap = Incoming("web", "an", f"an-{self.said}", kind=Kind.CHOICE, payload=RATING % choice)
        self.ledger.receive(tap)
        claim = claimed(self.ledger)
        self.ledger.answer(claim, [Reply("bedankt")], claim.epoch, {"intent": "beoordelen"})

    def files(self, conversation: str, kind: str = "melding") -> Filing:
        filing = self.filings.file(conversation, kind, {}, f"{kind}:{conversation}")
        return self.filings.done(filing.id, "unid", "I 2611 001")

    def logs_in(self, conversation: str) -> str:
        return self.identities.bind(conversation, LIEN, self.clock.now() + timedelta(hours=1)).person

    def agent_helps(self, conversation: str, *, says: bool = True) -> str:
        agents = Agents(self.engine, self.clock, Bell())
        agent = agents.arrive("sanne", Profile("Sanne", ["onthaal"])).id
        handovers = Handovers(self.engine, self.clock, Bell(), VAULT, pull={"web"})
        handovers.take_over(conversation, agent, Request("onthaal", "melding", "asked"))
        self.clock.passes(10)
        if says:
            handovers.say(conversation, agent, Reply("Dag, ik kijk even."), client_id="1")
        self.clock.passes(10)
        handovers.close(conversation, agent, topic="melding")
        return agent

    async def is_over(self, conversation: str) -> None:
        self.ledger.end(conversation)
        await self.settle()

    async def settle(self) -> None:
        filings, carriers = self.contacts.filings, {CONTACT: self.contacts.register}
        while await Registrar(filings, [self.sessions.file_one], carriers).step():
            pass

    def contact(self, conversation: str) -> Filing:
        return self.filings.of(conversation, CONTACT)[0]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with migrated(f"sqlite:///{tmp_path}/balie.db") as engine:
        clock = StoppedClock()
        ledger, filings = Ledger(engine, clock, Bell(), VAULT), Filings(engine, clock, VAULT)
        identities, processing = Identities(engine, clock, VAULT), ProcessingLog(engine, clock, VAULT)
        register = Register()
        accounts = Accounts(processing, identities, clock, tmp_path / "outbox")
        parties = Parties(engine, clock, VAULT)
        registering = Registering(AccountedContacts(register, accounts, "Open Klant"), parties, filings)
        agents, texts = Agents(engine, clock, Bell()), Texts(ROOT / "data", ROOT / "city.yml")
        contacts = SessionContacts(registering, ledger, agents, texts)
        sessions = Sessions(engine, clock, filings, timedelta(minutes=30))
        yield Scene(engine, clock, ledger, filings, register, contacts, sessions, identities, processing)


@pytest.mark.req("KI-20", "KI-26")
async def test_a_citizen_who_logged_in_is_a_party_of_his_contact(scene: Scene) -> None:
    conversation = scene.speaks()
    scene.logs_in(conversation)
    await scene.is_over(conversation)

    contact = scene.register.one
    assert contact.party == "party-0"
    assert [(one.given_name, one.family_name) for one in scene.register.parties] == [("Lien", "Declercq")]
    assert [(actor.kind, actor.name) for actor in contact.actors] == [("bot", "Virtuele assistent Leiestad")]


@pytest.mark.req("KI-20")
async def test_a_citizen_who_did_not_log_in_has_no_party_and_no_name(scene: Scene) -> None:
    conversation = scene.speaks()
    scene.files(conversation)
    await scene.is_over(conversation)

    contact = scene.register.one
    assert (contact.party, contact.name, contact.phone, contact.email) == (None, None, None, None)
    assert scene.register.parties == []


async def test_the_register_hears_no_word_of_what_was_said(scene: Scene) -> None:
    conversation = scene.speaks()
    filing = scene.files(conversation)
    await scene.is_over(conversation)

    contact = scene.register.one
    assert contact.subject == "Melding"
    assert contact.text == f"Ging over: Melding. Ingediend: {filing.reference}."
    assert contact.answer == "De assistent gaf antwoord."
    assert contact.metadata == {"gesprekId": conversation, "intent": "melding_doen", "overdracht": ""}


async def test_what_the_assistant_answered_to_somebody_unknown_is_not_registered(scene: Scene) -> None:
    await scene.is_over(scene.speaks("openingsuren_vragen"))

    assert scene.register.contacts == {}


async def test_unless_the_city_wants_that_too(scene: Scene) -> None:
    scene.contacts = replace(scene.contacts, anonymous=True)
    await scene.is_over(scene.speaks("openingsuren_vragen"))

    assert (scene.register.one.subject, scene.register.one.party) == ("Openingsuren", None)


@pytest.mark.req("KI-30")
async def test_a_form_that_was_filled_in_hangs_on_its_contact(scene: Scene) -> None:
    conversation = scene.speaks()
    filing = scene.files(conversation)
    scene.rates(conversation, "5")
    await scene.is_over(conversation)

    contact = scene.register.one
    assert (contact.channel, contact.about) == ("chatbot", [filing.reference])
    assert contact.metadata["tevreden"] == "ja"


async def test_it_happened_when_the_last_thing_was_said(scene: Scene) -> None:
    conversation = scene.speaks()
    scene.logs_in(conversation)
    last = scene.clock.utc()
    scene.speaks()
    scene.clock.passes(45 * MINUTE)
    await scene.settle()

    assert scene.register.one.at == last


async def test_small_talk_is_not_what_it_was_about(scene: Scene) -> None:
    scene.speaks("algemeen_groeten")
    conversation = scene.speaks("afspraak_maken")
    scene.speaks("melding_doen")
    scene.logs_in(conversation)
    await scene.is_over(conversation)

    contact = scene.register.one
    assert (contact.subject, contact.metadata["intent"]) == ("Afspraak", "afspraak_maken")
    assert contact.text == "Ging over: Afspraak en Melding."


@pytest.mark.parametrize(("channel", "called"), [("web", "chatbot"), ("whatsapp", "whatsapp")])
async def test_a_channel_is_called_by_its_own_name(scene: Scene, channel: str, called: str) -> None:
    conversation = scene.speaks(channel=channel)
    scene.files(conversation)
    await scene.is_over(conversation)

    assert scene.register.one.channel == called


@pytest.mark.req("KI-27")
async def test_what_an_agent_did_is_a_second_contact_that_goes_on_from_the_first(scene: Scene) -> None:
    conversation = scene.speaks()
    agent = scene.agent_helps(conversation)
    await scene.settle()

    bot, person = scene.register.contacts.values()
    assert (bot.channel, bot.answer) == ("chatbot", "Een medewerker nam over.")
    assert bot.metadata["overdracht"] == "ja"
    assert bot.at < person.at
    assert (person.channel, person.after) == ("chat", f"id-{bot.key}")
    assert [(actor.kind, actor.id, actor.name) for actor in person.actors] == [("employee", agent, "Sanne")]


@pytest.mark.req("KI-27")
async def test_of_a_colleague_in_the_channel_s_own_inbox_is_told_that_a_person_helped(scene: Scene) -> None:
    conversation = scene.speaks(channel="messenger")
    scene.ledger.overhear(Overheard("messenger", "an", "echo", "Dag, met Sanne"), timedelta(hours=24))
    await scene.is_over(conversation)

    contact = scene.register.one
    assert (contact.answer, contact.metadata["overdracht"]) == ("Een medewerker nam over.", "ja")


async def test_a_talk_by_telephone_that_an_agent_wrote_down_is_his_contact(scene: Scene) -> None:
    conversation = scene.ledger.open("telefoon", "t_1").id
    begin(scene.engine, conversation)
    agent = scene.agent_helps(conversation, says=False)
    await scene.settle()

    contact = scene.register.one
    assert (contact.channel, contact.subject, contact.party) == ("telefoon", "Melding", None)
    assert [(actor.kind, actor.id) for actor in contact.actors] == [("employee", agent)]


@pytest.mark.req("KI-27")
async def test_who_asked_for_a_person_and_got_none_is_registered(scene: Scene) -> None:
    conversation = scene.speaks()
    handovers = Handovers(scene.engine, scene.clock, Bell(), VAULT, pull={"web"})
    handovers.request(conversation, Request("onthaal", "melding", "asked"))
    handovers.leave_queue(conversation)
    await scene.is_over(conversation)

    contact = scene.register.one
    assert contact.answer == "Wou iemand van de stad spreken, maar sprak niemand."
    assert contact.metadata["overdracht"] == "nee"


async def test_what_he_thinks_of_it_later_is_added(scene: Scene) -> None:
    conversation = scene.speaks()
    scene.agent_helps(conversation)
    await scene.settle()
    scene.rates(conversation, "medewerker:1")
    scene.rates(conversation, "assistent:5")
    await scene.settle()

    bot, person = scene.register.contacts.values()
    assert sorted(scene.register.notes) == sorted(
        [
            (f"id-{bot.key}", {"tevreden": "ja", "beoordeling": "5"}),
            (f"id-{person.key}", {"tevreden": "nee", "beoordeling": "1"}),
        ]
    )
    assert len(scene.register.contacts) == 2


async def test_a_second_rating_that_comes_when_the_first_was_added_is_added_too(scene: Scene) -> None:
    conversation = scene.speaks()
    scene.agent_helps(conversation)
    await scene.settle()
    for choice in ("medewerker:1", "assistent:5"):
        scene.rates(conversation, choice)
        await scene.settle()

    bot, person = scene.register.contacts.values()
    assert scene.register.notes == [
        (f"id-{person.key}", {"tevreden": "nee", "beoordeling": "1"}),
        (f"id-{bot.key}", {"tevreden": "ja", "beoordeling": "5"}),
    ]


async def test_thanks_right_after_an_agent_closed_are_no_contact_and_come_between_no_rating(scene: Scene) -> None:
    conversation = scene.speaks()
    scene.agent_helps(conversation)
    await scene.settle()
    scene.speaks("bedanken", trace={THANKED: True})
    await scene.settle()
    scene.rates(conversation, "medewerker:5")
    await scene.settle()

    _, person = scene.register.contacts.values()
    assert scene.register.notes == [(f"id-{person.key}", {"tevreden": "ja", "beoordeling": "5"})]


async def test_a_rating_of_what_was_not_registered_is_not_registered(scene: Scene) -> None:
    conversation = scene.speaks("openingsuren_vragen")
    await scene.is_over(conversation)
    scene.rates(conversation, "5")
    await scene.settle()

    assert (scene.register.contacts, scene.register.notes) == ({}, [])


async def test_after_an_outage_it_is_registered_once(scene: Scene) -> None:
    conversation = scene.speaks()
    scene.files(conversation)
    scene.register.faults = [Unavailable("openklant", "register")] * 2
    await scene.is_over(conversation)
    assert scene.register.contacts == {}

    for _ in range(4):
        scene.clock.passes(60 * MINUTE)
        await scene.settle()
    assert scene.register.one.subject == "Melding"
    assert scene.contact(conversation).state is FilingState.DONE


async def test_it_waits_for_weeks_and_nobody_hears_of_it(scene: Scene) -> None:
    patient = Filings(scene.engine, scene.clock, VAULT, max_age=timedelta(days=30))
    scene.contacts = replace(scene.contacts, registering=replace(scene.contacts.registering, filings=patient))
    conversation = scene.speaks()
    scene.files(conversation)
    scene.register.faults = [Unavailable("openklant", "register")] * 20
    await scene.is_over(conversation)
    for _ in range(19):
        scene.clock.passes(24 * 60 * MINUTE)
        await scene.settle()
    assert scene.contact(conversation).state is FilingState.OPEN

    scene.clock.passes(24 * 60 * MINUTE)
    await scene.settle()
    assert scene.contact(conversation).state is FilingState.DONE
    assert scene.filings.untold() == []


async def test_a_number_that_somebody_else_has_is_changed_for_another(scene: Scene) -> None:
    conversation = scene.speaks()
    scene.files(conversation)
    scene.register.faults = [Rejected("openklant", "register", "number_taken")]
    scene.ledger.end(conversation)
    scene.sessions.file_one()
    [first, _] = scene.contact(conversation).payload["numbers"]
    await scene.settle()

    assert scene.register.one.number != first
    assert scene.contact(conversation).payload["numbers"][0] == scene.register.one.number


async def test_a_party_that_is_gone_is_made_again(scene: Scene) -> None:
    conversation = scene.speaks()
    scene.logs_in(conversation)
    await scene.is_over(conversation)
    scene.register.faults = [Rejected("openklant", "register", "party_gone")]
    scene.clock.passes(MINUTE)
    scene.speaks()
    await scene.is_over(conversation)

    assert [contact.party for contact in scene.register.contacts.values()] == ["party-0", "party-1"]


async def test_he_can_see_that_it_was_registered(scene: Scene) -> None:
    conversation = scene.speaks()
    person = scene.logs_in(conversation)
    scene.clock.passes(10)
    scene.identities.unbind(conversation, "logged_out")
    await scene.is_over(conversation)

    told = [(entry.action, entry.source, entry.actor, entry.kinds) for entry in scene.processing.of(person)]
    assert told == [
        ("contact registreren", "Open Klant", "assistent", ("contact",)),
        ("burger registreren", "Open Klant", "assistent", ("naam",)),
    ]


async def test_of_somebody_unknown_no_use_of_data_is_written_down(scene: Scene) -> None:
    written: list[Any] = []
    scene.processing.write = lambda **row: written.append(row)  # type: ignore[method-assign]
    conversation = scene.speaks()
    scene.files(conversation)
    await scene.is_over(conversation)

    assert len(scene.register.contacts) == 1
    assert written == []
