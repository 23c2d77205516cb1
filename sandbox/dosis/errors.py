"""How DOSIS says no: one shape, in lower case, with what is wrong field by field."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Wrong:
    field: str
    description: str
    code: str = "VALIDATIE"
    message: str = "Ongeldige waarde"


class DosisError(Exception):
    def __init__(self, status: int, code: str, message: str, errors: Sequence[Wrong] = ()) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.errors = status, code, message, tuple(errors)

    def body(self) -> dict[str, Any]:
        errors = [asdict(wrong) for wrong in self.errors]
        return {"code": self.code, "message": self.message, "description": self.message, "errors": errors}


def unauthorised() -> DosisError:
    return DosisError(401, "UNAUTHORIZED", "Het token ontbreekt of is niet meer geldig")


def forbidden(why: str) -> DosisError:
    return DosisError(403, "FORBIDDEN", why)


def not_found(what: str) -> DosisError:
    return DosisError(404, "NOT_FOUND", f"{what} niet gevonden")


def invalid(errors: Sequence[Wrong]) -> DosisError:
    return DosisError(400, "BAD_REQUEST", "De aanvraag is niet geldig", errors)
