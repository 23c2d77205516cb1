"""Makes the desk's pages out of templates/; everything in them is escaped."""

from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sanic import HTTPResponse
from sanic.response import html

from city import City
from clock import BRUSSELS, Clock
from texts import Texts

FOLDER = Path(__file__).parent / "templates"


class Pages:
    def __init__(self, texts: Texts, clock: Clock) -> None:
        self._texts = texts
        self._clock = clock
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._templates.filters.update(tijd=_time, dag=_day, geleden=self._ago, over=self._left, team=self._team)

    @property
    def city(self) -> City:
        return self._texts.city

    def render(self, template: str, **values: Any) -> str:
        return self._templates.get_template(template).render(city=self.city, **values)

    def page(self, template: str, status: int = 200, **values: Any) -> HTTPResponse:
        return html(self.render(template, **values), status=status)

    def _ago(self, moment: datetime) -> str:
        """How long ago, as short as it can be: 40 s, 5 min, 3 u."""
        seconds = max(0, int((self._clock.utc() - moment).total_seconds()))
        if seconds < 60:
            return f"{seconds} s"
        return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} u"

    def _left(self, moment: datetime) -> int:
        """Seconds until then."""
        return max(0, int((moment - self._clock.utc()).total_seconds()))

    def _team(self, code: str) -> str:
        """Its name; the code of a team that the city no longer has."""
        return next((team.name for team in self.city.teams if team.code == code), code)


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(BRUSSELS):%H:%M}"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(BRUSSELS):%d/%m/%Y}"
