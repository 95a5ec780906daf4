"""The report as text, for terminals and logs."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from mockserver.coverage.report import UNTOUCHED, described

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_HEADS: Final = ("method", "edition", "rows", "touched", "by force only", "fields", "statuses", "percent")
_LISTED: Final = 3
"""Untouched rows that are named of each method; all of them stand in the other forms."""


def text(document: Mapping[str, Any]) -> str:
    """Return the report as lines: a table of the methods, what to test next, what the client should mend."""
    return "\n".join((*_table(document), "", *_totals(document), *_next(document), *_findings(document), ""))


def _table(document: Mapping[str, Any]) -> Iterator[str]:
    rows = [_HEADS, *(_cells(each) for each in document["methods"])]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        left = [cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True)]
        right = [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
        yield "  ".join((*left, *right)).rstrip()


def _cells(each: Mapping[str, Any]) -> tuple[str, ...]:
    parts = [
        f"{each[f'{kind}_rows']['touched']}/{each[f'{kind}_rows']['rows']}" for kind in ("field", "status")
    ]
    figures = (each["rows"], each["touched"], each["forced_only"], *parts)
    return (each["method"], each["edition"], *map(str, figures), f"{each['percent']:.1f} %")


def _totals(document: Mapping[str, Any]) -> Iterator[str]:
    totals, natural = document["totals"], document["totals"]["natural"]
    yield (
        f"{totals['touched']} of {totals['rows']} rows touched ({totals['percent']:.1f} %)"
        f" by {counted(document['requests'], 'request')}; {totals['forced_only']} of them by force only"
    )
    yield (
        f"naturally: {natural['touched']} of the {natural['rows']} rows that a command can touch by itself"
        f" ({natural['percent']:.1f} %)"
    )


def _next(document: Mapping[str, Any]) -> Iterator[str]:
    untouched = [row for row in document["rows"] if row["state"] == UNTOUCHED]
    if not untouched:
        return
    yield ""
    yield "not touched yet (--format json and html have a command for each):"
    whole = {(each["method"], each["edition"]): each["rows"] for each in document["methods"]}
    for method, group in groupby(untouched, key=lambda row: (row["method"], row["edition"])):
        rows = list(group)
        if len(rows) == whole[method]:
            yield f"  {' '.join(method)}: all of it"
            continue
        yield f"  {' '.join(method)}"
        yield from (f"    {described(row)} ({', '.join(row['ledger']) or '-'})" for row in rows[:_LISTED])
        if len(rows) > _LISTED:
            yield f"    and {len(rows) - _LISTED} more"


def _findings(document: Mapping[str, Any]) -> Iterator[str]:
    findings: Sequence[Mapping[str, Any]] = document["findings"]
    if not findings:
        return
    yield ""
    yield "the client's conduct:"
    for found in findings:
        where = " ".join(each for each in (found["method"], found["ledger"]) if each)
        yield f"  {found['rule']}: {where}: {found['reason'] or 'and others'}, {times(found['count'])}"
        yield f"    {span(found)}. {found['advice']}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def times(number: int) -> str:
    """Return how often."""
    return "once" if number == 1 else f"{number:,} times"


def span(found: Mapping[str, Any]) -> str:
    """Return the first and the last request of a finding or a row."""
    first, last = (f"{each['sandbox']}/{each['id']}" for each in (found["first"], found["last"]))
    return first if first == last else f"{first} to {last}"
