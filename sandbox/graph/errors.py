"""How Meta's Graph API says no: the bodies, and the codes that a test can ask for by name."""

from dataclasses import dataclass
from typing import Any, Protocol

UNSUPPORTED = (
    "Unsupported {method} request. Object with ID '{node}' does not exist, cannot be loaded due to missing "
    "permissions, or does not support this operation"
)


class GraphError(Exception):
    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        details: str = "",
        is_transient: bool = False,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.subcode, self.message = status, code, subcode, message
        self.details, self.is_transient = details, is_transient

    def body(self, trace: str) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": "OAuthException", "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.is_transient:
            error["is_transient"] = True
        return {"error": {**error, "fbtrace_id": trace}}

    def as_status(self) -> dict[str, Any]:
        """The same error as a webhook tells it, of a message that was accepted first."""
        title = self.message.split(") ", 1)[-1]
        return {
            "code": self.code,
            "title": title,
            "message": title,
            "error_data": {"details": self.details},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        }


# --- for both ----------------------------------------------------------------


def no_token() -> GraphError:
    return GraphError(401, 190, "An access token is required to request this resource.")


def bad_token() -> GraphError:
    return GraphError(401, 190, "Invalid OAuth access token - Cannot parse access token")


def expired_token() -> GraphError:
    message = "Error validating access token: Session has expired on Sunday, 22-Nov-26 02:00:00 PST."
    return GraphError(401, 190, message, subcode=463)


def unknown_path(path: str) -> GraphError:
    return GraphError(400, 2500, f"Unknown path components: {path}")


def no_such_object(method: str, node: str) -> GraphError:
    return GraphError(400, 100, UNSUPPORTED.format(method=method.lower(), node=node), subcode=33)


def no_json() -> GraphError:
    return GraphError(400, 100, "(#100) The request body is not valid JSON")


# --- what is wrong with a field ----------------------------------------------


class Refusal(Protocol):
    """How a product says what is wrong with a field."""

    def missing(self, path: str) -> GraphError: ...
    def invalid(self, path: str, why: str) -> GraphError: ...
    def unexpected(self, path: str) -> GraphError: ...


class WhatsAppRefusal:
    def missing(self, path: str) -> GraphError:
        details = f"The parameter {path} is required."
        return GraphError(400, 131008, "(#131008) Required parameter is missing", details=details)

    def invalid(self, path: str, why: str) -> GraphError:
        return GraphError(400, 131009, "(#131009) Parameter value is not valid", details=f"{path} {why}")

    def unexpected(self, path: str) -> GraphError:
        return GraphError(400, 100, "(#100) Invalid parameter", details=f"Unexpected key '{path}'.")


class MessengerRefusal:
    def missing(self, path: str) -> GraphError:
        return GraphError(400, 100, f"(#100) The parameter {path} is required")

    def invalid(self, path: str, why: str) -> GraphError:
        return GraphError(400, 100, f"(#100) Param {path} {why}")

    def unexpected(self, path: str) -> GraphError:
        return GraphError(400, 100, f"(#100) Invalid keys were found in param: {path}")


# --- by name -----------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    status: int
    title: str
    details: str = ""
    is_transient: bool = False


