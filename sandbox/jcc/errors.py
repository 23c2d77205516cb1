"""How JCC says no: bad input is a 500 with this body, a booking that cannot be is a 200 that says so."""

from dataclasses import dataclass
from typing import Any


class BadInput(Exception):
    """Something JCC stumbles over: an unknown id, a missing parameter, a date that is none."""


@dataclass(frozen=True)
class Refusal:
    code: int
    message: str

    def to_json(self, appointment_id: str = "00000000-0000-0000-0000-000000000000") -> dict[str, Any]:
        return {
            "id": appointment_id,
            "code": self.code,
            "message": self.message,
            "validateErrors": [self.message],
            "acknowledgeIsSuccess": False,
            "exception": "",
            "logLevel": 3,
        }


# The codes are those of JCC's older SOAP service
IN_THE_PAST = Refusal(1, "De begintijd ligt in het verleden")
NO_NAME = Refusal(4, "De naam van de klant ontbreekt")
NOBODY_THERE = Refusal(5, "Er is geen planobject beschikbaar")
TAKEN = Refusal(6, "Het planobject overlapt met een andere afspraak")
FIELD_MISSING = Refusal(12, "Er ontbreken klantgegevens: {fields}")


def missing_fields(names: list[str]) -> Refusal:
    return Refusal(FIELD_MISSING.code, FIELD_MISSING.message.format(fields=", ".join(names)))


def bad_input_body(path: str) -> dict[str, Any]:
    instance = path[path.find("/api/warp/") :] if "/api/warp/" in path else path
    detail = "InternalException: code -1"
    return {
        "title": "InternalException",
        "detail": detail,
        "instance": instance,
        "type": "http://www.jccsoftware.nl/rfc7807/internal-exception",
        "status": 500,
        "code": -1,
        "errors": [{"code": -1, "name": "InternalException", "detail": detail}],
    }
