"""The sandbox's Open Klant answers as its published document says, and says no as it was recorded."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.contract.openklant import API, Published
from tests.contract.running_sandbox import Sandbox, needs_contracts, running_sandbox

pytestmark = needs_contracts

CONTACT = {
    "referentienummer": "2026000123",
    "kanaal": "chatbot",
    "onderwerp": "Afval niet opgehaald",
    "inhoud": "Mijn restafval staat er nog.",
    "reactie": "",
    "indicatieContactGelukt": True,
    "taal": "nld",
    "vertrouwelijk": False,
    "plaatsgevondenOp": "2026-11-21T10:02:11+01:00",
    "metadata": {"gesprekId": "c3b0c1a2", "tevreden": "nee"},
}
KAREL = {"voornaam": "Karel", "achternaam": "Deurne"}
WHO = {"rol": "klant", "initiator": True, "wasPartij": None, "contactnaam": KAREL}
BOT = {"naam": "Virtuele assistent", "soortActor": "geautomatiseerde_actor", "indicatieActief": True}
ONTHAAL = {"naam": "Onthaal", "soortActor": "organisatorische_eenheid", "indicatieActief": True}
LEAST = {name: CONTACT[name] for name in ("kanaal", "onderwerp", "taal", "vertrouwelijk")}
NOBODY = "3f2a6c1e-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("openklant")) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def published(running: Sandbox) -> Published:
    return Published(running)


@pytest.fixture
def call(running: Sandbox, published: Published) -> Published:
    running.reset()
    return published


def wrong(answer: requests.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 400, answer.text
    return [(one["name"], one["code"]) for one in answer.json()["invalidParams"]]


def link(record: dict[str, Any]) -> dict[str, str]:
    return {"uuid": record["uuid"]}


# --- the worked example ----------------------------------------------------------


def test_a_callback_becomes_a_contact_with_somebody_to_call_and_a_task(call: Published) -> None:
    made = call.made("/maak-klantcontact", klantcontact=CONTACT, betrokkene=WHO)
    contact, involved = made["klantcontact"], made["betrokkene"]
    bot, desk = call.made("/actoren", **BOT), call.made("/actoren", **ONTHAAL)
    call.made("/actorklantcontacten", actor=link(bot), klantcontact=link(contact))
    address = {"adres": "+32470123456", "soortDigitaalAdres": "telefoonnummer", "omschrijving": "terugbellen"}
    call.made("/digitaleadressen", verstrektDoorBetrokkene=link(involved), verstrektDoorPartij=None, **address)
    asked = {"gevraagdeHandeling": "Terugbellen", "toelichting": "Na 16 u.", "status": "te_verwerken"}
    task = call.made(
        "/internetaken", aanleidinggevendKlantcontact=link(contact), toegewezenAanActoren=[link(desk)], **asked
    )
    expand = "hadBetrokkenen,hadBetrokkenen.digitaleAdressen,leiddeTotInterneTaken,gingOverOnderwerpobjecten"
    [found] = call("GET", f"/klantcontacten?referentienummer=2026000123&expand={expand}").json()["results"]

    assert contact["plaatsgevondenOp"] == "2026-11-21T09:02:11Z"
    assert [actor["naam"] for actor in found["hadBetrokkenActoren"]] == ["Virtuele assistent"]
    [person] = found["_expand"]["hadBetrokkenen"]
    assert person["volledigeNaam"] == "Karel Deurne"
    assert [one["adres"] for one in person["_expand"]["digitaleAdressen"]] == ["+32470123456"]
    assert [one["uuid"] for one in found["_expand"]["leiddeTotInterneTaken"]] == [task["uuid"]]


def test_a_task_that_is_done_says_when_and_forgets_it_when_it_is_not(call: Published) -> None:
    contact, desk = call.made("/klantcontacten", **CONTACT), call.made("/actoren", **ONTHAAL)
    given = {"aanleidinggevendKlantcontact": link(contact), "toegewezenAanActoren": [link(desk)]}
    task = call.made("/internetaken", gevraagdeHandeling="Terugbellen", status="te_verwerken", **given)

    done = call("PATCH", f"/internetaken/{task['uuid']}", json={"status": "verwerkt"}).json()
    assert done["afgehandeldOp"]
    assert call("GET", "/internetaken?status=verwerkt").json()["count"] == 1
    undone = call("PATCH", f"/internetaken/{task['uuid']}", json={"status": "te_verwerken"}).json()
    assert undone["afgehandeldOp"] is None


def test_a_later_contact_goes_on_from_an_earlier_one(call: Published) -> None:
    first = call.made("/klantcontacten", **CONTACT)
    second = call.made("/klantcontacten", **{**CONTACT, "referentienummer": "2026000124", "kanaal": "chat"})
    call.made("/onderwerpobjecten", klantcontact=link(second), wasKlantcontact=link(first))

    [about] = call("GET", f"/onderwerpobjecten?klantcontact__uuid={second['uuid']}").json()["results"]
    assert about["wasKlantcontact"]["uuid"] == first["uuid"]


def test_a_party_without_an_identifier_is_found_by_its_number_and_its_contacts_by_the_party(call: Published) -> None:
    person = {"soortPartij": "persoon", "indicatieActief": True, "partijIdentificatie": {"contactnaam": KAREL}}
    party = call.made("/partijen", nummer="4711000815", **person)
    call.made("/maak-klantcontact", klantcontact=CONTACT, betrokkene={**WHO, "wasPartij": link(party)})

    assert call("GET", "/partijen?nummer=4711000815").json()["count"] == 1
    assert call("GET", f"/klantcontacten?hadBetrokkene__wasPartij__uuid={party['uuid']}").json()["count"] == 1
    assert party["partijIdentificatie"]["volledigeNaam"] == "Karel Deurne"


def test_actors_are_not_unique_and_found_by_their_identifier(call: Published) -> None:
    codes = {"codeObjecttype": "afd", "codeRegister": "obj", "codeSoortObjectId": "idf"}
    for _ in range(2):
        call.made("/actoren", **ONTHAAL, actoridentificator={"objectId": "onthaal", **codes})

    assert call("GET", "/actoren?actoridentificatorObjectId=onthaal").json()["count"] == 2


def test_new_metadata_takes_the_place_of_all_that_was_there(call: Published) -> None:
    contact = call.made("/klantcontacten", **CONTACT)

    changed = call("PATCH", f"/klantcontacten/{contact['uuid']}", json={"metadata": {"a": "b"}}).json()
    assert changed["metadata"] == {"a": "b"}


def test_pages_end_where_the_contacts_end(call: Published) -> None:
    for number in range(3):
        call.made("/klantcontacten", **{**CONTACT, "referentienummer": str(number)})

    page = call("GET", "/klantcontacten?pageSize=2").json()
    assert (page["count"], len(page["results"])) == (3, 2)
    assert page["next"].endswith("?page=2")
    beyond = call("GET", "/klantcontacten?page=9")
    assert (beyond.status_code, beyond.json()["detail"]) == (404, "Ongeldige pagina.")


# --- how it says no --------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kanaal": None}, ("kanaal", "null")),
        ({"onderwerp": "x" * 201}, ("onderwerp", "max_length")),
        ({"inhoud": "x" * 1001}, ("inhoud", "max_length")),
        ({"taal": "xxx"}, ("taal", "invalid_choice")),
        ({"referentienummer": "12345678901"}, ("referentienummer", "max_length")),
        ({"referentienummer": "K-7KQ4"}, ("referentienummer", "invalid")),
        ({"metadata": {"b": "x" * 256}}, ("metadata.b", "max_length")),
        ({"verdereActieOndernomen": True}, ("verdereActieOndernomen", "no-further-action-when-contact-succesful")),
        ({"onbekend": 1}, ("onbekend", "invalid")),
    ],
)
def test_a_contact_that_is_not_good_is_refused_by_the_field(call: Published, change, expected) -> None:
    assert wrong(call("POST", "/klantcontacten", json={**CONTACT, **change})) == [expected]


def test_a_reference_number_is_used_once(call: Published) -> None:
    call.made("/maak-klantcontact", klantcontact=CONTACT)

    again = call("POST", "/maak-klantcontact", json={"klantcontact": CONTACT})
    assert wrong(again) == [("klantcontact.referentienummer", "unique")]
    assert call("GET", "/klantcontacten").json()["count"] == 1


def test_nothing_is_made_when_who_was_involved_is_not_good(call: Published) -> None:
    gone = {**WHO, "wasPartij": {"uuid": NOBODY}}

    refused = call("POST", "/maak-klantcontact", json={"klantcontact": CONTACT, "betrokkene": gone})
    assert wrong(refused) == [("betrokkene.wasPartij.uuid", "invalid")]
    assert call("GET", "/klantcontacten").json()["count"] == 0


@pytest.mark.parametrize("number", ["056277000", "+32 470 12 34 56", "1777"])
def test_belgian_numbers_as_people_write_them_are_refused(call: Published, number: str) -> None:
    made = call.made("/maak-klantcontact", klantcontact=CONTACT, betrokkene=WHO)
    address = {"adres": number, "soortDigitaalAdres": "telefoonnummer"}

    refused = call("POST", "/digitaleadressen", json={"verstrektDoorBetrokkene": link(made["betrokkene"]), **address})
    assert wrong(refused) == [("adres", "invalid")]
    assert refused.json()["invalidParams"][0]["reason"] == "Het opgegeven telefoonnummer is ongeldig."


def test_whatsapp_is_no_kind_of_address_and_a_belgian_postcode_is_none(call: Published) -> None:
    made = call.made("/maak-klantcontact", klantcontact=CONTACT, betrokkene=WHO)
    at = {"adres": "+32470123456", "soortDigitaalAdres": "whatsapp"}
    who = {**WHO, "bezoekadres": {"postcode": "8500"}, "hadKlantcontact": link(made["klantcontact"])}

    assert wrong(call("POST", "/digitaleadressen", json=at)) == [("soortDigitaalAdres", "invalid_choice")]
    assert wrong(call("POST", "/betrokkenen", json=who)) == [("bezoekadres.postcode", "invalid")]


def test_a_task_is_given_to_the_old_kind_of_actor_or_to_a_list_and_not_to_nobody(call: Published) -> None:
    contact = call.made("/klantcontacten", **CONTACT)
    body = {"gevraagdeHandeling": "x", "status": "te_verwerken", "aanleidinggevendKlantcontact": link(contact)}

    refused = call("POST", "/internetaken", json=body)
    assert wrong(refused) == [("nonFieldErrors", "invalid")]
    told = refused.json()
    assert {name: told[name] for name in ("code", "title", "status", "detail")} == {
        "code": "invalid",
        "title": "Ongeldige invoerwaarde.",
        "status": 400,
        "detail": "Ongeldige invoerwaarde.",
    }
    assert told["type"].endswith("/ref/fouten/ValidationError/")
    assert told["invalidParams"][0]["reason"] == (
        "`toegewezen_aan_actor` of `toegewezen_aan_actoren` is required (mag niet beiden gebruiken)."
    )
    assert refused.headers["content-type"] == "application/json"


def test_an_actor_is_linked_to_a_contact_once(call: Published) -> None:
    contact, bot = call.made("/klantcontacten", **CONTACT), call.made("/actoren", **BOT)
    pair = {"actor": link(bot), "klantcontact": link(contact)}
    call.made("/actorklantcontacten", **pair)

    assert wrong(call("POST", "/actorklantcontacten", json=pair)) == [("nonFieldErrors", "unique")]


def test_a_question_with_an_unknown_parameter_is_refused(call: Published) -> None:
    assert wrong(call("GET", "/klantcontacten?intent=melding")) == [("nonFieldErrors", "unknown-parameters")]


@pytest.mark.parametrize(
    ("method", "path", "request_", "status", "code"),
    [
        ("GET", f"/klantcontacten/{NOBODY}", {}, 404, "not_found"),
        ("GET", "/nergens", {}, 404, "not_found"),
        ("DELETE", "/klantcontacten", {}, 405, "method_not_allowed"),
        ("POST", "/klantcontacten", {"data": "{", "headers": {"content-type": "application/json"}}, 400, "parse_error"),
        ("POST", "/klantcontacten", {"data": "x"}, 415, "unsupported_media_type"),
    ],
)
def test_other_mistakes_have_codes_of_their_own(running: Sandbox, method, path, request_, status, code) -> None:
    headers = {"Authorization": "Token sandbox-openklant", **request_.pop("headers", {})}
    answer = requests.request(method, f"{running.url}/openklant{API}{path}", headers=headers, timeout=10, **request_)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "invalidParams" not in answer.json()


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "not_authenticated"),
        ({"Authorization": "Bearer sandbox-openklant"}, "not_authenticated"),
        ({"Authorization": "Token fout"}, "authentication_failed"),
    ],
)
def test_nobody_comes_in_without_the_token(running: Sandbox, headers, code) -> None:
    answer = requests.get(f"{running.url}/openklant{API}/klantcontacten", headers=headers, timeout=10)

    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["www-authenticate"] == "Token"


# --- what people see -------------------------------------------------------------


def test_the_page_shows_contacts_and_their_tasks_and_somebody_can_finish_one(running: Sandbox, call: Published) -> None:
    contact, desk = call.made("/klantcontacten", **CONTACT), call.made("/actoren", **ONTHAAL)
    given = {"aanleidinggevendKlantcontact": link(contact), "toegewezenAanActoren": [link(desk)]}
    task = call.made("/internetaken", gevraagdeHandeling="Terugbellen", status="te_verwerken", **given)
    call.made("/klantcontacten", **LEAST)

    page = requests.get(f"{running.url}/", timeout=10).text
    assert "Afval niet opgehaald" in page
    assert "Interne taak voor Onthaal: Terugbellen" in page
    requests.post(f"{running.url}/state/openklant/tasks/{task['uuid']}", data={"status": "verwerkt"}, timeout=10)
    [known] = running.state("openklant/tasks")
    assert known["status"] == "verwerkt"
