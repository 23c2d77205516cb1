"""What our own code names: responses, slots and the values that it fills into texts."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOMS = ("actions", "connectors", "desk")
RESPONSE = re.compile(r"utter_(?!action$)[a-z_0-9]*[a-z0-9]")  # utter_action is the key under which Rasa keeps the name


@dataclass(frozen=True)
class Said:
    """One `turn.say("utter_…", moment=…)` in the code."""

    response: str
    values: frozenset[str]
    where: str


@dataclass(frozen=True)
class Sources:
    root: Path

    @cached_property
    def trees(self) -> dict[str, ast.Module]:
        paths = [path for room in ROOMS for path in sorted((self.root / room).rglob("*.py"))]
        paths.append(self.root / "server.py")
        return {
            str(path.relative_to(self.root)): ast.parse(path.read_text(encoding="utf-8"))
            for path in paths
            if path.exists()
        }

    def nodes(self) -> Iterator[tuple[str, ast.AST]]:
        for file, tree in self.trees.items():
            for node in ast.walk(tree):
                yield file, node

    @property
    def named_responses(self) -> dict[str, str]:
        """Each response that stands in the code as a whole name, and a file where it does."""
        of_families = {part for _, node in self.nodes() if isinstance(node, ast.JoinedStr) for part in node.values}
        return {
            node.value: file
            for file, node in self.nodes()
            if isinstance(node, ast.Constant)
            and node not in of_families
            and isinstance(node.value, str)
            and RESPONSE.fullmatch(node.value)
        }

    @property
    def response_families(self) -> dict[str, str]:
        """Names that are put together: f"utter_uitleg_{slot}" is the family utter_uitleg_*."""
        return {
            family: file
            for file, node in self.nodes()
            if isinstance(node, ast.JoinedStr) and (family := _family(node)).startswith("utter_")
        }

    @property
    def said(self) -> Iterator[Said]:
        """Calls of `say` that name their response and all their values; `**values` cannot be read here."""
        for file, node in self.nodes():
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say"):
                continue
            names = [keyword.arg for keyword in node.keywords]
            if node.args and isinstance(node.args[0], ast.Constant) and None not in names:
                values = frozenset(name for name in names if name)
                yield Said(str(node.args[0].value), values, f"{file}:{node.lineno}")

    @property
    def named_slots(self) -> dict[str, str]:
        """Each slot that the code reads with turn["…"] or sets with turn.set(…=) or SlotSet("…")."""
        return {slot: f"{file}:{line}" for file, node in self.nodes() for slot, line in _slots(node)}


def _family(node: ast.JoinedStr) -> str:
    parts = (str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
    return "".join(parts)


def _slots(node: ast.AST) -> Iterator[tuple[str, int]]:
    match node:
        case ast.Subscript(value=ast.Name(id="turn"), slice=ast.Constant(value=str(slot))):
            yield slot, node.lineno
        case ast.Call(func=ast.Attribute(value=ast.Name(id="turn"), attr="set"), keywords=keywords):
            yield from ((keyword.arg, node.lineno) for keyword in keywords if keyword.arg)
        case ast.Call(func=ast.Name(id="SlotSet"), args=[ast.Constant(value=str(slot)), *_]):
            yield slot, node.lineno
