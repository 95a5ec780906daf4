"""The screen-pop: what Call Guide shows an agent when a call comes in (SIM-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.store.interface import Store


def screen_pop(store: Store, process: Mapping[str, Any], number: str) -> dict[str, Any] | None:
    """Return the newest stored record of a number in a process with all its fields, or None when there is none.

    ``process`` is its row. Of records stored at the same moment the one with the higher code is the newer.
    """
    found = store.find("customers", tenant=process["tenant"], process=process["name"], contact1=number)
    if not found:
        return None
    _, row = max(found, key=lambda each: (each[1]["storedatetime"] or "", each[1]["customercode"] or 0))
    return {
        "customercode": row["customercode"],
        "contact": row["contact1"],
        "crm": row["crm"],
        "fields": dict(row["fields"] or {}),
        "storedatetime": row["storedatetime"],
    }


def popped(row: Mapping[str, Any], shown: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the body of a pop that is sent out: the call with the agent it rings at, and what he is shown."""
    call = {
        name: row[name] for name in ("calllistid", "process", "contact", "systemcallid", "status", "agent")
    }
    return {"call": {"apikey": row["tenant"], **call}, "screen_pop": shown}
