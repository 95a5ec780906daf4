"""Any sequence of calls leaves a store equal to a plain dictionary that was told the same."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mockserver.store.interface import TableSpec

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.store.interface import Store

    Make = Callable[..., Store]

SPECS = (
    TableSpec("a", ("x", "y", "z", "t"), (("x",), ("x", "y")), (("x", "y", "t"), ("t",))),
    TableSpec("b", ("x", "t"), (("x",),), (("x", "t"),)),
)
COLUMNS = {spec.name: spec.columns for spec in SPECS}
KEYS = st.sampled_from([None, True, False, 0, 1, 1.0, "", "k"])
BODIES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)
TABLES = st.sampled_from(["a", "b"])
TEXTS = st.sampled_from([None, "", "a", "aa", "b", "नमस्ते"])
ROWS = st.fixed_dictionaries({}, optional={"x": KEYS, "y": KEYS, "z": BODIES, "t": TEXTS})
COUNTERS = st.sampled_from(["c", "d"])
Command = tuple[Any, ...]


class Model:
    """The promises in their plainest form: dictionaries, copied whole."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[int, dict[str, Any]]] = {"a": {}, "b": {}}
        self.next = {"a": 1, "b": 1}
        self.counters: dict[str, int] = {}

    def find(self, table: str, where: dict[str, Any]) -> list[int]:
        """Return the ids of the rows that equal ``where``, oldest first."""
        if all(value is None for value in where.values()):
            return []
        return self.equal(table, where)

    def between(self, table: str, low: str | None, high: str | None, where: dict[str, Any]) -> list[int]:
        """Return the ids of the rows whose t lies in a range and that equal ``where``, oldest first."""
        texts = {row_id: row["t"] for row_id, row in self.rows[table].items() if row["t"] is not None}
        return [
            row_id
            for row_id in self.equal(table, where)
            if row_id in texts
            and (low is None or low <= texts[row_id])
            and (high is None or texts[row_id] <= high)
        ]

    def equal(self, table: str, where: dict[str, Any]) -> list[int]:
        """Return the ids of the rows that equal ``where``, also where everything is None."""
        return [
            row_id
            for row_id, row in sorted(self.rows[table].items())
            if all(
                row[name] == value and isinstance(row[name], bool) == isinstance(value, bool)
                for name, value in where.items()
            )
        ]

    def pick(self, table: str, number: int) -> int | None:
        """Return the id of some row."""
        ids = sorted(self.rows[table])
        return ids[number % len(ids)] if ids else None

    def net(self, before: Model) -> dict[str, dict[str, int]]:
        """Count the differences to an earlier model."""
        counts = {}
        for table, rows in self.rows.items():
            old = before.rows[table]
            common = rows.keys() & old.keys()
            count = {
                "inserted": len(rows.keys() - old.keys()),
                "updated": sum(repr(rows[row_id]) != repr(old[row_id]) for row_id in common),
                "removed": len(old.keys() - rows.keys()),
            }
            if any(count.values()):
                counts[table] = count
        return counts


