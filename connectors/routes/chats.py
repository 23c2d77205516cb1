"""Where else a citizen can chat: `/channels`, with a QR code of each at `/channels/<name>.svg`."""

from collections.abc import Collection

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json, raw

from connectors.links import chat_links, qr_code
from connectors.routes.door import Rejected
from texts import Texts

KEPT = {"Cache-Control": "public, max-age=300"}


def chats(texts: Texts, channels: Collection[str]) -> Blueprint:
    routes = Blueprint("chats")

    @routes.get("/channels")
    async def links(_: Request) -> HTTPResponse:
        found = [
            {"channel": link.channel, "address": link.address, "url": link.url, "qr": f"/channels/{link.channel}.svg"}
            for link in chat_links(texts.city, channels)
        ]
        return json({"channels": found}, headers=KEPT)

    @routes.get("/channels/<name:([a-z]+)\\.svg>")
    async def code(_: Request, name: str) -> HTTPResponse:
        for link in chat_links(texts.city, channels):
            if link.channel == name:
                return raw(qr_code(link), headers=KEPT, content_type="image/svg+xml")
        raise Rejected("not_found")

    return routes
