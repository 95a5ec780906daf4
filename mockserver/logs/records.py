"""How a record of Python's logging becomes a line: as text for people, or as JSON."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import orjson

from mockserver.clock import real_text

if TYPE_CHECKING:
    from mockserver.logs.masking import Redaction

MEMBERS: Final = "members"
"""Attribute of a record that holds further members of its JSON line; text does not show them."""


def encoded(document: dict[str, Any]) -> bytes:
    """Return one line of JSON, whatever is in it."""
    try:
        return orjson.dumps(document, default=str) + b"\n"
    except TypeError:
        # half a surrogate pair, a number over 64 bits
        return orjson.dumps({name: _plain(value) for name, value in document.items()}) + b"\n"


def _plain(value: Any) -> Any:
    return value if value is None else str(value).encode("utf-8", "backslashreplace").decode()


def one_line(text: str) -> str:
    """Return a text with its line breaks and other control characters escaped: a line of ours is one line."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


class TextFormatter(logging.Formatter):
    """``LEVEL logger: message``, and a traceback below it; without secrets."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._redaction = redaction

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base class's name
        """Return the line without the traceback; what a client sent cannot begin a line of its own."""
        record.message = one_line(record.message)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the traceback if there is one."""
        return self._redaction(super().format(record)) + "\n"


class JsonFormatter(logging.Formatter):
    """``{"time", "level", "logger", "message"}``, with ``exception`` and a record's own members; without secrets."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__()
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        line: dict[str, Any] = {
            "time": real_text(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._redaction(record.getMessage()),
            **getattr(record, MEMBERS, {}),
        }
        if record.exc_info:
            line["exception"] = self._redaction(self.formatException(record.exc_info))
        return encoded(line).decode()
