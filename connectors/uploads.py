"""Reads the one file of a multipart upload."""

from dataclasses import dataclass, field

from python_multipart.multipart import MultipartParser, parse_options_header

from connectors.base import Unreadable

NAME_LENGTH = 100


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes


def read_upload(body: bytes, content_type: str) -> Upload:
    """The part called `file`. Raises Unreadable."""
    try:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data":
            raise Unreadable("invalid")
        for part in _Parts(body, options.get(b"boundary", b"")).complete:
            if part.options.get(b"name") == b"file" and part.content:
                name = part.options.get(b"filename", b"").decode("utf-8", "replace")
                return Upload(tidy(name), bytes(part.content))
    except ValueError as error:  # of the parser, or bytes that are no text
        raise Unreadable("invalid") from error
    raise Unreadable("invalid")


def tidy(name: str) -> str:
    """A file name without a path or anything that cannot be printed."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in last if character.isprintable()).strip()[-NAME_LENGTH:]


@dataclass
class _Part:
    options: dict[bytes, bytes] = field(default_factory=dict)
    content: bytearray = field(default_factory=bytearray)


class _Parts:
    """Collects what the parser finds; only parts that were closed count."""

    def __init__(self, body: bytes, boundary: bytes) -> None:
        self.complete: list[_Part] = []
        self._part = _Part()
        self._header, self._value = b"", b""
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_part_data": self._data,
                "on_part_end": self._end,
            },
        )
        parser.write(body)
        parser.finalize()

    def _begin(self) -> None:
        self._part = _Part()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, self._part.options = parse_options_header(self._value)
        self._header, self._value = b"", b""

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._part.content += data[start:end]

    def _end(self) -> None:
        self.complete.append(self._part)
