"""The register of activities is there before anything is logged, and says what is wrong with it."""

from pathlib import Path

import pytest
import yaml

from actions import wiring_contacts
from actions.clients import accounted
from citizens import links
from citizens.register import Ground, load_register
from city_node import CityError
from desk import chore_looks, earlier
from desk.picture import KINDS
from filings.model import CONTACT
from filings.task_model import CALL_BACK
from settings import ROOT

OURS = ROOT / "verwerkingen.yml"


def changed(folder: Path, **values: object) -> Path:
    """Ours, with another "melding"."""
    register = yaml.safe_load(OURS.read_text(encoding="utf-8"))
    register["activiteiten"]["melding"].update(values)
    file = folder / "verwerkingen.yml"
    file.write_text(yaml.safe_dump(register), encoding="utf-8")
    return file


@pytest.mark.req("MZC-11")
def test_every_activity_has_a_purpose_a_ground_its_law_and_an_end():
    register = load_register(OURS)

    assert all(activity.purpose and activity.law and activity.kept for activity in register.activities.values())
    assert register.activities["dossiersnieuws"].ground is Ground.CONSENT


@pytest.mark.req("MZC-11")
@pytest.mark.parametrize(
    ("activity", "source", "kinds"),
    [
        (links.LOGIN, links.SOURCE, ("naam", "rijksregisternummer")),
        (earlier.HELP, "Balie", ("gesprek",)),
        (earlier.HELP, "Balie", chore_looks.KINDS),
        (CALL_BACK, "Balie", ("naam", "telefoonnummer", "vraag")),
        (earlier.HELP, "Balie", (*KINDS.values(), "document")),
        (CONTACT, wiring_contacts.CONTACTS_IN, (accounted.CONTACT, accounted.NAME, accounted.EMAIL, accounted.PHONE)),
        (CONTACT, wiring_contacts.CONTACTS_IN, (accounted.RATING,)),
    ],
)
def test_what_is_logged_outside_the_actions_is_registered(activity, source, kinds):
    """What the actions log, the room of their own tests holds against the register."""
    assert load_register(OURS).covers(activity, source, kinds)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"grondslag": "omdat het kan"}, "activiteiten.melding.grondslag: 'omdat het kan' is none of"),
        ({"bewaren": "lang"}, "activiteiten.melding.bewaren: 'lang' is not a duration"),
        ({"doel": ""}, "activiteiten.melding.doel"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path, value, told):
    with pytest.raises(CityError, match=told):
        load_register(changed(tmp_path, **value))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CityError, match=r"nergens\.yml"):
        load_register(tmp_path / "nergens.yml")


def test_another_kind_of_data_than_registered_is_not_covered():
    register = load_register(OURS)

    assert not register.covers("melding", "TOPdesk", ("rijksregisternummer",))
    assert not register.covers("melding", "JCC", ("melding",))
    assert not register.covers("iets", "TOPdesk", ("melding",))
