"""Registers reports in TOPdesk and follows them there (incident API 4.2.6).

TOPdesk has no idempotency key: our own goes into `externalNumber`, and every create
looks for it first. 206 is success, 204 has no body, 80 characters is the end of a
`briefDescription`: TOPdesk refuses a longer one. Text of citizens is escaped, since
`request` takes HTML.
"""

import html
from datetime import datetime
from typing import Any
from urllib.parse import quote

from requests.auth import HTTPBasicAuth

from actions.clients.errors import NotFound, Uncertain
from actions.clients.http import Backend, parsed
from actions.clients.ports import Incident, Photo, Progress, Report
from settings import Settings

NAME = "topdesk"
LONGEST_SUMMARY = 80
LONGEST_NAME = 109
LONGEST_EMAIL = 100
PAGE = 100
FIELDS = "id,number,closed,completed,onHold,processingStatus"


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
        except Uncertain:
            made = await self._with_key(report.key)
            if made:
                return made
            raise
        return _incident(parsed(NAME, "create", response))

    async def attach(self, incident: str, photo: Photo) -> None:
        path = f"incidents/id/{incident}/attachments"
        listed = await self.backend.read("attachments", path)
        attached = parsed(NAME, "attachments", listed) if listed.status_code != 204 else []
        if any(attachment.get("fileName") == photo.name for attachment in attached):
            return
        files = {"file": (photo.name, photo.content, photo.media_type)}
        fields = {"invisibleForCaller": "false", "description": "Foto van de melder"}
        await self.backend.write("attach", "POST", path, files=files, data=fields)

    async def find(self, number: str) -> Incident:
        response = await self.backend.read("find", f"incidents/number/{quote(number)}")
        wire = parsed(NAME, "find", response)
        return _incident(wire, await self._progress(wire["id"]))

    async def _with_key(self, key: str) -> Incident | None:
        query = {"query": f"externalNumber=='{key}'", "fields": FIELDS, "pageSize": "1"}
        response = await self.backend.read("look_up", "incidents", params=query)
        if response.status_code == 204:
            return None
        found = parsed(NAME, "look_up", response)
        return _incident(found[0]) if found else None

    async def _progress(self, incident: str) -> list[Progress]:
        query = {"start": "0", "page_size": str(PAGE)}
        try:
            response = await self.backend.read("progress", f"incidents/id/{incident}/progresstrail", params=query)
        except NotFound:
            return []
        entries = parsed(NAME, "progress", response) if response.status_code != 204 else []
        return [
            Progress(_moment(entry["entryDate"]), entry.get("plainText") or entry["memoText"])
            for entry in entries
            if "memoText" in entry and entry.get("operator") and not entry.get("invisibleForCaller")
        ]


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


def _incident(wire: dict[str, Any], progress: list[Progress] | None = None) -> Incident:
    return Incident(
        id=wire["id"],
        number=wire["number"],
        status=(wire.get("processingStatus") or {}).get("name") or "",
        closed=bool(wire.get("closed")),
        progress=tuple(progress or ()),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
