"""What Open Klant holds: contacts and all that hangs on them, each a record with a uuid, as it is on the wire.

A link between two records stands in one of them; the other direction is looked up.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.openklant import shapes
from sandbox.openklant.errors import Wrong, invalid, not_found
from sandbox.openklant.fields import Field, wrong_with

Record = dict[str, Any]
Body = Mapping[str, Any]

EMPTY_CONTACT: Body = {
    **dict.fromkeys(("nummer", "referentienummer", "indicatieContactGelukt")),
    **{"inhoud": "", "reactie": "", "hoofdOnderwerpType": "", "verdereActieOndernomen": False, "metadata": {}},
}
EMPTY_INVOLVED: Body = {
    **dict.fromkeys(("wasPartij", "bezoekadres", "correspondentieadres", "contactnaam")),
    "organisatienaam": "",
}
EMPTY_TASK: Body = {"nummer": None, "referentienummer": None, "toelichting": "", "afgehandeldOp": None}
EMPTY_ADDRESS: Body = {
    **{"verstrektDoorBetrokkene": None, "verstrektDoorPartij": None, "isStandaardAdres": False},
    **{"omschrijving": "", "verificatieDatum": None},
}
EMPTY_SUBJECT: Body = {"klantcontact": None, "wasKlantcontact": None, "onderwerpobjectidentificator": None}
EMPTY_PARTY: Body = {
    **{"nummer": None, "interneNotitie": "", "indicatieGeheimhouding": None, "voorkeurstaal": ""},
    **{"bezoekadres": None, "correspondentieadres": None, "partijIdentificatie": None},
}


@dataclass
class Register:
    now: Callable[[], datetime]
    tell: Callable[[], None] = lambda: None
    records: dict[str, dict[str, Record]] = field(default_factory=dict)

    # --- reading -----------------------------------------------------------------

    def all(self, kind: str) -> list[Record]:
        return list(self.records.get(kind, {}).values())

    def get(self, kind: str, id: str) -> Record:
        found = self.records.get(kind, {}).get(id)
        if found is None:
            raise not_found()
        return found

    def exists(self, kind: str, id: str) -> bool:
        return id in self.records.get(kind, {})

    def that(self, kind: str, link: str, id: str) -> list[Record]:
        """The records of this kind whose link names that record."""
        return [one for one in self.all(kind) if (one.get(link) or {}).get("uuid") == id]

    def actors_of(self, contact: str) -> list[Record]:
        links = self.that("actorklantcontact", "klantcontact", contact)
        return [self.get("actor", link["actor"]["uuid"]) for link in links]

    # --- writing -----------------------------------------------------------------

    def contact(self, body: Body) -> Record:
        self._check(body, shapes.CONTACT, [*shapes.wrong_contact(body), *self._taken("klantcontact", body)])
        return self._add("klantcontact", {**EMPTY_CONTACT, "plaatsgevondenOp": self._moment(), **body})

    def make(self, body: Body) -> tuple[Record, Record | None, Record | None]:
        """A contact with who was involved and what it was about: all of it or nothing."""
        contact = body.get("klantcontact")
        wrong = list(shapes.wrong_contact(contact)) if isinstance(contact, Mapping) else []
        wrong += self._taken("klantcontact", contact) if isinstance(contact, Mapping) else []
        self._check(body, shapes.MAKE, [one.under("klantcontact") for one in wrong])
        made = self.contact(body["klantcontact"])
        to = {"uuid": made["uuid"]}
        involved = self.involve({**body["betrokkene"], "hadKlantcontact": to}) if body.get("betrokkene") else None
        about = self.subject({**body["onderwerpobject"], "klantcontact": to}) if body.get("onderwerpobject") else None
        return made, involved, about

    def change_contact(self, id: str, body: Body) -> Record:
        known = self.get("klantcontact", id)
        together = {**known, **body}
        self._check(
            body, shapes.CONTACT, [*shapes.wrong_contact(together), *self._taken("klantcontact", body, id)], True
        )
        return self._set(known, body)

    def involve(self, body: Body) -> Record:
        self._check(body, shapes.INVOLVED)
        return self._add("betrokkene", {**EMPTY_INVOLVED, **body})

    def subject(self, body: Body) -> Record:
        self._check(body, shapes.SUBJECT)
        return self._add("onderwerpobject", {**EMPTY_SUBJECT, **body})

    def address(self, body: Body) -> Record:
        self._check(body, shapes.DIGITAL_ADDRESS, shapes.wrong_address(body))
        return self._add("digitaaladres", {**EMPTY_ADDRESS, **body})

    def actor(self, body: Body) -> Record:
        self._check(body, shapes.actor(body))
        return self._add("actor", {"indicatieActief": True, "actoridentificator": None, **body})

    def link_actor(self, body: Body) -> Record:
        self._check(body, shapes.ACTOR_LINK)
        pair = (body["actor"]["uuid"], body["klantcontact"]["uuid"])
        if any((one["actor"]["uuid"], one["klantcontact"]["uuid"]) == pair for one in self.all("actorklantcontact")):
            reason = "De velden actor, klantcontact moeten een unieke set zijn."
            raise invalid([Wrong("nonFieldErrors", "unique", reason)])
        return self._add("actorklantcontact", body)

    def party(self, body: Body) -> Record:
        self._check(body, shapes.party(body), self._taken("partij", body))
        return self._add("partij", {**EMPTY_PARTY, **body})

    def task(self, body: Body) -> Record:
        self._check(body, shapes.TASK, [*shapes.wrong_task(body), *self._taken("internetaak", body)])
        return self._add("internetaak", {**EMPTY_TASK, **self._task(body), "toegewezenOp": self._moment()})

    def change_task(self, id: str, body: Body) -> Record:
        known = self.get("internetaak", id)
        self._check(body, shapes.TASK, self._taken("internetaak", body, id), True)
        return self._set(known, self._task(body))

    # --- inside ------------------------------------------------------------------

    def _check(self, body: Body, fields: Mapping[str, Field], more: Any = (), partial: bool = False) -> None:
        if wrong := wrong_with(body, fields, self.exists, partial=partial) or list(more):
            raise invalid(wrong)

    def _taken(self, kind: str, body: Body, me: str = "") -> Iterator[Wrong]:
        for name in ("referentienummer", "nummer"):
            given = body.get(name)
            if given and any(one.get(name) == given and one["uuid"] != me for one in self.all(kind)):
                yield Wrong(name, "unique", f"Er bestaat al een {kind} met eenzelfde {name}.")

    def _task(self, body: Body) -> Record:
        """Done fills in when; not done empties it. The one actor of old is the first of the list."""
        task = {name: value for name, value in body.items() if name != "toegewezenAanActor"}
        if "toegewezenAanActor" in body:
            task["toegewezenAanActoren"] = [body["toegewezenAanActor"]]
        if "status" in body:
            task["afgehandeldOp"] = self._moment() if body["status"] == "verwerkt" else None
        return task

    def _add(self, kind: str, values: Body) -> Record:
        record = {"uuid": str(uuid.uuid4()), **_normal(values)}
        self.records.setdefault(kind, {})[record["uuid"]] = record
        self.tell()
        return record

    def _set(self, record: Record, values: Body) -> Record:
        record.update(_normal(values))
        self.tell()
        return record

    def _moment(self) -> str:
        return self.now().isoformat()


def _normal(values: Body) -> Record:
    """Moments come back in UTC."""
    told = dict(values)
    for name in ("plaatsgevondenOp", "toegewezenOp", "afgehandeldOp"):
        if told.get(name):
            moment = datetime.fromisoformat(told[name]).astimezone(UTC)
            told[name] = moment.isoformat(timespec="seconds").replace("+00:00", "Z")
    return told
