"""What can be wrong with a backend, and for how many calls.

A fault is switched on per backend. It may be limited to some calls: by method, by
a piece of the path, by number. Getting a token is not one of the calls that a
limited fault counts, because a client keeps its token and a test cannot see it.
"""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from sandbox.graph.errors import by_name

BACKENDS = ("topdesk", "jcc", "acmidm", "dosis", "thuisloket", "openklant", "whatsapp", "messenger")
_WITH_CODES = ("whatsapp", "messenger")
_TOKENS = ("/connect/token", "/oauth/v2/token")
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Kind(StrEnum):
    NONE = "none"
    SLOW = "slow"  # does its work, but answers late
    DOWN = "down"  # closes the connection, nothing is done
    ERROR = "500"
    REFUSED = "refused"  # a write is turned down for a reason of business
    RESET_AFTER_COMMIT = "reset_after_commit"  # a write is done, then the connection is cut
    AUTH = "auth"  # our credentials or token are not accepted
    RUBBISH = "rubbish"  # 200 with a page of HTML
    OBJECT_ERRORS = "object_errors"  # the other shape of error bodies that TOPdesk is known for


_ON_WRITES_ONLY = frozenset({Kind.REFUSED, Kind.RESET_AFTER_COMMIT})


class FaultError(Exception):
    """A fault that cannot be switched on. The message says why."""


@dataclass(frozen=True)
class Fault:
    kind: Kind
    seconds: float = 12.0
    times: int | None = None
    method: str | None = None
    path: str | None = None
    code: str | None = None  # WhatsApp and Messenger: which error `refused` is, such as 131056 or 10/2018278

    @property
    def is_limited(self) -> bool:
        return self.times is not None or self.method is not None or self.path is not None

    def hits(self, method: str, path: str) -> bool:
        if path.endswith(_TOKENS) and (self.is_limited or self.kind in _ON_WRITES_ONLY):
            return False
        if self.kind in _ON_WRITES_ONLY and method not in _WRITES:
            return False
        return (self.method is None or self.method == method) and (self.path is None or self.path in path)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "kind": str(self.kind)}


class Faults:
    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}

    def switch(self, backend: str, fault: Fault) -> None:
        if backend not in BACKENDS:
            raise FaultError(f"unknown backend {backend!r}")
        if fault.code and (backend not in _WITH_CODES or by_name(backend, fault.code) is None):
            raise FaultError(f"{backend} has no error {fault.code}")
        if fault.kind is Kind.NONE or fault.times == 0:
            self._faults.pop(backend, None)
        else:
            self._faults[backend] = fault

    def current(self, backend: str) -> Fault | None:
        return self._faults.get(backend)

    def take(self, backend: str, method: str, path: str) -> Fault | None:
        """The fault that this call gets. A fault with `times` is used up by it."""
        fault = self._faults.get(backend)
        if fault is None or not fault.hits(method, path):
            return None
        if fault.times is not None:
            self.switch(backend, replace(fault, times=fault.times - 1))
        return fault

    def clear(self) -> None:
        self._faults.clear()


def read_fault(body: Any) -> Fault:
    """A fault from what was posted as JSON or by a form. Raises FaultError."""
    if not isinstance(body, dict):
        raise FaultError("expected an object")
    unknown = set(body) - {"kind", "seconds", "times", "method", "path", "code"}
    if unknown:
        raise FaultError(f"unknown: {', '.join(sorted(unknown))}")
    try:
        return Fault(
            kind=Kind(str(body.get("kind"))),
            seconds=float(body.get("seconds") or Fault.seconds),
            times=int(body["times"]) if body.get("times") not in (None, "") else None,
            method=str(body["method"]).upper() if body.get("method") else None,
            path=str(body["path"]) if body.get("path") else None,
            code=str(body["code"]) if body.get("code") else None,
        )
    except ValueError as error:
        raise FaultError(str(error)) from error
