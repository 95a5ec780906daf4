"""Who is let in to the admin API: Host header, token, and no writing from pages of other origins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mockserver.access import holds_token
from mockserver.web.admin_http import AdminProblem

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers

    from mockserver.access import Access

_HOST: Final = re.compile(r"(\[[0-9a-f:.]*\]|[^:\[\]]*)(?::[0-9]*)?")
_READING: Final = ("GET", "HEAD")


def guard(verb: str, headers: Headers, access: Access) -> None:
    """Let a request in, or raise 403 (Host, Origin) or 401 (token).

    The Host header comes first: a page whose name was rebound to this address must not even try tokens.
    """
    host = headers.get("Host", "").strip().lower()
    _check_host(host, access)
    if access.token is not None:
        _check_token(headers, access.token)
    origin = headers.get("Origin")
    if origin is not None and verb not in _READING and origin.strip().lower().partition("://")[2] != host:
        raise AdminProblem(
            403, "foreign origin", f"pages of {origin[:80]!r} may not change anything here; only {host} may"
        )


def _check_host(host: str, access: Access) -> None:
    found = _HOST.fullmatch(host)
    name = found[1].removeprefix("[").removesuffix("]") if found else ""
    if name not in access.hosts:
        listed = ", ".join(sorted(access.hosts))
        raise AdminProblem(
            403, "unknown host", f"the Host {host[:80]!r} is none of {listed}; --admin-hosts adds names"
        )


def _check_token(headers: Headers, token: str) -> None:
    if holds_token({name.lower(): value for name, value in headers}, token):
        return
    raise AdminProblem(
        401,
        "token needed",
        "send Authorization: Bearer <token>, or X-Mock-Admin-Token: <token>; "
        "it was given by --admin-token or stands in the server's banner",
        headers=(("WWW-Authenticate", 'Bearer realm="jodo-mock admin"'),),
    )
