from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from city import City, Location, load_city
from city_hours import WEEKDAYS, public_holiday
from city_node import CityError
from clock import BRUSSELS
from settings import ROOT
from yaml_file import read_yaml

LEIESTAD = ROOT / "city.yml"


@pytest.fixture(scope="module")
def leiestad() -> City:
    return load_city(LEIESTAD)


@pytest.fixture
def stadhuis(leiestad: City) -> Location:
    return leiestad.location("stadhuis")


def brussels(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=BRUSSELS)  # type: ignore[arg-type,misc]  # year, month, day, hour, minute


def periods(city: City, location: Location, day: date) -> list[str]:
    return [f"{p.opens:%H:%M}-{p.closes:%H:%M}" for p in city.hours(location, day).periods]


def test_texts_can_name_what_stands_in_the_file(leiestad: City) -> None:
    values = leiestad.values()

    assert values["stad_naam"] == "Leiestad"
    assert values["stad_telefoon"] == "1777"
    assert values["stad_adres_straat"] == "Grote Markt"
    assert values["stad_links_afval"].startswith("https://")


def test_lists_are_not_among_the_values(leiestad: City) -> None:
    assert not [key for key in leiestad.values() if key.startswith(("stad_straten", "stad_producten", "stad_locaties"))]


def test_things_are_found_by_their_code(leiestad: City) -> None:
    assert leiestad.product("RIJBEWIJS").name == "Rijbewijs"
    assert leiestad.report("voetpad").category == "Openbaar domein"
    with pytest.raises(KeyError):
        leiestad.product("VISVERGUNNING")


def test_no_synonym_leads_to_two_things_of_a_kind(leiestad: City) -> None:
    for things in (leiestad.products, leiestad.reports, leiestad.locations):
        synonyms = [synonym for thing in things for synonym in thing.synonyms]

        assert sorted(synonyms) == sorted(set(synonyms))
        assert [s for s in synonyms if s != s.lower()] == []


def test_the_town_is_small_enough_to_be_one_town(leiestad: City) -> None:
    assert len(leiestad.streets) >= 80
    for street in leiestad.streets:
        assert 50.84 < street.latitude < 50.90
        assert 3.24 < street.longitude < 3.36


def test_an_ordinary_day_has_the_hours_of_its_weekday(leiestad: City, stadhuis: Location) -> None:
    assert periods(leiestad, stadhuis, date(2026, 11, 24)) == ["09:00-12:00", "13:30-19:00"]
    assert leiestad.hours(stadhuis, date(2026, 11, 24)).reason is None


def test_on_a_public_holiday_everything_is_closed_and_the_reason_has_a_dutch_name(leiestad: City) -> None:
    for location in leiestad.locations:
        hours = leiestad.hours(location, date(2026, 12, 25))

        assert (hours.periods, hours.reason) == ((), "Kerstmis")


def test_a_sunday_is_closed_without_a_reason(leiestad: City, stadhuis: Location) -> None:
    hours = leiestad.hours(stadhuis, date(2026, 11, 22))

    assert (hours.periods, hours.reason) == ((), None)


def test_an_exceptional_day_has_its_own_hours(leiestad: City, stadhuis: Location) -> None:
    assert periods(leiestad, stadhuis, date(2026, 12, 24)) == ["09:00-12:00"]
    assert leiestad.hours(stadhuis, date(2026, 12, 24)).reason == "kerstavond"


def test_an_exceptional_day_of_one_location_leaves_the_others_alone(leiestad: City, stadhuis: Location) -> None:
    day = date(2027, 5, 8)

    assert periods(leiestad, leiestad.location("recyclagepark"), day) == ["09:00-12:30"]
    assert periods(leiestad, stadhuis, day) == ["09:00-12:00"]


