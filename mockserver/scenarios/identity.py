"""The business identity of a command: what makes a retry the same command again.

Which fields count is data, the member ``identity`` of a method's document. A request that cannot be
read, and one of an unknown method, is identified by its bytes.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from mockserver.contract.values import as_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mockserver.model import Exchange


def of_command(exchange: Exchange) -> str:
    """Return what identifies the command: method, process and the fields its document names."""
    if exchange.spec is None or not exchange.command:
        inbound = exchange.inbound
        return hashlib.sha256(b"\n".join((inbound.verb.encode(), inbound.query, inbound.body))).hexdigest()
    process = exchange.process.get("name") or exchange.servicekey
    return "\n".join((exchange.method, process, *_values(exchange.command, exchange.spec.identity)))


def of_record(record: Any, names: Iterable[str]) -> str:
    """Return what identifies one record of a batch."""
    return "\n".join(_values(record, names)) if isinstance(record, dict) else as_text(record)


def _values(fields: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    return [_text(fields[name]) if name in fields else "-" for name in names]


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    return as_text(value)
