"""Our own pages: the demo site and the files of the widget, with the headers that protect them."""

from pathlib import Path
from urllib.parse import urlsplit

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, raw

from connectors.assets import Assets
from connectors.routes.door import Rejected

DEMO = "demo.html"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' https: data: blob:; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
)


def site(widget: Path) -> Blueprint:
    pages, assets = Blueprint("site"), Assets(widget)

    @pages.get("/")
    async def demo(request: Request) -> HTTPResponse:
        return _answer(request, assets, DEMO)

    @pages.get("/widget/<name:path>")
    async def file(request: Request, name: str) -> HTTPResponse:
        response = _answer(request, assets, name)
        # The widget is made to be embedded: any page may load it, and only ours may talk to /web/.
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return pages


def _answer(request: Request, assets: Assets, name: str) -> HTTPResponse:
    asset = assets.get(name)
    if asset is None:
        raise Rejected("not_found")
    headers = {"ETag": asset.etag, "Cache-Control": "public, max-age=300", "Vary": "Accept-Encoding"}
    if asset.etag in request.headers.get("if-none-match", ""):
        return empty(304, headers)
    if asset.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return raw(asset.compressed, headers={**headers, "Content-Encoding": "gzip"}, content_type=asset.media_type)
    return raw(asset.content, headers=headers, content_type=asset.media_type)


def security_headers(public_url: str, frame_ancestors: str) -> dict[str, str]:
    headers = {
        "Content-Security-Policy": POLICY.format(ancestors=frame_ancestors),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
    }
    if urlsplit(public_url).scheme == "https":
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers
