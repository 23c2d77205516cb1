"""A form: the questions of one request, asked in any order a citizen likes.

Rasa runs the loop and asks; `ServiceForm` decides, after every message, what was
answered, what is still open and whether the citizen wants something else
altogether: to stop, to know why, to ask something in between, to talk to a person
or to start another request. Each question is a `Field`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.accounts import activity_of, what_for
from actions.base import ServiceAction, Turn
from actions.bekend import KnownFacts
from actions.field import Confirmation, Field
from actions.hervatten import ANEW, RESUME, HalfDone
from actions.known import Known
from actions.namens import Order, ordered, tell_lacking
from actions.teruggave import EVENT, fill_in, take_back
from actions.tussendoor import ASKS, BETWEEN, NEWS, STARTS, Interruption

SURE = 0.55
"""From here an intent counts beside a closed question."""
SURE_BESIDE_FREE_TEXT = 0.8
"""A free-text question takes nearly everything; only a plain wish to do something else counts."""
PERSON_AFTER = 3
"""Answers in a row that were not understood before a person is offered."""


class ServiceForm(ServiceAction):
    """Validates `form`, whose last field is the confirmation.

    Three questions of its own stand beside the fields: `wissel` (stop with this and
    start the other thing?), `wijziging` (what should be different?) and `bekend` (is
    what we know of you right?).
    """

    form: ClassVar[str]
    intent: ClassVar[str]
    stopped: ClassVar[str] = "utter_algemeen_gestopt"
    files: ClassVar[str] = ""
    """The action that files it; of a form of which an agent can fill in nothing: empty."""
    filing: ServiceAction
    """That action itself."""
    half_done: HalfDone
    """Keeps how far it came, for whoever leaves."""
    interruptions: Mapping[str, Interruption]
    """What the topics answer in between, by intent."""

    def __init__(self, fields: Sequence[Field], known: Known) -> None:
        self.fields = fields
        self.known = known
        self.known_facts = KnownFacts(fields, known)

    def name(self) -> str:
        return f"validate_{self.form}"

    async def perform(self, turn: Turn) -> list[EventType]:
        lapsed = await self.recognise(turn)
        order = None if (turn["wissel"] or {}).get("geweigerd") else ordered(turn)
        if turn["requested_slot"] is None:
            await self.start(turn)
        elif order is None:
            if lapsed and turn.intent not in ("aangemeld", "aanmelden_afgebroken"):  # they tell it themselves
                turn.say("utter_aanmelden_vervallen")
            if ending := await self.go_on(turn):
                await self.half_done.drop(turn, self.form)
                return ending
            await self.recognise(turn)  # he may have logged out just now
        if order and order.form == self.form:
            return await self.file_for(turn, order)
        # Rasa rejects a form turn that sets no slot but requested_slot.
        turn.set(pogingen=turn["pogingen"] or 0.0)
        question = await self.next_question(turn)
        await self.keep(turn, question)
        if question is None:
            await self.known.keep(turn, await self.given_facts(turn), self.form.removesuffix("_form"))
        return [SlotSet("requested_slot", question)]

    async def recognise(self, turn: Turn) -> bool:
        """Whoever was known here no longer is: what told of him is gone. False when nobody has to be forgotten."""
        if not await self.known.recognise(turn):
            return False
        for field in self.fields:
            if field.about_person:
                turn.set(**field.clear())
        return True

    async def next_question(self, turn: Turn) -> str | None:
        """The first thing that is neither known nor follows from what is; None: all is said."""
        for own in ("wissel", "wijziging", "bekend"):
            if turn[own]:
                return own
        for field in self.fields:
            if turn[field.slot] is None and await field.is_needed(turn):
                turn.set(**await field.derive(turn))
                if turn[field.slot] is None:
                    return "bekend" if field.fact and await self.known_facts.offer(turn) else field.slot
        return None

    async def keep(self, turn: Turn, question: str | None) -> None:
        """How far it came, until all is said."""
        if question is None:
            await self.half_done.drop(turn, self.form)
        else:
            await self.half_done.keep(turn, self.form, {s: v for s, v in self.answers(turn).items() if v is not None})

    def answers(self, turn: Turn) -> dict[str, object]:
        """A yes to a summary is no answer to keep: it is asked anew."""
        fields = [field for field in self.fields if not isinstance(field, Confirmation)]
        return {slot: turn[slot] for field in fields for slot in field.clear()}

    async def given_facts(self, turn: Turn) -> dict[str, str]:
        """What was filled in of what may be remembered."""
        needed = [field for field in self.fields if field.fact and turn[field.slot] and await field.is_needed(turn)]
        return {str(field.fact): turn[field.slot] for field in needed}

    # --- starting -----------------------------------------------------------

    async def start(self, turn: Turn) -> None:
        """Forgets an earlier request and takes from the first words what they already say."""
        handed_over = turn["wissel"] or {}
        text = handed_over.get("text") or turn.text
        turn.handed_over_choice = handed_over.get("choice")
        kept = handed_over.get("slots", {}) if handed_over.get("form") == self.form else {}
        if handed_over.get("van_ander"):
            personal = {slot for field in self.fields if field.about_person for slot in field.clear()}
            kept = {slot: value for slot, value in kept.items() if slot not in personal}
        self.forget(turn)
        turn.set(aanvraag_sleutel=turn.message_id, pogingen=0.0, **kept)
        for field in self.fields:
            if turn[field.slot] is None or field.slot in kept:
                turn.set(**await field.prefill(turn, text))
                turn.set(**(await field.absorb(turn) or {}))

    def forget(self, turn: Turn) -> None:
        for field in self.fields:
            if not field.shared:
                turn.set(**field.clear())
        turn.set(wissel=None, wijziging=None, samenvatting=None, bekend=None)

    # --- going on -----------------------------------------------------------

    async def go_on(self, turn: Turn) -> list[EventType]:
        """Takes one answer; events are returned only where the form ends early."""
        if turn["requested_slot"] == "wissel":
            if turn.intent == "bevestigen" and not turn.choice:  # with a choice it is the yes to a summary
                return self.switch(turn)
            turn.set(wissel=None)
            if turn.intent == "ontkennen":
                turn.say("utter_algemeen_we_gaan_verder")
                return []
        if turn.intent == RESUME and (draft := await self.half_done.chosen(turn)):
            self.forget(turn)
            turn.set(wissel=await self.half_done.take(turn, draft))
            return [SlotSet("requested_slot", None), FollowupAction(draft.form)]
        field = await self.open_field(turn)
        if field.slot == turn["requested_slot"] and field.is_refused(turn):
            return self.stop(turn, field.farewell)
        if turn.intent == "stoppen" and self.is_sure(turn, field):
            return self.stop(turn)
        if turn.intent in NEWS:
            await self.interrupt(turn, field)
        elif await self.understand(turn, field):
            turn.set(pogingen=0.0)
        else:
            self.not_understood(turn, field)
        return []

    async def open_field(self, turn: Turn) -> Field:
        """The field that was asked; where the form asked to switch or to change, the one that is open."""
        if turn["bekend"]:
            return self.known_facts
        for field in self.fields:
            if field.slot == turn["requested_slot"]:
                return field
        for field in self.fields:
            if turn[field.slot] is None and await field.is_needed(turn):
                return field
        return self.fields[-1]

    async def understand(self, turn: Turn, field: Field) -> bool:
        """Takes the message as an answer, a correction or something in between; closed questions first."""
        if turn.intent == "bevestigen" and turn.choice and not isinstance(field, Confirmation):
            return True  # the button of a summary that is open no more: what is open is asked again
        interrupts = self.is_sure(turn, field)
        if turn["wijziging"]:
            return await self.change(turn) or (interrupts and await self.interrupt(turn, field))
        a_day = turn.intent == "openingsuren_vragen" and " " not in turn.text  # "vrijdag?" is a shy answer
        asks = turn.is_question and turn.intent in ASKS and not a_day
        if interrupts and (field.free_text or asks) and await self.interrupt(turn, field):
            return True
        if await self.corrects(turn, field) or await self.take(turn, field) or await self.absorb(turn, field):
            return True
        return interrupts and await self.interrupt(turn, field)

    def is_sure(self, turn: Turn, field: Field) -> bool:
        return turn.is_tapped or turn.confidence >= (SURE_BESIDE_FREE_TEXT if field.free_text else SURE)

    async def take(self, turn: Turn, field: Field) -> bool:
        slots = await field.read(turn)
        turn.set(**(slots or {}))
        return slots is not None

    async def absorb(self, turn: Turn, asked: Field) -> bool:
        for field in self.fields:
            slots = await field.absorb(turn) if field is not asked else None
            if slots is not None:
                turn.set(**slots)
                return True
        return False

    # --- changing an answer -------------------------------------------------

    async def corrects(self, turn: Turn, field: Field) -> bool:
        """At the summary, "nee, het is nummer 14" is a new value and not just a no."""
        if field is self.known_facts or (isinstance(field, Confirmation) and field.no_stops):
            return False  # the one hears corrections itself, in the other nothing can be different
        at_summary = isinstance(field, Confirmation) and turn.intent in ("ontkennen", "nlu_fallback", self.intent)
        # beside an open question a guess is not enough: "ander@example.be" is an answer
        corrects = turn.intent == "corrigeren" and (isinstance(field, Confirmation) or turn.confidence >= SURE)
        if not corrects and not (at_summary and len(turn.text.split()) > 2):
            return False
        return await self.correct(turn) or (corrects and await self.ask_what_to_change(turn, field))

    async def correct(self, turn: Turn) -> bool:
        for field in self.fields:
            if turn[field.slot] is None:
                continue
            slots = await field.correct(turn, turn.text)
            if slots:
                turn.set(**slots, wijziging=None)
                turn.say("utter_algemeen_aangepast")
                return True
        return False

    async def ask_what_to_change(self, turn: Turn, field: Field) -> bool:
        if await self.take(turn, field):
            return True
        turn.set(wijziging=True)
        return True

    async def change(self, turn: Turn) -> bool:
        """The answer to "what should be different?": a field, by button or name, or the new value itself."""
        named = (turn.choice or "").removeprefix("veld:")
        words = re.findall(r"[\w'-]+", turn.text.lower())
        if turn.text and await self.correct(turn):
            return True
        for field in self.fields:
            if field.slot == named or any(word in words for word in field.words):
                turn.set(**field.reopen(), wijziging=None)
                return True
        if turn.intent in ("ontkennen", "overslaan", "bevestigen") and len(words) <= 3:
            turn.set(wijziging=None)
            return True
        return False

    # --- something in between -----------------------------------------------

    async def interrupt(self, turn: Turn, field: Field) -> bool:
        """Answers a question or remark in between; the form then asks its own question again."""
        intent = turn.intent
        if intent in ("waarom_vragen", "hulp_vragen"):
            turn.say(field.explain)
        elif intent == "faq" and turn.faq_response:
            turn.say(turn.faq_response)
        elif intent == EVENT:
            await take_back(turn, self.fields)
        elif intent in self.interruptions:
            with what_for(activity_of(intent)):
                await self.interruptions[intent](turn)
        elif intent in BETWEEN:
            turn.say(BETWEEN[intent])
        elif intent in STARTS and intent != self.intent:
            turn.set(wissel={"intent": intent, "text": turn.text, "choice": turn.choice})
        elif intent not in ("herhalen_vragen", RESUME, ANEW):
            return False
        return True

    def switch(self, turn: Turn) -> list[EventType]:
        """Ends this form and starts the other, which finds its first words in `wissel`."""
        wanted = turn["wissel"]
        self.forget(turn)
        if STARTS[wanted["intent"]].endswith("_form"):  # only a form takes it over
            turn.set(wissel=wanted)
        return [SlotSet("requested_slot", None), FollowupAction(STARTS[wanted["intent"]])]

    # --- filed by an agent --------------------------------------------------

    async def file_for(self, turn: Turn, order: Order) -> list[EventType]:
        """Files what an agent completed. What it lacks he hears; whatever is asked in this turn reaches nobody.

        Within this action: a form that is complete as soon as it starts was never open, and Rasa knows no rule for it.
        """
        _, useless = await fill_in(turn, self.fields, order.answers)
        slot = await self.lacking(turn)
        turn.set(pogingen=0.0, wissel=None, wijziging=None)
        if slot or useless:
            tell_lacking(turn, slot, [name for name, _ in useless])
            question = await self.next_question(turn)
            await self.keep(turn, question)
            return [SlotSet("requested_slot", question)]
        await self.half_done.drop(turn, self.form)
        turn.set(**{self.fields[-1].slot: True})
        events = await self.filing.perform(turn) or [FollowupAction("action_listen")]
        return [*events, SlotSet("requested_slot", None)]

    async def lacking(self, turn: Turn) -> str | None:
        """The first question without an answer that only somebody can give. The last one, the yes, is the agent's."""
        for field in self.fields[:-1]:
            if turn[field.slot] is None and await field.is_needed(turn):
                turn.set(**await field.derive(turn))
                if turn[field.slot] is None:
                    turn.set(**await field.unasked(turn))
                if turn[field.slot] is None:
                    return field.slot
        return None

    # --- ending -------------------------------------------------------------

    def stop(self, turn: Turn, farewell: str | None = None) -> list[EventType]:
        self.forget(turn)
        turn.say(farewell or self.stopped)
        return [SlotSet("requested_slot", None), FollowupAction("action_listen")]

    def give_up(self, turn: Turn) -> list[EventType]:
        """Ends the form, for it cannot go on; when it is started again it still knows the answers."""
        turn.set(wissel={"form": self.form, "slots": self.answers(turn)}, wijziging=None, bekend=None)
        return [SlotSet("requested_slot", None), FollowupAction("action_listen")]

    def not_understood(self, turn: Turn, field: Field) -> None:
        attempts = (turn["pogingen"] or 0.0) + 1
        turn.set(pogingen=attempts)
        turn.say(field.explain if attempts < PERSON_AFTER else "utter_algemeen_hulp_nodig")
