"""Seeding: rows, counters and made-up people of a seed plan, planted into a store; tenants copied.

Plans are loaded by :mod:`mockserver.seed_plan`; :func:`load_plan` and :func:`load_preset` are here as
well, so that seeding is one import.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.errors import InvalidSetting
from mockserver.seed_people import MOST_PEOPLE, people
from mockserver.seed_plan import SeedPlan, load_plan, load_preset, presets
from mockserver.store.interface import TABLES, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.seed_people import Recipe
    from mockserver.seed_plan import Planting
    from mockserver.store.interface import Store, TableSpec

__all__ = ["COUNTERS", "SeedPlan", "copy_tenant", "load_plan", "load_preset", "plant", "presets"]

COUNTERS = ("customercode", "calllistid", "userid")
"""The counters of a tenant; in the store each is named ``<apikey>/<counter>``."""


def plant(store: Store, plan: SeedPlan, *, seed: int, customers: int) -> None:
    """Write a plan's rows and counters into a store, with ``customers`` made-up people, as one unit.

    Equal plan, seed and number give equal content; people depend on the seed, other rows do not.
    Raises InvalidSetting when the plan describes no people or the number is negative or over a
    million, StoreError when a tenant of the plan is in the store already.
    """
    if not 0 <= customers <= MOST_PEOPLE:
        raise InvalidSetting(f"customers is {customers}: expected 0 to {MOST_PEOPLE}")
    if customers and plan.crowd is None:
        raise InvalidSetting(f"customers is {customers}, but this seed plan describes no people: expected 0")
    with store.unit():
        _write(store, plan.base)
        if plan.crowd is not None and customers:
            _write(store, plan.crowd.around)
            _write_people(store, plan.crowd.recipe, seed=seed, customers=customers)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a tenant owns in a store and in its forks: ids of rows, processes with their names, counters."""

    tenant: int
    processes: tuple[tuple[int, str], ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    counters: tuple[tuple[str, int], ...]


def holdings(store: Store, apikey: str) -> Holdings:
    """Find what a tenant owns; StoreError when there is no such tenant."""
    found = store.first("tenants", apikey=apikey)
    if found is None:
        raise StoreError(f"there is no tenant {apikey!r} to copy")
    processes = tuple((row_id, row["name"]) for row_id, row in store.find("processes", tenant=apikey))
    names = sorted(name for _, name in processes)
    return Holdings(
        found[0],
        processes,
        tuple(
            (table.name, tuple(_owned(store, table, apikey, names)))
            for table in TABLES
            if "tenant" in table.columns and table.name != "processes"
        ),
        tuple((counter, store.counter(f"{apikey}/{counter}")) for counter in COUNTERS),
    )


def copy_tenant(
    store: Store,
    source_apikey: str,
    minted_apikey: str,
    servicekeys: Mapping[str, str],
    held: Holdings | None = None,
) -> None:
    """Copy a tenant with everything it owns and its counters under new keys, as one unit (AM-11).

    ``servicekeys`` gives the new service key of each process of the source, by the process's name;
    ``held`` is what the source owns, where that was found before in a store that this one is a fork of.
    Aliases of service keys are not copied. Raises StoreError when the source is unknown, a new key is
    taken, or the names in ``servicekeys`` are not exactly those of the source's processes.
    """
    held = held or holdings(store, source_apikey)
    _refuse_taken(store, minted_apikey, servicekeys)
    names = sorted(name for _, name in held.processes)
    if names != sorted(servicekeys):
        raise StoreError(f"service keys are given for {sorted(servicekeys)}: expected {names}")
    with store.unit():
        store.duplicate("tenants", held.tenant, {"apikey": minted_apikey})
        for row_id, name in held.processes:
            keys = {"tenant": minted_apikey, "servicekey": servicekeys[name], "alias": None}
            store.duplicate("processes", row_id, keys)
        owner = {"tenant": minted_apikey}
        for table, rows in held.rows:
            for row_id in rows:
                store.duplicate(table, row_id, owner)
        for counter, value in held.counters:
            store.set_counter(f"{minted_apikey}/{counter}", value)


def _refuse_taken(store: Store, apikey: str, servicekeys: Mapping[str, str]) -> None:
    if store.exists("tenants", apikey=apikey):
        raise StoreError(f"the API key {apikey!r} is taken")
    minted = list(servicekeys.values())
    for key in minted:
        if store.exists("processes", servicekey=key) or store.exists("processes", alias=key):
            raise StoreError(f"the service key {key!r} is taken")
        if minted.count(key) > 1:
            raise StoreError(f"the service key {key!r} is given to two processes")


def _owned(store: Store, table: TableSpec, tenant: str, processes: Sequence[str]) -> list[int]:
    """Return the ids of a tenant's rows, oldest first, through an index where the table has one for it.

    A sandbox copies a tenant when it is made, and other tenants may own a hundred thousand rows.
    """
    if ("tenant",) in table.indexes:
        return store.ids(table.name, tenant=tenant)
    if ("tenant", "process") in table.indexes:
        found = (store.ids(table.name, tenant=tenant, process=name) for name in processes)
        return sorted(row_id for ids in found for row_id in ids)
    return [row_id for row_id, row in store.rows(table.name) if row["tenant"] == tenant]


def _write(store: Store, planting: Planting) -> None:
    for row in planting.rows["tenants"]:
        if store.exists("tenants", apikey=row["apikey"]):
            raise StoreError(f"the tenant {row['apikey']!r} is planted already")
    for table, rows in planting.rows.items():
        for row in rows:
            store.insert(table, row)
    for counter, value in planting.counters.items():
        store.set_counter(counter, value)


def _write_people(store: Store, recipe: Recipe, *, seed: int, customers: int) -> None:
    calls = 0
    for customer, call in people(recipe, seed=seed, customers=customers):
        store.insert("customers", customer)
        if call is not None:
            store.insert("calls", call)
            calls += 1
    for counter, value in (
        ("customercode", recipe.first_code + customers),
        ("calllistid", recipe.first_call + calls),
    ):
        store.set_counter(f"{recipe.tenant}/{counter}", value)
