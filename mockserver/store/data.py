"""What a store holds: tables of packed rows with their indexes and next ids, and counters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.store.interface import StoreError
from mockserver.store.packing import unpack
from mockserver.store.pages import Entries, Rows
from mockserver.store.plan import TablePlan, equal, nearest
from mockserver.store.runs import Runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mockserver.store.interface import Row, TableSpec
    from mockserver.store.packing import PackedRow


_TEXT: Final = frozenset({str})


class TableData:
    """What one table holds. Not written to any more once it is shared (see :class:`Content`)."""

    __slots__ = ("entries", "next_id", "plan", "rows", "runs")

    def __init__(self, plan: TablePlan) -> None:
        self.plan = plan
        self.rows = Rows()
        self.entries = tuple(Entries() for _ in plan.indexes)
        self.runs = tuple(Runs() for _ in plan.ordered)
        self.next_id = 1

    def copy(self) -> TableData:
        """Return the same content in containers that may be written to."""
        other = TableData.__new__(TableData)
        other.plan = self.plan
        other.rows = self.rows.copy()
        other.entries = tuple(entries.copy() for entries in self.entries)
        other.runs = tuple(runs.copy() for runs in self.runs)
        other.next_id = self.next_id
        return other

    def as_row(self, packed: PackedRow) -> Row:
        """Return a packed row as a dictionary in column order."""
        return dict(zip(self.plan.columns, unpack(packed), strict=True))

    def row(self, row_id: int) -> Row:
        """Return the row of that id as a dictionary (KeyError when there is none)."""
        return self.as_row(self.packed(row_id))

    def put(self, row_id: int, packed: PackedRow) -> None:
        """Store a row under an id that no row has."""
        self.rows.put(row_id, packed)
        for index, entries in zip(self.plan.indexes, self.entries, strict=True):
            key = index.key(packed)
            if index.holds(key):
                entries.add(key, row_id)
        for ordered, runs in zip(self.plan.ordered, self.runs, strict=True):
            text = packed[ordered.place]
            if text is not None:
                runs.add(ordered.key(packed), text, row_id)

    def move(self, row_id: int, old: PackedRow, new: PackedRow) -> None:
        """Bring the indexes from what a row was to what it is."""
        for index, entries in zip(self.plan.indexes, self.entries, strict=True):
            before, after = index.key(old), index.key(new)
            if before == after and equal(before, after):
                continue
            if index.holds(before):
                entries.discard(before, row_id)
            if index.holds(after):
                entries.add(after, row_id)

    def reorder(self, row_id: int, old: PackedRow, new: PackedRow) -> None:
        """Bring the ordered groups from what a row was to what it is."""
        for ordered, runs in zip(self.plan.ordered, self.runs, strict=True):
            before, after = ordered.key(old), ordered.key(new)
            left, text = old[ordered.place], new[ordered.place]
            if left == text and before == after:
                continue
            if left is not None:
                runs.discard(before, left, row_id)
            if text is not None:
                runs.add(after, text, row_id)

    def drop(self, row_id: int, packed: PackedRow) -> None:
        """Take a row away."""
        self.rows.put(row_id, None)
        for index, entries in zip(self.plan.indexes, self.entries, strict=True):
            entries.discard(index.key(packed), row_id)
        for ordered, runs in zip(self.plan.ordered, self.runs, strict=True):
            text = packed[ordered.place]
            if text is not None:
                runs.discard(ordered.key(packed), text, row_id)

    def put_back(self, row_id: int, packed: PackedRow | None) -> None:
        """Bring a row back to what it was: that row, or none at all."""
        now = self.rows.get(row_id)
        if now is None:
            if packed is not None:
                self.put(row_id, packed)
        elif packed is None:
            self.drop(row_id, now)
        else:
            self.rows.put(row_id, packed)
            self.move(row_id, now, packed)
            self.reorder(row_id, now, packed)

    def matching(self, where: Mapping[str, Any]) -> Sequence[int]:
        """Return the ids of the rows whose indexed columns equal ``where``, oldest first."""
        number, key = self.plan.look_up(where)
        index = self.plan.indexes[number]
        ids = self.entries[number].ids(key) if index.holds(key) else ()
        if not ids or _TEXT.issuperset(map(type, key)):
            return ids
        # True, 1 and 1.0 are one key to Python and two to JSON.
        return [row_id for row_id in ids if equal(index.key(self.packed(row_id)), key)]

    def within(self, column: str, low: str | None, high: str | None, where: Mapping[str, Any]) -> list[int]:
        """Return the ids of the rows whose ordered column lies in a range, oldest first."""
        number, key = self.plan.look_up_ordered(column, (low, high), where)
        ids = self.runs[number].between(key, low, high)
        if not ids or _TEXT.issuperset(map(type, key)):
            return ids
        ordered = self.plan.ordered[number]
        return [row_id for row_id in ids if equal(ordered.key(self.packed(row_id)), key)]

    def lowest(self, column: str, high: str | None, where: Mapping[str, Any]) -> int | None:
        """Return the id of the row with the lowest text in an ordered column, at most ``high``, or None."""
        number, key = self.plan.look_up_ordered(column, (None, high), where)
        row_id = self.runs[number].lowest(key, high)
        if row_id is None or _TEXT.issuperset(map(type, key)):
            return row_id
        if equal(self.plan.ordered[number].key(self.packed(row_id)), key):
            return row_id
        # A row of a key that Python takes for the same stands before it.
        found = [
            (self.packed(each)[self.plan.ordered[number].place], each)
            for each in self.within(column, None, high, where)
        ]
        return min(found)[1] if found else None

    def packed(self, row_id: int) -> PackedRow:
        """Return the packed row of that id (KeyError when there is none)."""
        packed = self.rows.get(row_id)
        if packed is None:
            raise KeyError(row_id)
        return packed


class Content:
    """Tables and counters of one store. Tables are shared with others until they are written to."""

    __slots__ = ("_mine", "counters", "tables")

    def __init__(self, tables: dict[str, TableData], counters: dict[str, int]) -> None:
        self.tables = tables
        self.counters = counters
        self._mine: set[str] = set()

    @classmethod
    def empty(cls, specs: Iterable[TableSpec]) -> Content:
        """Return empty tables of these descriptions (StoreError when two have the same name)."""
        tables: dict[str, TableData] = {}
        for spec in specs:
            if spec.name in tables:
                raise StoreError(f"two tables have the name {spec.name!r}")
            tables[spec.name] = TableData(TablePlan(spec))
        return cls(tables, {})

    def share(self) -> Content:
        """Return the same content for a second store; from now on both copy what they write to."""
        self._mine.clear()
        return Content(self.tables.copy(), self.counters.copy())

    def table(self, name: str) -> TableData:
        """Return a table for reading (StoreError when there is none of that name)."""
        data = self.tables.get(name)
        if data is None:
            raise StoreError(f"there is no table {name!r}{nearest(name, self.tables)}")
        return data

    def frozen(self, name: str) -> TableData:
        """Return a table as it is now for good: later writes go to a copy."""
        data = self.table(name)
        self._mine.discard(name)
        return data

    def writable(self, name: str) -> TableData:
        """Return a table that no one else sees, for writing."""
        data = self.tables[name]
        if name not in self._mine:
            data = self.tables[name] = data.copy()
            self._mine.add(name)
        return data
