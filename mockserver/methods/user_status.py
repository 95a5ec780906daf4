"""userStatus: what users are doing now (STAT-06 … STAT-19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.checking import FORCED
from mockserver.contract.values import parse_moment
from mockserver.simulation.agents import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.contract.fields import Record
    from mockserver.methods.call import Call

OUTCOME: Final = frozenset(
    {"records", "records/seconds", "records/current", "records/name", "records/since"}
    | {"records/login", "records/status"}
)
"""The members of what :func:`handle` returns."""


def handle(call: Call) -> Mapping[str, Any]:
    """Return one outcome for each login, in order; nothing is changed (STAT-13, STAT-19)."""
    omit = call.quirks["stat_unknown_login"] == "omit"
    return {
        "records": [_outcome(call, each) for each in call.reading.records if not (omit and _unknown(each))]
    }


def _unknown(record: Record) -> bool:
    return record.failure is not None and record.failure.keyword != FORCED


def _outcome(call: Call, record: Record) -> dict[str, Any]:
    (name,) = record.spec.roles["login"]
    outcome: dict[str, Any] = {"login": record.as_sent(name)}
    found = call.user(record.get("login"))
    if record.failure is not None or found is None:
        status = record.failure.status if record.failure is not None else 0
        return {**outcome, "status": status, "seconds": 0, "current": 0, "name": "", "since": ""}
    row = found[1]
    return {
        **outcome,
        "status": call.reading.spec.record_success,
        "seconds": seconds_since(call, row["since"]),
        "current": row["status"] or 0,
        "name": name_of(call.statuses(), row["status"]),
        "since": row["since"] or "",
    }


def seconds_since(call: Call, moment: str | None) -> int:
    """Return the whole seconds since a moment, never fewer than none (STAT-10, AM-50).

    A loaded state may hold users without a moment: theirs are none either.
    """
    when = parse_moment(moment or "")
    return 0 if when is None else max(0, int((call.now - when).total_seconds()))
