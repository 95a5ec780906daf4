"""What makes forks cheap and rows small, and that a change broken off half-way is mended."""

from __future__ import annotations

import gc
import tracemalloc
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.store.interface import TABLES, TableSpec
from mockserver.store.pages import ENTRY_PAGE, Entries, Rows
from mockserver.store.tinystore import TinyStore

if TYPE_CHECKING:
    from collections.abc import Callable
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
    }


def test_a_fork_copies_what_is_written_to_and_not_the_rest() -> None:
    """With 10,000 customers a fork and a write to it hold a few pages, not a second copy."""
    store = TinyStore()
    whole = traced(lambda: [store.insert("customers", customer(n)) for n in range(10_000)] and store)

    def fork_and_write() -> TinyStore:
        fork = store.fork()
        fork.update("customers", 5_000, {"contact1": "changed"})
        fork.insert("customers", customer(10_000))
        return fork

    assert traced(fork_and_write) < whole / 30
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
    """A call of twelve short values and three index entries takes less than 300 bytes."""

    def fill() -> TinyStore:
        store = TinyStore()
        columns = next(spec.columns for spec in TABLES if spec.name == "calls")
        for number in range(5_000):
            store.insert("calls", dict.fromkeys(columns, f"value{number}"))
        return store

    assert traced(fill) / 5_000 < 300


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

    def interrupted(entries: Entries, mark: int, row_id: int) -> None:
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
    assert [len(entries) for entries in store.content.table("t").entries] == [3, 3, 3]
    for number in range(3):
        want = dict.fromkeys("abc", number)
        for column in "abc":
            assert store.find("t", **{column: number}) == [(number + 1, want)]


def test_entries_split_and_join_in_order_and_copies_stay_apart() -> None:
    """Across pages, for ascending, descending and mixed ids, and down to nothing."""
    for order in (range(1_000), range(999, -1, -1), [n * 379 % 1_000 for n in range(1_000)]):
        entries = Entries()
        for row_id in order:
            entries.add(5, row_id)
            entries.add(7, row_id)
            entries.add(7, row_id)
        assert list(entries.ids(5)) == list(entries.ids(7)) == list(range(1_000))
        assert list(entries.ids(6)) == []
        copy = entries.copy()
        for row_id in order:
            copy.discard(5, row_id)
            copy.discard(5, row_id)
        assert (list(copy.ids(5)), list(copy.ids(7))) == ([], list(range(1_000)))
        assert (len(copy), len(entries)) == (1_000, 2_000)


def test_ascending_ids_of_one_key_fill_their_pages() -> None:
    """The usual growth leaves no half-empty pages behind."""
    entries = Entries()
    for row_id in range(10 * ENTRY_PAGE):
        entries.add(1, row_id)
    assert len(entries._pages) == 10


def test_rows_give_empty_pages_back() -> None:
    """A table whose old rows are removed does not keep their room."""
    rows = Rows()
    for row_id in range(1, 1_001):
        rows.put(row_id, b"x")
    for row_id in range(1, 951):
        rows.put(row_id, None)
    assert len(rows._pages) == 2
    assert [row_id for row_id, _ in rows.items()] == list(range(951, 1_001))
    rows.put(3, b"y")
    assert next(rows.items()) == (3, b"y")
    assert rows.count == 51
