"""The tables as TinyDB's users know them, over the same rows, indexes and units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tinydb import Query, where
from tinydb.operations import delete, increment
from tinydb.table import Document, Table

from mockserver.store.interface import StoreError, TableSpec
from mockserver.store.tinystore import TinyStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Undone = Callable[[TinyStore], AbstractContextManager[None]]


@pytest.fixture
def store() -> TinyStore:
    """Return a store of three rows."""
    store = TinyStore([TableSpec("things", ("kind", "n", "body"), (("kind",),))])
    for n, kind in enumerate("aba"):
        store.insert("things", {"kind": kind, "n": n, "body": {"list": [n]}})
    return store


def found(store: TinyStore, kind: Any) -> list[int]:
    """Return the ids the index has for a kind."""
    return [row_id for row_id, _ in store.find("things", kind=kind)]


def test_queries_work_as_in_tinydb(store: TinyStore) -> None:
    """Conditions, nested fields, ids, counts and iteration, all in order of age."""
    table = store.table("things")
    assert isinstance(table, Table)
    assert [doc.doc_id for doc in table.search(where("kind") == "a")] == [1, 3]
    assert [doc.doc_id for doc in table.search(Query().body.list.any([1, 2]))] == [2, 3]
    assert table.get(doc_id=2) == {"kind": "b", "n": 1, "body": {"list": [1]}}
    assert table.get(doc_id=9) is None
    assert [doc.doc_id for doc in table.get(doc_ids=[3, 1, 9])] == [1, 3]
    assert table.get(where("n") == 7) is None
    assert (table.count(where("n") < 2), len(table), table.contains(doc_id=3)) == (2, 3, True)
    assert [doc["n"] for doc in table] == [doc["n"] for doc in table.all()] == [0, 1, 2]
    assert table.storage.read() == {"things": {str(doc.doc_id): dict(doc) for doc in table}}
    assert repr(table).startswith("<LiveTable name='things', total=3")


def test_documents_are_copies(store: TinyStore) -> None:
    """Also the second time the same query is asked: TinyDB's cache would hand out one object twice."""
    table = store.table("things")
    before = store.dump()
    for _ in range(2):
        docs = table.search(where("kind") == "a")
        assert docs[0]["body"] == {"list": [0]}
        docs[0]["body"]["list"].append("changed")
    assert store.dump() == before


def test_a_table_sees_what_becomes_of_the_store(store: TinyStore, undone: Undone) -> None:
    """Changes, rollbacks, restores and loads, with a table object from before."""
    table = store.table("things")
    query = where("kind") == "z"
    fork = store.fork()
    with undone(store):
        store.update("things", 1, {"kind": "z"})
        assert table.count(query) == 1
    assert table.count(query) == 0
    store.insert("things", {"kind": "z"})
    assert table.count(query) == 1
    store.restore(fork)
    assert table.count(query) == 0
    store.load({})
    assert len(table) == 0
    assert store.table("things") is table


def test_writes_through_tinydb_keep_the_indexes_right(store: TinyStore) -> None:
    """Insert, update by query, id and function, upsert, remove and truncate."""
    table = store.table("things")
    assert table.insert({"kind": "b"}) == 4
    assert table.insert_multiple([{"kind": "c"}, Document({"kind": "c"}, doc_id=9)]) == [5, 9]
    assert found(store, "c") == [5, 9]
    assert table.update({"kind": "d"}, where("kind") == "a") == [1, 3]
    assert (found(store, "a"), found(store, "d")) == ([], [1, 3])
    assert table.update(increment("n"), doc_ids=[1, 77]) == [1]
    assert (store.get("things", 1) or {})["n"] == 1
    assert table.update(delete("kind"), where("n") == 2) == [3]
    assert (found(store, "d"), (store.get("things", 3) or {})["kind"]) == ([1], None)
    assert table.update_multiple([({"kind": "e"}, where("kind") == "b")]) == [2, 4]
    assert found(store, "e") == [2, 4]
    assert table.upsert({"kind": "f", "n": 0}, where("kind") == "f") == [10]
    assert table.upsert(Document({"kind": "g"}, doc_id=10)) == [10]
    assert (found(store, "f"), found(store, "g")) == ([], [10])
    assert table.remove(where("kind") == "e") == [2, 4]
    assert table.remove(doc_ids=[1, 2]) == [1]
    assert (found(store, "e"), found(store, "d"), store.count("things")) == ([], [], 4)
    table.truncate()
    assert (store.count("things"), found(store, "c")) == (0, [])
    assert table.insert({}) == 11


def test_writes_through_tinydb_belong_to_the_unit(store: TinyStore, undone: Undone) -> None:
    """They are undone with it."""
    table = store.table("things")
    before = store.dump()
    with undone(store):
        table.update({"kind": "x"})
        table.remove(doc_ids=[2])
        table.insert_multiple([{}, {}])
    assert store.dump() == before


def test_a_refused_write_changes_nothing(store: TinyStore) -> None:
    """Not even the rows that came before the bad one."""
    table = store.table("things")
    before = store.dump()
    for attempt in (
        lambda: table.insert_multiple([{"kind": "ok"}, {"knid": "typo"}]),
        lambda: table.update({"knid": "typo"}),
        lambda: table.update(lambda doc: doc.update(kind=[] if doc["n"] else "ok")),
        lambda: table.insert({"body": b"bytes"}),
        lambda: table.insert("text"),  # type: ignore[arg-type]
        lambda: table.insert(Document({}, doc_id=2)),
        lambda: table.insert(Document({}, doc_id=0)),
        lambda: table.insert(Document({}, doc_id=2**32)),
        lambda: table.storage.write({}),
        lambda: store.table("thing"),
    ):
        with pytest.raises(StoreError):
            attempt()
    assert store.dump() == before


def test_an_update_function_may_replace_whole_documents(store: TinyStore) -> None:
    """What it leaves out is None, and an emptied document stays a row."""
    table = store.table("things")
    table.update(dict.clear, doc_ids=[1])
    assert store.get("things", 1) == {"kind": None, "n": None, "body": None}
    assert found(store, "a") == [3]


def test_a_raw_update_of_the_table_is_carried_out(store: TinyStore) -> None:
    """TinyDB's own hook may set and delete rows by id."""

    def updater(rows: dict[int, Any]) -> None:
        assert (2 in rows, len(rows)) == (True, 3)
        rows[7] = {"kind": "new"}
        del rows[2]
        with pytest.raises(KeyError):
            rows[2]

    store.table("things")._update_table(updater)
    assert (found(store, "new"), found(store, "b"), store.count("things")) == ([7], [], 3)
