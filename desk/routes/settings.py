"""Where supervisors change teams, hours, topics, texts and answers, and sound the alarm: seen, then live."""

import asyncio
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import redirect

from clock import Clock
from desk.changes import Changes
from desk.door import Door
from desk.routes.steps import Inside, do, field
from desk.sessions import Role, Session
from desk.work import Unusable

HOME = "/desk/toezicht"
SAVE = "bewaren"


class SettingsRoutes(Inside):
    role = Role.SUPERVISOR

    def __init__(self, door: Door, changes: Changes, clock: Clock) -> None:
        self.door, self.changes, self.clock = door, changes, clock

    def blueprint(self) -> Blueprint:
        routes = Blueprint("desk_settings", url_prefix=HOME)
        routes.add_route(self.all, "/instellingen")
        routes.add_route(self.one, "/instelling/<key:str>")
        routes.add_route(self.change, "/instelling/<key:str>", methods=["POST"], name="change")
        routes.add_route(self.undo, "/instelling/<key:str>/terug", methods=["POST"])
        routes.add_route(self.calamity, "/calamiteit")
        routes.add_route(self.sound, "/calamiteit", methods=["POST"], name="sound")
        routes.add_route(self.end, "/calamiteit/uit", methods=["POST"])
        return routes

    # --- settings ------------------------------------------------------------

    async def all(self, request: Request) -> HTTPResponse:
        session = await self._enter(request)
        live = await asyncio.to_thread(self.changes.overrides.live)
        return self.door.pages.page("instellingen.html", session=session, names=self.changes.names(), changed=set(live))

    async def one(self, request: Request, key: str) -> HTTPResponse:
        session = await self._allowed(request, key)
        return await self._page(session, key, await do(self.changes.current, key))

    async def change(self, request: Request, key: str) -> HTTPResponse:
        session = await self._allowed(request, key)
        try:
            value = await do(self.changes.read, key, _form(request))
        except Unusable as error:
            return await self._page(session, key, await do(self.changes.current, key), problem=error.code)
        if field(request, "stap") != SAVE:
            return await self._page(session, key, value, preview=True)
        after = field(request, "versie")
        await do(self.changes.save, session, key, value, int(after) if after.isdigit() else 0)
        return redirect(f"{HOME}/instelling/{key}", status=303)

    async def undo(self, request: Request, key: str) -> HTTPResponse:
        session = await self._allowed(request, key)
        await do(self.changes.undo, session, key)
        return redirect(f"{HOME}/instelling/{key}", status=303)

    # --- the calamity --------------------------------------------------------

    async def calamity(self, request: Request) -> HTTPResponse:
        return self._calamity(await self._enter(request), {})

    async def sound(self, request: Request) -> HTTPResponse:
        session, form = await self._enter(request), _form(request)
        try:
            value = self.changes.read_calamity(form, self.clock.now())
        except Unusable as error:
            return self._calamity(session, form, problem=error.code)
        if field(request, "stap") != SAVE:
            return self._calamity(session, form, preview=value)
        await do(self.changes.sound, session, value)
        return redirect(f"{HOME}/calamiteit", status=303)

    async def end(self, request: Request) -> HTTPResponse:
        session = await self._enter(request)
        await do(self.changes.end_calamity, session)
        return redirect(f"{HOME}/calamiteit", status=303)

    # --- inside --------------------------------------------------------------

    async def _page(
        self, session: Session, key: str, value: Any, *, problem: str = "", preview: bool = False
    ) -> HTTPResponse:
        history = await do(self.changes.history, key)
        shown = {"session": session, "key": key, "kind": key.partition(":")[0], "value": value, "preview": preview}
        return self.door.pages.page(
            "instelling.html", status=400 if problem else 200, history=history, problem=problem, **shown
        )

    def _calamity(self, session: Session, form: dict[str, list[str]], **shown: Any) -> HTTPResponse:
        values = {"problem": "", "preview": None, **shown}
        live = self.changes.texts.city.calamity
        first = {name: found[0] for name, found in form.items() if found}
        status = 400 if values["problem"] else 200
        typed = {"typed": first, "topics": form.get("onderwerp", [])}
        return self.door.pages.page("calamiteit.html", status=status, session=session, live=live, **typed, **values)

    async def _allowed(self, request: Request, key: str) -> Session:
        session = await self._enter(request)
        await do(self.changes.check_key, session, key)
        return session


def _form(request: Request) -> dict[str, list[str]]:
    """Also what was left empty: rows keep their places."""
    return {name: [str(value) for value in values] for name, values in (request.get_form(True) or {}).items()}
