"""When somebody may be called: a part of the coming opening hours of the team, read from what he says."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from actions.base import Turn
from actions.field import Field, Slots, pick
from actions.moments import OFFICE, Ambiguous, Found, Interval, Moment, read, without
from city import City, Team
from clock import BRUSSELS, Clock
from conversations.model import Choice
from filings.phones import without_phone
from filings.windows import Window, around, coming, cut, overlap, said_short
from texts import Texts

MOST = 3  # windows offered; three fit as buttons everywhere


class Times:
    """The team of a topic, and when it is there."""

    def __init__(self, texts: Texts, clock: Clock) -> None:
        self.texts, self.clock = texts, clock

    @property
    def city(self) -> City:
        return self.texts.city

    def team(self, topic: str | None, channel: str) -> Team:
        return self.city.team_for(topic or "", channel) or self.city.teams[0]

    def first(self, team: Team) -> list[Window]:
        return list(islice(coming(self.city, team, self.clock.now()), MOST))

    def wished(self, team: Team, text: str) -> list[Window] | None:
        """The windows that fit what a text says; None when it says nothing about time."""
        found = read(without_phone(text), self.clock.now(), hours=OFFICE)
        return None if found is None else self._fitting(list(coming(self.city, team, self.clock.now())), found)

    def without_moment(self, text: str) -> str:
        """What else it says: "over een uur" tells when, and not what about."""
        found = read(text, self.clock.now(), hours=OFFICE)
        return without(text, found) if found else text

    def still(self, team: Team, window: Window) -> Window:
        """The window, or the next one when it has gone by meanwhile."""
        return window if window.end > self.clock.now() else next(iter(self.first(team)), window)

    def chosen_again(self, topic: str | None, channel: str, chosen: dict[str, Any]) -> Slots:
        """What is left of the moment that was chosen when another team calls; else it is asked again."""
        window, team = window_of(chosen), self.team(topic, channel)
        windows = coming(self.city, team, self.clock.now())
        return _chosen([part for each in windows if (part := overlap(each, window))][:1])

    def _fitting(self, windows: list[Window], found: Found) -> list[Window]:
        match found:
            case Ambiguous():
                return sorted({one for each in found.candidates for one in self._fitting(windows, each)})[:MOST]
            case Moment():
                hour = None if found.past else around(windows, found.at)
                return [hour] if hour else []
            case Interval(soonest=True, has_days=False, has_times=False):
                return windows[:1]
            case Interval():
                days = [window for window in windows if found.has_day(window.day)]
                parts = (cut(window, found.earliest, found.latest) for window in days)
                return [] if found.past else [part for part in parts if part][:MOST]


class MomentField(Field):
    """A wish that fits one window is the moment; of several he chooses."""

    slot = "terugbellen_moment"
    words = ("wanneer", "moment", "dag", "uur", "tijdstip")

    def __init__(self, times: Times) -> None:
        self.times = times

    async def prefill(self, turn: Turn, text: str) -> Slots:
        wished = self.times.wished(self._team(turn), text)
        return {} if wished is None else _chosen(wished)

    async def read(self, turn: Turn) -> Slots | None:
        if turn.choice:
            return self._tapped(turn.choice)
        if turn.intent in ("overslaan", "ontkennen"):
            return None if turn.intent == "ontkennen" else _chosen(self.times.first(self._team(turn))[:1])
        return await self.prefill(turn, turn.text) or None

    def clear(self) -> Slots:
        return {self.slot: None, "terugbellen_wens": None}

    def _team(self, turn: Turn) -> Team:
        return self.times.team(turn["terugbellen_onderwerp"], turn.channel)

    def _tapped(self, choice: str) -> Slots | None:
        try:
            window = window_of(dict(zip(("van", "tot"), choice.split("/"), strict=True)))
        except ValueError:
            return None
        return _chosen([window] if window.end > self.times.clock.now() else [])


def offered(windows: Iterable[Window], now: datetime) -> list[Choice]:
    return [pick(said_short(window, now), "/".join(_stored(window).values())) for window in windows]


def window_of(stored: dict[str, Any]) -> Window:
    """Raises ValueError."""
    start, end = (datetime.fromisoformat(stored[key]).astimezone(BRUSSELS) for key in ("van", "tot"))
    return Window(start, end)


def _chosen(windows: list[Window]) -> Slots:
    """One is the moment; several are to choose from, none is told."""
    if len(windows) == 1:
        return {"terugbellen_moment": _stored(windows[0]), "terugbellen_wens": None}
    return {"terugbellen_moment": None, "terugbellen_wens": [_stored(window) for window in windows]}


def _stored(window: Window) -> dict[str, str]:
    return {"van": window.start.isoformat(timespec="minutes"), "tot": window.end.isoformat(timespec="minutes")}
