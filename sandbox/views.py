"""Templates of the sandbox's own pages, and what they show of a day's agenda."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from sandbox.clock import BRUSSELS
from sandbox.jcc.agenda import Block
from sandbox.jcc.bookings import Appointment
from sandbox.jcc.catalogue import Place
from sandbox.letters import dutch_day, dutch_time
from sandbox.world import World


@dataclass(frozen=True)
class Segment:
    """A stretch of a counter's day: somebody's appointment, an unknown person's, or nothing."""

    start: datetime
    end: datetime
    appointment: Appointment | None
    is_free: bool


def segments(world: World, place: Place, day: date) -> list[list[Segment]]:
    known = world.bookings.on(place, day)
    return [
        list(_segments(world, place, day, blocks, known))
        for blocks in world.bookings.agenda.counters(place.location, day)
    ]


def _segments(
    world: World, place: Place, day: date, blocks: list[Block], known: dict[str, Appointment]
) -> Iterator[Segment]:
    for opens, closes in world.city.periods(place.location, day):
        at, until = datetime.combine(day, opens, BRUSSELS), datetime.combine(day, closes, BRUSSELS)
        for block in (b for b in blocks if b.overlaps(at, until)):
            if at < block.start:
                yield Segment(at, block.start, None, True)
            yield Segment(block.start, block.end, known.get(block.key or ""), False)
            at = block.end
        if at < until:
            yield Segment(at, until, None, True)


def merged(column: list[Segment]) -> list[Segment]:
    """Neighbours that look the same are drawn as one."""
    result: list[Segment] = []
    for segment in column:
        last = result[-1] if result else None
        same = last and last.end == segment.start and last.is_free is segment.is_free
        if last and same and not last.appointment and not segment.appointment:
            result[-1] = Segment(last.start, segment.end, None, segment.is_free)
        else:
            result.append(segment)
    return result


def short_time(moment: datetime) -> str:
    local = moment.astimezone(BRUSSELS)
    return f"{local.hour}.{local:%M}"


def short_day(moment: datetime | date) -> str:
    day = moment.astimezone(BRUSSELS).date() if isinstance(moment, datetime) else moment
    return format_date(day, "EEE d MMM", locale="nl_BE")


def full_day(day: date) -> str:
    return format_date(day, "EEEE d MMMM y", locale="nl_BE")


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters.update(dag=dutch_day, uur=dutch_time, kort=short_time, kortedag=short_day, heledag=full_day)


def render(template: str, world: World, **values: Any) -> str:
    return _templates.get_template(template).render(city=world.city, world=world, **values)
