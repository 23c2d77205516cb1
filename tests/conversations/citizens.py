"""Plays the citizen on a channel, through the channel's own public face.

On the web that is the widget's API; for WhatsApp and Messenger it is a phone of the
sandbox, so that what is said goes as a signed webhook and what is answered comes by the Graph API.
"""

import mimetypes
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import requests

from conversations.model import State
from tests.conversations.browser import Browser
from tests.front import Citizen as Widget
from tests.house import House

PHOTOS = Path(__file__).parent / "fotos"
SECONDS = 10.0
ON_ITS_WAY = (State.QUEUED, State.SENDING)
_LINK = re.compile(r"\[[^\]]+\]\((\S+/login/\S+)\)")


@dataclass(frozen=True)
class Offered:
    """A choice as the ledger knows it: of which message, and which."""

    message: str
    n: int
    title: str


class Citizen(Protocol):
    """A citizen with one conversation. Each call returns when the channel took the message."""

    conversation: str
    ways: Counter[str]  # how the channel showed things in another way than the website does
    browser: Browser  # in which he opens links
    types_code: bool  # a login ends in the chat, not on the page

    def say(self, text: str) -> None: ...
    def tap(self, offered: Offered) -> None: ...
    def send_photo(self, name: str) -> None: ...
    def share_place(self, latitude: float, longitude: float) -> None: ...

    def waits_for(self, row: Any) -> bool:
        """Whether this reply of the ledger still has to reach him."""
        ...

    def read(self, row: Any) -> str:
        """The text of a reply as he sees it. Raises AssertionError when he does not see it."""
        ...

    def link(self) -> str:
        """Where the last link leads with which he can log in."""
        ...


class WebCitizen:
    """Speaks the widget's protocol, docs/web-protocol.md."""

    types_code = False

    def __init__(self, front_url: str) -> None:
        self.widget = Widget(front_url)
        self.ways: Counter[str] = Counter()
        self.conversation = str(self.widget.known["conversation"])
        self.browser = Browser(self.widget.http.cookies)

    def say(self, text: str) -> None:
        self._send(type="text", text=text)

    def tap(self, offered: Offered) -> None:
        self._send(type="choice", message_id=offered.message, choice=offered.n)

    def send_photo(self, name: str) -> None:
        answer = self.widget.upload((PHOTOS / name).read_bytes(), name)
        answer.raise_for_status()
        self._send(type="attachment", attachment=answer.json()["attachment"])

    def share_place(self, latitude: float, longitude: float) -> None:
        self._send(type="location", latitude=latitude, longitude=longitude)

    def waits_for(self, row: Any) -> bool:
        return False

    def read(self, row: Any) -> str:
        return str(row.text)

    def link(self) -> str:
        links = [found for message in self.widget.history() for found in _LINK.findall(message["text"])]
        assert links, "in het venster staat geen link om zich aan te melden"
        return str(links[-1])

    def _send(self, **body: Any) -> None:
        answer = self.widget.send(**body)
        assert answer.ok, f"het kanaal weigert het bericht: {answer.status_code} {answer.text}"


