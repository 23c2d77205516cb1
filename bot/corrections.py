"""Nine corrections to Rasa 3.6.21, which is frozen and gets none of its own: `apply()` makes them.

- It builds a jsonschema validator anew for every answer of the action server, and then tries every
  kind of event on each event of it: half of the cost of a turn with an action. Here the validators
  are built once, and an event is held against its own kind.
- It sends an action every event of the session, and with each message all that was read in it.
  Here the latest events go, and of what was read the intents: what an action has to know is in
  the slots, and in the latest message.
- It opens a connection to the action server for every call. Here the calls share theirs.
- It looks for a rule about the words of a message before it looks for one about its intent, or
  sees that a form is going on; each time through the whole session. No rule of ours has words in
  it, so here it does not.
- It works out with Dask, for every message and every action, in which order the parts of its model
  run, and spends on that as long as on running them. Here the order is worked out once.
- It copies every slot for every prediction and every action, in the way that serves any object.
  Here a slot copies itself, three times as fast.
- A fallback action of one's own is predicted ten times in a row, until a circuit breaker trips,
  since no rule follows on it. Here the bot listens after it.
- It takes an action server that is away for one that had nothing to say: a form then ends with
  nothing filed, and what the citizen confirmed is lost. Here the turn is broken off, and can be
  had again.
- It takes a value in which "0[" stands, such as a street that somebody typed so, for a
  placeholder that was not filled, and then fills none. Here a value may hold anything.
"""

import asyncio
import logging
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from graphlib import TopologicalSorter
from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
import rasa
from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.nlg import interpolator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import DEFAULT_REQUEST_TIMEOUT, EndpointConfig

log = logging.getLogger(__name__)

EVENTS_SENT = 60
INTENTS = ("intent", "intent_ranking")
KEPT_OPEN = 2.0  # seconds that a connection waits for another call; the action server closes it after 5

_schema = deepcopy(RemoteAction.action_response_format_spec())
_event = _schema["properties"]["events"]["items"]
_kinds = {kind["properties"]["event"]["const"]: kind for kind in _event.pop("oneOf")}  # so what is left knows no kinds
_validator = validator_for(_schema)(_schema)
_of_kind = {name: validator_for(kind)(kind) for name, kind in _kinds.items()}
_predicted = RulePolicy.predict_action_probabilities
_found_in_rules = RulePolicy._find_action_from_rules
_run_remotely = RemoteAction.run
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^\n{}]+)\}")


class ActionsAway(BaseException):
    """The action server could not be reached, or fell while it worked. No Exception: Rasa would go on after one."""

    def __init__(self, action: str, was_reached: bool) -> None:
        super().__init__(action)
        self.was_reached = was_reached


def apply() -> None:
    """Again does no harm."""
    RemoteAction._validate_action_result = _validate
    RemoteAction._action_call_format = _request
    RemoteAction.run = _run
    RulePolicy.predict_action_probabilities = _predict
    RulePolicy._find_action_from_rules = _find_in_rules
    EndpointConfig.session = _session
    DaskGraphRunner.run = _run_in_order
    Slot.__copy__ = _copy
    interpolator.interpolate_text = _fill


def _validate(_: RemoteAction, result: dict[str, Any]) -> bool:
    """Raises ValidationError."""
    _validator.validate(result)
    for event in result.get("events", ()):
        if event["event"] not in _of_kind:
            raise ValidationError(f"there is no event {event['event']!r}")
        _of_kind[event["event"]].validate(event)
    return True


def _request(action: RemoteAction, tracker: DialogueStateTracker, _: Domain) -> dict[str, Any]:
    """What the SDK reads; the domain is not among it."""
    form, latest = tracker.active_loop, islice(reversed(tracker.events), EVENTS_SENT)
    state = {
        "sender_id": tracker.sender_id,
        "slots": tracker.current_slot_values(),
        "latest_message": tracker._latest_message_data(),
        "events": [_sent(event) for event in latest][::-1],
        "paused": tracker.is_paused(),
        "followup_action": tracker.followup_action,
        "active_loop": {"name": form.name, "is_interrupted": form.is_interrupted} if form else {},
        "latest_action_name": tracker.latest_action_name,
    }
    return {"next_action": action.name(), "sender_id": tracker.sender_id, "tracker": state, "version": rasa.__version__}


