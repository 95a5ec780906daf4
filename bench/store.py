"""What the store costs: ``python -m bench.store``.

Prints microseconds per operation at 100, 10,000 and 100,000 rows of ``calls``, beside SQLite in memory
in the same run, then what a fork and a row of ``calls`` cost. Takes about 12 seconds; only ratios within
one run mean anything.
"""

from __future__ import annotations

import contextlib
import gc
import sqlite3
import tracemalloc
from time import perf_counter
from typing import TYPE_CHECKING, Any

from mockserver.store.interface import TABLES, TableSpec
from mockserver.store.tinystore import TinyStore

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (100, 10_000, 100_000)
CALLS = next(spec for spec in TABLES if spec.name == "calls")
BARE = TableSpec("bare", CALLS.columns, ())
REPEATS = 1_000
ROWS_FOR_MEMORY = 50_000
FORKS = 300


def call_row(number: int) -> dict[str, Any]:
    """Return a row of ``calls`` whose texts are all objects of their own, as decoded JSON makes them.

    It waits in a queue; what an entry gets later is null.
    """
    return {
        **dict.fromkeys(CALLS.columns),
        "tenant": f"golde{'n'}",
        "calllistid": 1_000_000 + number,
        "process": f"{number % 3}-VoiceProcess",
        "contact": f"{9_000_000_000 + number}",
        "login": f"agent{number % 50}",
        "calltype": f"{number % 4}-Outbound",
        "due": f"2026-11-22 {number % 24:02}:{number % 60:02}:00",
        "status": f"{number % 5}-stored",
        "systemcallid": f"SYS20261122{number:08}",
        "media": f"{number % 2}-Voice",
        "customercode": f"C{number:07}",
        "storedatetime": f"2026-11-22 {number % 24:02}:{number % 60:02}:01",
        "queue": "dial/",
        "place": f"1 2026-11-22 {number % 24:02}:{number % 60:02}:00 {number:012}",
    }


def micros(work: Callable[[int], Any], numbers: range) -> float:
    """Return microseconds per call of ``work``, the best of three thirds of ``numbers``."""
    third = len(numbers) // 3
    best = float("inf")
    for part in range(3):
        chunk = numbers[part * third : (part + 1) * third]
        start = perf_counter()
        for number in chunk:
            work(number)
        best = min(best, (perf_counter() - start) / len(chunk))
    return best * 1e6


def measure_store(size: int) -> dict[str, float]:
    """Return microseconds per operation of the store at ``size`` rows."""
    store = TinyStore((CALLS, BARE))
    for number in range(size):
        row = call_row(number)
        store.insert("calls", row)
        store.insert("bare", row)
    new = [call_row(size + number) for number in range(REPEATS)]
    ids = [1 + number * 7919 % size for number in range(REPEATS)]
    contacts = [call_row(row_id - 1) for row_id in ids]

    def where(number: int) -> dict[str, Any]:
        row = contacts[number]
        return {"tenant": row["tenant"], "process": row["process"], "contact": row["contact"]}

    asked = [where(number) for number in range(REPEATS)]
    numbers = range(REPEATS)
    return {
        "insert": micros(lambda n: store.insert("bare", new[n]), numbers),
        "insert+index": micros(lambda n: store.insert("calls", new[n]), numbers),
        "get": micros(lambda n: store.get("calls", ids[n]), numbers),
        "first": micros(lambda n: store.first("calls", **asked[n]), numbers),
        "exists": micros(lambda n: store.exists("calls", **asked[n]), numbers),
        "update": micros(lambda n: store.update("calls", ids[n], {"status": f"s{n}"}), numbers),
        "update+index": micros(lambda n: store.update("calls", ids[n], {"contact": f"c{n}"}), numbers),
    }


