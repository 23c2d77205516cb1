"""The page's profile on Messenger: how a chat begins, and the menu that is always there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.graph.errors import MessengerRefusal
from sandbox.graph.fields import Fields
from sandbox.graph.messenger_shapes import PAYLOAD, buttons
from sandbox.graph.phone import Button

JSON = Any
FIELDS = ("get_started", "greeting", "ice_breakers", "persistent_menu", "whitelisted_domains")
_REFUSAL = MessengerRefusal()
GREETING, ICE_BREAKERS, QUESTION, MENU = 160, 4, 80, 20


@dataclass(frozen=True)
class Profile:
    values: Mapping[str, JSON] = field(default_factory=dict)
    get_started: str = ""
    greeting: str = ""
    ice_breakers: tuple[tuple[str, str], ...] = ()  # question and payload
    menu: tuple[Button, ...] = ()

    def with_fields(self, body: object) -> "Profile":
        """Raises GraphError."""
        if not isinstance(body, dict):
            raise _REFUSAL.invalid("body", "must be an object.")
        return _read({**self.values, **body})

    def without(self, names: Sequence[str]) -> "Profile":
        """Raises GraphError when what is left needs what is gone."""
        return _read({name: value for name, value in self.values.items() if name not in names})

    def as_json(self, names: Sequence[str]) -> Mapping[str, JSON]:
        return {name: self.values[name] for name in names if name in self.values}


def _read(values: Mapping[str, JSON]) -> Profile:
    fields = Fields(dict(values), "", _REFUSAL).only(*FIELDS)
    start = fields.inside("get_started").only("payload").text("payload", PAYLOAD) if "get_started" in fields else ""
    greetings = fields.items("greeting", 10) if "greeting" in fields else []
    if "persistent_menu" in fields and not start:
        raise _REFUSAL.invalid("persistent_menu", "requires a get_started button.")
    return Profile(
        values,
        start,
        next((greeting.only("locale", "text").text("text", GREETING) for greeting in greetings), ""),
        _ice_breakers(fields) if "ice_breakers" in fields else (),
        _menu(fields) if "persistent_menu" in fields else (),
    )


def _ice_breakers(fields: Fields) -> tuple[tuple[str, str], ...]:
    first = fields.items("ice_breakers", 10)[0].only("call_to_actions", "locale")
    questions = first.items("call_to_actions", ICE_BREAKERS)
    for question in questions:
        question.only("question", "payload")
    return tuple((question.text("question", QUESTION), question.text("payload", PAYLOAD)) for question in questions)


def _menu(fields: Fields) -> tuple[Button, ...]:
    first = fields.items("persistent_menu", 10)[0]
    first.only("locale", "composer_input_disabled", "call_to_actions").flag("composer_input_disabled")
    return buttons(first, MENU, "call_to_actions")
