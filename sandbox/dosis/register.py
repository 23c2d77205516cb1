"""What DOSIS holds: deliveries that wait, what came of them, and every status that a dossier had.

A delivery is accepted first and looked at a little later: whether it can be
consulted, and whether its agents exist, is only known then.
"""

import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.dosis.errors import DosisError, Wrong, forbidden, invalid, not_found
from sandbox.dosis.shapes import wrong_with

MAY_CONSULT = "Raadpleger"

Key = tuple[str, str]
"""The source and its own number of the dossier."""


@dataclass(frozen=True)
class Upload:
    body: Mapping[str, Any]
    ready_at: float


@dataclass
class Register:
    """`seconds`: how long a delivery waits. `sources`: the sources that our client may deliver for."""

    now: Callable[[], datetime]
    seconds: float
    sources: tuple[str, ...]
    tell: Callable[[], None] = lambda: None
    elapsed: Callable[[], float] = time.monotonic
    _waiting: dict[str, Upload] = field(default_factory=dict)
    _results: dict[str, dict[str, Any]] = field(default_factory=dict)
    _dossiers: dict[Key, list[Mapping[str, Any]]] = field(default_factory=dict)

    # --- delivering -------------------------------------------------------------

    def deliver(self, body: Any, *, validate_now: bool = False) -> str:
        """The id of the upload that was accepted; the same one again is the same upload."""
        upload = body.get("UploadId") if isinstance(body, dict) else None
        wrong = wrong_with(body)
        if upload is None or any(error.field in ("", "UploadId") for error in wrong) or (validate_now and wrong):
            raise invalid(wrong or [Wrong("UploadId", "ontbreekt")])
        if (source := _source(body)) and source not in self.sources:
            raise forbidden(f"Geen toegang tot bron {source}")
        if upload not in self._waiting and upload not in self._results:
            self._waiting[upload] = Upload(body, self.elapsed() + self.seconds)
        return str(upload)

    def process(self, *, everything: bool = False) -> None:
        """Look at the deliveries that waited long enough."""
        due = [u for u, waiting in self._waiting.items() if everything or waiting.ready_at <= self.elapsed()]
        for upload in due:
            body = self._waiting.pop(upload).body
            wrong = [error.description for error in wrong_with(body)] or list(_unknown_agents(body))
            if not wrong:
                self.put(body)
            self._results[upload] = self._result(body, upload, wrong)
        if due:
            self.tell()

    def put(self, body: Mapping[str, Any]) -> None:
        """A status of a dossier, told before or not."""
        history = self._dossiers.setdefault(_key(body), [])
        history.append({name: value for name, value in body.items() if name != "UploadId"})
        history.sort(key=lambda status: str(status["WijzigingsDatum"]))

    def remove(self, key: Key) -> None:
        if self._dossiers.pop(key, None) is None:
            raise not_found("Dossier")

    # --- what came of it --------------------------------------------------------

    def result(self, upload: str) -> dict[str, Any]:
        self.process()
        if upload not in self._results:
            raise not_found("Resultaat")  # not looked at yet, or never delivered
        return self._results[upload]

    def results(self, source: str, number: str | None = None, *, failed: bool = False) -> list[dict[str, Any]]:
        self.process()
        return [
            result
            for result in self._results.values()
            if result["Identificatie"]["Bron"] == source
            and number in (None, result["Identificatie"]["DossierNummer"])
            and not (failed and result["Succes"])
        ]

    # --- consulting -------------------------------------------------------------

    def of(self, agent: str) -> list[Mapping[str, Any]]:
        """How the dossiers stand that this agent may consult, the latest change first; never who else may."""
        self.process()
        current = (_seen_by(agent, history[-1]) for history in self._dossiers.values())
        return sorted((seen for seen in current if seen), key=lambda seen: str(seen["WijzigingsDatum"]), reverse=True)

    def history(self, agent: str, key: Key) -> list[Mapping[str, Any]]:
        """Every status that it had, the latest first. Of somebody else's dossier nobody hears that it exists."""
        self.process()
        history = self._dossiers.get(key) or []
        if not history or _seen_by(agent, history[-1]) is None:
            raise not_found("Dossier")
        told = ("WijzigingsDatum", "Status")
        return [{name: status[name] for name in told} for status in reversed(history)]

    @property
    def all(self) -> list[list[Mapping[str, Any]]]:
        """Every dossier with its statuses, the dossier that changed last first."""
        self.process()
        return sorted(self._dossiers.values(), key=lambda history: str(history[-1]["WijzigingsDatum"]), reverse=True)

    def _result(self, body: Mapping[str, Any], upload: str, wrong: list[str]) -> dict[str, Any]:
        source, number = _key(body)
        return {
            "Identificatie": {"Bron": source, "DossierNummer": number},
            "UploadId": upload,
            "Bestand": None,
            "TijdstipVerwerking": self.now().replace(tzinfo=None).isoformat(timespec="seconds"),
            "Succes": not wrong,
            "Fout": "Validatie mislukt" if wrong else None,
            "Fouten": [{"Omschrijving": description, "LijnNummer": 1} for description in wrong],
            "VerwerktVoorOpvraging": not wrong,
        }


def new_status(body: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    """The dossier as it was delivered, with another status."""
    return {**body, "UploadId": str(uuid.uuid4()), **changed}


def checked(body: dict[str, Any]) -> dict[str, Any]:
    """The delivery, as strict as for any client. Raises DosisError."""
    wrong = wrong_with(body)
    if wrong:
        raise DosisError(400, "BAD_REQUEST", f"{wrong[0].field}: {wrong[0].description}", wrong)
    return body


def is_number_of_a_citizen(number: str) -> bool:
    """Whether the check digits of a rijksregisternummer are right, for whoever was born before 2000 or after."""
    first, check = number[:9], int(number[9:])
    return check in (97 - int(first) % 97, 97 - int(f"2{first}") % 97)


def _unknown_agents(body: Mapping[str, Any]) -> Iterable[str]:
    for agent in body["Agenten"]:
        number = agent["Identificatie"]
        if len(number) == 11 and not is_number_of_a_citizen(number):
            yield "Onbekende agent"


def _seen_by(agent: str, status: Mapping[str, Any]) -> Mapping[str, Any] | None:
    own = [one for one in status["Agenten"] if one["Identificatie"] == agent]
    may = any(right["Code"] == MAY_CONSULT for one in own for right in one["Toegangsrechten"])
    return {**status, "Agenten": own} if may else None


def _source(body: Mapping[str, Any]) -> str:
    identification = body.get("Identificatie")
    return str(identification.get("Bron") or "") if isinstance(identification, dict) else ""


def _key(body: Mapping[str, Any]) -> Key:
    identification = body.get("Identificatie")
    known = identification if isinstance(identification, dict) else {}
    return str(known.get("Bron") or ""), str(known.get("DossierNummer") or "")
