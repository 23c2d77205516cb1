"""OAuth2 client credentials: who may call, and for how long."""

import base64
import binascii
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta


class TokenError(Exception):
    """What OAuth2 calls it, and the status that goes with it."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status, self.error = status, error


@dataclass
class Tokens:
    client_id: str
    client_secret: str
    seconds: int
    now: Callable[[], datetime]
    _valid_until: dict[str, datetime] = field(default_factory=dict)

    def issue(self, authorization: str, grant_type: str, scope: str) -> str:
        if not self._is_client(authorization):
            raise TokenError(401, "invalid_client")
        if grant_type != "client_credentials":
            raise TokenError(400, "unsupported_grant_type")
        if scope != "warp-api":
            raise TokenError(400, "invalid_scope")
        token = secrets.token_urlsafe(32)
        self._valid_until[token] = self.now() + timedelta(seconds=self.seconds)
        return token

    def accepts(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        until = self._valid_until.get(token)
        return scheme.lower() == "bearer" and until is not None and self.now() < until

    def _is_client(self, authorization: str) -> bool:
        scheme, _, encoded = authorization.partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            return False
        expected = f"{self.client_id}:{self.client_secret}".encode()
        return scheme.lower() == "basic" and hmac.compare_digest(given, expected)
