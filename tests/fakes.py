"""A plain store for tests that only write and read rows: the interface, without speed or durability."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from mockserver.store.interface import TABLES, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.store.interface import Row, Store


class FakeStore:
    """As much of :class:`mockserver.store.interface.Store` as seeding uses, checked as strictly."""

    def __init__(self) -> None:
        self._specs = {spec.name: spec for spec in TABLES}
        self._tables: dict[str, list[Row]] = {name: [] for name in self._specs}
        self._counters: dict[str, int] = {}
        self._units = 0
        self.units = 0

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        strange = set(row) - set(self._specs[table].columns)
        if strange:
            raise StoreError(f"{table} has no columns {sorted(strange)}")
        if not self._units:
            raise AssertionError("seeding writes inside a unit")
        self._tables[table].append(copy.deepcopy(dict(row)))
        return len(self._tables[table])

    def duplicate(self, table: str, row_id: int, changes: Mapping[str, Any]) -> int:
        return self.insert(table, {**self._tables[table][row_id - 1], **changes})

    def ids(self, table: str, **where: Any) -> list[int]:
        return [row_id for row_id, _ in self.find(table, **where)]

    def find(self, table: str, **where: Any) -> list[tuple[int, Row]]:
        if set(where) not in [set(index) for index in self._specs[table].indexes]:
            raise StoreError(f"{table} has no index on {sorted(where)}")
        return [
            (row_id, row)
            for row_id, row in self.rows(table)
            if all(row.get(column) == value for column, value in where.items())
        ]

    def first(self, table: str, **where: Any) -> tuple[int, Row] | None:
        return next(iter(self.find(table, **where)), None)

    def exists(self, table: str, **where: Any) -> bool:
        return bool(self.find(table, **where))

    def rows(self, table: str, offset: int = 0, limit: int | None = None) -> Iterator[tuple[int, Row]]:
        stop = None if limit is None else offset + limit
        yield from enumerate(copy.deepcopy(self._tables[table][offset:stop]), start=offset + 1)

    def count(self, table: str) -> int:
        return len(self._tables[table])

    def counter(self, counter: str) -> int:
        return self._counters.get(counter, 1)

    def set_counter(self, counter: str, value: int) -> None:
        if not self._units:
            raise AssertionError("seeding writes inside a unit")
        self._counters[counter] = value

    @contextmanager
    def unit(self) -> Iterator[None]:
        before = (copy.deepcopy(self._tables), dict(self._counters)) if not self._units else None
        self._units += 1
        self.units += 1
        try:
            yield
        except BaseException:
            if before is not None:
                self._tables, self._counters = before
            raise
        finally:
            self._units -= 1

    def dump(self) -> dict[str, Any]:
        return {
            "tables": {
                name: [{"#": number, **row} for number, row in self.rows(name)] for name in self._tables
            },
            "counters": dict(sorted(self._counters.items())),
        }


def new_store() -> Store:
    """Return an empty store."""
    return cast("Store", FakeStore())
