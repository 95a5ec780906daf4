"""The commands the measurements send, made from ``commands.json``."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.settings import ENDPOINT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE = Path(__file__).resolve().parent
PREFIX = b"data="
"""What stands before the JSON of a command in the API's body; a general mock cannot look behind it."""

FORM = "text/html"
JSON = "application/json"


@cache
def _words() -> Mapping[str, Any]:
    words: Mapping[str, Any] = json.loads((HERE / "commands.json").read_bytes())
    return words


@cache
def schema() -> Mapping[str, Any]:
    """Return the schema that the yardsticks check the command against."""
    found: Mapping[str, Any] = json.loads((HERE / "push.schema.json").read_bytes())
    return found


def fixed_reply() -> bytes:
    """Return the printed reply, for servers that know no other."""
    return json.dumps(_words()["reply"], separators=(",", ":")).encode()


def accepted() -> bytes:
    """Return what stands in the reply to an accepted push."""
    return str(_words()["accepted"]).encode()


def turned_down() -> bytes:
    """Return what stands in the reply to a refused push."""
    return str(_words()["turned_down"]).encode()


def push(
    numbers: Sequence[str] | None = None, keys: Mapping[str, str] | None = None, kind: str = "push"
) -> bytes:
    """Return the JSON of a push with one record for each number, the printed one by default.

    ``keys`` are ``apikey`` and ``servicekey``, by default those of the printed example. ``kind`` is
    ``push``, or ``refused`` for the command that every server must turn down.
    """
    words = _words()
    record = _compact(words["record"])
    records = [record.replace("$number", number) for number in (numbers or [words["number"]])]
    text = _compact(words[kind]).replace('"$records"', f"[{','.join(records)}]")
    for name, value in (keys or words["golden"]).items():
        text = text.replace(f"${name}", value)
    return text.encode()


def http(
    body: bytes, *, path: str = ENDPOINT, verb: str = "POST", media: str = FORM, head: str = ""
) -> bytes:
    """Return a whole HTTP request."""
    return (
        f"{verb} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {media}\r\n"
        f"Content-Length: {len(body)}\r\n{head}\r\n"
    ).encode() + body


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
