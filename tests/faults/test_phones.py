"""A citizen with a telephone of the sandbox, the real front, and a bot that does as it is told: each keeps Meta's
contract as it understands it, so here they must understand the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.front import FakeBot, wait_for
from tests.house import House

PHOTOS = Path(__file__).parents[1] / "conversations" / "fotos"
PRODUCTS = pytest.mark.parametrize("product", ["whatsapp", "messenger"])
THREE = [{"title": title, "payload": f"/{title.lower()}"} for title in ("Afval", "Licht", "Voetpad")]
FIVE = [*THREE, {"title": "Een verhuizing doorgeven", "payload": "/verhuizen"}, {"title": "Anders", "payload": "/x"}]


class Telephone:
    def __init__(self, house: House, product: str, **more: Any) -> None:
        self.url = f"{house.sandbox_url}/state/graph/{product}/citizens"
        made = requests.post(self.url, json={"name": "Lien", **more}, timeout=10).json()
        self.id, self.user = made["id"], made["userId"]

    def do(self, deed: str, **how: Any) -> None:
        answer = requests.post(f"{self.url}/{self.id}/{deed}", json=how, timeout=10)
        assert answer.ok, answer.text

    def send_photo(self, name: str, **how: str) -> None:
        with (PHOTOS / name).open("rb") as photo:
            files = {"file": (name, photo, "image/png")}
            answer = requests.post(f"{self.url}/{self.id}/file", files=files, data=how, timeout=10)
        assert answer.ok, answer.text

    @property
    def bubbles(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = requests.get(f"{self.url}/{self.id}", timeout=10).json()["messages"]
        return messages

    @property
    def heard(self) -> list[str]:
        return [bubble["text"] for bubble in self.bubbles if bubble["from"] == "city"]

    def hears(self, text: str) -> dict[str, Any]:
        wait_for(lambda: text in self.heard, lambda: f"{text!r} was not heard: {self.bubbles}")
        return next(bubble for bubble in self.bubbles if bubble["text"] == text and bubble["from"] == "city")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, FakeBot]]:
    with FakeBot() as bot:
        parts = ("sandbox", "front")
        house = House(tmp_path_factory.mktemp("phones"), parts=parts, environment={"BOT_URL": bot.url})
        house.start()
        yield house, bot
        house.stop()


@pytest.mark.req("BP1-01", "BP1-06")
@PRODUCTS
def test_who_writes_is_answered_and_sees_that_he_was_read(front: House, product: str) -> None:
    phone = Telephone(front, product)
    phone.do("say", text="hallo")

    phone.hears("Je zei: hallo")


def test_who_hides_his_number_is_answered_too(front: House) -> None:
    phone = Telephone(front, "whatsapp", hidesNumber=True)
    phone.do("say", text="hallo")

    phone.hears("Je zei: hallo")


@PRODUCTS
@pytest.mark.parametrize("choices", [THREE, FIVE])
def test_a_choice_is_tapped(front: House, bot: FakeBot, product: str, choices: list[dict[str, str]]) -> None:
    phone = Telephone(front, product)
    bot.faults.append([{"text": "Waarover gaat het?", "choices": choices}])
    phone.do("say", text="iets melden")
    bubble = phone.hears("Waarover gaat het?") if product == "whatsapp" else None
    if bubble is None:
        wait_for(lambda: phone.heard)
        bubble = next(b for b in phone.bubbles if b["from"] == "city")
    phone.do("tap", message=bubble["id"], n=1)

    phone.hears("Je zei: /licht")


@pytest.mark.parametrize(
    ("product", "heard"),
    [
        ("whatsapp", ["Bedankt.\n\nJe melding is verstuurd.\n\nWaarover nog?"]),
        ("messenger", ["Bedankt.", "Je melding is verstuurd.", "Waarover nog?"]),
    ],
)
def test_what_one_turn_says_is_one_message_where_messages_are_scarce(
    front: House, bot: FakeBot, product: str, heard: list[str]
) -> None:
    phone = Telephone(front, product)
    question = {"text": "Waarover nog?", "choices": THREE}
    bot.faults.append([{"text": "Bedankt."}, {"text": "Je melding is verstuurd."}, question])
    phone.do("say", text="ja, verstuur")
    wait_for(lambda: len(phone.heard) == len(heard), lambda: f"{phone.bubbles}")
    phone.do("tap", message=phone.bubbles[-1]["id"], n=1)

    phone.hears("Je zei: /licht")
    assert phone.heard[:-1] == heard


@PRODUCTS
def test_a_login_link_that_is_over_leaves_the_words(front: House, bot: FakeBot, product: str) -> None:
    phone = Telephone(front, product)
    bot.faults.append([{"text": "Meld je aan.", "custom": {"type": "link", "link": "l_0", "title": "Aanmelden"}}])
    phone.do("say", text="attest")

    phone.hears("Meld je aan.")


@PRODUCTS
def test_a_photo_comes_through(front: House, bot: FakeBot, product: str) -> None:
    phone = Telephone(front, product)
    photo = next(PHOTOS.glob("*.png")).name
    phone.send_photo(photo)

    phone.hears("Je zei: /bijlage_gestuurd")
    assert bot.asked[-1]["metadata"]["attachment"]


@PRODUCTS
def test_a_photo_that_is_gone_is_told(front: House, product: str) -> None:
    phone = Telephone(front, product)
    phone.send_photo(next(PHOTOS.glob("*.png")).name, gone="true")

    phone.hears("Je foto is niet aangekomen. Kun je ze nog eens sturen?")


def test_a_voice_message_is_answered_honestly(front: House) -> None:
    phone = Telephone(front, "whatsapp")
    phone.do("voice")

    phone.hears("Ik kan niet naar een spraakbericht luisteren. Wil je het typen?")


def test_a_place_on_the_map_comes_through(front: House, bot: FakeBot) -> None:
    phone = Telephone(front, "whatsapp")
    phone.do("place", latitude=50.8471, longitude=3.6042)

    phone.hears("Je zei: /plaats_gedeeld")
    assert bot.asked[-1]["metadata"]["place"] == {"latitude": 50.8471, "longitude": 3.6042}


@pytest.mark.parametrize("names_its_app", [True, False])
def test_a_colleague_in_meta_s_own_inbox_silences_the_bot_until_the_citizen_wants_it_back(
    front: House, names_its_app: bool
) -> None:
    """Meta sends our own words back too: those silence nobody."""
    phone = Telephone(front, "messenger")
    phone.do("say", text="hallo")
    phone.hears("Je zei: hallo")
    phone.do("say", text="nog iets")
    phone.hears("Je zei: nog iets")

    phone.do("inbox", text="Dag, met Sanne", appId=names_its_app)
    wait_for(lambda: any(text.startswith("Een collega van de stad antwoordt") for text in phone.heard))
    phone.do("say", text="dank je, Sanne")
    phone.do("say", text="terug naar de assistent")

    phone.hears("Je zei: /terug_naar_assistent")
    assert "Je zei: dank je, Sanne" not in phone.heard
