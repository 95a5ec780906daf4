"""How the text of a setting becomes its value; what does not fit is a ValueError that says what would."""

from __future__ import annotations

import re
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_MOST_SECONDS = 1_000_000
MEBI = 1024 * 1024
"""Bytes of a mebibyte, the suffix ``m`` of a size."""

FASTEST = 100_000
"""How many seconds of a sandbox may pass in a real one: more than a day."""

MOMENT_TYPE: type = datetime
"""The type :func:`moment` returns, which TOML knows as well."""

_SIZE = re.compile(r"([0-9]{1,12})([km]?)(?:i?b)?", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]{0,252})")
_ADDRESS = re.compile(r"[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*")
_FOLDER_URL = re.compile(r"[A-Za-z]+://[A-Za-z0-9._:\[\]-]+(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?")
_SCALED = re.compile(r"scaled:([0-9]{1,6}(?:\.[0-9]{1,6})?)")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


def text(given: str) -> str:
    """Take any text that is not blank."""
    if not given.strip():
        raise ValueError("expected a text, got a blank one")
    return given.strip()


def state_file(given: str) -> str:
    """Take the name of a file; a URL is refused, since state is kept in files only."""
    found = text(given)
    if _URL.match(found):
        raise ValueError(f"expected a file, got the URL {given!r}: this version keeps state in files only")
    return found


def integer(low: int | None = None, high: int | None = None) -> Callable[[str], int]:
    """Return a parser of whole numbers within the bounds, both included."""
    bounds = "" if low is None else f" of at least {low}" if high is None else f" from {low} to {high}"

    def parse(given: str) -> int:
        number = int(given) if _INTEGER.fullmatch(given.strip()) else None
        if number is None or (low is not None and number < low) or (high is not None and number > high):
            raise ValueError(f"expected a whole number{bounds}, got {given!r}")
        return number

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a parser that takes one of the choices, in any case, and names the nearest otherwise."""

    def parse(given: str) -> str:
        found = given.strip().lower()
        if found not in choices:
            raise ValueError(f"expected {' or '.join(choices)}, got {given!r}{nearest(found, choices)}")
        return found

    return parse


def clock(given: str) -> str:
    """Take ``real``, ``frozen`` or ``scaled:N``, N seconds of the sandbox in a real one."""
    found = given.strip().lower()
    scaled = _SCALED.fullmatch(found)
    if scaled is not None and 0 < float(scaled[1]) <= FASTEST:
        return found
    if found not in ("real", "frozen"):
        mode = found.partition(":")[0]
        meant = "" if mode == "scaled" else nearest(mode, ("real", "frozen", "scaled"))
        raise ValueError(f"expected real, frozen or scaled:N (N up to {FASTEST:,}), got {given!r}{meant}")
    return found


def pair(given: str) -> tuple[str, str]:
    """Take NAME=VALUE; the first ``=`` separates."""
    name, equals, value = (part.strip() for part in given.partition("="))
    if not (name and equals and value):
        raise ValueError(f"expected NAME=VALUE, got {given!r}")
    return name, value


def edition_of(editions: tuple[str, ...]) -> Callable[[str], tuple[str, str]]:
    """Return a parser of HOST_OR_PORT=EDITION; hosts compare without case (GEN-19)."""

    def parse(given: str) -> tuple[str, str]:
        try:
            where, edition = pair(given)
        except ValueError:
            raise ValueError(f"expected HOST_OR_PORT=EDITION, got {given!r}") from None
        return where.lower(), one_of(*editions)(edition)

    return parse


def moment(given: str) -> datetime:
    """Take ``YYYY-MM-DD hh:mm:ss`` (also with T, or the date alone); wall-clock time without a zone."""
    try:
        found = datetime.fromisoformat(given.strip())
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        detail = "" if found is None else " without a zone (there is --timezone)"
        raise ValueError(f"expected a real time as YYYY-MM-DD hh:mm:ss{detail}, got {given!r}")
    return found


def zone(given: str) -> str:
    """Take the name of a time zone that this machine knows."""
    import zoneinfo  # noqa: PLC0415 - only who sets another zone pays for it

    name = given.strip()
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = zoneinfo.available_timezones()
        raise ValueError(
            f"expected a time zone such as Asia/Kolkata, got {given!r}{nearest(name, known)}"
        ) from None
    return name


def size(given: str) -> int:
    """Take a number of bytes above zero, with the suffixes ``k`` (1024) and ``m`` (1024 * 1024)."""
    found = _SIZE.fullmatch(given.strip())
    factor = {"": 1, "k": 1024, "m": MEBI}[found[2].lower()] if found else 0
    count = int(found[1]) * factor if found else 0
    if count < 1:
        raise ValueError(f"expected a size such as 10m, 512k or 65536 (bytes), got {given!r}")
    return count


def seconds(given: str) -> float:
    """Take a number of seconds above zero, at most a million; fractions are welcome."""
    text = given.strip()
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= _MOST_SECONDS:
        raise ValueError(f"expected a number of seconds above 0, at most {_MOST_SECONDS:,}, got {given!r}")
    return found


def token(given: str) -> str:
    """Take a secret that can stand in a header: 8 or more visible ASCII characters without blanks."""
    found = given.strip()
    if len(found) < 8 or not all("!" <= char <= "~" for char in found):
        raise ValueError("expected 8 or more visible ASCII characters without blanks")
    return found


def hosts(given: str) -> str:
    """Take host names or addresses without ports, separated by commas; IPv6 with or without brackets."""
    names = [part.strip().lower().removeprefix("[").removesuffix("]") for part in given.split(",")]
    for name in names:
        if not _HOST.fullmatch(name) and not _ADDRESS.fullmatch(name):
            raise ValueError(f"expected host names without ports, separated by commas, got {given!r}")
    return ",".join(names)


def certificate(given: str) -> str:
    """Take ``off``, ``self-signed`` or the two file names ``CERT,KEY``."""
    found = given.strip()
    names = [part.strip() for part in found.split(",")]
    if found.lower() in ("off", "self-signed"):
        return found.lower()
    if len(names) != 2 or not all(names):
        raise ValueError(f"expected self-signed or two files CERT,KEY, got {given!r}")
    return ",".join(names)


def recording_base(given: str) -> str:
    """Take ``self`` or the http(s) URL of a folder; returned with one slash at its end."""
    found = given.strip()
    if found.lower() == "self":
        return "self"
    try:
        parts = urlsplit(found)
        well = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        well = False
    if not well or not _FOLDER_URL.fullmatch(found):
        raise ValueError(
            "expected self, or a URL without user, query and fragment such as "
            f"http://127.0.0.1:8080/recordings/, got {given!r}"
        )
    return found.rstrip("/") + "/"


def nearest(given: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean …?"`` for the known word most like the given one, or nothing."""
    near = get_close_matches(given, list(known), 1, 0.5)
    return f"; did you mean {near[0]}?" if near else ""


def shown(value: Any) -> str:
    """Return how a value of a config file is named in a message: its kind and itself, cut short."""
    names = {str: "text", bool: "truth value", int: "number", float: "number", list: "list", dict: "table"}
    return f"the {names.get(type(value), 'value')} {str(value)[:60]!r}"


def named(types: tuple[type, ...]) -> str:
    """Return what a config file may hold for a setting of these types, in words."""
    names = {
        str: "a text",
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        MOMENT_TYPE: "a date and time",
    }
    return " or ".join(names[kind] for kind in types)
