"""The gate in front of every method: keys, tenant, process (AUTH-01 … AUTH-14).

One small function per step; order and statuses stand in ``schemas/common.json`` and in the method's
document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mockserver.contract.values import parse_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime


class Keys(NamedTuple):
    """What the keys of a command lead to (empty: nothing); ``forced``: the service key is a magic one (SIM-23)."""

    tenant: Mapping[str, Any]
    process: Mapping[str, Any]
    now: datetime
    forced: bool = False


def apikey_known(keys: Keys) -> bool:
    """The API key is one of a tenant (AUTH-01, AUTH-14)."""
    return bool(keys.tenant)


def apikey_current(keys: Keys) -> bool:
    """The API key has not expired on the sandbox's clock (AUTH-04, AM-50)."""
    expires = keys.tenant["expires"]
    if expires is None:
        return True
    moment = parse_moment(expires)
    return moment is None or keys.now < moment


def servicekey_known(keys: Keys) -> bool:
    """The service key is one of a process of any tenant (AUTH-02, AUTH-14)."""
    return keys.forced or bool(keys.process)


def servicekey_own(keys: Keys) -> bool:
    """The process belongs to the tenant (AUTH-03)."""
    return keys.forced or bool(keys.process["tenant"] == keys.tenant["apikey"])


def servicekey_mapped(keys: Keys) -> bool:
    """The mapping of the key pair was not revoked (AUTH-05)."""
    return keys.forced or bool(keys.process["mapped"])


def database_present(keys: Keys) -> bool:
    """The tenant has a database (AUTH-06)."""
    return bool(keys.tenant["database"])


def process_enabled(keys: Keys) -> bool:
    """The process is not disabled (AUTH-07)."""
    return keys.forced or bool(keys.process["enabled"])


GATE: Final[Mapping[str, Callable[[Keys], bool]]] = {
    step.__name__: step
    for step in (
        apikey_known,
        apikey_current,
        servicekey_known,
        servicekey_own,
        servicekey_mapped,
        database_present,
        process_enabled,
    )
}
"""Every step of the gate by its name in the documents."""
