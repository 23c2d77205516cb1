"""Every environment variable that Balie reads, once.

`.env.example` is written from this file (`make env-example`): the comment above a
field becomes its help text. Objects get their settings passed in; only the
programs that start something call `load()`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent


class SettingsError(Exception):
    """A setting that cannot be used. The message names the variable and the remedy."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    # --- where things listen -------------------------------------------------
    # Address that front, bot, actions and sandbox bind to
    bind: str = "127.0.0.1"
    front_port: int = 8080
    sandbox_port: int = 8090
    bot_port: int = 5005
    actions_port: int = 5055
    # Where the sandbox's mail server listens (SMTP)
    sandbox_smtp_port: int = 8025
    # Address at which citizens reach the front
    public_url: str = "http://127.0.0.1:8080"
    # Where the front finds the bot, and the bot the action server
    bot_url: str = "http://127.0.0.1:5005"
    actions_url: str = "http://127.0.0.1:5055"

    # --- what is kept --------------------------------------------------------
    # SQLAlchemy URL of the ledger; PostgreSQL: postgresql+psycopg://user:password@host/database
    database_url: str = "sqlite:///var/balie.db"
    # SQLAlchemy URL of Rasa's own dialogue memory; never the same database as DATABASE_URL
    rasa_database_url: str = "sqlite:///var/rasa.db"
    # Signs sessions and links; at least 32 characters. Empty: made once and kept in var/
    secret_key: str = ""

    # --- the city ------------------------------------------------------------
    # File with all that is the city's own
    city_file: str = "city.yml"
    # File that holds an ISO moment to pretend it is; for demonstrations and tests. Empty: the real clock
    clock_file: str = ""

    # --- the website ---------------------------------------------------------
    # Origins that may embed the widget, separated by commas; the front's own is always allowed
    web_origins: str = ""
    # Messages a minute from one conversation, and from one address, before 429
    web_rate_conversation: int = 20
    web_rate_address: int = 120
    # Days that a web conversation can be continued
    web_session_days: int = 1
    # Largest photo, in megabytes
    upload_megabytes: int = 8

    # --- turns ---------------------------------------------------------------
    # Seconds that the bot gets for one turn
    turn_timeout: float = 30.0
    # Turns at the same time, of different conversations
    turn_workers: int = 8

    # --- backends ------------------------------------------------------------
    # TOPdesk, up to and including /tas/api
    topdesk_url: str = "http://127.0.0.1:8090/topdesk/tas/api"
    topdesk_user: str = "balie"
    topdesk_password: str = "sandbox-topdesk"
    # JCC, up to and including /G-Plan/api
    jcc_url: str = "http://127.0.0.1:8090/jcc/JCC/Leiestad/G-Plan/api"
    jcc_client_id: str = "balie"
    jcc_client_secret: str = "sandbox-jcc"
    # Seconds that a backend gets for one call; stays far below Rasa's 60 s conversation lock
    backend_timeout: float = 8.0

    # --- the rest ------------------------------------------------------------
    log_level: str = "INFO"


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment, else from `.env`, else the defaults.

    Raises SettingsError when a value does not fit its type.
    """
    if environment is None:
        environment = {**_dotenv(), **os.environ}
    values: dict[str, object] = {}
    for field in fields(Settings):
        name = field.name.upper()
        if name in environment:
            values[field.name] = _convert(name, environment[name], type(field.default))
    return Settings(**values)  # type: ignore[arg-type]  # converted to each field's own type


def _dotenv() -> dict[str, str]:
    found = dotenv_values(ROOT / ".env")
    return {name: value for name, value in found.items() if value is not None}


def _convert(name: str, value: str, wanted: type) -> object:
    try:
        return wanted(value)
    except ValueError as error:
        raise SettingsError(f"{name}={value!r} is not a {wanted.__name__}") from error
