import hashlib
import hmac

import pytest

from connectors.meta.signature import handshake, signed

SECRET = "testgeheim"
EMPTY = b'{"object":"whatsapp_business_account","entry":[]}'
EURO = (
    rb'{"object":"page","entry":[{"id":"1","time":1,"messaging":[{"message":{"mid":"m_1",'
    rb'"text":"Schadevergoeding \u20ac 5"}}]}]}'
)
VECTORS = [  # computed apart from this code
    (EMPTY, "d581cb7d5a44c8a07903e519f5c3afb26afde4c6ea554de64e5302f5d5f56556"),
    (EURO, "44e24900b96cced98692f5d9bd1a9d902caccbe3a7ac61aadb111c33ff695f8b"),
]
GOOD = VECTORS[0][1]


@pytest.mark.parametrize(("body", "digest"), VECTORS)
def test_a_body_that_meta_signed_is_believed(body: bytes, digest: str) -> None:
    assert signed(body, {"x-hub-signature-256": f"sha256={digest}"}, SECRET)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-hub-signature-256": ""},
        {"x-hub-signature-256": GOOD},
        {"x-hub-signature-256": f"sha256={GOOD[:-1]}0"},
        {"x-hub-signature-256": f"sha256={GOOD.upper()}"},
        {"x-hub-signature-256": f"sha256={GOOD} "},
        {"x-hub-signature-256": f"sha256={GOOD}\n"},
        {"x-hub-signature-256": f"SHA256={GOOD}"},
        {"x-hub-signature-256": "sha1=" + hmac.new(SECRET.encode(), EMPTY, hashlib.sha1).hexdigest()},
        {"x-hub-signature-256": "md5=" + hmac.new(SECRET.encode(), EMPTY, hashlib.md5).hexdigest()},
        {"x-hub-signature-256": "sha256=" + hmac.new(b"", EMPTY, hashlib.sha256).hexdigest()},
        {"x-hub-signature-256": "sha256=é" + GOOD[1:]},
        {"x-hub-signature": f"sha256={GOOD}"},
        {"x-hub-signature": "sha1=" + hmac.new(SECRET.encode(), EMPTY, hashlib.sha1).hexdigest()},
    ],
)
def test_no_other_header_hash_or_spelling_is(headers: dict[str, str]) -> None:
    assert not signed(EMPTY, headers, SECRET)


def test_a_body_that_was_written_anew_is_not() -> None:
    """Meta signs its own escapes; the same JSON in other bytes is another body."""
    header = {"x-hub-signature-256": f"sha256={VECTORS[1][1]}"}

    assert not signed(EURO.decode("unicode_escape").encode(), header, SECRET)
    assert not signed(EURO + b"\n", header, SECRET)


def test_without_a_secret_nobody_is() -> None:
    digest = hmac.new(b"", EMPTY, hashlib.sha256).hexdigest()

    assert not signed(EMPTY, {"x-hub-signature-256": f"sha256={digest}"}, "")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"hub.mode": "subscribe", "hub.verify_token": "woord", "hub.challenge": "1158201444"}, "1158201444"),
        ({"hub.mode": "subscribe", "hub.verify_token": "ander", "hub.challenge": "1158201444"}, None),
        ({"hub.mode": "unsubscribe", "hub.verify_token": "woord", "hub.challenge": "1158201444"}, None),
        ({"hub.verify_token": "woord", "hub.challenge": "1158201444"}, None),
        ({"hub.mode": "subscribe", "hub.challenge": "1158201444"}, None),
        ({"hub.mode": "subscribe", "hub.verify_token": "wóórd", "hub.challenge": "1158201444"}, None),
        ({}, None),
    ],
)
def test_the_challenge_is_for_who_knows_the_token(asked: dict[str, str], answer: str | None) -> None:
    assert handshake(asked, "woord") == answer


def test_an_empty_token_is_known_by_nobody() -> None:
    assert handshake({"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}, "") is None
