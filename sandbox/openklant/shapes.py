"""The bodies of the Klantinteracties API, as its OpenAPI document describes them."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sandbox.openklant.errors import Wrong
from sandbox.openklant.fields import EMAIL, LANGUAGES, PHONE, Field, Flag, Group, Link, Links, Metadata, Moment, Text

ACTORS = ("medewerker", "geautomatiseerde_actor", "organisatorische_eenheid")
NUMBER = Text(10, pattern=r"[0-9]+", nullable=True)
_IDENTIFIER: Mapping[str, Field] = {
    name: Text(200) for name in ("objectId", "codeObjecttype", "codeRegister", "codeSoortObjectId")
}
_NAME = Group(
    {"voorletters": Text(10), "voornaam": Text(200), "voorvoegselAchternaam": Text(10), "achternaam": Text(200)}
)
_ADDRESS = Group(
    {
        "nummeraanduidingId": Text(36),
        "straatnaam": Text(255),
        "huisnummer": Text(5),
        "huisnummertoevoeging": Text(20),
        "postcode": Text(7, pattern=r"[1-9][0-9]{3} ?[A-Z]{2}"),
        "stad": Text(255),
        "adresregel1": Text(80),
        "adresregel2": Text(80),
        "adresregel3": Text(80),
        "land": Text(2),
    }
)
_PHONE = Text(20, pattern=PHONE.pattern)

CONTACT: Mapping[str, Field] = {
    "referentienummer": NUMBER,
    "nummer": NUMBER,
    "kanaal": Text(50, needed=True),
    "onderwerp": Text(200, needed=True),
    "inhoud": Text(1000),
    "reactie": Text(4000),
    "indicatieContactGelukt": Flag(nullable=True),
    "hoofdOnderwerpType": Text(200),
    "verdereActieOndernomen": Flag(),
    "taal": Text(3, needed=True, choices=LANGUAGES),
    "vertrouwelijk": Flag(needed=True),
    "plaatsgevondenOp": Moment(),
    "metadata": Metadata(),
}
INVOLVED_IN_ONE: Mapping[str, Field] = {
    "wasPartij": Link("partij", nullable=True),
    "bezoekadres": _ADDRESS,
    "correspondentieadres": _ADDRESS,
    "contactnaam": _NAME,
    "rol": Text(17, needed=True, choices=frozenset({"klant", "vertegenwoordiger"})),
    "organisatienaam": Text(200),
    "initiator": Flag(needed=True),
}
INVOLVED: Mapping[str, Field] = {**INVOLVED_IN_ONE, "hadKlantcontact": Link("klantcontact", needed=True)}
SUBJECT_IN_ONE: Mapping[str, Field] = {
    "wasKlantcontact": Link("klantcontact", nullable=True),
    "onderwerpobjectidentificator": Group(_IDENTIFIER),
}
SUBJECT: Mapping[str, Field] = {**SUBJECT_IN_ONE, "klantcontact": Link("klantcontact", nullable=True)}
MAKE: Mapping[str, Field] = {
    "klantcontact": Group(CONTACT, needed=True, nullable=False),
    "betrokkene": Group(INVOLVED_IN_ONE),
    "onderwerpobject": Group(SUBJECT_IN_ONE),
}
DIGITAL_ADDRESS: Mapping[str, Field] = {
    "verstrektDoorBetrokkene": Link("betrokkene", nullable=True),
    "verstrektDoorPartij": Link("partij", nullable=True),
    "adres": Text(80, needed=True),
    "soortDigitaalAdres": Text(255, needed=True, choices=frozenset({"email", "telefoonnummer", "overig"})),
    "isStandaardAdres": Flag(),
    "omschrijving": Text(40),
    "referentie": Text(50, pattern=r"[-a-zA-Z0-9_]+"),
    "verificatieDatum": Moment(date.fromisoformat, nullable=True),
}
TASK: Mapping[str, Field] = {
    "nummer": NUMBER,
    "referentienummer": NUMBER,
    "gevraagdeHandeling": Text(200, needed=True),
    "aanleidinggevendKlantcontact": Link("klantcontact", needed=True),
    "toegewezenAanActor": Link("actor"),
    "toegewezenAanActoren": Links("actor"),
    "toelichting": Text(1000),
    "status": Text(12, needed=True, choices=frozenset({"te_verwerken", "verwerkt"})),
    "afgehandeldOp": Moment(nullable=True),
}
_ACTOR_IS: Mapping[str, Mapping[str, Field]] = {
    "geautomatiseerde_actor": {"functie": Text(40, needed=True), "omschrijving": Text(200)},
    "medewerker": {
        "functie": Text(40, needed=True),
        "emailadres": Text(254, pattern=EMAIL.pattern),
        "telefoonnummer": _PHONE,
    },
    "organisatorische_eenheid": {
        "omschrijving": Text(200),
        "emailadres": Text(254, pattern=EMAIL.pattern),
        "faxnummer": Text(20),
        "telefoonnummer": _PHONE,
    },
}
ACTOR_LINK: Mapping[str, Field] = {
    "actor": Link("actor", needed=True),
    "klantcontact": Link("klantcontact", needed=True),
}
_PARTY_IS: Mapping[str, Mapping[str, Field]] = {
    "persoon": {"contactnaam": _NAME},
    "contactpersoon": {"contactnaam": _NAME, "werkteVoorPartij": Link("partij", nullable=True)},
    "organisatie": {"naam": Text(200)},
}


def actor(body: Mapping[str, Any]) -> Mapping[str, Field]:
    kind = body.get("soortActor")
    return {
        "naam": Text(200, needed=True),
        "soortActor": Text(24, needed=True, choices=frozenset(ACTORS)),
        "indicatieActief": Flag(),
        "actoridentificator": Group(_IDENTIFIER),
        "actorIdentificatie": Group(_ACTOR_IS.get(str(kind), {})),
    }


def party(body: Mapping[str, Any]) -> Mapping[str, Field]:
    """Without partijIdentificatoren: those are for a BSN and the Dutch trade register, and no Belgian has either."""
    kind = body.get("soortPartij")
    return {
        "nummer": NUMBER,
        "interneNotitie": Text(1000),
        "soortPartij": Text(14, needed=True, choices=frozenset(_PARTY_IS)),
        "indicatieGeheimhouding": Flag(nullable=True),
        "voorkeurstaal": Text(3, choices=LANGUAGES),
        "indicatieActief": Flag(needed=True),
        "bezoekadres": _ADDRESS,
        "correspondentieadres": _ADDRESS,
        "partijIdentificatie": Group(_PARTY_IS.get(str(kind), {})),
    }


def wrong_address(body: Mapping[str, Any]) -> Iterator[Wrong]:
    kind, address = body.get("soortDigitaalAdres"), str(body.get("adres"))
    if kind == "telefoonnummer" and not PHONE.fullmatch(address):
        yield Wrong("adres", "invalid", "Het opgegeven telefoonnummer is ongeldig.")
    if kind == "email" and not EMAIL.fullmatch(address):
        yield Wrong("adres", "invalid", "Voer een geldig e-mailadres in.")


def wrong_contact(body: Mapping[str, Any]) -> Iterator[Wrong]:
    if body.get("indicatieContactGelukt") and body.get("verdereActieOndernomen"):
        reason = "Er kan geen verdere actie ondernomen worden als het contact gelukt is."
        yield Wrong("verdereActieOndernomen", "no-further-action-when-contact-succesful", reason)


def wrong_task(body: Mapping[str, Any]) -> Iterator[Wrong]:
    if ("toegewezenAanActor" in body) == ("toegewezenAanActoren" in body):
        reason = "`toegewezen_aan_actor` of `toegewezen_aan_actoren` is required (mag niet beiden gebruiken)."
        yield Wrong("nonFieldErrors", "invalid", reason)
