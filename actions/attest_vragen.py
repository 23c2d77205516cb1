"""What is asked about an attest: which one, for whom, and what that kind of attest needs besides.

A question that does not belong to the kind is not asked, and neither is one that
follows from another answer.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from actions.base import ServiceAction, Turn
from actions.field import Field, Slots, pick
from actions.named import named_in
from actions.orders import Orders
from city_attests import AttestKind, AttestWords, Option
from clock import BRUSSELS, Clock

LONGEST = 200
MINE = "zelf"
CHILD = "kind"
_CHILD = re.compile(
    r"\b(?:mijn|m'n|mn|ons|onze|mijne|eu[nr]|men)\s+(?:\w+\s+)?(?:kind|kinderen|zoon|zoontje|dochter|dochtertje|kleine|baby)\b",
    re.IGNORECASE,
)
_MYSELF = re.compile(r"\b(?:mezelf|mijzelf|mij|mezelve|zelf|ikzelf|voor mij)\b", re.IGNORECASE)
_MONTHS = ("jan", "feb", "maa", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_DAY = re.compile(r"\b(\d{1,2})\s*[-/. ]\s*(\d{1,2}|[a-z]{3,9})\s*[-/. ]\s*(\d{4})\b", re.IGNORECASE)

Condition = Callable[[Turn], Awaitable[bool]]


class Questions:
    """Which questions the chosen kind of attest has."""

    def __init__(self, words: AttestWords) -> None:
        self.words = words

    def kind(self, turn: Turn) -> AttestKind | None:
        return self.words.kind(turn["attest_soort"]) if turn["attest_soort"] else None

    def asks(self, turn: Turn, *names: str) -> bool:
        kind = self.kind(turn)
        return kind is not None and any(name in kind.questions for name in names)


class KindField(Field):
    slot = "attest_soort"
    words = ("attest", "soort", "document")

    def __init__(self, words: AttestWords) -> None:
        self.kinds = words.kinds

    async def prefill(self, turn: Turn, text: str) -> Slots:
        """A button under an answer names the kind; so does a sentence that names exactly one."""
        if any(kind.code == turn.choice for kind in self.kinds):
            return {self.slot: turn.choice}
        named = named_in(text, self.kinds)
        return {self.slot: named[0].code} if len(named) == 1 else {}

    async def correct(self, turn: Turn, text: str) -> Slots:
        return {}  # another kind is another request

    async def read(self, turn: Turn) -> Slots | None:
        if found := await self.prefill(turn, turn.text):
            return found
        named = named_in(turn.text, self.kinds)
        return {self.slot: named[0].code} if named else None

    def reopen(self) -> Slots:
        """Another kind may go another way, and be of another form."""
        return dict.fromkeys((self.slot, "attest_voor_wie", "attest_vorm", "attest_levering"))


class ForWhomField(Field):
    """The citizen himself, or one of his own children as the register knows them."""

    slot = "attest_voor_wie"
    words = ("wie", "kind", "mezelf", "persoon")
    about_person = True

    def __init__(self, questions: Questions, orders: Orders, clock: Clock) -> None:
        self.questions = questions
        self.orders = orders
        self.clock = clock

    async def is_needed(self, turn: Turn) -> bool:
        kind = self.questions.kind(turn)
        return kind is not None and kind.for_child

    async def prefill(self, turn: Turn, text: str) -> Slots:
        return {"attest_kind": True} if _CHILD.search(text) else {}

    async def correct(self, turn: Turn, text: str) -> Slots:
        return {**await self.prefill(turn, text), self.slot: None} if _CHILD.search(text) else {}

    async def derive(self, turn: Turn) -> Slots:
        """Who has one child, and spoke of it, need not say which."""
        if not turn["attest_kind"]:
            return {}
        children = await self.children(turn)
        if not children:
            turn.say("utter_attest_geen_kind")
            return {self.slot: {"id": None, "naam": ""}, "attest_kind": None}
        return {self.slot: children[0]} if len(children) == 1 else {}

    async def read(self, turn: Turn) -> Slots | None:
        children = await self.children(turn)
        for child in children:
            first = child["naam"].split()[0].casefold()
            if turn.choice == child["id"] or first in turn.text.casefold().split():
                return {self.slot: child, "attest_kind": None}
        if turn.choice == CHILD or _CHILD.search(turn.text) or (turn.text and named_child(turn.text)):
            return {"attest_kind": True}
        if turn.choice == MINE or _MYSELF.search(turn.text):
            return {self.slot: {"id": None, "naam": ""}, "attest_kind": None}
        return None

    async def children(self, turn: Turn) -> list[dict[str, str]]:
        resident = await self.orders.resident(turn.conversation)
        today = self.clock.now().date()
        minors = [one for one in resident.family if one.relation == CHILD and _age(one.born, today) < 18]
        return [{"id": one.id, "naam": one.name} for one in minors]

    def clear(self) -> Slots:
        return {self.slot: None, "attest_kind": None}


class OptionField(Field):
    """One of a few answers, by button or in people's own words."""

    def __init__(self, slot: str, words: Sequence[str], options: Sequence[Option], needed: Condition) -> None:
        self.slot = slot
        self.words = tuple(words)
        self.options = options
        self.needed = needed

    async def is_needed(self, turn: Turn) -> bool:
        return await self.needed(turn)

    async def prefill(self, turn: Turn, text: str) -> Slots:
        named = named_in(text, self.options)
        return {self.slot: named[0].code} if len(named) == 1 else {}

    async def read(self, turn: Turn) -> Slots | None:
        if any(option.code == turn.choice for option in self.options):
            return {self.slot: turn.choice}
        named = named_in(turn.text, self.options)
        return {self.slot: named[0].code} if named else None


