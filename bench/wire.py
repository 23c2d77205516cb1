"""A small HTTP client for one event loop: lines that stay open, and server-sent events.

Both sides of every comparison are asked through it. It does little, because it
works on the same cores as what is measured.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 60.0  # seconds for one answer; longer means broken


class Broken(Exception):
    """Something that is measured gave no usable answer. The message says what."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    def json(self, *expected: int) -> Any:
        if self.status not in expected:
            raise Broken(f"answered {self.status}: {self.body[:300]!r}")
        return json.loads(self.body)


class Line:
    """One connection, used for one request at a time and opened again when the other side closed it."""

    def __init__(self, url: str, token: str | None = None, headers: Mapping[str, str] | None = None) -> None:
        address = urlsplit(url)
        self.host, self.port = address.hostname or "", address.port or 80
        self.token = token
        self.headers = dict(headers or {})
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: Any) -> Answer:
        return await self.post_bytes(path, json.dumps(body).encode())

    async def post_bytes(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """Exactly these bytes, for they may be signed."""
        return await self._ask("POST", path, body, headers)

    async def get(self, path: str) -> Answer:
        return await self._ask("GET", path, b"")

    def close(self) -> None:
        if self._open:
            self._open[1].close()
            self._open = None

    async def events(self, path: str) -> AsyncIterator[tuple[str, Any]]:
        """The name and the data of each server-sent event, until the other side ends the stream."""
        reader = await self._send("GET", path, b"")
        status, headers = await _head(reader)
        if status != 200:
            raise Broken(f"{path} answered {status}")
        text = b""
        async for piece in _pieces(reader, headers):
            text += piece
            *blocks, text = text.split(b"\n\n")
            for block in blocks:
                if event := _event(block.decode()):
                    yield event

    async def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        fresh = self._open is None
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._try(method, path, body, headers)
        except TimeoutError as error:
            raise Broken(f"{method} {path} was not answered in {PATIENCE:.0f} s") from error
        except (asyncio.IncompleteReadError, OSError) as error:
            self.close()
            if fresh:
                raise Broken(f"{method} {path}: {error!r}") from error
        return await self._ask(method, path, body, headers)  # it had been idle for so long that they hung up

    async def _try(self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None) -> Answer:
        reader = await self._send(method, path, body, headers)
        status, answered = await _head(reader)
        content = b"".join([piece async for piece in _pieces(reader, answered)])
        if answered.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, content)

    async def _send(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> asyncio.StreamReader:
        if self._open is None:
            self._open = await asyncio.open_connection(self.host, self.port)
        reader, writer = self._open
        head = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}", f"Content-Length: {len(body)}"]
        head += ["Content-Type: application/json"] if body and "Content-Type" not in (headers or {}) else []
        head += [f"Authorization: Bearer {self.token}"] if self.token else []
        head += [f"{name}: {value}" for name, value in {**self.headers, **(headers or {})}.items()]
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        await writer.drain()
        return reader


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = (line.split(":", 1) for line in lines[1:] if line)
    return int(lines[0].split()[1]), {name.lower(): value.strip() for name, value in headers}


async def _pieces(reader: asyncio.StreamReader, headers: dict[str, str]) -> AsyncIterator[bytes]:
    if "chunked" not in headers.get("transfer-encoding", ""):
        yield await reader.readexactly(int(headers.get("content-length", "0")))
        return
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        yield (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")


def _event(block: str) -> tuple[str, Any] | None:
    """None for a comment, which only keeps the line open. The desk's `-` says that nothing goes along."""
    fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":") and ": " in line)
    if "event" not in fields:
        return None
    return fields["event"], None if fields["data"] == "-" else json.loads(fields["data"])
