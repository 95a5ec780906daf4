"""What a state that somebody wrote by hand may leave out: the ids of rows, and what is looked up by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Rows = Sequence[Mapping[str, Any]]

ID: Final = "#"


def filled(tables: Mapping[str, Rows]) -> dict[str, list[dict[str, Any]]]:
    """Return the tables of a state that fits its schema, rows without an id numbered after the others."""
    return {name: [_findable(name, row) for row in _numbered(rows)] for name, rows in tables.items()}


def _numbered(rows: Rows) -> list[dict[str, Any]]:
    last = max((row[ID] for row in rows if type(row.get(ID)) is int), default=0)
    numbered = []
    for row in rows:
        if ID not in row:
            last += 1
        numbered.append({ID: last, **row})
    return numbered


def _findable(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with the login that a user is looked up by (RAD-05)."""
    if table == "users" and "login_key" not in row and row.get("login") is not None:
        return {**row, "login_key": row["login"].casefold()}
    return row
