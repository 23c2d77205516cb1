"""What every request of the widget passes: origin, size, and one form of error.

A handler reads its own body, so that origin, token and rate are looked at before
anything is read, and each request has the size limit that fits it.
"""

from collections.abc import AsyncGenerator, Mapping

import structlog
from sanic import HTTPResponse, Request
from sanic.exceptions import SanicException
from sanic.response import json
from sqlalchemy.exc import SQLAlchemyError

from connectors import metrics
from connectors.base import Unreadable
from connectors.web import WebChannel, read_object
from conversations.model import JSON, Refused, UnknownConversation
from texts import Texts

LONGEST_BODY = 16 * 1024
DRAINED = 4  # times its limit: so far a body is read without being kept, and the browser gets to hear why
HEADERS = "Authorization, Content-Type, Last-Event-ID"
STATUS = {  # of a code; any other is 400
    "unauthorized": 401,
    "foreign_origin": 403,
    "unsigned": 403,
    "not_found": 404,
    "not_allowed": 405,
    "too_slow": 408,
    "unknown_choice": 409,
    "enough_photos": 409,
    "too_large": 413,
    "unsupported_media": 415,
    "too_many": 429,
    "failed": 500,
    "unavailable": 503,
}
CODES = {status: code for code, status in STATUS.items() if code not in ("unsigned", "enough_photos")}
TEXTS = {  # of a code, where a citizen may be shown one
    "unauthorized": "utter_widget_verlopen",
    "too_large": "utter_widget_foto_geweigerd",
    "unsupported_media": "utter_widget_foto_verkeerd",
    "enough_photos": "utter_widget_foto_genoeg",
    "too_many": "utter_widget_rustig",
    "failed": "utter_widget_verbinding_unreachable",
    "unavailable": "utter_widget_verbinding_unreachable",
}

log = structlog.get_logger()


class Rejected(Exception):
    """The request gets this code for an answer; docs/web-protocol.md explains each."""

    def __init__(self, code: str, retry_after: int = 0) -> None:
        super().__init__(code)
        self.code, self.retry_after = code, retry_after


class Door:
    def __init__(self, channel: WebChannel, texts: Texts) -> None:
        self._channel, self._texts = channel, texts

    async def check_origin(self, request: Request) -> None:
        """Before every handler."""
        if not self._is_ours(request):
            raise Rejected("foreign_origin")

    async def tell_origin(self, request: Request, response: HTTPResponse) -> None:
        """After every handler: the browser may show the answer to a page that we know."""
        response.headers["Vary"] = "Origin"
        response.headers.setdefault("Cache-Control", "no-store")
        origin = request.headers.get("origin")
        if origin and self._is_ours(request):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Credentials"] = "true"  # the cookie of browser_cookie.py
            response.headers["Access-Control-Expose-Headers"] = "Retry-After, Content-Disposition"
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = "GET, POST"
                response.headers["Access-Control-Allow-Headers"] = HEADERS
                response.headers["Access-Control-Max-Age"] = "600"

    async def explain(self, request: Request, error: Exception) -> HTTPResponse:
        """Any error as JSON with a code for programs and a text for people."""
        code = _code(error)
        metrics.REFUSED.labels(code).inc()
        if code in ("failed", "unavailable"):
            log.error("request.failed", route=request.name, error=type(error).__name__, exc_info=error)
        retry_after = getattr(error, "retry_after", 0)
        text = self._texts.text(TEXTS[code], seconden=str(retry_after)) if code in TEXTS else ""
        headers = {"Retry-After": str(retry_after)} if retry_after else {}
        return json({"error": code, "text": text}, STATUS.get(code, 400), headers)

    def _is_ours(self, request: Request) -> bool:
        return self._channel.verify(b"", request.headers)


def _code(error: Exception) -> str:
    if isinstance(error, (Rejected, Unreadable)):
        return error.code
    if isinstance(error, UnknownConversation):
        return "unauthorized"
    if isinstance(error, Refused):
        return "invalid"
    if isinstance(error, SQLAlchemyError):
        return "unavailable"
    if isinstance(error, SanicException) and error.status_code < 500:
        return CODES.get(error.status_code, "invalid")
    return "failed"


async def pieces(request: Request, limit: int) -> AsyncGenerator[bytes]:
    """The body of a streaming handler as it arrives. Raises Rejected when it is longer than `limit`."""
    if int(request.headers.get("content-length", 0)) > limit * DRAINED:
        raise Rejected("too_large")
    size = 0
    while (piece := await request.stream.read()) is not None:  # type: ignore[union-attr]  # a streaming handler has one
        size += len(piece)
        if size <= limit:
            yield piece
        elif size > limit * DRAINED:
            break
    if size > limit:
        raise Rejected("too_large")


async def body(request: Request) -> bytes:
    return b"".join([piece async for piece in pieces(request, LONGEST_BODY)])


async def json_body(request: Request) -> Mapping[str, JSON]:
    """The JSON object in the body; an empty body is an empty object. Raises Unreadable."""
    return read_object(await body(request) or b"{}")
