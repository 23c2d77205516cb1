"""Reads the one file of a multipart upload while it arrives, so that it is in memory once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from python_multipart.multipart import MultipartParser, parse_options_header

from connectors.base import Unreadable

NAME_LENGTH = 100


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytearray


@dataclass
class _Part:
    options: dict[bytes, bytes] = field(default_factory=dict)
    content: bytearray = field(default_factory=bytearray)

    @property
    def is_file(self) -> bool:
        return self.options.get(b"name") == b"file"


class UploadReader:
    """Feed it the body in pieces; `finish` gives the part called `file`. All of it raises Unreadable.

    Close it (`with closing(…)`): it and its parser know each other, and would keep a
    photo in memory until Python looks for such circles.
    """

    def __init__(self, content_type: str) -> None:
        self._found: _Part | None = None
        self._part = _Part()
        self._header, self._value = b"", b""
        with _readable():
            kind, options = parse_options_header(content_type)
            if kind != b"multipart/form-data":
                raise Unreadable("invalid")
            self._parser = MultipartParser(
                options.get(b"boundary", b""),
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._header_field,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_part_data": self._data,
                    "on_part_end": self._end,
                },
            )

    def feed(self, piece: bytes) -> None:
        with _readable():
            self._parser.write(piece)

    def finish(self) -> Upload:
        with _readable():
            self._parser.finalize()
        if self._found is None:
            raise Unreadable("invalid")
        name = self._found.options.get(b"filename", b"").decode("utf-8", "replace")
        return Upload(tidy(name), self._found.content)

    def close(self) -> None:
        self._parser.callbacks = {}
        self._found, self._part = None, _Part()

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
        if self._part.is_file:
            self._part.content += data[start:end]

    def _end(self) -> None:
        """Only a part that was closed is whole."""
        if self._part.content and self._found is None:
            self._found = self._part


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except ValueError as error:  # of the parser, or bytes that are no text
        raise Unreadable("invalid") from error


def tidy(name: str) -> str:
    """A file name without a path or anything that cannot be printed."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in last if character.isprintable()).strip()[-NAME_LENGTH:]
