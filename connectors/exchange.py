"""What the telephone exchange reads from us: who can be reached now, why not, and whether it is busier than normal.

The exchange plays the announcements and gives the calls; we have the calendar, the calamity
and the desk. Of agents it learns how many there are and how many talk, and never who.
"""

from datetime import datetime, timedelta

from city import Team
from clock import Clock
from conversations.agents import Agent
from conversations.model import JSON
from conversations.queue import Queue, Waiting
from texts import Texts

MOST = 2000  # who wait, that are counted: on the day of a calamity it is many


class Exchange:
    def __init__(self, texts: Texts, queue: Queue, clock: Clock) -> None:
        self.texts, self.queue, self.clock = texts, queue, clock

    def state(self) -> dict[str, JSON]:
        city, now = self.texts.city, self.clock.now()
        waiting = self.queue.waiting([team.code for team in city.teams], MOST)
        present = self.queue.agents.present()
        calamity = city.calamity
        return {
            "now": _written(now),
            "calamity": calamity
            and {"text": calamity.text, "phone_only": calamity.phone_only, "until": _written(calamity.until)},
            "teams": [
                {
                    "code": team.code,
                    "name": team.name,
                    "channels": [self._channel(team, channel, now) for channel in team.channels],
                    **self._crowd(team, [each for each in waiting if each.team == team.code], now),
                    "agents": _counts([agent for agent in present if team.code in agent.teams]),
                }
                for team in city.teams
            ],
        }

    def _channel(self, team: Team, channel: str, now: datetime) -> dict[str, JSON]:
        """`reason`: why the day is not an ordinary one, in the words of the city."""
        calendar, place = self.texts.city.calendar, team.on(channel)
        closing = calendar.closing(now, place)
        return {
            "code": channel,
            "open": closing is not None,
            "closes_at": _written(closing),
            "opens_at": None if closing else _written(calendar.next_opening(now, place)),
            "reason": calendar.hours(place, now.date()).reason,
        }

    def _crowd(self, team: Team, waiting: list[Waiting], now: datetime) -> dict[str, JSON]:
        """Busier than normal: somebody waits longer than the team's patience, or the next one would."""
        longest = max((now - each.queued_at for each in waiting), default=timedelta())
        expected = self.queue.expected_wait(team.code, len(waiting) + 1) if waiting else timedelta()
        return {
            "waiting": len(waiting),
            "longest_wait_seconds": int(longest.total_seconds()),
            "expected_wait_seconds": None if expected is None else int(expected.total_seconds()),
            "busy": max(longest, expected or timedelta()) > timedelta(minutes=team.patience),
        }


def _counts(agents: list[Agent]) -> dict[str, JSON]:
    """Who has a conversation is busy for a call."""
    talking = sum(agent.load > 0 for agent in agents)
    return {"present": len(agents), "free": len(agents) - talking, "busy": talking}


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
