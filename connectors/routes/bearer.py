"""For pages that are there for one machine of the city alone: with its token, else nothing."""

import hmac

from sanic import HTTPResponse, Request
from sanic.response import json

SCHEME = "Bearer "


def refusal(request: Request, token: str) -> HTTPResponse | None:
    """None when it may go on."""
    given = request.headers.get("authorization", "")
    if hmac.compare_digest(given.encode(errors="surrogateescape"), (SCHEME + token).encode()):
        return None
    return json({"error": "unauthorized"}, 401, headers={"WWW-Authenticate": SCHEME.strip()})
