"""What every store does: the promises of ``mockserver.store.interface``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.store.interface import TABLES, StoreError, TableSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from mockserver.store.interface import Store

    Make = Callable[..., Store]
    Undone = Callable[[Store], AbstractContextManager[None]]


def ids(found: list[tuple[int, dict[str, Any]]]) -> list[int]:
    """Return the ids of what was found."""
    return [row_id for row_id, _ in found]


def test_a_row_comes_back_with_every_column_in_the_tables_order(things: Store) -> None:
    """Columns left out read as None."""
    row_id = things.insert("things", {"name": "n", "kind": 1})
    assert list((things.get("things", row_id) or {}).items()) == [("kind", 1), ("name", "n"), ("body", None)]


@pytest.mark.parametrize(
    "value",
    [
        "", "text", "\ud800", "नमस्ते", 0, -1, 10**30, 1.5, -0.0, 1e300, True, False, None,
        [], {}, [1, [2.0, {"a": None}]], {"b": [True], "a": {"c": ""}},
    ],
)  # fmt: skip
def test_every_json_value_comes_back_exactly(things: Store, value: Any) -> None:
    """Type, sign, size and the order of members are kept."""
    row_id = things.insert("things", {"body": value})
    assert repr((things.get("things", row_id) or {})["body"]) == repr(value)


def test_subclasses_of_plain_types_come_back_plain(things: Store) -> None:
    """A YAML loader's own text, number, list and dict types do not stay in the store."""
    kinds = [type(base.__name__, (base,), {}) for base in (str, int, float, list, dict)]
    values = [kind() for kind in kinds]
    row_id = things.insert("things", {"body": values})
    body = (things.get("things", row_id) or {})["body"]
    assert [type(value) for value in body] == [str, int, float, list, dict]


def test_what_goes_in_and_out_is_a_copy(things: Store) -> None:
    """Changing what was passed or got, however deep, changes nothing in the store."""
    body = {"list": [1, {"deep": []}]}
    want = json.dumps(body)
    row_id = things.insert("things", {"kind": "k", "body": body})
    body["list"].append(2)
    fork = things.fork()
    found = things.first("things", kind="k")
    assert found is not None
    for row in (
        things.get("things", row_id),
        found[1],
        things.find("things", kind="k")[0][1],
        next(things.rows("things"))[1],
        things.dump()["tables"]["things"][0],
        fork.get("things", row_id),
    ):
        assert row is not None
        assert json.dumps(row["body"]) == want
        row["body"]["list"][1]["deep"].append("changed")
    change: dict[str, list[Any]] = {"body": [[]]}
    things.update("things", row_id, change)
    change["body"][0].append(1)
    assert (things.get("things", row_id) or {})["body"] == [[]]


def test_an_object_used_twice_in_a_row_comes_back_as_two(things: Store) -> None:
    """No two members of a returned row share a list."""
    shared: list[int] = []
    row_id = things.insert("things", {"body": [shared, shared]})
    body = (things.get("things", row_id) or {})["body"]
    body[0].append(1)
    assert body == [[1], []]


def test_ids_are_positive_and_never_used_twice(things: Store) -> None:
    """Not even after the youngest row was removed."""
    first = things.insert("things", {})
    second = things.insert("things", {})
    things.remove("things", second)
    third = things.insert("things", {})
    assert 0 < first < second < third
    assert things.get("things", second) is None
    assert things.get("things", 0) is None
    assert things.get("things", -1) is None


def test_look_ups_find_by_any_order_of_columns(things: Store) -> None:
    """First, find and exists agree."""
    one = things.insert("things", {"kind": "a", "name": "x"})
    things.insert("things", {"kind": "a", "name": "y"})
    two = things.insert("things", {"kind": "a", "name": "x"})
    assert ids(things.find("things", name="x", kind="a")) == [one, two]
    assert things.first("things", kind="a", name="x") == (one, {"kind": "a", "name": "x", "body": None})
    assert things.exists("things", kind="a", name="x")
    assert things.first("things", kind="a", name="z") is None
    assert not things.exists("things", kind="b")
    assert things.find("things", kind="b") == []


