"""The sandbox's DOSIS against what is published of the real one, and against our own design of the questions."""

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.contract.running_sandbox import CONTRACTS, ROOT, Sandbox, needs_contracts, running_sandbox

LIEN, JAN = "85073003328", "54021813189"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DELIVERY: dict[str, Any] = {
    "Identificatie": {"Bron": "urn://leiestad/subsidies", "DossierNummer": "LST-7"},
    "UploadId": "5b0c8f4e-7b8e-4d0e-9a53-2f2f1a9a77d1",
    "Naam": "Premie voor een regenton",
    "WijzigingsDatum": "2026-11-20T14:05:00",
    "Status": {"VlaamsFase": "Behandeling", "VlaamsCode": "InBehandeling"},
    "TypeDossierCode": "DossierStatus",
    "Producten": [{"Id": "12345"}],
    "DossierBeheerder": {"Naam": "Stad Leiestad"},
    "Agenten": [{"Identificatie": JAN, "Toegangsrechten": [{"Code": "Raadpleger"}]}],
}
KEY = RSAKey.import_key((ROOT / "sandbox" / "dosis" / "client_key.pem").read_text(encoding="ascii"))
KEY.ensure_kid()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("dosis"), SANDBOX_DOSIS_SECONDS="600") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    shared.reset()
    return shared


def published(name: str) -> Any:
    path: Path = CONTRACTS / "data" / "dosis" / name
    return json.loads(path.read_text(encoding="utf-8"))


def token_url(sandbox: Sandbox) -> str:
    return f"{sandbox.url}/dosis/authorization/ws/oauth/v2/token"


def claims(sandbox: Sandbox, **other: Any) -> dict[str, Any]:
    now = int(time.time())
    mine = {"iss": "6776", "sub": "6776", "aud": token_url(sandbox), "jti": str(uuid.uuid4())}
    return {**mine, "iat": now, "exp": now + 120, **other}


def ask_token(sandbox: Sandbox, scope: str = "DosisImport", key: RSAKey = KEY, **other: Any) -> requests.Response:
    assertion = jwt.encode({"alg": "RS256", "kid": KEY.kid}, claims(sandbox, **other), key)
    form = {"grant_type": "client_credentials", "scope": scope, "client_assertion_type": ASSERTION}
    return requests.post(token_url(sandbox), data={**form, "client_assertion": assertion}, timeout=10)


def call(sandbox: Sandbox, method: str, path: str, scope: str = "DosisImport", **request: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {ask_token(sandbox, scope).json()['access_token']}"}
    return requests.request(method, f"{sandbox.url}/dosis/api/{path}", headers=headers, timeout=10, **request)


def deliver(sandbox: Sandbox, body: Any, version: str = "v2") -> requests.Response:
    return call(sandbox, "POST", f"{version}/dosis/dossiers", json=body)


def result(sandbox: Sandbox, upload: str = str(DELIVERY["UploadId"])) -> requests.Response:
    return call(sandbox, "GET", "v1/dosis/resultaten/perUploadId", params={"uploadId": upload})


def search(sandbox: Sandbox, **wanted: Any) -> requests.Response:
    return call(sandbox, "POST", "v1/dosis/dossiers/zoek", "DosisRaadplegen", json={"Agent": JAN, **wanted})


def process(sandbox: Sandbox) -> None:
    sandbox.tell("state/dosis/process")


# --- the token --------------------------------------------------------------------


def test_a_token_tells_how_long_it_lives(sandbox: Sandbox) -> None:
    answer = ask_token(sandbox).json()

    assert answer["token_type"] == "bearer"
    assert answer["expires_in"] == 3600


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "https://beta.oauth.vlaanderen.be/authorization/ws/oauth/v2/token"},
        {"iss": "1234"},
        {"sub": "1234"},
        {"exp": 1},
        {"exp": int(time.time()) + 3600},
        {"jti": ""},
        {"iat": None},
        {"key": RSAKey.generate_key(2048)},
    ],
    ids=["audience", "issuer", "subject", "over", "too long", "no jti", "no iat", "key"],
)
def test_an_assertion_must_be_right_to_the_letter(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    answer = ask_token(sandbox, **wrong)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_the_audience_has_no_slash_at_its_end(sandbox: Sandbox) -> None:
    assert ask_token(sandbox, aud=f"{token_url(sandbox)}/").status_code == 401


def test_an_assertion_works_once(sandbox: Sandbox) -> None:
    once = str(uuid.uuid4())

    assert [ask_token(sandbox, jti=once).status_code for _ in range(2)] == [200, 401]


def test_an_unknown_scope_is_refused(sandbox: Sandbox) -> None:
    assert ask_token(sandbox, "DosisBeheer").json()["error"] == "invalid_scope"


def test_a_token_for_delivering_opens_no_questions(sandbox: Sandbox) -> None:
    answer = call(sandbox, "POST", "v1/dosis/dossiers/zoek", json={"Agent": JAN})

    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


# --- delivering -------------------------------------------------------------------


@needs_contracts
def test_the_published_example_is_accepted_and_its_result_looks_as_published(sandbox: Sandbox) -> None:
    example = published("delivery-example.json")
    accepted = deliver(sandbox, example["request"]["body"])
    process(sandbox)

    told = result(sandbox, example["request"]["body"]["UploadId"]).json()

    assert accepted.json() == example["accepted"]["body"]
    assert {**told, "TijdstipVerwerking": ""} == {**example["result_ok"]["body"], "TijdstipVerwerking": ""}


@needs_contracts
def test_the_sandbox_knows_the_published_phases_and_codes() -> None:
    from sandbox.dosis.shapes import PHASES

    known = {phase: set(codes) for phase, codes in published("phases.json").items() if not phase.startswith("_")}

    assert {phase: codes - PHASES[phase] for phase, codes in known.items()} == {phase: set() for phase in known}


def test_accepted_is_not_processed(sandbox: Sandbox) -> None:
    assert deliver(sandbox, DELIVERY).status_code == 200
    assert result(sandbox).status_code == 404
    assert "LST-7" not in [d["Identificatie"]["DossierNummer"] for d in search(sandbox).json()["Dossiers"]]

    process(sandbox)

    assert result(sandbox).json()["Succes"] is True
    assert "LST-7" in [d["Identificatie"]["DossierNummer"] for d in search(sandbox).json()["Dossiers"]]


def test_a_wrong_number_of_a_citizen_is_refused_only_later(sandbox: Sandbox) -> None:
    wrong = {**DELIVERY, "Agenten": [{"Identificatie": "54021813188", "Toegangsrechten": [{"Code": "Raadpleger"}]}]}

    assert [deliver(sandbox, wrong, version).status_code for version in ("v1", "v2")] == [200, 200]

    process(sandbox)
    told = result(sandbox).json()
    assert (told["Succes"], told["VerwerktVoorOpvraging"]) == (False, False)
    assert told["Fouten"] == [{"Omschrijving": "Onbekende agent", "LijnNummer": 1}]


def test_a_wrong_code_is_refused_at_once_by_the_simple_interface_and_later_by_the_other(sandbox: Sandbox) -> None:
    wrong = {**DELIVERY, "Status": {"VlaamsFase": "Behandeling", "VlaamsCode": "Betaald"}}

    refused = deliver(sandbox, wrong, "v1")
    accepted = deliver(sandbox, wrong, "v2")
    process(sandbox)

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "Status.VlaamsCode")
    assert set(refused.json()) == {"code", "message", "description", "errors"}
    assert (accepted.status_code, result(sandbox).json()["Succes"]) == (200, False)


