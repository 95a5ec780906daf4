"""Look-ups by a range of an ordered column: what they find, what they cost and what they refuse."""

from __future__ import annotations

import datetime as dt
import json
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.store.interface import StoreError, TableSpec
from mockserver.store.runs import BLOCK
from mockserver.store.tinystore import TinyStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import FrameType

    from mockserver.store.interface import Store

    Make = Callable[..., Store]
    Undone = Callable[[Store], AbstractContextManager[None]]

OWNER = {"tenant": "t", "process": "p"}
ALL: tuple[None, None] = (None, None)


def moment(second: int) -> str:
    """Return a moment as customers carry it."""
    return f"2026-11-22 {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def stored(store: Store, *seconds: int | None, **owner: str) -> list[int]:
    """Store a customer for each second, in one unit of work, and return their ids."""
    with store.unit():
        return [
            store.insert(
                "customers",
                {**OWNER, **owner, "storedatetime": None if second is None else moment(second)},
            )
            for second in seconds
        ]


def asked(store: Store, low: int | None, high: int | None, **owner: str) -> list[int]:
    """Return the ids of a range of seconds, having seen that both look-ups agree."""
    bounds = [None if second is None else moment(second) for second in (low, high)]
    where = {**OWNER, **owner}
    found = store.ids_between("customers", "storedatetime", *bounds, **where)
    rows = store.between("customers", "storedatetime", *bounds, **where)
    assert rows == [(row_id, store.get("customers", row_id)) for row_id in found]
    return found


def test_both_bounds_belong_to_the_range_and_none_leaves_a_side_open(store: Store) -> None:
    """Oldest row first, whatever the order of the moments."""
    late, early, middle, twin = stored(store, 30, 10, 20, 20)
    assert asked(store, 10, 20) == [early, middle, twin]
    assert asked(store, 20, 20) == [middle, twin]
    assert asked(store, 11, None) == [late, middle, twin]
    assert asked(store, None, 29) == [early, middle, twin]
    assert asked(store, None, None) == [late, early, middle, twin]
    assert asked(store, 11, 19) == asked(store, 31, None) == asked(store, None, 9) == []
    assert asked(store, 30, 10) == []


def test_a_bound_needs_not_be_a_whole_moment(store: Store) -> None:
    """Text is compared as text: a day stands before all its moments."""
    made = stored(store, 0, 1)
    for low, high, want in (("2026-11-22", "2026-11-23", made), ("2026-11-22 00:00:00 ", None, made[1:])):
        assert store.ids_between("customers", "storedatetime", low, high, **OWNER) == want


def test_only_rows_of_the_same_process_are_found(store: Store) -> None:
    """The scope is the process of the servicekey, within its tenant."""
    mine = stored(store, 1, 2)
    other = stored(store, 1, process="q")
    foreign = stored(store, 2, tenant="u")
    assert asked(store, None, None) == mine
    assert asked(store, None, None, process="q") == other
    assert asked(store, None, None, tenant="u") == foreign
    assert asked(store, None, None, tenant="nobody") == []


def test_a_row_without_the_ordered_value_stands_in_no_range(store: Store) -> None:
    """Until an update fills it, and again when an update empties it."""
    empty, full = stored(store, None, 5)
    assert asked(store, None, None) == [full]
    store.update("customers", empty, {"storedatetime": moment(5)})
    assert asked(store, 5, 5) == [empty, full]
    store.update("customers", full, {"storedatetime": None})
    assert asked(store, None, None) == [empty]
    store.remove("customers", full)
    assert asked(store, None, None) == [empty]


