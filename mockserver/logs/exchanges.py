"""A line for each exchange: short for people, or JSON for machines; keys are masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mockserver.clock import real_text
from mockserver.journal import request_id
from mockserver.logs.masking import Mask, Redaction
from mockserver.logs.records import encoded, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mockserver.logs.lines import Lines
    from mockserver.model import Exchange
    from mockserver.sandbox import Sandbox

LOGGER: Final = "mockserver.exchanges"
"""What lines about exchanges name as their logger."""

_HELD: Final = 1_000
_NAME: Final = 60
_ERROR: Final = 300


class Line(NamedTuple):
    """What a line tells; little, so that lines that wait hold no bodies and no warnings."""

    number: int
    sandbox: str
    received: float
    method: str
    edition: str
    status: int | None
    rule: str
    http_status: int
    nanoseconds: int
    apikey: str
    servicekey: str
    failed: int
    warnings: int
    faults: Sequence[str]
    error: str
    ended: str = ""


class ExchangeLog:
    """Has a line written for each exchange, once lines are given to it with :meth:`to`.

    ``form`` is text or json. ``told`` says that somebody calls :meth:`ended` for replies whose
    connection is treated; their lines wait for that, since they tell it.
    """

    def __init__(self, form: str, *, told: bool) -> None:
        self._lines: Lines | None = None
        self._told = told
        self._mask = Mask()
        self._redaction = Redaction()
        self._held: dict[tuple[str, int], Line] = {}
        self._render: Callable[[Line], bytes] = self.json if form == "json" else self.text

    def to(self, lines: Lines | None) -> None:
        """Write to these lines from now on; None writes those whose end nobody told and then no more."""
        if lines is None:
            for place in list(self._held):
                self._release(place, "")
        self._lines = lines

    def watch(self, sandbox: Sandbox, exchange: Exchange) -> None:
        """Note an exchange that was just kept; under the sandbox's lock, so nothing is formatted here."""
        if self._lines is None:
            return
        kept = sandbox.journal.newest()
        line = Line(
            kept.number,
            kept.sandbox,
            kept.received,
            kept.method,
            kept.edition,
            kept.status,
            kept.rule,
            kept.reply.http_status,
            kept.nanoseconds,
            kept.apikey,
            kept.servicekey,
            len(exchange.failed_records),
            len(exchange.notices),
            kept.harm,
            kept.error,
        )
        if self._told and kept.reply.origin is not None:
            self._hold(line)
        else:
            self._lines.put(self._render, line)

    def ended(self, origin: tuple[str, int], how: str) -> None:
        """Write the line of an exchange whose connection ended so."""
        self._release(origin, how)

    def _hold(self, line: Line) -> None:
        place = (line.sandbox, line.number)
        # After a reset the same number comes again (AM-16); and nothing waits for ever.
        self._release(place, "")
        if len(self._held) >= _HELD:
            self._release(next(iter(self._held)), "")
        self._held[place] = line

    def _release(self, place: tuple[str, int], how: str) -> None:
        line = self._held.pop(place, None)
        if line is not None and self._lines is not None:
            self._lines.put(self._render, line._replace(ended=how))

    def json(self, line: Line) -> bytes:
        """Return the line as one JSON object."""
        method = line.method[:_NAME]
        answered = "no status" if line.status is None else line.status
        return encoded(
            {
                "time": real_text(line.received),
                "level": "error" if line.error else "info",
                "logger": LOGGER,
                "message": f"{method or 'no method'}: {answered}",
                "id": request_id(line.number),
                "sandbox": line.sandbox,
                "method": method,
                "edition": line.edition,
                "status": line.status,
                "rule": line.rule,
                "http_status": line.http_status,
                "microseconds": line.nanoseconds // 1000,
                "apikey": self._mask(line.apikey),
                "servicekey": self._mask(line.servicekey),
                "failed_records": line.failed,
                "warnings": line.warnings,
                "faults": list(line.faults),
                "ended": line.ended or None,
                "error": self._error(line) or None,
            }
        )

    def text(self, line: Line) -> bytes:
        """Return the line for people: time of day (UTC), id, sandbox, method, edition, status, HTTP, time, keys, the rest."""
        rest = [
            *([line.rule] if line.rule else ()),
            *([f"{line.failed} failed"] if line.failed else ()),
            *([f"{line.warnings} warning{'s' if line.warnings > 1 else ''}"] if line.warnings else ()),
            *line.faults,
            *([line.ended] if line.ended else ()),
            *([self._error(line)] if line.error else ()),
        ]
        status = "-" if line.status is None else line.status
        head = (
            f"{real_text(line.received)[11:]} {request_id(line.number)} {line.sandbox:<8} "
            f"{one_line(line.method[:_NAME]) or '-':<24} {line.edition or '-':<5} {status:>4} {line.http_status} "
            f"{line.nanoseconds / 1e6:>9.3f} ms  {self._mask(line.apikey) or '-':<12} "
            f"{self._mask(line.servicekey) or '-':<12}"
        )
        return f"{head}  {', '.join(rest)}".rstrip().encode("utf-8", "backslashreplace") + b"\n"

    def _error(self, line: Line) -> str:
        """Return the last line of a traceback, without secrets."""
        lines: Any = line.error.strip().splitlines()
        return one_line(self._redaction(lines[-1][:_ERROR])) if lines else ""
