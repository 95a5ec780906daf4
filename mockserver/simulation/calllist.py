"""The call list: entries on their way from the push to their end, and the queues the dialler takes them from (AM-70).

``queue`` and ``place`` follow from the other columns and are set whenever those change: they are what
makes the next call to dial one look-up, however long the list is.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.values import parse_moment
from mockserver.simulation.timers import set_timer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mockserver.simulation.book import Book
    from mockserver.store.interface import Store

    Found = tuple[int, Mapping[str, Any]]
    """Row id and row of an entry."""

SCHEDULED: Final = "scheduled"
QUEUED: Final = "queued"
DIALLING: Final = "dialling"
TALKING: Final = "talking"
WRAPUP: Final = "wrapup"
DONE: Final = "done"
STORED: Final = "stored"
SPEECH: Final = "speech"

STATUSES: Final = (SCHEDULED, QUEUED, DIALLING, TALKING, WRAPUP, DONE, STORED, SPEECH)
"""Where an entry may stand."""

ENGAGED: Final = frozenset({DIALLING, TALKING, WRAPUP})
"""Where an entry stands that occupies an agent."""

FALLS_DUE: Final = "due"
"""Kind of the timer of an entry that is scheduled."""

INCOMING: Final = "incoming"
PREVIEW: Final = "preview"
DIAL: Final = "dial"

_NOWHERE: Final[Mapping[str, None]] = MappingProxyType({"queue": None, "place": None})
_DERIVING: Final = frozenset({"status", "calltype", "login", "due"})


class CallList:
    """The entries of one store."""

    def __init__(self, store: Store, book: Book) -> None:
        self._store = store
        self._book = book

    def add(self, row: Mapping[str, Any]) -> int:
        """Put an entry on the list and return its row id; one that is scheduled falls due by itself (SIM-07)."""
        entry = self._store.insert("calls", {**row, **self._derived(row)})
        self._set_due(row)
        return entry

    def change(self, found: Found, changes: Mapping[str, Any]) -> Found:
        """Change columns of an entry, and what follows from them; return it as it is then."""
        row_id, row = found
        after = {**row, **changes}
        changes = dict(changes)
        if not _DERIVING.isdisjoint(changes):
            changes |= self._derived(after)
            if after["status"] not in ENGAGED:
                changes["handling"] = None
        self._store.update("calls", row_id, changes)
        if after["status"] == SCHEDULED and ("due" in changes or "status" in changes):
            self._set_due(after)
        return row_id, {**after, **changes}

    def take_up(self, found: Found, changes: Mapping[str, Any], now: datetime) -> None:
        """Change columns of an entry that was loaded, and let it wait in its queue, or fall due now or later."""
        row_id, row = found
        after = {**row, **changes}
        self._store.update("calls", row_id, {**changes, **self._derived(after)})
        if after["status"] == SCHEDULED:
            due = parse_moment(after["due"]) or now
            set_timer(
                self._store, max(due, now), FALLS_DUE, tenant=row["tenant"], subject=after["calllistid"]
            )

    def get(self, tenant: str, calllistid: int) -> Found | None:
        """Return the entry of that call-list id, or None."""
        return self._store.first("calls", tenant=tenant, calllistid=calllistid)

    def handled_by(self, tenant: str, login_key: str) -> Found | None:
        """Return the entry that occupies an agent, or None."""
        found = self._store.between("calls", "handling", login_key, login_key, tenant=tenant)
        return found[0] if found else None

    def first_for(self, tenant: str, login_key: str, kind: str) -> Found | None:
        """Return the entry an agent is to be given next: his own or anybody's, urgent before others (SIM-08, SIM-09).

        ``kind`` is one of :data:`INCOMING`, :data:`PREVIEW` and :data:`DIAL`.
        """
        found = [
            each
            for owner in (login_key, "")
            if (each := self._store.lowest("calls", "place", tenant=tenant, queue=f"{kind}/{owner}"))
        ]
        return min(found, key=lambda each: each[1]["place"], default=None)

    def kind(self, row: Mapping[str, Any]) -> str:
        """Return what kind of queue an entry belongs to; only calls that came in have no call type."""
        calltype = row["calltype"]
        if calltype is None:
            return INCOMING
        return PREVIEW if calltype in self._book.previewed else DIAL

    def _derived(self, row: Mapping[str, Any]) -> Mapping[str, str | None]:
        if row["status"] != QUEUED:
            return _NOWHERE
        login = row["login"]
        rank = 0 if row["calltype"] in self._book.urgent else 1
        return {
            "queue": f"{self.kind(row)}/{'' if login is None else login.casefold()}",
            "place": f"{rank} {row['due'] or ''} {row['calllistid']:012d}",
        }

    def _set_due(self, row: Mapping[str, Any]) -> None:
        if row["status"] == SCHEDULED:
            due = parse_moment(row["due"])
            if due is not None:
                set_timer(self._store, due, FALLS_DUE, tenant=row["tenant"], subject=row["calllistid"])


def waiting(due: datetime | None, now: datetime) -> str:
    """Return where an entry due then begins: ``scheduled``, or ``queued`` when the time has come (SIM-07)."""
    return SCHEDULED if due is not None and due > now else QUEUED
