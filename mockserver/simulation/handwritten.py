"""Entries of the call list that somebody wrote by hand into a state: completed, so that they go on as a push's do.

A row by hand has the columns of AM-70 and leaves out those that the floor keeps for itself. A row of a
dump has all of them. So the sample data's own entries, in whose rows they are empty, stay where they
are when a dump is loaded again (AM-09).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.simulation.callids import next_systemcallid
from mockserver.simulation.calllist import DIALLING, QUEUED, SCHEDULED, SPEECH, TALKING, WRAPUP, CallList

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from mockserver.simulation.book import Book
    from mockserver.simulation.calllist import Found
    from mockserver.store.interface import Row, Store

WAITING: Final = frozenset({SCHEDULED, QUEUED, SPEECH})
"""Where an entry stands that is still to be dialled."""


def by_hand(row: Mapping[str, Any]) -> bool:
    """Tell whether a row of a state that is to be loaded was written by hand."""
    return "queue" not in row and "place" not in row


def complete(store: Store, book: Book, now: datetime, entries: Iterable[int]) -> None:
    """Fill in what rows written by hand leave out, given their ids; what they say stays."""
    calls = CallList(store, book)
    for row_id in entries:
        row = store.get("calls", row_id)
        if row is None:
            continue
        number = int(row["calllistid"])
        known = _of_a_push(store, book, now, row) if row["status"] in WAITING else {}
        known |= _of_its_agent(calls, store, book, now, row)
        missing = {column: value for column, value in known.items() if row[column] is None}
        calls.take_up((row_id, row), {**missing, "calllistid": number}, now)
        counter = f"{row['tenant']}/calllistid"
        if store.counter(counter) <= number:
            store.set_counter(counter, number + 1)


def _of_a_push(store: Store, book: Book, now: datetime, row: Row) -> dict[str, Any]:
    """Return what an entry has that was pushed now (IPD106-79)."""
    moment = now.isoformat(" ", "seconds")
    owner = {"tenant": row["tenant"], "process": row["process"]}
    customer = store.first("customers", **owner, contact1=row["contact"])
    return {
        "calltype": book.fresh,
        "due": moment,
        "media": book.voice_out,
        "customercode": None if customer is None else customer[1]["customercode"],
        "storedatetime": moment,
        "liststatus": book.waiting if row["status"] == SPEECH else None,
    }


def _of_its_agent(calls: CallList, store: Store, book: Book, now: datetime, row: Row) -> dict[str, Any]:
    """Return what an entry has that occupies its agent; nothing where he does something else."""
    user = _agent(store, row)
    fitting = {
        DIALLING: (book.dialling,),
        TALKING: (book.talking, book.on_hold, book.transferring),
        WRAPUP: (book.wrapup,),
    }.get(row["status"], ())
    if user is None or user[1]["status"] not in fitting:
        return {}
    if calls.handled_by(row["tenant"], user[1]["login_key"]) is not None:
        return {}
    return {
        "agent": user[1]["login"],
        "handling": user[1]["login_key"],
        "systemcallid": row["systemcallid"] or next_systemcallid(store, now, row["tenant"]),
        "answered": now.isoformat(" ", "seconds") if row["status"] == TALKING else None,
    }


def _agent(store: Store, row: Row) -> Found | None:
    login = row["agent"] or row["login"]
    if login is None:
        return None
    return store.first("users", tenant=row["tenant"], login_key=login.casefold())
