"""The card of a request while an agent has it: what he fills in on it, and his order to the bot to file it.

An order is an event that the bot carries out while the agent keeps the conversation. What
came of it is written on the card in the transaction that tells the citizen, so the two
never say different things.
"""

import json
from collections.abc import Mapping

from sqlalchemy import Connection, Engine, select, text, update

from clock import Clock
from conversations import rows
from conversations.bell import Bell
from conversations.database import writing
from conversations.entries import append, locked
from conversations.handover_tables import handovers
from conversations.model import JSON, Holder, Message
from conversations.ownership import transition
from vault import Vault

RUNS = "runs"  # an order that the bot did not carry out yet
FILED = ("open", "uncertain", "done")  # states of a filing, and so of an order, after which nothing is filled in
ORDERED = "ordered"
OUR_OWN = ("requested_slot", "aanvraag_sleutel", "wissel", "wijziging", "pogingen", "session_started_metadata")
"""Slots of the dialogue itself, which tell an agent nothing."""


def card_of(form: str | None, slots: Mapping[str, JSON]) -> dict[str, JSON]:
    """What an agent should see of what the bot knows: the form, its open question, and the answers so far."""
    answers = {name: value for name, value in slots.items() if value is not None and name not in OUR_OWN}
    return {"form": form, "open": slots.get("requested_slot"), "answers": answers}


class HandoverCards:
    def __init__(self, engine: Engine, clock: Clock, bell: Bell, vault: Vault) -> None:
        self.engine, self.clock, self.bell, self.vault = engine, clock, bell, vault

    def fill_in(self, conversation: str, agent: str, answers: Mapping[str, str], *, version: int) -> bool:
        """Keep what the agent filled in on the card. False when it is not his, or changed since he saw `version`."""
        with writing(self.engine) as db:
            locked(db, conversation)
            found = self._own_card(db, conversation, agent, version)
            if found is None:
                return False
            handover, card = found
            filled = {**(card.get("filled") or {}), **answers}
            self._keep_card(db, handover, {**card, "filled": filled, "version": version + 1})
        return self._rung(conversation)

    def order(self, conversation: str, agent: str, event: str, *, version: int) -> bool:
        """Have the bot file what is on the card, by `event`, while the agent keeps the conversation.

        False when it is not his, when the card changed since he saw `version`, or while an order still runs.
        """
        with writing(self.engine) as db:
            epoch, now = locked(db, conversation).epoch, self.clock.utc()
            found = self._own_card(db, conversation, agent, version)
            if found is None or (found[1].get("filing") or {}).get("state") == RUNS:
                return False
            handover, card = found
            his, moves = {Holder.AGENT, Holder.WAITING}, {"reason": ORDERED, "agent": agent}
            if not transition(
                db, conversation, Holder.AGENT, allowed=his, epoch=epoch, now=now, interrupts=False, **moves
            ):
                return False
            self._keep_card(db, handover, {**card, "filing": {"state": RUNS}, "version": version + 1}, deadline=None)
            append(db, conversation, [rows.event(event, f"order:{handover}:{version}", None)], now)
        return self._rung(conversation)

    def carried_out(self, db: Connection, event: Message, outcome: Mapping[str, JSON]) -> None:
        """What came of an order, for the card of whoever gave it; in the transaction that tells the citizen."""
        handover = str(event.external_id).split(":")[1]
        row = db.execute(select(handovers.c.card).where(handovers.c.id == handover).with_for_update()).one_or_none()
        if row is None:
            return
        card = json.loads(self.vault.open(row.card))
        if outcome["state"] in FILED:
            card = _final(card)
        version = (card.get("version") or 0) + 1
        self._keep_card(db, handover, {**card, "filing": dict(outcome), "version": version})

    def _own_card(
        self, db: Connection, conversation: str, agent: str, version: int
    ) -> tuple[str, dict[str, JSON]] | None:
        """The open request and its card, when it is his and still as he saw it."""
        open_one = select(handovers).where(handovers.c.conversation == conversation, text("ended_at IS NULL"))
        current = db.execute(open_one).one_or_none()
        if current is None or current.agent != agent or current.queued_at is not None:
            return None
        card = json.loads(self.vault.open(current.card))
        return (current.id, card) if (card.get("version") or 0) == version else None

    def _keep_card(self, db: Connection, handover: str, card: Mapping[str, JSON], **values: object) -> None:
        sealed = self.vault.seal(json.dumps(dict(card)))
        db.execute(update(handovers).where(handovers.c.id == handover).values(card=sealed, **values))

    def _rung(self, conversation: str) -> bool:
        self.bell.changes_hands(conversation)
        return True


def _final(card: Mapping[str, JSON]) -> dict[str, JSON]:
    """What was filed is changed no more: what the agent filled in stands among the answers."""
    filled = card.get("filled") or {}
    sources = {**(card.get("sources") or {}), **dict.fromkeys(filled, "medewerker")}
    return {**card, "form": None, "answers": {**card["answers"], **filled}, "sources": sources, "filled": {}}
