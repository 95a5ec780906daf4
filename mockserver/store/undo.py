"""The undo log of a unit of work: what each touched row, counter and next id was before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.store.packing import same

if TYPE_CHECKING:
    from mockserver.store.data import Content
    from mockserver.store.packing import PackedRow

Changes = dict[str, dict[str, int]]


class UndoLog:
    """What was before the unit, kept once for each thing touched; cost grows with changes only."""

    __slots__ = ("counters", "next_ids", "rows")

    def __init__(self) -> None:
        self.rows: dict[tuple[str, int], PackedRow | None] = {}
        self.next_ids: dict[str, int] = {}
        self.counters: dict[str, int | None] = {}

    def row(self, table: str, row_id: int, before: PackedRow | None, next_id: int) -> None:
        """Note what a row (None: not there) and its table's next id were before a change."""
        self.rows.setdefault((table, row_id), before)
        self.next_ids.setdefault(table, next_id)

    def undo(self, content: Content) -> None:
        """Bring rows, indexes, next ids and counters back to what they were."""
        for (table, row_id), before in self.rows.items():
            content.writable(table).put_back(row_id, before)
        for table, next_id in self.next_ids.items():
            content.writable(table).next_id = next_id
        for name, value in self.counters.items():
            if value is None:
                content.counters.pop(name, None)
            else:
                content.counters[name] = value

    def changes(self, content: Content) -> Changes:
        """Count the rows that are not what they were, by table."""
        counts: Changes = {}
        for (table, row_id), before in self.rows.items():
            kind = _kind(before, content.table(table).rows.get(row_id))
            if kind is not None:
                zero = {"inserted": 0, "updated": 0, "removed": 0}
                counts.setdefault(table, zero)[kind] += 1
        return counts


def _kind(before: PackedRow | None, now: PackedRow | None) -> str | None:
    if before is None:
        return None if now is None else "inserted"
    if now is None:
        return "removed"
    return None if same(before, now) else "updated"
