from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from connectors.bot_client import Answer, BotAway, BotDropped, BotFailed, BotRefused, HttpBot
from conversations.model import Author, Choice, Kind, Message, Reply, State
from tests.front import FakeBot


@pytest.fixture
def fake() -> Iterator[FakeBot]:
    with FakeBot() as bot:
        yield bot


def ask(fake: FakeBot, timeout: float = 5.0, new_session: bool = False) -> Answer:
    now = datetime.now(UTC)
    message = Message("m_1", "c_1", 1, Author.CITIZEN, Kind.TEXT, State.WORKING, "hallo", 1, now)
    return HttpBot(fake.url).turn(message, "web", new_session=new_session, timeout=timeout)


def test_a_turn_tells_who_says_what_where(fake: FakeBot) -> None:
    answer = ask(fake, new_session=True)

    assert answer == Answer((Reply("Je zei: hallo"),), {"intent": "groeten"})
    assert fake.asked == [
        {
            "conversation": "c_1",
            "message_id": "m_1",
            "channel": "web",
            "text": "hallo",
            "new_session": True,
            "metadata": {"attachment": None, "place": None, "event": False, "is_known": False},
        }
    ]


def test_a_reply_keeps_all_that_it_carries(fake: FakeBot) -> None:
    fake.faults.append(
        [
            {
                "text": "Klopt dit?",
                "choices": [{"title": "Ja", "payload": "/bevestigen"}],
                "image": "https://leiestad.example/a.png",
                "custom": {"type": "x"},
                "name": "utter_klopt",
            },
            {"text": None, "choices": None, "image": None, "custom": None, "name": None},
        ]
    )

    first, second = ask(fake).replies

    assert first == Reply(
        "Klopt dit?", (Choice("Ja", "/bevestigen"),), "https://leiestad.example/a.png", {"type": "x"}, "utter_klopt"
    )
    assert second == Reply()


def test_a_line_that_was_closed_is_tried_once_more(fake: FakeBot) -> None:
    fake.faults.append("die")

    assert ask(fake).replies == (Reply("Je zei: hallo"),)
    assert len(fake.asked) == 2


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ([503], BotAway),
        (["die", "die"], BotDropped),
        ([500], BotFailed),
        ([404], BotFailed),
        ([302], BotFailed),
        ([400], BotRefused),
        (["rubbish"], BotFailed),
        ([["no reply"]], BotFailed),
        ([[{"text": 7}]], BotFailed),
        ([[{"text": "a", "choices": [{"title": "a"}]}]], BotFailed),
        ([0.6], BotFailed),
    ],
)
def test_each_trouble_has_its_own_error(faults: list[object], error: type[Exception], fake: FakeBot) -> None:
    fake.faults.extend(faults)

    with pytest.raises(error) as raised:
        ask(fake, timeout=0.3)
    assert type(raised.value) is error


def test_a_bot_that_is_not_there_is_away(fake: FakeBot) -> None:
    fake.stop()

    with pytest.raises(BotAway) as raised:
        ask(fake)
    assert type(raised.value) is BotAway
    assert not HttpBot(fake.url).is_ready()


def test_what_words_want_is_asked_once_more_over_a_line_that_was_closed(fake: FakeBot) -> None:
    fake.faults.append("die")

    assert HttpBot(fake.url).intent("bedankt") == "groeten"
    assert fake.asked == [{"text": "bedankt"}] * 2


@pytest.mark.req("CI-03")
def test_what_the_bot_knows_is_the_card_of_a_hand_over(fake: FakeBot) -> None:
    slots = {"naam": "Lien", "requested_slot": "email", "pogingen": 1.0}
    fake.known = {"form": "afspraak_form", "slots": slots}
    bot = HttpBot(fake.url)

    assert bot.known("c_1") == {"form": "afspraak_form", "open": "email", "answers": {"naam": "Lien"}}
    fake.ready = False
    assert bot.known("c_1")["answers"] == {}
    fake.stop()
    assert bot.known("c_1") == {}


def test_a_bot_that_cannot_tell_what_words_want_says_so(fake: FakeBot) -> None:
    fake.faults.extend([503, "rubbish"])
    bot = HttpBot(fake.url)

    assert (bot.intent("bedankt"), bot.intent("bedankt")) == (None, None)
    fake.stop()
    assert bot.intent("bedankt") is None


def test_a_bot_forgets_a_conversation_when_it_can(fake: FakeBot) -> None:
    assert HttpBot(fake.url).forget("c_1")
    fake.ready = False
    assert not HttpBot(fake.url).forget("c_1")
    fake.stop()
    assert not HttpBot(fake.url).forget("c_1")

    assert fake.forgotten == ["c_1", "c_1"]


def test_a_bot_without_a_model_is_not_ready(fake: FakeBot) -> None:
    assert HttpBot(fake.url).is_ready()
    fake.ready = False
    assert not HttpBot(fake.url).is_ready()
