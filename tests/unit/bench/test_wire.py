"""The client of the bench, against a server that says exactly what the test wants."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bench.wire import Broken, Line

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def serve(*answers: bytes) -> tuple[str, asyncio.Server]:
    """A server that gives these answers in turn and hangs up after each last one of a line."""
    waiting = list(answers)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while waiting:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            answer = waiting.pop(0)
            writer.write(answer)
            if b"hang-up" in answer:
                break
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", server


async def test_an_answer_in_one_piece_or_in_chunks_reads_the_same():
    whole = b'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{"a":1}'
    chunked = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n'
    url, server = await serve(whole, chunked)
    async with server:
        line = Line(url)

        assert (await line.post("/", {})).json(200) == {"a": 1}
        assert (await line.post("/", {})).json(200) == {"a": 1}
        line.close()


async def test_a_line_that_they_closed_is_opened_again():
    short = b"HTTP/1.1 204 No Content\r\nX: hang-up\r\n\r\n"
    url, server = await serve(short, short)
    async with server:
        line = Line(url)
        await line.get("/")
        await asyncio.sleep(0.05)

        assert (await line.get("/")).status == 204
        line.close()


async def test_nobody_there_is_broken_and_no_endless_attempt():
    url, server = await serve()
    server.close()
    await server.wait_closed()

    with pytest.raises(Broken):
        await Line(url).get("/")


async def test_an_unexpected_status_is_broken():
    url, server = await serve(b"HTTP/1.1 429 Too Many\r\nContent-Length: 2\r\n\r\n{}")
    async with server:
        line = Line(url)
        answer = await line.post("/", {})
        line.close()

        with pytest.raises(Broken, match="429"):
            answer.json(200, 202)


async def test_events_are_read_across_pieces_and_comments_are_left_out():
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    pieces = [b": keep-alive\n\nevent: mess", 'age\nid: 3\ndata: {"text":"één"}\n\n'.encode()]
    body = b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces) + b"0\r\n\r\n"
    url, server = await serve(head + body)
    async with server:
        line = Line(url)

        assert [event async for event in line.events("/web/stream")] == [("message", {"text": "één"})]
        line.close()
