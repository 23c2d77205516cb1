"""Goes on with a request that was left half-finished.

A form keeps its answers after every turn (`HalfDone.keep`). When a session begins, or when
somebody logs in who left one elsewhere, he is offered to go on. The form then begins with
what was kept, in the slot `wissel`, as after any change of form.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from rasa_sdk.events import EventType, FollowupAction

from actions.base import ServiceAction, Turn
from actions.known import Known
from filings.drafts import Draft, Drafts

RESUME, ANEW = "aanvraag_hervatten", "aanvraag_laten_vallen"
OFFERS: Mapping[str, str] = {
    "melding_form": "utter_aanvraag_hervatten_melding",
    "afspraak_form": "utter_aanvraag_hervatten_afspraak",
    "attest_form": "utter_aanvraag_hervatten_attest",
}
"""What is said of each form that can be left and taken up again."""

log = structlog.get_logger()


class HalfDone:
    def __init__(self, drafts: Drafts, known: Known) -> None:
        self.drafts = drafts
        self.known = known

    async def keep(self, turn: Turn, form: str, answers: Mapping[str, object]) -> None:
        """That this fails, costs him only what he would have to say again."""
        if form not in OFFERS or not answers:
            return
        try:
            person = await self._person(turn)
            await asyncio.to_thread(self.drafts.keep, turn.conversation, form, answers, person)
        except Exception:
            log.exception("draft.not_kept", form=form)

    async def drop(self, turn: Turn, form: str) -> None:
        if form in OFFERS:
            await asyncio.to_thread(self.drafts.drop, turn.conversation, form)

    async def forget(self, turn: Turn) -> None:
        """All that he left, here and on other channels."""
        await asyncio.to_thread(self.drafts.drop_of, turn.conversation, await self._person(turn))

    async def decline(self, turn: Turn) -> None:
        """He does not go on with what was offered last: it is not offered again."""
        draft = await self.chosen(turn)
        if draft:
            await asyncio.to_thread(self.drafts.drop, draft.conversation, draft.form)

    async def offer(self, turn: Turn, *, elsewhere: bool = False) -> bool:
        """Says that he can go on with what he left here, or on another channel. False when there is nothing."""
        draft = await (self._elsewhere(turn) if elsewhere else self.left_here(turn))
        if draft is None:
            return False
        turn.say(OFFERS[draft.form], aanvraag=draft.id)
        return True

    async def left_here(self, turn: Turn, form: str | None = None) -> Draft | None:
        draft = await asyncio.to_thread(self.drafts.latest, turn.conversation, form)
        return draft if draft and not await self._is_of_another(turn, draft) else None

    async def chosen(self, turn: Turn) -> Draft | None:
        """What he tapped, if it is his; of who only says yes, what was offered last."""
        if turn.choice is None or turn.intent not in (RESUME, ANEW):
            return await self._elsewhere(turn) or await self.left_here(turn)
        draft = await asyncio.to_thread(self.drafts.get, turn.choice)
        if draft is None or await self._is_of_another(turn, draft):
            return None
        is_his = draft.person is not None and draft.person == await self._person(turn)
        return draft if is_his or draft.conversation == turn.conversation else None

    async def take(self, turn: Turn, draft: Draft) -> dict[str, Any]:
        """For the slot `wissel`. What told of somebody who is not logged in any more, does not come back."""
        if draft.conversation != turn.conversation:
            await asyncio.to_thread(self.drafts.drop, draft.conversation, draft.form)
        strange = draft.person is not None and draft.person != await self._person(turn)
        return {"form": draft.form, "slots": dict(draft.answers), "van_ander": strange}

    async def _is_of_another(self, turn: Turn, draft: Draft) -> bool:
        """Somebody else is logged in now than he who left it."""
        return draft.person is not None and await self._person(turn) not in (None, draft.person)

    async def _elsewhere(self, turn: Turn) -> Draft | None:
        person = await self._person(turn)
        return await asyncio.to_thread(self.drafts.elsewhere, person, turn.conversation) if person else None

    async def _person(self, turn: Turn) -> str | None:
        identity = await self.known.identity(turn)
        return identity.person if identity else None


class Resume(ServiceAction):
    """Where no form is open."""

    def __init__(self, half_done: HalfDone) -> None:
        self.half_done = half_done

    def name(self) -> str:
        return "action_aanvraag_hervatten"

    async def perform(self, turn: Turn) -> list[EventType]:
        draft = await self.half_done.chosen(turn)
        if draft is None:
            turn.say("utter_aanvraag_niet_bewaard")
            return []
        turn.set(wissel=await self.half_done.take(turn, draft))
        return [FollowupAction(draft.form)]


class BeginAnew(ServiceAction):
    """The same request, without what was kept of it."""

    def __init__(self, half_done: HalfDone) -> None:
        self.half_done = half_done

    def name(self) -> str:
        return "action_aanvraag_laten_vallen"

    async def perform(self, turn: Turn) -> list[EventType]:
        draft = await self.half_done.chosen(turn)
        if draft is None:
            turn.say("utter_aanvraag_niet_bewaard")
            return []
        await asyncio.to_thread(self.half_done.drafts.drop, draft.conversation, draft.form)
        return [FollowupAction(draft.form)]