@pytest.mark.parametrize("stored", [1, 1.0, True, "1", None, 0, -0.0, False, "", -1, -2])
@pytest.mark.parametrize("asked", [1, 1.0, True, "1", None, 0, -0.0, False, "", -1, -2])
def test_a_key_equals_another_as_json_has_it(things: Store, stored: Any, asked: Any) -> None:
    """1 is 1.0; true is no number; "1" is no number; null in one column is a value like others."""
    things.insert("things", {"kind": stored, "name": "n"})
    same = stored == asked and isinstance(stored, bool) == isinstance(asked, bool)
    assert things.exists("things", kind=asked, name="n") is same


def test_a_row_without_any_indexed_value_does_not_stand_in_the_index(things: Store) -> None:
    """Neither before nor after an update that empties or fills the columns."""
    row_id = things.insert("things", {"body": 1})
    assert things.find("things", kind=None) == []
    assert things.find("things", kind=None, name=None) == []
    things.update("things", row_id, {"name": "n"})
    assert ids(things.find("things", kind=None, name="n")) == [row_id]
    assert things.find("things", kind=None) == []
    things.update("things", row_id, {"name": None})
    assert things.find("things", kind=None, name="n") == []


def test_oldest_first_survives_moves_between_keys_and_undoing(things: Store, undone: Undone) -> None:
    """A row that leaves a key and comes back stands where its age puts it."""
    old, middle, young = (things.insert("things", {"kind": "a"}) for _ in range(3))
    things.update("things", old, {"kind": "b"})
    assert ids(things.find("things", kind="a")) == [middle, young]
    things.update("things", old, {"kind": "a"})
    assert ids(things.find("things", kind="a")) == [old, middle, young]
    with undone(things):
        things.remove("things", middle)
        things.update("things", old, {"kind": "c"})
    assert ids(things.find("things", kind="a")) == [old, middle, young]
    assert (things.first("things", kind="a") or (0,))[0] == old
    assert [row_id for row_id, _ in things.rows("things")] == [old, middle, young]


def test_many_rows_under_one_key_keep_their_order(things: Store) -> None:
    """Far beyond one page of an index, with rows leaving from the middle, the front and the end."""
    with things.unit():
        made = [things.insert("things", {"kind": "k", "name": str(n % 7)}) for n in range(2_000)]
    gone = set(made[:300] + made[700:1_300:2] + made[-10:])
    with things.unit():
        for row_id in gone:
            things.remove("things", row_id)
    left = [row_id for row_id in made if row_id not in gone]
    assert ids(things.find("things", kind="k")) == left
    assert (things.first("things", kind="k") or (0,))[0] == left[0]
    assert things.count("things") == len(left)
    with things.unit():
        for row_id in reversed(left):
            things.update("things", row_id, {"kind": "other"})
    assert things.find("things", kind="k") == []
    assert ids(things.find("things", kind="other")) == left


def test_rows_are_paged_and_do_not_move_under_the_reader(things: Store) -> None:
    """Offset and limit count rows; changes made while reading do not show."""
    made = [things.insert("things", {"kind": n}) for n in range(150)]
    things.remove("things", made[0])
    assert [row_id for row_id, _ in things.rows("things", offset=98, limit=3)] == made[99:102]
    assert list(things.rows("things", offset=500)) == []
    assert list(things.rows("things", offset=500, limit=5)) == []
    assert list(things.rows("things", limit=0)) == []
    seen = []
    for row_id, row in things.rows("things"):
        things.remove("things", row_id)
        things.insert("things", {"kind": "new"})
        seen.append(row["kind"])
    assert seen == list(range(1, 150))
    assert things.count("things") == 149
    some = things.rows("things", limit=2)
    for row_id in [row_id for row_id, _ in things.rows("things")]:
        things.remove("things", row_id)
    assert [row["kind"] for _, row in some] == ["new", "new"]


def test_counters_start_at_one_and_move_by_one(store: Store) -> None:
    """Reading does not move them, and setting says the next value."""
    assert [store.take("calllistid") for _ in range(3)] == [1, 2, 3]
    assert store.counter("calllistid") == 4
    store.set_counter("calllistid", 100)
    assert (store.take("calllistid"), store.counter("calllistid")) == (100, 101)
    assert store.counter("other") == 1


