"""The Graph API on the wire: versions, tokens, bodies and files. What is said and refused stands in the products."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.request import File
from sanic.response import json as json_response
from sanic.response import raw

from sandbox.graph.errors import (
    GraphError,
    MessengerRefusal,
    WhatsAppRefusal,
    bad_token,
    no_json,
    no_such_object,
    no_token,
    unknown_path,
    whatsapp,
)
from sandbox.graph.fields import Fields
from sandbox.graph.media import MESSENGER_LARGEST, UPLOADED, URL_LIVES, WHATSAPP_LARGEST, Media
from sandbox.graph.messenger import Messenger
from sandbox.graph.meta import VERSIONS, Meta
from sandbox.graph.profile import FIELDS
from sandbox.world import world_of

Answer = Callable[[Request, Meta], Coroutine[Any, Any, Any]]
LOOKASIDE = "/graph/lookaside/whatsapp_business/attachments"


def blueprints() -> tuple[Blueprint, ...]:
    graph = Blueprint("graph", url_prefix="/graph")
    for number, (method, path, answer) in enumerate(_ROUTES):
        graph.add_route(_answered(answer), f"/<version:str>/{path}", methods=[method], name=f"graph{number}")
    graph.add_route(_whatsapp_bytes, "/lookaside/whatsapp_business/attachments", methods=["GET"])
    graph.add_route(_messenger_bytes, "/scontent/<key:str>", methods=["GET"])
    graph.add_route(_nowhere, "/<rest:path>", methods=["GET", "POST", "DELETE"], name="nowhere")
    graph.exception(GraphError)(_refuse)
    return (graph,)


def product_of(request: Request) -> str:
    """Whose call it is, by the object in its address."""
    page = world_of(request).settings.messenger_page_id
    parts = request.path.split("/")
    return "messenger" if page in parts or "me" in parts or "scontent" in parts else "whatsapp"


async def _refuse(request: Request, error: GraphError) -> HTTPResponse:
    return refusal(request, error)


def refusal(request: Request, error: GraphError) -> HTTPResponse:
    trace = world_of(request).meta.ids.trace()
    return json_response(error.body(trace), status=error.status, headers={"x-fb-trace-id": trace})


def _answered(answer: Answer) -> Callable[..., Coroutine[Any, Any, HTTPResponse]]:
    async def guarded(request: Request, version: str, **_parts: str) -> HTTPResponse:
        if version not in VERSIONS:
            raise unknown_path(f"/{version}")
        return json_response(await answer(request, world_of(request).meta))

    return guarded


async def _nowhere(request: Request, **_parts: str) -> HTTPResponse:
    raise unknown_path(request.path.removeprefix("/graph"))


# --- messages ----------------------------------------------------------------


async def _messages(request: Request, meta: Meta) -> Any:
    settings, node = world_of(request).settings, _node(request)
    if node == settings.whatsapp_phone_number_id:
        _check_whatsapp(request)
        return await meta.whatsapp.send(_body(request))
    _check_page(request, meta.messenger)
    if request.files:
        return await meta.messenger.send(_with_file(request, meta))
    return await meta.messenger.send(_body(request))


def _node(request: Request) -> str:
    return str(request.match_info.get("node"))


def _check_whatsapp(request: Request) -> None:
    settings, token = world_of(request).settings, _token(request)
    if token != settings.whatsapp_access_token:
        raise whatsapp(10) if token == settings.messenger_access_token else bad_token()


def _check_page(request: Request, messenger: Messenger) -> None:
    """That it is about our page, and by somebody who may speak for it."""
    if _node(request) not in ("me", world_of(request).settings.messenger_page_id):
        _token(request)
        raise no_such_object(request.method, _node(request))
    messenger.check_token(_token(request))
    if request.args.get("appsecret_proof"):
        messenger.check_proof(str(request.args.get("appsecret_proof")))


def _token(request: Request) -> str:
    kind, _, token = (request.headers.get("authorization") or "").partition(" ")
    found = token if kind.lower() == "bearer" else str(request.args.get("access_token") or "")
    if not found:
        raise no_token()
    return found


def _body(request: Request) -> Any:
    try:
        return json.loads(request.body)
    except ValueError as error:
        raise no_json() from error


# --- files -------------------------------------------------------------------


async def _upload(request: Request, meta: Meta) -> Any:
    if _node(request) != world_of(request).settings.whatsapp_phone_number_id:
        raise no_such_object(request.method, _node(request))
    _check_whatsapp(request)
    form = Fields({name: values[-1] for name, values in (request.form or {}).items()}, "", WhatsAppRefusal())
    form.only("messaging_product", "type").one_of("messaging_product", "whatsapp")
    file = _file(request, "file")
    if file is None:
        raise form.refusal.missing("file")
    media_type = (form.text("type", 200) if "type" in form else file.type).split(";")[0].strip()
    if media_type not in WHATSAPP_LARGEST:
        raise form.refusal.invalid("file", f"must be one of the following types: {', '.join(WHATSAPP_LARGEST)}.")
    if not 0 < len(file.body) <= WHATSAPP_LARGEST[media_type]:
        raise whatsapp(131053, f"File size is not between 1 and {WHATSAPP_LARGEST[media_type]} bytes.")
    return {"id": meta.media.keep(file.body, media_type, file.name, UPLOADED).id}


async def _media(request: Request, meta: Meta) -> Any:
    _check_whatsapp(request)
    number = request.args.get("phone_number_id")
    media = meta.media.with_id(_node(request))
    if media is None or number not in (None, world_of(request).settings.whatsapp_phone_number_id):
        raise no_such_object(request.method, _node(request))
    return {
        "messaging_product": "whatsapp",
        "url": f"{world_of(request).settings.url}{LOOKASIDE}?mid={meta.media.key(media, URL_LIVES)}",
        "mime_type": media.declared_type,
        "sha256": media.declared_hash,
        "file_size": str(len(media.content)),
        "id": media.id,
    }


async def _whatsapp_bytes(request: Request) -> HTTPResponse:
    _check_whatsapp(request)
    return _bytes(world_of(request).meta.media.with_key(str(request.args.get("mid"))))


async def _messenger_bytes(request: Request, key: str) -> HTTPResponse:
    return _bytes(world_of(request).meta.media.with_key(key))


def _bytes(media: Media | None) -> HTTPResponse:
    """Whoever comes too late gets no JSON."""
    if media is None:
        return raw(b"", status=404, content_type="text/html")
    return raw(media.content, content_type=media.declared_type)


async def _attachment(request: Request, meta: Meta) -> Any:
    _check_page(request, meta.messenger)
    if not request.files:
        message = Fields(_body(request), "", MessengerRefusal()).only("message", "platform").inside("message")
        raise message.refusal.invalid("message", "must come with its file as `filedata`.")
    return {"attachment_id": _keep_upload(request, meta)}


def _keep_upload(request: Request, meta: Meta) -> str:
    message = _form_object(request, "message").only("attachment", "metadata", "text", "quick_replies")
    attachment = message.inside("attachment").only("type", "payload")
    kind = attachment.one_of("type", *MESSENGER_LARGEST)
    file = _file(request, "filedata")
    if file is None:
        raise message.refusal.missing("filedata")
    if not 0 < len(file.body) <= MESSENGER_LARGEST[kind]:
        limit = MESSENGER_LARGEST[kind]
        raise message.refusal.invalid("filedata", f"Attachment size exceeds the allowable limit of {limit} bytes.")
    if kind == "image" and not file.type.startswith("image/"):
        raise message.refusal.invalid("filedata", "is no image.")
    return meta.media.keep(file.body, file.type, file.name, UPLOADED).id


def _with_file(request: Request, meta: Meta) -> Any:
    """A message that brings its own file, as if that had been uploaded before."""
    body: dict[str, Any] = {name: values[-1] for name, values in (request.form or {}).items()}
    for name in ("recipient", "message"):
        body[name] = _json_of(request, name)
    body["message"]["attachment"]["payload"] = {"attachment_id": _keep_upload(request, meta)}
    return body


def _form_object(request: Request, name: str) -> Fields:
    return Fields(_json_of(request, name), name, MessengerRefusal())


def _json_of(request: Request, name: str) -> Any:
    try:
        return json.loads(str((request.form.get(name) if request.form else None) or "null"))
    except ValueError as error:
        raise no_json() from error


def _file(request: Request, name: str) -> File | None:
    found: File | None = request.files.get(name) if request.files else None
    return found


# --- the page's profile ------------------------------------------------------


async def _read_profile(request: Request, meta: Meta) -> Any:
    _check_page(request, meta.messenger)
    wanted = str(request.args.get("fields") or ",".join(FIELDS)).split(",")
    return {"data": [meta.messenger.profile.as_json(wanted)] if meta.messenger.profile.values else []}


async def _change_profile(request: Request, meta: Meta) -> Any:
    _check_page(request, meta.messenger)
    meta.messenger.profile = meta.messenger.profile.with_fields(_body(request))
    meta.messenger.changed()
    return {"result": "success"}


async def _remove_profile(request: Request, meta: Meta) -> Any:
    _check_page(request, meta.messenger)
    names = Fields(_body(request), "", MessengerRefusal()).only("fields").names("fields", FIELDS)
    meta.messenger.profile = meta.messenger.profile.without(names)
    meta.messenger.changed()
    return {"result": "success"}


_ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("POST", "<node:str>/messages", _messages),
    ("POST", "<node:str>/media", _upload),
    ("GET", "<node:str>", _media),
    ("POST", "<node:str>/message_attachments", _attachment),
    ("GET", "<node:str>/messenger_profile", _read_profile),
    ("POST", "<node:str>/messenger_profile", _change_profile),
    ("DELETE", "<node:str>/messenger_profile", _remove_profile),
)
