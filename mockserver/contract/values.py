"""What values mean: blank, text, moments. The few notions every method shares (GEN-11 … GEN-14)."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, Final

import orjson

_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)
_UNPADDED: Final = re.compile(r"[0-9]{4}(?:-[0-9]{1,2}){2} [0-9]{1,2}(?::[0-9]{1,2}){2}", re.ASCII)
MOMENT_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
"""Date-time text of every request and reply (GEN-14)."""


def is_blank(value: Any) -> bool:
    """Tell whether a value is blank: null, empty after trimming, ``[]`` or ``{}``; 0 is not (GEN-11)."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value == [] or value == {}


def as_text(value: Any) -> str:
    """Return a value as the text it is stored and echoed as (AM-33, AM-36)."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # an integer inside is too long for orjson, not for the API (TRN-29)
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def parse_moment(text: str) -> datetime | None:
    """Return the moment a zero-padded ``YYYY-MM-DD hh:mm:ss`` text names, or None (GEN-14)."""
    return _read_moment(text, _MOMENT)


def _read_moment(text: str, form: re.Pattern[str]) -> datetime | None:
    if form.fullmatch(text) is None:
        return None
    try:
        return datetime.strptime(text, MOMENT_FORMAT)  # noqa: DTZ007 - the API knows no time zones (GEN-15)
    except ValueError:
        return None


def is_moment(value: Any) -> bool:
    """Tell whether a value is a date-time text of the API; values that are no text pass (they fail ``type``)."""
    return not isinstance(value, str) or parse_moment(value) is not None


def is_readable_moment(value: Any) -> bool:
    """Tell whether a value is a date-time text with or without zero padding (AM-07); no text passes too."""
    return not isinstance(value, str) or _read_moment(value, _UNPADDED) is not None


def excerpt(value: Any, limit: int = 80) -> str:
    """Return a value as short compact JSON, for findings and journals."""
    try:
        text = orjson.dumps(value).decode()
    except (TypeError, orjson.JSONEncodeError):
        text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
