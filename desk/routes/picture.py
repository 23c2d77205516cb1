"""The customer picture beside a conversation: the panel, its blocks, a document, and what is done for the citizen.

A block is opened with a POST: it leaves a row in the processing log, so no browser may
fetch it by itself.
"""

import secrets
from functools import partial
from urllib.parse import quote

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import raw, redirect

from desk.door import Door, Refused
from desk.picture import KINDS, Block, Picture
from desk.picture_door import Unreachable
from desk.routes.steps import PICTURES, do, field
from desk.sessions import Session


class PictureRoutes:
    def __init__(self, door: Door, picture: Picture) -> None:
        self.door, self.picture = door, picture

    def blueprint(self) -> Blueprint:
        routes = Blueprint("desk_picture", url_prefix="/desk/gesprek/<conversation:str>/klantbeeld")
        routes.add_route(self.panel, "/")
        routes.add_route(self.document, "/document", methods=["POST"])
        routes.add_route(self.cancel, "/annuleren", methods=["POST"])
        routes.add_route(self.move, "/verplaatsen", methods=["POST"])
        routes.add_route(self.open, "/blok/<block:str>", methods=["POST"])
        return routes

    async def panel(self, request: Request, conversation: str) -> HTTPResponse:
        session = await do(self.door.enter, request)
        panel = await do(self.picture.panel, session, conversation)
        return self.door.pages.page("klantbeeld.html", panel=panel, kinds=KINDS, conversation=conversation)

    async def open(self, request: Request, conversation: str, block: str) -> HTTPResponse:
        session = await do(self.door.enter, request)
        return await self._block(session, conversation, block)

    async def document(self, request: Request, conversation: str) -> HTTPResponse:
        session = await do(self.door.enter, request)
        try:
            file = await do(self.picture.document, session, conversation, field(request, "document"))
        except Unreachable as error:
            raise Refused(503, "onbereikbaar") from error
        shown = file.media_type in PICTURES
        how = "inline" if shown else f"attachment; filename*=UTF-8''{quote(file.name)}"
        kind = file.media_type if shown or file.media_type == "application/pdf" else "application/octet-stream"
        return raw(file.content, content_type=kind, headers={"Content-Disposition": how})

    async def cancel(self, request: Request, conversation: str) -> HTTPResponse:
        session, reference = await do(self.door.enter, request), field(request, "afspraak")
        became = await do(self.picture.cancel, session, conversation, reference, field(request, "sleutel")[:64])
        return await self._block(session, conversation, Block.APPOINTMENTS, notice=became)

    async def move(self, request: Request, conversation: str) -> HTTPResponse:
        session = await do(self.door.enter, request)
        await do(self.picture.move, session, conversation, field(request, "afspraak"))
        return redirect("/desk/", status=303)

    async def _block(self, session: Session, conversation: str, block: str, notice: str = "") -> HTTPResponse:
        opened = await do(partial(self.picture.open, notice=notice), session, conversation, block)
        key = secrets.token_urlsafe(16)  # so that a second click on what this page offers does nothing more
        page = partial(self.door.pages.page, "klantbeeld_blok.html", opened=opened, key=key)
        return page(conversation=conversation, session=session)
