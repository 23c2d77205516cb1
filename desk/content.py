"""Content of data/medewerker/ that only the desk reads: one file, read again when it changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import structlog
import yaml

from conversations.model import JSON
from yaml_file import read_yaml

T = TypeVar("T")

log = structlog.get_logger()


class ContentFile(Generic[T]):
    def __init__(self, file: Path, read: Callable[[JSON], T]) -> None:
        """Raises what `read` or the file does when there is nothing usable to begin with."""
        self.file, self.read = file, read
        self._stamp = file.stat().st_mtime_ns
        self._found = self._read()

    def __call__(self) -> T:
        """A file that cannot be read leaves it as it was."""
        try:
            stamp = self.file.stat().st_mtime_ns
            if stamp != self._stamp:
                self._stamp = stamp
                self._found = self._read()
        except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            log.error("content.unreadable", file=self.file.name, error=type(error).__name__)
        return self._found

    def _read(self) -> T:
        return self.read(read_yaml(self.file))
