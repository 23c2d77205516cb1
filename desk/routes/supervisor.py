"""The supervisor's screen: who waits, who talks, who is there; and what he does with a conversation."""

import asyncio
from collections.abc import Callable
from urllib.parse import urlencode

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from desk.audit import Audit
from desk.door import COOKIE, Door
from desk.live import Live
from desk.routes.steps import Inside, do, field, fields
from desk.sessions import Role, Session
from desk.supervision import Filter, Supervision
from desk.work import Unusable

HOME = "/desk/toezicht"


class SupervisorRoutes(Inside):
    role = Role.SUPERVISOR

    def __init__(self, door: Door, supervision: Supervision, audit: Audit, live: Live) -> None:
        self.door, self.supervision, self.audit, self.live = door, supervision, audit, live

    def blueprint(self) -> Blueprint:
        routes = Blueprint("desk_supervisor", url_prefix=HOME)
        routes.add_route(self.home, "/")
        routes.add_route(self.lists, "/lijst")
        routes.add_route(self.stream, "/stroom")
        routes.add_route(self.assign, "/toewijzen", methods=["POST"])
        routes.add_route(self.acts, "/controle")
        routes.add_route(self.conversation, "/gesprek/<conversation:str>")
        routes.add_route(self.messages, "/gesprek/<conversation:str>/berichten")
        steps = {"fluisteren": self.whisper, "overnemen": self.take_over, "sluiten": self.close}
        for name, step in {**steps, "naar_assistent": self.to_bot}.items():
            routes.add_route(step, f"/gesprek/<conversation:str>/{name}", methods=["POST"], name=name)
        return routes

    # --- looking -------------------------------------------------------------

    async def home(self, request: Request) -> HTTPResponse:
        return await self._home(request, await self._enter(request), "")

    async def lists(self, request: Request) -> HTTPResponse:
        session, only = await self._enter(request), _filter(request)
        overview = await do(self.supervision.overview, session, only)
        return self.door.pages.page("toezicht_lijst.html", session=session, overview=overview, only=only)

    async def conversation(self, request: Request, conversation: str) -> HTTPResponse:
        return await self._conversation(await self._enter(request), conversation, "")

    async def messages(self, request: Request, conversation: str) -> HTTPResponse:
        session = await self._enter(request)
        view = await do(self.supervision.look, session, conversation)
        return self.door.pages.page("verloop.html", view=view)

    async def stream(self, request: Request) -> None:
        """As long as it is open the agent sees that the supervisor looks."""
        session, conversation = await self._enter(request), request.args.get("gesprek")
        token, looks = request.cookies.get(COOKIE) or "", self.supervision.work.looks
        if conversation:
            await do(self.supervision.look, session, conversation)

        def is_welcome() -> bool:
            found = self.door.sessions.find(token)
            if found is None or found.locked:
                return False
            if conversation:
                looks.look(conversation, session.agent.id)
            return True

        try:
            await self.live.stream(request, session.agent.id, conversation, is_welcome)
        finally:
            if conversation:
                await asyncio.to_thread(looks.leave, conversation, session.agent.id)

    async def acts(self, request: Request) -> HTTPResponse:
        session = await asyncio.to_thread(self.door.enter, request, Role.ADMINISTRATOR)
        return self.door.pages.page("controle.html", session=session, acts=await do(self.audit.latest))

    # --- doing ---------------------------------------------------------------

    async def assign(self, request: Request) -> HTTPResponse:
        session = await self._enter(request)
        try:
            await do(self.supervision.assign, session, fields(request, "gesprek"), field(request, "aan"))
        except Unusable as error:
            return await self._home(request, session, error.code)
        return redirect(f"{HOME}/?{request.query_string}" if request.query_string else f"{HOME}/", status=303)

    async def whisper(self, request: Request, conversation: str) -> HTTPResponse:
        session, text = await self._enter(request), field(request, "notitie")
        try:
            await do(self.supervision.whisper, session, conversation, text)
        except Unusable as error:
            return await self._conversation(session, conversation, error.code)
        return redirect(f"{HOME}/gesprek/{conversation}", status=303)

    async def take_over(self, request: Request, conversation: str) -> HTTPResponse:
        return await self._ends(request, conversation, self.supervision.take_over, f"/desk/gesprek/{conversation}")

    async def close(self, request: Request, conversation: str) -> HTTPResponse:
        return await self._ends(request, conversation, self.supervision.close, f"{HOME}/")

    async def to_bot(self, request: Request, conversation: str) -> HTTPResponse:
        then = f"{HOME}/gesprek/{conversation}"
        return await self._ends(request, conversation, self.supervision.to_bot, then)

    # --- inside --------------------------------------------------------------

    async def _ends(
        self, request: Request, conversation: str, step: Callable[[Session, str], None], then: str
    ) -> HTTPResponse:
        await do(step, await self._enter(request), conversation)
        return redirect(then, status=303)

    async def _home(self, request: Request, session: Session, problem: str) -> HTTPResponse:
        only = _filter(request)
        overview = await do(self.supervision.overview, session, only)
        shown = {"session": session, "overview": overview, "only": only, "problem": problem, "query": _query(only)}
        return self.door.pages.page("toezicht.html", status=400 if problem else 200, **shown)

    async def _conversation(self, session: Session, conversation: str, problem: str) -> HTTPResponse:
        view = await do(self.supervision.look, session, conversation)
        if not problem:
            await do(self.supervision.looked, session, conversation)
        status = 400 if problem else 200
        return self.door.pages.page("meekijken.html", status=status, session=session, view=view, problem=problem)


def _filter(request: Request) -> Filter:
    return Filter(*(str(request.args.get(name) or "") for name in ("team", "kanaal", "toestand")))


def _query(only: Filter) -> str:
    return urlencode({"team": only.team, "kanaal": only.channel, "toestand": only.state})
