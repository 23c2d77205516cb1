"""Being called back: what about, on which number and when; then a task for the team of the topic.

What was said before is not asked again: the last thing he asked tells what it is about,
and a session, a login or WhatsApp tells his number.
"""

import asyncio
import re
from collections.abc import Iterator
from typing import ClassVar

from rasa_sdk.events import EventType

from actions.base import ServiceAction, Turn
from actions.dossiers import Closing
from actions.field import Confirmation, Field, Slots, pick, summarise
from actions.form import SURE, ServiceForm
from actions.known import Known
from actions.persoon import Phone
from actions.terugbellen_moment import MomentField, Times, offered, window_of
from actions.tussendoor import STARTS
from citizens.identities import Identities, Identity
from conversations.ledger import Ledger
from conversations.model import Choice
from filings.phones import is_dear, read_phone, spoken_number
from filings.task_model import CALL_BACK, Contact, Outcome, Source, Task, Wish
from filings.tasks import BOT, Tasks
from filings.windows import said

NO_SUBJECT = ("algemeen", "openingsuren", "aanmelden")
"""Topics that nobody wants to be called about."""
LONGEST = 300  # of what it is about
LOOKED_BACK = 200  # events in which that is sought
SAYS_NOTHING = ("bevestigen", "ontkennen", "overslaan", "groeten")
FEW = 3  # words; more of them tell something all the same

_ABOUT = re.compile(r"\b(?:over|i\.?v\.?m\.?|in verband met|omtrent|aangaande|wegens)\s+(.{4,})$", re.IGNORECASE)


class NumberField(Phone):
    open_to_agents = False

    async def prefill(self, turn: Turn, text: str) -> Slots:
        phone = read_phone(text)
        return {self.slot: phone} if phone and not is_dear(phone) else {}

    async def read(self, turn: Turn) -> Slots | None:
        phone = read_phone(turn.choice or turn.text)
        if phone and is_dear(phone):
            turn.say("utter_terugbellen_nummer_te_duur")
            return {}
        return {self.slot: phone} if phone else None


def is_his(task: Task, identities: Identities, now: Identity | None) -> bool:
    """Whether it is of who is logged in `now`, if anybody, and not of somebody who was so there before him."""
    then = identities.person_at(task.conversation, task.created_at)
    return then is None or (now is not None and now.person == then)


class SubjectField(Field):
    """What it is about, in his own words; the topic of it tells the team."""

    slot = "terugbellen_vraag"
    words = ("waarover", "vraag", "onderwerp", "reden")
    free_text = True

    def __init__(self, times: Times, tasks: Tasks, identities: Identities) -> None:
        self.times, self.tasks, self.identities = times, tasks, identities

    async def prefill(self, turn: Turn, text: str) -> Slots:
        """As he says it now, as he asked it before, or as he asked it when he wanted to be called before."""
        about = _ABOUT.search(self.times.without_moment(text))
        topic = self._topic(text)
        if about:
            return {self.slot: about[1].strip(" .?!"), "terugbellen_onderwerp": topic or self._asked_before(turn)[0]}
        earlier = await asyncio.to_thread(self._his_own, turn.conversation)
        if earlier and not topic:
            return {self.slot: earlier.contact.about, "terugbellen_onderwerp": earlier.topic}
        topic, words = (topic, topic) if topic else self._asked_before(turn)
        return {self.slot: words[:LONGEST], "terugbellen_onderwerp": topic} if topic else {}

    async def correct(self, turn: Turn, text: str) -> Slots:
        return {}  # any sentence could be one; it is asked

    async def read(self, turn: Turn) -> Slots | None:
        says_nothing = turn.intent in SAYS_NOTHING and len(turn.text.split()) <= FEW
        if says_nothing or not re.search(r"[^\W\d_]{2}", turn.text):
            return None
        topic = self._topic(turn.text) or self._of_intent(turn.intent)
        return {self.slot: turn.text[:LONGEST], "terugbellen_onderwerp": topic, **self._moment(turn, topic)}

    def is_about(self, intent: str) -> bool:
        """Whether who wants this, wants to be called about it."""
        return intent in STARTS or self._of_intent(intent) is not None

    def clear(self) -> Slots:
        return {self.slot: None, "terugbellen_onderwerp": None}

    def _his_own(self, conversation: str) -> Task | None:
        """The call that he asked for: not one that an agent planned, nor of who was logged in here before him."""
        task = self.tasks.asked(conversation)
        if task is None or task.source is not Source.BOT:
            return None
        return task if is_his(task, self.identities, self.identities.of(conversation)) else None

    def _moment(self, turn: Turn, topic: str | None) -> Slots:
        """Another team may not be there at the moment that he chose."""
        chosen = turn["terugbellen_moment"]
        return self.times.chosen_again(topic, turn.channel, chosen) if chosen else {}

    def _topic(self, text: str) -> str | None:
        """The topic that a sentence names: "mijn attesten" is about `attest`."""
        said = text.casefold()
        return next((topic for topic in self._topics if re.search(rf"\b{topic.removesuffix('s')}", said)), None)

    def _of_intent(self, intent: str) -> str | None:
        topic = re.split("[_/]", intent)[0]
        return topic if topic in self._topics else None

    def _asked_before(self, turn: Turn) -> tuple[str | None, str]:
        for intent, text in _said(turn):
            topic = self._of_intent(intent)
            if topic:
                return topic, text or topic
        return None, ""

    @property
    def _topics(self) -> list[str]:
        return [topic for team in self.times.city.teams for topic in team.topics if topic not in NO_SUBJECT]


