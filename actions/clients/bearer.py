"""An access token of a backend: fetched when it is needed, kept, and renewed before it ends."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import requests

from actions.clients.errors import Misconfigured, NotFound, Rejected

Fetch = Callable[[], Awaitable[tuple[str, float]]]
"""Gives a new token and the seconds that it lives."""
Call = Callable[[dict[str, str]], Awaitable[requests.Response]]
"""A call with these headers."""
DEFAULT_LIFETIME = 300  # seconds, for a token that does not tell


class Bearer:
    """`spare`: seconds before its end at which a token is renewed; of one that lives shorter, halfway."""

    def __init__(self, fetch: Fetch, spare: float) -> None:
        self._fetch = fetch
        self._spare = spare
        self._token = ""
        self._renew_at = 0.0
        self._renewing = asyncio.Lock()

    async def authorised(self, call: Call) -> requests.Response:
        """The call with our token; once more with a new one when it is turned away at the door."""
        token = await self._valid()
        try:
            return await call(_headers(token))
        except Misconfigured:
            return await call(_headers(await self._valid(instead_of=token)))

    async def _valid(self, instead_of: str | None = None) -> str:
        async with self._renewing:
            if self._token == instead_of or time.monotonic() >= self._renew_at:
                try:
                    self._token, seconds = await self._fetch()
                except (Rejected, NotFound) as error:  # OAuth2 says 400 to credentials that are not good
                    raise Misconfigured(error.backend, error.operation, "no token") from error
                self._renew_at = time.monotonic() + max(seconds - self._spare, seconds / 2)
            return self._token


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def read_token(wire: Any) -> tuple[str, float]:
    """What an OAuth2 token endpoint answers."""
    return wire["access_token"], float(wire.get("expires_in", DEFAULT_LIFETIME))