def fit(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Leave the columns of ``row`` that a table has."""
    return {column: value for column, value in row.items() if column in COLUMNS[table]}


def do(store: Store, model: Model, command: Command) -> None:
    """Give one command to both, and compare what they answer."""
    kind, table, number, row, counter = command
    changes = fit(table, row)
    row_id = model.pick(table, number)
    if kind == "insert":
        made = store.insert(table, changes)
        assert made == model.next[table]
        model.rows[table][made] = {**dict.fromkeys(COLUMNS[table]), **copy.deepcopy(changes)}
        model.next[table] += 1
    elif kind == "update" and row_id is not None:
        store.update(table, row_id, changes)
        model.rows[table][row_id].update(copy.deepcopy(changes))
    elif kind == "remove" and row_id is not None:
        store.remove(table, row_id)
        del model.rows[table][row_id]
    elif kind == "take":
        value = model.counters.get(counter, 1)
        assert store.take(counter) == value
        model.counters[counter] = value + 1
    elif kind == "set":
        store.set_counter(counter, number)
        model.counters[counter] = number


def fail_if(fails: bool) -> None:
    """Leave a unit with an exception, or not."""
    if fails:
        raise KeyError


COMMANDS = st.tuples(
    st.sampled_from(["insert", "insert", "update", "update", "remove", "take", "set"]),
    TABLES, st.integers(0, 30), ROWS, COUNTERS,
)  # fmt: skip


class StoreMachine(RuleBasedStateMachine):
    """Commands, units, forks, restores and dumps in any order, beside the model."""

    make: Make

    def __init__(self) -> None:
        super().__init__()
        self.store = self.make(SPECS)
        self.model = Model()
        self.saved: list[tuple[Store, Model]] = []

    @rule(command=COMMANDS)
    def command(self, command: Command) -> None:
        """A change outside a unit stays at once."""
        do(self.store, self.model, command)

    @rule(commands=st.lists(COMMANDS, max_size=8), fails=st.booleans(), fork_inside=st.booleans())
    def unit(self, commands: list[Command], fails: bool, fork_inside: bool) -> None:
        """A unit keeps all or nothing, whatever looks on meanwhile."""
        before = copy.deepcopy(self.model)
        try:
            with self.store.unit():
                for number, command in enumerate(commands):
                    do(self.store, self.model, command)
                    if fork_inside and number == 1:
                        self.saved.append((self.store.fork(), copy.deepcopy(self.model)))
                assert self.store.changes() == self.model.net(before)
                fail_if(fails)
        except KeyError:
            self.model = before
        assert self.store.changes() == ({} if fails else self.model.net(before))

    @rule()
    def fork(self) -> None:
        """Put the present aside."""
        self.saved.append((self.store.fork(), copy.deepcopy(self.model)))

    @rule(number=st.integers(0, 30))
    def restore(self, number: int) -> None:
        """Go back to what was put aside."""
        if self.saved:
            store, model = self.saved[number % len(self.saved)]
            self.store.restore(store)
            self.model = copy.deepcopy(model)

    @rule(number=st.integers(0, 30))
    def go_over(self, number: int) -> None:
        """Go on in a fork and leave the present as the snapshot."""
        if self.saved:
            place = number % len(self.saved)
            here = (self.store, self.model)
            self.store, self.model = self.saved[place]
            self.saved[place] = here

    @rule()
    def dump_and_load(self) -> None:
        """Through JSON text into a new store, which takes the old one's place."""
        dump = self.store.dump()
        store = self.make(SPECS)
        store.insert("a", {"x": "before"})
        store.load(json.loads(json.dumps(dump)))
        assert json.dumps(store.dump()) == json.dumps(dump)
        self.store = store

    @rule(table=TABLES, x=KEYS, y=KEYS)
    def look_up(self, table: str, x: Any, y: Any) -> None:
        """Every look-up gives what the model gives."""
        for where in [{"x": x}, {"y": y, "x": x}][: 2 if table == "a" else 1]:
            want = self.model.find(table, where)
            found = self.store.find(table, **where)
            assert [row_id for row_id, _ in found] == self.store.ids(table, **where) == want
            assert self.store.exists(table, **where) is bool(want)
            first = self.store.first(table, **where)
            assert (first and first[0]) == (want[0] if want else None)

    @rule(table=TABLES, x=KEYS, y=KEYS, low=TEXTS, high=TEXTS)
    def look_up_a_range(self, table: str, x: Any, y: Any, low: str | None, high: str | None) -> None:
        """Every range gives what the model gives, with whole rows and without."""
        for where in [{"y": y, "x": x}, {}] if table == "a" else [{"x": x}]:
            want = self.model.between(table, low, high, where)
            found = self.store.between(table, "t", low, high, **where)
            assert repr(found) == repr([(row_id, self.store.get(table, row_id)) for row_id in want])
            assert self.store.ids_between(table, "t", low, high, **where) == want
            lowest = self.store.lowest(table, "t", high, **where)
            upto = self.model.between(table, None, high, where)
            rows = self.model.rows[table]
            assert (lowest and lowest[0]) == min(upto, key=lambda each: (rows[each]["t"], each), default=None)

    @invariant()
    def same(self) -> None:
        """Rows, their order, and counters are the model's, here and in one snapshot."""
        for store, model in [(self.store, self.model), *self.saved[-1:]]:
            for table, rows in model.rows.items():
                assert repr(list(store.rows(table))) == repr(sorted(rows.items()))
                assert store.count(table) == len(rows)
                for row_id, row in rows.items():
                    assert repr(store.get(table, row_id)) == repr({c: row[c] for c in COLUMNS[table]})
            assert all(store.counter(name) == value for name, value in model.counters.items())


def run(make: Make, examples: int) -> None:
    """Run the machine against one implementation."""
    machine = type("Machine", (StoreMachine,), {"make": staticmethod(make)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_store_behaves_like_plain_dictionaries(make: Make) -> None:
    """Through units that roll back, forks, restores and dumps."""
    run(make, 50)
