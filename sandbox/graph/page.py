"""The page `/telefoons`: a phone with WhatsApp and one with Messenger, on which one chats as a citizen.

Complete without JavaScript; with it, it is live and Enter sends.
"""

import re
from typing import Any

from markupsafe import Markup, escape
from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import NotFound
from sanic.response import html

from sandbox.graph.phone import Citizen
from sandbox.page import POLICY
from sandbox.views import render
from sandbox.world import World, world_of

phones = Blueprint("phones", url_prefix="/telefoons")
PRODUCTS = {"whatsapp": "WhatsApp", "messenger": "Messenger"}
# A point in the middle of the town, to share as a place without a map
HERE = ("50.87054", "3.29900")
_ADDRESS = re.compile(r"https?://[^\s<]+[^\s<.,;:!?)\]]")
_STYLES = (
    (re.compile(r"(?<!\w)\*(?=\S)([^*\n]+?)(?<=\S)\*(?!\w)"), r"<strong>\1</strong>"),
    (re.compile(r"(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)"), r"<em>\1</em>"),
    (re.compile(r"(?<!\w)~(?=\S)([^~\n]+?)(?<=\S)~(?!\w)"), r"<s>\1</s>"),
)


@phones.get("/")
async def _whole(request: Request) -> HTTPResponse:
    text = render("telefoons.html", world_of(request), **_values(request))
    return html(text, headers={"content-security-policy": POLICY})


@phones.get("/deel/<name:str>")
async def _part(request: Request, name: str) -> HTTPResponse:
    world, values = world_of(request), _values(request)
    if name == "klok":
        return html(render("klok.html", world, **values))
    if name not in PRODUCTS:
        raise NotFound
    return html(render("telefoon.html", world, **values, product=name))


def _values(request: Request) -> dict[str, Any]:
    world = world_of(request)
    chosen = {name: _chosen(world, name, str(request.args.get(name) or "")) for name in PRODUCTS}
    return {
        "now": world.clock.now(),
        "products": PRODUCTS,
        "networks": world.meta.networks,
        "chosen": chosen,
        "here": "&".join(f"{name}={citizen.id}" for name, citizen in chosen.items()),
        "said": {"whatsapp": formatted, "messenger": plain},
        "place": HERE,
    }


def _chosen(world: World, product: str, identifier: str) -> Citizen:
    network = world.meta.networks[product]
    return network.citizens.get(identifier) or network.first()


def plain(text: str) -> Markup:
    """With links that can be followed."""
    done, end = Markup(""), 0
    for found in _ADDRESS.finditer(text):
        link = Markup('<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>').format(found[0])
        done += escape(text[end : found.start()]) + link
        end = found.end()
    return done + escape(text[end:])


def formatted(text: str) -> Markup:
    """Also bold, italic and struck through, as WhatsApp shows them; never within an address."""
    done, end = "", 0
    for found in _ADDRESS.finditer(text):
        done += _styled(text[end : found.start()]) + str(plain(found[0]))
        end = found.end()
    return Markup(done + _styled(text[end:]))


def _styled(text: str) -> str:
    safe = str(escape(text))
    for pattern, tags in _STYLES:
        safe = pattern.sub(tags, safe)
    return safe
