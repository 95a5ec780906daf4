"""Everything a store refuses, by name, and that a refusal changes nothing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.store.interface import StoreError, TableSpec

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.store.interface import Store

    Make = Callable[..., Store]


def deep(levels: int) -> list[Any]:
    """Return lists nested so many levels."""
    value: list[Any] = []
    for _ in range(levels - 1):
        value = [value]
    return value


NOT_JSON = [
    (dt.date(2026, 11, 22), "date"),
    (b"bytes", "bytes"),
    ((1, 2), "tuple"),
    ({1}, "set"),
    (Decimal(1), "Decimal"),
    (object(), "object"),
    (float("nan"), "nan"),
    (float("-inf"), "-inf"),
    ({1: "a"}, "name of type int"),
    ({"a": {None: 1}}, "name of type NoneType"),
    ([[{"a": b""}]], "bytes"),
    (deep(101), "100 levels"),
    (deep(3_000), "100 levels"),
]


@pytest.mark.parametrize(("value", "text"), NOT_JSON, ids=[text for _, text in NOT_JSON])
def test_what_is_no_json_value_is_refused_naming_table_and_column(
    things: Store, value: Any, text: str
) -> None:
    """On insert, update and load alike, and nothing has changed."""
    things.insert("things", {"kind": "a"})
    before = things.dump()
    dump = {"tables": {"things": [{"#": 1, "body": value}]}}
    for attempt in (
        lambda: things.insert("things", {"kind": "b", "body": value}),
        lambda: things.update("things", 1, {"kind": "b", "body": value}),
        lambda: things.load(dump),
    ):
        with pytest.raises(StoreError, match=rf"things\.body: .*{text}"):
            attempt()
    assert things.dump() == before
    assert things.insert("things", {}) == 2


def test_a_hundred_levels_are_held(things: Store) -> None:
    """The limit is where it says it is."""
    row_id = things.insert("things", {"body": deep(100)})
    assert (things.get("things", row_id) or {})["body"] == deep(100)


def test_a_list_that_contains_itself_is_refused(things: Store) -> None:
    """It nests without end."""
    value: list[Any] = []
    value.append(value)
    with pytest.raises(StoreError, match=r"things\.body: .*deeper"):
        things.insert("things", {"body": value})


@pytest.mark.parametrize("value", [[], {}, ["a"]])
def test_indexed_columns_hold_no_lists_and_objects(things: Store, value: Any) -> None:
    """Neither stored nor asked for."""
    row_id = things.insert("things", {})
    for attempt in (
        lambda: things.insert("things", {"name": value}),
        lambda: things.update("things", row_id, {"name": value}),
        lambda: things.find("things", kind="a", name=value),
    ):
        with pytest.raises(StoreError, match=r"things\.name: an indexed column"):
            attempt()


def test_looking_up_what_is_no_json_value_is_refused(things: Store) -> None:
    """It could never be found, so asking is a mistake."""
    with pytest.raises(StoreError, match=r"things\.kind: .*date"):
        things.first("things", kind=dt.date(2026, 11, 22))


def test_an_unknown_table_is_refused_with_the_nearest_name(store: Store) -> None:
    """By every call that takes a table."""
    for attempt in (
        lambda: store.insert("custmers", {}),
        lambda: store.get("custmers", 1),
        lambda: store.first("custmers", tenant="t"),
        lambda: store.find("custmers", tenant="t"),
        lambda: store.ids("custmers", tenant="t"),
        lambda: store.between("custmers", "storedatetime", None, None, tenant="t"),
        lambda: store.ids_between("custmers", "storedatetime", None, None, tenant="t"),
        lambda: store.exists("custmers", tenant="t"),
        lambda: store.update("custmers", 1, {}),
        lambda: store.remove("custmers", 1),
        lambda: store.count("custmers"),
        lambda: store.rows("custmers"),
        lambda: store.rows("custmers", limit=1),
        lambda: store.load({"tables": {"custmers": []}}),
    ):
        with pytest.raises(StoreError, match=r"custmers.*did you mean 'customers'"):
            attempt()


def test_a_name_like_no_other_is_answered_with_what_there_is(things: Store) -> None:
    """So the message always helps."""
    with pytest.raises(StoreError, match=r"zzzzzz.*there is things"):
        things.count("zzzzzz")
    with pytest.raises(StoreError, match=r"42.*there is kind, name, body"):
        things.insert("things", {42: 1})  # type: ignore[dict-item]


def test_an_unknown_column_is_refused_with_the_nearest_name(store: Store) -> None:
    """In rows, changes, look-ups and dumps."""
    row_id = store.insert("customers", {})
    for attempt in (
        lambda: store.insert("customers", {"contct1": "1"}),
        lambda: store.update("customers", row_id, {"contct1": "1"}),
        lambda: store.find("customers", contct1="1"),
        lambda: store.ids("customers", contct1="1"),
        lambda: store.between("customers", "contct1", None, None),
        lambda: store.ids_between("customers", "storedatetime", None, None, contct1="1"),
        lambda: store.load({"tables": {"customers": [{"#": 1, "contct1": "1"}]}}),
    ):
        with pytest.raises(StoreError, match=r"customers .*contct1.*did you mean 'contact1'"):
            attempt()


def test_columns_without_an_index_are_refused_with_the_nearest_index(store: Store) -> None:
    """All columns of one index must be named, and no others."""
    with pytest.raises(StoreError, match=r"\(tenant, contact1\).*\(tenant, process, contact1\)"):
        store.find("customers", tenant="t", contact1="1")
    with pytest.raises(StoreError, match=r"no index on \(\)"):
        store.exists("customers")
    with pytest.raises(StoreError, match=r"no index on \(storedatetime\)"):
        store.first("customers", storedatetime="x")


def test_a_row_that_is_not_there_can_be_neither_updated_nor_removed(things: Store) -> None:
    """The message names table and id."""
    things.remove("things", things.insert("things", {}))
    for row_id in (0, 1, 2, -1):
        with pytest.raises(StoreError, match=f"things has no row {row_id}"):
            things.update("things", row_id, {"kind": 1})
        with pytest.raises(StoreError, match=f"things has no row {row_id}"):
            things.remove("things", row_id)


def test_negative_pages_are_refused(things: Store) -> None:
    """Offset and limit count rows."""
    with pytest.raises(StoreError, match="offset -1"):
        things.rows("things", offset=-1)
    with pytest.raises(StoreError, match="limit -1"):
        things.rows("things", limit=-1)


@pytest.mark.parametrize("value", [1.0, "1", None, True])
def test_a_counter_is_a_whole_number(things: Store, value: Any) -> None:
    """Set by hand or loaded."""
    with pytest.raises(StoreError, match=r"'c'.*whole number"):
        things.set_counter("c", value)
    with pytest.raises(StoreError, match=r"'c'.*whole number"):
        things.load({"counters": {"c": value}})


def test_a_counters_name_is_text_and_not_the_stores_own(things: Store) -> None:
    """The store keeps next ids of tables under names that start with #."""
    with pytest.raises(StoreError, match="belong to the store"):
        things.set_counter("#things", 3)
    with pytest.raises(StoreError, match="belong to the store"):
        things.take("#things")
    with pytest.raises(StoreError, match="name of a counter is text"):
        things.load({"counters": {1: 1}})