class Reason(OptionField):
    """Whatever is no reason on the list is another reason: people need not fit in."""

    async def read(self, turn: Turn) -> Slots | None:
        found = await super().read(turn)
        if found or turn.is_tapped or turn.is_question or not has_letters(turn.text):
            return found
        return {self.slot: "andere"} if turn.intent in ("nlu_fallback", "buiten_bereik", "overslaan") else None


class Language(OptionField):
    """Dutch, unless the attest is for abroad or somebody names another language."""

    async def derive(self, turn: Turn) -> Slots:
        return {} if turn["attest_reden"] == "buitenland" else {self.slot: "nl"}


class Parents(Field):
    """Whether the names of the parents must be in an extract; a copy of a deed always holds them."""

    slot = "attest_afstamming"
    words = ("ouders", "afstamming")

    def __init__(self, questions: Questions) -> None:
        self.questions = questions

    async def is_needed(self, turn: Turn) -> bool:
        return self.questions.asks(turn, "met_afstamming")

    async def derive(self, turn: Turn) -> Slots:
        return {self.slot: True} if turn["attest_vorm"] == "afschrift" else {}

    async def read(self, turn: Turn) -> Slots | None:
        if turn.intent in ("bevestigen", "ontkennen"):
            return {self.slot: turn.intent == "bevestigen"}
        return None


class Words(Field):
    """A few words of the citizen's own, such as a place."""

    free_text = True
    about_person = True
    open_to_agents = True

    def __init__(self, slot: str, words: Sequence[str], needed: Condition) -> None:
        self.slot = slot
        self.words = tuple(words)
        self.needed = needed

    async def is_needed(self, turn: Turn) -> bool:
        return await self.needed(turn)

    async def read(self, turn: Turn) -> Slots | None:
        return await self.fill_in(turn, turn.text) or None

    async def fill_in(self, turn: Turn, text: str) -> Slots:
        return {self.slot: text[:LONGEST]} if len(text) > 1 and has_letters(text) else {}


class PastDay(Field):
    """A day that is over, such as that of a wedding."""

    slot = "attest_datum"
    words = ("datum", "dag", "wanneer")

    def __init__(self, needed: Condition, clock: Clock) -> None:
        self.needed = needed
        self.clock = clock

    async def is_needed(self, turn: Turn) -> bool:
        return await self.needed(turn)

    async def correct(self, turn: Turn, text: str) -> Slots:
        day = read_day(text)
        return {self.slot: day.isoformat()} if day else {}

    async def read(self, turn: Turn) -> Slots | None:
        day = read_day(turn.text)
        if day is None:
            return None
        if day > self.clock.now().astimezone(BRUSSELS).date():
            turn.say("utter_attest_dag_in_de_toekomst")
            return {}
        return {self.slot: day.isoformat()}


class AskOption(ServiceAction):
    """A question with a button for each answer that the city knows."""

    def __init__(self, slot: str, response: str, options: Sequence[Option | AttestKind]) -> None:
        self.slot = slot
        self.response = response
        self.options = options

    def name(self) -> str:
        return f"action_ask_{self.slot}"

    async def perform(self, turn: Turn) -> None:
        buttons = [pick(option.name, option.code) for option in self.options]
        turn.say(self.response, buttons)


class AskForWhom(ServiceAction):
    def __init__(self, field: ForWhomField) -> None:
        self.field = field

    def name(self) -> str:
        return "action_ask_attest_voor_wie"

    async def perform(self, turn: Turn) -> None:
        if not turn["attest_kind"]:
            turn.say("utter_attest_voor_wie")
            return
        children = await self.field.children(turn)
        turn.say("utter_attest_welk_kind", [pick(child["naam"].split()[0], child["id"]) for child in children])


def has_letters(text: str) -> bool:
    return any(character.isalpha() for character in text)


def named_child(text: str) -> bool:
    return bool(re.search(r"\b(?:kind|zoon|dochter)\b", text, re.IGNORECASE))


def read_day(text: str) -> date | None:
    """15/6/2010 and 15 juni 2010; None when there is no such day."""
    found = _DAY.search(text)
    if found is None:
        return None
    day, month, year = found.groups()
    try:
        return date(int(year), _month(month), int(day))
    except ValueError:
        return None


def _month(text: str) -> int:
    """Raises ValueError."""
    if text.isdigit():
        return int(text)
    return 1 + _MONTHS.index(text.casefold()[:3].replace("mrt", "maa"))


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
