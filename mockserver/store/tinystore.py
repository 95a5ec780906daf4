"""The store of a sandbox: packed rows in memory, reachable through TinyDB as well.

Nothing is ever copied as a whole. A fork shares every table with its origin; the first write to a
shared table copies its list of pages, and the first write to a shared page copies that page.

Not safe for threads by itself. Hold one lock around every use of a store, and for :meth:`TinyStore.fork`
and :meth:`TinyStore.restore` the locks of both stores. Forks do not need each other's lock
afterwards: what they share never changes.
"""

from __future__ import annotations

from contextlib import nullcontext
from itertools import islice
from typing import TYPE_CHECKING, Any

from mockserver.store.data import Content
from mockserver.store.dumps import ID, checked_counter, dump_content, load_content
from mockserver.store.face import LiveStorage, LiveTable
from mockserver.store.interface import TABLES, StoreError
from mockserver.store.pages import MAX_ID
from mockserver.store.undo import UndoLog

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from mockserver.store.interface import Row, Store, TableSpec
    from mockserver.store.packing import PackedRow
    from mockserver.store.undo import Changes


class _Unit:
    """One unit of work of a store (a class, since it is entered once a request)."""

    __slots__ = ("_store",)

    def __init__(self, store: TinyStore) -> None:
        self._store = store

    def __enter__(self) -> None:
        self._store.begin()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._store.end(keep=kind is None)


