"""What TOPdesk leaves of the HTML in a request or an action: a handful of tags, the rest is dropped."""

from html import escape
from html.parser import HTMLParser

_KEPT = frozenset({"i", "em", "b", "strong", "u", "h5", "h6"})
_BREAKS = frozenset({"h5", "h6", "p", "div", "li"})
_SILENT = frozenset({"script", "style"})


def clean(source: str) -> tuple[str, str]:
    """The same text twice: as HTML with only the tags that TOPdesk knows, and plain."""
    reader = _Reader()
    reader.feed(source.replace("\r\n", "\n"))
    reader.close()
    return reader.html(), reader.plain()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._html: list[str] = []
        self._plain: list[str] = []
        self._open: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br":
            self._break()
        elif tag == "img":
            self._image(dict(attrs).get("src") or "")
        elif tag in _KEPT:
            self._html.append(f"<{tag}>")
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in self._open:
            while self._open[-1] != tag:
                self._html.append(f"</{self._open.pop()}>")
            self._html.append(f"</{self._open.pop()}>")
        if tag in _BREAKS:
            self._plain.append("\n")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self._html.append(escape(data, quote=False).replace("\n", "<br/>"))
        self._plain.append(data)

    def _break(self) -> None:
        self._html.append("<br/>")
        self._plain.append("\n")

    def _image(self, source: str) -> None:
        if source.startswith("data:image/"):
            self._html.append(f'<img src="{escape(source)}"/>')

    def html(self) -> str:
        return "".join(self._html) + "".join(f"</{tag}>" for tag in reversed(self._open))

    def plain(self) -> str:
        return "".join(self._plain).strip()
