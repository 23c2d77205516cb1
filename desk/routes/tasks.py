"""The screen of the tasks: what is open, who has what, and how each ended."""

import secrets
from collections.abc import Mapping
from functools import partial

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from city import PHONE
from desk.chores import Asked, ChoreWork
from desk.door import Door
from desk.routes.steps import Inside, do, field, shown
from desk.sessions import Session
from desk.work import Unusable
from filings.task_model import Outcome

HOME = "/desk/taken"
AGAIN = "niet_bereikt"
OUTCOMES = {"bereikt": Outcome.REACHED, "afgehandeld": Outcome.HANDLED, "opgegeven": Outcome.GIVEN_UP}
"""What the buttons are called."""
TYPED = ("notitie", "antwoord", "reden")
NOTHING_TYPED = dict.fromkeys(TYPED, "")


class TaskRoutes(Inside):
    def __init__(self, door: Door, chores: ChoreWork) -> None:
        self.door, self.chores = door, chores

    def blueprint(self) -> Blueprint:
        routes = Blueprint("desk_tasks", url_prefix=HOME)
        routes.add_route(self.home, "/")
        routes.add_route(self.lists, "/lijst")
        routes.add_route(self.task, "/taak/<task:str>")
        routes.add_route(self.photo, "/taak/<task:str>/foto/<attachment:str>")
        for name, step in {
            "nemen": self.claim,
            "loslaten": self.release,
            "uitkomst": self.outcome,
            "doorgeven": self.forward,
            "toewijzen": self.assign,
        }.items():
            routes.add_route(step, f"/taak/<task:str>/{name}", methods=["POST"], name=name)
        routes.add_route(self.new, "/nieuw/<conversation:str>")
        routes.add_route(self.make, "/nieuw/<conversation:str>", methods=["POST"], name="make")
        return routes

    # --- looking -------------------------------------------------------------

    async def home(self, request: Request) -> HTTPResponse:
        session = await self._enter(request)
        return self.door.pages.page("taken.html", session=session, chores=await do(self.chores.looks.lists, session))

    async def lists(self, request: Request) -> HTTPResponse:
        session = await self._enter(request)
        return self.door.pages.page(
            "taken_lijst.html", session=session, chores=await do(self.chores.looks.lists, session)
        )

    async def task(self, request: Request, task: str) -> HTTPResponse:
        session = await self._enter(request)
        await do(self.chores.looks.opened, session, task)
        return await self._page(session, task)

    async def photo(self, request: Request, task: str, attachment: str) -> HTTPResponse:
        session = await do(partial(self.door.enter, acts=False), request)
        return shown(await do(self.chores.looks.photo, session, task, attachment))

    async def new(self, request: Request, conversation: str) -> HTTPResponse:
        session = await self._enter(request)
        return await self._form(session, conversation, Asked("", "", "", "", "", "", secrets.token_hex(8)), "")

    # --- doing ---------------------------------------------------------------

    async def claim(self, request: Request, task: str) -> HTTPResponse:
        session = await self._enter(request)
        await do(self.chores.claim, session, task)
        return redirect(f"{HOME}/taak/{task}", status=303)

    async def release(self, request: Request, task: str) -> HTTPResponse:
        session = await self._enter(request)
        await do(self.chores.release, session, task)
        return redirect(f"{HOME}/", status=303)

    async def outcome(self, request: Request, task: str) -> HTTPResponse:
        session, how, note = await self._enter(request), field(request, "uitkomst"), field(request, "notitie")
        if how == AGAIN:
            step = partial(self.chores.not_reached, session, task, field(request, "opnieuw"), note)
        else:
            ended = OUTCOMES.get(how, "")
            step = partial(self.chores.finish, session, task, ended, note, field(request, "antwoord"))
        return await self._leaves(request, session, task, step)

    async def forward(self, request: Request, task: str) -> HTTPResponse:
        session, wrong = await self._enter(request), field(request, "verkeerd") == "ja"
        to, reason = field(request, "naar"), field(request, "reden")
        step = partial(self.chores.forward, session, task, to, reason, misrouted=wrong)
        return await self._leaves(request, session, task, step)

    async def assign(self, request: Request, task: str) -> HTTPResponse:
        session = await self._enter(request)
        step = partial(self.chores.assign, session, task, field(request, "aan"))
        return await self._leaves(request, session, task, step)

    async def make(self, request: Request, conversation: str) -> HTTPResponse:
        session = await self._enter(request)
        names = ("handeling", "naar", "waarover", "nummer", "dag", "dagdeel", "id")
        asked = Asked(*(field(request, name) for name in names))
        try:
            await do(self.chores.make, session, conversation, asked)
        except Unusable as error:
            return await self._form(session, conversation, asked, error.code)
        return redirect(f"/desk/gesprek/{conversation}", status=303)

    # --- inside --------------------------------------------------------------

    async def _leaves(self, request: Request, session: Session, task: str, step: "partial[None]") -> HTTPResponse:
        """A step after which the task is out of his hands. What he typed is still there when it is refused."""
        try:
            await do(step)
        except Unusable as error:
            typed = {name: field(request, name) for name in TYPED}
            return await self._page(session, task, error.code, typed)
        return redirect(f"{HOME}/", status=303)

    async def _page(
        self, session: Session, task: str, problem: str = "", typed: Mapping[str, str] = NOTHING_TYPED
    ) -> HTTPResponse:
        view = await do(self.chores.looks.view, session, task)
        agents = await do(self.chores.looks.agents.all)
        status = 400 if problem else 200
        shown = {"session": session, "view": view, "agents": agents, "problem": problem, "typed": typed}
        return self.door.pages.page("taak.html", status=status, **shown)

    async def _form(self, session: Session, conversation: str, asked: Asked, problem: str) -> HTTPResponse:
        handover = await do(self.chores.work.allowed, session, conversation)
        known = handover.card.get("answers") or {}
        by_phone = handover.channel == PHONE
        shown = {"conversation": conversation, "by_phone": by_phone, "asked": asked, "problem": problem}
        lists = {"handlings": self.chores.handlings(), "known": known, "today": self.chores.clock.now().date()}
        return self.door.pages.page(
            "taak_nieuw.html", status=400 if problem else 200, session=session, **shown, **lists
        )
