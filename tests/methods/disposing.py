"""Dispositions as tests send them: the printed one with changes, of an agent who is put into Wrapup first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.simulation.agents import set_status
from tests.methods.helpers import printed, rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.api import Answer, Api

DINESH: Final = "dinesh.s@avhan.com"
CALL: Final = "140912183554281005"
"""The seeded call of Dinesh, in another process and long over."""

CALLBACK: Final = {"dispomasterid": 1, "disporeasonid": 2}
"""The seeded pair that asks for a callback."""

WRAPUP: Final = 7


def put(api: Api, login: str = DINESH, status: int = WRAPUP) -> None:
    """Put an agent into a status, as the admin route does."""
    store = api.sandbox.store
    found = store.first("users", tenant="test_org", login_key=login.casefold())
    assert found is not None
    with store.unit():
        set_status(store, found, status, api.sandbox.clock.text())


def dispose(api: Api, quirks: Mapping[str, Any] | None = None, /, **changes: Any) -> Answer:
    """Send the printed disposition with changes, Dinesh being in Wrapup."""
    put(api)
    return api.post(printed("GV-15", **changes), **(quirks or {}))


def user(api: Api, login: str = DINESH) -> dict[str, Any]:
    """Return the row of a user of test_org."""
    (found,) = rows(api, "users", tenant="test_org", login=login)
    return found


def entry(api: Api, calllistid: int) -> dict[str, Any]:
    """Return a call-list entry of test_org."""
    (found,) = rows(api, "calls", tenant="test_org", calllistid=calllistid)
    return found


def add(api: Api, table: str, **row: Any) -> None:
    """Add a row of test_org."""
    store = api.sandbox.store
    with store.unit():
        store.insert(table, {"tenant": "test_org", **row})


def add_entry(api: Api, calllistid: int, status: str, login: str | None = None, **columns: Any) -> None:
    """Add a call-list entry of the number that is printed, or of another."""
    row = {"process": "VoiceProcess", "contact": "9874561320", "login": login, "status": status, **columns}
    add(api, "calls", calllistid=calllistid, **row)