@pytest.mark.parametrize("kept", [1, 1.0, True, "1", None, 0, False])
@pytest.mark.parametrize("wanted", [1, 1.0, True, "1", None, 0, False])
def test_the_other_columns_equal_as_json_has_it(make: Make, kept: Any, wanted: Any) -> None:
    """1 is 1.0 and true is no number, as in every index; None equals None."""
    store = make([TableSpec("t", ("a", "b"), (), (("a", "b"),))])
    row_id = store.insert("t", {"a": kept, "b": "x"})
    same = kept == wanted and isinstance(kept, bool) == isinstance(wanted, bool)
    assert store.ids_between("t", "b", *ALL, a=wanted) == [row_id] * same
    store.update("t", row_id, {"a": True})
    assert store.ids_between("t", "b", *ALL, a=1) == []
    assert store.ids_between("t", "b", *ALL, a=True) == [row_id]


def test_a_group_may_be_one_column_and_two_may_end_in_the_same(make: Make) -> None:
    """Which one is asked is told by the columns named, in any order."""
    store = make([TableSpec("t", ("a", "b", "c"), (), (("c",), ("a", "b", "c"), ("a", "c")))])
    one, two = (store.insert("t", {"a": "k", "b": b, "c": b}) for b in ("x", "y"))
    assert store.ids_between("t", "c", "x", "y") == [one, two]
    assert store.ids_between("t", "c", "y", None, a="k") == [two]
    assert store.ids_between("t", "c", *ALL, b="x", a="k") == [one]


def test_moving_removing_and_undoing_keep_the_ranges_right(store: Store, undone: Undone) -> None:
    """A row found by its new moment is not found by the old, and the other way round once undone."""
    first, second, third = stored(store, 1, 2, 3)
    with undone(store):
        store.update("customers", first, {"storedatetime": moment(9), "crm": "x"})
        store.update("customers", second, {"process": "q"})
        store.remove("customers", third)
        stored(store, 2, 9)
        assert asked(store, None, 3) == [third + 1]
        assert asked(store, 9, 9) == [first, third + 2]
        assert asked(store, 2, 2, process="q") == [second]
    assert asked(store, None, None) == [first, second, third]
    assert [asked(store, n, n) for n in (1, 2, 3, 9)] == [[first], [second], [third], []]
    assert asked(store, None, None, process="q") == []
    copied = store.duplicate("customers", first, {"storedatetime": moment(2)})
    assert asked(store, 2, 2) == [second, copied]


def test_a_fork_and_a_snapshot_keep_ranges_of_their_own(store: Store) -> None:
    """Neither side sees what the other stores, moves or removes, and restoring goes back (AM-16)."""
    made = stored(store, *range(3 * BLOCK))
    snapshot, fork = store.fork(), store.fork()
    store.update("customers", made[0], {"storedatetime": moment(3_000)})
    store.remove("customers", made[BLOCK])
    [new] = stored(fork, BLOCK)
    assert asked(fork, None, None) == [*made, new]
    assert asked(fork, BLOCK, BLOCK) == [made[BLOCK], new]
    assert asked(store, None, None) == made[:BLOCK] + made[BLOCK + 1 :]
    assert asked(store, None, 0) == []
    assert asked(snapshot, None, None) == made
    store.restore(snapshot)
    assert asked(store, None, None) == made
    stored(store, 0)
    assert asked(snapshot, None, 0) == made[:1]


def test_a_loaded_dump_is_found_by_range(store: Store, make: Make) -> None:
    """The ranges are made anew from the rows."""
    stored(store, 3, None, 1, 2)
    other = make()
    stored(other, 1, 1, 1, 1, 1)
    other.load(json.loads(json.dumps(store.dump())))
    assert [asked(other, n, n) for n in (1, 2, 3)] == [[3], [4], [1]]
    other.load({})
    assert asked(other, None, None) == []


def test_what_comes_out_is_a_copy(store: Store) -> None:
    """Changing a row or a list of ids that was got changes nothing in the store."""
    row_id = store.insert("customers", {**OWNER, "storedatetime": "x", "fields": {"a": [1]}})
    store.insert("customers", {**OWNER, "storedatetime": "x"})
    store.between("customers", "storedatetime", *ALL, **OWNER)[0][1]["fields"]["a"].append(2)
    store.ids_between("customers", "storedatetime", *ALL, **OWNER).clear()
    store.ids("customers", **OWNER).clear()
    assert (store.get("customers", row_id) or {})["fields"] == {"a": [1]}
    assert asked(store, None, None) == [1, 2]
    assert store.ids("customers", **OWNER) == [1, 2]


