"""FIQL, the language of TOPdesk's `query`: `closed==false;(number=='I 2611 041',externalNumber=sw='assistent-')`.

`;` is and, `,` is or, and `;` binds tighter. Values stand bare or in single quotes.
Parsing and judging are apart: a query with a mistake in it fails before any
incident is looked at.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Test = Callable[[Any], bool]
Lookup = Callable[[str], Any]
Match = Callable[[Lookup], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<operator>==|!=|=[a-z]+=)|(?P<mark>[;,()])|'(?P<quoted>(?:[^'\\]|\\.)*)'|(?P<word>[^\s;,()=!']+))"
)
_LISTS = frozenset({"=in=", "=out="})
_ORDERS = {"=gt=": (1,), "=ge=": (0, 1), "=gte=": (0, 1), "=lt=": (-1,), "=le=": (-1, 0), "=lte=": (-1, 0)}


class FiqlError(Exception):
    """A query that cannot be understood."""


@dataclass(frozen=True)
class Query:
    match: Match
    fields: frozenset[str]


def parse(text: str) -> Query:
    parser = _Parser(_tokens(text))
    match = parser.either()
    parser.end()
    return Query(match, frozenset(parser.fields))


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    while text[position:].strip():
        found = _TOKEN.match(text, position)
        if found is None:
            raise FiqlError(f"unexpected: {text[position:]}")
        kind = str(found.lastgroup)
        value = str(found[kind])
        tokens.append((kind, re.sub(r"\\(.)", r"\1", value) if kind == "quoted" else value))
        position = found.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self.fields: set[str] = set()

    def end(self) -> None:
        if self._tokens:
            raise FiqlError(f"unexpected: {self._tokens[0][1]}")

    def either(self) -> Match:
        parts = [self._both()]
        while self._skip(","):
            parts.append(self._both())
        return lambda lookup: any(part(lookup) for part in parts)

    def _both(self) -> Match:
        parts = [self._one()]
        while self._skip(";"):
            parts.append(self._one())
        return lambda lookup: all(part(lookup) for part in parts)

    def _one(self) -> Match:
        if self._skip("("):
            inside = self.either()
            self._expect(")")
            return inside
        field, operator = self._take("word"), self._take("operator")
        self.fields.add(field)
        test = _test(operator, self._values() if operator in _LISTS else [self._value()])
        return lambda lookup: test(lookup(field))

    def _values(self) -> list[str]:
        self._expect("(")
        values = [self._value()]
        while self._skip(","):
            values.append(self._value())
        self._expect(")")
        return values

    def _value(self) -> str:
        return self._take("quoted", "word")

    def _take(self, *kinds: str) -> str:
        if not self._tokens or self._tokens[0][0] not in kinds:
            raise FiqlError(f"expected {' or '.join(kinds)}")
        return self._tokens.pop(0)[1]

    def _skip(self, mark: str) -> bool:
        if self._tokens and self._tokens[0] == ("mark", mark):
            self._tokens.pop(0)
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._skip(mark):
            raise FiqlError(f"expected {mark}")


def _test(operator: str, wanted: list[str]) -> Test:
    if operator in ("==", "=in="):
        return lambda value: any(_compare(value, text) == 0 for text in wanted)
    if operator in ("!=", "=out="):
        return lambda value: all(_compare(value, text) != 0 for text in wanted)
    if operator == "=sw=":
        return lambda value: isinstance(value, str) and value.lower().startswith(wanted[0].lower())
    if operator in _ORDERS:
        return lambda value: _compare(value, wanted[0]) in _ORDERS[operator]
    raise FiqlError(f"unknown operator {operator}")


def _compare(value: Any, text: str) -> int | None:
    """-1, 0 or 1; None when they cannot be compared. Texts compare without regard to case, as in the database."""
    if value is None:
        return 0 if text == "null" else None
    if isinstance(value, bool):
        return 0 if text.lower() == str(value).lower() else None
    try:
        if isinstance(value, int | float):
            return _sign(value, float(text))
        if isinstance(value, datetime):
            moment = datetime.fromisoformat(text)
            return _sign(value, moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except ValueError:
        return None
    return _sign(str(value).lower(), text.lower())


def _sign(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)
