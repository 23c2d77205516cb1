"""Checks that the processing log is as it was written (`python -m scripts.verify_log [NUMBER:HASH]`).

Prints how many rows it has, and number and hash of the last one. Write those down
somewhere else: given to a later run, they prove that no row was taken off the end since.
"""

import sys

from sqlalchemy.exc import SQLAlchemyError

from citizens.processing import Broken, ProcessingLog
from clock import Clock
from conversations.database import connect
from settings import SettingsError, load
from vault import vault_of


def verified(log: ProcessingLog, witness: str = "") -> str:
    """What there is to say of a log that is whole. Raises Broken; ValueError when the witness cannot be read."""
    number, _, hash = witness.partition(":")
    count = log.verify((int(number), hash) if witness else None)
    seq, latest = log.head()
    return f"{count} rows, all as they were written; the last one is {seq}:{latest}"


def main() -> None:
    try:
        settings = load()
        log = ProcessingLog(connect(settings.database_url), Clock(settings.clock_file), vault_of(settings))
        print(verified(log, *sys.argv[1:2]))
    except Broken as broken:
        sys.exit(str(broken))
    except ValueError:
        sys.exit(__doc__)
    except (SettingsError, SQLAlchemyError) as error:
        sys.exit(f"verify_log: {error}")


if __name__ == "__main__":
    main()
