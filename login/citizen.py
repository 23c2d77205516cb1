"""Who a citizen is, out of the claims of his login."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from citizens.identities import Claims
from conversations.masking import has_check_digits
from login.oidc import Untrusted

_RRN = re.compile(r"[0-9]{11}")


class NoNationalNumber(Exception):
    """He logged in with a means that is not linked to his rijksregisternummer."""


def citizen(claims: Mapping[str, Any], now: datetime) -> Claims:
    """Raises NoNationalNumber, or Untrusted when it is there and wrong."""
    rrn = claims.get("rrn")
    if rrn is None:
        raise NoNationalNumber
    if not isinstance(rrn, str) or not is_rrn(rrn):
        raise Untrusted("rrn")
    return Claims(
        issuer=claims["iss"],
        subject=claims["sub"],
        given_name=_name(claims.get("given_name")),
        family_name=_name(claims.get("family_name")),
        rrn=rrn,
        level=str(claims.get("acr") or ""),
        authenticated_at=now,
    )


def is_rrn(text: str) -> bool:
    """Eleven digits with the right check digits; which numbers are given out is the provider's to know."""
    return bool(_RRN.fullmatch(text)) and has_check_digits(text)


def _name(value: object) -> str:
    return value if isinstance(value, str) else ""
