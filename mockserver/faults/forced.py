"""Forced statuses: somebody asks that the next commands be refused with a code (SIM-26)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mockserver.contract.values import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from mockserver.model import Exchange, Level

    CanForce = Callable[[int, Level], bool]
    """``can_force(code, level)``: whether the method that answers has such a failure (AM-14)."""


@dataclass(slots=True)
class ForcedStatus:
    """A queued wish: which commands, which code, how often, until when (on the sandbox's clock)."""

    id: int
    status: int | None
    method: str | None = None
    level: Level = "request"
    times: int = 1
    until: datetime | None = None
    match: Mapping[str, Any] = field(default_factory=dict)
    fault: tuple[str, Mapping[str, Any]] | None = None
    """A fault instead of a status: its name and settings."""
    used: int = 0

    def wants(self, method: str, command: Mapping[str, Any], now: datetime, wrap: str = "") -> bool:
        """Tell whether this wish is about such a command, now.

        ``wrap`` is the field that a whole record stands for, where the method's records are no objects.
        """
        if self.times < 1 or (self.method is not None and self.method != method):
            return False
        return (self.until is None or now < self.until) and _fits(self.match, command, wrap)

    def wants_record(self, command: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
        """Tell whether this wish is about such a record of such a command."""
        return matches(self.match, command, record)


class ForcedStatuses:
    """The queue of forced statuses of a sandbox; the oldest that matches is used."""

    def __init__(self) -> None:
        self._queue: list[ForcedStatus] = []
        self._number = 0

    @classmethod
    def resumed(cls, number: int, queue: Iterable[ForcedStatus]) -> ForcedStatuses:
        """Return a queue of these wishes after that many in all, as another queue told them."""
        made = cls()
        made._queue = list(queue)
        made._number = number
        return made

    @property
    def number(self) -> int:
        """How many wishes there were so far; ids are not given again."""
        return self._number

    def __len__(self) -> int:
        return len(self._queue)

    def __iter__(self) -> Any:
        return iter(list(self._queue))

    def waiting(self, now: datetime) -> list[ForcedStatus]:
        """Return the wishes that may still be used, oldest first; the clock may be set back before one's end."""
        return [wish for wish in self._queue if wish.until is None or now < wish.until]

    def add(
        self,
        status: int | None,
        *,
        method: str | None = None,
        level: Level = "request",
        times: int = 1,
        until: datetime | None = None,
        match: Mapping[str, Any] | None = None,
        fault: tuple[str, Mapping[str, Any]] | None = None,
    ) -> ForcedStatus:
        """Queue a wish and return it."""
        self._number += 1
        wish = ForcedStatus(self._number, status, method, level, times, until, match or {}, fault)
        self._queue.append(wish)
        return wish

    def take(
        self, method: str, command: Mapping[str, Any], now: datetime, can_force: CanForce, wrap: str = ""
    ) -> ForcedStatus | None:
        """Return the first wish about such a command and count it down; None when there is none.

        A wish for a code that the method cannot fail with in this edition waits for another command.
        """
        for wish in self._queue:
            code = wish.status
            if code is not None and wish.wants(method, command, now, wrap) and can_force(code, wish.level):
                self._use(wish)
                return wish
        return None

    def take_faults(self, exchange: Exchange, *, early: bool) -> list[tuple[ForcedStatus, int]]:
        """Return the faults queued for such a request, each with how often it was used, and count them down.

        ``early`` are those that ask nothing of the command, so that they hit what cannot be read as well.
        """
        found = []
        for wish in list(self._queue):
            asks_nothing = wish.method is None and not wish.match
            wanted = wish.fault is not None and asks_nothing == early
            wrap = exchange.spec.wrap if exchange.spec else ""
            if wanted and wish.wants(exchange.method, exchange.command, exchange.now, wrap):
                self._use(wish)
                found.append((wish, wish.used))
        return found

    def _use(self, wish: ForcedStatus) -> None:
        wish.used += 1
        wish.times -= 1
        if wish.times < 1:
            self._queue.remove(wish)

    def give_back(self, wish: ForcedStatus) -> None:
        """Count a wish up again that changed nothing after all."""
        wish.times += 1
        if wish not in self._queue:
            self._queue.insert(0, wish)

    def copy(self) -> ForcedStatuses:
        """Return a queue of its own with what is left of each wish."""
        return ForcedStatuses.resumed(self._number, map(replace, self._queue))

    def clear(self) -> None:
        """Forget all wishes."""
        self._queue.clear()
        self._number = 0


def _fits(match: Mapping[str, Any], command: Mapping[str, Any], wrap: str) -> bool:
    """Tell whether each field has the wanted value, in the command alone or together with any one of its records."""
    if not match or matches(match, command):
        return True
    records = (record for value in command.values() if isinstance(value, list) for record in value)
    objects = ({wrap: record} if wrap else record for record in records)
    return any(matches(match, command, record) for record in objects if isinstance(record, dict))
