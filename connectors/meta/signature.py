"""Whether a webhook comes from Meta, and what Meta hears when it asks whether the address is ours."""

import hashlib
import hmac
import re
from collections.abc import Mapping

HEADER = "x-hub-signature-256"
_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})")


def signed(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Over the bytes as they came: Meta signs them with its own escapes. No other header counts, nor another hash."""
    given = _SIGNATURE.fullmatch(headers.get(HEADER) or "")
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and given is not None and hmac.compare_digest(given[1], expected)


def handshake(asked: Mapping[str, str], token: str) -> str | None:
    """The challenge, when whoever asks knows the token."""
    given = asked.get("hub.verify_token") or ""
    known = bool(token) and hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
    return asked.get("hub.challenge") if known and asked.get("hub.mode") == "subscribe" else None
