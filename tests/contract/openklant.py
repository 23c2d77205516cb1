"""What the tests of Open Klant share: the published document, the client, and a contact to register."""

from datetime import datetime
from typing import Any

import requests
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse

from actions.clients.contact_ports import Actor, Actors, Contact, Party
from actions.clients.openklant import OpenKlantContacts
from clock import BRUSSELS
from settings import Settings
from tests.contract.running_sandbox import CONTRACTS, Sandbox

PUBLISHED = CONTRACTS / "data/openklant/klantinteracties-openapi.yaml"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
UNCHECKED = Config(spec_validator_cls=None)  # type: ignore[arg-type]  # the document is not what is tested
API = "/klantinteracties/api/v1"
TOKEN = "sandbox-openklant"
BOT = Actor(Actors.BOT, "balie", "Virtuele assistent")
SANNE = Actor(Actors.EMPLOYEE, "a_1", "Sanne")
DESK = Actor(Actors.DEPARTMENT, "balie-onthaal", "Onthaal")
LIEN = Party("4711000815", "Lien", "Declercq")
AT = datetime(2026, 11, 23, 10, 2, 11, tzinfo=BRUSSELS)
CONTACT = Contact(
    key="K-7KQ4-2FXD",
    number="2026000123",
    channel="chatbot",
    subject="Melding",
    at=AT,
    actors=(BOT,),
    metadata={"gesprekId": "c_1", "intent": "melding_doen"},
)


def client(sandbox: Sandbox, *, timeout: float = 5.0, token: str = TOKEN) -> OpenKlantContacts:
    url = f"{sandbox.url}/openklant"
    return OpenKlantContacts(Settings(openklant_url=url, openklant_token=token, backend_timeout=timeout))


def mended(node: Any) -> Any:
    """What the document means: it says of a reference that it may be null where OpenAPI 3.0 does not look."""
    if isinstance(node, list):
        return [mended(one) for one in node]
    if not isinstance(node, dict):
        return node
    node = {name: mended(value) for name, value in node.items()}
    if node.get("nullable") and "allOf" in node:
        node["anyOf"] = [*node.pop("allOf"), {"type": "object", "nullable": True, "enum": [None]}]
    return node


class Published:
    """Calls Open Klant, and holds the question and the answer to the published document."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.url = f"{sandbox.url}/openklant{API}"
        document = mended(yaml.load(PUBLISHED.read_text(encoding="utf-8"), Loader=LOADER))
        document["servers"] = [{"url": self.url}]
        made = document["components"]["schemas"]["MaakKlantcontact"]["properties"]
        for name in ("betrokkene", "onderwerpobject"):  # as it was recorded: null when there is none
            made[name] = {"anyOf": [made[name], {"type": "object", "nullable": True, "enum": [None]}], "nullable": True}
        self.document = OpenAPI.from_dict(document, config=UNCHECKED)

    def __call__(self, method: str, path: str, **request: Any) -> requests.Response:
        headers = {"Authorization": f"Token {TOKEN}"}
        prepared = requests.Request(method, f"{self.url}{path}", headers=headers, **request).prepare()
        answer = requests.Session().send(prepared, timeout=10)
        if answer.ok:
            asked = RequestsOpenAPIRequest(prepared)
            self.document.validate_request(asked)
            self.document.validate_response(asked, RequestsOpenAPIResponse(answer))
        return answer

    def made(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self("POST", path, json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made
