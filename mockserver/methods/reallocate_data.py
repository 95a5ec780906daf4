"""reallocatedata: give the open entries of a contact to another user (RAD-11, RAD-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.methods.entries import waiting
from mockserver.methods.rules import open_entries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.methods.call import Call

OUTCOME: Final[frozenset[str]] = frozenset()
"""The reply tells nothing of what was done (RAD-09)."""


def handle(call: Call) -> Mapping[str, Any]:
    """Assign the entries to the login; a time that was sent becomes their new one, unless it selects them (RAD-12)."""
    due = call.head.get("due")
    user = call.user(call.head.get("login"))
    changes: dict[str, Any] = {"login": None if user is None else user[1]["login"]}
    if due is not None and call.quirks["rad_calldatetime"] == "reschedule":
        changes |= {"due": due, "status": waiting(call, due)}
    for found in open_entries(call):
        _, row = call.floor.calls.change(found, changes)
        # Who dialled it last is not who has it now.
        moved = {"login": row["login"], "before": found[1]["login"], "due": row["due"]}
        call.floor.tell_call("call.reallocated", row, **moved)
    return {}
