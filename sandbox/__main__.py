"""`python -m sandbox`: plays TOPdesk, JCC and the mail server until it is stopped."""

import socket
import sys

import yaml

from sandbox.app import build
from sandbox.settings import Settings, SettingsError
from sandbox.world import World


class CannotStart(Exception):
    """The message is the one line that the person who started it gets."""


def main() -> int:
    try:
        settings = Settings.load()
        world = World(settings)
        _check_free(settings.inner_bind, settings.sandbox_smtp_port, "SANDBOX_SMTP_PORT")
        listener = _listen(settings.inner_bind, settings.sandbox_port, "SANDBOX_PORT")
    except (CannotStart, SettingsError) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 1
    except (OSError, yaml.YAMLError, KeyError) as error:
        sys.stderr.write(f"sandbox: the city file cannot be used (CITY_FILE): {error!r}\n")
        return 1
    build(world).run(sock=listener, single_process=True, motd=False, access_log=False)
    return 0


def _listen(host: str, port: int, variable: str) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise CannotStart(f"{host}:{port} is taken; stop what listens there or set {variable}") from error
    return listener


def _check_free(host: str, port: int, variable: str) -> None:
    _listen(host, port, variable).close()


if __name__ == "__main__":
    sys.exit(main())
