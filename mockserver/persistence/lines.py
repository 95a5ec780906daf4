"""The state file as lines: what one looks like, how they hang together, how they are read.

The first line is ``jodo-mock state 1 `` and then as every other: eight hexadecimal digits, a blank, JSON.
The digits are the CRC-32 of the JSON of this line *and all before it*, so that a line that was changed,
lost, doubled or moved is found. A change is one line; one without its newline was never acknowledged.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import orjson

from mockserver.errors import InvalidDocument, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAGIC: Final = b"jodo-mock state "
VERSION: Final = 1
"""The version of the format that is written; older ones there are none."""

_HEAD: Final = re.compile(re.escape(MAGIC) + rb"([0-9]{1,9}) ")
_FIRST: Final = re.compile(rb"[!-~ ]{0,40}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that was read: its number from 1, its JSON, the checksum up to it, the offset behind it.

    ``whole`` is false for a last line that lacks nothing but its newline.
    """

    number: int
    content: Any
    checksum: int
    end: int
    whole: bool = True


def encode(content: Any) -> bytes:
    """Return JSON in one line that reads back as exactly the same value."""
    try:
        return orjson.dumps(content)
    except TypeError:
        # numbers over 64 bits, text with half a surrogate pair
        return json.dumps(content, separators=(",", ":"), allow_nan=False).encode()


def written(content: bytes, before: int) -> tuple[bytes, int]:
    """Return a line of this JSON, and the checksum with it; ``before`` is the checksum of the lines before."""
    checksum = crc32(content, before)
    return b"%08x %b\n" % (checksum, content), checksum


def head(content: Any) -> tuple[bytes, int]:
    """Return the first line of a file, and its checksum."""
    line, checksum = written(encode(content), 0)
    return b"%b%d %b" % (MAGIC, VERSION, line), checksum


def trouble(path: Path, line: int, message: str, expected: str, got: str) -> InvalidDocument:
    """Return the error about a state file: where (line 0: as a whole), what, expected, got."""
    return InvalidDocument([Problem(str(path), "", message, expected, got, line or None)])


def read(path: Path, upto: int | None = None) -> Iterator[Line]:
    """Yield the lines of a state file, the first one included; a torn last line is left out.

    ``upto`` is the offset where to end. Raises InvalidDocument (file, line, expected, got) for a file that
    is not ours, of a newer version, or damaged. Nothing is changed in any case.
    """
    checksum, end = 0, 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if upto is not None and end >= upto:
                return
            rest = _behind_head(path, raw) if number == 1 else raw
            whole = rest.endswith(b"\n")
            body = rest[9:-1] if whole else rest[9:]
            after = crc32(body, checksum)
            told = b"%08x " % after
            if rest[:9] != told:
                if not whole and number > 1:
                    return
                raise trouble(
                    path, number, "the line is damaged, or one before it is missing; nothing was changed",
                    f"the checksum {told.decode().strip()}", _shown(rest[:9].rstrip()),
                )  # fmt: skip
            checksum = after
            end += len(raw)
            yield Line(number, _content(path, number, body), checksum, end, whole)


def _behind_head(path: Path, raw: bytes) -> bytes:
    found = _HEAD.match(raw)
    if found is None:
        known = f"a first line that begins with {MAGIC.decode()!r}"
        raise trouble(path, 1, "this is no state file; it was left as it is", known, _shown(raw))
    if int(found[1]) != VERSION:
        text = "the state file was written by a newer version; it was left as it is"
        raise trouble(path, 1, text, f"format {VERSION}", f"format {int(found[1])}")
    return raw[found.end() :]


def _content(path: Path, number: int, body: bytes) -> Any:
    try:
        # The exact reader: the quick one makes floats of large integers.
        return json.loads(body)
    except ValueError as error:
        raise trouble(
            path, number, "the line holds no JSON; nothing was changed", "JSON", str(error)
        ) from None


def _shown(raw: bytes) -> str:
    found = _FIRST.match(raw)
    text = found[0].decode() if found else ""
    return repr(text) if text else f"the bytes {raw[:12].hex(' ')}" if raw else "nothing"
