"""Recording: what a sandbox's traffic touched, written at every exchange and read at any time.

Most exchanges are like one before: the same method with the same fields, accepted. So an exchange is
counted under its signature, which decides the rows it touches; the rows themselves are worked out when a
signature is met for the first time, and counts are added up when somebody asks.
"""

from __future__ import annotations

import logging
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from mockserver.coverage.conduct import Conduct
from mockserver.coverage.counting import Count, Seen, merge
from mockserver.coverage.touching import answered, refused, shape_of, touched

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from mockserver.coverage.conduct import Mark
    from mockserver.coverage.rows import Row
    from mockserver.model import Exchange

_log = logging.getLogger(__name__)

_SIGNATURES: Final = 512
"""Signatures a sandbox keeps before it adds their counts up by row."""
_SHAPES: Final = 8
_NAMES: Final = 128
"""More kinds of records, or more fields, are counted by row at once: such a signature would not come again."""
_KNOWN: Final = 2048
_FINDINGS: Final = 200


class Tally:
    """The exchanges of one signature: the rows they touched, how many, the first and the last."""

    __slots__ = ("count", "first", "forced", "last", "rows")

    def __init__(self, rows: frozenset[Row], seen: Seen, *, forced: bool) -> None:
        self.rows = rows
        self.forced = forced
        self.count = 1
        self.first = self.last = (seen.received, seen.number)


class Record:
    """What was seen of a sandbox, or of many: rows and findings with their counts, and how many exchanges."""

    def __init__(self) -> None:
        self.exchanges = 0
        self.rows: dict[Row, Count] = {}
        self.findings: dict[Mark, Count] = {}

    def add(self, other: Record) -> None:
        """Add what another one has."""
        self.exchanges += other.exchanges
        merge(self.rows, other.rows)
        merge(self.findings, other.findings)

    def touch(self, tally: Tally, sandbox: str) -> None:
        """Add the exchanges of a signature to the rows that each of them touched."""
        first, last = ((Seen(received, sandbox, number)) for received, number in (tally.first, tally.last))
        for row in tally.rows:
            # Which fields a client sends is its own doing, whoever decides the answer.
            forced = tally.count if tally.forced and row.status else 0
            merge(self.rows, {row: Count(tally.count, forced, first, last)})


