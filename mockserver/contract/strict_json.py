"""Strict reading of a JSON command (TRN-27, TRN-29): RFC 8259, an object at the top, integers exact.

orjson reads first, because nearly every request is good. Only when it refuses, or when digits stand
there that it would round, do slower readers take over: one says what is wrong and how to mend it,
the other keeps the integers exact.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import chain
from math import isinf
from typing import TYPE_CHECKING, Any

import orjson

from mockserver.contract.json_faults import Fault, find_fault
from mockserver.contract.json_scan import MAX_DEPTH

if TYPE_CHECKING:
    from mockserver.model import Json

MAX_DIGITS = 4300
"""The longest integer, in digits, that is still read; Python itself reads no longer ones."""

_SAME_DIGIT = bytes.maketrans(b"123456789", b"000000000")
_LONG_RUN = b"0" * 19  # 2**63 has 19 digits: shorter integers are exact in orjson
_CONTAINERS = frozenset((dict, list))
_STRINGS_AND_NUMBERS = re.compile(r'"(?:[^"\\]|\\.)*+"|(?P<number>-?[0-9][0-9.eE+-]*+)', re.DOTALL)


def parse_object(raw: bytes) -> dict[str, Any] | Fault:
    """Read ``raw`` as one JSON object, or say what is wrong with it.

    Of duplicate keys the last wins; NaN, lone surrogates and more than 64 levels of nesting are
    faults. ``Fault.at`` counts bytes of ``raw``. Never raises (TRN-27, TRN-29).
    """
    try:
        value: Json = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _second_look(raw)
    if type(value) is not dict:
        return _second_look(raw)
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and _is_deep(value):
        return _second_look(raw)
    if _LONG_RUN in raw.translate(_SAME_DIGIT):
        return _exact(raw.decode(), raw)
    return value


def _second_look(raw: bytes) -> dict[str, Any] | Fault:
    """Explain why ``raw`` is refused; that orjson finds an integer too long is no reason."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        return Fault(
            error.start,
            "TRN-15",
            "bytes that are not UTF-8",
            "send the text as UTF-8 without a lone byte of another encoding",
        )
    fault = find_fault(text)
    return _exact(text, raw) if fault is None else _in_bytes(fault, raw)


def _is_deep(value: dict[str, Any]) -> bool:
    """Whether containers nest deeper than 64 levels; looks at whole levels, not at single values."""
    dicts, lists = [value], list[list[Any]]()
    for _ in range(MAX_DEPTH):
        children = [*map(dict.values, dicts), *lists]
        if _CONTAINERS.isdisjoint(set(map(type, chain.from_iterable(children)))):
            return False
        below = [child for child in chain.from_iterable(children) if type(child) in _CONTAINERS]
        dicts = [child for child in below if type(child) is dict]
        lists = [child for child in below if type(child) is list]
    return True


class _TooBig(ValueError):
    """A number that Python cannot hold; the text of the error is the number."""


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise _TooBig(digits)
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise _TooBig(digits)
    return number


def _exact(text: str, raw: bytes) -> dict[str, Any] | Fault:
    """Read text known to be one well-formed, shallow object, with integers of any size (TRN-29)."""
    try:
        value: dict[str, Any] = json.loads(text, parse_int=_integer, parse_float=_float)
    except _TooBig as error:
        numbers = (m for m in _STRINGS_AND_NUMBERS.finditer(text) if m["number"] == str(error))
        at = next((m.start() for m in numbers), 0)
        fault = Fault(at, "TRN-27", "a number too large to be read", "send a smaller number")
        return _in_bytes(fault, raw)
    return value


def _in_bytes(fault: Fault, raw: bytes) -> Fault:
    """The same fault with its place counted in bytes instead of characters."""
    return replace(fault, at=len(raw.decode()[: fault.at].encode()))