BAD_DUMPS: list[tuple[Any, str]] = [
    ([], "a dump is an object"),
    ({"table": {}}, "no member 'table'.*'tables'"),
    ({"tables": []}, "'tables' of a dump is an object"),
    ({"counters": []}, "'counters' of a dump is an object"),
    ({"tables": {"things": {}}}, "table things is a list"),
    ({"tables": {"things": [{"#": 1}, 5]}}, "table things, row 2: a row is an object"),
    ({"tables": {"things": [{"kind": 1}]}}, "table things, row 1: column '#' is None"),
    ({"tables": {"things": [{"#": True}]}}, "table things, row 1: column '#' is True"),
    ({"tables": {"things": [{"#": 0}]}}, "table things, row 1: column '#' is 0"),
    ({"tables": {"things": [{"#": 2**32}]}}, "table things, row 1: column '#' is 4294967296"),
    ({"tables": {"things": [{"#": 4}, {"#": 4}]}}, "table things, row 2: column '#'.*the id 4"),
    ({"tables": {"things": [{"#": 3}, {"#": 4, "kin": 1}]}}, r"table things, row 2 \(#4\).*'kin'.*'kind'"),
    ({"tables": {"things": [{"#": 4, "name": []}]}}, r"table things, row 1 \(#4\): things\.name"),
    ({"tables": {"things": [{"#": 4}]}, "counters": {"#things": 4}}, "things cannot be 4.*from 5"),
    ({"counters": {"#things": 2**40}}, "things cannot be"),
    ({"counters": {"#thing": 4}}, "no table 'thing'.*'things'"),
]


