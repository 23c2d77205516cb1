"""The city that Balie works for: everything that `city.yml` tells about it.

A mistake in that file is found when it is read, and the error names the key.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import yaml

from city_attests import AttestWords, read_attests
from city_hours import WEEKDAYS, Calendar, DayHours, ExceptionalDay, Week, public_holiday
from city_node import CityError, Node
from clock import Clock
from yaml_file import read_yaml

WEB, PHONE = "web", "telefoon"
"""Channels that every city has: the chat window, and the telephone, which is not ours but has hours too."""


@dataclass(frozen=True)
class Address:
    street: str
    number: str
    postcode: str
    town: str


@dataclass(frozen=True)
class Location:
    code: str
    name: str
    in_sentence: str  # with its article
    synonyms: tuple[str, ...]
    address: Address
    phone: str
    week: Week


@dataclass(frozen=True)
class Product:
    """What an appointment can be made for."""

    code: str
    name: str
    synonyms: tuple[str, ...]
    minutes: int
    bring: tuple[str, ...]
    locations: tuple[str, ...]


@dataclass(frozen=True)
class ReportCategory:
    """What can be reported; `category` and `subcategory` are TOPdesk's names."""

    code: str
    name: str
    category: str
    subcategory: str
    synonyms: tuple[str, ...]


@dataclass(frozen=True)
class Team:
    """People at the desk: what they answer, when, and through which channels."""

    code: str
    name: str
    topics: tuple[str, ...]  # of data/<topic>/; the first team takes what no other does
    channels: tuple[str, ...]
    patience: int  # minutes of waiting before something else is offered
    sticky: tuple[str, ...]  # channels on which an answer goes back to the same agent
    week: Week
    weeks: Mapping[str, Week] = field(default_factory=dict)  # of channels with their own

    def on(self, channel: str) -> "Team":
        """The team as who writes through this channel finds it."""
        return replace(self, week=self.weeks.get(channel, self.week))


@dataclass(frozen=True)
class Calamity:
    """What everybody hears first as long as it lasts; `phone_only`: the desk takes no conversations."""

    id: str
    text: str
    phone_only: bool
    until: datetime


@dataclass(frozen=True)
class Street:
    name: str
    district: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Channel:
    """How citizens reach the city through a chat of others. Without a week of its own it is always open."""

    code: str
    address: str  # the number, or the name of the page
    week: Week | None


_Coded = TypeVar("_Coded", Location, Product, ReportCategory, Team)


@dataclass(frozen=True)
class City:
    name: str
    phone: str
    phone_international: str
    email: str
    website: str
    address: Address
    colours: Mapping[str, str]
    links: Mapping[str, str]
    locations: tuple[Location, ...]  # the first one is the main one
    exceptional_days: tuple[ExceptionalDay, ...]
    products: tuple[Product, ...]
    reports: tuple[ReportCategory, ...]
    attests: AttestWords
    teams: tuple[Team, ...]
    districts: tuple[str, ...]
    streets: tuple[Street, ...]
    channels: tuple[Channel, ...]
    scalars: Mapping[str, str]
    calamity: Calamity | None = None

    def values(self) -> dict[str, str]:
        """What texts may name: `{stad_telefoon}`, `{stad_links_afval}`, `{stad_adres_straat}`."""
        return {f"stad_{key}": value for key, value in self.scalars.items()}

    def location(self, code: str) -> Location:
        return _with_code(self.locations, code)

    def product(self, code: str) -> Product:
        return _with_code(self.products, code)

    def report(self, code: str) -> ReportCategory:
        return _with_code(self.reports, code)

    def team(self, code: str) -> Team:
        return _with_code(self.teams, code)

    @property
    def all_channels(self) -> list[str]:
        return [WEB, PHONE, *(channel.code for channel in self.channels)]

    def teams_on(self, channel: str) -> list[Team]:
        return [team for team in self.teams if channel in team.channels]

    def team_for(self, topic: str, channel: str) -> Team | None:
        """Who answers questions about this topic that come through this channel; None: nobody does."""
        here = self.teams_on(channel)
        return next((team for team in here if topic in team.topics), here[0] if here else None)

    def channel(self, code: str) -> Channel | None:
        return next((channel for channel in self.channels if channel.code == code), None)

    def channel_opening(self, code: str, now: datetime) -> datetime | None:
        """When a channel that is closed now opens again; None while it is open."""
        channel = self.channel(code)
        if channel is None or channel.week is None:
            return None
        place = replace(self.locations[0], code=f"kanaal {code}", week=channel.week)
        return None if self.is_open(now, place) else self.next_opening(now, place)

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.exceptional_days)

    def hours(self, location: Location | Team, day: date) -> DayHours:
        return self.calendar.hours(location, day)

    def is_open(self, now: datetime, location: Location | Team | None = None) -> bool:
        return self.calendar.closing(now, location or self.locations[0]) is not None

    def next_opening(self, now: datetime, location: Location | Team | None = None) -> datetime | None:
        """The first moment after `now` at which the doors open; None when that is more than two months away."""
        return self.calendar.next_opening(now, location or self.locations[0])


def _with_code(items: tuple[_Coded, ...], code: str) -> _Coded:
    """Raises KeyError when there is none."""
    return {item.code: item for item in items}[code]


def load_city(path: Path | str) -> City:
    """Raises CityError when something is missing, of the wrong kind or points nowhere."""
    public_holiday(Clock().now().date())  # who looks first reads a whole library: no citizen shall wait for that
    return read_city(read_raw(path), Path(path).name)