def _sent(event: Event) -> dict[str, Any]:
    sent: dict[str, Any] = event.as_dict()
    if isinstance(event, UserUttered):
        sent["parse_data"] = {name: sent["parse_data"][name] for name in INTENTS if name in sent["parse_data"]}
    return sent


_connectors: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.TCPConnector] = WeakKeyDictionary()


def _session(endpoint: EndpointConfig) -> aiohttp.ClientSession:
    loop = asyncio.get_running_loop()
    if loop not in _connectors:
        _connectors[loop] = aiohttp.TCPConnector(keepalive_timeout=KEPT_OPEN, limit=0)
    limit = aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT)
    auth = aiohttp.BasicAuth(**endpoint.basic_auth) if endpoint.basic_auth else None
    return aiohttp.ClientSession(
        headers=endpoint.headers, auth=auth, timeout=limit, connector=_connectors[loop], connector_owner=False
    )


async def _run(action: RemoteAction, *args: Any) -> list[Event]:
    try:
        events: list[Event] = await _run_remotely(action, *args)
    except RasaException as error:
        if isinstance(error.__context__, aiohttp.ClientConnectionError):
            reached = not isinstance(error.__context__, aiohttp.ClientConnectorError)
            raise ActionsAway(action.name(), reached) from error
        raise
    return events


def _predict(policy: RulePolicy, tracker: DialogueStateTracker, domain: Domain, *args: Any, **kwargs: Any) -> Any:
    prediction: PolicyPrediction = _predicted(policy, tracker, domain, *args, **kwargs)
    fallback = policy._fallback_action_name
    again = domain.action_names_or_texts[prediction.max_confidence_index] == fallback
    if again and tracker.latest_action_name == fallback:
        return policy._rule_prediction(policy._prediction_result(ACTION_LISTEN_NAME, tracker, domain), "fallback")
    return prediction


def _find_in_rules(policy: RulePolicy, *about: Any, use_text_for_last_user_input: bool) -> Any:
    if use_text_for_last_user_input:
        return None, None, False
    return _found_in_rules(policy, *about, use_text_for_last_user_input=False)


_Order = list[tuple[str, tuple[str, ...]]]
_orders: WeakKeyDictionary[DaskGraphRunner, dict[tuple[str, ...], _Order]] = WeakKeyDictionary()


def _run_in_order(
    runner: DaskGraphRunner, inputs: Mapping[str, Any] | None = None, targets: Sequence[str] | None = None
) -> dict[str, Any]:
    wanted = tuple(targets or runner._graph_schema.target_names)
    orders = _orders.setdefault(runner, {})
    if wanted not in orders:
        orders[wanted] = _order(runner, wanted)
    # A part gives, and takes, pairs of a name and what it stands for; of what nobody gave, the name alone
    given: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
    for name, needs in orders[wanted]:
        given[name] = runner._instantiated_nodes[name](*(given.get(need, need) for need in needs))
    return dict(given[name] for name in wanted)


def _order(runner: DaskGraphRunner, wanted: tuple[str, ...]) -> _Order:
    """The parts that this needs, each after what it needs itself."""
    parts = runner._graph_schema.minimal_graph_schema(list(wanted)).nodes
    needs = {name: tuple(part.needs.values()) for name, part in parts.items()}
    return [(name, needs[name]) for name in TopologicalSorter(needs).static_order() if name in parts]


def _copy(slot: Slot) -> Slot:
    copied: Slot = object.__new__(type(slot))
    copied.__dict__.update(slot.__dict__)
    return copied


def _fill(response: str, values: Mapping[str, Any]) -> str:
    """A text with its placeholders filled; `{{` is a brace. A name that has no value leaves all of it as it was."""
    try:
        return _PLACEHOLDER.sub(lambda found: str(values[found[1]]) if found[1] else found[0][0], response)
    except KeyError as missing:
        log.error("response.value_missing name=%s", missing.args[0])
        return response
