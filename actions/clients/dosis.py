"""Reads in DOSIS how far the dossiers of a citizen are, at whatever administration.

How suppliers deliver is published; how counters read is not, so everything about that
stands in this file alone (docs/decisions/0010-dosis-bevragen.md). The number of the
citizen goes in the body of a POST and never in an address, where logs would keep it.
An assertion works once, so that every try at a token signs a new one.
"""

import time
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from actions.clients.bearer import Bearer, read_token
from actions.clients.errors import Misconfigured, NotFound, Unavailable, Uncertain
from actions.clients.http import Backend, Built, parsed
from actions.clients.ports import Dossier, DossierStep
from clock import BRUSSELS
from settings import ROOT, Settings

NAME = "dosis"
SEARCH = "api/v1/dosis/dossiers/zoek"
HISTORY = "api/v1/dosis/dossiers/statussen"
SCOPE = "DosisRaadplegen"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFE = 120  # seconds, as DOSIS's own connector does; ten minutes is the most
SPARE = 180.0  # seconds before its end at which a token is renewed
PAGE = 50
MOST_PAGES = 10
MAY_CONSULT = "Raadpleger"


class DosisStatuses:
    def __init__(self, settings: Settings) -> None:
        self.backend = Backend(NAME, settings.dosis_url, settings.backend_timeout)
        address, _, self._token_path = settings.dosis_token_url.rpartition("/")
        self._tokens = Backend(NAME, address, settings.backend_timeout)
        self._audience = settings.dosis_audience or settings.dosis_token_url
        self._client_id = settings.dosis_client_id
        self._given_key = settings.dosis_private_key
        self._key_id = settings.dosis_key_id
        self._bearer = Bearer(self._fetch_token, SPARE)

    async def list_for(self, rrn: str) -> list[Dossier]:
        """Page after page; a dossier that changes while we read is taken once."""
        found: dict[tuple[str, str], Dossier] = {}
        for page in range(MOST_PAGES):
            total, seen, dossiers = await self._page(rrn, page * PAGE)
            for dossier in dossiers:
                found.setdefault((dossier.source, dossier.number), dossier)
            if not seen or page * PAGE + seen >= total:
                break
        return sorted(found.values(), key=lambda dossier: dossier.step.changed_at, reverse=True)

    async def history(self, rrn: str, dossier: Dossier) -> list[DossierStep]:
        wanted = {"Agent": rrn, "Bron": dossier.source, "DossierNummer": dossier.number}
        return await self._post("history", HISTORY, wanted, _steps)

    async def _page(self, rrn: str, index: int) -> tuple[int, int, list[Dossier]]:
        wanted = {"Agent": rrn, "Index": index, "Limiet": PAGE}
        try:
            return await self._post("list", SEARCH, wanted, lambda wire: _found(wire, rrn))
        except NotFound as error:  # somebody without dossiers gets an empty list
            raise Misconfigured(NAME, "list", "404") from error

    async def _post(self, operation: str, path: str, body: dict[str, Any], build: Callable[[Any], Built]) -> Built:
        response = await self._bearer.authorised(
            lambda headers: self.backend.read(operation, path, method="POST", json=body, headers=headers)
        )
        return parsed(NAME, operation, response, build)

    async def _fetch_token(self) -> tuple[str, float]:
        for last in (False, True):
            form = {
                "grant_type": "client_credentials",
                "scope": SCOPE,
                "client_assertion_type": ASSERTION,
                "client_assertion": self._assertion(),
            }
            try:
                response = await self._tokens.write("token", "POST", self._token_path, data=form)
                return parsed(NAME, "token", response, read_token)
            except (Unavailable, Uncertain) as error:
                if last:
                    raise Unavailable(NAME, "token") from error
        raise AssertionError("the last try returns or raises")

    @cached_property
    def _key(self) -> RSAKey:
        """Read when it is first needed: without a usable key the rest of the house goes on."""
        try:
            return _key(self._given_key, self._key_id)
        except (OSError, ValueError) as error:
            raise Misconfigured(NAME, "token", "DOSIS_PRIVATE_KEY holds no usable key") from error

    def _assertion(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": self._audience,
            "jti": str(uuid.uuid4()),
            "iat": now,
            "exp": now + ASSERTION_LIFE,
        }
        return jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, self._key)


def _key(given: str, name: str) -> RSAKey:
    pem = given.replace("\\n", "\n") if given.startswith("-----") else (ROOT / given).read_text(encoding="ascii")
    key = RSAKey.import_key(pem, {"kid": name} if name else None)
    key.ensure_kid()
    return key


def _found(wire: Any, rrn: str) -> tuple[int, int, list[Dossier]]:
    """How many there are, how many this page holds, and those that he may consult."""
    dossiers = wire["Dossiers"]
    return int(wire["Totaal"]), len(dossiers), [_dossier(one) for one in dossiers if _may_consult(one, rrn)]


def _may_consult(wire: Any, rrn: str) -> bool:
    """DOSIS gives only what may be seen; a mistake there must not become ours."""
    own = [agent for agent in wire["Agenten"] if agent["Identificatie"] == rrn]
    return any(right["Code"] == MAY_CONSULT for agent in own for right in agent["Toegangsrechten"])


def _dossier(wire: Any) -> Dossier:
    step, manager = _step(wire), wire.get("DossierBeheerder") or {}
    return Dossier(
        source=wire["Identificatie"]["Bron"],
        number=wire["Identificatie"]["DossierNummer"],
        name=wire["Naam"],
        step=step,
        organisation=manager.get("Naam") or "",
        link=wire.get("Doorverwijzing") or "",
    )


def _steps(wire: Any) -> list[DossierStep]:
    return [_step(one) for one in wire["Statussen"]]


def _step(wire: Any) -> DossierStep:
    status = wire["Status"]
    action = status.get("Actie") or {}
    return DossierStep(
        phase=status["VlaamsFase"],
        code=status["VlaamsCode"],
        changed_at=datetime.fromisoformat(wire["WijzigingsDatum"]).replace(tzinfo=BRUSSELS),
        detail=status.get("Detail1") or "",
        needs_action=bool(action.get("ActieNodig")),
        action=action.get("Actie") or "",
    )
