"""Records as Open Klant answers with them: links with their addresses, and what points back at them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sandbox.openklant.register import Record, Register

PATHS = {
    "actor": "actoren",
    "actorklantcontact": "actorklantcontacten",
    "betrokkene": "betrokkenen",
    "digitaaladres": "digitaleadressen",
    "internetaak": "internetaken",
    "klantcontact": "klantcontacten",
    "onderwerpobject": "onderwerpobjecten",
    "partij": "partijen",
}
_LINKS = {
    "hadKlantcontact": "klantcontact",
    "klantcontact": "klantcontact",
    "wasKlantcontact": "klantcontact",
    "aanleidinggevendKlantcontact": "klantcontact",
    "wasPartij": "partij",
    "verstrektDoorPartij": "partij",
    "verstrektDoorBetrokkene": "betrokkene",
    "actor": "actor",
    "toegewezenAanActoren": "actor",
}
EXPANDABLE = (
    "gingOverOnderwerpobjecten",
    "hadBetrokkenen",
    "hadBetrokkenen.digitaleAdressen",
    "hadBetrokkenen.wasPartij",
    "leiddeTotInterneTaken",
    "omvatteBijlagen",
)
_NAME_PARTS = ("voorletters", "voornaam", "voorvoegselAchternaam", "achternaam")


@dataclass(frozen=True)
class Wire:
    register: Register
    base: str

    def json(self, kind: str, record: Record, expand: Iterable[str] = ()) -> Record:
        told = {name: self._told(name, value) for name, value in record.items()}
        told["url"] = self._url(kind, record["uuid"])
        more = getattr(self, f"_{kind}", None)
        if more:
            told |= more(record)
        if kind == "klantcontact" and expand:
            told["_expand"] = self._expanded(record, list(expand))
        return told

    def _told(self, name: str, value: Any) -> Any:
        kind = _LINKS.get(name)
        if kind is None or value is None:
            return value
        return (
            [self._link(kind, one["uuid"]) for one in value]
            if isinstance(value, list)
            else self._link(kind, value["uuid"])
        )

    def _link(self, kind: str, id: str) -> Record:
        return {"uuid": id, "url": self._url(kind, id)}

    def _url(self, kind: str, id: str) -> str:
        return f"{self.base}/{PATHS[kind]}/{id}"

    def _links(self, kind: str, records: Iterable[Record]) -> list[Record]:
        return [self._link(kind, one["uuid"]) for one in records]

    # --- what each kind has besides ------------------------------------------------

    def _klantcontact(self, record: Record) -> Record:
        id, that = record["uuid"], self.register.that
        return {
            "gingOverOnderwerpobjecten": self._links("onderwerpobject", that("onderwerpobject", "klantcontact", id)),
            "hadBetrokkenActoren": [self.json("actor", one) for one in self.register.actors_of(id)],
            "omvatteBijlagen": [],
            "hadBetrokkenen": self._links("betrokkene", that("betrokkene", "hadKlantcontact", id)),
            "leiddeTotInterneTaken": self._links(
                "internetaak", that("internetaak", "aanleidinggevendKlantcontact", id)
            ),
        }

    def _betrokkene(self, record: Record) -> Record:
        addresses = self.register.that("digitaaladres", "verstrektDoorBetrokkene", record["uuid"])
        return {
            "digitaleAdressen": self._links("digitaaladres", addresses),
            "volledigeNaam": full_name(record.get("contactnaam")),
        }

    def _internetaak(self, record: Record) -> Record:
        return {"toegewezenAanActor": self._link("actor", record["toegewezenAanActoren"][0]["uuid"])}

    def _partij(self, record: Record) -> Record:
        id, that = record["uuid"], self.register.that
        identity = record.get("partijIdentificatie")
        named = {"volledigeNaam": full_name(identity.get("contactnaam"))} if identity else {}
        return {
            "betrokkenen": self._links("betrokkene", that("betrokkene", "wasPartij", id)),
            "categorieRelaties": [],
            "digitaleAdressen": self._links("digitaaladres", that("digitaaladres", "verstrektDoorPartij", id)),
            "voorkeursDigitaalAdres": None,
            "vertegenwoordigden": [],
            "rekeningnummers": [],
            "voorkeursRekeningnummer": None,
            "partijIdentificatoren": [],
            **({"partijIdentificatie": {**identity, **named}} if identity else {"partijIdentificatie": None}),
        }

    def _expanded(self, record: Record, expand: list[str]) -> Record:
        id, that, told = record["uuid"], self.register.that, {}
        if any(one.startswith("hadBetrokkenen") for one in expand):
            told["hadBetrokkenen"] = [self._involved(one, expand) for one in that("betrokkene", "hadKlantcontact", id)]
        if "leiddeTotInterneTaken" in expand:
            tasks = that("internetaak", "aanleidinggevendKlantcontact", id)
            told["leiddeTotInterneTaken"] = [self.json("internetaak", one) for one in tasks]
        if "gingOverOnderwerpobjecten" in expand:
            about = that("onderwerpobject", "klantcontact", id)
            told["gingOverOnderwerpobjecten"] = [self.json("onderwerpobject", one) for one in about]
        if "omvatteBijlagen" in expand:
            told["omvatteBijlagen"] = []
        return told

    def _involved(self, record: Record, expand: list[str]) -> Record:
        told = self.json("betrokkene", record)
        inner: Record = {}
        if "hadBetrokkenen.digitaleAdressen" in expand:
            addresses = self.register.that("digitaaladres", "verstrektDoorBetrokkene", record["uuid"])
            inner["digitaleAdressen"] = [self.json("digitaaladres", one) for one in addresses]
        if "hadBetrokkenen.wasPartij" in expand and record["wasPartij"]:
            party = self.register.get("partij", record["wasPartij"]["uuid"])
            inner["wasPartij"] = self.json("partij", party)
        return {**told, "_expand": inner} if inner else told


def full_name(name: Record | None) -> str:
    return " ".join(part for part in ((name or {}).get(one) for one in _NAME_PARTS) if part)
