"""addEditUser: add a user to the tenant, or change one (USR-19 … USR-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.simulation.agents import status_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.methods.call import Call

OUTCOME: Final = frozenset({"user_id"})
"""The members of what :func:`handle` returns."""


def handle(call: Call) -> Mapping[str, Any]:
    """Add the user of a login that is free, or change the one who has it; return his id (USR-22, USR-23)."""
    head = call.head
    found = call.user(head.get("login"))
    changes = {
        "username": head.get("username"),
        "usertype": head.get("usertype"),
        "media": [name for medium in head.get("media") for name in medium.values()],
    }
    changes |= {role: head.get(role) for role in ("image", "password") if head.get(role) is not None}
    kept = {name: head.values[name] for name in head.spec.roles["kept"] if name in head.values}
    if found is None:
        return {"user_id": _add(call, {**changes, "fields": kept})}
    call.store.update("users", found[0], {**changes, "fields": {**(found[1]["fields"] or {}), **kept}})
    return {"user_id": found[1]["userid"]}


def _add(call: Call, columns: Mapping[str, Any]) -> int:
    """Add the user, logged out and with a client login, under the tenant's next id (AM-44, AM-45)."""
    login, number = call.head.text("login"), call.take("userid")
    row = {
        "tenant": call.apikey,
        "userid": number,
        "login": login,
        "login_key": login.casefold(),
        "status": status_with(call.statuses(), "logged_out"),
        "since": call.moment,
        "client_login": True,
        **columns,
    }
    call.store.insert("users", row)
    return number
