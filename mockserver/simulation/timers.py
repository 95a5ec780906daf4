"""Timers: what is still to happen by itself, as rows of the store, so that they are copied, kept and undone with it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.store.interface import Row, Store


def stamp(moment: datetime) -> str:
    """Return a moment as timers carry it: text to the millisecond, in the order of time."""
    return moment.isoformat(" ", "milliseconds")


def set_timer(
    store: Store,
    at: datetime,
    kind: str,
    *,
    tenant: str | None = None,
    subject: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Let something of that kind happen at a moment; of the same moment the one set first is first.

    ``subject`` is the call-list id of the entry it is about. A timer is never taken back: what it finds
    changed when it fires, it leaves alone.
    """
    row = {"at": stamp(at), "kind": kind, "tenant": tenant, "subject": subject, "data": data}
    store.insert("timers", row)


def next_timer(store: Store, until: str | None = None) -> tuple[int, Row] | None:
    """Return id and row of the timer that fires first, if it does not fire after ``until``."""
    return store.lowest("timers", "at", until)


def moment_of(timer: Row) -> datetime:
    """Return when a timer fires."""
    return datetime.fromisoformat(timer["at"])
