"""The approved message templates, and the strictness with which Meta fills them in."""

import re
from dataclasses import dataclass
from pathlib import Path

from sandbox.graph.errors import whatsapp
from sandbox.graph.fields import Fields
from sandbox.graph.phone import Button, Tap
from sandbox.yaml_file import read_yaml

FILE = Path(__file__).with_name("templates.yml")
_PLACE = re.compile(r"{{(\d+)}}")


@dataclass(frozen=True)
class Template:
    name: str
    language: str
    body: str
    buttons: tuple[str, ...]

    @property
    def parameters(self) -> int:
        return len(set(_PLACE.findall(self.body)))


def load_templates() -> list[Template]:
    entries = read_yaml(FILE)
    return [Template(e["name"], e["language"], e["body"], tuple(e["buttons"])) for e in entries]


def fill(fields: Fields, known: list[Template]) -> tuple[str, tuple[Button, ...]]:
    """The text and the buttons of a template as the citizen sees it. Raises GraphError."""
    fields.only("name", "language", "components")
    name = fields.text("name", 512)
    language = fields.inside("language").only("code", "policy").text("code", 15)
    template = next((t for t in known if (t.name, t.language) == (name, language)), None)
    if template is None:
        raise whatsapp(132001, f"template name ({name}) does not exist in {language}")
    components = fields.items("components", 20, least=0) if "components" in fields else []
    values: list[str] = []
    payloads: dict[int, str] = {}
    for component in components:
        component.only("type", "sub_type", "index", "parameters")
        if component.one_of("type", "body", "button") == "body":
            values = [_text(parameter) for parameter in component.items("parameters", 50, least=0)]
        else:
            number, payload = _button(component)
            payloads[number] = payload
    if len(values) != template.parameters:
        message = f"body: number of localizable_params ({len(values)}) does not match the expected number of params "
        raise whatsapp(132000, f"{message}({template.parameters})")
    if any(number >= len(template.buttons) for number in payloads):
        raise whatsapp(132000, "button: the template has no button with this index")
    text = _PLACE.sub(lambda match: values[int(match[1]) - 1], template.body)
    titles = enumerate(template.buttons)
    return text, tuple(Button(title, Tap.TEMPLATE, payloads.get(number, title)) for number, title in titles)


def _text(parameter: Fields) -> str:
    parameter.only("type", "text", "parameter_name")
    if parameter.text("type", 20) != "text":
        raise whatsapp(132012)
    value = parameter.text("text", 1024)
    if "\n" in value or "\t" in value or " " * 5 in value:
        raise whatsapp(132012, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
    return value


def _button(component: Fields) -> tuple[int, str]:
    component.one_of("sub_type", "quick_reply")
    index = component.text("index", 1)
    if not index.isdigit():
        raise whatsapp(132012, "button: index is no number")
    [parameter] = component.items("parameters", 1)
    parameter.only("type", "payload").one_of("type", "payload")
    return int(index), parameter.text("payload", 128)
