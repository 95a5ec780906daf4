"""The content of a store as plain JSON, and back.

A row is an object of its columns with its id in ``"#"``. The next id of a table follows from its
last row; where it does not (younger rows were removed), it stands among the counters as
``"#<table>"``, so that a loaded store goes on exactly as the dumped one would have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.store.data import Content
from mockserver.store.interface import StoreError
from mockserver.store.pages import MAX_ID
from mockserver.store.plan import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mockserver.store.data import TableData
    from mockserver.store.interface import Row, TableSpec
    from mockserver.store.packing import PackedRow

ID = "#"
MEMBERS = ("tables", "counters")


def dump_content(content: Content) -> dict[str, Any]:
    """Return tables in their order, rows by id, counters by name; a counter at 1 is left out."""
    rows: dict[str, list[Row]] = {}
    numbers = dict(content.counters)
    for name, data in content.tables.items():
        rows[name] = [{ID: row_id, **data.as_row(packed)} for row_id, packed in data.rows.items()]
        if data.next_id != _after(rows[name]):
            numbers[ID + name] = data.next_id
    return {"tables": rows, "counters": {name: numbers[name] for name in sorted(numbers)}}


def load_content(specs: Iterable[TableSpec], dump: Mapping[str, Any]) -> Content:
    """Return the content of a dump; StoreError names table, column and row that do not fit."""
    _members("a dump", dump, MEMBERS)
    content = Content.empty(specs)
    tables = content.tables
    listed = dump.get("tables", {})
    _members("'tables' of a dump", listed, tables)
    for name, rows in listed.items():
        _load_rows(tables[name], rows)
    for name, value in _members("'counters' of a dump", dump.get("counters", {})).items():
        checked_counter(name, value)
        if name.startswith(ID):
            _set_next_id(tables, name, value)
        elif value != 1:
            content.counters[name] = value
    return content


def checked_counter(name: Any, value: Any) -> None:
    """Refuse a counter whose name is no text or whose value is no whole number."""
    if not isinstance(name, str):
        raise StoreError(f"counter {name!r}: the name of a counter is text")
    if type(value) is not int:
        raise StoreError(f"counter {name!r}: {value!r} is no whole number")


def _members(what: str, found: Any, known: Iterable[str] | None = None) -> Mapping[str, Any]:
    """Return an object whose members are among ``known``, or say which is not."""
    if not isinstance(found, dict):
        raise StoreError(f"{what} is an object, not a value of type {type(found).__name__}")
    for name in found if known is not None else ():
        if name not in (known or ()):
            raise StoreError(f"{what} has no member {name!r}{nearest(name, known or ())}")
    return found


def _load_rows(data: TableData, rows: Any) -> None:
    name = data.plan.name
    if not isinstance(rows, list):
        raise StoreError(f"table {name} is a list of rows, not a value of type {type(rows).__name__}")
    loaded: dict[int, PackedRow] = {}
    for number, row in enumerate(rows, 1):
        place = f"table {name}, row {number}"
        if not isinstance(row, dict):
            raise StoreError(f"{place}: a row is an object, not a value of type {type(row).__name__}")
        row_id = row.get(ID)
        if type(row_id) is not int or not 0 < row_id < MAX_ID:
            raise StoreError(f"{place}: column '#' is {row_id!r}, not an id from 1 to {MAX_ID - 1}")
        if row_id in loaded:
            raise StoreError(f"{place}: column '#': another row has the id {row_id}")
        values = {column: value for column, value in row.items() if column != ID}
        try:
            loaded[row_id] = data.plan.fill(data.plan.empty, values)
        except StoreError as error:
            raise StoreError(f"{place} (#{row_id}): {error}") from None
    for row_id in sorted(loaded):
        data.put(row_id, loaded[row_id])
        data.next_id = row_id + 1


def _set_next_id(tables: Mapping[str, TableData], counter: str, value: int) -> None:
    name = counter.removeprefix(ID)
    if name not in tables:
        raise StoreError(f"counter {counter!r}: there is no table {name!r}{nearest(name, tables)}")
    if not tables[name].next_id <= value <= MAX_ID:
        raise StoreError(
            f"counter {counter!r}: the next id of table {name} cannot be {value}: "
            f"it lies from {tables[name].next_id} to {MAX_ID}"
        )
    tables[name].next_id = value


def _after(rows: list[Row]) -> int:
    last: int = rows[-1][ID] if rows else 0
    return last + 1
