"""Says when a location is open: now, on the day that was asked, or the whole week."""

from datetime import date, datetime, timedelta
from typing import Any

from actions.base import ServiceAction, Turn
from actions.moments import OFFICE, Found, Interval, Moment, read, say, say_day
from actions.named import named_in
from actions.spoken import clock_time, periods_said
from city import City, Location
from clock import Clock
from texts import Texts

CLOSED = "gesloten"


class TellHours(ServiceAction):
    def __init__(self, texts: Texts, clock: Clock) -> None:
        self.texts = texts
        self.clock = clock

    @property
    def city(self) -> City:
        return self.texts.city

    def name(self) -> str:
        return "action_openingsuren_zeggen"

    async def perform(self, turn: Turn) -> None:
        self.tell(turn)

    async def interrupt(self, turn: Turn) -> None:
        self.tell(turn)

    def tell(self, turn: Turn) -> None:
        now = self.clock.now()
        location = self.location_in(turn)
        asked = read(turn.text, now, hours=OFFICE)
        day = _day(asked)
        if day is not None:
            self.tell_day(turn, location, day, now)
        elif isinstance(asked, Interval) and asked.has_days:
            self.tell_week(turn, location, asked.first or now.date(), now)
        else:
            self.tell_now(turn, location, now)

    def location_in(self, turn: Turn) -> Location:
        """The one that was named or tapped, else the main one."""
        tapped = [location for location in self.city.locations if location.code == turn.choice]
        return (tapped or named_in(turn.text, self.city.locations) or self.city.locations)[0]

    def tell_day(self, turn: Turn, location: Location, day: date, now: datetime) -> None:
        hours = self.city.hours(location, day)
        said: dict[str, Any] = {"locatie": location.in_sentence, "dag": say_day(day, now)}
        if hours.periods and hours.reason:
            turn.say("utter_openingsuren_dag_anders", **said, uren=periods_said(hours.periods), reden=hours.reason)
        elif hours.periods:
            turn.say("utter_openingsuren_dag", **said, uren=periods_said(hours.periods))
        elif hours.reason:
            turn.say("utter_openingsuren_dag_gesloten_om", **said, reden=hours.reason)
        else:
            turn.say("utter_openingsuren_dag_gesloten", **said)

    def tell_now(self, turn: Turn, location: Location, now: datetime) -> None:
        if self.city.is_open(now, location):
            closes = next(p.closes for p in self.city.hours(location, now.date()).periods if p.closes > now.time())
            turn.say("utter_openingsuren_nu_open", locatie=location.in_sentence, sluit=clock_time(closes))
        elif opening := self.city.next_opening(now, location):
            turn.say("utter_openingsuren_nu_gesloten", locatie=location.in_sentence, opent=say(opening, now))
        self.tell_week(turn, location, now.date(), now)

    def tell_week(self, turn: Turn, location: Location, first: date, now: datetime) -> None:
        days = [first + timedelta(days=offset) for offset in range(7)]
        lines = [f"- {say_day(day, now)}: {self._line(location, day)}" for day in days]
        turn.say("utter_openingsuren_week", locatie=location.in_sentence, week="\n".join(lines))

    def _line(self, location: Location, day: date) -> str:
        hours = self.city.hours(location, day)
        said = periods_said(hours.periods) if hours.periods else CLOSED
        return f"{said} ({hours.reason})" if hours.reason else said


def _day(asked: Found | None) -> date | None:
    """The one day that was asked about."""
    if isinstance(asked, Moment):
        return asked.at.date()
    return asked.day if isinstance(asked, Interval) else None
