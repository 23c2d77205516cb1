"""What can go wrong with a backend, by what it means for the citizen.

Raised with their cause. `backend` and `operation` say where; they hold no personal data.
"""


class BackendError(Exception):
    def __init__(self, backend: str, operation: str, detail: str = "") -> None:
        super().__init__(f"{backend}.{operation}" + (f": {detail}" if detail else ""))
        self.backend = backend
        self.operation = operation


class Unavailable(BackendError):
    """Nobody answered, or "try later": a time-out, no connection, 5xx, 429. Nothing was written."""


class Uncertain(BackendError):
    """A write went out and nobody knows whether it was done. Look it up before trying again."""


class Rejected(BackendError):
    """The backend says no for a business reason, named by `code`."""

    def __init__(self, backend: str, operation: str, code: str, detail: str = "") -> None:
        super().__init__(backend, operation, detail or code)
        self.code = code


class NotFound(BackendError):
    """The thing asked for is not there (any more)."""


class Misconfigured(BackendError):
    """Our side is wrong: 401, 403, or an answer that cannot be read. A colleague must look today."""
