"""The citizen's own rows of the processing log, against the published Inzage API."""

from collections.abc import Iterator

import pytest
import yaml
from jsonschema import Draft4Validator, FormatChecker

from citizens.identities import Identities
from citizens.processing import ProcessingLog
from citizens.register import load_register
from settings import ROOT
from tests.contract.running_sandbox import CONTRACTS, needs_contracts
from tests.sealing import VAULT
from tests.unit.citizens.people import LIEN, NOOR
from tests.unit.conversations.setting import StoppedClock, migrated

pytestmark = needs_contracts
REGISTER = load_register(ROOT / "verwerkingen.yml")
PUBLISHED = CONTRACTS / "data/zaken/verwerkingenlogging-bewerking-read-openapi.yaml"


@pytest.fixture
def page() -> Draft4Validator:
    """Of what `GET /verwerkte-objecten` answers."""
    api = yaml.safe_load(PUBLISHED.read_text(encoding="utf-8"))
    answer = api["paths"]["/verwerkte-objecten"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    answer["properties"]["next"] = answer["properties"]["previous"] = {}  # `nullable` is OpenAPI's, not JSON Schema's
    return Draft4Validator({**answer, "components": api["components"]}, format_checker=FormatChecker())


@pytest.fixture
def rooms(tmp_path) -> Iterator[tuple[Identities, ProcessingLog, StoppedClock]]:
    clock = StoppedClock()
    with migrated(f"sqlite:///{tmp_path}/balie.db") as engine:
        yield Identities(engine, clock, VAULT), ProcessingLog(engine, clock, VAULT), clock


def note(log, person, **changes):
    told = {"action": "Afspraken opzoeken", "activity": "afspraak", "source": "JCC", "kinds": ["naam", "afspraak"]}
    log.write(**{"person": person, "conversation": "c1", "actor": "medewerker", **told, **changes})


@pytest.mark.req("MZC-22", "MZC-11")
def test_the_export_has_the_standards_read_form(page, rooms):
    identities, log, clock = rooms
    for claims in (LIEN, NOOR):
        person = identities.bind(f"c-{claims.subject}", claims, clock.after(60)).person
        note(log, person)
        note(log, person, action="x" * 300, kinds=[])

        exported = log.export(person, REGISTER)

        page.validate(exported)
        assert exported["count"] == 2


def test_the_export_names_whose_it_is_and_what_was_done_and_keeps_system_and_user_to_itself(rooms):
    identities, log, clock = rooms
    person = identities.bind("c1", LIEN, clock.after(60)).person
    note(log, person)
    note(log, person, confidential=True)

    [told] = log.export(person, REGISTER)["results"]

    assert (told["soortObjectId"], told["objectId"]) == ("INSZ", LIEN.rrn)
    assert told["verwerkteSoortenGegevens"] == [{"soortGegeven": "naam"}, {"soortGegeven": "afspraak"}]
    action = told["verwerkingsactie"]
    assert (action["actieNaam"], action["vertrouwelijkheid"]) == ("Afspraken opzoeken", "normaal")
    assert not {"systeem", "gebruiker", "gegevensbron"} & action.keys()
    assert log.export(person, REGISTER) == log.export(person, REGISTER)


def test_the_validator_would_notice(page):
    assert not page.is_valid({"count": 1, "results": [{"objecttype": "persoon"}]})


@pytest.mark.req("MZC-11")
def test_the_export_tells_what_for_on_what_ground_and_for_how_long(page, rooms):
    identities, log, clock = rooms
    person = identities.bind("c1", LIEN, clock.after(60)).person
    note(log, person)

    exported = log.export(person, REGISTER)

    page.validate(exported)
    action = exported["results"][0]["verwerkingsactie"]
    assert action["handelingNaam"] == "om je afspraak te maken, te wijzigen of op te zoeken"
    assert action["verwerkingNaam"].startswith("Afspraken (AVG art. 6, lid 1, e")
    assert action["verwerkingsactiviteitUrl"].endswith("#afspraak")
    assert action["bewaartermijn"] == "P1Y"


def test_an_older_row_whose_activity_left_the_register_is_still_told(page, rooms):
    identities, log, clock = rooms
    person = identities.bind("c1", LIEN, clock.after(60)).person
    note(log, person, activity="vroeger")

    exported = log.export(person, REGISTER)

    page.validate(exported)
    assert exported["results"][0]["verwerkingsactie"]["handelingNaam"] == "vroeger"