@pytest.mark.parametrize(("dump", "text"), BAD_DUMPS, ids=[text for _, text in BAD_DUMPS])
def test_a_bad_dump_is_refused_and_leaves_the_store_as_it_was(things: Store, dump: Any, text: str) -> None:
    """The message names table, row and column as far as there are any."""
    things.insert("things", {"kind": "a"})
    things.take("c")
    before = things.dump()
    with pytest.raises(StoreError, match=text):
        things.load(dump)
    assert things.dump() == before
    assert things.insert("things", {"kind": "a"}) == 2


def test_the_whole_content_is_not_replaced_inside_a_unit(things: Store) -> None:
    """It could not be undone; the unit itself goes on."""
    fork = things.fork()
    with things.unit():
        things.insert("things", {})
        with pytest.raises(StoreError, match="inside a unit"):
            things.restore(fork)
        with pytest.raises(StoreError, match="inside a unit"):
            things.load({})
    assert things.count("things") == 1


def test_only_a_store_of_the_same_tables_is_restored(make: Make, things: Store) -> None:
    """Whoever made it."""
    with pytest.raises(StoreError, match="same tables"):
        things.restore(make())
    twin = make([TableSpec("things", ("kind", "name", "body"), (("kind",), ("kind", "name")))])
    twin.insert("things", {"kind": "a"})
    things.restore(twin)
    assert things.exists("things", kind="a")


@pytest.mark.parametrize(
    ("specs", "text"),
    [
        ([TableSpec("t", ("a", "a"), ())], "table t: columns"),
        ([TableSpec("t", ("#",), ())], "table t: columns"),
        ([TableSpec("t", ("name",), (("nam",),))], "unknown column 'nam'.*'name'"),
        ([TableSpec("t", ("a",), ((),))], "empty"),
        ([TableSpec("t", ("a",), (("a", "a"),))], "twice"),
        ([TableSpec("t", ("a", "b"), (("a", "b"), ("b", "a")))], "twice"),
        ([TableSpec("t", ("name",), (), (("nam",),))], "ordered group on unknown column 'nam'.*'name'"),
        ([TableSpec("t", ("a",), (), ((),))], "ordered group .*empty"),
        ([TableSpec("t", ("a",), (), (("a", "a"),))], "ordered group .*twice"),
        ([TableSpec("t", ("a", "b", "c"), (), (("a", "b", "c"), ("b", "a", "c")))], "ordered groups .*twice"),
        ([TableSpec("t", ("a",), ()), TableSpec("t", ("a",), ())], "two tables have the name 't'"),
    ],
)
def test_a_description_that_contradicts_itself_is_refused(
    make: Make, specs: list[TableSpec], text: str
) -> None:
    """When the store is made, not when it is used."""
    with pytest.raises(StoreError, match=text):
        make(specs)