def test_a_unit_keeps_all_or_nothing(things: Store, undone: Undone) -> None:
    """Rows, indexes, counters and next ids are back exactly when an exception leaves a unit."""
    kept = things.insert("things", {"kind": "a", "body": [1]})
    gone = things.insert("things", {"kind": "a"})
    things.take("c")
    before = things.dump()
    twin = things.fork()
    with undone(things):
        things.update("things", kept, {"kind": "b"})
        things.update("things", kept, {"body": []})
        things.remove("things", gone)
        fresh = things.insert("things", {"kind": "b"})
        things.update("things", fresh, {"kind": "a"})
        things.remove("things", fresh)
        things.insert("things", {"kind": "a"})
        things.take("c")
        things.take("d")
    assert things.dump() == before
    assert things.changes() == {}
    assert ids(things.find("things", kind="a")) == [kept, gone]
    assert things.find("things", kind="b") == []
    assert (things.counter("c"), things.counter("d")) == (2, 1)
    assert things.insert("things", {}) == twin.insert("things", {})


def test_a_snapshot_taken_inside_a_unit_is_untouched_by_its_undoing(things: Store, undone: Undone) -> None:
    """Neither a fork nor a reader sees the rollback."""
    row_id = things.insert("things", {"kind": "a"})
    forks = []
    reader: Iterator[tuple[int, dict[str, Any]]] = iter(())
    with undone(things):
        things.update("things", row_id, {"kind": "b"})
        things.take("c")
        forks.append(things.fork())
        reader = things.rows("things")
    assert [row["kind"] for _, row in reader] == ["b"]
    assert forks[0].exists("things", kind="b")
    assert forks[0].counter("c") == 2
    assert things.exists("things", kind="a")


def test_an_inner_unit_joins_the_outer(things: Store, undone: Undone) -> None:
    """What leaves only the inner undoes nothing; what leaves the outer undoes both."""
    with things.unit():
        with undone(things):
            things.insert("things", {})
        assert things.count("things") == 1
    assert things.count("things") == 1
    with undone(things), things.unit():
        things.insert("things", {})
    assert things.count("things") == 1


def test_even_an_interrupt_undoes_a_unit(things: Store) -> None:
    """Not only exceptions that programs mean to catch."""

    def interrupted() -> None:
        with things.unit():
            things.insert("things", {})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert things.count("things") == 0
    with things.unit():
        things.insert("things", {})
    assert things.count("things") == 1


def test_a_duplicate_is_a_row_of_its_own(things: Store) -> None:
    """Like the other but for the given columns, with an id of its own; neither follows the other's changes."""
    first = things.insert("things", {"kind": "a", "body": {"deep": [1]}})
    second = things.duplicate("things", first, {"kind": "b"})
    things.update("things", first, {"body": None})
    assert things.get("things", second) == {
        **(things.get("things", first) or {}),
        "kind": "b",
        "body": {"deep": [1]},
    }
    assert ids(things.find("things", kind="b")) == [second]
    with pytest.raises(StoreError, match="99"):
        things.duplicate("things", 99, {})


def test_changes_are_counted_net(store: Store) -> None:
    """A row counts once, for what became of it; what is as it was does not count."""
    assert store.changes() == {}
    updated, removed, same, back = (store.insert("dnc", {"number": str(n)}) for n in range(4))
    with store.unit():
        store.insert("calls", {})
        fresh = store.insert("dnc", {"number": "9"})
        store.update("dnc", fresh, {"number": "8"})
        store.remove("dnc", store.insert("dnc", {}))
        store.update("dnc", updated, {"number": "a"})
        store.update("dnc", updated, {"number": "b"})
        store.update("dnc", removed, {"number": "a"})
        store.remove("dnc", removed)
        store.update("dnc", same, {"number": "2"})
        store.update("dnc", back, {"number": "x"})
        assert store.changes()["dnc"] == {"inserted": 1, "updated": 2, "removed": 1}
        store.update("dnc", back, {"number": "3"})
    want = {
        "calls": {"inserted": 1, "updated": 0, "removed": 0},
        "dnc": {"inserted": 1, "updated": 1, "removed": 1},
    }
    store.insert("calls", {})
    assert store.changes() == want
    with store.unit():
        pass
    assert store.changes() == {}


def test_a_value_of_another_type_is_a_change(things: Store) -> None:
    """1, 1.0 and true are written differently, so replacing one by another counts."""
    row_id = things.insert("things", {"kind": 1})
    for value in (1.0, True, 1):
        with things.unit():
            things.update("things", row_id, {"kind": value})
        assert things.changes() == {"things": {"inserted": 0, "updated": 1, "removed": 0}}
        assert repr((things.get("things", row_id) or {})["kind"]) == repr(value)


