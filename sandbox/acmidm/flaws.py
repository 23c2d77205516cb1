"""What can be wrong with what the provider says. A relying party must notice every one of them."""

import base64
import hmac
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from sandbox.acmidm.means import acr

Claims = dict[str, Any]


class Flaw(StrEnum):
    NONE = "none"
    WRONG_KEY = "wrong_key"  # signed by somebody else, under the name of a known key
    UNKNOWN_KEY = "unknown_key"  # a key that is not in the JWKS
    ALG_NONE = "alg_none"
    ALG_HS256 = "alg_hs256"  # signed with the public key, as if it were a password
    WRONG_NONCE = "wrong_nonce"
    NO_NONCE = "no_nonce"
    WRONG_ISS = "wrong_iss"
    WRONG_AUD = "wrong_aud"
    WRONG_AZP = "wrong_azp"
    EXPIRED = "expired"
    NOT_YET = "not_yet"  # issued in the future
    WRONG_AT_HASH = "wrong_at_hash"
    NO_ACR = "no_acr"
    WEAK_ACR = "weak_acr"  # another means than was asked
    NO_RRN = "no_rrn"
    BAD_RRN = "bad_rrn"  # its check digits are wrong
    OTHER_SUB = "other_sub"  # userinfo tells of somebody else
    AUD_LIST = "aud_list"  # no flaw: allowed, and rarely tried
    NO_TOKEN = "no_token"  # an answer without an ID token


_CHANGES: Mapping[Flaw, Claims] = {
    Flaw.WRONG_NONCE: {"nonce": "another"},
    Flaw.WRONG_ISS: {"iss": "https://elders.example/op"},
    Flaw.WRONG_AUD: {"aud": "another-client", "azp": "another-client"},
    Flaw.WRONG_AZP: {"azp": "another-client"},
    Flaw.WRONG_AT_HASH: {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    Flaw.WEAK_ACR: {"acr": acr("csampassword")},
    Flaw.BAD_RRN: {"rrn": "85073003329"},
}
_MISSING = {Flaw.NO_NONCE: "nonce", Flaw.NO_ACR: "acr", Flaw.NO_RRN: "rrn"}
HOUR = 3600


def flawed(claims: Claims, flaw: Flaw) -> Claims:
    changed = {**claims, **_CHANGES.get(flaw, {})}
    changed.pop(_MISSING.get(flaw, ""), None)
    if flaw is Flaw.EXPIRED:
        changed.update(exp=claims["iat"] - HOUR, iat=claims["iat"] - 2 * HOUR)
    if flaw is Flaw.NOT_YET:
        changed.update(exp=claims["exp"] + HOUR, iat=claims["iat"] + HOUR)
    if flaw is Flaw.AUD_LIST:
        changed["aud"] = [claims["aud"]]
    return changed


def signed(claims: Claims, key: RSAKey, flaw: Flaw) -> str:
    header = {"alg": "RS256", "kid": key.kid or "", "typ": "JWT"}
    if flaw is Flaw.ALG_NONE:
        return f"{_part({**header, 'alg': 'none'})}.{_part(claims)}."
    if flaw is Flaw.ALG_HS256:
        said = f"{_part({**header, 'alg': 'HS256'})}.{_part(claims)}"
        return f"{said}.{_base64(hmac.digest(key.as_pem(private=False), said.encode(), 'sha256'))}"
    if flaw in (Flaw.WRONG_KEY, Flaw.UNKNOWN_KEY):
        other = RSAKey.generate_key(2048)
        name = "k-onbekend" if flaw is Flaw.UNKNOWN_KEY else header["kid"]
        return jwt.encode({**header, "kid": name}, claims, other)
    return jwt.encode(header, claims, key)


def _part(content: Mapping[str, Any]) -> str:
    return _base64(json.dumps(content).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
