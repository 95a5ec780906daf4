"""Asking a running server whether it is ready: the container's health check, without curl."""

from __future__ import annotations

import http.client
import json
import ssl
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from mockserver.edge.health import READYZ
from mockserver.errors import InvalidSetting

if TYPE_CHECKING:
    from mockserver.settings import Settings

TIMEOUT_SECONDS = 5.0
"""How long a server may take to connect and to answer."""

_WILDCARDS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


def base_of(settings: Settings) -> str:
    """Return the base URL of a server on this machine with these settings."""
    host = _WILDCARDS.get(settings.host, settings.host)
    shown = f"[{host}]" if ":" in host else host
    return f"{'http' if settings.tls == 'off' else 'https'}://{shown}:{settings.port}"


def probe(url: str) -> tuple[bool, str]:
    """Ask ``/readyz`` below the base URL; return whether it is ready and one line for people.

    Certificates are not verified: a self-signed one is what ``--tls`` makes (TRN-13). Proxies of the
    environment are not used. Raises InvalidSetting for what is no http or https URL.
    """
    connection, path = _connection(url)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        status, body = answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        return False, f"not ready: {url} does not answer ({str(error) or type(error).__name__})"
    finally:
        connection.close()
    if status == 200:
        return True, f"ready: {url}"
    pending = _pending(body)
    return False, f"not ready: {url} {f'is loading {pending}' if pending else f'answers {status}'}"


def _connection(url: str) -> tuple[http.client.HTTPConnection, str]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    path = parts.path.rstrip("/") + READYZ
    if host and parts.scheme == "https":
        unverified = ssl._create_unverified_context()  # noqa: S323, SLF001 - see probe()
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=unverified), path
    if host and parts.scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS), path
    raise InvalidSetting(f"expected a URL such as http://127.0.0.1:8080, got {url!r}")


def _pending(body: bytes) -> str:
    try:
        content: Any = json.loads(body)
        return ", ".join(map(str, content["pending"]))
    except (ValueError, KeyError, TypeError):
        return ""