def test_an_exceptional_day_can_open_a_public_holiday(tmp_path: Path) -> None:
    raw = raw_leiestad()
    raw["uitzonderingen"] = [{"datum": date(2026, 12, 25), "uren": ["10:00-11:00"], "reden": "kerstmarkt"}]
    city = load_city(written(tmp_path, raw))

    assert periods(city, city.locations[0], date(2026, 12, 25)) == ["10:00-11:00"]


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (brussels(2026, 11, 23, 8, 59), False),
        (brussels(2026, 11, 23, 9, 0), True),
        (brussels(2026, 11, 23, 11, 59), True),
        (brussels(2026, 11, 23, 12, 0), False),
        (brussels(2026, 11, 24, 18, 30), True),
        (brussels(2026, 11, 22, 10, 0), False),
        (datetime.fromisoformat("2026-07-23T07:30:00+00:00"), True),  # 09:30 in Brussels, in summer
    ],
)
def test_the_doors_are_open_from_the_first_minute_to_the_last(leiestad: City, moment: datetime, is_open: bool) -> None:
    assert leiestad.is_open(moment) is is_open


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        (brussels(2026, 11, 23, 7, 0), brussels(2026, 11, 23, 9, 0)),
        (brussels(2026, 11, 23, 12, 15), brussels(2026, 11, 23, 13, 30)),
        (brussels(2026, 11, 23, 9, 0), brussels(2026, 11, 23, 13, 30)),
        (brussels(2026, 11, 21, 13, 0), brussels(2026, 11, 23, 9, 0)),
        (brussels(2026, 12, 24, 13, 0), brussels(2026, 12, 28, 9, 0)),  # past Christmas and the weekend
        (brussels(2026, 12, 31, 12, 0), brussels(2027, 1, 4, 9, 0)),  # into another year
    ],
)
def test_the_next_opening_skips_the_closed_days(leiestad: City, now: datetime, opening: datetime) -> None:
    assert leiestad.next_opening(now) == opening


def test_another_location_has_its_own_next_opening(leiestad: City) -> None:
    park = leiestad.location("recyclagepark")

    assert leiestad.next_opening(brussels(2026, 11, 23, 8, 0), park) == brussels(2026, 11, 24, 9, 0)


def test_a_location_that_never_opens_has_no_next_opening(tmp_path: Path) -> None:
    raw = raw_leiestad()
    raw["locaties"][0]["openingsuren"] = {day: [] for day in WEEKDAYS}
    raw["uitzonderingen"] = []
    city = load_city(written(tmp_path, raw))

    assert city.next_opening(brussels(2026, 11, 23, 8, 0)) is None


def test_public_holidays_have_their_dutch_names() -> None:
    assert public_holiday(date(2027, 3, 29)) == "Paasmaandag"
    assert public_holiday(date(2026, 7, 21)) == "Nationale feestdag"
    assert public_holiday(date(2026, 7, 11)) is None


def raw_leiestad() -> dict[str, Any]:
    raw: dict[str, Any] = read_yaml(LEIESTAD)
    return raw


