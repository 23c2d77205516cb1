"""One turn of a conversation: message in, replies out, the same ones when it is asked again.

Drives Rasa's own processor step by step on one tracker, so the dialogue is read once and
written once. Turns of one conversation wait for each other here, in order of arrival;
Rasa's own lock would look again only every second. Understanding a message happens in a
thread, so that one citizen's sentence vector does not hold up the others.
"""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker

from bot import session
from bot.telling import Answer, told
from bot.tracker_store import DialogueStore

_understanding = ThreadPoolExecutor(max_workers=os.cpu_count(), thread_name_prefix="understanding")


class TrackerStoreFailed(Exception):
    """The dialogue could not be read or kept. Nothing was said; the message may come again."""


class Turns:
    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._running: set[asyncio.Task[Answer]] = set()

    async def take(self, agent: Agent, message: UserMessage, new_session: bool = False) -> Answer:
        """The answer to this message. Raises TrackerStoreFailed.

        Whoever asked may hang up: the turn goes on to its end, and the same message then gets its answer.
        """
        # Rasa's wrapper would swallow the error and go on with an empty tracker. Set anew each time: a reloaded
        # model makes a new wrapper.
        agent.tracker_store._on_tracker_store_error = _fail
        turn = asyncio.create_task(self._in_order(agent.processor, message, new_session))
        self._running.add(turn)
        turn.add_done_callback(self._running.discard)
        return await asyncio.shield(turn)

    async def forget(self, store: DialogueStore, conversation: str) -> dict[str, Any]:
        """Forget what was said in this conversation, between two of its turns."""
        async with self._locks.setdefault(conversation, asyncio.Lock()):
            await store.forget(conversation)
        return {}

    async def _in_order(self, processor: MessageProcessor, message: UserMessage, new_session: bool) -> Answer:
        lock = self._locks.setdefault(message.sender_id, asyncio.Lock())
        async with lock:
            return await _turn(processor, message, new_session)


async def _turn(processor: MessageProcessor, message: UserMessage, new_session: bool) -> Answer:
    tracker = await processor.get_tracker(message.sender_id)
    before = told(tracker, message.message_id)
    if before is not None:
        return before
    channel: OutputChannel = message.output_channel
    from_the_house = bool((message.metadata or {}).get("event"))
    await session.begin_if_needed(processor, tracker, channel, new_session, silently=from_the_house)
    message.parse_data = message.parse_data or await understood(processor, message, tracker)
    await processor._handle_message_with_tracker(message, tracker)
    tracker = await processor.run_action_extract_slots(channel, tracker)
    await processor._run_prediction_loop(channel, tracker)
    if tracker.latest_action_name != ACTION_LISTEN_NAME:  # ten actions, no end: Rasa broke off and would stay broken
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME), processor.domain)
    await processor.save_tracker(tracker)
    answer = told(tracker, message.message_id)
    # An action may take back the citizen's message (UserUtteranceReverted); then there is nothing to tell
    return answer if answer is not None else {"replies": [], "trace": {}}


async def dialogue(store: DialogueStore, conversation: str) -> dict[str, Any]:
    """Where this conversation stands: the open form, and every slot that is filled."""
    tracker = await store.retrieve(conversation)
    if tracker is None:
        return {"form": None, "slots": {}}
    slots = {name: value for name, value in tracker.current_slot_values().items() if value is not None}
    return {"form": tracker.active_loop_name, "slots": slots}


async def understood(
    processor: MessageProcessor, message: UserMessage, tracker: DialogueStateTracker | None = None
) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    parsed: dict[str, Any] = await loop.run_in_executor(
        _understanding, processor._parse_message_with_graph, message, tracker
    )
    return parsed


def _fail(error: Any) -> None:
    raise TrackerStoreFailed(str(error)) from error
