"""System call ids: the clock to the millisecond and a sequence of three digits (SIM-18, AM-55)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mockserver.store.interface import Store

COUNTER: Final = "systemcallid"
"""The counter behind the latest id; it belongs to the whole sandbox, so that tenants do not share ids either."""

_CLOCK: Final = "systemcallid/clock"
"""The counter behind the moment that the latest id was asked for at, of which it may be ahead (AM-55)."""

_MILLISECOND: Final = timedelta(milliseconds=1)


def next_systemcallid(store: Store, now: datetime, tenant: str) -> str:
    """Return the id of a call that begins now, such as 140912183554281005; no call of the tenant has it.

    When all 999 sequences of a millisecond are used up it is one of the next (AM-55).
    """
    made = _first_of(now)
    if store.counter(_CLOCK) == made:
        # As long as the clock stands, so that a thousand calls of one moment are not looked through each time.
        made = _after(store.counter(COUNTER) - 1)
    else:
        store.set_counter(_CLOCK, made)
    while _taken(store, tenant, f"{made:018d}"):
        made = _after(made)
    store.set_counter(COUNTER, made + 1)
    return f"{made:018d}"


def _taken(store: Store, tenant: str, systemcallid: str) -> bool:
    """Tell whether a clock that was set back has led to an id again."""
    if store.exists("calls", tenant=tenant, systemcallid=systemcallid):
        return True
    return store.exists("recordings", systemcallid=systemcallid)


def _after(number: int) -> int:
    if (number + 1) % 1000:
        return number + 1
    second = datetime.strptime(f"{number // 1_000_000:012d}", "%y%m%d%H%M%S")  # noqa: DTZ007 - the sandbox's time knows no zones
    return _first_of(second + timedelta(milliseconds=number // 1000 % 1000) + _MILLISECOND)


def _first_of(moment: datetime) -> int:
    """Return the id of a millisecond's first call."""
    return int(moment.strftime("%y%m%d%H%M%S")) * 1_000_000 + moment.microsecond // 1000 * 1000 + 1
