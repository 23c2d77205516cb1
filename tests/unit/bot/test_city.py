import pytest

from bot import city

CITY = city.flatten({"naam": "Leiestad", "adres": {"straat": "Markt", "nummer": 1}, "locaties": [{"code": "x"}]})


def test_nested_names_are_joined_and_lists_left_out() -> None:
    assert CITY == {"naam": "Leiestad", "adres_straat": "Markt", "adres_nummer": "1"}


def test_only_names_of_the_city_are_filled_in() -> None:
    assert city.fill("{stad_naam}, {naam}, {stad}", CITY, "hier") == "Leiestad, {naam}, {stad}"


def test_lists_and_maps_are_filled_to_the_bottom() -> None:
    filled = city.fill([{"text": "{stad_adres_straat}", "n": 1, "ok": None}], CITY, "hier")

    assert filled == [{"text": "Markt", "n": 1, "ok": None}]


def test_an_unknown_name_is_an_error_that_says_where() -> None:
    with pytest.raises(city.CityError, match=r"data/x\.yml: utter_x: \{stad_fax\}"):
        city.fill("{stad_fax}", CITY, "data/x.yml: utter_x")
