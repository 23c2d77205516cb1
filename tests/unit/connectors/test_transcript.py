from datetime import timedelta

from clock import Clock
from connectors.transcript import Transcript
from conversations.ledger import Ledger
from conversations.model import Choice, Conversation, Incoming, Kind, Reply
from texts import Texts


class LaterClock(Clock):
    def __init__(self) -> None:
        super().__init__()
        self.passed = timedelta()

    def now(self):
        return super().now() + self.passed


def a_conversation(ledger: Ledger) -> Conversation:
    conversation = ledger.open("web", "c_1")
    ledger.leave(conversation.id, "/gesprek_begonnen", external_id="begun")
    ledger.say(conversation.id, Reply("Waar is het?", (Choice("Hier", "/hier"),)))
    ledger.receive(Incoming("web", "c_1", "c_1:aaaaaaaa", text="Op de markt"))
    return ledger.conversation(conversation.id)


def test_a_page_hides_what_the_house_told_the_bot(ledger: Ledger, texts: Texts) -> None:
    page = Transcript(ledger, Clock(), texts, days=1).page(a_conversation(ledger), after=0)

    assert [message["text"] for message in page.messages] == ["Waar is het?", "Op de markt"]
    assert page.last_seq == 3
    assert not page.more
    assert page.state["owner"] == "bot"


def test_a_long_conversation_comes_in_pages(ledger: Ledger, texts: Texts) -> None:
    conversation, transcript = a_conversation(ledger), Transcript(ledger, Clock(), texts, days=1)

    first = transcript.page(conversation, after=0, limit=2)
    second = transcript.page(conversation, after=first.last_seq, limit=2)

    assert (len(first.messages), first.more) == (1, True)
    assert (len(second.messages), second.more) == (1, False)


def test_a_photo_is_told_by_its_name(ledger: Ledger, texts: Texts) -> None:
    conversation = a_conversation(ledger)
    photo = ledger.keep_attachment(conversation.id, "put.jpg", "image/jpeg", b"\xff\xd8\xff")
    ledger.receive(Incoming("web", "c_1", "c_1:bbbbbbbb", kind=Kind.ATTACHMENT, attachment=photo))
    transcript = Transcript(ledger, Clock(), texts, days=1)

    [message] = transcript.page(ledger.conversation(conversation.id), after=3).messages
    assert message["attachment"] == {"id": photo, "name": "put.jpg", "media_type": "image/jpeg"}
    assert "put.jpg" in transcript.as_text(conversation)


def test_the_text_to_keep_names_who_said_what(ledger: Ledger, texts: Texts) -> None:
    text = Transcript(ledger, Clock(), texts, days=1).as_text(a_conversation(ledger))

    assert text.startswith("Chat met Leiestad – ")
    assert "] Jij\nOp de markt\n" in text
    assert "Waar is het?\n  1. Hier\n" in text
    assert "gesprek_begonnen" not in text


def test_a_conversation_can_be_continued_until_a_day_after_its_last_word(ledger: Ledger, texts: Texts) -> None:
    clock = LaterClock()
    conversation, transcript = a_conversation(ledger), Transcript(ledger, clock, texts, days=1)

    clock.passed = timedelta(hours=23)
    assert not transcript.is_expired(conversation)
    clock.passed = timedelta(hours=25)
    assert transcript.is_expired(conversation)
