"""Ids as Meta makes them: different in every run unless a seed is set, and then always the same."""

from base64 import b64encode, urlsafe_b64encode
from itertools import count
from uuid import UUID

from sandbox.ids import stable_id


class Ids:
    """Goes on counting after a reset: Balie knows an id that came twice for a message that came twice."""

    def __init__(self, seed: str) -> None:
        self._seed, self._numbers = seed, count(1)

    def wamid(self) -> str:
        return "wamid." + b64encode(b"\x1d\x02\x18" + self._bytes()).decode()

    def mid(self) -> str:
        return "m_" + urlsafe_b64encode(self._bytes() + self._bytes()).decode().rstrip("=")

    def trace(self) -> str:
        return "A" + urlsafe_b64encode(self._bytes()).decode().rstrip("=")

    def digits(self, length: int) -> str:
        """A number that does not begin with a zero."""
        number = int.from_bytes(self._bytes(), "big") % 10 ** (length - 1)
        return str(10 ** (length - 1) + number)

    def letters(self) -> str:
        return self._bytes().hex()

    def _bytes(self) -> bytes:
        return UUID(stable_id("graph", self._seed, str(next(self._numbers)))).bytes
