"""getActiveUserList: all users of the tenant (AM-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.methods.call import Call

OUTCOME: Final = frozenset(
    {"users", "users/username", "users/user_id", "users/image", "users/group", "users/current"}
)
"""The members of what :func:`handle` returns."""


def handle(call: Call) -> Mapping[str, Any]:
    """Return the users in order of their ids, those of a loaded state without one at the end; nothing is changed."""
    rows = [row for _, row in call.store.find("users", tenant=call.apikey)]
    return {"users": [_shown(row) for row in sorted(rows, key=_place)]}


def _place(row: Mapping[str, Any]) -> tuple[bool, int]:
    return row["userid"] is None, row["userid"] or 0


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "username": row["username"] or "",
        "user_id": "" if row["userid"] is None else str(row["userid"]),
        "image": row["image"] or "",
        "group": "",
        "current": row["status"] or 0,
    }
