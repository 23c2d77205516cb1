"""How TOPdesk says no. The texts are TOPdesk's own; the specification fixes no shape, so there are two."""

from typing import Any


class TopdeskError(Exception):
    def __init__(self, status: int, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.field = status, message, field

    def body(self, *, as_object: bool) -> Any:
        if not as_object:
            return [{"message": self.message}]
        error = {"errorCode": _CODES.get(self.status, "invalid_value"), "errorMessage": self.message}
        return {"errors": [{**error, "appliesTo": [self.field]} if self.field else error]}


_CODES = {401: "unauthorized", 403: "forbidden", 404: "not_found", 500: "internal_error"}


def malformed() -> TopdeskError:
    return TopdeskError(400, "Input parameters malformed")


def unparsable(field: str) -> TopdeskError:
    return TopdeskError(400, f'The value for the field "{field}" cannot be parsed', field)


def no_such_field(field: str) -> TopdeskError:
    return TopdeskError(400, f'The field "{field}" does not exist.', field)


def missing(field: str) -> TopdeskError:
    return TopdeskError(400, f"Mandatory field '{field}' is missing.", field)


def unauthenticated() -> TopdeskError:
    return TopdeskError(401, "No authentication token provided")


def forbidden() -> TopdeskError:
    return TopdeskError(403, "No permission to access the data")


def not_found(what: str) -> TopdeskError:
    return TopdeskError(404, f"{what} was not found")
