"""What the assistant knows of a request, as an agent reads it, and what of it he may fill in.

What he fills in is kept beside it and reaches the dialogue when he gives the conversation
back; the dialogue reads it as it would read the citizen's own words, and may refuse it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from city import City
from clock import BRUSSELS
from conversations.claims import ORDER
from conversations.handover_model import Handover
from conversations.model import JSON

Labels = Callable[[], Mapping[str, str]]
"""What a slot is called, of data/medewerker/velden.yml. What has no name there, no agent sees."""

GIVEN_BACK = "/gesprek_teruggegeven"
NEEDED: Mapping[str, tuple[str, ...]] = {
    "melding_form": ("melding_omschrijving", "melding_plaats"),
    "afspraak_form": ("afspraak_dienst", "afspraak_moment", "naam", "email"),
    "attest_form": (),
}
"""Without these the assistant need not be asked to file; whether all is there it says itself."""
LONGEST = 500
FORMS: Mapping[str, tuple[str, ...]] = {
    "melding_form": ("melding_omschrijving", "melding_categorie", "melding_plaats", "email", "naam"),
    "afspraak_form": ("afspraak_dienst", "afspraak_locatie", "afspraak_moment", "naam", "email", "telefoon"),
    "attest_form": (
        "attest_bestemming",
        "attest_partner",
        "attest_betrokkene",
        "attest_verwantschap",
        "attest_plaats",
    ),
}
"""What an agent may fill in, by form: what is `open_to_agents` in actions/."""


@dataclass(frozen=True)
class Answer:
    """`source`: a part of utter_bron_…; None when there is no answer yet."""

    slot: str
    label: str
    value: str
    source: str | None
    can_change: bool
    is_open: bool


@dataclass(frozen=True)
class Filing:
    """What came of the order to file. `state`: of filings/model.py, or runs, lacking, gone, broken.

    `lacks`: the question without an answer; `is_his`: the agent can give it. `useless`: what he filled in for nothing.
    """

    state: str
    number: str = ""
    code: str = ""
    lacks: str = ""
    is_his: bool = False
    useless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """`version` rises with every change, so that an old page is known. `form`: the open one, if agents may."""

    answers: list[Answer]
    version: int
    form: str = ""
    filing: Filing | None = None

    @property
    def needs(self) -> list[str]:
        """What has no answer yet and cannot be missed."""
        return [a.label for a in self.answers if a.slot in NEEDED.get(self.form, ()) and not a.value]

    @property
    def can_change(self) -> bool:
        return any(answer.can_change for answer in self.answers)


class Cards:
    def __init__(self, labels: Labels, city: Callable[[], City]) -> None:
        self.labels, self.city = labels, city

    def of(self, handover: Handover) -> Card:
        form = str(handover.card.get("form") or "")
        known = form if form in FORMS else ""
        answers, version = list(self._answers(handover.card)), int(handover.card.get("version") or 0)
        return Card(answers, version, known, self._filing(handover.card))

    def changes(self, handover: Handover, typed: Mapping[str, str]) -> dict[str, str]:
        """What is different from what stood there, of what he may change."""
        shown = {answer.slot: answer.value for answer in self._answers(handover.card) if answer.can_change}
        wanted = {slot: text.strip()[:LONGEST] for slot, text in typed.items() if slot in shown}
        return {slot: text for slot, text in wanted.items() if text and text != shown[slot]}

    def event(self, handover: Handover) -> str:
        """What the dialogue is told: each change with the name that it has for people."""
        changes = self._filled(handover)
        return f"{GIVEN_BACK}{_choice(changes)}" if changes else GIVEN_BACK

    def order(self, handover: Handover, agent: str) -> str:
        """To file the form that is open, with what was filled in."""
        told = {"form": handover.card.get("form"), "agent": agent, "answers": self._filled(handover)}
        return f"{ORDER}{_choice(told)}"

    def _filled(self, handover: Handover) -> dict[str, list[str]]:
        return {
            answer.slot: [answer.label, answer.value]
            for answer in self._answers(handover.card)
            if answer.source == "medewerker"
        }

    def _filing(self, card: Mapping[str, JSON]) -> Filing | None:
        told = card.get("filing")
        if not told:
            return None
        slot = told.get("slot")
        lacks = self.labels().get(str(slot), "") if slot else ""
        may = FORMS.get(str(card.get("form")), ())
        number, code = str(told.get("number") or ""), str(told.get("code") or "")
        return Filing(told["state"], number, code, lacks, slot is None or slot in may, tuple(told.get("useless") or ()))

    def _answers(self, card: Mapping[str, JSON]) -> Iterator[Answer]:
        """In the order of the form, then the rest that has a name."""
        labels, answers, filled = self.labels(), card.get("answers") or {}, card.get("filled") or {}
        may = FORMS.get(str(card.get("form")), ())
        asked = card.get("open")
        shown = [*may, *(slot for slot in answers if slot not in may)]
        if asked and asked not in shown:
            shown.append(asked)
        for slot in shown:
            if slot not in labels:
                continue
            value = filled.get(slot) or said(answers[slot], self.city()) if slot in answers else filled.get(slot, "")
            source = (card.get("sources") or {}).get(slot, "burger") if slot in answers else None
            own = "medewerker" if slot in filled else source
            yield Answer(slot, labels[slot], value, own, slot in may, slot == asked and slot not in filled)


def _choice(told: JSON) -> str:
    return json.dumps({"keuze": json.dumps(told)})


def read_labels(content: JSON) -> Mapping[str, str]:
    """Raises KeyError and AttributeError."""
    return {str(slot): str(name) for slot, name in content["velden"].items()}


def said(value: JSON, city: City) -> str:
    """The value of a slot in words."""
    match value:
        case bool():
            return "ja" if value else "nee"
        case {"tekst": text} | {"naam": text}:
            return str(text)
        case list():
            return str(len(value))
        case str():
            return _named(value, city) or _moment(value) or value
    return str(value)


def _named(code: str, city: City) -> str | None:
    """What a code of the city's own lists is called."""
    words = city.attests
    lists = (city.products, city.reports, words.kinds, words.reasons, words.languages, words.histories, words.forms)
    return next((one.name for found in lists for one in found if one.code == code), None)


def _moment(value: str) -> str | None:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return f"{at:%d/%m/%Y}" if at.tzinfo is None else f"{at.astimezone(BRUSSELS):%d/%m/%Y %H:%M}"
