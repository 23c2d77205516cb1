"""What the sandbox reads from the environment, or else from `.env`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from dotenv import dotenv_values


class SettingsError(Exception):
    """A setting that cannot be used. The message names the variable."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    inner_bind: str = "127.0.0.1"
    sandbox_port: int = 8090
    sandbox_smtp_port: int = 8025
    # Where a browser reaches the sandbox, for the links in its mails; empty: bind and port
    sandbox_url: str = ""
    # Mail server that the backends hand their mails to; empty and 0: the sandbox's own
    sandbox_mail_host: str = ""
    sandbox_mail_port: int = 0
    # "druk": other people have booked too; "leeg": every slot is free
    sandbox_calendar: str = "druk"
    # "vol": the residents have dossiers at DOSIS; "leeg": nobody has
    sandbox_dossiers: str = "vol"
    # Seconds until DOSIS has looked at what was delivered
    sandbox_dosis_seconds: int = 3
    # Seconds that a token of JCC or DOSIS lives
    sandbox_token_seconds: int = 3600
    city_file: str = "city.yml"
    clock_file: str = ""
    topdesk_user: str = "balie"
    topdesk_password: str = "sandbox-topdesk"
    jcc_client_id: str = "balie"
    jcc_client_secret: str = "sandbox-jcc"
    jcc_soap_user: str = "balie"
    jcc_soap_password: str = "sandbox-jcc-soap"
    # Where the front is, for the addresses that it registered at the login provider
    public_url: str = ""
    front_port: int = 8080
    acmidm_client_id: str = "balie"
    acmidm_client_secret: str = "sandbox-acmidm"
    # Given: Balie proves itself with it, and the password no longer works
    acmidm_private_key: str = ""
    desk_oidc_client_id: str = "balie-desk"
    desk_oidc_client_secret: str = "sandbox-desk"
    desk_oidc_private_key: str = ""
    dosis_client_id: str = "6776"
    # Balie's key, of which DOSIS knows the public half: PEM or the name of a file; empty: the one in sandbox/dosis
    dosis_private_key: str = ""
    # The name under which that key was registered; empty: its thumbprint
    dosis_key_id: str = ""
    openklant_token: str = "sandbox-openklant"
    # What Balie signs its questions to the Thuisloket with; here only the public half of it counts
    thuisloket_private_key: str = "sandbox/thuisloket/balie.pem"
    # Where Meta's webhooks go, without /webhooks/…; empty: the front on this machine
    sandbox_webhooks_url: str = ""
    # From which Meta's ids are made; empty: other ids after each start, as at Meta itself
    sandbox_graph_seed: str = ""
    whatsapp_phone_number_id: str = "106540352242922"
    whatsapp_access_token: str = "sandbox-whatsapp"
    whatsapp_app_secret: str = "sandbox-whatsapp-secret"
    whatsapp_verify_token: str = "sandbox-whatsapp-verify"
    messenger_page_id: str = "108540352242900"
    messenger_access_token: str = "sandbox-messenger"
    messenger_app_secret: str = "sandbox-messenger-secret"
    messenger_verify_token: str = "sandbox-messenger-verify"
    messenger_app_id: str = "1517776481860111"

    @property
    def url(self) -> str:
        return self.sandbox_url.rstrip("/") or f"http://{self._reachable}:{self.sandbox_port}"

    @property
    def webhooks_url(self) -> str:
        return self.sandbox_webhooks_url.rstrip("/") or f"http://127.0.0.1:{self.front_port}"

    @property
    def front_url(self) -> str:
        return self.public_url.rstrip("/") or f"http://127.0.0.1:{self.front_port}"

    @property
    def mail_host(self) -> str:
        return self.sandbox_mail_host or self._reachable

    @property
    def mail_port(self) -> int:
        return self.sandbox_mail_port or self.sandbox_smtp_port

    @property
    def _reachable(self) -> str:
        return "127.0.0.1" if self.inner_bind in ("", "0.0.0.0", "::") else self.inner_bind

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> Self:
        if environment is None:
            environment = {**{k: v for k, v in dotenv_values(".env").items() if v is not None}, **os.environ}
        values: dict[str, str | int] = {}
        for field in fields(cls):
            given = environment.get(field.name.upper(), "")
            if given:
                values[field.name] = _convert(field.name.upper(), given, type(field.default))
        return cls(**values)  # type: ignore[arg-type]  # converted to each field's own type


def _convert(name: str, value: str, wanted: type) -> str | int:
    if wanted is not int:
        return value
    try:
        return int(value)
    except ValueError as error:
        raise SettingsError(f"{name}={value!r} is not a whole number") from error
