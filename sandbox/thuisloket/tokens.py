"""Who may ask what: a short-lived token that Balie signs, and in it the citizen whom it asks for.

Only RS256 under the key that Balie registered here. The rijksregisternummer comes
from the token and from nowhere else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from sandbox.acmidm.means import acr
from sandbox.thuisloket.errors import forbidden, unauthenticated

ROOT = Path(__file__).parents[2]
AUDIENCE = "thuisloket"
LONGEST = 300  # seconds that a token may live
LEEWAY = 30  # seconds that clocks may differ
WEAK = frozenset({acr("csampassword"), acr("csamselfreg")})


@dataclass(frozen=True)
class Caller:
    client: str
    rrn: str


class Doorman:
    def __init__(self, key: str, now: Callable[[], datetime]) -> None:
        """`key`: the PEM itself, or the file that holds it; only its public half is used."""
        pem = key.replace("\\n", "\n") if key.startswith("-----") else (ROOT / key).read_text("ascii")
        self._key = RSAKey.import_key(RSAKey.import_key(pem).as_pem(private=False))
        self._now = now

    def let_in(self, authorization: str) -> Caller:
        """Raises ThuisloketError: 401 for a token that proves nothing, 403 for one that is too weak."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise unauthenticated()
        claims = self._claims(token)
        rrn, level = claims.get("rrn"), claims.get("acr")
        if not isinstance(rrn, str) or len(rrn) != 11 or not level or level in WEAK:
            raise forbidden()
        return Caller(str(claims["iss"]), rrn)

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            claims = jwt.decode(token, self._key, algorithms=["RS256"]).claims
            self._check(claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise unauthenticated() from error
        return claims

    def _check(self, claims: dict[str, Any]) -> None:
        now = self._now().timestamp()
        audience = claims["aud"]
        if AUDIENCE not in (audience if isinstance(audience, list) else [audience]) or not claims["iss"]:
            raise unauthenticated()
        lives = claims["exp"] - claims["iat"]
        if not claims["iat"] - LEEWAY <= now <= claims["exp"] + LEEWAY or not 0 < lives <= LONGEST:
            raise unauthenticated()


def same_person(caller: Caller, rrn: str) -> None:
    """The rule of the Attesten-API: the claim must be the number in the path."""
    if caller.rrn != rrn:
        raise forbidden()
