"""The two containers under a table, both made for quick look-ups and for cheap copies.

Copying one copies a dictionary, never what it holds. The original must not be written to after it
has been copied: :class:`TinyStore` sees to that.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from mockserver.store.packing import PackedRow

MAX_ID: Final = (1 << 32) - 1
"""The largest id a row may have: 4,294,967,295."""


class Rows:
    """Packed rows by id; iterates in order of id."""

    __slots__ = ("_in_order", "_rows", "get")

    def __init__(self, rows: dict[int, PackedRow] | None = None, *, in_order: bool = True) -> None:
        self._rows: dict[int, PackedRow] = {} if rows is None else rows
        self._in_order = in_order
        self.get = self._rows.get
        """Return the packed row of an id, or None."""

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def copy(self) -> Rows:
        """Return a container of the same rows."""
        return Rows(self._rows.copy(), in_order=self._in_order)

    def put(self, row_id: int, packed: PackedRow | None) -> None:
        """Set the row of that id, or take it away with None."""
        if packed is None:
            self._rows.pop(row_id, None)
            return
        if row_id not in self._rows and self._rows and self._in_order:
            self._in_order = next(reversed(self._rows)) < row_id
        self._rows[row_id] = packed

    def items(self) -> Iterator[tuple[int, PackedRow]]:
        """Yield id and packed row in order of id; the container must not change meanwhile."""
        return iter(self._rows.items() if self._in_order else sorted(self._rows.items()))


class Entries:
    """The entries of one index: for each key the ids of its rows, oldest first.

    A key of one row holds the id itself, which is most keys; several ids stand in a sorted list that
    belongs to the container that made it. Adding twice and taking out what is not there do nothing,
    so that undoing also mends a change that was interrupted half-way.
    """

    __slots__ = ("_ids", "_mine")

    def __init__(self, ids: dict[Hashable, Any] | None = None) -> None:
        self._ids: dict[Hashable, Any] = {} if ids is None else ids
        self._mine: set[Hashable] = set()

    def copy(self) -> Entries:
        """Return a container of the same entries."""
        return Entries(self._ids.copy())

    def _list(self, key: Hashable, found: Any) -> list[int]:
        """Return the list of a key for writing."""
        if key not in self._mine:
            found = self._ids[key] = [found] if type(found) is int else found.copy()
            self._mine.add(key)
        ids: list[int] = found
        return ids

    def add(self, key: Hashable, row_id: int) -> None:
        """Put an entry in; one that is in already stays."""
        found = self._ids.get(key)
        if found is None:
            self._ids[key] = row_id
            return
        if found == row_id:
            return
        ids = self._list(key, found)
        if ids[-1] < row_id:
            ids.append(row_id)
            return
        at = bisect_left(ids, row_id)
        if ids[at] != row_id:
            ids.insert(at, row_id)

    def discard(self, key: Hashable, row_id: int) -> None:
        """Take an entry out, if it is in."""
        found = self._ids.get(key)
        if type(found) is int:
            if found == row_id:
                del self._ids[key]
            return
        at = bisect_left(found or (), row_id)
        if found is None or at == len(found) or found[at] != row_id:
            return
        ids = self._list(key, found)
        del ids[at]
        if not ids:
            del self._ids[key]
            self._mine.discard(key)

    def ids(self, key: Hashable) -> Sequence[int]:
        """Return the ids of a key, oldest first: read them at once, they may change."""
        found = self._ids.get(key)
        if found is None:
            return ()
        return (found,) if type(found) is int else found
