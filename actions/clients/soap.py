"""SOAP 1.1 by hand: an envelope out, the answer in it back.

A SOAP library would fetch and read the service's WSDL at every start; the little
that we say fits here. Names are read without their namespace: services differ in
whether they qualify children, and a client must not.
"""

import re
from collections.abc import Mapping
from typing import TypeAlias
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

import requests
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from actions.clients.errors import Misconfigured

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
# What XML 1.0 cannot hold, not even escaped: a pasted name may have it
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Children: TypeAlias = "Mapping[str, str | Children]"
"""Elements in the order in which they are sent, each with its text or its own children."""


def envelope(namespace: str, element: str, children: Children) -> bytes:
    """The element is in the namespace; its children are in none."""
    message = Element(f"{{{ENVELOPE}}}Envelope")
    body = SubElement(message, f"{{{ENVELOPE}}}Body")
    _fill(SubElement(body, f"{{{namespace}}}{element}"), children)
    written: bytes = tostring(message, encoding="utf-8", xml_declaration=True)
    return written


def _fill(parent: Element, children: Children) -> None:
    for name, value in children.items():
        child = SubElement(parent, name)
        if isinstance(value, str):
            child.text = FORBIDDEN.sub("", value)
        else:
            _fill(child, value)


def answer(backend: str, operation: str, response: requests.Response) -> Element:
    """The element `<operation>Response` that came back.

    Raises Misconfigured for anything else: the answer to another question must not
    be read as "there is nothing".
    """
    inside = _body(response)
    if inside is None or local(inside) != f"{operation}Response":
        raise Misconfigured(backend, operation, "unreadable answer")
    return inside


def blames_us(response: requests.Response) -> bool:
    """Whether the answer is a fault that says that our message was wrong; such a message was not carried out."""
    inside = _body(response)
    if inside is None or local(inside) != "Fault":
        return False
    return text(inside, "faultcode").rpartition(":")[2] == "Client"


def _body(response: requests.Response) -> Element | None:
    """The first element in the body of the envelope; None when there is no such thing."""
    try:
        message = fromstring(response.content, forbid_dtd=True)
    except (ParseError, DefusedXmlException):
        return None
    body = child(message, "Body") if local(message) == "Envelope" else None
    return next(iter(body), None) if body is not None else None


def local(element: Element) -> str:
    """The name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def child(parent: Element, name: str) -> Element | None:
    return next(iter(children(parent, name)), None)


def children(parent: Element, name: str) -> list[Element]:
    return [one for one in parent if local(one) == name]


def text(parent: Element, name: str) -> str:
    """The text of a child; empty when it is not there."""
    found = child(parent, name)
    return (found.text or "").strip() if found is not None else ""