def steps(work: Callable[[], object]) -> int:
    """Return how many bytecode instructions ``work`` takes: a cost that no machine's load changes."""
    count = 0

    def seen(frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return seen

    before = sys.gettrace()
    sys.settrace(seen)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def test_a_range_costs_its_matches_and_not_the_table() -> None:
    """Twenty customers among 20,000 take at most twice the instructions they take among 200."""
    costs, whole = [], []
    for size in (200, 20_000):
        store = TinyStore()
        stored(store, *range(size))
        search = partial(store.ids_between, "customers", "storedatetime")
        some = partial(search, moment(size // 2), moment(size // 2 + 19), **OWNER)
        assert len(some()) == 20
        costs.append(steps(some))
        whole.append(steps(partial(search, None, None, **OWNER)))
    assert costs[1] <= 2 * costs[0]
    assert whole[1] > 20 * whole[0]


def test_columns_without_an_ordered_group_are_refused_with_the_nearest_group(store: Store) -> None:
    """The ordered column is the group's last, and all the others must be named."""
    group = r"did you mean \(tenant, process, storedatetime\)"
    for look_up in (store.between, store.ids_between):
        with pytest.raises(StoreError, match=rf"no ordered group \(tenant, storedatetime\).*{group}"):
            look_up("customers", "storedatetime", None, None, tenant="t")
        with pytest.raises(StoreError, match=rf"\(storedatetime, tenant, process\).*{group}"):
            look_up("customers", "process", None, None, storedatetime="x", tenant="t")
        with pytest.raises(StoreError, match=r"dnc has no ordered group \(number\); it has none"):
            look_up("dnc", "number", None, None)
        with pytest.raises(StoreError, match=r"customers has no column 5"):
            look_up("customers", 5, None, None)  # type: ignore[arg-type]
        with pytest.raises(StoreError, match=r"customers has no column \[\]"):
            look_up("customers", [], None, None)  # type: ignore[arg-type]
    with pytest.raises(StoreError, match=r"no index on \(tenant, process, storedatetime\)"):
        store.find("customers", tenant="t", process="p", storedatetime="x")


@pytest.mark.parametrize("value", [1, 1.5, True, [], {}, dt.date(2026, 11, 22)])
def test_an_ordered_column_and_its_bounds_are_text_or_null(store: Store, value: Any) -> None:
    """Whatever is neither has no place in the order; refused when stored, loaded and asked for."""
    row_id = store.insert("customers", {"storedatetime": "a"})
    before = store.dump()
    for attempt in (
        lambda: store.insert("customers", {"storedatetime": value}),
        lambda: store.duplicate("customers", row_id, {"storedatetime": value}),
        lambda: store.update("customers", row_id, {"storedatetime": value}),
        lambda: store.load({"tables": {"customers": [{"#": 1, "storedatetime": value}]}}),
        lambda: store.between("customers", "storedatetime", value, None, tenant=None, process=None),
        lambda: store.ids_between("customers", "storedatetime", "a", value, tenant=None, process=None),
    ):
        with pytest.raises(StoreError, match=r"customers\.storedatetime: "):
            attempt()
    assert store.dump() == before


def test_the_other_columns_of_an_ordered_group_hold_no_lists_and_objects(make: Make) -> None:
    """Though no index is on them; neither stored nor asked for."""
    store = make([TableSpec("t", ("a", "b"), (), (("a", "b"),))])
    for attempt in (
        lambda: store.insert("t", {"a": []}),
        lambda: store.ids_between("t", "b", None, None, a={}),
    ):
        with pytest.raises(StoreError, match=r"t\.a: an indexed column"):
            attempt()
