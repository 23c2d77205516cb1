"""What the routes of the desk share: reading a form, and doing a step with its refusals in HTTP."""

import asyncio
from collections.abc import Callable
from typing import ClassVar, TypeVar

from sanic import HTTPResponse, Request
from sanic.response import raw

from conversations.model import Attachment
from conversations.typed import keepable
from desk.door import Door, Refused
from desk.sessions import Role, Session
from desk.work import NotAllowed, TooLate

T = TypeVar("T")

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
"""What a browser shows by itself. The rest is a file to keep."""


class Inside:
    """Routes that are open to who is logged in, as `role` or more."""

    role: ClassVar[Role] = Role.AGENT
    door: Door

    async def _enter(self, request: Request) -> Session:
        """Raises Refused."""
        return await asyncio.to_thread(self.door.enter, request, self.role)


def field(request: Request, name: str) -> str:
    return keepable(str(request.form.get(name) or "")) if request.form else ""


def fields(request: Request, name: str) -> list[str]:
    """All values of a field that stands there several times, in order."""
    return [keepable(str(value)) for value in request.form.getlist(name) or ()] if request.form else []


def shown(file: Attachment) -> HTTPResponse:
    """A picture to look at; anything else to keep."""
    is_picture = file.media_type in PICTURES
    kind = file.media_type if is_picture else "application/octet-stream"
    headers = {"Content-Disposition": "inline" if is_picture else "attachment"}
    return raw(file.content, content_type=kind, headers=headers)


async def do(step: Callable[..., T], *given: object) -> T:
    """In a thread; raises Refused for what the step does not allow."""
    try:
        return await asyncio.to_thread(step, *given)
    except NotAllowed as error:
        raise Refused(404, "geen_recht") from error
    except TooLate as error:
        raise Refused(409, "bezet") from error
