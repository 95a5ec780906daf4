"""What was probably meant by a key that the gate refuses: told in the journal, never to the client.

Only keys of the sandbox the request belongs to are named: those of another one are nobody's business here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.documents import nearest
from mockserver.magic import magic_prefix, magic_servicekeys
from mockserver.sandbox import MINTED_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.model import Exchange
    from mockserver.sandbox import Sandbox

_LONGEST: Final = 128
"""Characters of a key that is compared with those there are."""

_LONGEST_CODE: Final = 20
"""Characters after the prefix that are repeated."""

_ALIKE: Final = 0.75
"""How alike two keys must be (1: the same); two minted ones that are not the same never are."""


def hint(rule: str, exchange: Exchange, sandbox: Sandbox, catalogue: Catalogue) -> str:
    """Return what to send instead of a key that step ``rule`` of the gate refused; empty when nobody knows."""
    return _HINTS[rule](exchange, sandbox, catalogue) if rule in _HINTS else ""


def _apikey(exchange: Exchange, sandbox: Sandbox, _: Catalogue) -> str:
    sent = exchange.apikey
    keys = [row["apikey"] for _, row in sandbox.store.rows("tenants")]
    return _near(keys, sent) or _minted(sent, sandbox)


def _servicekey(exchange: Exchange, sandbox: Sandbox, catalogue: Catalogue) -> str:
    sent = exchange.servicekey
    return (
        _forcing(exchange, catalogue)
        or _near(_servicekeys(exchange.tenant, sandbox), sent)
        or _minted(sent, sandbox)
    )


def _forcing(exchange: Exchange, catalogue: Catalogue) -> str:
    """Return what is wrong with a key that looks like one that asks for a status (SIM-23)."""
    prefix = magic_prefix(catalogue)
    magic = magic_servicekeys(exchange.spec, catalogue)
    if magic is None or not prefix or not exchange.servicekey.startswith(prefix):
        return ""
    code = exchange.servicekey.removeprefix(prefix)[:_LONGEST_CODE]
    bare = code.lstrip("0")
    zero = "no leading zero: " if bare and bare != code else ""
    if prefix + bare in magic.values:
        return f"{zero}did you mean {prefix}{bare}?"
    codes = ", ".join(key.removeprefix(prefix) for key in magic.values)
    return f"{zero}{exchange.method} has no failing status {bare or code}; one of {codes}"


def _foreign(exchange: Exchange, sandbox: Sandbox, _: Catalogue) -> str:
    """Return the tenant's own process of the same name, such as the minted copy of a golden one (AM-11)."""
    name = exchange.process["name"]
    own = sandbox.store.first("processes", tenant=exchange.tenant["apikey"], name=name)
    return f"its {name} has the service key {own[1]['servicekey']}" if own is not None else ""


def _servicekeys(tenant: Mapping[str, Any], sandbox: Sandbox) -> list[str]:
    found = sandbox.store.find("processes", tenant=tenant["apikey"])
    return [row[column] for _, row in found for column in ("alias", "servicekey") if row[column]]


def _near(keys: list[str], sent: str) -> str:
    near = nearest(keys, sent, alike=_ALIKE) if 0 < len(sent) <= _LONGEST else ""
    return f"did you mean {near}?" if near else ""


def _minted(sent: str, sandbox: Sandbox) -> str:
    """Return where a key that looks minted does not belong (AM-10, AM-11)."""
    if not sent.startswith(MINTED_PREFIX):
        return ""
    elsewhere = f"another sandbox than {sandbox.key}, which the request went to"
    owner = elsewhere if sandbox.is_minted(sent) else "no sandbox here"
    return f"keys that begin with {MINTED_PREFIX} are minted: this one belongs to {owner}"


_HINTS: Final[Mapping[str, Callable[[Exchange, Sandbox, Catalogue], str]]] = {
    "apikey_known": _apikey,
    "servicekey_known": _servicekey,
    "servicekey_own": _foreign,
}
"""The hints, by the gate's step."""
