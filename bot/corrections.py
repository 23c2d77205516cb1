"""Five corrections to Rasa 3.6.21, which is frozen and gets none of its own: `apply()` makes them.

- It builds a jsonschema validator anew for every answer of the action server, and then tries every
  kind of event on each event of it: half of the cost of a turn with an action. Here the validators
  are built once, and an event is held against its own kind.
- It sends an action every event of the session. Here the latest ones go: what an action has to
  know is in the slots.
- A fallback action of one's own is predicted ten times in a row, until a circuit breaker trips,
  since no rule follows on it. Here the bot listens after it.
- It takes an action server that is away for one that had nothing to say: a form then ends with
  nothing filed, and what the citizen confirmed is lost. Here the turn is broken off, and can be
  had again.
- It takes a value in which "0[" stands, such as a street that somebody typed so, for a
  placeholder that was not filled, and then fills none. Here a value may hold anything.
"""

import logging
import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import aiohttp
from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.nlg import interpolator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException

log = logging.getLogger(__name__)

EVENTS_SENT = 60

_schema = deepcopy(RemoteAction.action_response_format_spec())
_event = _schema["properties"]["events"]["items"]
_kinds = {kind["properties"]["event"]["const"]: kind for kind in _event.pop("oneOf")}  # so what is left knows no kinds
_validator = validator_for(_schema)(_schema)
_of_kind = {name: validator_for(kind)(kind) for name, kind in _kinds.items()}
_whole_request = RemoteAction._action_call_format
_predicted = RulePolicy.predict_action_probabilities
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
    interpolator.interpolate_text = _fill


def _validate(_: RemoteAction, result: dict[str, Any]) -> bool:
    """Raises ValidationError."""
    _validator.validate(result)
    for event in result.get("events", ()):
        if event["event"] not in _of_kind:
            raise ValidationError(f"there is no event {event['event']!r}")
        _of_kind[event["event"]].validate(event)
    return True


def _request(action: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
    request: dict[str, Any] = _whole_request(action, tracker, domain)
    request["tracker"]["events"] = request["tracker"]["events"][-EVENTS_SENT:]
    return request


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


def _fill(response: str, values: Mapping[str, Any]) -> str:
    """A text with its placeholders filled; `{{` is a brace. A name that has no value leaves all of it as it was."""
    try:
        return _PLACEHOLDER.sub(lambda found: str(values[found[1]]) if found[1] else found[0][0], response)
    except KeyError as missing:
        log.error("response.value_missing name=%s", missing.args[0])
        return response
