"""The pages around a login, from their templates. Their texts stand in data/aanmeldpagina/."""

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from city import City
from texts import Texts

FAULTS = (
    "unknown", "used", "expired", "replaced", "refused", "failed", "other_browser", "unknown_login", "no_cookies",
    "somebody_else", "denied", "down", "untrusted", "weak", "no_rrn", "broken",
)  # fmt: skip
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+)\)")


class Pages:
    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    @property
    def city(self) -> City:
        return self._texts.city

    def page(self, name: str, **values: Any) -> str:
        return self._templates.get_template(f"{name}.html").render(city=self.city, say=self._say, **values)

    def _say(self, name: str, **values: str) -> Markup:
        """A text as HTML: a paragraph for each block, links as links."""
        text = self._texts.text(f"utter_aanmeldpagina_{name}", **values)
        return Markup("\n").join(_paragraph(block) for block in text.split("\n\n"))


def _paragraph(text: str) -> Markup:
    return Markup("<p>{}</p>").format(Markup(_LINK.sub(r'<a href="\2">\1</a>', str(escape(text)))))
