"""The widget's own files, kept in memory, compressed, and read again when they change."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

_WORTH_COMPRESSING = ("text/", "application/javascript", "application/json", "image/svg+xml")
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".woff2": "font/woff2", ".webp": "image/webp"}


@dataclass(frozen=True)
class Asset:
    content: bytes
    compressed: bytes | None
    media_type: str
    etag: str
    changed: int


class Assets:
    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._kept: dict[str, Asset] = {}

    def get(self, name: str) -> Asset | None:
        """None when there is no such file; nothing outside the folder is one."""
        file = (self._folder / name).resolve()
        hidden = any(part.startswith(".") for part in Path(name).parts)
        if hidden or not file.is_relative_to(self._folder) or not file.is_file():
            return None
        changed, kept = file.stat().st_mtime_ns, self._kept.get(name)
        if kept is None or kept.changed != changed:
            kept = self._kept[name] = _read(file, changed)
        return kept


def _read(file: Path, changed: int) -> Asset:
    content = file.read_bytes()
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    compressed = gzip.compress(content, mtime=0) if kind.startswith(_WORTH_COMPRESSING) else None
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    return Asset(content, compressed, kind, f'"{hashlib.sha256(content).hexdigest()[:16]}"', changed)
