"""What every process of ours does when it starts: how it logs, and its port."""

import logging
import socket
import sys

import structlog
from structlog.typing import Processor

from settings import SettingsError


def configure_logging(level: str) -> None:
    """One JSON object a line on stdout. What people say, and parameters of SQL, never come in."""
    shared: list[Processor] = [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]
    rendered: list[Processor] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[*shared, *rendered],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered]
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def listen(bind: str, port: int, variable: str) -> socket.socket:
    """Raises SettingsError, naming the variable to change, when somebody else listens there."""
    sock = socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((bind, port))
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {bind}:{port} ({error.strerror}): choose another with {variable}"
        ) from error
    sock.setblocking(False)
    return sock
