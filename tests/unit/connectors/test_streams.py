import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest

from clock import Clock
from connectors import streams as module
from connectors.streams import MOST_STREAMS, Streams
from connectors.transcript import Transcript
from conversations.bell import Bell
from conversations.ledger import Ledger
from conversations.model import Reply
from texts import Texts


@pytest.fixture
def streams(ledger: Ledger, bell: Bell, texts: Texts) -> Streams:
    return Streams(ledger, bell, Transcript(ledger, Clock(), texts, days=1))


@pytest.fixture
def conversation(ledger: Ledger) -> str:
    return ledger.open("web", "c_1").id


async def heard(stream: AsyncGenerator[bytes], wanted: int) -> list[tuple[str, Any]]:
    """The next events, as (name, the interesting part)."""
    found: list[tuple[str, Any]] = []
    async with asyncio.timeout(30):
        while len(found) < wanted:
            for block in (await anext(stream)).decode().strip().split("\n\n"):
                found.append(_told(block))
    return found


def _told(block: str) -> tuple[str, Any]:
    if block.startswith(":"):
        return "comment", block
    fields = dict(line.split(": ", 1) for line in block.splitlines())
    data = json.loads(fields["data"])
    interesting = {"message": "text", "state": "owner", "typing": "on", "bye": "reason"}[fields["event"]]
    if fields["event"] == "message":
        assert fields["id"] == str(data["seq"])
    else:
        assert "id" not in fields
    return fields["event"], data[interesting]


async def test_a_stream_tells_the_state_what_was_said_and_what_follows(
    streams: Streams, ledger: Ledger, conversation: str
) -> None:
    ledger.say(conversation, Reply("een"))
    async with aclosing(streams.events(conversation, 0)) as stream:
        assert await heard(stream, 2) == [("state", "bot"), ("message", "een")]
        ledger.say(conversation, Reply("twee"))
        assert await heard(stream, 1) == [("message", "twee")]
        ledger.end(conversation)
        assert await heard(stream, 1) == [("state", "closed")]


async def test_it_begins_after_the_last_message_that_was_heard(
    streams: Streams, ledger: Ledger, conversation: str
) -> None:
    for text in ("een", "twee", "drie"):
        ledger.say(conversation, Reply(text))
    async with aclosing(streams.events(conversation, 2)) as stream:
        assert await heard(stream, 2) == [("state", "bot"), ("message", "drie")]


async def test_a_long_history_comes_whole(streams: Streams, ledger: Ledger, conversation: str) -> None:
    for n in range(250):
        ledger.say(conversation, Reply(str(n)))
    async with aclosing(streams.events(conversation, 0)) as stream:
        events = await heard(stream, 251)

    assert [text for name, text in events if name == "message"] == [str(n) for n in range(250)]


async def test_typing_is_told_to_every_tab_also_to_one_that_opens_meanwhile(
    streams: Streams, conversation: str
) -> None:
    async with aclosing(streams.events(conversation, 0)) as first:
        await heard(first, 1)
        streams.typing(conversation, on=True)
        assert await heard(first, 1) == [("typing", True)]
        async with aclosing(streams.events(conversation, 0)) as second:
            assert await heard(second, 2) == [("state", "bot"), ("typing", True)]
            streams.typing(conversation, on=False)
            assert await heard(first, 1) == [("typing", False)]
            assert await heard(second, 1) == [("typing", False)]


async def test_the_end_of_typing_comes_after_the_words(streams: Streams, ledger: Ledger, conversation: str) -> None:
    async with aclosing(streams.events(conversation, 0)) as stream:
        await heard(stream, 1)
        ledger.say(conversation, Reply("klaar"))
        streams.typing(conversation, on=False)
        assert await heard(stream, 2) == [("message", "klaar"), ("typing", False)]


async def test_one_stream_too_many_ends_the_oldest(streams: Streams, conversation: str) -> None:
    open_ones = [streams.events(conversation, 0) for _ in range(MOST_STREAMS)]
    for stream in open_ones:
        await heard(stream, 1)
    newest = streams.events(conversation, 0)

    assert await heard(newest, 1) == [("state", "bot")]
    assert await heard(open_ones[0], 1) == [("bye", "streams")]
    with pytest.raises(StopAsyncIteration):
        await anext(open_ones[0])
    assert len(streams) == MOST_STREAMS
    for stream in (*open_ones, newest):
        await stream.aclose()
    assert len(streams) == 0


async def test_when_the_process_stops_browsers_are_sent_elsewhere(streams: Streams, conversation: str) -> None:
    async with aclosing(streams.events(conversation, 0)) as stream:
        await heard(stream, 1)
        streams.close()
        assert await heard(stream, 1) == [("bye", "shutdown")]
    async with aclosing(streams.events(conversation, 0)) as late:
        assert await heard(late, 1) == [("bye", "shutdown")]


async def test_a_conversation_that_is_gone_ends_its_stream(streams: Streams) -> None:
    async with aclosing(streams.events("c_unknown", 0)) as stream:
        assert await heard(stream, 1) == [("bye", "expired")]


async def test_silence_is_broken_by_a_comment(
    streams: Streams, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEEP_ALIVE", 0.2)
    monkeypatch.setattr(module, "LOOK", 0.05)
    async with aclosing(streams.events(conversation, 0)) as stream:
        assert [name for name, _ in await heard(stream, 2)] == ["state", "comment"]
