"""Ignored failures: a command that was refused is sent again unchanged, as if HTTP 200 meant success.

Fires when a command was refused for its own bytes (a field that is absent, blank or invalid by the
document, or JSON that cannot be read) and the same command, its reqdatetime aside, comes again within 10
real seconds and is refused with the same status. Refusals that may pass by themselves never count: those
of the keys and of the state, errors while processing, and whatever a scenario or a magic value asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.validation import KEYWORDS
from mockserver.coverage.conduct.memory import Mark, identity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.coverage.conduct.memory import Memory
    from mockserver.model import Exchange

NAME: Final = "ignored-failure"
WITHIN: Final = 10.0
"""Real seconds in which the same command again is taken for a blind repetition."""

_UNREADABLE: Final = "malformed"
_TIME: Final = "requested_at"


def find(exchange: Exchange, memory: Memory) -> Sequence[Mark]:
    """Return a finding when the command was refused for the same a moment ago."""
    violation = exchange.violation
    if violation is None or exchange.forced or exchange.late is not None:
        return ()
    if violation.keyword not in KEYWORDS and violation.keyword != _UNREADABLE:
        return ()
    key = (exchange.status, _same(exchange))
    before = memory.swap(NAME, key, (exchange.received, 0))
    if before is None or not 0 <= exchange.received - before[0] <= WITHIN:
        return ()
    reason = f"refused with {exchange.status}, and sent again unchanged"
    return (Mark(NAME, violation.ledger, exchange.method, reason),)


def _same(exchange: Exchange) -> Any:
    """Return what makes a refused command the same: all it says but the time of the request."""
    if not exchange.command or exchange.spec is None:
        return hash((exchange.inbound.query, exchange.inbound.body))
    when = exchange.spec.head.roles.get(_TIME, ())
    names = sorted(name for name in exchange.command if name not in when)
    return (*names, identity(exchange, names)) if len(names) <= len(exchange.spec.head.properties) else None
