"""Registers contacts and the tasks that come of them in Open Klant, through the Klantinteracties API.

A contact is a chain of calls and no transaction. `referentienummer` makes its first call safe to
repeat: Open Klant refuses a second one ("unique"), and then what is there is looked up and only what
is missing is added. A number may be somebody else's contact by chance; our key in the metadata tells.

A Belgian citizen has no BSN, and Open Klant knows no other number of a person: he is a party
without an identifier, and only our own store (`citizens/parties.py`) tells which. `nummer` is
deprecated there, and the only thing by which a party that was just made can be found again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import requests
from requests import PreparedRequest
from requests.auth import AuthBase

from actions.clients.contact_ports import Actor, Actors, Contact, InternalTask, Party, Registered
from actions.clients.errors import BackendError, Misconfigured, NotFound, Rejected, Uncertain
from actions.clients.http import Backend, parsed
from settings import Settings

NAME = "openklant"
PATH = "klantinteracties/api/v1"
LANGUAGE = "nld"
KEY = "kenmerk"  # in the metadata: our own key of the contact
EXPANDED = "hadBetrokkenen,hadBetrokkenen.digitaleAdressen,gingOverOnderwerpobjecten,leiddeTotInterneTaken"
LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_ANSWER = 200, 1000, 4000
LONGEST_NAME, LONGEST_NOTE, LONGEST_METADATA = 200, 1000, 255
WIRE_PHONE = re.compile(r"\+[0-9]{9,15}")

_KINDS = {
    Actors.BOT: ("geautomatiseerde_actor", {"codeObjecttype": "chatbot", "codeRegister": "balie"}),
    Actors.EMPLOYEE: ("medewerker", {"codeObjecttype": "mdw", "codeRegister": "balie"}),
    # as the front end of KISS names them, so that a department finds its tasks there
    Actors.DEPARTMENT: ("organisatorische_eenheid", {"codeObjecttype": "afd", "codeRegister": "obj"}),
}
_ABOUT = {"codeObjecttype": "formulier", "codeRegister": "balie", "codeSoortObjectId": "referentie"}


class _Token(AuthBase):
    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Token {self.token}"
        return request


@dataclass(frozen=True)
class _Kept:
    """What Open Klant has of a contact already."""

    id: str
    key: str | None
    metadata: Mapping[str, str]
    actors: frozenset[str]
    involved: str | None  # the betrokkene
    addresses: frozenset[str]
    about: frozenset[str]  # our references
    after: frozenset[str]
    task: str | None


class OpenKlantContacts:
    def __init__(self, settings: Settings) -> None:
        self.backend = Backend(
            NAME,
            f"{settings.openklant_url.rstrip('/')}/{PATH}",
            settings.backend_timeout,
            auth=_Token(settings.openklant_token),
            meaning=_meaning,
        )
        self._actors: dict[tuple[Actors, str], str] = {}

    async def party(self, citizen: Party) -> str:
        """Looks first: the number was made by chance, so a party is only ours when it has the name too."""
        found = await self._list("look_up_party", "partijen", soortPartij="persoon", nummer=citizen.number)
        ours = [one for one in found if _name_of(one) == _named(citizen.given_name, citizen.family_name)]
        if ours:
            return str(ours[0]["uuid"])
        if found:
            raise Rejected(NAME, "create_party", "number_taken")
        try:
            return await self._create("create_party", "partijen", _party(citizen))
        except Rejected as error:
            if error.code == "unique":  # another process was first, and knows him by the same number
                raise Uncertain(NAME, "create_party") from error
            raise

    async def register(self, contact: Contact) -> Registered:
        kept = await self._made(contact) or await self._with_number(contact)
        if kept is None or kept.key != contact.key:
            raise Rejected(NAME, "register", "number_taken")
        try:
            return await self._complete(contact, kept)
        except Rejected as error:
            if error.code != "actor_gone" or not self._actors:
                raise
            self._actors.clear()  # what we remember of them is no longer true
            return await self._complete(contact, await self._with_number(contact) or kept)

    async def note(self, contact: str, metadata: Mapping[str, str]) -> None:
        """Open Klant replaces all metadata, so what is there goes along."""
        response = await self.backend.read("read_contact", f"klantcontacten/{contact}")
        known = parsed(NAME, "read_contact", response, lambda wire: dict(wire["metadata"] or {}))
        if known.items() >= metadata.items():
            return
        body = {"metadata": _metadata({**known, **metadata})}
        await self.backend.write("note", "PATCH", f"klantcontacten/{contact}", json=body)

    async def finish(self, task: str) -> None:
        await self.backend.write("finish_task", "PATCH", f"internetaken/{task}", json={"status": "verwerkt"})

    # --- a contact ---------------------------------------------------------------

    async def _made(self, contact: Contact) -> _Kept | None:
        """The contact that was made just now; None when its number exists already."""
        body: dict[str, Any] = {"klantcontact": _contact(contact)}
        if involved := _involved(contact):
            body["betrokkene"] = involved
        try:
            response = await self.backend.write("register", "POST", "maak-klantcontact", json=body)
        except NotFound as error:
            raise Misconfigured(NAME, "register", "404") from error
        except Rejected as error:
            if error.code == "unique":
                return None
            raise
        return parsed(NAME, "register", response, _just_made)

    async def _with_number(self, contact: Contact) -> _Kept | None:
        query = {"referentienummer": contact.number, "expand": EXPANDED}
        found = await self._list("look_up", "klantcontacten", **query)
        return _understood("look_up", found[0]) if found else None

    async def _complete(self, contact: Contact, kept: _Kept) -> Registered:
        this = {"uuid": kept.id}
        for actor in contact.actors:
            if (id := await self._actor(actor)) not in kept.actors:
                await self._link(id, kept.id)
        if (involved := _involved(contact)) and kept.involved is None:
            made = await self._create("involve", "betrokkenen", {**involved, "hadKlantcontact": this})
            kept = replace(kept, involved=made)
        for address in _addresses(contact):
            if kept.involved and address["adres"] not in kept.addresses:
                by = {"verstrektDoorBetrokkene": {"uuid": kept.involved}, "verstrektDoorPartij": None}
                await self._create("add_address", "digitaleadressen", {**address, **by})
        for reference in contact.about:
            if reference not in kept.about:
                what = {"wasKlantcontact": None, "onderwerpobjectidentificator": {**_ABOUT, "objectId": reference}}
                await self._create("link_request", "onderwerpobjecten", {"klantcontact": this, **what})
        if contact.after and contact.after not in kept.after:
            earlier = {"wasKlantcontact": {"uuid": contact.after}}
            await self._create("link_earlier", "onderwerpobjecten", {"klantcontact": this, **earlier})
        task = kept.task
        if contact.task and task is None:
            task = await self._create("create_task", "internetaken", await self._task(contact.task, kept.id))
        return Registered(kept.id, task)

    async def _link(self, actor: str, contact: str) -> None:
        body = {"actor": {"uuid": actor}, "klantcontact": {"uuid": contact}}
        try:
            await self._create("link_actor", "actorklantcontacten", body)
        except Rejected as error:
            if error.code != "unique":  # else somebody else who works on the same contact was first
                raise

    async def _task(self, task: InternalTask, contact: str) -> dict[str, Any]:
        return {
            "gevraagdeHandeling": task.asked[:LONGEST_SUBJECT],
            "aanleidinggevendKlantcontact": {"uuid": contact},
            "toegewezenAanActoren": [{"uuid": await self._actor(task.to)}],
            "toelichting": task.note[:LONGEST_NOTE],
            "status": "te_verwerken",
        }

    async def _actor(self, actor: Actor) -> str:
        """Open Klant makes as many of the same as it is asked, so look first; two that race make two, and the first
        counts from then on."""
        known = self._actors.get((actor.kind, actor.id))
        if known:
            return known
        kind, codes = _KINDS[actor.kind]
        ours = {"objectId": actor.id, "codeSoortObjectId": "idf", **codes}
        query = {f"actoridentificator{name[:1].upper()}{name[1:]}": value for name, value in ours.items()}
        found = await self._list("look_up_actor", "actoren", soortActor=kind, **query)
        body = {"naam": actor.name[:LONGEST_NAME], "soortActor": kind, "indicatieActief": True}
        id = (
            str(found[0]["uuid"])
            if found
            else await self._create("create_actor", "actoren", {**body, "actoridentificator": ours})
        )
        self._actors[actor.kind, actor.id] = id
        return id

    # --- calls -------------------------------------------------------------------

    async def _create(self, operation: str, path: str, body: Mapping[str, Any]) -> str:
        try:
            response = await self.backend.write(operation, "POST", path, json=body)
        except NotFound as error:  # a whole register that is not there
            raise Misconfigured(NAME, operation, "404") from error
        return parsed(NAME, operation, response, lambda wire: str(wire["uuid"]))

    async def _list(self, operation: str, path: str, **query: str) -> list[Any]:
        try:
            response = await self.backend.read(operation, path, params=query)
        except NotFound as error:  # nothing found is an empty list
            raise Misconfigured(NAME, operation, "404") from error
        return parsed(NAME, operation, response, lambda wire: list(wire["results"]))


# --- on the wire -----------------------------------------------------------------


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "referentienummer": contact.number,
        "kanaal": contact.channel,
        "onderwerp": contact.subject[:LONGEST_SUBJECT],
        "inhoud": contact.text[:LONGEST_TEXT],
        "reactie": contact.answer[:LONGEST_ANSWER],
        "indicatieContactGelukt": True,  # whether somebody was reached, not whether he was helped
        "taal": LANGUAGE,
        "vertrouwelijk": False,
        "plaatsgevondenOp": contact.at.isoformat(),
        "metadata": _metadata({**contact.metadata, KEY: contact.key}),
    }


def _involved(contact: Contact) -> dict[str, Any] | None:
    """The citizen, as far as something is known of him."""
    if not (contact.party or contact.name or contact.phone or contact.email):
        return None
    named = {"contactnaam": _named(*contact.name)} if contact.name else {}
    party = {"uuid": contact.party} if contact.party else None
    return {"rol": "klant", "initiator": True, "wasPartij": party, **named}


def _addresses(contact: Contact) -> list[dict[str, str]]:
    found = []
    if contact.phone:
        phone = e164(contact.phone)
        kind = "telefoonnummer" if WIRE_PHONE.fullmatch(phone) else "overig"
        found.append({"adres": phone, "soortDigitaalAdres": kind, "omschrijving": "telefoon voor terugbellen"})
    if contact.email:
        found.append({"adres": contact.email, "soortDigitaalAdres": "email", "omschrijving": "e-mail"})
    return found


def e164(phone: str) -> str:
    """A number as Open Klant takes it: it knows no spaces and no Belgian number of nine digits."""
    digits = re.sub(r"[^\d+]", "", phone)
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return f"+32{digits[1:]}" if digits.startswith("0") else digits


def _party(citizen: Party) -> dict[str, Any]:
    return {
        "nummer": citizen.number,
        "soortPartij": "persoon",
        "indicatieActief": True,
        "voorkeurstaal": LANGUAGE,
        "partijIdentificatie": {"contactnaam": _named(citizen.given_name, citizen.family_name)},
    }


def _named(given: str, family: str) -> dict[str, str]:
    return {"voornaam": given[:LONGEST_NAME], "achternaam": family[:LONGEST_NAME]}


def _name_of(party: Any) -> dict[str, str]:
    name = (party.get("partijIdentificatie") or {}).get("contactnaam") or {}
    return {part: name.get(part) or "" for part in ("voornaam", "achternaam")}


def _metadata(told: Mapping[str, str]) -> dict[str, str]:
    return {name: value[:LONGEST_METADATA] for name, value in told.items() if value}


def _just_made(wire: Any) -> _Kept:
    kept = _kept(wire["klantcontact"])
    return replace(kept, involved=wire["betrokkene"]["uuid"] if wire["betrokkene"] else None)


def _understood(operation: str, wire: Any) -> _Kept:
    try:
        return _kept(wire)
    except (LookupError, TypeError, AttributeError) as error:
        raise Misconfigured(NAME, operation, "unreadable answer") from error


def _kept(wire: Any) -> _Kept:
    expanded = wire.get("_expand") or {}
    involved, about = expanded.get("hadBetrokkenen") or [], expanded.get("gingOverOnderwerpobjecten") or []
    addresses = [one for person in involved for one in (person.get("_expand") or {}).get("digitaleAdressen") or []]
    metadata = wire.get("metadata") or {}
    tasks = wire["leiddeTotInterneTaken"]
    return _Kept(
        id=wire["uuid"],
        key=metadata.get(KEY),
        metadata=metadata,
        actors=frozenset(actor["uuid"] for actor in wire["hadBetrokkenActoren"]),
        involved=wire["hadBetrokkenen"][0]["uuid"] if wire["hadBetrokkenen"] else None,
        addresses=frozenset(one["adres"] for one in addresses),
        about=frozenset((one.get("onderwerpobjectidentificator") or {}).get("objectId") or "" for one in about),
        after=frozenset((one.get("wasKlantcontact") or {}).get("uuid") or "" for one in about),
        task=tasks[0]["uuid"] if tasks else None,
    )


def _meaning(operation: str, response: requests.Response) -> BackendError | None:
    """Which of the reasons to say no is one that we can do something about."""
    if response.status_code != 400:
        return None
    try:
        wrong = {str(one["name"]): str(one["code"]) for one in response.json().get("invalidParams") or ()}
    except (ValueError, LookupError, TypeError, AttributeError):
        return Misconfigured(NAME, operation, "unreadable answer")
    if "unique" in wrong.values():
        return Rejected(NAME, operation, "unique")
    if any("wasPartij" in name for name in wrong):
        return Rejected(NAME, operation, "party_gone")
    if any(name.lower().startswith(("actor.", "toegewezenaanactor")) for name in wrong):
        return Rejected(NAME, operation, "actor_gone")
    return Rejected(NAME, operation, "invalid", ", ".join(f"{name}: {code}" for name, code in sorted(wrong.items())))
