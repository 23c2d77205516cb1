"""Plays the citizen on a channel, through the channel's own public face."""

import uuid
from pathlib import Path
from typing import Any, Protocol

import requests

PHOTOS = Path(__file__).parent / "fotos"
SECONDS = 10.0


class Citizen(Protocol):
    """A citizen with one conversation. Each call returns when the channel took the message."""

    conversation: str

    def say(self, text: str) -> None: ...
    def tap(self, message: str, n: int) -> None: ...
    def send_photo(self, name: str) -> None: ...
    def share_place(self, latitude: float, longitude: float) -> None: ...


class WebCitizen:
    """Speaks the widget's protocol, docs/web-protocol.md."""

    def __init__(self, front_url: str) -> None:
        self.front_url = front_url
        opened = requests.post(f"{front_url}/web/session", json={"locale": "nl"}, timeout=SECONDS)
        opened.raise_for_status()
        self.conversation = str(opened.json()["conversation"])
        self.headers = {"Authorization": f"Bearer {opened.json()['token']}"}

    def say(self, text: str) -> None:
        self._send(type="text", text=text)

    def tap(self, message: str, n: int) -> None:
        self._send(type="choice", message_id=message, choice=n)

    def send_photo(self, name: str) -> None:
        with (PHOTOS / name).open("rb") as photo:
            answer = requests.post(
                f"{self.front_url}/web/attachments",
                files={"file": (name, photo)},
                headers=self.headers,
                timeout=SECONDS,
            )
        answer.raise_for_status()
        self._send(type="attachment", attachment=answer.json()["attachment"])

    def share_place(self, latitude: float, longitude: float) -> None:
        self._send(type="location", latitude=latitude, longitude=longitude)

    def _send(self, **body: Any) -> None:
        body["client_msg_id"] = str(uuid.uuid4())
        answer = requests.post(f"{self.front_url}/web/messages", json=body, headers=self.headers, timeout=SECONDS)
        if answer.status_code >= 400:
            raise AssertionError(f"het kanaal weigert het bericht: {answer.status_code} {answer.text}")


CITIZENS = {"web": WebCitizen}
