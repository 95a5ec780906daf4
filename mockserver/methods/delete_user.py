"""deleteUser: take a user away (DEL-08, DEL-09)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.simulation.control import let_go

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.methods.call import Call

OUTCOME: Final[frozenset[str]] = frozenset()
"""The reply tells nothing of what was done (DEL-05)."""


def handle(call: Call) -> Mapping[str, Any]:
    """Remove the user; his open entries stay his until somebody reallocates them, his call ends (DEL-08)."""
    found = call.user(call.head.get("login"))
    if found is not None:
        call.store.remove("users", found[0])
        let_go(call.floor, found[1]["tenant"], found[1]["login_key"])
    return {}
