"""The agent's screen: who waits, what is his, and the conversation that he is in."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from conversations.model import Presence
from conversations.typed import keepable
from desk.calls import Calls
from desk.chores import ChoreWork
from desk.door import COOKIE, Door
from desk.live import Live
from desk.routes.steps import Inside, do, field
from desk.sessions import Session
from desk.work import File, Unusable, Work

HOME = "/desk/"
LONGEST_NAME = 100  # of a file
LONGEST_NUMBER = 9  # of digits that a page of ours can hold


class AgentRoutes(Inside):
    def __init__(self, door: Door, work: Work, calls: Calls, live: Live, chores: ChoreWork) -> None:
        self.door, self.work, self.calls, self.live, self.chores = door, work, calls, live, chores

    def blueprint(self) -> Blueprint:
        routes = Blueprint("desk_agent", url_prefix="/desk")
        routes.add_route(self.home, "/")
        routes.add_route(self.lists, "/lijsten")
        routes.add_route(self.stream, "/stroom")
        routes.add_route(self.presence, "/aanwezig", methods=["POST"])
        routes.add_route(self.next, "/volgende", methods=["POST"])
        routes.add_route(self.call, "/telefoon", methods=["POST"])
        routes.add_route(self.conversation, "/gesprek/<conversation:str>")
        routes.add_route(self.messages, "/gesprek/<conversation:str>/berichten")
        routes.add_route(self.card, "/gesprek/<conversation:str>/kaart")
        for name, step in {
            "nemen": self.take,
            "weigeren": self.decline,
            "notitie": self.note,
            "kaart": self.fill_in,
            "indienen": self.file,
            "antwoord": self.answer,
            "teruggeven": self.give_back,
            "sluiten": self.close,
            "doorgeven": self.transfer,
        }.items():
            routes.add_route(step, f"/gesprek/<conversation:str>/{name}", methods=["POST"], name=name)
        return routes

    # --- looking -------------------------------------------------------------

    async def home(self, request: Request) -> HTTPResponse:
        session = await self._enter(request)
        return await self._page(session, None)

    async def conversation(self, request: Request, conversation: str) -> HTTPResponse:
        session = await self._enter(request)
        return await self._page(session, conversation)

    async def lists(self, request: Request) -> HTTPResponse:
        session = await self._enter(request)
        values = await asyncio.to_thread(self._lists, session)
        return self.door.pages.page("lijsten.html", session=session, open=request.args.get("open", ""), **values)

    async def messages(self, request: Request, conversation: str) -> HTTPResponse:
        session = await self._enter(request)
        view = await do(self.work.view, session, conversation)
        return self.door.pages.page("verloop.html", view=view)

    async def card(self, request: Request, conversation: str) -> HTTPResponse:
        session = await self._enter(request)
        view = await do(self.work.view, session, conversation)
        return self.door.pages.page("kaart.html", view=view, session=session, problem="")

    async def stream(self, request: Request) -> None:
        session = await self._enter(request)
        conversation = request.args.get("gesprek")
        if conversation:
            await do(self.work.view, session, conversation)
        token = request.cookies.get(COOKIE) or ""

        def is_welcome() -> bool:
            found = self.door.sessions.find(token)
            return found is not None and not found.locked

        await self.live.stream(request, session.agent.id, conversation, is_welcome)

    # --- doing ---------------------------------------------------------------

    async def presence(self, request: Request) -> HTTPResponse:
        session = await self._enter(request)
        wanted = Presence.ONLINE if field(request, "aanwezig") == "ja" else Presence.AWAY
        await asyncio.to_thread(self.work.queue.agents.be, session.agent.id, wanted)
        return redirect(HOME, status=303)

    async def next(self, request: Request) -> HTTPResponse:
        session = await self._enter(request)
        conversation = await do(self.work.next, session)
        return redirect(f"{HOME}gesprek/{conversation}" if conversation else HOME, status=303)

    async def call(self, request: Request) -> HTTPResponse:
        session = await self._enter(request)
        return redirect(f"{HOME}gesprek/{await do(self.calls.begin, session)}", status=303)

    async def take(self, request: Request, conversation: str) -> HTTPResponse:
        session = await self._enter(request)
        await do(self.work.take, session, conversation)
        return redirect(f"{HOME}gesprek/{conversation}", status=303)

    async def decline(self, request: Request, conversation: str) -> HTTPResponse:
        session = await self._enter(request)
        await do(self.work.decline, session, conversation)
        return redirect(HOME, status=303)

    async def note(self, request: Request, conversation: str) -> HTTPResponse:
        session, text = await self._act(request, conversation), field(request, "notitie")
        try:
            await do(self.work.note, session, conversation, text)
        except Unusable as error:
            return await self._page(session, conversation, problem=f"notitie_{error.code}", note=text)
        return redirect(f"{HOME}gesprek/{conversation}#berichten", status=303)

    async def fill_in(self, request: Request, conversation: str) -> HTTPResponse:
        session = await self._act(request, conversation)
        await do(self.work.fill_in, session, conversation, *_card(request))
        return redirect(f"{HOME}gesprek/{conversation}", status=303)

    async def file(self, request: Request, conversation: str) -> HTTPResponse:
        session = await self._act(request, conversation)
        try:
            await do(self.work.file, session, conversation, *_card(request))
        except Unusable as error:
            return await self._page(session, conversation, problem=error.code)
        return redirect(f"{HOME}gesprek/{conversation}", status=303)

    async def answer(self, request: Request, conversation: str) -> HTTPResponse:
        session = await self._act(request, conversation)
        text, offers, client_id = field(request, "tekst"), field(request, "knoppen"), field(request, "id")[:64]
        try:
            step = partial(self.work.answer, offers=offers)
            await do(step, session, conversation, text, client_id, _file(request))
        except Unusable as error:
            return await self._page(session, conversation, problem=error.code, draft=text, offers=offers)
        return redirect(f"{HOME}gesprek/{conversation}", status=303)

    async def give_back(self, request: Request, conversation: str) -> HTTPResponse:
        return await self._ends(request, conversation, self.work.give_back, "onderwerp")

    async def close(self, request: Request, conversation: str) -> HTTPResponse:
        return await self._ends(request, conversation, self.work.close, "onderwerp")

    async def transfer(self, request: Request, conversation: str) -> HTTPResponse:
        wrong = field(request, "verkeerd") == "ja"
        step = partial(self.work.transfer, misrouted=wrong)
        return await self._ends(request, conversation, step, "naar", "notitie")

    # --- inside --------------------------------------------------------------

    async def _ends(self, request: Request, conversation: str, step: Callable[..., None], *fields: str) -> HTTPResponse:
        """A step after which the conversation is no longer his."""
        session = await self._act(request, conversation)
        try:
            await do(step, session, conversation, *(field(request, name) for name in fields))
        except Unusable as error:
            return await self._page(session, conversation, problem=error.code)
        return redirect(HOME, status=303)

    async def _page(
        self, session: Session, conversation: str | None, *, problem: str = "", **typed: str
    ) -> HTTPResponse:
        """`typed`: what he had filled in, to stand there again."""
        values = await asyncio.to_thread(self._lists, session)
        view = await do(self.work.view, session, conversation) if conversation else None
        shown = {"session": session, "view": view, "teams": self.door.pages.city.teams, "open": conversation or ""}
        told = {"problem": problem, "most_megabytes": self.work.most // 1024**2}
        return self.door.pages.page("balie.html", status=400 if problem else 200, **values, **shown, **told, **typed)

    def _lists(self, session: Session) -> dict[str, Any]:
        tasks = self.chores.looks.open_ones(session)
        return {"lists": self.work.lists(session), "colleagues": self.work.colleagues(), "open_tasks": tasks}

    async def _act(self, request: Request, conversation: str) -> Session:
        """Enters, from a page that still shows what is going on."""
        session, seen = await self._enter(request), field(request, "aanvraag")
        if seen:
            await do(self.work.same, session, conversation, seen)
        return session


def _card(request: Request) -> tuple[int, dict[str, str]]:
    """The version of the card that he saw, and what he typed on it."""
    seen = field(request, "stand")
    version = int(seen) if seen.isdecimal() and len(seen) < LONGEST_NUMBER else -1
    return version, {name: field(request, name) for name in request.form or ()}


def _file(request: Request) -> File | None:
    """What he added to his answer. A browser sends an empty one when he chose nothing."""
    found = request.files.get("bestand") if request.files else None
    if found is None or not found.body:
        return None
    name = keepable(found.name).replace("\\", "/").rsplit("/", 1)[-1].strip()
    return File(name[-LONGEST_NAME:] or "bestand", found.body)
