from datetime import timedelta

import pytest
from sqlalchemy import Engine

from conversations import overrides as module
from conversations.overrides import CALAMITY, Overrides
from tests.unit.conversations.setting import StoppedClock


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def overrides(engine: Engine, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> Overrides:
    monkeypatch.setattr(module, "LOOK_AGAIN", 0.0)
    return Overrides(engine, clock)


def values(overrides: Overrides) -> dict[str, object]:
    return {key: version.value for key, version in overrides.live().items()}


def test_the_newest_version_counts_and_the_older_ones_are_kept(overrides):
    overrides.write("tekst:utter_a", "een", "luc")
    overrides.write("tekst:utter_a", "twee", "luc")

    assert values(overrides) == {"tekst:utter_a": "twee"}
    assert [(v.version, v.value, v.author) for v in overrides.history("tekst:utter_a")] == [
        (2, "twee", "luc"),
        (1, "een", "luc"),
    ]


def test_no_value_means_as_the_files_say(overrides):
    overrides.write("tekst:utter_a", "een", "luc")
    overrides.write("tekst:utter_a", None, "luc")

    assert values(overrides) == {}


def test_who_saw_an_older_version_does_not_overwrite_a_newer_one(overrides):
    overrides.write("onderwerpen", {}, "luc", after=0)

    assert overrides.write("onderwerpen", {"onthaal": []}, "ine", after=0) is None
    assert overrides.write("onderwerpen", {"onthaal": []}, "ine", after=1) is not None


def test_another_process_sees_it_too(engine, clock, overrides):
    other = Overrides(engine, clock)
    assert values(other) == {}

    overrides.write("tekst:utter_a", "een", "luc")

    assert values(other) == {"tekst:utter_a": "een"}


def test_what_is_written_while_another_reader_looks_counts_for_the_next_one(engine, clock, monkeypatch):
    monkeypatch.setattr(module, "LOOK_AGAIN", 60.0)
    overrides = Overrides(engine, clock)
    look = overrides._look

    def slow_look() -> None:
        look()
        monkeypatch.setattr(overrides, "_look", look)
        overrides.write("tekst:utter_a", "een", "luc")

    monkeypatch.setattr(overrides, "_look", slow_look)
    assert values(overrides) == {}

    assert values(overrides) == {"tekst:utter_a": "een"}


def test_it_is_the_same_object_until_something_changes(overrides):
    first = overrides.live()
    assert overrides.live() is first

    overrides.write("tekst:utter_a", "een", "luc")

    assert overrides.live() is not first


@pytest.mark.req("CS-06", "WS-06")
def test_a_calamity_is_over_by_itself(overrides, clock):
    until = (clock.now() + timedelta(hours=1)).isoformat()
    overrides.write(CALAMITY, {"tekst": "Stroomuitval", "tot": until}, "luc")
    assert CALAMITY in overrides.live()

    clock.passes(3601)

    assert CALAMITY not in overrides.live()


def test_without_its_database_the_house_goes_on_with_what_it_knew(engine, overrides, monkeypatch):
    overrides.write("tekst:utter_a", "een", "luc")
    overrides.live()
    with engine.begin() as db:
        db.exec_driver_sql("DROP TABLE desk_settings")

    assert values(overrides) == {"tekst:utter_a": "een"}
