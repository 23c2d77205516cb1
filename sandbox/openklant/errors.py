"""How Open Klant says no: in Dutch, as plain JSON, with what is wrong field by field."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Wrong:
    """One field that is not good; its name in camelCase, with dots for what is nested."""

    name: str
    code: str
    reason: str

    def under(self, name: str) -> "Wrong":
        return Wrong(f"{name}.{self.name}", self.code, self.reason)


class OpenKlantError(Exception):
    def __init__(
        self, status: int, kind: str, code: str, title: str, *, detail: str = "", wrong: Sequence[Wrong] = ()
    ) -> None:
        super().__init__(detail or title)
        self.status, self.kind, self.code, self.title = status, kind, code, title
        self.detail, self.wrong = detail or title, tuple(wrong)

    def body(self, host: str) -> dict[str, Any]:
        told = {
            "type": f"http://{host}/ref/fouten/{self.kind}/",
            "code": self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": f"urn:uuid:{uuid.uuid4()}",
        }
        return {**told, "invalidParams": [asdict(one) for one in self.wrong]} if self.wrong else told


def invalid(wrong: Sequence[Wrong]) -> OpenKlantError:
    return OpenKlantError(400, "ValidationError", "invalid", "Ongeldige invoerwaarde.", wrong=wrong)


def unreadable() -> OpenKlantError:
    return OpenKlantError(400, "ParseError", "parse_error", "Verkeerd samengestelde aanvraag.")


def unauthenticated() -> OpenKlantError:
    title = "Authenticatiegegevens zijn niet opgegeven."
    return OpenKlantError(401, "NotAuthenticated", "not_authenticated", title)


def wrong_token() -> OpenKlantError:
    title = "Ongeldige authenticatiegegevens."
    return OpenKlantError(401, "AuthenticationFailed", "authentication_failed", title, detail="Ongeldige token.")


def not_found(detail: str = "Niet gevonden.") -> OpenKlantError:
    return OpenKlantError(404, "NotFound", "not_found", "Niet gevonden.", detail=detail)


def not_allowed(method: str) -> OpenKlantError:
    """The title misses its value at the real one too."""
    title = 'Methode "{method}" niet toegestaan.'
    return OpenKlantError(405, "MethodNotAllowed", "method_not_allowed", title, detail=title.format(method=method))


def unsupported(media_type: str) -> OpenKlantError:
    title = 'Ongeldige media type "{media_type}" in aanvraag.'
    detail = title.format(media_type=media_type)
    return OpenKlantError(415, "UnsupportedMediaType", "unsupported_media_type", title, detail=detail)


def broken() -> OpenKlantError:
    return OpenKlantError(500, "APIException", "error", "Er is een serverfout opgetreden.")
