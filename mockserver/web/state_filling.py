"""A state on its way into a sandbox: what somebody who wrote it by hand may leave out, and whose keys it has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from mockserver.world import MINTED_PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Rows = Sequence[Mapping[str, Any]]

ID: Final = "#"

_MINTED: Final = re.compile(rf"{MINTED_PREFIX}[a-z0-9]{{24}}")


def adopted(state: Mapping[str, Any], minted: Mapping[str, Any]) -> dict[str, Any]:
    """Return a state with the keys that were minted for a sandbox in place of another sandbox's (AM-11).

    ``minted`` are those of the sandbox that is to have it. A state is left alone that has them already, has no minted
    tenant, or more than one.
    """
    tables: Mapping[str, Rows] = state["tables"]
    strange = [row["apikey"] for row in tables.get("tenants", ()) if _MINTED.fullmatch(row["apikey"])]
    if not minted or len(strange) != 1 or strange == [minted["apikey"]]:
        return dict(state)
    before, apikey, words = strange[0], minted["apikey"], minted["servicekeys"]

    def its_own(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        if table == "tenants" and row["apikey"] == before:
            return {**row, "apikey": apikey}
        if row.get("tenant") != before:
            return dict(row)
        if table == "processes" and row.get("name") in words:
            return {**row, "tenant": apikey, "servicekey": words[row["name"]]}
        return {**row, "tenant": apikey}

    counters = {
        apikey + name.removeprefix(before) if name.startswith(f"{before}/") else name: value
        for name, value in state.get("counters", {}).items()
    }
    renamed = {name: [its_own(name, row) for row in rows] for name, rows in tables.items()}
    return {**state, "tables": renamed, "counters": counters}


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
