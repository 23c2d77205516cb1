"""How the Thuisloket says no: `{"title", "detail", "status"}`, and which fields were wrong."""

from collections.abc import Sequence
from typing import Any


class ThuisloketError(Exception):
    def __init__(self, status: int, detail: str, wrong: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(detail)
        self.status, self.detail, self.wrong = status, detail, wrong

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"title": "An error occurred!", "detail": self.detail, "status": self.status}
        if self.wrong:
            body["fouten"] = [{"veld": field, "melding": problem} for field, problem in self.wrong]
        return body


def unauthenticated() -> ThuisloketError:
    return ThuisloketError(401, "Full authentication is required to access this resource")


def forbidden() -> ThuisloketError:
    return ThuisloketError(403, "Access Denied")


def not_found(what: str) -> ThuisloketError:
    return ThuisloketError(404, f"Could not find the {what} you are looking for.")


def invalid(*wrong: tuple[str, str]) -> ThuisloketError:
    return ThuisloketError(422, "The request is incomplete or wrong.", wrong)