class PhoneCitizen:
    """Chats on a phone of the sandbox, and opens the conversation there with this deed."""

    types_code = True

    def __init__(self, house: House, product: str, deed: str, said: Mapping[str, str]) -> None:
        self.phones = f"{house.sandbox_url}/state/graph/{product}/citizens"
        self.ways: Counter[str] = Counter()
        self._noted: set[str] = set()
        self.browser = Browser()
        known = self._tell("", {})
        self.phone = known["id"]
        self.conversation = str(known["userId"] or known["address"])
        self._do(deed, said)

    def say(self, text: str) -> None:
        self._do("say", {"text": text})

    def tap(self, offered: Offered) -> None:
        """What is on the phone is tapped, and else typed: the number of a numbered text, or the title."""
        shown = self._shown(offered.message)
        for bubble in shown:
            for n, button in enumerate(bubble["buttons"]):
                if {offered.title, str(offered.n + 1)} & {button["title"], button["description"]}:
                    if not self._is_gone(bubble, button):
                        return self._do("tap", {"message": bubble["id"], "n": n})
                    self.ways["typen wat op de knop stond: die verdwijnt zodra er iets op volgt"] += 1
                    return self.say(offered.title)
        numbered = any(re.search(rf"^{offered.n + 1}\. ", bubble["text"], re.MULTILINE) for bubble in shown)
        assert numbered, f"op de telefoon staat geen knop “{offered.title}”, en geen nummer {offered.n + 1}"
        return self.say(str(offered.n + 1))

    def _is_gone(self, bubble: Mapping[str, Any], button: Mapping[str, Any]) -> bool:
        return bool(button["kind"] == "quick" and bubble["id"] != self._messages()[-1]["id"])

    def send_photo(self, name: str) -> None:
        photo = (name, (PHOTOS / name).read_bytes(), mimetypes.guess_type(name)[0] or "application/octet-stream")
        requests.post(f"{self.phones}/{self.phone}/file", files={"file": photo}, timeout=SECONDS).raise_for_status()

    def share_place(self, latitude: float, longitude: float) -> None:
        self._do("place", {"latitude": latitude, "longitude": longitude})

    def waits_for(self, row: Any) -> bool:
        return row.state in ON_ITS_WAY

    def read(self, row: Any) -> str:
        shown = self._shown(row.id)
        assert shown, f"{row.name} is niet aangekomen op de telefoon, maar {row.state} {row.error or ''}"
        if row.id not in self._noted:
            self._note_ways(row, shown)
        lines = [bubble[part] for bubble in shown for part in ("header", "text", "footer")]
        buttons = [button for bubble in shown for button in bubble["buttons"]]
        links = [f"{button['title']} {button['url']}" for button in buttons if button["url"]]
        return "\n".join(line for line in [*lines, *links] if line)

    def link(self) -> str:
        buttons = [button for bubble in self._messages() for button in bubble["buttons"]]
        links = [button["url"] for button in buttons if "/login/" in button["url"]]
        assert links, "op de telefoon staat geen knop om zich aan te melden"
        return str(links[-1])

    def _shown(self, message: str) -> list[dict[str, Any]]:
        """The bubbles that say this message of the ledger."""
        return [bubble for bubble in self._messages() if bubble["reference"].split(".")[0] == message]

    def _messages(self) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.phones}/{self.phone}", timeout=SECONDS)
        answer.raise_for_status()
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    def _note_ways(self, row: Any, shown: list[dict[str, Any]]) -> None:
        self._noted.add(row.id)
        kinds = {button["kind"] for bubble in shown for button in bubble["buttons"]}
        titles = [button["title"] for bubble in shown for button in bubble["buttons"]]
        if row.choices and "row" in kinds:
            self.ways["keuzes in een lijst"] += 1
        elif row.choices and not kinds:
            self.ways["keuzes als genummerde tekst"] += 1
        elif row.choices and titles != [choice["title"] for choice in row.choices]:
            self.ways["knoppen met een nummer"] += 1
        if len(shown) > 1:
            self.ways["een lange tekst in stukken"] += 1
        if " " in (row.name or ""):
            self.ways["wat bij elkaar hoort in één bericht"] += 1

    def _do(self, deed: str, wanted: Mapping[str, Any]) -> None:
        self._tell(f"/{self.phone}/{deed}", wanted)

    def _tell(self, path: str, wanted: Mapping[str, Any]) -> Any:
        answer = requests.post(f"{self.phones}{path}", json=dict(wanted), timeout=SECONDS)
        assert answer.ok, f"dat kan niet op de telefoon: {answer.text}"
        return answer.json()


CITIZENS: dict[str, Callable[[House], Citizen]] = {
    "web": lambda house: WebCitizen(house.front_url),
    "whatsapp": lambda house: PhoneCitizen(house, "whatsapp", "say", {"text": "hallo"}),
    "messenger": lambda house: PhoneCitizen(
        house, "messenger", "postback", {"title": "Aan de slag", "payload": "GET_STARTED"}
    ),
}
