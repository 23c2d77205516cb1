"""Starts the bot: Rasa, in its own environment, with the settings of the house.

This process becomes Rasa (exec), so whoever watches it watches Rasa itself.
"""

import os
import sys

from scripts.processes import is_free
from scripts.train import MODEL, QUIET, RASA
from settings import ROOT, Settings, SettingsError, load

# A product of two small matrices is done sooner than a second thread is woken for it
ANSWERING = {"OPENBLAS_NUM_THREADS": "1"}


def main() -> None:
    try:
        settings = load()
    except SettingsError as error:
        sys.exit(str(error))
    if not is_free(settings.inner_bind, settings.bot_port):
        sys.exit(f"port {settings.bot_port} is taken; choose another with BOT_PORT")
    if not MODEL.is_file():
        sys.exit(f"{MODEL.relative_to(ROOT)} is missing; make it with `make train`")
    os.chdir(ROOT)
    os.execve(
        RASA, command(settings), {**os.environ, **settings.environment(), **QUIET, **ANSWERING, "LOG_LEVEL": "INFO"}
    )  # at DEBUG Rasa logs texts


def command(settings: Settings) -> list[str]:
    return [
        str(RASA), "-m", "rasa", "run",
        "--model", str(MODEL),
        "--endpoints", "endpoints.yml",
        "--credentials", "credentials.yml",
        "--interface", settings.inner_bind,
        "--port", str(settings.bot_port),
    ]  # fmt: skip


if __name__ == "__main__":
    main()
