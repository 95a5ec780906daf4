"""Journal and near misses as text, for people who read why a test failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WARNINGS: Final = 3
"""Warnings of one exchange that are told."""

_IDS: Final = 10
"""Requests that fit, of which the ids are told."""


def exchange_line(exchange: Mapping[str, Any]) -> str:
    """Return one exchange of the journal in a line: id, method, status, rule, text, harm, warnings."""
    status = exchange["status"]
    parts = [
        exchange["id"],
        exchange["method"] or "(no method)",
        "no status" if status is None else f"status {status}",
        exchange["rule"],
        exchange["description"],
    ]
    if exchange["http_status"] not in (0, 200):
        parts.append(f"HTTP {exchange['http_status']}")
    parts += [f"fault: {harm}" for harm in exchange.get("faults", ())]
    warnings = exchange.get("warnings", ())
    parts += [f"warning: {each['ledger']} {each['pointer']} {each['text']}" for each in warnings[:_WARNINGS]]
    if len(warnings) > _WARNINGS:
        parts.append(f"and {len(warnings) - _WARNINGS} more warnings")
    return "  ".join(" ".join(str(part).split()) for part in parts if part)


def near_miss(miss: Mapping[str, Any]) -> str:
    """Return a near miss as text: which exchange, and in what it differs."""
    if miss.get("text"):
        return str(miss["text"])
    told = [
        f"{each['field']}: expected {each['expected']!r}, got {each['got']!r}" for each in miss["differences"]
    ]
    return f"{miss['id']}: {'; '.join(told)}"


def not_called(wanted: str, found: Mapping[str, Any]) -> str:
    """Return the message of a failed verification: what was wanted, what there was, what came close."""
    ids: Sequence[str] = found.get("ids", ())
    more = f" and {len(ids) - _IDS} more" if len(ids) > _IDS else ""
    which = f": {', '.join(ids[:_IDS])}{more}" if ids else ""
    lines = [f"expected {wanted}; the journal has {found['matched']}{which}"]
    for miss in found["near_misses"]:
        first, *rest = near_miss(miss).splitlines()
        lines += [f"  near miss {first}", *(f"    {line}" for line in rest)]
    return "\n".join(lines)


def times_text(times: int | None) -> str:
    """Return how often something was wanted."""
    return "at least once" if times is None else "once" if times == 1 else f"{times} times"
