"""Admin routes that move the floor by hand: what agents are doing (SIM-12)."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.documents import known, shown
from mockserver.errors import Problem
from mockserver.simulation.agents import check_move, label, legal_moves, name_of, status_called
from mockserver.simulation.control import set_agent
from mockserver.web.admin_http import AdminProblem, encode_rows, unfit
from mockserver.web.admin_tenants import apikeys, in_order, likely_tenants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.sandbox import Sandbox
    from mockserver.store.interface import Row, Store
    from mockserver.web.admin_http import Ask

    Entries = Mapping[str, Mapping[str, Any]]

_NAMED: Final = 10
"""Logins that the answer about an unknown one names."""


def users(ask: Ask) -> bytes:
    """Return every user with what it is doing and what may follow by itself, oldest first."""
    entries = _entries(ask)
    with ask.sandbox.lock:
        store = ask.sandbox.store.fork()
    apikey = ask.filters.text("apikey")
    if apikey is None:
        rows = [row for _, row in store.rows("users")]
    else:
        if not store.exists("tenants", apikey=apikey):
            raise ask.filters.bad("apikey", known(apikeys(store), apikey))
        rows = [row for _, row in store.find("users", tenant=apikey)]
    listed = encode_rows(
        {
            **_shown(entries, row),
            "moves": [
                {"status": status, "name": name_of(entries, status), "label": label(entries, status)}
                for status in legal_moves(entries, row["status"])
            ],
        }
        for row in rows
    )
    return b'{"total":%d,"users":%b}' % (len(rows), listed)


def set_user_status(ask: Ask) -> dict[str, Any]:
    """Set what an agent is doing; with ``strict`` only what may follow by itself (SIM-12).

    The time is the sandbox's. As long as the client has not shown which keys it uses, the agents of that
    login of all tenants that may be meant are set, and the first is shown. A status, tenant or login that
    does not exist, a login of several tenants, and with ``strict`` an illegal move are refused and change nothing.
    """
    sandbox, entries = ask.sandbox, _entries(ask)
    with sandbox.act() as floor:
        status = _checked(ask, entries)
        tenants = [ask.body["apikey"]] if "apikey" in ask.body else in_order(sandbox)
        found = _users(sandbox, ask.name, tenants)
        if found:
            if ask.body.get("strict"):
                for _, row in found:
                    check_move(entries, row["status"], status)
            rows = [set_agent(floor, each, status)[1] for each in found]
            return _shown(entries, rows[0])
        store = sandbox.store.fork()
    raise _no_user(store, ask.name, tenants)


def _entries(ask: Ask) -> Entries:
    entries: Entries = ask.service.catalogue.references["user_status"]["entries"]
    return entries


def _shown(entries: Entries, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "login": row["login"],
        "apikey": row["tenant"],
        "status": row["status"],
        "name": name_of(entries, row["status"]),
        "label": label(entries, row["status"]),
        "since": row["since"],
    }


def _checked(ask: Ask, entries: Entries) -> int:
    """Return the wanted status; 422 with all that the body names and the sandbox does not have."""
    given, apikey, store = ask.body["status"], ask.body.get("apikey"), ask.sandbox.store
    errors = []
    status = status_called(entries, given)
    if status is None:
        expected = _expected_status(entries, given)
        errors.append(Problem("", "/status", "there is no such user status", expected, shown(given)))
    if apikey is not None and not store.exists("tenants", apikey=apikey):
        expected = known(apikeys(store), apikey)
        errors.append(Problem("", "/apikey", "the sandbox has no such tenant", expected, shown(apikey)))
    if errors or status is None:
        raise unfit(*errors)
    return status


def _expected_status(entries: Entries, given: object) -> str:
    """Return all statuses, after the one whose name is nearest."""
    listed = ", ".join(label(entries, status) for status in entries)
    names = {entry["name"].casefold(): entry["name"] for entry in entries.values()}
    nearest = difflib.get_close_matches(given.casefold(), names, n=1) if isinstance(given, str) else []
    return f"{names[nearest[0]]}? One of {listed}" if nearest else f"id or name of one of {listed}"


def _users(sandbox: Sandbox, login: str, tenants: Sequence[str]) -> list[tuple[int, Row]]:
    """Return the users of that login (letter case ignored, RAD-05) that are meant; hold the sandbox's lock.

    Where several of the tenants have one it is those of the likely ones. 409 where none of these has one.
    """
    key = login.casefold()
    hits = {apikey: sandbox.store.first("users", tenant=apikey, login_key=key) for apikey in tenants}
    found = {apikey: hit for apikey, hit in hits.items() if hit is not None}
    likely = [found[apikey] for apikey in likely_tenants(sandbox) if apikey in found]
    if likely or len(found) < 2:
        return likely or list(found.values())
    detail = f"several tenants have a user {login[:80]!r}; apikey in the body says which is meant: one of "
    raise AdminProblem(409, "login of several tenants", detail + ", ".join(found))


def _no_user(store: Store, login: str, tenants: Sequence[str]) -> AdminProblem:
    """Return the 404 of a login that none of the tenants has, with those nearest to it."""
    rows = [row for apikey in tenants for _, row in store.find("users", tenant=apikey)]
    logins = {row["login_key"]: row["login"] for row in rows if row["login_key"] and row["login"]}
    nearest = difflib.get_close_matches(login.casefold()[:80], logins, n=_NAMED, cutoff=0.0)
    near = difflib.get_close_matches(login.casefold()[:80], nearest, n=1)
    one = f"{logins[near[0]]}? One of " if near else "one of "
    more = f" and {len(logins) - len(nearest)} more" if len(logins) > len(nearest) else ""
    expected = (
        one + ", ".join(logins[key] for key in nearest) + more if nearest else "none, since it has no users"
    )
    whose = f" of tenant {tenants[0]!r}" if len(tenants) == 1 else ""
    detail = f"there is no user {login[:80]!r}{whose}; expected {expected}"
    return AdminProblem(404, "unknown user", detail)
