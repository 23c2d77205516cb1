"""The sandbox as one web application beside one mail server."""

from asyncio import Server
from typing import Any

from sanic import Sanic
from sanic.log import LOGGING_CONFIG_DEFAULTS

from sandbox import breakage
from sandbox.acmidm import routes as acmidm
from sandbox.acmidm.control import acmidm_control
from sandbox.cancel import cancel
from sandbox.control import control
from sandbox.dosis import routes as dosis
from sandbox.dosis.control import dosis_control
from sandbox.graph import routes as graph
from sandbox.graph.control import graph_control
from sandbox.graph.page import phones
from sandbox.jcc import routes as jcc
from sandbox.jcc.soap import routes as jcc_soap
from sandbox.mail import serve
from sandbox.openklant import routes as openklant
from sandbox.openklant.control import openklant_control
from sandbox.page import page
from sandbox.thuisloket import routes as thuisloket
from sandbox.thuisloket.control import thuisloket_control
from sandbox.topdesk import routes as topdesk
from sandbox.world import World


def build(world: World) -> Sanic[Any, Any]:
    app: Sanic[Any, Any] = Sanic("sandbox", log_config={**LOGGING_CONFIG_DEFAULTS, "disable_existing_loggers": False})
    app.config.AUTO_EXTEND = False
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.KEEP_ALIVE_TIMEOUT = 30
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 2.0
    app.ctx.world = world
    breakage.install(app)
    app.blueprint(acmidm.blueprint("acmidm", acmidm.PREFIX, lambda world: world.acmidm))
    app.blueprint(acmidm.blueprint("desk_login", acmidm.DESK, lambda world: world.desk_login))
    app.blueprint(acmidm_control)
    app.blueprint(dosis.blueprint())
    app.blueprint(dosis_control)
    app.blueprint(thuisloket.blueprint())
    app.blueprint(thuisloket_control)
    app.blueprint(openklant.blueprint())
    app.blueprint(openklant_control)
    backends = (*topdesk.blueprints(), jcc.blueprint(), jcc_soap.blueprint(), *graph.blueprints())
    for blueprint in (*backends, control, graph_control, cancel, page, phones):
        app.blueprint(blueprint)
    app.before_server_start(_open_mailbox)
    app.before_server_stop(_let_go)
    app.after_server_stop(_close_mailbox)
    return app


async def _open_mailbox(app: Sanic[Any, Any]) -> None:
    world: World = app.ctx.world
    app.ctx.mail_server = await serve(world.mailbox, world.settings.inner_bind, world.settings.sandbox_smtp_port)


async def _let_go(app: Sanic[Any, Any]) -> None:
    world: World = app.ctx.world
    world.changes.close()
    world.meta.close()


async def _close_mailbox(app: Sanic[Any, Any]) -> None:
    server: Server = app.ctx.mail_server
    server.close()
