"""The store as TinyDB sees it: a Storage that is live memory, and tables over it.

Reading works as in any TinyDB table, and every document is a copy. Writing works too: an update or
removal by query is first made on a draft, then carried out row by row in one unit of work, so
indexes, undo log and refusals are the store's. The query cache is off, because it would hand the same
document to several callers and outlive a rollback.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast

from tinydb.storages import Storage
from tinydb.table import Document, Table

from mockserver.store.interface import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from mockserver.store.data import Content, TableData
    from mockserver.store.interface import Row


class Live(Protocol):
    """What the faces need of the store behind them."""

    @property
    def content(self) -> Content:
        """What the store holds."""

    def get(self, table: str, row_id: int) -> Row | None:
        """Return a copy of a row."""

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        """Store a row and return its id."""

    def insert_as(self, table: str, row_id: int, row: Mapping[str, Any]) -> None:
        """Store a row under a given id."""

    def update(self, table: str, row_id: int, changes: Mapping[str, Any]) -> None:
        """Set columns of a row."""

    def remove(self, table: str, row_id: int) -> None:
        """Take a row away."""

    def unit(self) -> AbstractContextManager[None]:
        """Open a unit of work."""


class RowsView(Mapping[str, "Row"]):
    """The rows of a table at one moment, keyed by id as text, as TinyDB wants them."""

    def __init__(self, data: TableData) -> None:
        self._data = data

    def __getitem__(self, key: str) -> Row:
        return self._data.row(int(key))

    def __iter__(self) -> Iterator[str]:
        return (str(row_id) for row_id, _ in self._data.rows.items())

    def __len__(self) -> int:
        return self._data.rows.count


class Draft(MutableMapping[int, "Row"]):
    """A table under change: remembers which rows were handed out, set or deleted."""

    def __init__(self, store: Live, name: str) -> None:
        self._store, self._name = store, name
        self._ids = dict.fromkeys(row_id for row_id, _ in store.content.frozen(name).rows.items())
        self._touched: dict[int, Row | None] = {}

    def __getitem__(self, row_id: int) -> Row:
        if row_id not in self._ids:
            raise KeyError(row_id)
        row = self._touched.get(row_id)
        if row is None:
            row = self._touched[row_id] = self._store.content.table(self._name).row(row_id)
        return row

    def __setitem__(self, row_id: int, row: Row) -> None:
        self._ids[row_id] = None
        self._touched[row_id] = row

    def __delitem__(self, row_id: int) -> None:
        del self._ids[row_id]
        self._touched[row_id] = None

    def __iter__(self) -> Iterator[int]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def carry_out(self) -> None:
        """Do to the store what was done to the draft, all or nothing."""
        empty = dict.fromkeys(self._store.content.frozen(self._name).plan.columns)
        with self._store.unit():
            for row_id, row in self._touched.items():
                there = self._store.get(self._name, row_id) is not None
                if row is None:
                    self._store.remove(self._name, row_id)
                elif there:
                    self._store.update(self._name, row_id, {**empty, **row})
                else:
                    self._store.insert_as(self._name, row_id, row)


class LiveStorage(Storage):
    """A TinyDB storage that is the memory itself: reading gives live tables, nothing is written."""

    def __init__(self, store: Live) -> None:
        super().__init__()
        self.store = store

    def read(self) -> dict[str, dict[str, Any]]:
        """Return every table as a mapping of ids to rows."""
        tables = {name: RowsView(self.store.content.frozen(name)) for name in self.store.content.tables}
        return cast("dict[str, dict[str, Any]]", tables)

    def write(self, data: dict[str, dict[str, Any]]) -> NoReturn:  # noqa: ARG002 - TinyDB's signature
        """Refuse: a whole new content would pass the indexes by."""
        raise StoreError("write through a table, or load a dump: the storage is the store's memory")


class LiveTable(Table):
    """A TinyDB table over a table of the store."""

    def __init__(self, storage: LiveStorage, name: str) -> None:
        super().__init__(storage, name, cache_size=0)
        self._store = storage.store

    def insert(self, document: Mapping[Any, Any]) -> int:
        """Store a row (a Document under its own id) and return its id."""
        if not isinstance(document, Mapping):
            raise StoreError(f"table {self.name}: a row is an object, not {type(document).__name__}")
        if isinstance(document, Document):
            self._store.insert_as(self.name, document.doc_id, document)
            return document.doc_id
        return self._store.insert(self.name, document)

    def insert_multiple(self, documents: Iterable[Mapping[Any, Any]]) -> list[int]:
        """Store several rows, all or none, and return their ids."""
        with self._store.unit():
            return [self.insert(document) for document in documents]

    def _read_table(self) -> dict[str, Mapping[Any, Any]]:
        return cast("dict[str, Mapping[Any, Any]]", RowsView(self._store.content.frozen(self.name)))

    def _update_table(self, updater: Callable[[dict[int, Mapping[Any, Any]]], None]) -> None:
        draft = Draft(self._store, self.name)
        updater(cast("dict[int, Mapping[Any, Any]]", draft))
        draft.carry_out()
