"""The sandbox's Thuisloket: strict about tokens, orders and keys, and its reading side as it was published."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from city import load_city
from city_attests import Way
from settings import ROOT
from tests.contract.running_sandbox import CONTRACTS, Sandbox, needs_contracts, running_sandbox
from tests.contract.thuisloket import BODY, JAN, LIEN, NOW, OMER, call, post, token


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("thuisloket")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    shared.set_clock(NOW.isoformat())
    shared.reset()
    return shared


SECONDS = int(NOW.timestamp())
KEY = "5a0e5a3e-8a58-4c43-9d0e-9a8a3c6f1d11"


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"aud": "iemand-anders"}, 401),
        ({"iss": ""}, 401),
        ({"exp": SECONDS - 60, "iat": SECONDS - 120}, 401),
        ({"iat": SECONDS + 600, "exp": SECONDS + 700}, 401),
        ({"exp": SECONDS + 86_400}, 401),
        ({"exp": None}, 401),
        ({"rrn": None}, 403),
        ({"acr": None}, 403),
        ({"acr": "urn:be:vlaanderen:authmech:csampassword"}, 403),
    ],
)
def test_a_token_must_say_who_for_how_long_and_how_sure(sandbox: Sandbox, changed: dict[str, Any], status: int) -> None:
    answer = post(sandbox, BODY, bearer=token(**changed))

    assert (answer.status_code, answer.json()["status"]) == (status, status)


def test_only_our_own_key_counts(sandbox: Sandbox) -> None:
    stranger = token(key=RSAKey.generate_key(2048))

    assert [post(sandbox, BODY, bearer=bearer).status_code for bearer in (stranger, "x.y.z")] == [401, 401]


def test_the_same_key_with_the_same_body_is_the_first_order(sandbox: Sandbox) -> None:
    first, again = post(sandbox, BODY, key=KEY), post(sandbox, BODY, key=KEY)
    other = post(sandbox, {**BODY, "taal": "fr"}, key=KEY)

    assert first.status_code == again.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    assert first.headers["location"].endswith(first.json()["id"])
    assert other.status_code == 409
    assert len(sandbox.state("thuisloket/orders")) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"attestType": "DIPLOMA"}, "attestType"),
        ({"attestType": "WETTIGING_HANDTEKENING"}, "attestType"),
        ({"reden": None}, "reden"),
        ({"reden": "zomaar"}, "reden"),
        ({"taal": "es"}, "taal"),
        ({"voorWie": "kind"}, "voorWie"),
        ({"aantal": 0}, "aantal"),
        ({"aantal": True}, "aantal"),
        ({"levering": {"wijze": "email", "email": "geen adres"}}, "levering.email"),
        ({"levering": {"wijze": "post", "email": "a@b.be"}}, "levering.email"),
        ({"levering": {"wijze": "duif"}}, "levering.wijze"),
        ({"insz": LIEN}, "insz"),
        ({"referentie": ""}, "referentie"),
    ],
)
def test_an_order_that_is_not_complete_and_right_is_refused(
    sandbox: Sandbox, changed: dict[str, Any], field: str
) -> None:
    answer = post(sandbox, {**BODY, **changed})

    assert answer.status_code == 422
    assert field in [wrong["veld"] for wrong in answer.json()["fouten"]]
    assert sandbox.state("thuisloket/orders") == []


def test_nobody_sees_or_cancels_the_order_of_another(sandbox: Sandbox) -> None:
    order = post(sandbox, BODY).json()["id"]
    stranger = token(rrn=JAN)

    answers = [call(sandbox, method, f"/attest-aanvragen/{order}", bearer=stranger) for method in ("GET", "DELETE")]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_a_number_in_the_path_must_be_that_of_the_token(sandbox: Sandbox) -> None:
    post(sandbox, BODY)
    download = call(sandbox, "GET", f"/certificates/{LIEN}").json()["_embedded"]["certificates"][0]["_links"][
        "download"
    ]
    path = download["href"].partition("/v1")[2]

    refused = [call(sandbox, "GET", one, bearer=token(rrn=JAN)) for one in (f"/certificates/{LIEN}", path)]

    assert [answer.status_code for answer in refused] == [403, 403]
    assert refused[0].json() == {"title": "An error occurred!", "detail": "Access Denied", "status": 403}
    assert call(sandbox, "GET", path).headers["content-type"] == "application/pdf"


@needs_contracts
def test_a_list_has_the_published_shape(sandbox: Sandbox) -> None:
    published = json.loads((CONTRACTS / "data/attesten/certificates-examples.json").read_text(encoding="utf-8"))
    post(sandbox, BODY)

    answer = call(sandbox, "GET", f"/certificates/{LIEN}", params={"page": 0, "limit": 10})

    assert answer.headers["content-type"] == published["hal_list"]["content_type"]
    assert _shape(answer.json()) == _shape(published["hal_list"]["body"])
    missing = call(sandbox, "GET", f"/certificates/{LIEN}/99")
    assert missing.json() == published["not_found"]["body"]


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(one) for key, one in value.items()}
    return [_shape(value[0])] if isinstance(value, list) else type(value).__name__


def test_nothing_delivered_is_an_empty_collection(sandbox: Sandbox) -> None:
    answer = call(sandbox, "GET", f"/certificates/{JAN}", bearer=token(rrn=JAN))

    assert answer.status_code == 200
    assert answer.json()["_embedded"]["certificates"] == []
    assert answer.json()["page"]["totalElements"] == 0


@pytest.mark.req("BP3-06")
def test_an_official_handles_what_the_register_misses(sandbox: Sandbox) -> None:
    order = post(sandbox, BODY, bearer=token(rrn=OMER)).json()
    assert order["status"] == "in_behandeling"
    assert sandbox.state("mail") == []

    sandbox.tell(f"state/thuisloket/orders/{order['id']}", status="afgeleverd")

    assert len(sandbox.state("mail")) == 1


@pytest.mark.req("BP2-03", "BP3-05")
def test_the_city_asks_exactly_what_the_thuisloket_needs(sandbox: Sandbox) -> None:
    served = {one["code"]: one for one in call(sandbox, "GET", "/attest-types").json()}

    for kind in load_city(ROOT / "city.yml").attests.kinds:
        assert kind.code in served
        if kind.way is Way.CHAT:
            assert set(kind.questions) == set(served[kind.code]["velden"]), kind.code
            assert set(kind.delivery) <= set(served[kind.code]["levering"]), kind.code
            assert kind.for_child == ("kind" in served[kind.code]["voorWie"]), kind.code