class CallBackForm(ServiceForm):
    form = "terugbellen_form"
    intent = "terugbellen_vragen"
    stopped: ClassVar[str] = "utter_terugbellen_gestopt"

    async def start(self, turn: Turn) -> None:
        subject = next(field for field in self.fields if isinstance(field, SubjectField))
        known = await asyncio.to_thread(subject.tasks.asked, turn.conversation)
        if known:
            turn.say("utter_terugbellen_staat_al", wanneer=said(known.window, subject.times.clock.now()))
        if read_phone(turn.text):  # this time on that number, whatever he gave before
            turn.set(telefoon=None)
        await super().start(turn)

    def is_sure(self, turn: Turn, field: Field) -> bool:
        """What he wants is what he wants to be called about: no change of mind, but the answer."""
        answers = isinstance(field, SubjectField) and not turn.is_tapped and field.is_about(turn.intent)
        return not answers and super().is_sure(turn, field)


class AskNumber(ServiceAction):
    """On WhatsApp the number that he writes from is offered."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def name(self) -> str:
        return "action_ask_terugbellen_form_telefoon"

    async def perform(self, turn: Turn) -> None:
        turn.say("utter_terugbellen_vraag_nummer", await asyncio.to_thread(self._own, turn))

    def _own(self, turn: Turn) -> list[Choice]:
        if turn.channel != "whatsapp":
            return []
        conversation = self.ledger.conversation(turn.conversation)
        known = (read_phone(f"+{one}") for one in (conversation.address, conversation.alias) if one and one.isdigit())
        return [pick(spoken_number(phone), phone) for phone in known if phone][:1]


class AskMoment(ServiceAction):
    def __init__(self, times: Times) -> None:
        self.times = times

    def name(self) -> str:
        return "action_ask_terugbellen_moment"

    async def perform(self, turn: Turn) -> None:
        wish, team = turn["terugbellen_wens"], self.times.team(turn["terugbellen_onderwerp"], turn.channel)
        first = offered(self.times.first(team), self.times.clock.now())
        if not first:
            turn.say("utter_terugbellen_geen_moment")
        elif wish:
            turn.say("utter_terugbellen_kies_moment", offered(map(window_of, wish), self.times.clock.now()))
        elif wish is None:
            turn.say("utter_terugbellen_vraag_moment", first)
        else:
            turn.say("utter_terugbellen_niet_bereikbaar", first, team=team.name)


class AskConfirmation(ServiceAction):
    def __init__(self, times: Times) -> None:
        self.times = times

    def name(self) -> str:
        return "action_ask_terugbellen_bevestigd"

    async def perform(self, turn: Turn) -> None:
        summarise(
            turn,
            "utter_terugbellen_samenvatting",
            team=self.times.team(turn["terugbellen_onderwerp"], turn.channel).name,
            nummer=spoken_number(turn["telefoon"]),
            wanneer=said(window_of(turn["terugbellen_moment"]), self.times.clock.now()),
            vraag=turn["terugbellen_vraag"],
        )


class NoteCallBack(ServiceAction):
    """Writes the task down, once per request, and says when he will be called."""

    def __init__(self, tasks: Tasks, times: Times, known: Known, closing: Closing) -> None:
        self.tasks, self.times, self.known, self.closing = tasks, times, known, closing

    def name(self) -> str:
        return "action_terugbellen_noteren"

    async def perform(self, turn: Turn) -> None:
        if not turn["terugbellen_bevestigd"]:
            return
        topic = turn["terugbellen_onderwerp"]
        team = self.times.team(topic, turn.channel)
        wish = Wish(
            conversation=turn.conversation,
            channel=turn.channel,
            team=team.code,
            topic=topic or team.topics[0],
            handling=CALL_BACK,
            source=Source.BOT,
            window=self.times.still(team, window_of(turn["terugbellen_moment"])),
            contact=Contact(await self._name(turn), turn["telefoon"], turn["terugbellen_vraag"]),
        )
        key = f"{CALL_BACK}:{turn.conversation}:{turn['aanvraag_sleutel']}"
        task = await asyncio.to_thread(self.tasks.make, wish, key, BOT)
        turn.say(
            "utter_terugbellen_genoteerd",
            team=team.name,
            wanneer=said(task.window, self.times.clock.now()),
            nummer=spoken_number(task.contact.phone),
            kenmerk=task.reference,
        )
        await self.closing.say(turn)

    async def _name(self, turn: Turn) -> str:
        """It is not asked; whoever calls hears it."""
        identity = None if turn["naam"] else await self.known.identity(turn)
        facts = await self.known.facts(identity, ["naam"]) if identity else {}
        return str(turn["naam"] or (facts["naam"].value if "naam" in facts else ""))


class CancelCallBack(ServiceAction):
    """Only what was asked in this very conversation, and as long as nobody is at it."""

    def __init__(self, tasks: Tasks) -> None:
        self.tasks = tasks

    def name(self) -> str:
        return "action_terugbellen_afzeggen"

    async def perform(self, turn: Turn) -> list[EventType] | None:
        await self.interrupt(turn)
        return None

    async def interrupt(self, turn: Turn) -> None:
        task = await asyncio.to_thread(self.tasks.by_reference, turn.choice or "")
        withdrawn = task is not None and task.outcome is Outcome.WITHDRAWN
        if task is None or task.conversation != turn.conversation or (task.outcome and not withdrawn):
            turn.say("utter_algemeen_oude_knop")
        elif withdrawn or await asyncio.to_thread(self.tasks.withdraw, task.id) is not None:
            turn.say("utter_terugbellen_afgezegd")
        else:
            turn.say("utter_terugbellen_is_bezig")


def call_back_fields(times: Times, tasks: Tasks, identities: Identities) -> list[Field]:
    subject = SubjectField(times, tasks, identities)
    return [subject, NumberField(), MomentField(times), Confirmation("terugbellen_bevestigd")]


def _said(turn: Turn) -> Iterator[tuple[str, str]]:
    """What the citizen meant and typed before, newest first; his present words are not among it."""
    for event in list(reversed(turn.tracker.events))[:LOOKED_BACK]:
        if event.get("event") != "user":
            continue
        intent = (event.get("parse_data") or {}).get("intent") or {}
        text = str(event.get("text") or "")
        if float(intent.get("confidence") or 0) >= SURE:
            yield str(intent.get("name") or ""), "" if text.startswith("/") else text
