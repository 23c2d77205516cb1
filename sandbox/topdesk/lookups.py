"""The lists a TOPdesk tenant fills in for itself: categories, statuses, entry types, operator groups …

The categories are those of city.yml; the rest is what a Flemish city would have.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sandbox.city import City
from sandbox.ids import is_uuid, stable_id
from sandbox.topdesk.errors import not_found, unparsable

DEFAULT_STATUS = "Geregistreerd"
API_OPERATOR = "API Assistent"
_NAMES = {
    "call_types": ("Melding", "Vraag", "Klacht", "Suggestie"),
    "entry_types": ("Chatbot", "Website", "Telefoon", "E-mail", "Balie", "Brief"),
    "impacts": ("Persoon", "Straat", "Wijk"),
    "urgencies": ("Laag", "Normaal", "Dringend"),
    "priorities": ("P1", "P2", "P3"),
    "durations": ("1 dag", "5 dagen", "20 dagen"),
    "closure_codes": ("Opgelost", "Geen probleem vastgesteld", "Niet voor de stad", "Dubbele melding"),
    "escalation-reasons": ("Tweede lijn nodig", "Aannemer nodig"),
    "deescalation-reasons": ("Niet nodig gebleken",),
    "suppliers": (),
    "slas": (),
    "objects": (),
    "departments": (),
}
_STATUSES = (  # name, on hold, state
    (DEFAULT_STATUS, False, "Open"),
    ("In behandeling", False, "Open"),
    ("Ingepland", False, "Open"),
    ("Wacht op derden", True, "Open"),
    ("Afgehandeld", False, "Completed"),
)
_PEOPLE = (  # registered persons; only those with the Caller box can be looked up as a caller
    ("Vandamme, Greet", "greet.vandamme@leiestad.example", True),
    ("Archief, Dienst", "archief@leiestad.example", False),
)


@dataclass(frozen=True)
class Ref:
    id: str
    name: str

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name}


@dataclass(frozen=True)
class Person:
    ref: Ref
    email: str
    is_caller: bool


class Lookups:
    def __init__(self, city: City) -> None:
        self.lists: dict[str, list[Ref]] = {name: _refs(name, names) for name, names in _NAMES.items()}
        self.lists["categories"] = _refs("categories", dict.fromkeys(category for category, _ in city.categories))
        self.lists["statuses"] = _refs("statuses", (name for name, _, _ in _STATUSES))
        self.subcategories = [
            (Ref(stable_id("topdesk", "subcategories", category, name), name), self.named("categories", category))
            for category, name in city.categories
        ]
        self.lists["subcategories"] = [subcategory for subcategory, _ in self.subcategories]
        self.lists["branches"] = _refs("branches", [f"Stad {city.name}"])
        self.lists["locations"] = _refs("locations", (location.name for location in city.locations))
        teams = (f"Team {category.name}" for category in self.lists["categories"])
        self.lists["operatorgroups"] = _refs("operatorgroups", teams)
        self.lists["operators"] = _refs("operators", [API_OPERATOR, "Meldpunt"])
        self.people = [
            Person(Ref(stable_id("topdesk", "persons", email), name), email, is_caller)
            for name, email, is_caller in _PEOPLE
        ]

    def named(self, list_name: str, name: str) -> Ref:
        return next(ref for ref in self.lists[list_name] if ref.name == name)

    @property
    def api_operator(self) -> Ref:
        return self.named("operators", API_OPERATOR)

    @property
    def default_status(self) -> Ref:
        return self.named("statuses", DEFAULT_STATUS)

    def with_id(self, list_name: str, identifier: object, field: str) -> Ref:
        """Raises 400 when it is no uuid, 404 when there is none."""
        if not is_uuid(identifier):
            raise unparsable(field)
        found = next((ref for ref in self.lists[list_name] if ref.id == identifier), None)
        if found is None:
            raise not_found(f"The {field}")
        return found

    def with_name(self, list_name: str, name: object, field: str) -> Ref:
        """Raises 400 when none, or more than one, has that name."""
        found = [ref for ref in self.lists[list_name] if isinstance(name, str) and ref.name.lower() == name.lower()]
        if len(found) != 1:
            raise unparsable(field)
        return found[0]

    def category_of(self, subcategory: Ref) -> Ref:
        return next(category for ref, category in self.subcategories if ref.id == subcategory.id)

    def subcategory_in(self, category: Ref, name: str, field: str) -> Ref:
        """One name may stand under several categories; this one stands under the given one."""
        for ref, parent in self.subcategories:
            if parent.id == category.id and ref.name.lower() == name.lower():
                return ref
        raise unparsable(field)

    def is_on_hold(self, status: Ref) -> bool:
        return any(on_hold for name, on_hold, _ in _STATUSES if name == status.name)

    def is_completed(self, status: Ref) -> bool:
        return any(state == "Completed" for name, _, state in _STATUSES if name == status.name)

    def priority(self, impact: Ref | None, urgency: Ref | None) -> Ref | None:
        """The tenant's matrix: the wider and the more urgent, the sooner."""
        if impact is None or urgency is None:
            return None
        weight = self.lists["impacts"].index(impact) + self.lists["urgencies"].index(urgency)
        return self.lists["priorities"][max(0, 2 - weight)] if weight < 3 else self.lists["priorities"][0]

    def branch_json(self) -> dict[str, Any]:
        return {
            **self.lists["branches"][0].to_json(),
            "clientReferenceNumber": "",
            "timeZone": "Europe/Brussels",
            "extraA": None,
            "extraB": None,
        }

    def statuses_json(self) -> list[dict[str, Any]]:
        return [
            {
                **ref.to_json(),
                "onHold": str(on_hold).lower(),
                "processingState": state,
                "response": "None",
                "default": ref.name == DEFAULT_STATUS,
            }
            for ref, (_, on_hold, state) in zip(self.lists["statuses"], _STATUSES, strict=True)
        ]

    def subcategories_json(self) -> list[dict[str, Any]]:
        return [{**ref.to_json(), "category": category.to_json()} for ref, category in self.subcategories]


def _refs(list_name: str, names: Iterable[str]) -> list[Ref]:
    return [Ref(stable_id("topdesk", list_name, name), name) for name in names]