def test_forks_are_independent(store: Store) -> None:
    """Neither side, nor a second fork, sees what another does; ids and counters go along."""
    for n in range(300):
        store.insert("customers", {"tenant": "t", "process": "p", "contact1": str(n)})
    store.take("c")
    before = store.dump()
    fork, twin = store.fork(), store.fork()
    assert fork.dump() == before
    store.update("customers", 5, {"contact1": "changed here"})
    fork.remove("customers", 5)
    fork.take("c")
    assert twin.dump() == before
    assert store.exists("customers", tenant="t", process="p", contact1="changed here")
    assert not fork.exists("customers", tenant="t", process="p", contact1="4")
    assert len(fork.find("customers", tenant="t", process="p")) == 299
    assert (store.counter("c"), fork.counter("c"), twin.counter("c")) == (2, 3, 2)
    assert store.insert("customers", {}) == fork.insert("customers", {}) == twin.insert("customers", {})


def test_restoring_goes_back_and_the_snapshot_stays(store: Store) -> None:
    """As often as wanted, with the same ids for the same calls each time (AM-16)."""
    store.insert("dnc", {"tenant": "t", "number": "1"})
    snapshot = store.fork()
    want = snapshot.dump()
    made = []
    for _ in range(3):
        store.restore(snapshot)
        assert store.dump() == want
        row_id = store.insert("dnc", {"tenant": "t", "number": "2"})
        store.remove("dnc", 1)
        made.append((row_id, store.take("c"), store.dump()))
        assert snapshot.dump() == want
    assert made[0] == made[1] == made[2]
    snapshot.insert("dnc", {})
    assert store.dump() == made[0][2]


def test_a_dump_is_plain_json_in_a_set_order(store: Store) -> None:
    """Tables as specified, rows by id, counters by name: equal content, equal bytes."""
    store.insert("dnc", {"tenant": "t", "number": "1"})
    store.take("b")
    store.take("a")
    other = store.fork()
    store.set_counter("x", 9)
    store.set_counter("x", 1)
    store.update("dnc", 1, {"number": "2"})
    store.update("dnc", 1, {"number": "1"})
    assert json.dumps(store.dump()) == json.dumps(other.dump())
    dump = store.dump()
    assert list(dump) == ["tables", "counters"]
    assert list(dump["tables"]) == [spec.name for spec in TABLES]
    assert dump["tables"]["dnc"] == [{"#": 1, "tenant": "t", "number": "1"}]
    assert list(dump["counters"].items()) == [("a", 2), ("b", 2)]


def test_a_loaded_dump_goes_on_like_the_original(make: Make, store: Store) -> None:
    """Dumps are equal and so are the next ids, even when the youngest row was removed."""
    store.insert("users", {"tenant": "t", "login": "L", "fields": {"a": [1]}})
    store.insert("users", {"tenant": "t"})
    store.remove("users", store.insert("users", {}))
    store.insert("dnc", {"number": "1"})
    store.take("c")
    other = make()
    other.insert("calls", {"tenant": "gone after loading"})
    other.load(json.loads(json.dumps(store.dump())))
    assert other.dump() == store.dump()
    assert ids(other.find("users", tenant="t")) == [1, 2]
    assert [other.insert(name, {}) for name in ("users", "dnc", "calls")] == [4, 2, 1]
    assert [store.insert(name, {}) for name in ("users", "dnc", "calls")] == [4, 2, 1]


def test_a_dump_may_be_written_by_hand(things: Store) -> None:
    """Rows in any order, columns and tables left out."""
    things.load({"tables": {"things": [{"#": 7, "kind": "a"}, {"#": 3, "kind": "a"}]}})
    assert ids(things.find("things", kind="a")) == [3, 7]
    assert things.insert("things", {}) == 8
    things.load({})
    assert things.count("things") == 0


def test_a_table_may_have_no_index_and_an_index_may_be_the_whole_row(make: Make) -> None:
    """Descriptions other than the sandbox's work too."""
    store = make([TableSpec("bare", ("a",), ()), TableSpec("whole", ("a", "b"), (("b", "a"),))])
    store.insert("bare", {"a": {}})
    row_id = store.insert("whole", {"a": 1, "b": 2})
    assert ids(store.find("whole", a=1, b=2)) == [row_id]
    with pytest.raises(StoreError, match="bare"):
        store.find("bare", a=1)
