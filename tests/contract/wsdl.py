"""Holds SOAP messages to the schema in JCC's WSDL: names, order, what must be there, and simple types.

The WSDL and the recorded answers lie with the published contracts; they are read
from there and are no part of this project.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from tests.contract.running_sandbox import CONTRACTS

FOLDER = CONTRACTS / "data" / "jcc" / "soap"
WSDL = FOLDER / "GenericGuidanceSystem2.wsdl"
GGS2 = "http://www.genericCBS.org/GenericCBS/"
_SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
_SCHEMA = "{http://www.w3.org/2001/XMLSchema}"
_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_BINDING = "{http://schemas.xmlsoap.org/wsdl/soap/}operation"
_SIMPLE = {
    "string": r"(?s:.*)",
    "int": r"-?\d+",
    "date": r"\d{4}-\d\d-\d\d",
    "dateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?",
    "boolean": r"true|false|0|1",
}


@dataclass(frozen=True)
class Part:
    name: str
    type: str
    least: int
    most: int | None  # None: any number


class Wsdl:
    def __init__(self, file: Path = WSDL) -> None:
        root = fromstring(file.read_bytes())
        schema = _inner(root, f".//{_SCHEMA}schema")
        self._types = {_given(one, "name"): _parts(one) for one in schema.findall(f"{_SCHEMA}complexType")}
        self._elements = {_given(one, "name"): _parts(one) for one in schema.findall(f"{_SCHEMA}element")}
        messages = {
            _given(one, "name"): _bare(_given(_inner(one, f"{_WSDL}part"), "element"))
            for one in root.findall(f"{_WSDL}message")
        }
        self.requests: dict[str, str] = {}
        self.responses: dict[str, str] = {}
        for operation in _inner(root, f"{_WSDL}portType"):
            name = _given(operation, "name")
            self.requests[name] = messages[_bare(_given(_inner(operation, f"{_WSDL}input"), "message"))]
            self.responses[name] = messages[_bare(_given(_inner(operation, f"{_WSDL}output"), "message"))]
        self.actions = {
            _given(one, "name"): _given(bound, "soapAction")
            for one in root.iter(f"{_WSDL}operation")
            if (bound := one.find(_BINDING)) is not None
        }

    def parts(self, name: str) -> list[Part]:
        """Of a message element or of a type."""
        return self._elements.get(name) or self._types.get(name) or []

    def check(self, message: Element) -> None:
        """Raises AssertionError when the element in a Body is not as the schema has it."""
        namespace, name = message.tag[1:].split("}")
        assert namespace == GGS2, f"{name} is of {namespace}"
        assert name in self._elements, f"{name} is no message"
        self._check(message, self._elements[name])

    def _check(self, parent: Element, parts: list[Part]) -> None:
        left = list(parent)
        for part in parts:
            found = 0
            while left and left[0].tag == part.name and (part.most is None or found < part.most):
                self._check_one(left.pop(0), part)
                found += 1
            assert found >= part.least, f"{parent.tag} lacks {part.name}"
        assert not left, f"{left[0].tag} does not belong there in {parent.tag}"

    def _check_one(self, element: Element, part: Part) -> None:
        if part.type in _SIMPLE:
            assert not len(element), f"{element.tag} has children"
            assert re.fullmatch(_SIMPLE[part.type], element.text or ""), f"{element.tag} is {element.text!r}"
        elif len(element):  # an empty one is how JCC says that there is nothing
            self._check(element, self._types[part.type])


def body(message: bytes | str) -> Element:
    """The one element in the Body of a SOAP 1.1 envelope."""
    envelope = fromstring(message)
    assert envelope.tag == f"{_SOAP}Envelope"
    [inside] = _inner(envelope, f"{_SOAP}Body")
    return inside


def _parts(declared: Element) -> list[Part]:
    return [
        Part(
            _given(one, "name"),
            _bare(_given(one, "type")),
            int(_given(one, "minOccurs")),
            None if one.get("maxOccurs") == "unbounded" else int(_given(one, "maxOccurs")),
        )
        for one in declared.iter(f"{_SCHEMA}element")
        if one is not declared
    ]


def _inner(parent: Element, path: str) -> Element:
    found = parent.find(path)
    assert found is not None, path
    return found


def _given(element: Element, name: str) -> str:
    value = element.get(name)
    assert value is not None, name
    return value


def _bare(name: str) -> str:
    return name.partition(":")[2]
