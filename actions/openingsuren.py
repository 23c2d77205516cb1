"""Says when a location is open: now, on the day that was asked, or the whole week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from actions.base import ServiceAction, Turn
from actions.moments import Interval, Moment, read, say_day, say_opening, say_time
from actions.named import named_in
from city import City, DayHours, Location, Period
from clock import Clock


@dataclass(frozen=True)
class NamedLocation:
    location: Location

    @property
    def code(self) -> str:
        return self.location.code

    @property
    def name(self) -> str:
        return self.location.name

    @property
    def synonyms(self) -> tuple[str, ...]:
        return (self.location.code, self.location.name.split()[-1])


class TellHours(ServiceAction):
    def __init__(self, city: City, clock: Clock) -> None:
        self.city = city
        self.clock = clock

    def name(self) -> str:
        return "action_openingsuren_zeggen"

    async def perform(self, turn: Turn) -> None:
        self.tell(turn)

    async def interrupt(self, turn: Turn) -> None:
        self.tell(turn)

    def tell(self, turn: Turn) -> None:
        now = self.clock.now()
        location = self.location_in(turn.text)
        asked = read(turn.text, now)
        day = _day(asked)
        if day is not None:
            self.tell_day(turn, location, day, now)
        elif isinstance(asked, Interval) and asked.has_days:
            self.tell_week(turn, location, asked.first or now.date())
        else:
            self.tell_now(turn, location, now)

    def location_in(self, text: str) -> Location:
        named = named_in(text, [NamedLocation(location) for location in self.city.locations])
        return named[0].location if named else self.city.locations[0]

    def tell_day(self, turn: Turn, location: Location, day: date, now: datetime) -> None:
        hours = self.city.hours(location, day)
        said = {"locatie": location.name, "dag": say_day(day, now)}
        if hours.periods:
            turn.say("utter_openingsuren_dag", **said, uren=_spoken(hours.periods))
        elif hours.reason:
            turn.say("utter_openingsuren_dag_gesloten_om", **said, reden=hours.reason)
        else:
            turn.say("utter_openingsuren_dag_gesloten", **said)

    def tell_now(self, turn: Turn, location: Location, now: datetime) -> None:
        if self.city.is_open(now, location):
            closes = next(p.closes for p in self.city.hours(location, now.date()).periods if p.closes > now.time())
            turn.say("utter_openingsuren_nu_open", locatie=location.name, sluit=say_time(closes))
        elif opening := self.city.next_opening(now, location):
            turn.say("utter_openingsuren_nu_gesloten", locatie=location.name, opent=say_opening(opening, now))
        self.tell_week(turn, location, now.date())

    def tell_week(self, turn: Turn, location: Location, first: date) -> None:
        days = [first + timedelta(days=offset) for offset in range(7)]
        lines = [_line(day, self.city.hours(location, day)) for day in days]
        turn.say("utter_openingsuren_week", locatie=location.name, week="\n".join(lines))
