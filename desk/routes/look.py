"""What an agent opens from a conversation: a photo, an earlier contact; and that he is typing."""

from collections.abc import Callable
from functools import partial

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty

from desk.door import Door, Refused
from desk.earlier import Earlier
from desk.routes.steps import do, field, shown
from desk.work import Work

Typing = Callable[[str, bool], None]
"""Shows the citizen of this conversation that a person types."""


class LookRoutes:
    def __init__(self, door: Door, work: Work, earlier: Earlier, typing: Typing) -> None:
        self.door, self.work, self.past, self.shows_typing = door, work, earlier, typing

    def blueprint(self) -> Blueprint:
        routes = Blueprint("desk_look", url_prefix="/desk/gesprek/<conversation:str>")
        routes.add_route(self.photo, "/foto/<attachment:str>")
        routes.add_route(self.earlier, "/eerder/<handover:str>")
        routes.add_route(self.typing, "/typt", methods=["POST"])
        return routes

    async def photo(self, request: Request, conversation: str, attachment: str) -> HTTPResponse:
        session = await do(partial(self.door.enter, acts=False), request)
        return shown(await do(self.work.photo, session, conversation, attachment))

    async def earlier(self, request: Request, conversation: str, handover: str) -> HTTPResponse:
        session = await do(self.door.enter, request)
        await do(self.work.allowed, session, conversation)
        found = await do(self.past.open, session, conversation, handover)
        if found is None:
            raise Refused(404, "geen_recht")
        contact, timeline = found
        view = {"timeline": timeline, "conversation": {"id": contact.conversation}, "watchers": []}
        return self.door.pages.page("eerder.html", contact=contact, view=view, back=conversation)

    async def typing(self, request: Request, conversation: str) -> HTTPResponse:
        session = await do(self.door.enter, request)
        view = await do(self.work.mine, session, conversation)
        if view:
            self.shows_typing(conversation, field(request, "aan") == "ja")
        return empty()
