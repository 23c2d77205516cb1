"""Runs the action server: the actions for Rasa, what goes on by itself such as retries and looks, and the desk's door.

One process with one event loop, where `python -m rasa_sdk` starts workers that
could not share these loops; see docs/decisions/0003-actieserver.md.
"""

import asyncio
import sys
import warnings
from typing import Any
from urllib.parse import quote

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import HTTPResponse, Request, Sanic
from sanic.response import raw
from sqlalchemy.exc import SQLAlchemyError

from actions.background import keep_doing
from actions.desk_door import PATH
from actions.wiring import Wiring, wire
from city_node import CityError
from conversations.database import migrate
from process import configure_logging, listen
from proof import HEADER
from settings import Settings, SettingsError, load

# Rasa ended at 3.6 and its SDK went on; they understand each other.
warnings.filterwarnings("ignore", message="Your versions of rasa and rasa_sdk might not be compatible")

App = Sanic[Any, Any]


class Executor(ActionExecutor):
    """Needs no domain: our actions read the tracker only, so Rasa does not send its vocabulary with every call."""

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        return payload.get("domain") or {}


def build(settings: Settings) -> App:
    wiring = wire(settings)
    executor = Executor()
    for action in wiring.actions:
        executor.register_action(action)
    app = create_app(executor, cors_origins=[])
    app.ctx.wiring = wiring
    app.add_route(answer_desk, f"{PATH}<way:str>", methods=["POST"])
    app.after_server_start(start_background)
    app.before_server_stop(stop_background)
    return app


async def answer_desk(request: Request, way: str) -> HTTPResponse:
    wiring: Wiring = request.app.ctx.wiring
    answer = await wiring.desk.answer(way, request.body, request.headers.get(HEADER) or "")
    named = {"X-Name": quote(answer.name)} if answer.name else {}
    return raw(answer.content, status=answer.status, content_type=answer.media_type, headers=named)


async def start_background(app: App) -> None:
    wiring: Wiring = app.ctx.wiring
    loops = {
        "retries": wiring.retries.run(),
        "followups": wiring.followups.run(),
        "dossiers": wiring.dossier_news.run(),
        "accounts": keep_doing("accounts", wiring.accounts.step),
    }
    if wiring.registrar:
        loops["contacts"] = wiring.registrar.run()
    app.ctx.background = [asyncio.create_task(loop, name=name) for name, loop in loops.items()]


async def stop_background(app: App) -> None:
    for task in app.ctx.background:
        task.cancel()
    await asyncio.gather(*app.ctx.background, return_exceptions=True)


def main() -> None:
    try:
        settings = load()
        configure_logging(settings.log_level)
        sock = listen(settings.inner_bind, settings.actions_port, "ACTIONS_PORT")
        migrate(settings.database_url)
        app = build(settings)
    except (SettingsError, CityError, SQLAlchemyError, OSError) as error:
        sys.exit(f"actions: {error}")
    app.run(sock=sock, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
