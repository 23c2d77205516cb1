"""Trains a small bot and talks to it the way the channel does, without HTTP."""

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.utils.endpoints import ClientResponseError

from bot import faq, request
from bot.channel import Listener
from bot.turn import Turns

ROOT = Path(__file__).resolve().parents[3]
SMALL_CITY = Path(__file__).with_name("small")


def train(project: Path, out: Path, *, cache: Path | None = None) -> Path:
    environment = {**os.environ, "RASA_CACHE_DIRECTORY": str(cache or out / "cache" / "rasa"), "PYTHONPATH": str(ROOT)}
    environment.pop("CITY_FILE", None)
    done = subprocess.run(
        [sys.executable, "-m", "rasa", "train", "--skip-validation", "--fixed-model-name", "small", "--out", str(out)],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (out / "train.log").write_text(done.stdout + done.stderr)
    return out / "small.tar.gz"


@dataclass
class FakeActionServer:
    """Answers like rasa_sdk would. `answers` holds, per action, its events and responses; an exception is raised."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = "http://actions.invalid/webhook"
    kwargs: dict[str, Any] = field(default_factory=lambda: {"enable_selective_domain": True})

    async def request(self, json: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.asked.append(json)
        await asyncio.sleep(0.01)
        answer = self.answers.get(json["next_action"], {})
        if isinstance(answer, Exception):
            raise answer
        return {"events": answer.get("events", []), "responses": [dict(said) for said in answer.get("responses", [])]}

    def runs(self, action: str) -> int:
        return sum(call["next_action"] == action for call in self.asked)


WELCOME = {
    "events": [{"event": "session_started"}, {"event": "action", "name": "action_listen"}],
    "responses": [{"text": "Welkom!", "buttons": [{"title": "Melden", "payload": "/melding_maken"}]}],
}
FAILED = ClientResponseError(500, "Internal Server Error", "it broke")


class Dialogue:
    """Talks to an agent the way the channel does, without HTTP."""

    def __init__(self, agent: Agent, actions: FakeActionServer) -> None:
        self.agent = agent
        self.actions = actions
        self.turns = Turns()

    async def asks(self, text: str = "", id: str = "1", of: str = "c", **more: Any) -> dict[str, Any]:
        payload, channel = more.get("payload"), more.get("channel", "web")
        message = UserMessage(
            text=payload or request.harmless(text),
            output_channel=Listener(channel),
            sender_id=of,
            input_channel=channel,
            message_id=id,
            metadata=more.get("metadata", {}),
            parse_data=faq.chosen(payload, self.agent.domain),
        )
        answer: dict[str, Any] = await self.turns.take(self.agent, message, more.get("new_session", False))
        return answer

    def says(self, text: str = "", id: str = "1", **more: Any) -> dict[str, Any]:
        return asyncio.run(self.asks(text, id, **more))


def texts(answer: dict[str, Any]) -> list[str]:
    return [reply["text"] for reply in answer["replies"]]
