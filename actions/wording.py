"""Puts lists together of which each line is a text of data/: what is known, and who looked at it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from actions.moments import say, say_day
from actions.spoken import listed
from citizens.processing import Entry
from citizens.register import Register
from clock import BRUSSELS, Clock
from texts import Texts

BY_ITSELF = "assistent"  # the actor of what nobody was waiting for


class FactLines:
    def __init__(self, texts: Texts, clock: Clock) -> None:
        self.texts = texts
        self.clock = clock

    def name(self, key: str) -> str:
        return self.texts.text(f"utter_gegeven_{key}")

    def line(self, key: str, value: str, source: str, seen_at: datetime) -> str:
        """- E-mailadres: lien@example.be (van een vorige aanvraag, vandaag)"""
        day = seen_at.astimezone(BRUSSELS).date()
        known = self.texts.text(f"utter_bron_{source}") or self.texts.text("utter_bron_stad")
        return self.texts.text(
            "utter_gegeven_regel",
            wat=self.name(key),
            waarde=value,
            bron=known,
            wanneer=say_day(day, self.clock.now()),
        )


class UseLines:
    """What was done with somebody's data, and why the city may. What the same person did in one go is one line."""

    def __init__(self, texts: Texts, register: Register, clock: Clock) -> None:
        self.texts = texts
        self.register = register
        self.clock = clock

    def lines(self, entries: Sequence[Entry]) -> list[str]:
        """In the order of the entries. What the assistant does by itself, again and again, is one line a day."""
        told = Counter((self._when(entry), self._what(entry)) for entry in entries)
        return [self._line(when, what, times) for (when, what), times in told.items()]

    def reasons(self, entries: Sequence[Entry]) -> list[str]:
        """For each activity of the register what it is for, and the ground of the law in plain words."""
        known = (self.register.find(key) for key in dict.fromkeys(entry.activity for entry in entries))
        return [
            self.texts.text(
                "utter_inzage_waarom",
                naam=activity.name,
                doel=activity.purpose,
                grond=self.texts.text(f"utter_inzage_grond_{activity.ground}"),
            )
            for activity in known
            if activity
        ]

    def _when(self, entry: Entry) -> str:
        now = self.clock.now()
        if entry.actor == BY_ITSELF:
            return say_day(entry.at.astimezone(BRUSSELS).date(), now)
        return say(entry.at, now)

    def _what(self, entry: Entry) -> tuple[str, ...]:
        role, _, _ = entry.actor.partition(":")
        return role, entry.action, entry.source, listed(entry.kinds)

    def _line(self, when: str, what: tuple[str, ...], times: int) -> str:
        """- vandaag om 10.05 uur: melding registreren in TOPdesk (naam en e-mailadres), door deze assistent"""
        actor, action, source, kinds = what
        role = self.texts.text(f"utter_inzage_door_{actor}") or self.texts.text("utter_inzage_door_medewerker")
        if actor == BY_ITSELF and times > 1:
            when = self.texts.text("utter_inzage_keer", dag=when, aantal=str(times))
        return self.texts.text("utter_inzage_regel", wanneer=when, wat=action, bron=source, soorten=kinds, wie=role)
