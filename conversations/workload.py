"""Counts at which hours it is busy, and how much work agents have; of agents no more than a month tells.

`conversations.figures` calls it, in the transaction in which something happens, and always last: two
transactions change rows in the same order.
"""

from datetime import date, datetime

from sqlalchemy import Connection, update

from clock import BRUSSELS
from conversations.counting import add
from conversations.figure_tables import PERSON_SCORES, TRANSFERRED, agent_figures, rush

EVERYBODY = ""  # instead of a team: whoever came, whether a person was needed or not


def comes(db: Connection, team: str, now: datetime) -> None:
    """A contact begins (`EVERYBODY`), or asks for a person of this team."""
    here = now.astimezone(BRUSSELS)
    add(db, rush, {"month": _month(now), "weekday": here.weekday(), "hour": here.hour, "team": team}, ["times"])


def handled(db: Connection, agent: str, team: str, bucket: str, now: datetime) -> None:
    """A conversation of his is over. `bucket`: of HANDLINGS."""
    add(db, agent_figures, _key(agent, team, now), [bucket])


def transferred(db: Connection, agent: str, team: str, now: datetime) -> None:
    add(db, agent_figures, _key(agent, team, now), [TRANSFERRED])


def rated(db: Connection, agent: str, team: str, score: int, *, before: int | None, at: datetime) -> None:
    """`at`: when the talk was. A later rating takes the place of the one `before`, unless that month is forgotten."""
    key = _key(agent, team, at)
    if before is None:
        add(db, agent_figures, key, [PERSON_SCORES[score - 1]])
    elif before != score:
        less, more = (agent_figures.c[PERSON_SCORES[each - 1]] for each in (before, score))
        same = [agent_figures.c[name] == value for name, value in key.items()]
        db.execute(update(agent_figures).where(*same).values({less: less - 1, more: more + 1}))


def _key(agent: str, team: str, at: datetime) -> dict[str, object]:
    return {"month": _month(at), "agent": agent, "team": team}


def _month(moment: datetime) -> date:
    return moment.astimezone(BRUSSELS).date().replace(day=1)
