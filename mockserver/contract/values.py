"""What values mean: blank, text, moments. The few notions every method shares (GEN-11 … GEN-14)."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# Hours end at 23 here: later Pythons read 24:00:00 as the next midnight.
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} (?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}", re.ASCII)
_WHOLE: Final = re.compile("-?[0-9]{1,99}", re.ASCII)
_UNPADDED: Final = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2}) ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})", re.ASCII
)


def is_blank(value: Any) -> bool:
    """Tell whether a value is blank: null, empty after trimming, ``[]`` or ``{}``; 0 is not (GEN-11)."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value in ([], {})


def as_text(value: Any) -> str:
    """Return a value as the text it is stored and echoed as (AM-33, AM-36)."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    # The standard library keeps integers of any length (TRN-29).
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def parse_moment(text: str) -> datetime | None:
    """Return the moment a zero-padded ``YYYY-MM-DD hh:mm:ss`` text names, or None (GEN-14)."""
    if _MOMENT.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def change_time(moment: str) -> str:
    """Return a moment as userStatus prints it, ``07-Mar-19 11:59:59 PM`` in any locale; no text stays none (STAT-09)."""
    when = parse_moment(moment)
    if when is None:
        return ""
    hour, half = when.hour % 12 or 12, "AM" if when.hour < 12 else "PM"
    return f"{when:%d}-{_MONTHS[when.month - 1]}-{when:%y} {hour:02d}:{when:%M:%S} {half}"


def is_moment(value: Any) -> bool:
    """Tell whether a value is a date-time text of the API; values that are no text pass (they fail ``type``)."""
    return not isinstance(value, str) or parse_moment(value) is not None


def is_readable_moment(value: Any) -> bool:
    """Tell whether a value is a date-time text with or without zero padding (AM-07); no text passes too."""
    if not isinstance(value, str):
        return True
    parts = _UNPADDED.fullmatch(value)
    return (
        parts is not None
        and parse_moment("{}-{:0>2}-{:0>2} {:0>2}:{:0>2}:{:0>2}".format(*parts.groups())) is not None
    )


def whole(text: object) -> int | None:
    """Return the integer that digits stand for; None for anything else, and for more digits than any id has."""
    return int(text) if isinstance(text, str) and _WHOLE.fullmatch(text) else None


def escaped(key: str) -> str:
    """Return a key as a step of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def unescaped(step: str) -> str:
    """Return the key that a step of a JSON pointer stands for (RFC 6901)."""
    return step.replace("~1", "/").replace("~0", "~")


def same(wanted: Any, got: Any) -> bool:
    """Tell whether two JSON values are equal; an integer equals its digits, as for the API (GEN-13)."""
    if type(wanted) is type(got):
        return bool(wanted == got)
    if isinstance(wanted, bool) or isinstance(got, bool):
        return False
    if isinstance(wanted, int | float) and isinstance(got, int | float):
        return wanted == got
    return isinstance(wanted, int | str) and isinstance(got, int | str) and str(wanted) == str(got)


def matches(match: Mapping[str, Any], *objects: Mapping[str, Any]) -> bool:
    """Tell whether each field of ``match`` has its value; of several objects that have it the last one counts."""
    together: dict[str, Any] = {}
    for fields in objects:
        together.update(fields)
    return all(name in together and same(value, together[name]) for name, value in match.items())


def excerpt(value: Any, limit: int = 80) -> str:
    """Return a value as short compact JSON, for findings and journals."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=repr)
    return text if len(text) <= limit else text[: limit - 1] + "…"
