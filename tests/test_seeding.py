"""Planting: as one unit, with the counters kept, and the same data for the same seed."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.errors import InvalidSetting
from mockserver.seeding import load_plan, load_preset, plant
from mockserver.store.interface import TABLES, StoreError
from tests.fakes import FakeStore, new_store
from tests.seeds import DEMO, ORG, counters, one, planted, rows

if TYPE_CHECKING:
    from mockserver.seeding import SeedPlan

PIN = Path(__file__).parent / "data" / "seed_digest.json"


@pytest.fixture(scope="module")
def golden() -> SeedPlan:
    return load_preset("golden")


@pytest.fixture(scope="module")
def demo() -> SeedPlan:
    return load_preset("demo")


@pytest.mark.parametrize("customers", [0, 1, 25])
@pytest.mark.parametrize("preset", ["golden", "demo"])
def test_counters_hold_with_any_customers(preset: str, customers: int) -> None:
    """AM-51: 125 / 796 / 124 hold with any number of customers, and every id lies below its counter."""
    store = planted(load_preset(preset), customers=customers)
    assert counters(store, ORG) == (125, 796, 124)
    for table, column in (("customers", "customercode"), ("calls", "calllistid"), ("users", "userid")):
        for row in rows(store, table):
            assert 1 <= row[column] < store.counter(f"{row['tenant']}/{column}")
    assert len(rows(store, "customers", tenant=DEMO)) == customers


def test_golden_without_customers_has_no_demo(golden: SeedPlan, demo: SeedPlan) -> None:
    """AM-51: demo_org comes with the preset demo, or with customers; golden alone leaves it out."""
    assert rows(planted(golden), "tenants", apikey=DEMO) == []
    assert len(rows(planted(demo), "tenants", apikey=DEMO)) == 1
    assert planted(golden, customers=3).dump() == planted(demo, customers=3).dump()


def test_telephony_numbers_are_disjoint(demo: SeedPlan) -> None:
    """AM-54: no seeded number begins with the magic prefixes 1110000 or 1110001."""
    store = planted(demo, seed=7, customers=500)
    numbers = [
        str(row.get("contact1") or row.get("contact") or row["number"])
        for table in ("customers", "calls", "dnc", "callbacks")
        for row in rows(store, table)
    ]
    assert len(numbers) > 500
    assert not [number for number in numbers if number.startswith(("1110000", "1110001"))]


FLOOR = {"liststatus", "attempts", "agent", "handling", "answered", "outcome", "pressed", "queue", "place"}


def test_every_column_is_planted(demo: SeedPlan) -> None:
    """Every planted row brings every column of its table and no other, but for those the floor fills later."""
    store = planted(demo, customers=20)
    for spec in TABLES:
        found = rows(store, spec.name)
        assert bool(found) == (spec.name not in ("dispositions", "timers", "deliveries")), spec.name
        planted_columns = set(spec.columns) - (FLOOR if spec.name == "calls" else set())
        assert all(set(row) == planted_columns for row in found), spec.name


def test_golden_needs_no_faker() -> None:
    """Planting the golden plan imports no Faker, so that a server is up quickly."""
    script = (
        "import sys; from mockserver.seeding import load_preset, plant; from tests.fakes import new_store;"
        "plant(new_store(), load_preset('golden'), seed=0, customers=0); sys.exit('faker' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[1]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, check=False).returncode == 0


@pytest.mark.parametrize("customers", [-1, 1_000_001])
def test_number_of_customers_has_bounds(golden: SeedPlan, customers: int) -> None:
    """A negative or absurd number of customers is refused, and nothing is planted."""
    store = new_store()
    with pytest.raises(InvalidSetting, match=f"{customers}: expected 0 to 1000000"):
        plant(store, golden, seed=0, customers=customers)
    assert store.count("tenants") == 0


def test_plan_without_people_takes_no_customers() -> None:
    """Customers asked of a plan that describes no people are refused, not forgotten."""
    plan = load_plan({"title": "one tenant", "tenants": [{"apikey": "a", "name": "A"}]})
    assert one(planted(plan), "tenants")["database"] is True
    with pytest.raises(InvalidSetting, match="describes no people"):
        plant(new_store(), plan, seed=0, customers=1)


def test_planting_twice_is_refused_and_undone(golden: SeedPlan, demo: SeedPlan) -> None:
    """A tenant that is there already stops the planting, and the store is as it was."""
    store = planted(golden)
    before = store.dump()
    with pytest.raises(StoreError, match="'test_org' is planted already"):
        plant(store, demo, seed=0, customers=2)
    assert store.dump() == before


def test_planting_is_one_unit(golden: SeedPlan) -> None:
    """Everything planted, people included, is one unit of work of the store."""
    store = FakeStore()
    plant(store, golden, seed=0, customers=5)  # type: ignore[arg-type] # all that seeding uses is there
    assert store.units == 1


def test_plans_keep_their_rows(golden: SeedPlan) -> None:
    """A plan can be planted any number of times: no store holds what another can change."""
    store = planted(golden)
    for _, row in store.rows("processes"):
        row["template"].append("changed")
    assert planted(golden).dump() == planted(load_preset("golden")).dump()


def digest() -> dict[str, Any]:
    """Return what the pin holds: digests of the tables of the golden plan, seed 0, 50 customers."""
    store = planted(load_preset("golden"), seed=0, customers=50)
    tables: dict[str, Any] = {spec.name: rows(store, spec.name) for spec in TABLES}
    tables["counters"] = {key: counters(store, key) for key in (row["apikey"] for row in tables["tenants"])}
    return {
        "faker": importlib.metadata.version("faker"),
        "sha256": {
            name: hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
            for name, found in tables.items()
        },
    }


def test_seeded_data_are_pinned() -> None:
    """The same seed gives the same data as in earlier versions: users' own tests lean on it."""
    pinned, found = json.loads(PIN.read_text(encoding="utf-8")), digest()
    changed = sorted(name for name in found["sha256"] if found["sha256"][name] != pinned["sha256"].get(name))
    assert not changed, (
        f"Other data for seed 0 in {changed} (Faker {pinned['faker']} when pinned, {found['faker']} now). "
        "If that is meant, say so in the changelog and renew the pin: python -m tests.test_seeding"
    )


if __name__ == "__main__":
    PIN.write_text(json.dumps(digest(), indent=2) + "\n", encoding="utf-8")
