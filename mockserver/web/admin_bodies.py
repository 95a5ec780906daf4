"""The bodies of admin requests: what is read of them, and what is refused before a handler sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import orjson

from mockserver.contract.documents import Checker, shown
from mockserver.errors import Problem
from mockserver.web.admin_http import AdminProblem, unfit

if TYPE_CHECKING:
    from pathlib import Path

MAX_DEPTH: Final = 128
"""Levels of nesting that are read: twice those of a command, which a body may repeat."""


class Bodies:
    """The JSON Schemas of admin bodies, by file name."""

    def __init__(self, folder: Path) -> None:
        self._checkers = {
            path.stem: Checker(orjson.loads(path.read_bytes())) for path in sorted(folder.glob("*.json"))
        }

    def read(self, name: str, raw: bytes) -> Any:
        """Return a request's body; nothing at all stands for ``{}``. Raises AdminProblem: 400 or 422.

        ``name`` is that of its schema; where there is none the route takes no body.
        """
        document = _parsed(raw) if raw.strip() else {}
        if not name:
            if document not in ({}, None):
                problem = "this route takes no body"
                raise unfit(Problem("", "", problem, "nothing, or an empty object", shown(document)))
            return {}
        errors = self._checkers[name].problems(document, name)
        if errors:
            raise unfit(*errors)
        return document


def _parsed(raw: bytes) -> Any:
    """Return bytes as JSON, integers exact; 400 when they are none, 422 when a name stands twice.

    orjson reads first: it is strict, and says where what is wrong. A whole number is an int, however
    it is written, since JSON Schema takes 5.0 for an integer.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise AdminProblem(400, "the body is not UTF-8", _not_utf_8(raw, error.start)) from None
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise AdminProblem(400, "the body is not JSON", f"{error.msg} at {place}") from None
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and _is_deep(document):
        detail = f"more than {MAX_DEPTH} objects and lists stand inside each other"
        raise AdminProblem(400, "the body is nested too deep", detail)
    twice: list[dict[str, Any]] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            twice.append({name: value for name, value in pairs if names.count(name) > 1})
        return made

    document = json.loads(text, object_pairs_hook=members, parse_float=_number)
    if twice:
        raise unfit(*(_doubled(name, value) for found in twice for name, value in found.items()))
    return document


def _doubled(name: str, value: Any) -> Problem:
    return Problem("", "", f"the member {name[:80]!r} stands there twice", "each member once", shown(value))


def _number(text: str) -> float:
    value = float(text)
    return int(value) if value.is_integer() else value


def _is_deep(document: Any) -> bool:
    """Return whether containers stand deeper inside each other than is read; looks at whole levels."""
    level = [document]
    for _ in range(MAX_DEPTH + 1):
        level = [each for each in level if isinstance(each, dict | list)]
        if not level:
            return False
        level = [child for each in level for child in (each.values() if isinstance(each, dict) else each)]
    return True


def _not_utf_8(raw: bytes, start: int) -> str:
    line, column = raw.count(b"\n", 0, start) + 1, start - raw.rfind(b"\n", 0, start)
    return f"the byte 0x{raw[start]:02x} at line {line}, column {column} begins no character"
