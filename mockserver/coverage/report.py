"""The report: what of the contract was touched, as one JSON document that every other form is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.coverage.conduct import ADVICE
from mockserver.journal import request_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mockserver.coverage.book import Book
    from mockserver.coverage.conduct import Mark
    from mockserver.coverage.counting import Count, Seen
    from mockserver.coverage.recording import Record
    from mockserver.coverage.rows import Row
    from mockserver.coverage.trials import Trial

    Document = dict[str, Any]

TOUCHED, FORCED, UNTOUCHED = "touched", "forced", "untouched"
"""States of a row: touched by the client's own doing, by force only, not at all."""


def report(book: Book, record: Record, scope: str, sandboxes: Sequence[str]) -> Document:
    """Return the report about what was seen: totals, methods, rows (the untouched first) and findings.

    ``scope`` is ``sandbox`` or ``all``, ``sandboxes`` are the keys of those that are there.
    """
    rows = [_row(book, row, record.rows.get(row)) for row in book.rows]
    beyond = [_row(book, row, count) for row, count in sorted(record.rows.items()) if row not in book.rows]
    order = {UNTOUCHED: 0, FORCED: 1, TOUCHED: 2}
    return {
        "scope": scope,
        "sandboxes": list(sandboxes),
        "requests": record.exchanges,
        "totals": _totals(rows),
        "methods": [
            {"method": method, "edition": edition, **_totals(of_it)}
            for (method, edition), of_it in _by_method(rows).items()
        ],
        "rows": sorted(rows, key=lambda row: order[row["state"]]),
        "beyond": beyond,
        "findings": [_finding(mark, count) for mark, count in sorted(record.findings.items())],
    }


def percent(part: int, whole: int) -> float:
    """Return a share in percent with one decimal, rounded down: 100 means all."""
    return 1000 * part // whole / 10 if whole else 100.0


def _totals(rows: Sequence[Mapping[str, Any]]) -> Document:
    natural = [row for row in rows if row["command"] is not None]
    touched = sum(row["state"] != UNTOUCHED for row in rows)
    by_itself = sum(row["state"] == TOUCHED for row in rows)
    return {
        "rows": len(rows),
        "touched": touched,
        "percent": percent(touched, len(rows)),
        "forced_only": touched - by_itself,
        "natural": {
            "rows": len(natural),
            "touched": sum(row["state"] == TOUCHED for row in natural),
            "percent": percent(sum(row["state"] == TOUCHED for row in natural), len(natural)),
        },
        **{
            f"{kind}_rows": _share([row for row in rows if row["kind"] == kind])
            for kind in ("field", "status")
        },
    }


def _share(rows: Sequence[Mapping[str, Any]]) -> Document:
    touched = sum(row["state"] != UNTOUCHED for row in rows)
    return {"rows": len(rows), "touched": touched, "percent": percent(touched, len(rows))}


def _by_method(rows: Iterable[Document]) -> dict[tuple[str, str], list[Document]]:
    found: dict[tuple[str, str], list[Document]] = {}
    for row in rows:
        found.setdefault((row["method"], row["edition"]), []).append(row)
    return found


def _row(book: Book, row: Row, count: Count | None) -> Document:
    entry = book.entry(row)
    state = UNTOUCHED if count is None else TOUCHED if count.natural else FORCED
    return {
        "id": row.id,
        "kind": "field" if row.field else "status",
        "method": row.method,
        "edition": row.edition,
        "place": row.place or None,
        "field": row.field or None,
        "condition": row.condition or None,
        "level": row.level or None,
        "status": row.status or None,
        "text": entry.text or None,
        "ledger": list(entry.ledger),
        "state": state,
        "natural": count.natural if count else 0,
        "forced": count.forced if count else 0,
        "first": _seen(count.first) if count else None,
        "last": _seen(count.last) if count else None,
        "command": _command(book.suggestions.get(row)),
        "force": _force(book, row),
    }


def _command(trial: Trial | None) -> Document | None:
    if trial is None:
        return None
    return {"data": trial.data, "headers": dict(trial.headers), "before": list(trial.before)}


def _force(book: Book, row: Row) -> Document | None:
    """Return the body for ``POST …/faults`` that brings a status about by force; None where none can."""
    if row.field or not book.forcible(row):
        return None
    return {"method": row.method, "status": row.status, "level": row.level}


def _finding(mark: Mark, count: Count) -> Document:
    return {
        "rule": mark.rule,
        "ledger": mark.ledger or None,
        "method": mark.method or None,
        "reason": mark.reason or None,
        "count": count.total,
        "first": _seen(count.first),
        "last": _seen(count.last),
        "advice": ADVICE[mark.rule],
    }


def _seen(seen: Seen) -> Document:
    return {"sandbox": seen.sandbox, "id": request_id(seen.number)}


def described(row: Mapping[str, Any]) -> str:
    """Return a row in a few words: a field and its condition, or a level; and the status that answers."""
    if row["kind"] == "status":
        return f"{row['level']} status {row['status']}" + (f" {row['text']}" if row["text"] else "")
    where = "" if row["place"] == "command" else "record's "
    answer = f" → {row['level']} status {row['status']}" if row["status"] else ""
    return f"{where}{row['field']} {row['condition']}{answer}"
