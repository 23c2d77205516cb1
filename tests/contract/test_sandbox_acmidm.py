"""The sandbox's ACM/IDM keeps to the contract, and refuses what the real one refuses."""

import json
import time
import uuid

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.contract.acmidm import EID, Application, choose, parameters
from tests.contract.running_sandbox import CONTRACTS, needs_contracts, running_sandbox


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("acmidm")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    running.set_clock("2026-11-23T09:30:00+01:00")
    running.reset()
    return running


@pytest.fixture
def balie(sandbox):
    return Application(f"{sandbox.url}/acmidm/op")


def claims_of(balie, token):
    keys = KeySet.import_key_set(requests.get(f"{balie.op}/v1/keys", timeout=10).json())
    return jwt.decode(token, keys, algorithms=["RS256"])


@needs_contracts
def test_the_discovery_document_has_the_addresses_of_the_published_one(balie):
    ours = requests.get(f"{balie.op}/.well-known/openid-configuration", timeout=10).json()
    published = json.loads((CONTRACTS / "data/acmidm/discovery-example.json").read_text(encoding="utf-8"))

    assert ours["issuer"] == balie.op
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"):
        assert ours[name].removeprefix(ours["issuer"]) == published[name].removeprefix(published["issuer"])


def test_a_login_gives_the_claims_that_were_granted_in_the_id_token_and_in_userinfo(balie):
    answer = balie.login()
    token = claims_of(balie, answer["id_token"])
    userinfo = requests.get(
        f"{balie.op}/v1/userinfo", headers={"Authorization": f"Bearer {answer['access_token']}"}, timeout=10
    ).json()

    assert token.header["alg"] == "RS256"
    assert token.claims["iss"] == balie.op
    assert (token.claims["aud"], token.claims["azp"]) == ("balie", "balie")
    assert (token.claims["nonce"], token.claims["acr"]) == ("the-nonce", EID)
    assert token.claims["exp"] - token.claims["iat"] == 3600
    assert userinfo == {name: token.claims[name] for name in ("sub", "given_name", "family_name", "rrn")}
    assert userinfo["rrn"] == "85073003328"


def test_acr_comes_only_to_who_asked_for_means(balie):
    assert "acr" not in claims_of(balie, balie.login(acr_values="")["id_token"]).claims


def test_a_scope_that_was_not_granted_is_refused_before_any_login(balie):
    answer = requests.get(balie.authorization_url(scope="openid profile rrn vo"), timeout=10, allow_redirects=False)

    assert parameters(answer.headers["location"]) == {"error": "invalid_scope", "state": "the-state"}


@pytest.mark.parametrize("wrong", [{"client_id": "vreemde"}, {"redirect_uri": "https://elders.example/callback"}])
def test_nothing_is_sent_to_an_address_that_was_not_registered(balie, wrong):
    answer = requests.get(balie.authorization_url(**wrong), timeout=10, allow_redirects=False)

    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_who_cancels_comes_back_with_access_denied(balie):
    told = parameters(choose(balie.authorization_url(), "annuleren", ""))

    assert (told["error"], told["state"]) == ("access_denied", "the-state")


def test_a_code_is_good_for_once_and_its_token_is_taken_back(balie):
    code = balie.code()
    first = balie.token(code=code).json()

    assert balie.token(code=code).json()["error"] == "invalid_grant"
    headers = {"Authorization": f"Bearer {first['access_token']}"}
    assert requests.get(f"{balie.op}/v1/userinfo", headers=headers, timeout=10).status_code == 401


def test_a_code_lives_thirty_seconds(balie, sandbox):
    code = balie.code()
    sandbox.set_clock("2026-11-23T09:30:31+01:00")

    assert balie.token(code=code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("wrong", [{"code_verifier": "x" * 43}, {"redirect_uri": "http://127.0.0.1:8080/"}])
def test_a_code_is_only_for_who_asked_for_it(balie, wrong):
    assert balie.token(code=balie.code(), **wrong).json()["error"] == "invalid_grant"


def test_a_wrong_password_is_no_client(balie):
    balie.secret = "geraden"

    answer = balie.token(code="x")

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def assertion(key, audience, **changes):
    now = int(time.time())
    claims = {
        "iss": "sleutel",
        "sub": "sleutel",
        "aud": audience,
        "jti": uuid.uuid4().hex,
        "iat": now,
        "exp": now + 300,
    }
    return {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode({"alg": "RS256"}, {**claims, **changes}, key),
    }


def test_an_assertion_is_for_the_issuer_and_good_for_once(balie, sandbox):
    sandbox.clock_file.unlink()
    key = RSAKey.generate_key(2048)
    client = {"client_id": "sleutel", "redirect_uris": [balie.redirect_uri], "jwk": key.as_dict(private=False)}
    sandbox.tell("state/acmidm/clients", **client)
    balie.client_id = "sleutel"
    proof = assertion(key, balie.op)

    for_the_token_endpoint = balie.token(code=balie.code(), **assertion(key, f"{balie.op}/v1/token"))
    too_long = balie.token(code=balie.code(), **assertion(key, balie.op, exp=int(time.time()) + 3600))
    of_somebody_else = balie.token(code=balie.code(), **assertion(RSAKey.generate_key(2048), balie.op))
    with_a_password = balie.token(code=balie.code())
    assert {a.status_code for a in (for_the_token_endpoint, too_long, of_somebody_else, with_a_password)} == {401}
    assert balie.token(code=balie.code(), **proof).status_code == 200
    assert balie.token(code=balie.code(), **proof).status_code == 401


def test_the_key_before_the_last_rotation_still_counts(balie, sandbox):
    old = balie.login()["id_token"]
    sandbox.tell("state/acmidm/rotate")

    assert claims_of(balie, old).header["kid"] != claims_of(balie, balie.login()["id_token"]).header["kid"]


def test_logging_out_leads_back_to_a_registered_address_only(balie):
    logout = f"{balie.op}/v1/logout?client_id=balie&state=s&post_logout_redirect_uri="

    back = requests.get(f"{logout}http://127.0.0.1:8080/login/afgemeld", timeout=10, allow_redirects=False)
    elsewhere = requests.get(f"{logout}https://elders.example/", timeout=10, allow_redirects=False)

    assert back.headers["location"] == "http://127.0.0.1:8080/login/afgemeld?state=s"
    assert elsewhere.status_code == 400


def test_people_without_a_national_number_have_none_to_give(balie):
    found = claims_of(balie, balie.login("elena", "eidassubstantial", acr_values="")["id_token"]).claims

    assert "rrn" not in found
    assert found["given_name"] == "Elena"


def test_who_logged_in_stands_on_the_page(balie, sandbox):
    balie.login("jan", "eid")

    assert "jan met eid" in requests.get(sandbox.url, timeout=10).text
    assert [login["person"] for login in sandbox.state("acmidm/logins")] == ["jan"]
