"""What makes forks cheap and rows small, and that a change broken off half-way is mended."""

from __future__ import annotations

import gc
import tracemalloc
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.store.interface import TABLES, TableSpec
from mockserver.store.pages import Entries, Rows
from mockserver.store.runs import Runs
from mockserver.store.tinystore import TinyStore

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from contextlib import AbstractContextManager

    Undone = Callable[[TinyStore], AbstractContextManager[None]]


def traced(work: Callable[[], Any]) -> int:
    """Return the bytes that are still held because of ``work`` and its result."""
    gc.collect()
    tracemalloc.start()
    try:
        kept = work()
        gc.collect()
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert kept is not None
    return held


def customer(number: int) -> dict[str, Any]:
    """Return a row of customers."""
    return {
        "tenant": "golden",
        "process": "VoiceProcess",
        "contact1": str(9_000_000_000 + number),
        "customercode": f"C{number}",
        "crm": f"CRM{number}",
        "fields": {"Name": f"Customer {number}"},
        "storedatetime": f"2026-11-22 {number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}",
    }


def test_a_fork_copies_the_tables_that_are_written_to_and_never_their_rows() -> None:
    """With 10,000 customers a fork holds nothing, and a write to it the table's dictionaries, not the rows."""
    store = TinyStore()
    whole = traced(lambda: [store.insert("customers", customer(n)) for n in range(10_000)] and store)

    def fork_and_write() -> TinyStore:
        fork = store.fork()
        fork.update("customers", 5_000, {"contact1": "changed", "storedatetime": "2026-11-23 00:00:00"})
        fork.insert("customers", customer(10_000))
        return fork

    assert traced(fork_and_write) < whole / 2
    assert traced(store.fork) < 3_000


def test_a_used_fork_of_a_small_store_holds_little() -> None:
    """Less than 60 KB after a write to every table, so that a thousand sandboxes fit."""
    store = TinyStore()
    for spec in TABLES:
        for number in range(9):
            store.insert(spec.name, dict.fromkeys(spec.columns, f"value {number}"))

    def use() -> TinyStore:
        fork = store.fork()
        for spec in TABLES:
            fork.insert(spec.name, dict.fromkeys(spec.columns, "x"))
        return fork

    assert traced(use) < 60_000


def test_a_row_with_its_indexes_is_small() -> None:
    """A call of twelve short values and three index entries takes less than 800 bytes while the floor leaves it alone."""

    def fill() -> TinyStore:
        store = TinyStore()
        columns = next(spec.columns for spec in TABLES if spec.name == "calls")
        for number in range(5_000):
            store.insert("calls", dict.fromkeys(columns[:12], f"value{number}"))
        return store

    assert traced(fill) / 5_000 < 800


@pytest.mark.parametrize("method", ["add", "discard"])
@pytest.mark.parametrize("stop_before", [1, 2, 3])
@pytest.mark.parametrize("kind", ["insert", "update", "remove"])
def test_a_change_broken_off_half_way_is_undone(
    monkeypatch: pytest.MonkeyPatch, undone: Undone, kind: str, method: str, stop_before: int
) -> None:
    """An interrupt between two index writes leaves neither a lost nor a stray entry."""
    store = TinyStore([TableSpec("t", ("a", "b", "c"), (("a",), ("b",), ("c",)))])
    for number in range(3):
        store.insert("t", dict.fromkeys("abc", number))
    before = store.dump()
    changes: dict[str, Callable[[], Any]] = {
        "insert": lambda: store.insert("t", dict.fromkeys("abc", 1)),
        "update": lambda: store.update("t", 2, dict.fromkeys("abc", 2)),
        "remove": lambda: store.remove("t", 2),
    }
    calls: list[int] = []
    original = getattr(Entries, method)

    def interrupted(entries: Entries, mark: Hashable, row_id: int) -> None:
        calls.append(row_id)
        if len(calls) == stop_before:
            raise KeyboardInterrupt
        original(entries, mark, row_id)

    monkeypatch.setattr(Entries, method, interrupted)
    with undone(store):
        with suppress(KeyboardInterrupt):
            changes[kind]()
        monkeypatch.undo()
    assert store.dump() == before
    assert [
        sorted(map(len, map(entries.ids, [(0,), (1,), (2,)]))) for entries in store.content.table("t").entries
    ] == [[1] * 3] * 3
    for number in range(3):
        want = dict.fromkeys("abc", number)
        for column in "abc":
            assert store.find("t", **{column: number}) == [(number + 1, want)]


@pytest.mark.parametrize("method", ["add", "discard"])
@pytest.mark.parametrize("stop_before", [1, 2])
@pytest.mark.parametrize("kind", ["insert", "update", "remove"])
def test_a_change_of_ordered_columns_broken_off_half_way_is_undone(
    monkeypatch: pytest.MonkeyPatch, undone: Undone, kind: str, method: str, stop_before: int
) -> None:
    """An interrupt between two ordered groups, or between out and in, leaves neither lost nor stray ids."""
    store = TinyStore([TableSpec("t", ("a", "b"), (), (("b",), ("b", "a")))])
    for text in ("0", "1", "2"):
        store.insert("t", dict.fromkeys("ab", text))
    before = store.dump()
    changes: dict[str, Callable[[], Any]] = {
        "insert": lambda: store.insert("t", dict.fromkeys("ab", "1")),
        "update": lambda: store.update("t", 2, dict.fromkeys("ab", "2")),
        "remove": lambda: store.remove("t", 2),
    }
    calls: list[int] = []
    original = getattr(Runs, method)

    def interrupted(runs: Runs, key: Hashable, text: str, row_id: int) -> None:
        calls.append(row_id)
        if len(calls) == stop_before:
            raise KeyboardInterrupt
        original(runs, key, text, row_id)

    monkeypatch.setattr(Runs, method, interrupted)
    with undone(store):
        with suppress(KeyboardInterrupt):
            changes[kind]()
        monkeypatch.undo()
    assert store.dump() == before
    assert store.ids_between("t", "b", None, None) == [1, 2, 3]
    for number, text in enumerate("012", 1):
        assert store.ids_between("t", "b", text, text) == [number]
        assert store.ids_between("t", "a", None, None, b=text) == [number]


def test_entries_stay_in_order_and_copies_stay_apart() -> None:
    """For ascending, descending and mixed ids, and down to nothing."""
    for order in (range(1_000), range(999, -1, -1), [n * 379 % 1_000 for n in range(1_000)]):
        entries = Entries()
        for row_id in order:
            entries.add("five", row_id)
            entries.add("seven", row_id)
            entries.add("seven", row_id)
        assert list(entries.ids("five")) == list(entries.ids("seven")) == list(range(1_000))
        assert list(entries.ids("six")) == []
        copy = entries.copy()
        for row_id in order:
            copy.discard("five", row_id)
            copy.discard("five", row_id)
        assert (list(copy.ids("five")), list(copy.ids("seven"))) == ([], list(range(1_000)))
        assert len(entries.ids("five")) == 1_000


def test_rows_come_in_order_of_id_whatever_order_they_were_put_in() -> None:
    """An undone removal puts an old id back after younger ones."""
    rows = Rows()
    for row_id in range(1, 101):
        rows.put(row_id, ("x",))
    rows.put(3, None)
    rows.put(3, ("y",))
    assert [row_id for row_id, _ in rows.items()] == list(range(1, 101))
    assert rows.copy().get(3) == ("y",)
    assert rows.count == 100
