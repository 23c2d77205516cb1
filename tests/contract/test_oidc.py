"""Our side of the login, against the sandbox's ACM/IDM with all its flaws, and against somebody else's provider."""

from dataclasses import replace

import pytest
import requests
from joserfc.jwk import RSAKey
from oidc_provider_mock import User, run_server_in_thread

from clock import Clock
from login.citizen import NoNationalNumber, citizen
from login.oidc import Begun, Provider, ProviderDown, Refused, RelyingParty, Untrusted
from tests.contract.acmidm import EID, choose, parameters
from tests.contract.running_sandbox import running_sandbox

ITSME = "urn:be:vlaanderen:authmech:itsme"
CALLBACK = "http://127.0.0.1:8080/login/callback"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("oidc")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    running.set_clock("2026-11-23T09:30:00+01:00")
    running.reset()
    return running


@pytest.fixture
def provider(sandbox):
    return Provider(
        issuer=f"{sandbox.url}/acmidm/op",
        client_id="balie",
        client_secret="sandbox-acmidm",
        redirect_uri=CALLBACK,
        logged_out_uri="http://127.0.0.1:8080/login/afgemeld",
        acr_values=(EID, ITSME),
        timeout=2.0,
    )


@pytest.fixture
def balie(provider, sandbox):
    return RelyingParty(provider, Clock(sandbox.clock_file))


def come_back(party, person="lien", means="eid"):
    begun = party.begin()
    return begun, parameters(choose(begun.url, person, means))


def log_in(party, person="lien", means="eid"):
    return party.finish(*come_back(party, person, means))


def test_who_logs_in_is_known_by_name_and_number(balie, sandbox):
    now = Clock(sandbox.clock_file).now()

    found = citizen(log_in(balie), now)

    assert (found.given_name, found.family_name, found.rrn) == ("Lien", "Declercq", "85073003328")
    assert (found.level, found.issuer, found.authenticated_at) == (EID, balie.provider.issuer, now)


def test_the_request_carries_all_that_protects_it(balie):
    begun = balie.begin()
    asked = parameters(begun.url)

    assert asked["code_challenge_method"] == "S256"
    assert asked["acr_values"] == f"{EID} {ITSME}"
    assert (asked["state"], asked["nonce"]) == (begun.state, begun.nonce)
    assert begun.verifier not in begun.url
    assert len({begun.state, begun.nonce, begun.verifier, balie.begin().state}) == 4
    assert Begun.from_private(begun.private()) == begun


def test_a_private_key_proves_who_we_are(provider, sandbox):
    key = RSAKey.generate_key(2048)
    client = {"client_id": "met-sleutel", "redirect_uris": [CALLBACK], "jwk": key.as_dict(private=False)}
    sandbox.tell("state/acmidm/clients", **client)
    pem = key.as_pem(private=True).decode()
    party = RelyingParty(
        replace(provider, client_id="met-sleutel", client_secret="", private_key=pem), Clock(sandbox.clock_file)
    )

    assert log_in(party)["given_name"] == "Lien"
    assert log_in(party)["given_name"] == "Lien"  # a second assertion is a new one


def test_a_password_with_signs_that_need_encoding_still_works(provider, sandbox):
    client = {"client_id": "a:b c", "client_secret": "%&+/: é", "redirect_uris": [CALLBACK]}
    sandbox.tell("state/acmidm/clients", **client)
    provider = replace(provider, client_id="a:b c", client_secret="%&+/: é")

    assert log_in(RelyingParty(provider, Clock(sandbox.clock_file)))["sub"]


@pytest.mark.parametrize(
    ("flaw", "check"),
    [
        ("wrong_key", "id_token: signature"),
        ("unknown_key", "id_token: kid"),
        ("alg_none", "id_token: alg"),
        ("alg_hs256", "id_token: alg"),
        ("wrong_nonce", "id_token: nonce"),
        ("no_nonce", "id_token: nonce"),
        ("wrong_iss", "id_token: iss"),
        ("wrong_aud", "id_token: aud"),
        ("wrong_azp", "id_token: azp"),
        ("expired", "id_token: exp"),
        ("not_yet", "id_token: iat"),
        ("wrong_at_hash", "id_token: at_hash"),
        ("no_acr", "id_token: acr"),
        ("weak_acr", "id_token: acr"),
        ("no_token", "token: incomplete"),
    ],
)
def test_what_does_not_hold_is_not_trusted(balie, sandbox, flaw, check):
    log_in(balie)  # so that the keys are known already
    sandbox.tell("state/acmidm/flaw", flaw=flaw)

    with pytest.raises(Untrusted) as refused:
        log_in(balie)
    assert str(refused.value).startswith(check)


def test_an_audience_may_be_a_list(balie, sandbox):
    sandbox.tell("state/acmidm/flaw", flaw="aud_list")

    assert log_in(balie)["aud"] == ["balie"]


