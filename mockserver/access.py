"""Who may use the admin API: whether a token is asked for, and which one."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.settings import Settings

_BEARER: Final = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
_TOKEN_BYTES: Final = 24
_EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared, not bound


@dataclass(frozen=True, slots=True)
class Access:
    """What a request to the admin API must bring.

    ``token`` is None when none is asked for; ``minted`` says that the server made it up, so that
    somebody has to be told. ``hosts`` are the names the Host header may hold, in lower case.
    """

    token: str | None
    minted: bool
    hosts: frozenset[str]


def access_of(settings: Settings) -> Access:
    """Return who may use the admin API of a server with these settings.

    Whoever reaches a server off loopback is a stranger: it asks for a token even if none was given.
    """
    hosts = frozenset({*settings.admin_hosts.split(","), settings.host.lower()} - _EVERYWHERE)
    if settings.admin_token is not None or is_loopback(settings.host):
        return Access(settings.admin_token, minted=False, hosts=hosts)
    return Access(secrets.token_urlsafe(_TOKEN_BYTES), minted=True, hosts=hosts)


def holds_token(headers: Mapping[str, str], token: str) -> bool:
    """Tell whether a request brings the token, in either of its headers; their names are in lower case."""
    bearer = _BEARER.fullmatch(headers.get("authorization", ""))
    sent = (bearer[1] if bearer else "", headers.get("x-mock-admin-token", "").strip())
    return any(compare_digest(each.encode("utf-8", "replace"), token.encode()) for each in sent)


def is_loopback(host: str) -> bool:
    """Tell whether a host to listen on can only be reached from this machine."""
    return host.startswith("127.") or host.lower() in ("::1", "localhost")