def test_the_failures_of_a_source_can_be_listed(sandbox: Sandbox) -> None:
    deliver(sandbox, {**DELIVERY, "Producten": []})
    process(sandbox)
    source = {"bron": DELIVERY["Identificatie"]["Bron"]}

    assert len(call(sandbox, "GET", "v1/dosis/resultaten/fouten", params=source).json()) == 1
    assert len(call(sandbox, "GET", "v1/dosis/resultaten", params={**source, "dossierNummer": "LST-7"}).json()) == 1


def test_a_source_that_is_not_ours_is_closed(sandbox: Sandbox) -> None:
    other = {**DELIVERY, "Identificatie": {"Bron": "urn://gent/parkeren", "DossierNummer": "1"}}

    assert deliver(sandbox, other).status_code == 403
    assert "urn://gent/parkeren" not in call(sandbox, "GET", "v2/dosis/bronnen/uris").json()


def test_a_removed_dossier_is_gone(sandbox: Sandbox) -> None:
    deliver(sandbox, DELIVERY)
    process(sandbox)
    this = {"bron": DELIVERY["Identificatie"]["Bron"], "dossierNummer": "LST-7"}

    assert call(sandbox, "DELETE", "v1/dosis/dossiers", params=this).status_code == 204
    assert call(sandbox, "DELETE", "v1/dosis/dossiers", params=this).status_code == 404


# --- asking -----------------------------------------------------------------------


def test_nobody_hears_who_else_may_consult_a_dossier(sandbox: Sandbox) -> None:
    [first, *_] = search(sandbox, Agent=LIEN).json()["Dossiers"]

    assert [agent["Identificatie"] for agent in first["Agenten"]] == [LIEN]
    assert "UploadId" not in first


def test_questions_are_answered_in_pages(sandbox: Sandbox) -> None:
    for number in range(3):
        sandbox.tell("state/dosis/dossiers", person="fatima", number=f"LST-{number}")

    page = search(sandbox, Agent="92051124633", Limiet=2, Index=2).json()

    assert (page["Index"], page["Limiet"], page["Totaal"], len(page["Dossiers"])) == (2, 2, 4, 2)


def test_questions_can_be_narrowed(sandbox: Sandbox) -> None:
    numbers = lambda **wanted: [  # noqa: E731
        d["Identificatie"]["DossierNummer"] for d in search(sandbox, Agent=LIEN, **wanted).json()["Dossiers"]
    ]

    assert numbers(ActieNodig=True) == ["OMV-2026-001234"]
    assert numbers(GewijzigdSinds="2090-01-01T00:00:00") == []


@pytest.mark.parametrize(
    "wrong", [{"Agent": "850730-033.28"}, {"Limiet": 101}, {"Index": -1}, {"ActieNodig": "ja"}, {"Naam": "Lien"}]
)
def test_a_question_that_is_not_right_is_refused(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    answer = search(sandbox, **wrong)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, next(iter(wrong)))


def test_the_page_shows_dossiers_and_can_change_them(sandbox: Sandbox) -> None:
    page = requests.get(sandbox.url, timeout=10).text
    changed = requests.post(
        f"{sandbox.url}/state/dosis/dossiers",
        data={"number": "OMV-2026-001234", "status": "Beslissing/Goedgekeurd", "action": ""},
        timeout=10,
        allow_redirects=False,
    )

    assert "Omgevingsvergunning Kerkstraat 12" in page
    assert changed.status_code == 303
    assert search(sandbox, Agent=LIEN).json()["Dossiers"][0]["Status"]["VlaamsCode"] == "Goedgekeurd"
