"""What the assistant has just now: a list to look in from, and to take over."""

from functools import partial

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from desk.door import Door
from desk.routes.steps import Inside, do, shown
from desk.running import RunningTalks

HOME = "/desk/assistent"


class RunningRoutes(Inside):
    def __init__(self, door: Door, talks: RunningTalks) -> None:
        self.door, self.talks = door, talks

    def blueprint(self) -> Blueprint:
        routes = Blueprint("desk_running", url_prefix=HOME)
        routes.add_route(self.home, "/")
        routes.add_route(self.list, "/lijst")
        routes.add_route(self.conversation, "/gesprek/<conversation:str>")
        routes.add_route(self.messages, "/gesprek/<conversation:str>/berichten")
        routes.add_route(self.photo, "/gesprek/<conversation:str>/foto/<attachment:str>")
        routes.add_route(self.take, "/gesprek/<conversation:str>/overnemen", methods=["POST"])
        return routes

    async def home(self, request: Request) -> HTTPResponse:
        session = await self._enter(request)
        return self.door.pages.page("assistent.html", session=session, talks=await do(self.talks.of, session))

    async def list(self, request: Request) -> HTTPResponse:
        session = await self._enter(request)
        return self.door.pages.page("assistent_lijst.html", session=session, talks=await do(self.talks.of, session))

    async def conversation(self, request: Request, conversation: str) -> HTTPResponse:
        session = await self._enter(request)
        view = await do(self.talks.look, session, conversation)
        await do(self.talks.looked, session, conversation)
        return self.door.pages.page("assistent_gesprek.html", session=session, view=view)

    async def messages(self, request: Request, conversation: str) -> HTTPResponse:
        session = await self._enter(request)
        view = await do(self.talks.look, session, conversation)
        return self.door.pages.page("verloop.html", view=view, photos=f"{HOME}/gesprek/{conversation}/foto/")

    async def photo(self, request: Request, conversation: str, attachment: str) -> HTTPResponse:
        session = await do(partial(self.door.enter, acts=False), request)
        return shown(await do(self.talks.photo, session, conversation, attachment))

    async def take(self, request: Request, conversation: str) -> HTTPResponse:
        session = await self._enter(request)
        await do(self.talks.take, session, conversation)
        return redirect(f"/desk/gesprek/{conversation}", status=303)
