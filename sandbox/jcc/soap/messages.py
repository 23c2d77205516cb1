"""SOAP 1.1 envelopes, read and written: what is no envelope is refused with a fault, as SOAP wants it."""

from collections.abc import Sequence
from typing import TypeAlias
from xml.etree.ElementTree import Element, ParseError, SubElement, register_namespace, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
GGS2 = "http://www.genericCBS.org/GenericCBS/"
ACTION = GGS2  # a SOAPAction is the operation's name after it

Content: TypeAlias = "Sequence[tuple[str, str | Content]]"
"""The children of an element, in order, each with its text or with its own children."""

register_namespace("soap", SOAP)
register_namespace("gen", GGS2)


class SoapFault(Exception):
    """Whose mistake it is, in SOAP's word for it, and what is wrong."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


class Malformed(SoapFault):
    """The client sent something that is not in the contract."""

    def __init__(self, text: str) -> None:
        super().__init__("Client", text)


def request_in(body: bytes) -> Element:
    """The one element in the Body of the envelope that came in."""
    try:
        envelope: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise Malformed("this is no XML, or XML that asks for more than it should") from error
    namespace, name = split(envelope.tag)
    if name != "Envelope":
        raise Malformed("a message is an Envelope")
    if namespace != SOAP:
        raise SoapFault("VersionMismatch", f"an Envelope is of {SOAP}")
    requests = [child for part in envelope if part.tag == f"{{{SOAP}}}Body" for child in part]
    if len(requests) != 1:
        raise Malformed("a Body holds one request")
    return requests[0]


def split(tag: str) -> tuple[str, str]:
    """The namespace of a tag, empty when it has none, and its local name."""
    namespace, _, name = tag.rpartition("}")
    return namespace.removeprefix("{"), name


def answer(element: str, content: Content) -> bytes:
    """As JCC writes it: the answer is in the namespace of GGS2, its children are in none."""
    body = Element(f"{{{GGS2}}}{element}")
    _fill(body, content)
    return _enveloped(body)


def fault(problem: SoapFault) -> bytes:
    body = Element(f"{{{SOAP}}}Fault")
    _fill(body, [("faultcode", f"soap:{problem.code}"), ("faultstring", problem.text)])
    return _enveloped(body)


def _fill(parent: Element, content: Content) -> None:
    for name, value in content:
        child = SubElement(parent, name)
        if isinstance(value, str):
            child.text = value
        else:
            _fill(child, value)


def _enveloped(inside: Element) -> bytes:
    envelope = Element(f"{{{SOAP}}}Envelope")
    SubElement(envelope, f"{{{SOAP}}}Body").append(inside)
    written: bytes = tostring(envelope, encoding="utf-8", xml_declaration=True)
    return written
