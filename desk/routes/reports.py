"""The reports of a supervisor: how it goes now, and how it went."""

import asyncio
import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import raw

from clock import BRUSSELS, Clock
from conversations.figure_tables import BEGUN, MEASURES, MISROUTED
from conversations.reporting import By, Reporting, Scope
from desk.charts import bars
from desk.door import Door
from desk.periods import EARLIEST, Period, Span, period
from desk.report_words import Words, number, written
from desk.reports import REPORTS, Table, table
from desk.routes.steps import Inside
from desk.sessions import Role, Session
from desk.staffing import Staffing, may_see_agents
from desk.suppression import suppress

BOM = "\ufeff"  # or a spreadsheet takes the letters for others
BY = {"kanaal": By.CHANNEL, "team": By.TEAM, "onderwerp": By.TOPIC}
OVER_TIME, BY_HOUR, BY_AGENT = "tijd", "uur", "medewerker"


@dataclass(frozen=True)
class Asked:
    """What the address asks for; what it does not say, or says wrong, is the present month over time."""

    period: Period
    by: str
    today: date

    @property
    def key(self) -> By:
        return BY.get(self.by, self.period.step)


class ReportRoutes(Inside):
    role = Role.SUPERVISOR

    def __init__(self, door: Door, reporting: Reporting, staffing: Staffing, clock: Clock) -> None:
        self.door, self.reporting, self.staffing, self.clock = door, reporting, staffing, clock

    def blueprint(self) -> Blueprint:
        routes = Blueprint("desk_reports", url_prefix="/desk/rapporten")
        routes.add_route(self.show, "/")
        routes.add_route(self.now, "/nu")
        routes.add_route(self.export, "/csv")
        return routes

    async def show(self, request: Request) -> HTTPResponse:
        session = await self._enter(request)
        asked, tables = await asyncio.to_thread(self._read, request, session)
        live = await asyncio.to_thread(self._live, session)
        charts = [bars(each.charted()) for each in tables]
        drawn = list(zip(tables, charts, strict=True))
        shown = {"asked": asked, "tables": drawn, "ways": self._ways(session), "words": self._words, **live}
        return self.door.pages.page("rapporten.html", session=session, number=number, written=written, **shown)

    async def now(self, request: Request) -> HTTPResponse:
        session = await self._enter(request)
        return self.door.pages.page("tegels.html", **await asyncio.to_thread(self._live, session))

    async def export(self, request: Request) -> HTTPResponse:
        session = await self._enter(request)
        asked, tables = await asyncio.to_thread(self._read, request, session)
        name = f"balie-{asked.period.span}-{asked.period.first}-{asked.by}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        text = BOM + _csv(self._words, asked, tables)
        return raw(text.encode(), headers=headers, content_type="text/csv; charset=utf-8")

    # --- inside --------------------------------------------------------------

    @property
    def _words(self) -> Words:
        return Words(self.door.pages.city)

    def _read(self, request: Request, session: Session) -> tuple[Asked, list[Table]]:
        asked = self._asked(request, self._ways(session))
        if asked.by in (BY_HOUR, BY_AGENT):
            read = self.staffing.hours if asked.by == BY_HOUR else self.staffing.agents
            return asked, read(session, asked.period.first, asked.period.last)
        first = None if asked.period.span is Span.ALL else asked.period.first
        sums = self.reporting.sums(self._scope(session), first, asked.period.last, asked.key)
        nothing = dict.fromkeys(MEASURES, 0)
        keys = sorted(sums) if asked.by in BY else asked.period.parts(asked.today)
        lines = [(self._words.label(asked.key, key), sums.get(key, nothing)) for key in keys]
        return asked, [table(report, lines) for report in REPORTS]

    def _ways(self, session: Session) -> dict[str, str]:
        """In which the figures can be told apart for him."""
        known: dict[str, str] = self._words["indelingen"]
        return {way: word for way, word in known.items() if way != BY_AGENT or may_see_agents(session)}

    def _asked(self, request: Request, ways: Collection[str]) -> Asked:
        today = self.clock.now().astimezone(BRUSSELS).date()
        wanted, by = request.args.get("periode"), request.args.get("langs") or OVER_TIME
        by = by if by in ways else OVER_TIME
        span = Span(wanted) if wanted in list(Span) else Span.MONTH
        if by in (BY_HOUR, BY_AGENT) and span in (Span.DAY, Span.WEEK):
            span = Span.MONTH  # what is known of them
        day = _day(request.args.get("dag") or "", today)
        begun = (self.reporting.begun() or today) if span is Span.ALL else today
        return Asked(period(span, day, today, begun), by, today)

    def _scope(self, session: Session) -> Scope:
        if session.role is Role.ADMINISTRATOR:
            return Scope(frozenset(), None)
        his = [team for team in self.door.pages.city.teams if team.code in session.agent.teams]
        return Scope(frozenset(team.code for team in his), frozenset(topic for team in his for topic in team.topics))

    def _live(self, session: Session) -> dict[str, Any]:
        teams = [team.code for team in self.door.pages.city.teams if session.sees(team.code)]
        today = self.clock.now().astimezone(BRUSSELS).date()
        sums = self.reporting.sums(self._scope(session), today, today, By.DAY).get(
            str(today), dict.fromkeys(MEASURES, 0)
        )
        begun, misrouted = (number(suppress([[sums[measure]]]).total) for measure in (BEGUN, MISROUTED))
        return {"live": self.reporting.live(teams), "begun": begun, "misrouted": misrouted}


def _day(written_day: str, today: date) -> date:
    try:
        day = date.fromisoformat(written_day)
    except ValueError:
        return today
    return day if EARLIEST <= day <= today else today


def _csv(words: Words, asked: Asked, tables: Sequence[Table]) -> str:
    """One line for each of the page, all tables beside each other, and what they come to together."""
    file = StringIO()
    lines = csv.writer(file, delimiter=";", lineterminator="\r\n")
    lines.writerow([words["eerste_kolom"][asked.by], *(head for each in tables for head in _heads(words, each))])
    for place in range(len(tables[0].lines)):
        values = [value for each in tables for value in _values(each, place)]
        lines.writerow([tables[0].lines[place].label, *values])
    lines.writerow([words["totaal"], *(value for each in tables for value in _values(each, None))])
    return file.getvalue()


def _heads(words: Words, of: Table) -> list[str]:
    title, heads = words["rapporten"][of.report.code]["titel"], words.heads(of.report.code)
    codes = [column.code for column in of.report.columns]
    named = [*(heads[code] for code in codes), words["totaal"], *(heads[figure.code] for figure in of.report.figures)]
    return [f"{title}: {name}" for name in named]


def _values(of: Table, place: int | None) -> list[str]:
    line = of.foot if place is None else of.lines[place]
    numbers = [number(n).replace("\u00a0", "") for n in (*line.cells, line.total)]
    figures = [written(figure, value) for figure, value in zip(of.report.figures, line.figures, strict=True)]
    return [*numbers, *(figure.replace("\u00a0", " ") for figure in figures)]
