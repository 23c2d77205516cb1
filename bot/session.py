"""Begins sessions: on demand, after a long silence, and silently when one has grown long.

Silently too when it is not the citizen who speaks: he was welcomed once, and the house that
has news for him days later does not greet him first.

The cost of a turn is linear in the events of its session (every action copies the tracker
and every prediction walks through it), so a session is cut at `LONGEST` events. What must
stay goes along: the slots, and the latest turns word for word, so that a question that was
asked just before the cut can still be answered.
"""

import logging

from rasa.core.channels.channel import OutputChannel
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

log = logging.getLogger(__name__)

LONGEST = 200
TURNS_KEPT = 3


async def begin_if_needed(
    processor: MessageProcessor,
    tracker: DialogueStateTracker,
    channel: OutputChannel,
    on_demand: bool,
    *,
    silently: bool = False,
) -> None:
    """The start of a turn: a new session if it is asked for, if there is none, or if the last one is over."""
    if not tracker.applied_events():
        await _begin(processor, tracker, channel)
    elif on_demand or processor._has_session_expired(tracker):
        await _begin(processor, tracker, channel, silently=silently)
    elif len(tracker.events) > LONGEST and tracker.active_loop_name is None:
        for event in shortened(tracker):
            tracker.update(event, processor.domain)


def shortened(tracker: DialogueStateTracker) -> list[Event]:
    """A new session that says nothing and remembers the slots and the latest turns."""
    events = list(tracker.events)
    asked = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    latest = events[asked[-TURNS_KEPT] :] if len(asked) >= TURNS_KEPT else []
    filled = [slot for slot in tracker.slots.values() if slot.value != slot.initial_value]
    return [
        ActionExecuted(ACTION_SESSION_START_NAME),
        SessionStarted(),
        *(SlotSet(slot.name, slot.value) for slot in filled),
        ActionExecuted(ACTION_LISTEN_NAME),
        *latest,
    ]


async def _begin(
    processor: MessageProcessor, tracker: DialogueStateTracker, channel: OutputChannel, *, silently: bool = False
) -> None:
    """Runs action_session_start, and puts SessionStarted before its words: Rasa would put it after them."""
    dropped = (SessionStarted, BotUttered) if silently else SessionStarted
    told = [event for event in await _session_start(processor, tracker, channel) if not isinstance(event, dropped)]
    tracker.update_with_events([ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted(), *told], processor.domain)
    if tracker.latest_action_name != ACTION_LISTEN_NAME:
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME), processor.domain)


async def _session_start(
    processor: MessageProcessor, tracker: DialogueStateTracker, channel: OutputChannel
) -> list[Event]:
    action = processor._get_action(ACTION_SESSION_START_NAME)
    try:
        events: list[Event] = await action.run(channel, processor.nlg, tracker, processor.domain)
        return events
    except Exception:  # the action is broken: a session without welcome, but a session. One that is away is waited for
        log.exception("session.start_failed")
        return []