class Archive:
    """What is remembered of sandboxes that were reset or dropped, and the rows of known signatures."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._record = Record()
        self._known: dict[Hashable, frozenset[Row]] = {}

    def keep(self, record: Record) -> None:
        """Remember what a sandbox has seen so far."""
        with self._lock:
            self._record.add(record)

    def record(self) -> Record:
        """Return a copy of what is remembered."""
        found = Record()
        with self._lock:
            found.add(self._record)
        return found

    def rows(self, signature: Hashable, exchange: Exchange) -> frozenset[Row]:
        """Return the rows of a signature that an exchange has."""
        rows = self._known.get(signature)
        if rows is None:
            rows = touched(exchange)
            if len(self._known) >= _KNOWN:
                self._known.clear()
            self._known[signature] = rows
        return rows


class Coverage:
    """The coverage of one sandbox. Hold the sandbox's lock to use it."""

    def __init__(self, sandbox: str, archive: Archive) -> None:
        self._sandbox = sandbox
        self._archive = archive
        self._record = Record()
        self._tallies: dict[Hashable, Tally] = {}
        self._conduct = Conduct()
        self._retired = False

    def note(self, exchange: Exchange) -> None:
        """Record an exchange as it was when it was journalled; never raises."""
        try:
            self._note(exchange)
            marks = self._conduct.marks(exchange)
            if marks:
                self._find(marks, exchange)
        except Exception:  # noqa: BLE001 - the client's answer must not depend on whether it could be counted
            _log.exception("request %s of sandbox %s was not counted", exchange.number, self._sandbox)

    def _note(self, exchange: Exchange) -> None:
        signature = _signature(exchange)
        tally = self._tallies.get(signature) if signature is not None else None
        if tally is None:
            self._first(signature, exchange)
            return
        tally.count += 1
        number = exchange.number
        if number > tally.last[1]:
            tally.last = (exchange.received, number)
        elif number < tally.first[1]:
            tally.first = (exchange.received, number)

    def _find(self, marks: Iterable[Mark], exchange: Exchange) -> None:
        found = self._record.findings
        for mark in marks:
            count = found.get(mark)
            if count is not None and exchange.number > count.last.number:
                count.total += 1
                count.last = Seen(exchange.received, self._sandbox, exchange.number)
                continue
            # A client may be warned in endless words; what is over the limit is one finding.
            kept = mark if count is not None or len(found) < _FINDINGS else mark._replace(reason="")
            seen = Seen(exchange.received, self._sandbox, exchange.number)
            merge(found, {kept: Count(1, 0, seen, seen)})
        if self._retired:
            self._archive.keep(self._record)
            self._record = Record()

    def _first(self, signature: Hashable | None, exchange: Exchange) -> None:
        """Begin a tally; what has no signature worth keeping, or comes after the end, is added up at once."""
        rows = touched(exchange) if signature is None else self._archive.rows(signature, exchange)
        seen = Seen(exchange.received, self._sandbox, exchange.number)
        tally = Tally(rows, seen, forced=_forced(exchange))
        if signature is not None and not self._retired:
            if len(self._tallies) >= _SIGNATURES:
                self._fold()
            self._tallies[signature] = tally
            return
        record = Record()
        record.exchanges = 1
        record.touch(tally, self._sandbox)
        if self._retired:
            self._archive.keep(record)
        else:
            self._record.add(record)

    def _fold(self) -> None:
        for tally in self._tallies.values():
            self._record.exchanges += tally.count
            self._record.touch(tally, self._sandbox)
        self._tallies.clear()

    def record(self) -> Record:
        """Return a copy of what was seen since creation or the last reset."""
        self._fold()
        found = Record()
        found.add(self._record)
        return found

    def clear(self) -> None:
        """Begin anew, as a reset does (AM-16); the server's own record remembers."""
        self._fold()
        self._archive.keep(self._record)
        self._record = Record()
        self._conduct = Conduct()

    def retire(self) -> None:
        """Hand everything over: the sandbox is dropped, and what still comes goes to the server's record."""
        self.clear()
        self._retired = True


def _forced(exchange: Exchange) -> bool:
    """Tell whether somebody had a hand in the answer."""
    return exchange.forced or bool(exchange.harm) or bool(exchange.patches)


def _signature(exchange: Exchange) -> Hashable | None:
    """Return what decides the rows that an exchange touches; None when it is not worth remembering."""
    call, spec = exchange.call, exchange.spec
    if call is None or exchange.violation is not None or exchange.late is not None:
        return (_forced(exchange), *refused(exchange, spec)) if spec is not None else (False,)
    reading = call.reading
    head, records = reading.head, reading.records
    failed: Any = ()
    if exchange.failed_records:
        failed = frozenset(answered(exchange, spec))
        records = [record for record in records if record.failure is None]
    shapes: Any = ()
    if len(records) == 1:
        only = records[0]
        shapes = shape_of(only) if only.spec.kept else (*only.raw, None, *only.values)
        size = len(shapes)
    else:
        shapes = frozenset(map(shape_of, records))
        size = max(map(_size, shapes), default=0)
        size = _NAMES + 1 if len(shapes) > _SHAPES else size
    if size + len(head.raw) > _NAMES:
        return None
    told = exchange.status if not exchange.harm and not exchange.patches else (exchange.status,)
    if head.spec.kept:
        return spec, told, exchange.forced, shape_of(head), shapes, failed
    return spec, told, exchange.forced, *head.raw, None, *head.values, shapes, failed


def _size(shape: tuple[Any, ...]) -> int:
    return len(shape[0]) + len(shape[1])
