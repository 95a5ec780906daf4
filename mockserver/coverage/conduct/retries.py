"""Unsafe retries: a command that makes something new is sent again before anybody looked what became of it.

Fires when a command of a method whose document says ``retry: unsafe`` is the same as one before (by the
fields of ``identity``, with the same keys) that was carried out not more than 10 real seconds ago, or whose
reply was harmed or lost not more than 60 seconds ago, and the same API key has asked nothing in between
by a method whose document says ``looks``. A command that was refused made nothing: sending it again is safe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mockserver.coverage.conduct.memory import Mark, identity
from mockserver.faults.base import Wait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.coverage.conduct.memory import Memory
    from mockserver.model import Exchange

NAME: Final = "unsafe-retry"
AFTER_SUCCESS: Final = 10.0
"""Real seconds in which the same command again is taken for a retry of one that was answered."""
AFTER_LOSS: Final = 60.0
"""The same for one whose reply did not arrive as it should: clients wait longer before they give up."""

_ANSWERED, _HARMED = 0, 1


def find(exchange: Exchange, memory: Memory) -> Sequence[Mark]:
    """Return a finding when the command repeats one that may have taken effect."""
    spec = exchange.spec
    if spec is None or not spec.conduct:
        return ()
    if spec.conduct.get("looks"):
        memory.look(exchange.apikey, exchange.received)
    if not spec.unsafe or not exchange.command:
        return ()
    key = identity(exchange, spec.identity)
    harmed = _HARMED if exchange.faults and _harmed(exchange) else _ANSWERED
    if harmed or exchange.violation is None:
        before = memory.swap(NAME, key, (exchange.received, harmed))
    else:
        before = memory.get(NAME, key)
    if before is None or memory.looked.get(exchange.apikey, 0.0) >= before[0]:
        return ()
    if not 0 <= exchange.received - before[0] <= (AFTER_LOSS if before[1] else AFTER_SUCCESS):
        return ()
    after = "a reply that was harmed or lost" if before[1] else "a success"
    return (Mark(NAME, "", exchange.method, f"the same command again after {after}, without a look"),)


def _harmed(exchange: Exchange) -> bool:
    return any(not isinstance(fault, Wait) for fault in exchange.faults)
