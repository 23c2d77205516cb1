"""Brings the tables of the house up to date with this version (`python -m scripts.migrate`)."""

import sys

from conversations.database import migrate
from settings import SettingsError, load


def main() -> None:
    try:
        settings = load()
    except SettingsError as error:
        sys.exit(str(error))
    migrate(settings.database_url)
    print("the tables are up to date")


if __name__ == "__main__":
    main()
