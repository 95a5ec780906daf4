"""The journal: a bounded record of a sandbox's exchanges, newest last."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from mockserver.clock import real_text
from mockserver.contract.documents import nearest
from mockserver.contract.values import unescaped
from mockserver.model import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mockserver.model import Exchange, Inbound, Notice, Violation

_BODY_KEPT: Final = 16 * 1024
_LONG_KEPT: Final = 8 * 1024 * 1024
_HEAVIEST: Final = 200_000
_HINTED: Final = 100
_LONGEST_KEY: Final = 80


class Journal:
    """Keeps the last ``limit`` exchanges of a sandbox; bodies over 16 KiB are cut.

    Fewer are kept when they have more than 200,000 warnings and failed records between them. Beside
    them the youngest of the long bodies are kept whole, 8 MiB of them, for those who compare.
    """

    def __init__(self, limit: int) -> None:
        self._entries: deque[Exchange] = deque(maxlen=limit)
        self._number = 0
        self._weight = 0
        self._long: dict[int, bytes] = {}
        self._long_size = 0
        self.forgotten = 0
        """Exchanges that had to go to make room for younger ones, since it was cleared."""

    def next_number(self) -> int:
        """Return the number of the next exchange, from 1."""
        self._number += 1
        return self._number

    @property
    def number(self) -> int:
        """The number of the last exchange that began; 0 before the first."""
        return self._number

    def resume(self, number: int) -> None:
        """Go on after the exchange of that number, which is known from elsewhere."""
        self._number = number

    def record(self, exchange: Exchange, **members: Any) -> None:
        """Keep an exchange with these members set, without what can be worked out again from its bytes."""
        entries = self._entries
        if len(entries) == entries.maxlen:
            self._give_way()
        entries.append(_condensed(exchange, members))
        self._weight += _weight(exchange)
        while self._weight > _HEAVIEST and len(entries) > 1:
            self._give_way()
        body = exchange.inbound.body
        if len(body) > _BODY_KEPT:
            self._long[exchange.number] = body
            self._long_size += len(body)
            while self._long_size > _LONG_KEPT:
                self._cut(next(iter(self._long)))

    def _give_way(self) -> None:
        oldest = self._entries.popleft()
        self._weight -= _weight(oldest)
        self.forgotten += 1
        if oldest.number in self._long:
            self._cut(oldest.number)

    def _cut(self, number: int) -> None:
        self._long_size -= len(self._long.pop(number))

    def whole(self, exchange: Exchange) -> Inbound | None:
        """Return the request of a kept exchange as it came; None when only the beginning of its body is left."""
        if not exchange.body_length:
            return exchange.inbound
        body = self._long.get(exchange.number)
        return None if body is None else replace(exchange.inbound, body=body)

    def complete(self, number: int, how: str) -> None:
        """Note how the connection of an exchange ended, if the exchange is still kept."""
        # Not in order of numbers: a command that waited is kept when it ends.
        for back, entry in enumerate(reversed(self._entries), start=1):
            if entry.number == number:
                self._entries[-back] = entry.evolve(ended=how)
                return

    def clear(self, *, restart: bool = False) -> None:
        """Forget all exchanges; ``restart`` also counts from 1 again (AM-16)."""
        self._entries.clear()
        self._long.clear()
        self._weight = self._long_size = self.forgotten = 0
        if restart:
            self._number = 0

    def __len__(self) -> int:
        return len(self._entries)

    def newest_first(self) -> Iterator[Exchange]:
        """Return the exchanges, newest first."""
        return reversed(list(self._entries))

    def newest(self) -> Exchange:
        """Return the exchange that was kept last, as it is kept; there must be one."""
        return self._entries[-1]

    def get(self, number: int) -> Exchange | None:
        """Return the exchange of that number if it is still kept."""
        return next((exchange for exchange in self._entries if exchange.number == number), None)


def _edition(exchange: Exchange) -> str:
    """Return the edition that answered: that of the method, else the one in force."""
    if exchange.spec is not None:
        return str(exchange.spec.edition)
    return str(exchange.regime.quirks["edition"]) if exchange.regime is not None else ""


def _weight(exchange: Exchange) -> int:
    return 1 + len(exchange.notices) + len(exchange.failed_records)


def _condensed(exchange: Exchange, members: dict[str, Any]) -> Exchange:
    inbound, reply = exchange.inbound, exchange.reply
    changes: dict[str, Any] = {
        **members,
        "command": NOTHING,
        "outcome": None,
        "call": None,
        "regime": None,
        "spec": None,
        "edition": _edition(exchange),
    }
    if exchange.regime is not None:
        changes["quirks"] = exchange.regime.quirks
    if exchange.spec is not None and exchange.spec.batch is not None:
        changes["batch"] = exchange.spec.batch
    if exchange.memo is not None:
        # What played may have ended long before the journal forgets the exchange.
        changes |= {"plays": (), "memo": None, "faults": (), "patches": (), "forced_record": None}
    if len(inbound.body) > _BODY_KEPT:
        changes["inbound"] = replace(inbound, body=inbound.body[:_BODY_KEPT])
        changes["body_length"] = len(inbound.body)
    if len(reply.body) > _BODY_KEPT:
        changes["reply"] = type(reply)(reply.http_status, reply.headers, reply.body[:_BODY_KEPT])
    return exchange.evolve(**changes)


def summary(exchange: Exchange) -> dict[str, Any]:
    """Return the line of an exchange in a journal listing."""
    return {
        "id": request_id(exchange.number),
        "received": real_text(exchange.received),
        "at": exchange.at,
        "method": exchange.method,
        "edition": exchange.edition,
        "apikey": exchange.apikey,
        "servicekey": exchange.servicekey,
        "status": exchange.status,
        "rule": exchange.rule,
        "evidence": exchange.evidence,
        "description": exchange.description,
        "http_status": exchange.reply.http_status,
        "microseconds": exchange.nanoseconds // 1000,
        "faults": list(exchange.harm),
        "ended": exchange.ended or None,
        "story": exchange.story or None,
    }


def describe(exchange: Exchange) -> dict[str, Any]:
    """Return everything the journal knows of an exchange, as plain JSON."""
    refused = [exchange.violation] if exchange.violation is not None else []
    violations = [*refused, *exchange.failed_records]
    reply = exchange.reply
    return {
        **summary(exchange),
        "request": {
            "verb": exchange.inbound.verb,
            "path": exchange.inbound.path,
            "query": exchange.inbound.query.decode("utf-8", "replace"),
            "headers": dict(exchange.inbound.headers),
            "body": exchange.inbound.body.decode("utf-8", "replace"),
            "body_length": exchange.body_length or len(exchange.inbound.body),
        },
        "finding": _finding(exchange),
        "violations": [_violation(violation) for violation in violations],
        "warnings": _notices(exchange.notices),
        "warning_counts": dict(Counter(notice.ledger for notice in exchange.notices)),
        "changes": {table: dict(counts) for table, counts in exchange.changes.items()},
        "stages": {name: nanoseconds // 1000 for name, nanoseconds in exchange.stages},
        "error": exchange.error or None,
        "reply": {
            "http_status": reply.http_status,
            "headers": [list(pair) for pair in reply.headers],
            "body": reply.body.decode("utf-8", "replace"),
        },
    }


def request_id(number: int) -> str:
    """Return the id of an exchange: unique in its sandbox, starting again after a reset (GPD-18, AM-16)."""
    return f"r{number:06d}"


def _finding(exchange: Exchange) -> dict[str, Any] | None:
    finding = exchange.finding
    if finding is None:
        return None
    return {"ledger": finding.ledger, "text": finding.text, "offset": finding.offset, "mend": finding.mend}


def _violation(violation: Violation) -> dict[str, Any]:
    return {
        "pointer": violation.pointer,
        "keyword": violation.keyword,
        "status": violation.status,
        "level": violation.level,
        "ledger": violation.ledger,
        "expected": violation.expected,
        "got": violation.got,
        "record": violation.record,
    }


def _notices(notices: Sequence[Notice]) -> list[dict[str, Any]]:
    """Return warnings as JSON; the first of them with what was probably meant, which no header may say (AM-08)."""
    return [
        {
            "ledger": notice.ledger,
            "pointer": notice.pointer,
            "text": notice.text + (_meant(notice) if number < _HINTED else ""),
        }
        for number, notice in enumerate(notices)
    ]


def _meant(notice: Notice) -> str:
    key = unescaped(notice.pointer.rpartition("/")[2])
    near = nearest(notice.known, key) if len(key) <= _LONGEST_KEY else ""
    return f"; did you mean {near}?" if near else ""