def test_a_new_key_is_fetched_once(balie, sandbox, monkeypatch):
    log_in(balie)
    fetched: list[str] = []
    get = balie._get

    def counting(address, what, headers=None):
        fetched.extend([what] if what == "keys" else [])
        return get(address, what, headers)

    monkeypatch.setattr(balie, "_get", counting)
    sandbox.tell("state/acmidm/rotate")
    log_in(balie)
    assert len(fetched) == 1

    sandbox.tell("state/acmidm/flaw", flaw="unknown_key")
    with pytest.raises(Untrusted):
        log_in(balie)
    assert len(fetched) == 2


def test_a_number_that_is_missing_or_wrong_is_noticed(balie, sandbox):
    now = Clock(sandbox.clock_file).now()
    sandbox.tell("state/acmidm/flaw", flaw="no_rrn")
    with pytest.raises(NoNationalNumber):
        citizen(log_in(balie), now)
    sandbox.tell("state/acmidm/flaw", flaw="bad_rrn")
    with pytest.raises(Untrusted, match="rrn"):
        citizen(log_in(balie), now)


def test_userinfo_must_tell_of_the_same_person(provider, sandbox):
    party = RelyingParty(replace(provider, userinfo=True), Clock(sandbox.clock_file))
    assert log_in(party)["rrn"] == "85073003328"
    sandbox.tell("state/acmidm/flaw", flaw="other_sub")

    with pytest.raises(Untrusted, match="userinfo: sub"):
        log_in(party)


def test_a_code_is_not_accepted_twice_nor_after_thirty_seconds(balie, sandbox):
    begun, answer = come_back(balie)
    balie.finish(begun, answer)
    with pytest.raises(Untrusted, match="invalid_grant"):
        balie.finish(begun, answer)

    begun, answer = come_back(balie)
    sandbox.set_clock("2026-11-23T09:30:40+01:00")
    with pytest.raises(Untrusted, match="invalid_grant"):
        balie.finish(begun, answer)


def test_what_belongs_to_another_login_is_refused(balie):
    begun, answer = come_back(balie)

    with pytest.raises(Untrusted, match="state"):
        balie.finish(begun, {**answer, "state": "another"})
    with pytest.raises(Untrusted, match="iss"):
        balie.finish(begun, {**answer, "iss": "https://elders.example"})
    with pytest.raises(Untrusted, match="invalid_grant"):  # the verifier is another one
        balie.finish(replace(balie.begin(), state=begun.state), answer)


def test_who_cancels_is_refused(balie):
    with pytest.raises(Refused, match="access_denied"):
        balie.finish(*come_back(balie, "annuleren", ""))


@pytest.mark.parametrize("fault", ["down", "500", "rubbish", "slow"])
def test_a_provider_that_fails_is_down_before_and_after(balie, sandbox, fault):
    begun, answer = come_back(balie)
    sandbox.tell("faults/acmidm", kind=fault, seconds=3)

    with pytest.raises(ProviderDown):
        balie.finish(begun, answer)
    with pytest.raises(ProviderDown):
        RelyingParty(balie.provider, Clock()).begin()


def test_a_document_of_another_issuer_is_not_believed(provider, sandbox):
    issuer = provider.issuer.replace("127.0.0.1", "localhost")

    with pytest.raises(ProviderDown, match="issuer"):
        RelyingParty(replace(provider, issuer=issuer), Clock()).begin()


def test_logging_out_goes_by_the_provider(balie):
    asked = parameters(balie.logout_url("weg") or "")

    assert asked == {
        "client_id": "balie",
        "post_logout_redirect_uri": "http://127.0.0.1:8080/login/afgemeld",
        "state": "weg",
    }


def test_it_works_against_a_provider_that_we_did_not_write():
    acr = {"acr": EID, "rrn": "85073003328", "given_name": "Lien", "family_name": "Declercq"}
    with run_server_in_thread(user_claims=[User(sub="lien", claims=acr)], require_nonce=True) as server:
        issuer = f"http://localhost:{server.server_port}"
        party = RelyingParty(
            Provider(
                issuer=issuer,
                client_id="balie",
                client_secret="anything goes there",
                redirect_uri=CALLBACK,
                scope="openid profile",
                acr_values=(EID,),
                userinfo=True,
            ),
            Clock(),
        )
        begun = party.begin()
        chosen = requests.post(begun.url, data={"sub": "lien"}, timeout=10, allow_redirects=False)

        found = citizen(party.finish(begun, parameters(chosen.headers["location"])), Clock().now())

        assert (found.issuer, found.subject, found.rrn) == (issuer, "lien", "85073003328")
        with pytest.raises(Untrusted):
            party.finish(begun, parameters(chosen.headers["location"]))
