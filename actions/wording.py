"""Puts lists together of which each line is a text of data/: what is known, and who looked at it."""

from collections.abc import Sequence
from datetime import datetime

from actions.moments import say, say_day
from actions.spoken import listed
from citizens.processing import Entry
from clock import BRUSSELS, Clock
from texts import Texts


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
    """What was done with somebody's data. What the same person did in one go is one line."""

    def __init__(self, texts: Texts, clock: Clock) -> None:
        self.texts = texts
        self.clock = clock

    def lines(self, entries: Sequence[Entry]) -> list[str]:
        """In the order of the entries."""
        told: dict[str, None] = {self._line(entry): None for entry in entries}
        return list(told)

    def _line(self, entry: Entry) -> str:
        """- vandaag om 10.05 uur: melding registreren in TOPdesk (naam en e-mailadres), door deze assistent"""
        role = self.texts.text(f"utter_inzage_door_{entry.actor}") or self.texts.text("utter_inzage_door_medewerker")
        return self.texts.text(
            "utter_inzage_regel",
            wanneer=say(entry.at, self.clock.now()),
            wat=entry.action,
            bron=entry.source,
            soorten=listed(entry.kinds),
            wie=role,
        )
