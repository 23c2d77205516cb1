"""Files the open request on the order of an agent, for the citizen who told him what was needed.

The order comes as an event with what the agent filled in. What comes of it goes back to
his card as a message of type `filing`, which the front takes out (connectors/reception):
filed, or what it lacks, or why it was refused. Only what was filed is told to the citizen.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.base import ORDER, ServiceAction, Turn, told_in
from actions.hervatten import HalfDone
from actions.settling import FILED_BY
from conversations.model import JSON
from filings.model import Filing, FilingState

FILING = "filing"

Answers = Mapping[str, tuple[str, str]]
"""What an agent filled in, by slot: what it is called, and what he typed."""
REFUSED = (FilingState.REFUSED, FilingState.FAILED)


@dataclass(frozen=True)
class Order:
    form: str
    agent: str
    answers: Answers


def ordered(turn: Turn) -> Order | None:
    """The agent's order that this turn is about; None when it is the citizen's own turn."""
    if turn.intent != ORDER:
        return None
    told = told_in(turn.choice)
    return Order(str(told.get("form") or ""), str(told.get("agent") or ""), answers_in(told.get("answers")))


def filed_by(turn: Turn) -> dict[str, str]:
    """For the payload of a filing: which agent filed it; nothing when the citizen did."""
    order = ordered(turn)
    return {FILED_BY: order.agent} if order else {}


def tell_lacking(turn: Turn, slot: str | None, useless: list[str]) -> None:
    """`slot`: the first question without an answer. `useless`: what the agent filled in that cannot be read."""
    _tell(turn, state="lacking", slot=slot, useless=useless)


def tell_filed(turn: Turn, filing: Filing) -> bool:
    """Tells the agent what came of it, when it was his order. True: it was refused, which is his to tell."""
    if ordered(turn) is None:
        return False
    number = filing.external_reference or filing.reference
    _tell(turn, state=str(filing.state), number=number, code=filing.code)
    return filing.state in REFUSED


def kept_open(form: str, slots: Mapping[str, object]) -> list[EventType]:
    """After a refusal: the form begins anew with these answers, under a key of its own; no order runs twice."""
    return [SlotSet("wissel", {"form": form, "slots": dict(slots), "geweigerd": True}), FollowupAction(form)]


def answers_in(told: JSON) -> Answers:
    """Nothing when this is not readable."""
    try:
        return {str(slot): (str(name), str(typed)) for slot, (name, typed) in (told or {}).items()}
    except (ValueError, TypeError, AttributeError):
        return {}


class FileClosed(ServiceAction):
    """An order for a form that is not open any more.

    It was filed meanwhile: that is told again. It broke off, or was left: it goes on. Else nothing is there.
    """

    def __init__(self, forms: Mapping[str, tuple[str, ServiceAction]], half_done: HalfDone) -> None:
        """`forms`: for each, the slot of its yes and the action that files, and files nothing twice."""
        self.forms = forms
        self.half_done = half_done

    def name(self) -> str:
        return "action_aanvraag_indienen"

    async def perform(self, turn: Turn) -> list[EventType]:
        order = ordered(turn)
        form = order.form if order else ""
        confirmed, files = self.forms.get(form, ("", None))
        if files and turn[confirmed]:
            return await files.perform(turn) or []
        if files and (turn["wissel"] or {}).get("form") == form:
            return [FollowupAction(form)]
        if files and (draft := await self.half_done.left_here(turn, form)):
            turn.set(wissel=await self.half_done.take(turn, draft))
            return [FollowupAction(form)]
        _tell(turn, state="gone")
        return []


def _tell(turn: Turn, **outcome: object) -> None:
    turn.dispatcher.utter_message(json_message={"type": FILING, **outcome})
