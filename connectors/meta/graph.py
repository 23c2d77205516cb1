"""Meta's Graph API over HTTP: post, upload, and fetch what a citizen sent.

A token never goes in an address, never to a host that is not Meta's, and never along
with a redirect.
"""

import threading
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests

from connectors.base import NotFetched, SendError
from connectors.meta.errors import UNKNOWN_OUTCOME, Table, explained
from connectors.meta.reading import thing
from conversations.model import JSON

CONNECT = 3.0  # seconds
ANSWER = 10.0
UPLOAD = 30.0
ASIDE = 2.0  # for what is only decoration
DOWNLOAD = 30.0  # for a whole file
BLOCK = 64 * 1024
META_HOSTS = (".fbsbx.com", ".facebook.com", ".fbcdn.net", ".whatsapp.net")
GONE = (400, 403, 404, 410)  # Meta: 400 with code 100 for a media id that it does not know any more


class Graph:
    def __init__(self, url: str, version: str, token: str, table: Table) -> None:
        self._url, self._version, self._token, self._table = url.rstrip("/"), version, token, table
        self._threads = threading.local()

    def post(self, path: str, payload: JSON) -> Mapping[str, JSON]:
        """Raises SendError."""
        return self._sent(path, ANSWER, json=payload)

    def upload(self, path: str, fields: Mapping[str, str], file: tuple[str, bytes, str]) -> Mapping[str, JSON]:
        """`file`: its name, content and type. Raises SendError."""
        return self._sent(path, UPLOAD, data=dict(fields), files={_field(path): file})

    def aside(self, path: str, payload: JSON) -> None:
        """Decoration: whether it works does not matter."""
        try:
            self._session().post(self._at(path), json=payload, headers=self._bearer, timeout=ASIDE)
        except requests.RequestException:
            return

    def look_up(self, path: str, parameters: Mapping[str, str]) -> Mapping[str, JSON]:
        """Raises NotFetched."""
        try:
            response = self._session().get(
                self._at(path),
                params=dict(parameters),
                headers=self._bearer,
                timeout=(CONNECT, ANSWER),
                allow_redirects=False,
            )
            found = thing(response.json()) if response.content else {}
        except (requests.RequestException, ValueError) as error:
            raise NotFetched("foto_weg", retryable=True) from error
        if response.status_code != 200:
            raise NotFetched("foto_weg", retryable=response.status_code not in GONE)
        return found

    def download(self, address: str, most: int, *, with_token: bool) -> bytes:
        """Raises NotFetched; not retryable when it is gone, too large, or elsewhere than at Meta's."""
        if not self._is_metas(address):
            raise NotFetched("foto_weg", retryable=False)
        try:
            headers = self._bearer if with_token else {}
            with self._session().get(
                address, headers=headers, timeout=(CONNECT, ANSWER), stream=True, allow_redirects=False
            ) as response:
                if response.status_code != 200:
                    raise NotFetched("foto_weg", retryable=response.status_code not in GONE)
                return _limited(response, most)
        except requests.RequestException as error:
            raise NotFetched("foto_weg", retryable=True) from error

    def _sent(self, path: str, timeout: float, **body: JSON) -> Mapping[str, JSON]:
        try:
            response = self._session().post(
                self._at(path), headers=self._bearer, timeout=(CONNECT, timeout), allow_redirects=False, **body
            )
        except requests.ConnectTimeout as error:
            raise SendError("connect_timeout", retryable=True, loggable=False) from error
        except requests.RequestException as error:  # it may have arrived all the same
            raise SendError(type(error).__name__, **UNKNOWN_OUTCOME) from error
        answer = _json(response)
        if response.status_code != 200:
            raise explained(response.status_code, answer, self._table)
        return thing(answer)

    def _at(self, path: str) -> str:
        return f"{self._url}/{self._version}/{path}"

    @property
    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _is_metas(self, address: str) -> bool:
        try:
            asked, ours = urlsplit(address), urlsplit(self._url)
            host = asked.hostname or ""
            by_host = asked.scheme == "https" and asked.port in (None, 443) and host.endswith(META_HOSTS)
            return by_host or (asked.scheme, asked.netloc) == (ours.scheme, ours.netloc)
        except ValueError:
            return False

    def _session(self) -> requests.Session:
        """One open line for each thread."""
        if not hasattr(self._threads, "session"):
            session = requests.Session()
            session.trust_env = False  # a .netrc shall not add a password, nor a proxy see the token
            self._threads.session = session
        found: requests.Session = self._threads.session
        return found


def _field(path: str) -> str:
    """WhatsApp calls the part `file`, Messenger `filedata`."""
    return "filedata" if path.endswith("message_attachments") else "file"


def _json(response: requests.Response) -> JSON:
    try:
        return response.json()
    except ValueError:
        return None


def _limited(response: requests.Response, most: int) -> bytes:
    """However slowly it drips, and whatever length it claims."""
    deadline, content = time.monotonic() + DOWNLOAD, bytearray()
    for block in response.iter_content(BLOCK):
        content += block
        if len(content) > most:
            raise NotFetched("foto_te_groot", retryable=False)
        if time.monotonic() > deadline:
            raise NotFetched("foto_weg", retryable=True)
    return bytes(content)
