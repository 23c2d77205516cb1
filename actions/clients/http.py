"""One way to talk to a backend over HTTP, and one place that says what an answer means.

Calls run in a worker thread, so that the event loop stays free. Reads are tried
twice; a write is sent once, and when nobody knows what became of it that is said
(`Uncertain`), never guessed. Nothing of what is sent or received is logged.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeVar

import requests
import structlog
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from actions.clients.errors import BackendError, Misconfigured, NotFound, Rejected, Unavailable, Uncertain

log = structlog.get_logger()

Meaning = Callable[[str, requests.Response], BackendError | None]
"""What a backend's own kind of error answer means; None leaves it to the status code."""
MAX_CONNECTIONS = 16
Built = TypeVar("Built")


class Backend:
    """One backend: its address, its time-out in seconds, and its name for logs and errors."""

    def __init__(
        self, name: str, url: str, timeout: float, *, auth: AuthBase | None = None, meaning: Meaning | None = None
    ) -> None:
        self.meaning = meaning
        self.name = name
        self.url = url.rstrip("/")
        self.timeout = timeout
        self.session = requests.Session()
        self.session.auth = auth
        self.session.trust_env = False  # a city's backend is never behind the proxy of whoever starts us
        adapter = HTTPAdapter(pool_maxsize=MAX_CONNECTIONS)
        self.session.mount("http://", adapter)
        self.session.mount("https://", adapter)

    async def read(self, operation: str, path: str, *, method: str = "GET", **request: Any) -> requests.Response:
        """What changes nothing, so that it is tried again once after an outage."""
        try:
            return await self._call(operation, method, path, **request)
        except Unavailable:
            return await self._call(operation, method, path, **request)

    async def write(self, operation: str, method: str, path: str, **request: Any) -> requests.Response:
        """Anything that changes something. Raises Uncertain when it may have been done."""
        try:
            return await self._call(operation, method, path, **request)
        except Unavailable as error:
            if isinstance(error.__cause__, _Refused):
                raise  # it never got there
            raise Uncertain(self.name, operation) from error

    async def _call(self, operation: str, method: str, path: str, **request: Any) -> requests.Response:
        return await asyncio.to_thread(self._send, operation, method, path, request)

    def _send(self, operation: str, method: str, path: str, request: dict[str, Any]) -> requests.Response:
        began = time.monotonic()
        try:
            response = self.session.request(
                method, f"{self.url}/{path}", timeout=self.timeout, allow_redirects=False, **request
            )
        except requests.RequestException as error:
            cause = _Refused(str(error)) if _never_arrived(error) else error
            raise self._outage(operation, began, cause) from cause
        meant = self._error(operation, response)
        if meant:
            log.warning("backend.error", backend=self.name, operation=operation, status=response.status_code)
            raise meant
        return response

    def _outage(self, operation: str, began: float, cause: Exception) -> Unavailable:
        seconds = round(time.monotonic() - began, 2)
        log.warning("backend.unavailable", backend=self.name, operation=operation, seconds=seconds)
        return Unavailable(self.name, operation, type(cause).__name__)

    def _error(self, operation: str, response: requests.Response) -> BackendError | None:
        if response.status_code < 300:
            return None
        if self.meaning and (meant := self.meaning(operation, response)):
            return meant
        return self._by_status(operation, response.status_code)

    def _by_status(self, operation: str, status: int) -> BackendError:
        if status == 404:
            return NotFound(self.name, operation)
        if status == 429 or status >= 500:
            return Unavailable(self.name, operation, str(status))
        if status in (401, 403) or status < 400:  # a redirect leads to a login page
            return Misconfigured(self.name, operation, str(status))
        return Rejected(self.name, operation, "invalid")


class _Refused(Exception):
    """The connection was never made, so nothing was written."""


def _never_arrived(error: requests.RequestException) -> bool:
    return isinstance(error, requests.ConnectTimeout) or "NewConnectionError" in repr(error)


def parsed(backend: str, operation: str, response: requests.Response, build: Callable[[Any], Built]) -> Built:
    """What `build` makes of the JSON of an answer.

    One that cannot be read, or has another shape than agreed, is a fault that a colleague must see.
    """
    try:
        return build(response.json())
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Misconfigured(backend, operation, "unreadable answer") from error
