"""What an agent can have done for a citizen outside a conversation, as the city lists it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conversations.model import JSON


@dataclass(frozen=True)
class Handling:
    """`calls`: the citizen is called; else he reads the answer in the conversation."""

    code: str
    name: str
    calls: bool


Handlings = Callable[[], Sequence[Handling]]


def read_handlings(content: JSON) -> Sequence[Handling]:
    """Raises KeyError and TypeError."""
    return [Handling(str(one["code"]), str(one["naam"]), bool(one["belt"])) for one in content["handelingen"]]
