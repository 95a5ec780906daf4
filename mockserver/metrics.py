"""Counters of a server's exchanges: plain numbers, cheap to feed; whoever asks makes metrics of them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.model import Exchange
    from mockserver.sandbox import Sandbox

_MICROSECONDS: Final = 1_000
_MILLISECONDS: Final = 1_000_000

BOUNDS: Final = (
    *(each * _MICROSECONDS for each in (50, 100, 200, 500)),
    *(each * _MILLISECONDS for each in (1, 2, 10, 100, 1_000)),
)
"""Upper bounds of the buckets of work, in nanoseconds; one more bucket holds what took longer."""

_SUM: Final = len(BOUNDS) + 1


class Answered(NamedTuple):
    """Which answers are counted together. Nothing a client can make up is part of it, so that they stay few.

    ``method`` is empty for one that does not exist, ``edition`` where none was in force; ``status`` is the
    vendor's code of the whole command, None where only HTTP answered.
    """

    method: str
    edition: str
    status: int | None
    http_status: int


class Work(NamedTuple):
    """How long answers took: how many in each bucket, and the sum in nanoseconds."""

    buckets: tuple[int, ...]
    nanoseconds: int


class Metrics:
    """What one server has done since its start, over all sandboxes; a reset or a drop takes nothing back."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._cells: dict[tuple[str, str, int | None, int], list[int]] = {}
        self.refusals: Counter[tuple[str, int, str]] = Counter()
        """By method, code and ledger id of the rule."""
        self.record_failures: Counter[tuple[str, int]] = Counter()
        """Records that failed by themselves, by method and code."""
        self.warnings: Counter[str] = Counter()
        """By ledger id."""
        self.faults: Counter[str] = Counter()
        """By name of the fault."""
        self.turned_away: Counter[int] = Counter()
        """Requests that reached no sandbox, by HTTP status."""
        self.errors = 0
        """Commands that ended in an error of ours."""

    def watch(self, sandbox: Sandbox, exchange: Exchange) -> None:
        """Count an exchange that was just kept."""
        spent = sandbox.journal.newest().nanoseconds
        spec = exchange.spec
        if spec is None:
            key = ("", "", exchange.status, exchange.reply.http_status)
        else:
            key = (exchange.method, spec.edition, exchange.status, exchange.reply.http_status)
        with self._lock:
            cell = self._cells.get(key)
            if cell is None:
                cell = self._cells[key] = [0] * (_SUM + 1)
            cell[bisect_left(BOUNDS, spent)] += 1
            cell[_SUM] += spent
            # Loops, since Counter.update() costs several microseconds however little it is given.
            for notice in exchange.notices:
                self.warnings[notice.ledger] += 1
            if exchange.violation is not None:
                self.refusals[key[0], exchange.violation.status, exchange.rule] += 1
            else:
                for failure in exchange.failed_records:
                    self.record_failures[key[0], failure.status] += 1
            if exchange.memo is not None:
                for fault in exchange.faults:
                    self.faults[fault.name] += 1
            if exchange.error:
                self.errors += 1

    def turn_away(self, http_status: int) -> None:
        """Count a request to the API that reached no sandbox."""
        with self._lock:
            self.turned_away[http_status] += 1

    def answers(self) -> Mapping[Answered, Work]:
        """Return a copy of the counts of answers and of the time they took."""
        with self._lock:
            return {Answered(*key): Work(tuple(cell[:_SUM]), cell[_SUM]) for key, cell in self._cells.items()}

    def counted(self, counter: Counter[Any]) -> dict[tuple[str, ...], int]:
        """Return a copy of one of the counters, its keys as texts."""
        with self._lock:
            return {
                tuple(map(str, key if isinstance(key, tuple) else (key,))): count
                for key, count in counter.items()
            }
