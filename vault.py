"""Seals what the house keeps of citizens, and gives them names that nobody can read back.

What is sealed was encrypted with the first of ENCRYPTION_KEYS and opens with any of
them, so a new key goes in front of the old ones (docs/operations.md, "The keys"). A
pseudonym is the same for the same value as long as SECRET_KEY stays: with it a
citizen is found again, and his number is not in the table.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import make_url

from settings import ROOT, Settings, encryption_keys

NO_KEY = "none of ENCRYPTION_KEYS opens this"
PSEUDONYMS = b"balie pseudonyms"  # another use of SECRET_KEY gets another key

log = structlog.get_logger()


class CannotOpen(Exception):
    """None of ENCRYPTION_KEYS opens this: a key is missing, or somebody changed what was sealed."""


class Vault:
    """`keys`: the first one seals, all of them open. `secret`: what pseudonyms are made with."""

    def __init__(self, keys: Sequence[str], secret: str) -> None:
        self._keys = MultiFernet([Fernet(key) for key in keys])
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PSEUDONYMS)
        self._pseudonyms = derived.derive(secret.encode())

    def seal(self, text: str) -> str:
        return self._keys.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises CannotOpen."""
        try:
            return self._keys.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise CannotOpen(NO_KEY) from error

    def seal_bytes(self, content: bytes) -> bytes:
        """Without the base64 of a Fernet token, which would make every photo a third larger."""
        return base64.urlsafe_b64decode(self._keys.encrypt(content))

    def open_bytes(self, sealed: bytes) -> bytes:
        """Raises CannotOpen."""
        try:
            return self._keys.decrypt(base64.urlsafe_b64encode(sealed))
        except InvalidToken as error:
            raise CannotOpen(NO_KEY) from error

    def pseudonym(self, value: str) -> str:
        return hmac.new(self._pseudonyms, value.encode(), hashlib.sha256).hexdigest()


def vault_of(settings: Settings) -> Vault:
    complete = with_secrets(settings)
    return Vault(encryption_keys(complete), complete.secret_key)


def with_secrets(settings: Settings) -> Settings:
    """The settings with secrets of our own for a machine that was given none; every process finds the same ones."""
    folder = beside(settings.database_url)
    secret = settings.secret_key or _kept(folder / "secret_key", lambda: secrets.token_urlsafe(48))
    keys = settings.encryption_keys or _kept(folder / "encryption_keys", lambda: Fernet.generate_key().decode())
    missing = [name for name in ("secret_key", "encryption_keys") if not getattr(settings, name)]
    if missing and settings.public_url.startswith("https:"):
        log.error("vault.secrets_not_set", settings=[name.upper() for name in missing], kept_in=str(folder))
    return replace(settings, secret_key=secret, encryption_keys=keys)


def beside(database_url: str) -> Path:
    """The folder for what is kept beside the database; our own for a database that is elsewhere."""
    url = make_url(database_url)
    is_file = url.get_backend_name() == "sqlite" and url.database
    return Path(str(url.database)).parent if is_file else ROOT / "var"


def _kept(file: Path, make: Callable[[], str]) -> str:
    """What is in this file, made now if there is none; readable by its owner only.

    The file appears at once and whole, so of several processes that start together one
    makes it and all read the same.
    """
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(make() + "\n")
        try:
            os.link(fresh, file)
            log.warning("vault.secret_made", file=str(file))
        except FileExistsError:
            pass  # another process was first
        finally:
            fresh.unlink()
    return file.read_text(encoding="utf-8").strip()
