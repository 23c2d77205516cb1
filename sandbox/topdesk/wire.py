"""An incident as TOPdesk writes it: every field present, some empty as null and some as an empty string."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.topdesk.incident import Attachment, Incident, LogEntry, SentMail
from sandbox.topdesk.lookups import Lookups, Ref

ROOT = "/tas/api"
_BRUSSELS = ZoneInfo("Europe/Brussels")
Dates = Callable[[datetime], str]


def old_dates(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def iso8601(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def incident_json(incident: Incident, lookups: Lookups, dates: Dates = old_dates) -> dict[str, Any]:
    url = f"{ROOT}/incidents/id/{incident.id}"
    values = incident.values

    def ref(name: str) -> dict[str, Any] | None:
        found = values.get(name)
        return found.to_json() if isinstance(found, Ref) else None

    def moment(name: str) -> str | None:
        return dates(values[name]) if values.get(name) else None

    def flag(name: str) -> bool:
        return bool(values.get(name))

    caller = _caller(incident, lookups)
    escalation, reason = incident.escalation or (None, None)
    return {
        "id": incident.id,
        "status": incident.status,
        "number": incident.number,
        "request": "\n\n".join(_flattened(entry) for entry in incident.texts(requests=True)),
        "requests": f"{url}/requests",
        "action": f"{url}/actions",
        "attachments": f"{url}/attachments",
        "caller": caller,
        "callerBranch": caller["branch"],
        "callerLocation": caller.get("location"),
        "branchExtraFieldA": ref("branchExtraFieldA"),
        "branchExtraFieldB": ref("branchExtraFieldB"),
        "briefDescription": incident.text("briefDescription"),
        "externalNumber": incident.text("externalNumber"),
        "category": ref("category"),
        "subcategory": ref("subcategory"),
        "callType": ref("callType"),
        "entryType": ref("entryType"),
        "object": None,
        "asset": None,
        "branch": lookups.branch_json() if values.get("branch") else None,
        "location": _location(values.get("location"), lookups),
        "impact": ref("impact"),
        "urgency": ref("urgency"),
        "priority": ref("priority"),
        "duration": ref("duration"),
        "actualDuration": 0,
        "targetDate": moment("targetDate"),
        "sla": None,
        "onHold": flag("onHold"),
        "onHoldDate": moment("onHoldDate"),
        "onHoldDuration": 0,
        "feedbackMessage": values.get("feedbackMessage"),
        "feedbackRating": values.get("feedbackRating"),
        "operator": _operator(values.get("operator") or incident.creator),
        "operatorGroup": ref("operatorGroup"),
        "supplier": None,
        "processingStatus": ref("processingStatus"),
        "responded": flag("responded"),
        "responseDate": moment("responseDate"),
        "completed": flag("completed"),
        "completedDate": moment("completedDate"),
        "closed": flag("closed"),
        "closedDate": moment("closedDate"),
        "closureCode": ref("closureCode"),
        "timeSpent": 0,
        "timeSpentFirstLine": 0,
        "timeSpentSecondLine": 0,
        "timeSpentPartial": 0,
        "timeSpentLinkedPartials": 0,
        "timeSpentSecondLineAndPartials": 0,
        "itemCosts": 0.0,
        "objectCosts": 0.0,
        "costs": float(values.get("costs") or 0.0),
        "escalationStatus": escalation,
        "escalationReason": reason.to_json() if reason else None,
        "escalationOperator": None,
        "callDate": dates(values.get("callDate") or incident.created_at),
        "creator": incident.creator.to_json(),
        "creationDate": dates(incident.created_at),
        "modifier": (incident.modifier or incident.creator).to_json(),
        "modificationDate": dates(incident.modified_at or incident.created_at),
        "majorCall": flag("majorCall"),
        "majorCallObject": None,
        "publishToSsd": flag("publishToSsd"),
        "monitored": False,
        "expectedTimeSpent": 0,
        "archivingReason": None,
        "mainIncident": None,
        "partialIncidents": [],
        "optionalFields1": _optional(values.get("optionalFields1"), dates),
        "optionalFields2": _optional(values.get("optionalFields2"), dates),
        "externalLinks": [_link(link, dates) for link in values.get("externalLinks") or ()],
    }


def trail_json(item: LogEntry | Attachment | SentMail, incident: Incident, dates: Dates = old_dates) -> dict[str, Any]:
    if isinstance(item, LogEntry):
        return entry_json(item, dates)
    if isinstance(item, Attachment):
        return attachment_json(item, incident, dates)
    return {"id": item.id, "title": item.title, "sender": item.sender, "entryDate": dates(item.at)}


def entry_json(entry: LogEntry, dates: Dates = old_dates) -> dict[str, Any]:
    return {
        "id": entry.id,
        "memoText": entry.html,
        "plainText": entry.plain,
        "flag": 0,
        "invisibleForCaller": entry.invisible,
        "entryDate": dates(entry.at),
        "operator": entry.author.to_json(),
        "person": None,
        "creationDate": dates(entry.at),
    }


def attachment_json(attachment: Attachment, incident: Incident, dates: Dates = old_dates) -> dict[str, Any]:
    return {
        "id": attachment.id,
        "fileName": attachment.name,
        "downloadUrl": f"{ROOT}/incidents/id/{incident.id}/attachments/{attachment.id}/download",
        "size": len(attachment.content),
        "description": attachment.description,
        "invisibleForCaller": attachment.invisible,
        "entryDate": dates(attachment.at),
        "operator": attachment.author.to_json(),
        "person": None,
    }


def _flattened(entry: LogEntry) -> str:
    local = entry.at.astimezone(_BRUSSELS)
    offset = local.utcoffset()
    hours = int(offset.total_seconds() // 3600) if offset else 0
    return f"{local:%d-%m-%Y %H:%M} [GMT +{hours}:00] {entry.author.name}: \n{entry.plain}"


def _caller(incident: Incident, lookups: Lookups) -> dict[str, Any]:
    given = incident.values.get("caller") or {}
    person = incident.values.get("callerLookup")
    caller: dict[str, Any] = {
        "id": person.ref.id if person else None,
        "dynamicName": incident.caller_name,
        "phoneNumber": incident.of_caller("phoneNumber"),
        "mobileNumber": incident.of_caller("mobileNumber"),
        "email": incident.caller_email,
        "branch": lookups.branch_json() if given.get("branch") or person else None,
    }
    for name in ("location", "department", "budgetHolder"):
        if given.get(name):
            caller[name] = given[name].to_json()
    return caller


def _location(location: Ref | None, lookups: Lookups) -> dict[str, Any] | None:
    return {**location.to_json(), "branch": lookups.branch_json(), "room": ""} if location else None


def _operator(operator: Ref) -> dict[str, Any]:
    return {"id": operator.id, "status": "operator", "name": operator.name}


def _link(link: dict[str, Any], dates: Dates) -> dict[str, Any]:
    return {**link, "date": dates(link["date"]) if link.get("date") else None}


def _optional(given: dict[str, Any] | None, dates: Dates) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "boolean": False,
        "number": 0.0,
        "date": None,
        "text": "",
        "memo": None,
        "searchlist": None,
    }
    fields = {f"{kind}{n}": value for kind, value in empty.items() for n in range(1, 6)}
    for name, value in (given or {}).items():
        if isinstance(value, datetime):
            fields[name] = dates(value)
        elif isinstance(value, Ref):
            fields[name] = value.to_json()
        elif value is not None:
            fields[name] = value
    return fields
