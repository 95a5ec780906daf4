"""The first difference between two replies, told so that it is found at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.documents import pointer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mockserver.model import Reply

    Path = tuple[str | int, ...]
    Unlike = tuple[Path, str, str]
    """Where two JSON values differ, what was expected there, what was found."""

_SHOWN: Final = 200
_AROUND: Final = 64
_ABSENT: Final = "nothing"


@dataclass(frozen=True, slots=True)
class Unequal:
    """What differs in a reply (``HTTP status``, ``body``, ``header NAME``), and where in it, as a JSON pointer."""

    what: str
    pointer: str
    expected: str
    got: str


def first_difference(expected: Reply, got: Reply, ignored: Iterable[str] = ()) -> Unequal | None:
    """Return the first difference of two replies: HTTP status, then body byte for byte, then headers.

    The order of headers of different names means nothing. ``ignored`` are names of headers in lower case.
    """
    if expected.http_status != got.http_status:
        return Unequal("HTTP status", "", str(expected.http_status), str(got.http_status))
    if expected.body != got.body:
        return _of_bodies(expected.body, got.body)
    before, after = _by_name(expected, ignored), _by_name(got, ignored)
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            return Unequal(f"header {name}", "", _listed(before.get(name)), _listed(after.get(name)))
    return None


def _by_name(reply: Reply, ignored: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in reply.headers:
        if name.lower() not in ignored:
            found.setdefault(name.lower(), []).append(value)
    return found


def _listed(values: Sequence[str] | None) -> str:
    return _ABSENT if values is None else _cut(", ".join(values))


def _of_bodies(expected: bytes, got: bytes) -> Unequal:
    try:
        unlike = _of_values(json.loads(expected), json.loads(got), ())
    except (ValueError, RecursionError):
        unlike = None
    if unlike is not None:
        return Unequal("body", pointer(unlike[0]), unlike[1], unlike[2])
    pairs = zip(expected, got, strict=False)
    at = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(expected), len(got)))
    return Unequal(f"body, byte {at}", "", _excerpt(expected, at), _excerpt(got, at))


def _excerpt(body: bytes, at: int) -> str:
    part = body[max(0, at - _AROUND) : at + _AROUND]
    return repr(part.decode("utf-8", "backslashreplace")) if part else _ABSENT


def _of_values(expected: Any, got: Any, path: Path) -> Unlike | None:
    """Return where two JSON values first differ, or None; 1, 1.0 and true are three different values."""
    if isinstance(expected, dict) and isinstance(got, dict):
        return _of_objects(expected, got, path)
    if isinstance(expected, list) and isinstance(got, list):
        for number, (one, other) in enumerate(zip(expected, got, strict=False)):
            unlike = _of_values(one, other, (*path, number))
            if unlike is not None:
                return unlike
        shorter = min(len(expected), len(got))
        if len(expected) != len(got):
            return (*path, shorter), _element(expected, shorter), _element(got, shorter)
        return None
    if type(expected) is type(got) and expected == got:
        return None
    return path, _json(expected), _json(got)


def _of_objects(expected: dict[str, Any], got: dict[str, Any], path: Path) -> Unlike | None:
    # What both have comes first: that a refusal has other members than a success is told by its status.
    for name, value in expected.items():
        unlike = _of_values(value, got[name], (*path, name)) if name in got else None
        if unlike is not None:
            return unlike
    for name in dict.fromkeys((*expected, *got)):
        if name not in expected or name not in got:
            before, after = (_json(each[name]) if name in each else _ABSENT for each in (expected, got))
            return (*path, name), before, after
    if list(expected) != list(got):
        before, after = (f"members in the order {', '.join(each)}" for each in (expected, got))
        return path, _cut(before), _cut(after)
    return None


def _element(values: Sequence[Any], number: int) -> str:
    return _json(values[number]) if number < len(values) else f"{_ABSENT}: there are {len(values)}"


def _json(value: Any) -> str:
    return _cut(json.dumps(value, ensure_ascii=True))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