_WHATSAPP = {
    0: Known(401, "AuthException", "Unable to authenticate the app user."),
    1: Known(400, "API Unknown", "Invalid request or possible server error."),
    2: Known(503, "API Service", "Temporary due to downtime or due to being overloaded.", True),
    3: Known(500, "API Method", "Capability or permissions issue."),
    4: Known(400, "API Too Many Calls", "The app has reached its API call rate limit."),
    10: Known(403, "Permission Denied", "Permission is either not granted or has been removed."),
    368: Known(403, "Temporarily blocked for policies violations", "The account has been restricted or disabled."),
    80007: Known(400, "Rate limit issues", "The WhatsApp Business Account has reached its rate limit."),
    130429: Known(429, "Rate limit hit", "Cloud API message throughput has been reached."),
    130472: Known(400, "User's number is part of an experiment", "Message was not sent as part of an experiment."),
    130497: Known(403, "Business account is restricted from messaging users in this country."),
    131000: Known(500, "Something went wrong", "Message failed to send due to an unknown error."),
    131016: Known(500, "Service unavailable", "A service is temporarily unavailable.", True),
    131021: Known(400, "Recipient cannot be sender", "Sender and recipient phone number is the same."),
    131026: Known(400, "Message undeliverable", "Unable to deliver message."),
    131030: Known(400, "Recipient phone number not in allowed list", "Recipient phone number not in allowed list."),
    131031: Known(403, "Account has been locked", "The account has been restricted or disabled."),
    131037: Known(400, "WhatsApp provided number needs display name approval before message can be sent."),
    131042: Known(400, "Business eligibility payment issue", "There was an error related to your payment method."),
    131045: Known(500, "Incorrect certificate", "Message failed to send due to a phone number registration error."),
    131047: Known(
        400,
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    ),
    131048: Known(400, "Spam rate limit hit", "Too many messages have previously been blocked or flagged as spam."),
    131049: Known(400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: Known(400, "User has stopped receiving marketing messages from you on WhatsApp."),
    131051: Known(400, "Unsupported message type", "Message type is currently not supported."),
    131052: Known(400, "Media download error", "Unable to download the media sent by the user."),
    131053: Known(400, "Media upload error", "Unable to upload the media used in the message."),
    131056: Known(
        400,
        "(Business Account, Consumer Account) pair rate limit hit",
        "Too many messages sent from the sender phone number to the same recipient phone number in a short period.",
    ),
    131057: Known(500, "Account in maintenance mode", "Business Account is in maintenance mode."),
    131062: Known(400, "Business-scoped user id is not supported", "This message type needs a phone number."),
    132000: Known(400, "Number of parameters does not match the expected number of params"),
    132001: Known(404, "Template name does not exist in the translation"),
    132005: Known(400, "Translated text too long"),
    132007: Known(400, "Template format character policy violated"),
    132012: Known(400, "Parameter format does not match format in the created template"),
    132015: Known(400, "Template is paused"),
    132016: Known(400, "Template is disabled"),
    133004: Known(503, "Server temporarily unavailable", "Server is temporarily unavailable.", True),
    133010: Known(400, "Phone number not registered", "Phone number not registered on the Whatsapp Business Platform."),
    137000: Known(400, "Identity key hash mismatch"),
}

_MESSENGER = {
    (1, None): Known(500, "An unknown error occurred", is_transient=True),
    (2, None): Known(503, "Service temporarily unavailable", is_transient=True),
    (2, 2018344): Known(400, "The page has not accepted the terms of custom labels"),
    (4, None): Known(400, "Application request limit reached"),
    (10, None): Known(403, "Application does not have permission for this action"),
    (10, 2018278): Known(400, "This message is sent outside of allowed window."),
    (10, 1893063): Known(400, "This page is restricted from sending messages."),
    (32, None): Known(400, "Page request limit reached"),
    (100, 33): Known(400, UNSUPPORTED.format(method="post", node="0")),
    (100, 2018001): Known(400, "No matching user found"),
    (200, None): Known(403, "Requires pages_messaging permission to manage the object"),
    (200, 2018108): Known(400, "This person isn't receiving messages from you right now."),
    (230, None): Known(403, "Permissions disallow message to user"),
    (368, None): Known(403, "The action attempted has been deemed abusive or is otherwise disallowed"),
    (551, 1545041): Known(400, "This person isn't available right now."),
    (613, None): Known(429, "Calls to this api have exceeded the rate limit."),
    (1200, None): Known(500, "Temporary send message failure. Please try again later.", is_transient=True),
    (80006, None): Known(400, "There have been too many calls for this Page account"),
}


def whatsapp(code: int, details: str = "") -> GraphError:
    known = _WHATSAPP[code]
    said = details or known.details or known.title
    return GraphError(known.status, code, f"(#{code}) {known.title}", details=said, is_transient=known.is_transient)


def messenger(code: int, subcode: int | None = None) -> GraphError:
    known = _MESSENGER[(code, subcode)]
    message = f"(#{code}) {known.title}"
    return GraphError(known.status, code, message, subcode=subcode, is_transient=known.is_transient)


def by_name(product: str, name: str) -> GraphError | None:
    """The error with this code, or `code/subcode`; None when it is not known."""
    if name == "190":
        return expired_token()
    number, _, sub = name.partition("/")
    if not number.isdigit() or (sub and not sub.isdigit()):
        return None
    code = int(number)
    if product == "whatsapp":
        return whatsapp(code) if code in _WHATSAPP else None
    subcodes = [sub_of for of, sub_of in _MESSENGER if of == code]
    subcode = int(sub) if sub else (None if None in subcodes else next(iter(subcodes), None))
    return messenger(code, subcode) if (code, subcode) in _MESSENGER else None