class TinyStore:
    """The :class:`~mockserver.store.interface.Store` of this package, held in memory."""

    def __init__(self, tables: Sequence[TableSpec] = TABLES) -> None:
        """Make an empty store of these tables (StoreError when a description contradicts itself)."""
        self._content = Content.empty(tables)
        self._log: UndoLog | None = None
        self._last_changes: Changes = {}
        self._faces: dict[str, LiveTable] = {}

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        """Store a copy of ``row`` and return its id."""
        data = self._content.table(table)
        return self._insert(table, data.plan.fill(data.plan.empty, row), data.next_id)

    def duplicate(self, table: str, row_id: int, changes: Mapping[str, Any]) -> int:
        """Store another row like that of ``row_id`` with some columns changed, and return its id."""
        packed = self._packed(table, row_id)
        data = self._content.table(table)
        return self._insert(table, data.plan.fill(packed, changes), data.next_id)

    def insert_as(self, table: str, row_id: int, row: Mapping[str, Any]) -> None:
        """Store a copy of ``row`` under an id of the caller's choice, greater than every id so far."""
        if type(row_id) is not int or not 0 < row_id < MAX_ID:
            raise StoreError(f"table {table}: {row_id!r} is not an id from 1 to {MAX_ID - 1}")
        if row_id < self._content.table(table).next_id:
            raise StoreError(f"table {table} has given the id {row_id} away already, or passed it")
        plan = self._content.table(table).plan
        self._insert(table, plan.fill(plan.empty, row), row_id)

    def _insert(self, table: str, packed: PackedRow, row_id: int) -> int:
        data = self._content.writable(table)
        if row_id >= MAX_ID:
            raise StoreError(f"table {table} has used up its {MAX_ID - 1} ids")
        if self._log is not None:
            self._log.row(table, row_id, None, data.next_id)
        data.next_id = max(data.next_id, row_id + 1)
        data.put(row_id, packed)
        return row_id

    def get(self, table: str, row_id: int) -> Row | None:
        """Return a copy of the row of that id, or None."""
        data = self._content.table(table)
        packed = data.rows.get(row_id)
        return None if packed is None else data.as_row(packed)

    def first(self, table: str, **where: Any) -> tuple[int, Row] | None:
        """Return id and copy of the oldest row whose indexed columns equal ``where``, or None."""
        data = self._content.table(table)
        for row_id in data.matching(where):
            return row_id, data.row(row_id)
        return None

    def find(self, table: str, **where: Any) -> list[tuple[int, Row]]:
        """Return id and copy of every row whose indexed columns equal ``where``, oldest first."""
        data = self._content.table(table)
        return [(row_id, data.row(row_id)) for row_id in data.matching(where)]

    def ids(self, table: str, **where: Any) -> list[int]:
        """Return the ids of the rows that :meth:`find` would return, without copying rows."""
        return list(self._content.table(table).matching(where))

    def between(
        self, table: str, column: str, low: str | None, high: str | None, **where: Any
    ) -> list[tuple[int, Row]]:
        """Return id and copy of every row whose ordered column lies in a range, oldest first."""
        data = self._content.table(table)
        return [(row_id, data.row(row_id)) for row_id in data.within(column, low, high, where)]

    def ids_between(
        self, table: str, column: str, low: str | None, high: str | None, **where: Any
    ) -> list[int]:
        """Return the ids of the rows that :meth:`between` would return, without copying rows."""
        return self._content.table(table).within(column, low, high, where)

    def lowest(
        self, table: str, column: str, high: str | None = None, **where: Any
    ) -> tuple[int, Row] | None:
        """Return id and copy of the row with the lowest text in an ordered column, at most ``high``, or None."""
        data = self._content.table(table)
        row_id = data.lowest(column, high, where)
        return None if row_id is None else (row_id, data.row(row_id))

    def exists(self, table: str, **where: Any) -> bool:
        """Tell whether :meth:`first` would return a row."""
        return bool(self._content.table(table).matching(where))

    def update(self, table: str, row_id: int, changes: Mapping[str, Any]) -> None:
        """Set the given columns of a row (StoreError when there is none of that id)."""
        old = self._packed(table, row_id)
        data = self._content.writable(table)
        new = data.plan.fill(old, changes)
        if self._log is not None:
            self._log.row(table, row_id, old, data.next_id)
        data.rows.put(row_id, new)
        if data.plan.moves(changes):
            data.move(row_id, old, new)
        if data.plan.reorders(changes):
            data.reorder(row_id, old, new)

    def remove(self, table: str, row_id: int) -> None:
        """Take a row away (StoreError when there is none of that id)."""
        packed = self._packed(table, row_id)
        data = self._content.writable(table)
        if self._log is not None:
            self._log.row(table, row_id, packed, data.next_id)
        data.drop(row_id, packed)

    def count(self, table: str) -> int:
        """Return the number of rows of a table."""
        return self._content.table(table).rows.count

    def rows(self, table: str, offset: int = 0, limit: int | None = None) -> Iterator[tuple[int, Row]]:
        """Return ids and copies of rows, oldest first, as they are now: later changes do not show."""
        if offset < 0 or (limit is not None and limit < 0):
            raise StoreError(f"table {table}: offset {offset} and limit {limit} must not be negative")
        if limit is None:
            data = self._content.frozen(table)
            packed_rows: Iterator[tuple[int, PackedRow]] = islice(data.rows.items(), offset, None)
        else:
            data = self._content.table(table)
            last = min(offset + limit, data.rows.count)
            packed_rows = iter(list(islice(data.rows.items(), min(offset, last), last)))
        return ((row_id, data.as_row(packed)) for row_id, packed in packed_rows)

    def take(self, counter: str) -> int:
        """Return the counter's next value and move it on by one. A counter starts at 1."""
        counters = self._content.counters
        value = counters.get(counter, 1)
        if value in (0, 1) or counter.startswith(ID):
            self.set_counter(counter, value + 1)
            return value
        if self._log is not None:
            self._log.counters.setdefault(counter, value)
        counters[counter] = value + 1
        return value

    def counter(self, counter: str) -> int:
        """Return the next value of a counter without moving it."""
        return self._content.counters.get(counter, 1)

    def set_counter(self, counter: str, value: int) -> None:
        """Set the next value of a counter (StoreError for no whole number, or a name with ``#``)."""
        checked_counter(counter, value)
        if counter.startswith(ID):
            raise StoreError(f"counter {counter!r}: names that start with '#' belong to the store")
        if self._log is not None:
            self._log.counters.setdefault(counter, self._content.counters.get(counter))
        if value == 1:
            self._content.counters.pop(counter, None)
        else:
            self._content.counters[counter] = value

    def unit(self) -> AbstractContextManager[None]:
        """Open a unit of work: all its changes stay, or none when an exception leaves it."""
        return nullcontext() if self._log is not None else _Unit(self)

    def together(self) -> AbstractContextManager[None]:
        """Let the changes inside be kept on disk as one; in memory alone there is nothing to do."""
        return nullcontext()

    def begin(self) -> None:
        """Begin to keep what changes undo; for the unit of work."""
        self._log = UndoLog()

    def end(self, *, keep: bool) -> None:
        """Keep or undo what changed since :meth:`begin`; for the unit of work."""
        log, self._log = self._log, None
        if log is not None and not keep:
            log.undo(self._content)
            log = None
        self._last_changes = {} if log is None else log.changes(self._content)

    def changes(self) -> Changes:
        """Count what the last unit (or the open one) did: table -> inserted/updated/removed."""
        return self._last_changes if self._log is None else self._log.changes(self._content)

    def fork(self) -> TinyStore:
        """Return an independent store with the same content, sharing what neither changes."""
        other = TinyStore(())
        other.content = self._content.share()
        return other

    def restore(self, other: Store) -> None:
        """Take over the content of a store made by :meth:`fork`, which stays usable."""
        if not isinstance(other, TinyStore) or other.specs != self.specs:
            raise StoreError("restore takes a fork of this store, or a store of the same tables")
        self.content = other.content.share()

    def dump(self) -> dict[str, Any]:
        """Return the whole content as plain JSON; equal content gives an equal dump."""
        return dump_content(self._content)

    def load(self, dump: Mapping[str, Any]) -> None:
        """Replace the content by a dump, all or nothing (StoreError says what does not fit)."""
        self.content = load_content(self.specs, dump)

    @property
    def specs(self) -> tuple[TableSpec, ...]:
        """The descriptions of the tables, in their order."""
        return tuple(data.plan.spec for data in self._content.tables.values())

    @property
    def content(self) -> Content:
        """The content itself, for stores and faces of this package: never change it in place."""
        return self._content

    @content.setter
    def content(self, content: Content) -> None:
        if self._log is not None:
            raise StoreError("the whole content cannot be replaced inside a unit of work")
        self._content = content

    def table(self, name: str) -> LiveTable:
        """Return a table as TinyDB knows it, for queries; writes keep indexes and units right."""
        self._content.table(name)
        if name not in self._faces:
            self._faces[name] = LiveTable(LiveStorage(self), name)
        return self._faces[name]

    def _packed(self, table: str, row_id: int) -> PackedRow:
        packed = self._content.table(table).rows.get(row_id)
        if packed is None:
            raise StoreError(f"table {table} has no row {row_id!r}")
        return packed