def measure_sqlite(size: int) -> dict[str, float]:
    """Return microseconds of the same work in SQLite, in memory, with the same indexes."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as base:
        return _measured(base, size)


def _measured(base: sqlite3.Connection, size: int) -> dict[str, float]:
    base.execute(f"create table calls (id integer primary key, {', '.join(CALLS.columns)})")
    for number, columns in enumerate(CALLS.indexes):
        base.execute(f"create index i{number} on calls ({', '.join(columns)})")
    insert = f"insert into calls ({', '.join(CALLS.columns)}) values ({', '.join('?' * len(CALLS.columns))})"
    base.executemany(insert, (tuple(call_row(number).values()) for number in range(size)))
    new = [tuple(call_row(size + number).values()) for number in range(REPEATS)]
    asked = []
    for number in range(REPEATS):
        row = call_row(number * 7919 % size)
        asked.append((row["tenant"], row["process"], row["contact"]))
    select = "select * from calls where tenant=? and process=? and contact=? order by id limit 1"
    return {
        "insert+index": micros(lambda n: base.execute(insert, new[n]), range(REPEATS)),
        "first": micros(lambda n: base.execute(select, asked[n]).fetchone(), range(REPEATS)),
    }


def golden() -> TinyStore:
    """Return a store of about 80 rows, spread over tables as in the golden preset."""
    store = TinyStore()
    for spec in TABLES:
        for number in range(9):
            store.insert(spec.name, {column: f"{column} {number}" for column in spec.columns})
    return store


def crowd(customers: int) -> TinyStore:
    """Return a store of many customers."""
    store = TinyStore()
    for number in range(customers):
        store.insert(
            "customers",
            {
                "tenant": "golden",
                "process": "VoiceProcess",
                "customercode": f"C{number:07}",
                "contact1": f"{9_000_000_000 + number}",
                "crm": f"CRM{number}",
                "fields": {"Name": f"Customer {number}", "City": "Pune", "Amount": number},
            },
        )
    return store


def measure_fork(store: TinyStore) -> tuple[float, float, float]:
    """Return microseconds of a fork, of its first write to each table, and bytes of a fork so used."""
    forks: list[TinyStore] = []

    def write(number: int) -> None:
        for spec in TABLES:
            forks[number].insert(spec.name, {spec.columns[0]: "x", spec.columns[1]: "y"})

    fork = micros(lambda _: forks.append(store.fork()), range(FORKS))
    touch = micros(write, range(FORKS)) / len(TABLES)
    forks.clear()
    gc.collect()
    tracemalloc.start()
    for number in range(FORKS):
        forks.append(store.fork())
        write(number)
    size = tracemalloc.get_traced_memory()[0] / FORKS
    tracemalloc.stop()
    return fork, touch, size


def bytes_per_call() -> float:
    """Return the traced bytes of one row of ``calls`` with its three indexes."""
    gc.collect()
    tracemalloc.start()
    store = TinyStore()
    for number in range(ROWS_FOR_MEMORY):
        store.insert("calls", call_row(number))
    gc.collect()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return size / store.count("calls")


def main() -> None:
    """Print the tables."""
    started = perf_counter()
    ours = {size: measure_store(size) for size in SIZES}
    yardstick = {size: measure_sqlite(size) for size in SIZES}
    print(f"{'µs per operation':24}" + "".join(f"{size:>10,}" for size in SIZES))
    for title, figures in (("store", ours), ("sqlite", yardstick)):
        for name in figures[SIZES[0]]:
            print(f"{title + ' ' + name:24}" + "".join(f"{figures[size][name]:10.1f}" for size in SIZES))
    for title, store in (("golden, 81 rows", golden()), ("100,000 customers", crowd(100_000))):
        fork, touch, size = measure_fork(store)
        print(
            f"fork of {title}: {fork:.1f} µs, first write to a table {touch:.1f} µs, "
            f"{size / 1024:.1f} KiB after a write to every table"
        )
    print(f"bytes per row of calls with its indexes: {bytes_per_call():.0f}")
    print(f"took {perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
