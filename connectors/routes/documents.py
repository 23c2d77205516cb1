"""`/dms/tasks`, for the city's document management system alone: has something done, and hears how far it is."""

import asyncio

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json

from connectors.limits import Limit
from connectors.routes.bearer import refusal
from connectors.routes.door import Rejected, pieces
from filings.documents import Documents, OtherContent, Unusable, state_of
from filings.task_model import Task

PATH = "/dms/tasks"
LONGEST_BODY = 16 * 1024
SECONDS = 15.0  # for a body to arrive
FRESH = {"Cache-Control": "no-store"}

log = structlog.get_logger()


def document_tasks(documents: Documents, token: str, limit: Limit) -> Blueprint:
    routes = Blueprint("documents")

    @routes.post(PATH, stream=True)
    async def take(request: Request) -> HTTPResponse:
        if refused := _refusal(request, token, limit):
            return refused
        try:
            async with asyncio.timeout(SECONDS):
                body = b"".join([piece async for piece in pieces(request, LONGEST_BODY)])
        except TimeoutError:
            return _problem(408, "too_slow", f"the body must arrive within {SECONDS:.0f} seconds")
        except Rejected:
            return _problem(413, "too_large", f"the body may have at most {LONGEST_BODY} bytes")
        try:
            return _taken(await asyncio.to_thread(documents.take, body))
        except Unusable as error:
            return _problem(400, "unusable", error.message, error.field)
        except OtherContent:
            return _problem(409, "other_content", "this document has a task, made with other content", "document")

    @routes.get(f"{PATH}/<document:str>")
    async def tell(request: Request, document: str) -> HTTPResponse:
        if refused := _refusal(request, token, limit):
            return refused
        task = await asyncio.to_thread(documents.find, document)
        if task is None:
            return _problem(404, "unknown", "there is no task for this document, or it was forgotten")
        return json(state_of(task), headers=FRESH)

    return routes


def _refusal(request: Request, token: str, limit: Limit) -> HTTPResponse | None:
    if refused := refusal(request, token):
        log.warning("dms.unauthorized")
        return refused
    if seconds := limit.wait("dms"):
        answer = _problem(429, "too_many", f"ask again after {seconds} seconds")
        answer.headers["Retry-After"] = str(seconds)
        return answer
    return None


def _taken(task: Task) -> HTTPResponse:
    if task.is_new:
        log.info("dms.task_made", task=task.id, team=task.team)
    where = {**FRESH, "Location": f"{PATH}/{task.contact.document}"}
    return json(state_of(task), 201 if task.is_new else 200, headers=where)


def _problem(status: int, error: str, message: str, field: str = "") -> HTTPResponse:
    told = {"error": error, "message": message, **({"field": field} if field else {})}
    return json(told, status, headers=FRESH)
