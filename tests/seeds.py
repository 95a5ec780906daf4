"""Seeded stores and the questions the seeding tests put to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.seeding import COUNTERS, plant
from tests.fakes import new_store

if TYPE_CHECKING:
    from mockserver.seeding import SeedPlan
    from mockserver.store.interface import Row, Store

ORG = "test_org"
HEX = "e763f560e120b316ea7ea4f2de646d780e64457c160c"
POLICY_ORG = "MsQgi5/gKVZusW5XziRf76nHbn9JxU4VDSWwongD5dU="
DEMO = "demo_org"


def planted(plan: SeedPlan, *, seed: int = 0, customers: int = 0) -> Store:
    """Return a new store with a plan planted."""
    store = new_store()
    plant(store, plan, seed=seed, customers=customers)
    return store


def rows(store: Store, table: str, **where: Any) -> list[Row]:
    """Return the rows of a table with these values, oldest first, indexed or not."""
    return [
        row for _, row in store.rows(table) if all(row[column] == value for column, value in where.items())
    ]


def one(store: Store, table: str, **where: Any) -> Row:
    """Return the only row of a table with these values."""
    (row,) = rows(store, table, **where)
    return row


def counters(store: Store, apikey: str) -> tuple[int, ...]:
    """Return what a tenant's next customer code, call-list id and user id are."""
    return tuple(store.counter(f"{apikey}/{name}") for name in COUNTERS)
