"""The attests that a city delivers, in its own words, and what people answer to the questions about them.

`questions` and `delivery` are the Thuisloket's own names: what an order of this kind must hold.
"""

from dataclasses import dataclass
from enum import StrEnum

from city_node import Node

QUESTIONS = frozenset(
    {
        "reden",
        "taal",
        "historiek",
        "met_oog_op_huwelijk",
        "bestemd_voor",
        "partner",
        "vorm",
        "met_afstamming",
        "meertalig_modelformulier",
        "betrokkene",
        "verwantschap",
        "plaats_huwelijk",
        "datum_huwelijk",
        "plaats_overlijden",
        "datum_overlijden",
    }
)
DELIVERY = frozenset({"email", "post"})


class Way(StrEnum):
    """Where an attest is asked for."""

    CHAT = "chat"
    COUNTER = "e-loket"  # too sensitive for a chat: the citizen does it himself at the e-counter
    OFFICE = "balie"  # only in person


@dataclass(frozen=True)
class Option:
    """One answer to a question: the Thuisloket's code for it, and what people call it."""

    code: str
    name: str
    synonyms: tuple[str, ...]


@dataclass(frozen=True)
class AttestKind:
    code: str
    name: str
    synonyms: tuple[str, ...]
    way: Way
    questions: tuple[str, ...] = ()
    delivery: tuple[str, ...] = ()
    for_child: bool = False
    link: str = ""  # of the e-counter


@dataclass(frozen=True)
class AttestWords:
    kinds: tuple[AttestKind, ...]
    reasons: tuple[Option, ...]
    languages: tuple[Option, ...]
    histories: tuple[Option, ...]
    forms: tuple[Option, ...]

    def kind(self, code: str) -> AttestKind:
        """Raises KeyError when there is none."""
        return {kind.code: kind for kind in self.kinds}[code]


def read_attests(node: Node) -> AttestWords:
    return AttestWords(
        kinds=node["soorten"].all(_kind),
        reasons=node["redenen"].all(_option),
        languages=node["talen"].all(_option),
        histories=node["historieken"].all(_option),
        forms=node["vormen"].all(_option),
    )


def _option(node: Node) -> Option:
    return Option(node["code"].text(), node["naam"].text(), node["synoniemen"].all(Node.text))


def _kind(node: Node) -> AttestKind:
    code, name, synonyms = node["code"].text(), node["naam"].text(), node["synoniemen"].all(Node.text)
    way = _way(node["weg"])
    if way is not Way.CHAT:
        link = node["link"].text() if way is Way.COUNTER else ""
        return AttestKind(code, name, synonyms, way, link=link)
    child = node.get("ook_voor_kind")
    return AttestKind(
        code,
        name,
        synonyms,
        way,
        questions=_among(node["vragen"], QUESTIONS),
        delivery=_among(node["levering"], DELIVERY),
        for_child=child is not None and child.value is True,
    )


def _way(node: Node) -> Way:
    try:
        return Way(node.text())
    except ValueError as error:
        raise node.error(f"{node.value!r} is none of {', '.join(Way)}") from error


def _among(node: Node, known: frozenset[str]) -> tuple[str, ...]:
    names = node.all(Node.text)
    for name in names:
        if name not in known:
            raise node.error(f"{name!r} is none of {', '.join(sorted(known))}")
    return names
