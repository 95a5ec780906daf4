"""Rows as they lie in memory: checked JSON values, packed into one ``bytes`` object a row.

A packed row costs a third of the same row as a dictionary, the garbage collector never walks it, it
can be shared between forks because nothing can change it, and unpacking it *is* the copy that a
caller gets. :mod:`marshal` is the packer because it holds every JSON value exactly (integers of any
size, floats bit by bit, lone surrogates) and is as quick as a compiled JSON parser. Its
bytes depend on the Python version, so they never leave the process: a dump is plain JSON.
"""

from __future__ import annotations

import marshal
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from mockserver.store.interface import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

MARSHAL_VERSION: Final = 4
MAX_DEPTH: Final = 100
"""Levels of lists and objects a value may have; deeper ones could not be written as JSON safely."""

ATOMS: Final = frozenset({str, int, bool, type(None)})
"""Types of values that are stored as they are, without a closer look."""


def pack(values: Sequence[Any]) -> bytes:
    """Pack the checked values of one row."""
    # marshal cuts its bytes from a buffer of a kilobyte; only a copy takes no more room than it needs
    # (without it 200,000 rows held half as much memory again).
    return bytes(memoryview(marshal.dumps(tuple(values), MARSHAL_VERSION)))


def unpack(packed: bytes) -> tuple[Any, ...]:
    """Return the values of a packed row: new lists and objects each time."""
    values: tuple[Any, ...] = marshal.loads(packed)  # noqa: S302 - only ever bytes of pack()
    return values


def plain(value: Any, depth: int = MAX_DEPTH) -> Any:
    """Return a copy of a JSON value made of plain types only; StoreError says what is none.

    Subclasses of text, number, list and dict (as YAML loaders make them) become the plain type.
    A tuple is refused: it would come back as a list.
    """
    if type(value) in ATOMS:
        return value
    if isinstance(value, float):
        if not isfinite(value):
            raise StoreError(f"{value} is no JSON number")
        return float(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if not isinstance(value, (list, dict)):
        raise StoreError(f"a value of type {type(value).__name__} is no JSON value")
    if depth <= 0:
        raise StoreError(f"lists and objects nest deeper than {MAX_DEPTH} levels")
    if isinstance(value, list):
        return [plain(member, depth - 1) for member in value]
    return {_name(name): plain(member, depth - 1) for name, member in value.items()}


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise StoreError(f"a name of type {type(name).__name__} is no name of a JSON object")
    return str.__str__(name)


def same(one: Any, other: Any) -> bool:
    """Tell whether two stored values are written alike in JSON (1, 1.0 and true are three values)."""
    return one == other and repr(one) == repr(other)
