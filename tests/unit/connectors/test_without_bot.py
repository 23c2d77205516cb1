from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from city import Channel
from clock import BRUSSELS, Clock
from connectors.without_bot import NOT_READ, WithoutBot
from conversations.model import Author, Conversation, Holder, Kind, Message, State
from settings import ROOT
from texts import Texts

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=BRUSSELS)
TALK = Conversation("c_1", "whatsapp", "3247", Holder.BOT, 1, 1, MONDAY, MONDAY)


class At(Clock):
    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


class Hours(Texts):
    """Texts of a city whose WhatsApp keeps the hours of the town hall."""

    @property
    def city(self):
        real = super().city
        return replace(real, channels=(Channel("whatsapp", "+32", real.locations[0].week),))


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts(ROOT / "data", ROOT / "city.yml")


def said(**more: object) -> Message:
    usual = Message("m_1", "c_1", 1, Author.CITIZEN, Kind.TEXT, State.WORKING, "hallo", 1, MONDAY)
    return replace(usual, **more)  # type: ignore[arg-type]


def answers(texts: Texts, message: Message, now: datetime = MONDAY, last: str | None = None) -> list[str] | None:
    found = WithoutBot(texts, At(now), lambda _: last).answer(message, TALK)
    return None if found is None else [reply.name or "" for reply in found]


def test_what_is_typed_is_for_the_bot(texts: Texts) -> None:
    assert answers(texts, said()) is None
    assert answers(texts, said(sent_at=MONDAY - timedelta(minutes=59))) is None


@pytest.mark.parametrize("name", sorted(NOT_READ))
def test_what_no_bot_can_read_has_a_sentence_of_its_own(texts: Texts, name: str) -> None:
    assert answers(texts, said(kind=Kind.OTHER, name=name)) == [NOT_READ[name]]


def test_what_has_no_name_yet_has_one_too(texts: Texts) -> None:
    assert answers(texts, said(kind=Kind.OTHER, name="hologram")) == ["utter_kanaal_niet_ondersteund"]


def test_of_several_old_messages_only_the_first_is_answered(texts: Texts) -> None:
    old = said(sent_at=MONDAY - timedelta(hours=2))

    assert answers(texts, old) == ["utter_kanaal_na_storing"]
    assert answers(texts, old, last="utter_kanaal_na_storing") == []


def test_what_the_house_says_is_always_for_the_bot(texts: Texts) -> None:
    assert answers(texts, said(kind=Kind.EVENT, sent_at=MONDAY - timedelta(days=2))) is None


def test_a_channel_with_hours_tells_when_it_opens() -> None:
    texts = Hours(ROOT / "data", ROOT / "city.yml")
    night = MONDAY.replace(hour=3)

    [reply] = WithoutBot(texts, At(night), lambda _: None).answer(said(), TALK) or ()
    assert reply.name == "utter_kanaal_gesloten"
    assert "maandag 23 november 09:00" in reply.text
    assert answers(texts, said(), night, last="utter_kanaal_gesloten") == []
    assert answers(texts, said(), MONDAY) is None
