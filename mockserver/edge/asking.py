"""Asking the admin API of a running server from the command line, without a client library."""

from __future__ import annotations

import http.client
import json
import ssl
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from mockserver.errors import InvalidSetting
from mockserver.settings import ADMIN

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_SECONDS: Final = 30.0
"""How long a server may take to connect and to answer."""


class Answer(NamedTuple):
    """What a server answered with 200: its headers by lower-case name, its body."""

    headers: Mapping[str, str]
    body: bytes


def coverage_path(sandbox: str | None, kind: str, *, everything: bool) -> str:
    """Return where the coverage of a sandbox stands (None: the default one), or that of the whole server."""
    home = ADMIN if sandbox is None else f"{ADMIN}/sandboxes/{quote(sandbox, safe='')}"
    return f"{home}/coverage?{urlencode({'format': kind, 'scope': 'all' if everything else 'sandbox'})}"


def ask(url: str, path: str, token: str | None) -> Answer:
    """Return what ``GET`` of a path below the base URL answers; raise InvalidSetting with the reason otherwise.

    Certificates are not verified: a self-signed one is what ``--tls`` makes (TRN-13). Proxies of the
    environment are not used.
    """
    connection, prefix = connection_to(url, TIMEOUT_SECONDS)
    try:
        connection.request(
            "GET", prefix + path, headers={"Authorization": f"Bearer {token}"} if token else {}
        )
        reply = connection.getresponse()
        status, headers, body = reply.status, reply.getheaders(), reply.read()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise InvalidSetting(f"{url} does not answer ({str(error) or type(error).__name__})") from None
    finally:
        connection.close()
    if status != 200:
        raise InvalidSetting(f"{url} answers {status}: {_detail(body) or 'no reason given'}")
    return Answer({name.lower(): value for name, value in headers}, body)


def connection_to(url: str, timeout: float) -> tuple[http.client.HTTPConnection, str]:
    """Return a connection to the server of a base URL, and the path of that URL; InvalidSetting if it is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    prefix = parts.path.rstrip("/")
    if host and parts.scheme == "https":
        unverified = ssl._create_unverified_context()  # noqa: S323, SLF001 - see ask()
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=unverified), prefix
    if host and parts.scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=timeout), prefix
    raise InvalidSetting(f"expected a URL such as http://127.0.0.1:8080, got {url!r}")


def _detail(body: bytes) -> str:
    try:
        content: Any = json.loads(body)
        return str(content["detail"])
    except (ValueError, KeyError, TypeError):
        return ""
