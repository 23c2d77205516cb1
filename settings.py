"""Every environment variable that Balie reads, once.

`.env.example` is written from this file (`make env-example`): the comment above a
field becomes its help text. Objects get their settings passed in; only the
programs that start something call `load()`.
"""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent
APPOINTMENTS = ("jcc-rest", "jcc-soap")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SECRET = 32  # characters that a secret of our own has at least
YES = ("1", "true", "yes", "on")
LEAST = {
    "keep_conversations_days": 7,
    "keep_filings_days": 90,
    "keep_processing_days": 365,
    "keep_audit_days": 90,
    "keep_settings_days": 30,
    "keep_workload_days": 60,
}
NO = ("0", "false", "no", "off", "")
CHANNELS = {  # what each of them needs, all of it or nothing
    "whatsapp": ("phone_number_id", "access_token", "app_secret", "verify_token"),
    "messenger": ("page_id", "access_token", "app_secret", "verify_token", "app_id"),
}
LOOPBACK = ("127.0.0.1", "localhost", "::1")
NEW_KEY = "`openssl rand -base64 32 | tr '+/' '-_'`"


class SettingsError(Exception):
    """A setting that cannot be used. The message names the variable and the remedy."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    # --- where things listen -------------------------------------------------
    # Address that the front binds to
    bind: str = "127.0.0.1"
    # Address that bot, actions and sandbox bind to; they trust whoever reaches them, so never one of citizens
    inner_bind: str = "127.0.0.1"
    front_port: int = 8080
    sandbox_port: int = 8090
    bot_port: int = 5005
    actions_port: int = 5055
    # Where the sandbox's mail server listens (SMTP)
    sandbox_smtp_port: int = 8025
    # Address at which citizens reach the front
    public_url: str = "http://127.0.0.1:{front_port}"
    # Where the front finds the bot
    bot_url: str = "http://127.0.0.1:{bot_port}"
    # Where the bot and the desk find the action server
    actions_url: str = "http://127.0.0.1:{actions_port}"

    # --- what is kept --------------------------------------------------------
    # SQLAlchemy URL of the ledger; PostgreSQL: postgresql+psycopg://user:password@host/database
    database_url: str = "sqlite:///var/balie.db"
    # SQLAlchemy URL of Rasa's own dialogue memory; never the same database as DATABASE_URL
    rasa_database_url: str = "sqlite:///var/rasa.db"
    # Days after which what was said in a conversation that fell silent is forgotten; at least 7
    keep_conversations_days: int = 180
    # Hours that a request that somebody left half-finished can be taken up again
    keep_drafts_hours: int = 48
    # Days after which a request that is over is forgotten, with its names and addresses; at least 90
    keep_filings_days: int = 365
    # Days after his last login in which it is forgotten who somebody is
    keep_identities_days: int = 90
    # Days after which a fact that nobody repeated is forgotten, and asked again
    keep_facts_days: int = 365
    # Days that is kept who looked at whose data, and who was logged in where; at least 365
    keep_processing_days: int = 1095
    # Days that is kept what supervisors did at the desk; at least 90
    keep_audit_days: int = 1095
    # Days that is kept how much each agent did in a month, counted from its first day; at least 60
    keep_workload_days: int = 400
    # Days after which a version of a setting of the desk is forgotten, but for the last two; at least 30
    keep_settings_days: int = 365
    # Signs sessions and links, and makes pseudonyms; at least 32 characters. Empty: made once, kept beside the database
    secret_key: str = ""
    # Seal personal data; Fernet keys, separated by commas: the first seals, all open. Empty: one is made once and kept
    # beside the database
    encryption_keys: str = ""
    # Days that a login holds in WhatsApp and Messenger; on the web it ends with the web session
    identity_days: int = 30
    # Minutes after a login in which a sensitive step asks no new one
    fresh_login_minutes: int = 15

    # --- the city ------------------------------------------------------------
    # File with all that is the city's own
    city_file: str = "city.yml"
    # File with the city's register of processing activities: what personal data are used for, on what ground
    register_file: str = "verwerkingen.yml"
    # File that holds an ISO moment to pretend it is; for demonstrations and tests. Empty: the real clock
    clock_file: str = ""

    # --- the website ---------------------------------------------------------
    # Origins that may embed the widget, separated by commas; the front's own is always allowed
    web_origins: str = ""
    # Origins that may show our own pages in a frame, as in the CSP directive frame-ancestors
    frame_ancestors: str = "'self'"
    # Header in which our reverse proxy tells the citizen's address, such as X-Real-IP. Empty: there is no proxy
    client_address_header: str = ""
    # Messages a minute from one conversation, and from one address, before 429
    web_rate_conversation: int = 20
    web_rate_address: int = 120
    # Requests a minute from one address that say nothing, and event streams that it may hold open
    web_rate_reading: int = 1200
    web_streams_address: int = 100
    # Days that a web conversation can be continued
    web_session_days: int = 1
    # Largest photo, in megabytes
    upload_megabytes: int = 8

    # --- login ---------------------------------------------------------------
    # ACM/IDM, exactly as its discovery document names itself
    acmidm_issuer: str = "http://127.0.0.1:{sandbox_port}/acmidm/op"
    acmidm_client_id: str = "balie"
    # How Balie proves who it is: a password, or (goes first) an RSA private key in PEM, newlines written as \n
    acmidm_client_secret: str = "sandbox-acmidm"
    acmidm_private_key: str = ""
    # Means that are strong enough for personal data, separated by spaces
    acmidm_acr_values: str = (
        "urn:be:vlaanderen:authmech:eid urn:be:vlaanderen:authmech:itsme urn:be:vlaanderen:authmech:eidashigh "
        "urn:be:vlaanderen:authmech:csamtotp urn:be:vlaanderen:authmech:csamsms "
        "urn:be:vlaanderen:authmech:eidassubstantial"
    )
    # Ask userinfo too, for a provider that leaves claims out of its ID token
    acmidm_userinfo: bool = False

    # --- the desk ------------------------------------------------------------
    # The provider at which agents log in, exactly as its discovery document names itself
    desk_oidc_issuer: str = "http://127.0.0.1:{sandbox_port}/acmidm/desk"
    desk_oidc_client_id: str = "balie-desk"
    # A password, or (goes first) an RSA private key in PEM, newlines written as \\n
    desk_oidc_client_secret: str = "sandbox-desk"
    desk_oidc_private_key: str = ""
    desk_oidc_scope: str = "openid profile balie_rol"
    # Means that are strong enough for an agent, separated by spaces, such as the provider's name of a login with two
    # factors. Empty: whatever the provider lets through
    desk_oidc_acr_values: str = ""
    # Claim that lists somebody's roles, as medewerker:<team>, teamleider:<team> or beheerder; and, where it is not
    # everything and three at once, what he can take, as onderwerp:<topic>, and how much, as gesprekken:<number>
    desk_role_claim: str = "balie_rol"
    # With which the telephone exchange reads /exchange/state; at least 32 characters. Empty: there is no such page
    exchange_token: str = ""
    # With which the city's document management system has tasks made at /dms/tasks; at least 32 characters. Empty:
    # there is no such page
    dms_token: str = ""
    # Hosts to which its links to documents may lead, separated by commas, with the port where it is not 443
    dms_hosts: str = ""

    # --- turns ---------------------------------------------------------------
    # Seconds that the bot gets for one turn
    turn_timeout: float = 30.0
    # Minutes of a citizen's silence after which a new session begins, with an offer to go on with what he left
    session_minutes: int = 60
    # Minutes after an agent closed a conversation in which a citizen who writes goes back to him or to his team
    reopen_minutes: int = 15
    # Turns at the same time, of different conversations
    turn_workers: int = 8

    # --- backends ------------------------------------------------------------
    # TOPdesk, up to and including /tas/api
    topdesk_url: str = "http://127.0.0.1:{sandbox_port}/topdesk/tas/api"
    topdesk_user: str = "balie"
    topdesk_password: str = "sandbox-topdesk"
    # Which system keeps the appointments: jcc-rest (JCC's WARP API) or jcc-soap (its older GGS2)
    appointments: str = "jcc-rest"
    # JCC for jcc-rest, up to and including /G-Plan/api
    jcc_url: str = "http://127.0.0.1:{sandbox_port}/jcc/JCC/Leiestad/G-Plan/api"
    jcc_client_id: str = "balie"
    jcc_client_secret: str = "sandbox-jcc"
    # JCC for jcc-soap: the address of GenericGuidanceSystem2 itself, not that of its WSDL
    jcc_soap_url: str = "http://127.0.0.1:{sandbox_port}/jcc/JCC/Leiestad/GenericGuidanceSystem2.asmx"
    # Empty: JCC asks no password
    jcc_soap_user: str = "balie"
    jcc_soap_password: str = "sandbox-jcc-soap"
    # DOSIS, up to but without /api: where counters read how far the dossiers of a citizen are
    dosis_url: str = "http://127.0.0.1:{sandbox_port}/dosis"
    # Where DOSIS hands out tokens, and what our signed assertion names as its audience. Empty: the token address itself
    dosis_token_url: str = "http://127.0.0.1:{sandbox_port}/dosis/authorization/ws/oauth/v2/token"
    dosis_audience: str = ""
    dosis_client_id: str = "6776"
    # Our key, of which DOSIS has the public half: PEM with \n between its lines, or the name of a file that holds it
    dosis_private_key: str = "sandbox/dosis/client_key.pem"
    # Name of that key where it was registered. Empty: its thumbprint
    dosis_key_id: str = ""
    # Seconds that a look for unread messages may hold up a conversation that is about something else
    dosis_patience: float = 4.0
    # Seconds between two looks for a citizen who wants to hear that something changed in his dossiers, and the hours of
    # the day (from 8 until 20) in which he may hear it unasked
    dossier_news_seconds: float = 3600.0
    dossier_news_from: int = 8
    dossier_news_until: int = 20
    # The Thuisloket, where attests are ordered, without /v1
    thuisloket_url: str = "http://127.0.0.1:{sandbox_port}/thuisloket"
    # Our RSA key, which signs for whom we ask: PEM with \n between its lines, or the name of a file that holds it
    thuisloket_private_key: str = "sandbox/thuisloket/balie.pem"
    # What the Thuisloket calls us, and itself
    thuisloket_client_id: str = "balie"
    thuisloket_audience: str = "thuisloket"
    # Open Klant, where contacts and internal tasks are registered, without /klantinteracties. Empty: nothing is
    # registered, and all else goes on
    openklant_url: str = "http://127.0.0.1:{sandbox_port}/openklant"
    openklant_token: str = "sandbox-openklant"
    # Register also what an unknown citizen asked and the assistant answered: nothing was filed and nobody else spoke
    openklant_anonymous: bool = False
    # Minutes of silence after which a conversation that nobody closed is over, and its contact registered
    contact_silence_minutes: int = 30
    # Our own mail server, for the code that proves whose an e-mail address is; all other mail comes from the backends
    smtp_server: str = "127.0.0.1:{sandbox_smtp_port}"
    # Empty user: it asks no password
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_starttls: bool = False
    smtp_from: str = "balie@leiestad.example"
    # Seconds that a backend gets for one call; stays far below Rasa's 60 s conversation lock
    backend_timeout: float = 8.0
    # Seconds between two looks at a report that a citizen follows in the chat; the quieter it stays, the longer
    follow_seconds: float = 120.0

    # --- WhatsApp and Messenger ----------------------------------------------
    # Meta's Graph API, without the version: https://graph.facebook.com. A channel of which nothing is given is off;
    # what stands below is the sandbox's, and counts only while PUBLIC_URL and GRAPH_URL are on this machine
    graph_url: str = "http://127.0.0.1:{sandbox_port}/graph"
    graph_version: str = "v25.0"
    # The number that citizens write to, by Meta's id of it, and the token of a system user who may send from it
    whatsapp_phone_number_id: str = "106540352242922"
    whatsapp_access_token: str = "sandbox-whatsapp"
    # Secret of the Meta app, with which it signs its webhooks
    whatsapp_app_secret: str = "sandbox-whatsapp-secret"
    # A word of our own choice; Meta says it when it asks whether the webhook is ours
    whatsapp_verify_token: str = "sandbox-whatsapp-verify"
    # The page that citizens write to, and its own access token
    messenger_page_id: str = "108540352242900"
    messenger_access_token: str = "sandbox-messenger"
    messenger_app_secret: str = "sandbox-messenger-secret"
    messenger_verify_token: str = "sandbox-messenger-verify"
    # Meta's id of our app, by which we know the messages that we sent ourselves
    messenger_app_id: str = "1517776481860111"
    # Hours after the last word of a colleague in the page's own inbox, until which the assistant is silent
    elsewhere_hours: float = 24.0
    # A template without blanks that Meta approved: it says that there is news, when a citizen wrote over 24 hours ago.
    # Empty: he gets the news when he writes again
    whatsapp_template: str = ""
    whatsapp_template_language: str = "nl"

    # --- the rest ------------------------------------------------------------
    # How much is logged: DEBUG, INFO, WARNING or ERROR
    log_level: str = "INFO"

    def __post_init__(self) -> None:
        """A default address follows its port: FRONT_PORT=9000 alone moves PUBLIC_URL too."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str) and value == field.default and "{" in value:
                ports = {other.name: getattr(self, other.name) for other in fields(self) if other.type is int}
                object.__setattr__(self, field.name, value.format(**ports))

    def environment(self) -> dict[str, str]:
        """The same settings as environment variables, for the processes that we start."""
        return {field.name.upper(): str(getattr(self, field.name)) for field in fields(self)}


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment, else from `.env`, else the defaults.

    Raises SettingsError when a value cannot be used.
    """
    if environment is None:
        environment = {**_dotenv(), **os.environ}
    values: dict[str, Any] = {}
    for field in fields(Settings):
        name = field.name.upper()
        if name in environment:
            values[field.name] = _convert(name, environment[name].strip(), field.default)
    settings = _without_sandbox_secrets(Settings(**values))
    _check(settings)
    return settings


def _without_sandbox_secrets(settings: Settings) -> Settings:
    """Everybody knows the sandbox's secrets, so they hold only on a machine that nobody else reaches."""
    if all(urlsplit(url).hostname in LOOPBACK for url in (settings.public_url, settings.graph_url)):
        return settings
    names = [f"{channel}_{part}" for channel, parts in CHANNELS.items() for part in parts]
    known = {field.name: field.default for field in fields(settings)}
    given_up: dict[str, Any] = {name: "" for name in names if getattr(settings, name) == known[name]}
    if settings.openklant_token == known["openklant_token"]:
        given_up["openklant_url"] = ""
    return replace(settings, **given_up)


def _dotenv() -> dict[str, str]:
    found = dotenv_values(ROOT / ".env")
    return {name: value for name, value in found.items() if value is not None}


def _convert(name: str, value: str, default: object) -> object:
    try:
        if isinstance(default, bool):
            return _yes_or_no(value)
        if isinstance(default, int):
            return int(value)
        if isinstance(default, float):
            return float(value)
    except ValueError as error:
        kind = {bool: "true or false", int: "a whole number", float: "a number"}[type(default)]
        raise SettingsError(f"{name} must be {kind}, not {value!r} (for example {name}={default})") from error
    return value


def _yes_or_no(value: str) -> bool:
    if value.lower() not in YES + NO:
        raise ValueError(value)
    return value.lower() in YES


def _check(settings: Settings) -> None:
    for field in fields(settings):
        name, value = field.name.upper(), getattr(settings, field.name)
        if field.name.endswith("_port") and not 0 < value < 65536:
            raise SettingsError(f"{name} must be a port between 1 and 65535, not {value}")
        if isinstance(value, int | float) and not isinstance(value, bool) and value <= 0:
            raise SettingsError(f"{name} must be more than 0, not {value}")
        if field.name in LEAST and value < LEAST[field.name]:
            raise SettingsError(f"{name} must be at least {LEAST[field.name]}, not {value}")
    _check_ports_differ(settings)
    if settings.dossier_news_from >= settings.dossier_news_until or settings.dossier_news_until > 24:
        raise SettingsError("DOSSIER_NEWS_FROM must come before DOSSIER_NEWS_UNTIL, and that is 24 at most")
    if settings.database_url == settings.rasa_database_url:
        raise SettingsError("RASA_DATABASE_URL must be another database than DATABASE_URL")
    if settings.secret_key and len(settings.secret_key) < SECRET:
        raise SettingsError(f"SECRET_KEY must have at least {SECRET} characters; leave it empty to have one made")
    if settings.exchange_token and len(settings.exchange_token) < SECRET:
        raise SettingsError(f"EXCHANGE_TOKEN must have at least {SECRET} characters; leave it empty to keep it off")
    if settings.dms_token and len(settings.dms_token) < SECRET:
        raise SettingsError(f"DMS_TOKEN must have at least {SECRET} characters; leave it empty to keep it off")
    if settings.dms_token and not listed_hosts(settings):
        raise SettingsError("DMS_HOSTS must name where the links of DMS_TOKEN may lead, such as dms.leiestad.example")
    _check_keys(settings)
    _check_channels(settings)
    _check_choice("APPOINTMENTS", settings.appointments, APPOINTMENTS)
    _check_choice("LOG_LEVEL", settings.log_level, LOG_LEVELS)


def listed_hosts(settings: Settings) -> set[str]:
    return {host.strip().lower() for host in settings.dms_hosts.split(",") if host.strip()}


def encryption_keys(settings: Settings) -> list[str]:
    return [key.strip() for key in settings.encryption_keys.split(",") if key.strip()]


def _check_keys(settings: Settings) -> None:
    for number, key in enumerate(encryption_keys(settings), start=1):
        try:
            is_key = len(base64.b64decode(key, altchars=b"-_", validate=True)) == 32
        except ValueError:
            is_key = False
        if not is_key:
            raise SettingsError(
                f"ENCRYPTION_KEYS: key {number} is not 32 bytes in URL-safe base64; make one with "
                f"{NEW_KEY}, or leave it empty to have one made"
            )


def _check_channels(settings: Settings) -> None:
    for channel, parts in CHANNELS.items():
        names = [f"{channel}_{part}" for part in parts]
        missing = [name.upper() for name in names if not getattr(settings, name)]
        if missing and len(missing) < len(names):
            raise SettingsError(
                f"{missing[0]} is missing: {channel} needs {', '.join(name.upper() for name in names)}, "
                "or none of them to stay off"
            )


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise SettingsError(f"{name} must be one of {', '.join(choices)}, not {value!r}")


def _check_ports_differ(settings: Settings) -> None:
    taken: dict[int, str] = {}
    for field in fields(settings):
        if field.name.endswith("_port"):
            name, port = field.name.upper(), getattr(settings, field.name)
            if port in taken:
                raise SettingsError(f"{name} and {taken[port]} are both {port}; give one of them another port")
            taken[port] = name
