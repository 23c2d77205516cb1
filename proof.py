"""Proves between our own processes that a request comes from the house itself.

Signed are the path, the body and the moment, with a key made from SECRET_KEY, so that a
proof opens one thing and only for a short while. Whoever overhears one within that
while can ask the same again and learn nothing new (docs/decisions/0018-klantbeeld.md).
"""

import hashlib
import hmac
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from settings import Settings
from vault import with_secrets

HEADER = "X-Balie-Proof"
LIFE = 30  # seconds, to either side: the clocks of two machines differ a little
PROOFS = b"balie proofs"  # another use of SECRET_KEY gets another key


class Proofs:
    """`now`: the real time in seconds; what a demonstration pretends says nothing about how old a proof is."""

    def __init__(self, secret: str, now: Callable[[], float] = time.time) -> None:
        self._key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PROOFS).derive(secret.encode())
        self._now = now

    def of(self, path: str, body: bytes) -> str:
        made = int(self._now())
        return f"{made}.{self._sign(made, path, body)}"

    def holds(self, proof: str, path: str, body: bytes) -> bool:
        made, _, signed = proof.partition(".")
        if not (made.isascii() and made.isdecimal() and len(made) < 12 and signed.isascii()):
            return False
        is_ours = hmac.compare_digest(signed, self._sign(int(made), path, body))
        return is_ours and abs(self._now() - int(made)) <= LIFE

    def _sign(self, made: int, path: str, body: bytes) -> str:
        return hmac.new(self._key, f"{made}\n{path}\n".encode() + body, hashlib.sha256).hexdigest()


def proofs_of(settings: Settings) -> Proofs:
    return Proofs(with_secrets(settings).secret_key)
