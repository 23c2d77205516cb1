"""The handle of the phones: what a citizen does, and what goes wrong with the webhooks on their way.

Takes JSON, or a form from the page with the phones; a form is answered with that page.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.request import File
from sanic.response import json, raw, redirect

from sandbox.control import ControlError, posted
from sandbox.graph.messenger import Messenger
from sandbox.graph.meta import Product
from sandbox.graph.phone import Bubble, Button, Citizen, Tap
from sandbox.graph.state import citizen_state
from sandbox.graph.templates import Template
from sandbox.graph.webhooks import HandlingError, encode
from sandbox.graph.whatsapp import WhatsApp
from sandbox.world import world_of

JSON = Any
Wanted = Mapping[str, JSON]
LARGEST = 200 * 1024 * 1024

graph_control = Blueprint("graph_control", url_prefix="/state/graph")


async def _refuse(request: Request, error: Exception) -> HTTPResponse:
    return json({"error": str(error)}, status=400)


graph_control.exception(ControlError, HandlingError)(_refuse)


# --- citizens ----------------------------------------------------------------


@graph_control.get("/<product:str>/citizens")
async def _citizens(request: Request, product: str) -> HTTPResponse:
    network = _network(request, product)
    return json([citizen_state(network, citizen) for citizen in network.citizens.values()])


@graph_control.post("/<product:str>/citizens")
async def _enrol(request: Request, product: str) -> HTTPResponse:
    wanted, network = posted(request), _network(request, product)
    hides = wanted.get("hidesNumber") in (True, "true") and product == "whatsapp"
    citizen = network.enrol(str(wanted.get("name") or "").strip()[:60], hides_number=hides)
    return _done(request, network, citizen)


@graph_control.get("/<product:str>/citizens/<identifier:str>")
async def _citizen(request: Request, product: str, identifier: str) -> HTTPResponse:
    network = _network(request, product)
    return json(citizen_state(network, _find(network, identifier)))


@graph_control.post("/<product:str>/citizens/<identifier:str>/<deed:str>")
async def _do(request: Request, product: str, identifier: str, deed: str) -> HTTPResponse:
    network = _network(request, product)
    citizen = _find(network, identifier)
    if deed not in _DEEDS:
        raise ControlError(f"{deed} is nothing a citizen does; known are {', '.join(_DEEDS)}")
    wanted = _with_files(request)
    _DEEDS[deed](network, citizen, wanted)
    return _done(request, network, citizen)


def _say(network: Product, citizen: Citizen, wanted: Wanted) -> None:
    text = str(wanted.get("text") or "").replace("\r\n", "\n").strip()
    if text:
        network.say(
            citizen, text, minutes_ago=_number(wanted, "minutesAgo", 0.0), quotes=str(wanted.get("quotes") or "")
        )


def _tap(network: Product, citizen: Citizen, wanted: Wanted) -> None:
    bubble = _bubble(citizen, wanted.get("message"))
    buttons = [*bubble.buttons, *(button for card in bubble.cards for button in card.buttons)]
    button = buttons[_place_of(buttons, wanted)]
    if button.tap is Tap.QUICK and bubble is not citizen.bubbles[-1]:
        raise ControlError(f"the quick reply {button.title!r} is gone: something was said after it")
    network.tap(citizen, bubble, button)


def _place_of(buttons: list[Button], wanted: Wanted) -> int:
    if "title" in wanted:
        titles = [button.title for button in buttons]
        if wanted["title"] not in titles:
            raise ControlError(f"there is no button {wanted['title']!r}; there are {titles}")
        return titles.index(wanted["title"])
    number = int(_number(wanted, "n", -1))
    if not 0 <= number < len(buttons):
        raise ControlError(f"there is no button number {number}; there are {len(buttons)}")
    return number


def _send_file(network: Product, citizen: Citizen, wanted: Wanted) -> None:
    """`as`: image, document, video, audio or sticker. `type`, `wrongHash` and `gone` make a lie of what Meta says."""
    file = wanted.get("file")
    if not isinstance(file, File) or not file.body:
        raise ControlError("no file")
    declared = str(wanted.get("type") or file.type)
    kind = str(wanted.get("as") or ("image" if declared.startswith("image/") else "document"))
    media = network.keep(file.body, file.name, declared, wrong_hash=wanted.get("wrongHash") in (True, "true"))
    network.send_file(citizen, kind, media, str(wanted.get("caption") or "").strip())
    if wanted.get("gone") in (True, "true"):
        network.media.lose(media)


def _voice(network: Product, citizen: Citizen, wanted: Wanted) -> None:
    network.send_file(citizen, "audio", network.keep(SILENCE, "spraakbericht.ogg", "audio/ogg; codecs=opus"))


def _share_place(network: Product, citizen: Citizen, wanted: Wanted) -> None:
    latitude, longitude = _number(wanted, "latitude"), _number(wanted, "longitude")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ControlError("there is no such place on earth")
    network.share_place(citizen, latitude, longitude)


def _react(network: Product, citizen: Citizen, wanted: Wanted) -> None:
    network.react(citizen, _bubble(citizen, wanted.get("message")), str(wanted.get("emoji") or ""))


def _edit(network: Product, citizen: Citizen, wanted: Wanted) -> None:
    network.edit(citizen, _bubble(citizen, wanted.get("message")), str(wanted.get("text") or ""))


def _revoke(network: Product, citizen: Citizen, wanted: Wanted) -> None:
    network.revoke(citizen, _bubble(citizen, wanted.get("message")))


def _send_part(network: Product, citizen: Citizen, wanted: Wanted) -> None:
    """A message of any other shape: `part` is what stands in it besides who sent it, when, and its id."""
    part = wanted.get("part")
    if not isinstance(part, dict):
        raise ControlError("expected a part: an object")
    bubble = network.bubble(str(part.get("type") or "other"), minutes_ago=_number(wanted, "minutesAgo", 0.0))
    network.tell(citizen, bubble, part)


def _post_back(network: Product, citizen: Citizen, wanted: Wanted) -> None:
    """Get started, an ice breaker, or an entry of the menu."""
    if not isinstance(network, Messenger):
        raise ControlError("only Messenger has a menu")
    network.post_back(citizen, str(wanted.get("title") or ""), str(wanted.get("payload") or ""))


def _answer_from_inbox(network: Product, citizen: Citizen, wanted: Wanted) -> None:
    if not isinstance(network, Messenger):
        raise ControlError("only Messenger has an inbox of Meta's")
    network.answer_from_inbox(citizen, str(wanted.get("text") or ""), with_app_id=wanted.get("appId", True) is True)


def _set_up(network: Product, citizen: Citizen, wanted: Wanted) -> None:
    citizen.reads = wanted.get("reads", citizen.reads) in (True, "true")
    citizen.is_reachable = wanted.get("reachable", citizen.is_reachable) in (True, "true")
    network.changed()


_DEEDS: Mapping[str, Callable[[Product, Citizen, Wanted], None]] = {
    "say": _say,
    "tap": _tap,
    "file": _send_file,
    "voice": _voice,
    "place": _share_place,
    "react": _react,
    "edit": _edit,
    "revoke": _revoke,
    "part": _send_part,
    "postback": _post_back,
    "inbox": _answer_from_inbox,
    "phone": _set_up,
}


@graph_control.get("/media/<identifier:str>")
async def _shown(request: Request, identifier: str) -> HTTPResponse:
    """For the page: a picture as a picture, the rest as a file."""
    media = world_of(request).meta.media.shown(identifier)
    if media is None:
        raise ControlError("unknown file")
    headers = {"x-content-type-options": "nosniff"}
    if not media.shown_type:
        safe_name = media.name.encode("ascii", "replace").decode().replace('"', "'")
        headers["content-disposition"] = f'attachment; filename="{safe_name}"'
    return raw(media.content, content_type=media.shown_type or "application/octet-stream", headers=headers)


# --- webhooks ----------------------------------------------------------------


@graph_control.get("/<product:str>/webhooks")
async def _log(request: Request, product: str) -> HTTPResponse:
    return json([webhook.to_json() for webhook in _network(request, product).courier.log])


@graph_control.post("/<product:str>/webhooks")
async def _handle(request: Request, product: str) -> HTTPResponse:
    courier = _network(request, product).courier
    courier.handling = courier.handling.changed(posted(request))
    return json(courier.handling.to_json())


@graph_control.post("/<product:str>/webhooks/release")
async def _release(request: Request, product: str) -> HTTPResponse:
    wanted = posted(request)
    batch = wanted.get("batch") is True
    return json(
        {"released": _network(request, product).courier.release(str(wanted.get("order", "forwards")), batch=batch)}
    )


@graph_control.post("/<product:str>/webhooks/replay")
async def _replay(request: Request, product: str) -> HTTPResponse:
    """Without ids: all of them."""
    courier, wanted = _network(request, product).courier, posted(request)
    identifiers = wanted.get("ids") or [webhook.id for webhook in courier.log]
    return json({"replayed": courier.replay([str(identifier) for identifier in identifiers])})


@graph_control.post("/<product:str>/webhooks/raw")
async def _raw(request: Request, product: str) -> HTTPResponse:
    """Posts exactly these bytes, signed."""
    return json(_network(request, product).courier.post_raw(request.body, "raw").to_json())


@graph_control.post("/<product:str>/webhooks/value")
async def _value(request: Request, product: str) -> HTTPResponse:
    """Posts a webhook of WhatsApp with this value, or an entry of Messenger with these events."""
    network, wanted = _network(request, product), posted(request)
    if isinstance(network, WhatsApp):
        payload = network.value(**wanted)
    else:
        page = world_of(request).settings.messenger_page_id
        payload = {"object": "page", "entry": [{"id": page, "time": 0, **wanted}]}
    return json(network.courier.post_raw(encode(payload), "raw").to_json())


@graph_control.post("/<product:str>/handshake")
async def _handshake(request: Request, product: str) -> HTTPResponse:
    wanted = posted(request)
    mode = str(wanted.get("mode") or "subscribe")
    return json(await _network(request, product).courier.handshake(wanted.get("token"), mode))


@graph_control.post("/whatsapp/templates")
async def _templates(request: Request) -> HTTPResponse:
    """A template that Meta has approved."""
    wanted, network = posted(request), world_of(request).meta.whatsapp
    buttons = tuple(str(title) for title in wanted.get("buttons") or ())
    template = Template(str(wanted.get("name")), str(wanted.get("language")), str(wanted.get("body")), buttons)
    network.templates = [t for t in network.templates if (t.name, t.language) != (template.name, template.language)]
    network.templates.append(template)
    return json({"templates": [t.name for t in network.templates]})


# --- reading -----------------------------------------------------------------


def _network(request: Request, product: str) -> Product:
    networks = world_of(request).meta.networks
    if product not in networks:
        raise ControlError(f"{product} is none of {', '.join(networks)}")
    return networks[product]


def _find(network: Product, identifier: str) -> Citizen:
    if identifier not in network.citizens:
        raise ControlError(f"no citizen {identifier}")
    return network.citizens[identifier]


def _bubble(citizen: Citizen, identifier: object) -> Bubble:
    found = citizen.bubble(str(identifier))
    if found is None:
        raise ControlError(f"there is no message {identifier!r} on this phone")
    return found


def _number(wanted: Wanted, name: str, otherwise: float | None = None) -> float:
    value = wanted.get(name, otherwise)
    try:
        return float(str(value).strip().replace(",", "."))
    except ValueError as error:
        raise ControlError(f"{name}={value!r} is no number") from error


def _with_files(request: Request) -> dict[str, JSON]:
    if not request.files and not (request.headers.get("content-type") or "").startswith("multipart/"):
        return posted(request)
    fields: dict[str, JSON] = {name: values[-1] for name, values in (request.form or {}).items()}
    return {**fields, **{name: files[-1] for name, files in (request.files or {}).items()}}


def _done(request: Request, network: Product, citizen: Citizen) -> HTTPResponse:
    """The page again for whoever came from there, and the phone for a program."""
    wanted = _with_files(request)
    if "terug" not in wanted:
        return json(citizen_state(network, citizen))
    return redirect(f"/telefoons?{wanted['terug']}" if "=" in str(wanted["terug"]) else "/telefoons", status=303)


# Half a second of nothing in Ogg's clothes: whoever looks at the first bytes sees sound
SILENCE = b"OggS\x00\x02" + bytes(64)