def written(folder: Path, raw: object) -> Path:
    path = folder / "city.yml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("break_it", "complaint"),
    [
        (lambda raw: raw.pop("telefoon"), "city.yml: 'telefoon' is missing"),
        (lambda raw: raw["adres"].pop("postcode"), "city.yml: adres: 'postcode' is missing"),
        (lambda raw: raw.update(telefoon=1777), "city.yml: telefoon: 1777 is not a text (put it between quotes)"),
        (lambda raw: raw.update(producten="geen"), "city.yml: producten: should be a list"),
        (lambda raw: raw.update(locaties=[]), "city.yml: locaties: should hold at least one location"),
        (
            lambda raw: raw["locaties"][0]["openingsuren"].update(maandag=["9u-12u"]),
            "city.yml: locaties[0].openingsuren.maandag[0]: '9u-12u' is not a period such as 09:00-12:00",
        ),
        (
            lambda raw: raw["locaties"][0]["openingsuren"].update(maandag=["25:00-26:00"]),
            "city.yml: locaties[0].openingsuren.maandag[0]: '25:00-26:00' is not a period such as 09:00-12:00",
        ),
        (
            lambda raw: raw["locaties"][1]["openingsuren"].pop("zondag"),
            "city.yml: locaties[1].openingsuren: 'zondag' is missing",
        ),
        (
            lambda raw: raw["uitzonderingen"][0].update(datum="kerst"),
            "city.yml: uitzonderingen[0].datum: 'kerst' is not a date such as 2026-12-24",
        ),
        (
            lambda raw: raw["producten"][0].update(minuten="tien"),
            "city.yml: producten[0].minuten: 'tien' is not a whole number",
        ),
        (
            lambda raw: raw["producten"][0].update(locaties=["kasteel"]),
            "city.yml: producten: IDENTITEITSKAART.locaties: 'kasteel' is unknown; "
            "known are stadhuis, beverkerke, recyclagepark",
        ),
        (
            lambda raw: raw["meldingen"][1].update(code="voetpad"),
            "city.yml: meldingen: code: voetpad stands there twice",
        ),
        (
            lambda raw: raw["straten"][0].update(wijk="Overal"),
            "city.yml: straten: Grote Markt.wijk: 'Overal' is unknown; known are Centrum, ",
        ),
        (
            lambda raw: raw["teams"][0].update(kanalen=["web", "fax"]),
            "city.yml: teams: onthaal.kanalen: 'fax' is unknown; known are web, telefoon, whatsapp, messenger",
        ),
        (
            lambda raw: raw["teams"][0].update(kanalen=["telefoon"]),
            "city.yml: teams: onthaal.zelfde_medewerker: 'web' is unknown; known are telefoon",
        ),
        (lambda raw: raw["straten"][0].update(lat="noord"), "city.yml: straten[0].lat: 'noord' is not a number"),
    ],
)
def test_a_mistake_is_named_by_its_key(tmp_path: Path, break_it: Any, complaint: str) -> None:
    raw = raw_leiestad()
    break_it(raw)

    with pytest.raises(CityError) as error:
        load_city(written(tmp_path, raw))

    assert str(error.value).startswith(complaint)


def test_a_file_that_is_no_yaml_or_not_there_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "city.yml"
    broken.write_text("naam: [Leiestad", encoding="utf-8")

    with pytest.raises(CityError, match=r"city\.yml cannot be read"):
        load_city(broken)
    with pytest.raises(CityError, match=r"nergens\.yml cannot be read"):
        load_city(tmp_path / "nergens.yml")


# --- teams ------------------------------------------------------------------------------------------------------------


@pytest.mark.req("CA-06", "WA-06", "TA-10")
def test_a_team_has_its_own_hours_and_the_holidays_of_all(leiestad: City) -> None:
    desk = leiestad.team("burgerzaken")

    assert leiestad.is_open(brussels(2026, 11, 24, 18, 30), desk)
    assert not leiestad.is_open(brussels(2026, 11, 24, 12, 30), desk)
    assert not leiestad.is_open(brussels(2026, 12, 25, 10, 0), desk)
    assert leiestad.next_opening(brussels(2026, 12, 24, 13, 0), desk) == brussels(2026, 12, 28, 9, 0)


@pytest.mark.req("G-07")
def test_on_a_channel_that_its_team_does_not_serve_a_topic_goes_to_who_does(tmp_path: Path) -> None:
    raw = raw_leiestad()
    raw["teams"][1].update(kanalen=["telefoon"], zelfde_medewerker=[])
    city = load_city(written(tmp_path, raw))

    assert [team.code for team in city.teams_on("whatsapp")] == ["onthaal"]
    assert city.team_for("attest", "whatsapp") == city.team("onthaal")
    assert city.team_for("attest", "telefoon") == city.team("burgerzaken")


@pytest.mark.req("G-01", "G-05")
def test_two_desks_have_their_own_topics_channels_hours_and_patience(leiestad: City) -> None:
    information, registry = leiestad.teams
    noon = brussels(2026, 11, 24, 13, 15)

    assert not set(information.topics) & set(registry.topics)
    assert (leiestad.is_open(noon, information), leiestad.is_open(noon, registry)) == (True, False)


def test_a_topic_has_its_team_and_what_is_nobodys_goes_to_the_first(leiestad: City) -> None:
    assert leiestad.team_for("attest", "web") == leiestad.team("burgerzaken")
    assert leiestad.team_for("iets vreemds", "web") == leiestad.teams[0]
    assert leiestad.team_for("attest", "brief") is None
