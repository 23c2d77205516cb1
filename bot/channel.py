"""The bot's only door: one turn over HTTP, what words want, what it knows in a conversation, forgetting that, and
whether it is ready.

`credentials.yml` names `bot.channel.TurnChannel`; Rasa then serves POST /webhooks/turn/turn, …/understand,
…/known and …/forget, and GET /webhooks/turn/ready, on localhost.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import SQLAlchemyError

from bot import corrections, faq, request
from bot.tracker_store import DialogueStore
from bot.turn import TrackerStoreFailed, Turns, dialogue, understood

log = logging.getLogger(__name__)


class Listener(OutputChannel):  # type: ignore[misc]
    """Bears the name of the citizen's channel, so that Rasa picks that channel's texts. The replies are read from the
    tracker (`telling.py`), the same way for a first and a repeated message; nothing is sent from here."""

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def name(self) -> str:  # type: ignore[override]  # Rasa's is a classmethod, ours differs per citizen
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Nothing."""


class TurnChannel(InputChannel):  # type: ignore[misc]
    @classmethod
    def name(cls) -> str:
        return "turn"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "TurnChannel":
        corrections.apply()
        return cls()

    def blueprint(self, on_new_message: Any) -> Blueprint:
        """`on_new_message` is Rasa's own way in; a turn drives the processor itself (`turn.py`)."""
        blueprint = Blueprint("turn_channel", __name__)
        turns = Turns()

        @blueprint.listener("after_server_start")
        async def check(app: Any, _: Any) -> None:
            _stop_without_model(app.ctx.agent)
            _stop_without_dialogue_store(app.ctx.agent)

        @blueprint.get("/ready")
        async def ready(http: Request) -> HTTPResponse:
            agent: Agent = http.app.ctx.agent
            return response.json({"model": agent.model_name}) if agent.is_ready() else _not_ready()

        @blueprint.post("/turn")
        async def turn(http: Request) -> HTTPResponse:
            agent: Agent = http.app.ctx.agent
            if not agent.is_ready():
                return _not_ready()
            try:
                asked = request.read(http.json)
                return response.json(await turns.take(agent, _message(asked, agent), asked.new_session))
            except (request.BadRequest, InvalidUsage) as error:
                return response.json({"error": "bad_request", "message": str(error)}, status=400)
            except TrackerStoreFailed as error:
                log.error("turn.tracker_store_failed conversation=%s error=%s", asked.conversation, error)
                return response.json({"error": "tracker_store"}, status=503)
            except corrections.ActionsAway as error:
                log.error("turn.actions_away conversation=%s action=%s", asked.conversation, error)
                # 503 can wait for as long as it takes; a message on which the action server falls must not
                return response.json({"error": "actions"}, status=502 if error.was_reached else 503)

        @blueprint.post("/understand")
        async def understand(http: Request) -> HTTPResponse:
            agent: Agent = http.app.ctx.agent
            if not agent.is_ready():
                return _not_ready()
            try:
                parsed = await understood(agent.processor, UserMessage(text=request.text(http.json)))
            except (request.BadRequest, InvalidUsage) as error:
                return response.json({"error": "bad_request", "message": str(error)}, status=400)
            return response.json({"intent": parsed["intent"]["name"]})

        @blueprint.post("/known")
        async def known(http: Request) -> HTTPResponse:
            return await _of_conversation(http, dialogue)

        @blueprint.post("/forget")
        async def forget(http: Request) -> HTTPResponse:
            return await _of_conversation(http, turns.forget)

        return blueprint


async def _of_conversation(http: Request, do: Callable[[Any, str], Awaitable[dict[str, Any]]]) -> HTTPResponse:
    try:
        conversation = request.conversation(http.json)
        return response.json(await do(_dialogue_store(http.app.ctx.agent), conversation))
    except (request.BadRequest, InvalidUsage) as error:
        return response.json({"error": "bad_request", "message": str(error)}, status=400)
    except SQLAlchemyError as error:
        log.error("tracker_store_failed conversation=%s error=%s", conversation, type(error).__name__)
        return response.json({"error": "tracker_store"}, status=503)


def _message(asked: request.TurnRequest, agent: Agent) -> UserMessage:
    return UserMessage(
        text=asked.words,
        output_channel=Listener(asked.channel),
        sender_id=asked.conversation,
        input_channel=asked.channel,
        message_id=asked.message_id,
        metadata=asked.metadata,
        parse_data=faq.chosen(asked.payload, agent.domain),
    )


def _not_ready() -> HTTPResponse:
    return response.json({"error": "not_ready"}, status=503)


def _stop_without_model(agent: Agent) -> None:
    """Rasa goes on, answers nothing and stays up when its model cannot be read. What was wrong with it stands above."""
    if not agent.is_ready():
        raise SystemExit("the bot's model cannot be loaded; train it anew with `make train`")


def _stop_without_dialogue_store(agent: Agent) -> None:
    """Rasa goes on with a memory of its own when endpoints.yml names a class that it cannot find."""
    store = _dialogue_store(agent)
    if not isinstance(store, DialogueStore):
        found = type(store).__name__
        raise SystemExit(f"endpoints.yml: the tracker store is {found}, not bot.tracker_store.DialogueStore")


def _dialogue_store(agent: Agent) -> Any:
    """Ours, inside Rasa's wrapper."""
    return getattr(agent.tracker_store, "_tracker_store", agent.tracker_store)
