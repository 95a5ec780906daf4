"""Magic values: keys and logins that ask for a status (SIM-23, SIM-24, AM-14)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mockserver.contract.fields import value_sent

if TYPE_CHECKING:
    from mockserver.contract.catalogue import Catalogue
    from mockserver.model import Exchange


def magic(exchange: Exchange, catalogue: Catalogue) -> tuple[int, str] | None:
    """Return the code that a magic value of the command asks for and the rule that says so, or None."""
    code = None if exchange.process else magic_key(exchange, catalogue)
    if code is not None:
        return code, catalogue.common["forced"]["ledger"]
    head = exchange.spec.head
    fold = bool(head.forced) and exchange.regime.quirks["case_insensitive_keys"] == "on"
    for name, pattern in head.forced.items():
        value = value_sent(exchange.command, name, fold=fold)
        found = pattern.fullmatch(value.strip()) if isinstance(value, str) else None
        if found is not None and exchange.spec.can_force(int(found[1])):
            return int(found[1]), head.properties[name]["x-force"]["ledger"]
    return None


def magic_key(exchange: Exchange, catalogue: Catalogue) -> int | None:
    """Return the code a magic service key asks for, if the method has a service key and can answer the code."""
    if "servicekey" not in catalogue.methods[exchange.method]["keys"]:
        return None
    found = re.fullmatch(catalogue.common["forced"]["servicekey"], exchange.servicekey)
    if found is None or not exchange.spec.can_force(int(found[1])):
        return None
    return int(found[1])
