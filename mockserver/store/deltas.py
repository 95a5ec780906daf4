"""What changed in a store, as plain JSON: so that it can be written down, and done again elsewhere.

A delta is an object of at most four members: ``rows`` (table -> rows as they are now, each a list of its
id and its columns in order), ``gone`` (table -> ids), ``next`` (table -> next id) and ``counters``
(name -> value; 1 is where every counter starts). What did not change is left out.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from mockserver.store.packing import same, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mockserver.store.data import Content, TableData
    from mockserver.store.packing import PackedRow
    from mockserver.store.undo import UndoLog

Delta = dict[str, Any]

PORTION: Final = 1000
"""Rows that :func:`portions` puts into one delta at most."""


def of_unit(log: UndoLog, content: Content) -> Delta:
    """Return what an open unit of work has changed; empty when all is what it was."""
    rows: dict[str, list[list[Any]]] = {}
    gone: dict[str, list[int]] = {}
    tables, counters = content.tables, content.counters
    for (table, row_id), before in log.rows.items():
        packed = tables[table].rows.get(row_id)
        if packed is None:
            if before is not None:
                gone.setdefault(table, []).append(row_id)
        elif before is None or not same(before, packed):
            rows.setdefault(table, []).append([row_id, *unpack(packed)])
    after = {table: tables[table].next_id for table, was in log.next_ids.items()}
    return _delta(
        rows,
        gone,
        {table: number for table, number in after.items() if number != log.next_ids[table]},
        {
            name: counters.get(name, 1)
            for name, was in log.counters.items()
            if counters.get(name, 1) != (1 if was is None else was)
        },
    )


def between(before: Content, after: Content) -> Delta:
    """Return what leads from one content to another of the same tables; what they share costs nothing."""
    rows: dict[str, list[list[Any]]] = {}
    gone: dict[str, list[int]] = {}
    next_ids: dict[str, int] = {}
    for name, data in after.tables.items():
        old = before.tables[name]
        if old is data:
            continue
        found = [[row_id, *unpack(packed)] for row_id, packed in _other_rows(old, data)]
        left = [row_id for row_id, _ in old.rows.items() if data.rows.get(row_id) is None]
        if found:
            rows[name] = found
        if left:
            gone[name] = left
        if old.next_id != data.next_id:
            next_ids[name] = data.next_id
    names = before.counters.keys() | after.counters.keys()
    pairs = {name: (before.counters.get(name, 1), after.counters.get(name, 1)) for name in sorted(names)}
    return _delta(rows, gone, next_ids, {name: new for name, (old, new) in pairs.items() if old != new})


def _other_rows(old: TableData, new: TableData) -> Iterator[tuple[int, PackedRow]]:
    was = old.rows.get
    for row_id, packed in new.rows.items():
        before = was(row_id)
        # Forks share their rows, so that most are the very same object.
        if before is not packed and (before is None or not same(before, packed)):
            yield row_id, packed


def _delta(rows: Delta, gone: Delta, next_ids: Delta, counters: Delta) -> Delta:
    found = {"rows": rows, "gone": gone, "next": next_ids, "counters": counters}
    return {name: member for name, member in found.items() if member}


def portions(content: Content) -> Iterator[Delta]:
    """Yield a content as deltas of :data:`PORTION` rows at most, which make it out of nothing."""
    for name, data in content.tables.items():
        items = data.rows.items()
        while listed := [[row_id, *unpack(packed)] for row_id, packed in islice(items, PORTION)]:
            yield {"rows": {name: listed}}
    next_ids = {name: data.next_id for name, data in content.tables.items() if data.next_id != 1}
    last = _delta({}, {}, next_ids, dict(content.counters))
    if last:
        yield last


def split(delta: Delta) -> Iterator[Delta]:
    """Yield a delta as several of :data:`PORTION` rows at most."""
    for table, rows in delta.get("rows", {}).items():
        for start in range(0, len(rows), PORTION):
            yield {"rows": {table: rows[start : start + PORTION]}}
    rest = {name: member for name, member in delta.items() if name != "rows"}
    if rest:
        yield rest


def apply(content: Content, delta: Mapping[str, Any], columns: Mapping[str, Sequence[str]]) -> None:
    """Do a delta to a content; ``columns`` names those its rows are written in, table by table.

    Columns that the tables have beyond those become None. Raises StoreError, KeyError, TypeError or
    ValueError for what is no delta of these tables, which may then be done in part.
    """
    for table, rows in delta.get("rows", {}).items():
        data, names = content.writable(table), columns[table]
        fill, empty = data.plan.fill, data.plan.empty
        for row_id, *values in rows:
            data.put_back(row_id, fill(empty, dict(zip(names, values, strict=True))))
    for table, ids in delta.get("gone", {}).items():
        for row_id in ids:
            content.writable(table).put_back(row_id, None)
    for table, next_id in delta.get("next", {}).items():
        content.writable(table).next_id = next_id
    for name, value in delta.get("counters", {}).items():
        if value == 1:
            content.counters.pop(name, None)
        else:
            content.counters[name] = value
