"""The addresses under which a citizen begins a chat elsewhere, and their QR codes for whoever sits at a computer."""

import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote

import segno

from city import City


@dataclass(frozen=True)
class ChatLink:
    channel: str
    address: str  # as people read it
    url: str


def chat_links(city: City, channels: Collection[str]) -> list[ChatLink]:
    """Of the channels that are on and that the city tells an address of."""
    known = [channel for channel in city.channels if channel.code in channels]
    return [ChatLink(channel.code, channel.address, _url(channel.code, channel.address)) for channel in known]


def qr_code(link: ChatLink) -> bytes:
    """An SVG that scales, black on white also on a dark page: cameras want it so."""
    drawing = io.BytesIO()
    segno.make(link.url, error="m").save(drawing, kind="svg", scale=4, border=4, light="white", xmldecl=False)
    return drawing.getvalue()


def _url(channel: str, address: str) -> str:
    if channel == "whatsapp":
        return f"https://wa.me/{re.sub(r'[^0-9]', '', address)}"
    return f"https://m.me/{quote(address, safe='.')}"