def read_raw(path: Path | str) -> Any:
    """What the file says, unchecked. Raises CityError when it cannot be read."""
    try:
        return read_yaml(Path(path))
    except (OSError, yaml.YAMLError) as error:
        raise CityError(f"{path} cannot be read: {error}") from error


def read_city(raw: Any, name: str) -> City:
    """Raises CityError; `name` is what its message calls the place."""
    city = _city(Node(raw, name))
    _check(city, name)
    return city


def _city(root: Node) -> City:
    return City(
        name=root["naam"].text(),
        phone=root["telefoon"].text(),
        phone_international=root["telefoon_internationaal"].text(),
        email=root["email"].text(),
        website=root["website"].text(),
        address=_address(root["adres"]),
        colours=root["kleuren"].mapping(),
        links=root["links"].mapping(),
        locations=root["locaties"].all(_location),
        exceptional_days=root["uitzonderingen"].all(_exceptional_day),
        products=root["producten"].all(_product),
        reports=root["meldingen"].all(_report),
        attests=read_attests(root["attesten"]),
        teams=root["teams"].all(_team),
        districts=root["wijken"].all(lambda node: node["naam"].text()),
        streets=root["straten"].all(_street),
        channels=root["kanalen"].all(_channel),
        scalars=dict(_flatten(root.value)),
        calamity=_calamity(root.get("calamiteit")),
    )


def _address(node: Node) -> Address:
    return Address(node["straat"].text(), node["nummer"].text(), node["postcode"].text(), node["gemeente"].text())


def _location(node: Node) -> Location:
    return Location(
        code=node["code"].text(),
        name=node["naam"].text(),
        in_sentence=node["in_een_zin"].text(),
        synonyms=node["synoniemen"].all(Node.text),
        address=_address(node["adres"]),
        phone=node["telefoon"].text(),
        week=_week(node["openingsuren"]),
    )


def _channel(node: Node) -> Channel:
    hours = node.get("openingsuren")
    return Channel(node["code"].text(), node["adres"].text(), _week(hours) if hours else None)


def _exceptional_day(node: Node) -> ExceptionalDay:
    location = node.get("locatie")
    where = location.text() if location else None
    return ExceptionalDay(node["datum"].day(), node["uren"].all(Node.period), node["reden"].text(), where)


def _product(node: Node) -> Product:
    return Product(
        code=node["code"].text(),
        name=node["naam"].text(),
        synonyms=node["synoniemen"].all(Node.text),
        minutes=node["minuten"].whole(),
        bring=node["meebrengen"].all(Node.text),
        locations=node["locaties"].all(Node.text),
    )


def _report(node: Node) -> ReportCategory:
    return ReportCategory(
        code=node["code"].text(),
        name=node["naam"].text(),
        category=node["categorie"].text(),
        subcategory=node["subcategorie"].text(),
        synonyms=node["synoniemen"].all(Node.text),
    )


def _team(node: Node) -> Team:
    return Team(
        code=node["code"].text(),
        name=node["naam"].text(),
        topics=node["onderwerpen"].all(Node.text),
        channels=node["kanalen"].all(Node.text),
        patience=node["geduld_minuten"].whole(),
        sticky=node["zelfde_medewerker"].all(Node.text),
        week=_week(node["openingsuren"]),
        weeks=_weeks(node.get("uren_per_kanaal")),
    )


def _weeks(node: Node | None) -> dict[str, Week]:
    return {channel: _week(node[channel]) for channel in node.value} if node else {}


def _calamity(node: Node | None) -> Calamity | None:
    if node is None:
        return None
    until = datetime.fromisoformat(node["tot"].text())
    return Calamity(node["id"].text(), node["tekst"].text(), bool(node["alleen_telefoon"].value), until)


def _week(node: Node) -> Week:
    return tuple(node[day].all(Node.period) for day in WEEKDAYS)


def _street(node: Node) -> Street:
    return Street(node["naam"].text(), node["wijk"].text(), node["lat"].number(), node["lon"].number())


def _flatten(node: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{key}_")
        elif not isinstance(value, list):
            yield f"{prefix}{key}", str(value)


def _check(city: City, file: str) -> None:
    """What no single key can tell: that names are unique and that references lead somewhere."""
    codes = [location.code for location in city.locations]
    teams = [team.code for team in city.teams]
    if not codes:
        raise CityError(f"{file}: locaties: should hold at least one location")
    for key, names in {
        "locaties, teams: code": [*codes, *teams],
        "producten: code": [product.code for product in city.products],
        "meldingen: code": [report.code for report in city.reports],
        "attesten.soorten: code": [kind.code for kind in city.attests.kinds],
        "straten: naam": [street.name for street in city.streets],
        "kanalen: code": [channel.code for channel in city.channels],
    }.items():
        _unique(f"{file}: {key}", names)
    for product in city.products:
        _known(f"{file}: producten: {product.code}.locaties", product.locations, codes)
    for kind in (kind for kind in city.attests.kinds if kind.link):
        _known(f"{file}: attesten.soorten: {kind.code}.link", [kind.link], city.links)
    for exception in city.exceptional_days:
        _known(f"{file}: uitzonderingen: {exception.day}.locatie", [exception.location or codes[0]], [*codes, *teams])
    for team in city.teams:
        _known(f"{file}: teams: {team.code}.kanalen", team.channels, city.all_channels)
        _known(f"{file}: teams: {team.code}.zelfde_medewerker", team.sticky, team.channels)
    for street in city.streets:
        _known(f"{file}: straten: {street.name}.wijk", [street.district], city.districts)


def _unique(key: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CityError(f"{key}: {', '.join(twice)} stands there twice")


def _known(key: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise CityError(f"{key}: {name!r} is unknown; known are {', '.join(known)}")
