"""Everything the process logs, on its way to stderr in one form."""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING, Any, Final

from mockserver.clock import real_time
from mockserver.logs.lines import Lines, writer_of
from mockserver.logs.masking import Redaction
from mockserver.logs.records import JsonFormatter, TextFormatter

if TYPE_CHECKING:
    from collections.abc import Iterator

_UVICORN: Final = "uvicorn"
_NO_NEWS: Final = (
    # Java's client offers HTTP/2 with each request; that it is declined is no news.
    "upgrade request",
    "WebSocket library",
)


class Log:
    """The open log of a process: ``lines`` on their way, and what must not stand in them."""

    def __init__(self, form: str) -> None:
        self._redaction = Redaction()
        self._formatter = (JsonFormatter if form == "json" else TextFormatter)(self._redaction)
        self.lines = Lines(writer_of(sys.stderr), self._dropped)
        self.handler = _Handler(self.lines)
        self.handler.setFormatter(self._formatter)

    def hide(self, secret: str | None) -> None:
        """Let this text stand in no line from now on."""
        if secret:
            self._redaction.hide(secret)

    def _dropped(self, count: int) -> bytes:
        record = logging.makeLogRecord(
            {
                "name": __name__,
                "levelno": logging.WARNING,
                "levelname": "WARNING",
                "created": real_time(),
                "msg": "%d log lines were dropped: stderr was read too slowly",
                "args": (count,),
            }
        )
        return self._formatter.format(record).encode("utf-8", "backslashreplace")


class _Handler(logging.Handler):
    """Hands formatted records to the lines."""

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record)
        except Exception as error:  # noqa: BLE001 - a line that cannot be made must stop nobody
            text = f"a log line of {record.name} could not be made: {type(error).__name__}\n"
        self._lines.put(bytes, text.encode("utf-8", "backslashreplace"))


def _is_news(record: logging.LogRecord) -> bool:
    return not any(text in str(record.msg) for text in _NO_NEWS)


@contextlib.contextmanager
def opened(form: str, level: str) -> Iterator[Log]:
    """Log to stderr until the block ends: records of all loggers from ``level`` on, and Python's warnings.

    ``form`` is text or json. What waits is written at the end, unless nobody reads it for a second.
    """
    log = Log(form)
    root, uvicorn, errors = map(logging.getLogger, (None, _UVICORN, f"{_UVICORN}.error"))
    before: tuple[Any, ...] = (root.level, uvicorn.level)
    root.addHandler(log.handler)
    root.setLevel(level.upper())
    errors.addFilter(_is_news)
    # uvicorn's own chatter repeats the banner
    uvicorn.setLevel(level.upper() if level in ("debug", "error") else "WARNING")
    logging.captureWarnings(capture=True)
    try:
        yield log
    finally:
        logging.captureWarnings(capture=False)
        errors.removeFilter(_is_news)
        root.removeHandler(log.handler)
        root.setLevel(before[0])
        uvicorn.setLevel(before[1])
        log.lines.close()
