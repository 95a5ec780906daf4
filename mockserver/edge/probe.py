"""Asking a running server whether it is ready: the container's health check, without curl."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any, Final

from mockserver.edge.asking import connection_to
from mockserver.edge.health import READYZ

if TYPE_CHECKING:
    from mockserver.settings import Settings

TIMEOUT_SECONDS: Final = 5.0
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
    connection, prefix = connection_to(url, TIMEOUT_SECONDS)
    try:
        connection.request("GET", prefix + READYZ)
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


def _pending(body: bytes) -> str:
    try:
        content: Any = json.loads(body)
        return ", ".join(map(str, content["pending"]))
    except (ValueError, KeyError, TypeError):
        return ""
