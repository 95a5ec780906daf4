"""Rows as they lie in memory: checked JSON values in an immutable tuple, in column order.

Nothing can change a packed row, so forks share it and the undo log keeps it as it is. A list or an
object inside a row is kept as bytes (:mod:`marshal` holds every JSON value exactly: integers of any
size, floats bit by bit, lone surrogates), and unpacking it *is* the copy that a caller gets. Those
bytes depend on the Python version and never leave the process: a dump is plain JSON.
"""

from __future__ import annotations

import marshal
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from mockserver.store.interface import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_DEPTH: Final = 100
"""Levels of lists and objects a value may have; deeper ones could not be written as JSON safely."""

ATOMS: Final = frozenset({str, int, bool, type(None)})
"""Types of values that are stored as they are, without a closer look."""

_VERSION: Final = 2
"""The marshal format without references: equal values give equal bytes."""

PackedRow = tuple[Any, ...]


class _Frozen(bytes):
    """A list or an object inside a row."""

    __slots__ = ()


class _Mixed(tuple[Any, ...]):
    """A packed row in which something is frozen."""

    __slots__ = ()


def frozen(value: Any) -> Any:
    """Return a checked value as it stands in a packed row: lists and objects as bytes."""
    return _Frozen(marshal.dumps(value, _VERSION)) if isinstance(value, (list, dict)) else value


def sealed(values: Sequence[Any]) -> PackedRow:
    """Return values that stand as :func:`frozen` gives them as one packed row."""
    return _Mixed(values) if _Frozen in map(type, values) else tuple(values)


def unpack(packed: PackedRow) -> PackedRow:
    """Return the values of a packed row: new lists and objects each time."""
    if type(packed) is tuple:
        return packed
    return tuple([marshal.loads(value) if type(value) is _Frozen else value for value in packed])  # noqa: S302 - only ever bytes of pack()


def plain(value: Any, depth: int = MAX_DEPTH) -> Any:
    """Return a copy of a JSON value made of plain types only; StoreError says what is none.

    Subclasses of text, number, list and dict (as YAML loaders make them) become the plain type.
    A tuple is refused: it would come back as a list.
    """
    kind = type(value)
    if kind in ATOMS:
        return value
    if kind is dict and ATOMS.issuperset(map(type, value.values())) and _TEXT.issuperset(map(type, value)):
        return value.copy()
    if isinstance(value, float):
        if not isfinite(value):
            raise StoreError(f"{value} is no JSON number")
        return float(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if not isinstance(value, (list, dict)):
        raise StoreError(f"a value of type {kind.__name__} is no JSON value")
    if depth <= 0:
        raise StoreError(f"lists and objects nest deeper than {MAX_DEPTH} levels")
    if isinstance(value, list):
        return [plain(member, depth - 1) for member in value]
    return {_name(name): plain(member, depth - 1) for name, member in value.items()}


_TEXT: Final = frozenset({str})


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise StoreError(f"a name of type {type(name).__name__} is no name of a JSON object")
    return str.__str__(name)


def same(one: PackedRow, other: PackedRow) -> bool:
    """Tell whether two packed rows are written alike in JSON (1, 1.0 and true are three values)."""
    return one == other and tuple(map(type, one)) == tuple(map(type, other))
