"""Registers reports in TOPdesk and follows them there (incident API 4.2.6).

TOPdesk has no idempotency key: our own goes into `externalNumber`, and every create
looks for it first. 206 is success, 204 has no body, 80 characters is the end of a
`briefDescription`: TOPdesk refuses a longer one. Text of citizens is escaped, since
`request` takes HTML.
"""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from requests.auth import HTTPBasicAuth

from actions.clients.errors import Misconfigured, NotFound, Uncertain
from actions.clients.http import Backend, Built, parsed
from actions.clients.ports import Incident, Photo, Progress, Report
from clock import BRUSSELS
from settings import Settings

NAME = "topdesk"
LONGEST_SUMMARY = 80
LONGEST_NAME = 109
LONGEST_EMAIL = 100
PAGE = 100
NO_CONTENT = 204
FIELDS = "id,number,status,closed,completed,onHold,processingStatus,operatorGroup"


class TopdeskIncidents:
    def __init__(self, settings: Settings) -> None:
        auth = HTTPBasicAuth(settings.topdesk_user, settings.topdesk_password)
        self.backend = Backend(NAME, settings.topdesk_url, settings.backend_timeout, auth=auth)

    async def create(self, report: Report) -> Incident:
        existing = await self._with_key(report.key)
        if existing:
            return existing
        try:
            response = await self.backend.write("create", "POST", "incidents", json=_wire(report))
            return parsed(NAME, "create", response, _incident)
        except NotFound as error:  # an id or a name in our own body is unknown there
            raise Misconfigured(NAME, "create", "404") from error
        except (Uncertain, Misconfigured):
            made = await self._with_key(report.key)
            if made:
                return made
            raise

    async def attach(self, incident: str, photo: Photo) -> None:
        """Looks for the file name first, so that it may be repeated."""
        path = f"incidents/id/{quote(incident, safe='')}/attachments"
        if photo.name in await self._list("attachments", path, _file_names):
            return
        files = {"file": (photo.name, photo.content, photo.media_type)}
        fields = {"invisibleForCaller": "false", "description": "Foto van de melder"}
        try:
            await self.backend.write("attach", "POST", path, files=files, data=fields)
        except Uncertain:
            if photo.name not in await self._list("attachments", path, _file_names):
                raise

    async def find(self, number: str) -> Incident:
        response = await self.backend.read("find", f"incidents/number/{quote(number, safe='')}")
        incident = parsed(NAME, "find", response, _incident)
        return replace(incident, progress=tuple(await self._progress(incident.id)))

    async def _with_key(self, key: str) -> Incident | None:
        query = {"query": f"externalNumber=='{key}'", "fields": FIELDS, "pageSize": "1", "all": "true"}
        found = await self._list("look_up", "incidents", _incidents, **query)
        return found[0] if found else None

    async def _progress(self, incident: str) -> list[Progress]:
        """What the city did and said; `actions` leaves out what the citizen wrote himself."""
        return await self._list("progress", f"incidents/id/{incident}/actions", _progress, page_size=str(PAGE))

    async def _list(self, operation: str, path: str, build: Callable[[Any], list[Built]], **query: str) -> list[Built]:
        response = await self.backend.read(operation, path, params=query)
        return [] if response.status_code == NO_CONTENT else parsed(NAME, operation, response, build)


def _wire(report: Report) -> dict[str, Any]:
    caller = {"dynamicName": (report.name or "Anonieme melder")[:LONGEST_NAME]}
    if report.email:
        caller["email"] = report.email[:LONGEST_EMAIL]
    return {
        "status": "firstLine",
        "caller": caller,
        "briefDescription": _shortened(report.summary),
        "request": _request(report),
        "entryType": {"name": "Chatbot"},
        "callType": {"name": "Melding"},
        "category": {"name": report.category},
        "subcategory": {"name": report.subcategory},
        "externalNumber": report.key,
    }


def _request(report: Report) -> str:
    lines = [f"Gemeld via de virtuele assistent ({report.channel}).", report.description, f"Plaats: {report.place}"]
    if report.latitude is not None and report.longitude is not None:
        lines.append(f"Coördinaten: {report.latitude:.6f}, {report.longitude:.6f}")
    return "<br>".join(html.escape(line, quote=False).replace("\n", "<br>") for line in lines)


def _shortened(summary: str) -> str:
    return summary if len(summary) <= LONGEST_SUMMARY else summary[: LONGEST_SUMMARY - 1].rstrip() + "…"


def _incident(wire: Any) -> Incident:
    return Incident(
        id=wire["id"],
        number=wire["number"],
        status=(wire.get("processingStatus") or {}).get("name") or "",
        closed=bool(wire.get("closed")),
        completed=bool(wire.get("completed")),
        on_hold=bool(wire.get("onHold")),
        outcome=(wire.get("closureCode") or {}).get("name") or "",
        team=(wire.get("operatorGroup") or {}).get("name") or "",
        due=_day(wire.get("targetDate")),
        escalated=str(wire.get("status")).startswith("secondLine"),
    )


def _day(moment: str | None) -> date | None:
    return datetime.fromisoformat(moment).astimezone(BRUSSELS).date() if moment else None


def _incidents(wire: Any) -> list[Incident]:
    return [_incident(one) for one in wire]


def _file_names(wire: Any) -> list[str]:
    return [one["fileName"] for one in wire]


def _progress(wire: Any) -> list[Progress]:
    """What is not meant for the caller never leaves this function."""
    return [
        Progress(one["id"], datetime.fromisoformat(one["entryDate"]), _words(one))
        for one in wire
        if "memoText" in one and one.get("invisibleForCaller") is False
    ]


def _words(entry: Any) -> str:
    return str(entry.get("plainText") or _plain(entry["memoText"]))


def _plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<br */?>", "\n", markup))).strip()
