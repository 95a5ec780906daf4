"""The people made up for the demo: valid, unique, and the same for the same seed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.contract.documents import read_json
from mockserver.errors import InvalidSetting
from mockserver.paths import data_dir
from mockserver.seeding import load_plan, load_preset, plant
from tests.fakes import new_store
from tests.seeds import DEMO, counters, one, planted, rows

if TYPE_CHECKING:
    from mockserver.seeding import SeedPlan
    from mockserver.store.interface import Row, Store


@pytest.fixture(scope="module")
def demo() -> SeedPlan:
    return load_preset("demo")


def person_rows(store: Store) -> list[Row]:
    return rows(store, "customers", tenant=DEMO) + rows(store, "calls", tenant=DEMO)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(), few=st.integers(1, 30), more=st.integers(0, 30))
def test_fewer_people_are_the_beginning_of_more(seed: int, few: int, more: int) -> None:
    """N customers with one seed are the first N of any larger number with that seed."""
    plan = load_preset("golden")
    small, large = planted(plan, seed=seed, customers=few), planted(plan, seed=seed, customers=few + more)
    for table in ("customers", "calls"):
        beginning = rows(small, table, tenant=DEMO)
        assert rows(large, table, tenant=DEMO)[: len(beginning)] == beginning


def test_same_seed_same_bytes(demo: SeedPlan) -> None:
    """Equal seeds give equal bytes, another seed gives other people in the same golden world."""
    first, second, other = (planted(demo, seed=seed, customers=40) for seed in (3, 3, 4))
    assert json.dumps(first.dump()) == json.dumps(second.dump())
    same = [a for a, b in zip(person_rows(first), person_rows(other), strict=True) if a == b]
    assert same == []
    for table in ("tenants", "processes", "users", "recordings"):
        assert rows(first, table) == rows(other, table)


def test_people_are_valid_and_unique(demo: SeedPlan) -> None:
    """Two thousand people: valid unseeded numbers, CRM values and codes unique, moments ascending."""
    store = planted(demo, seed=1, customers=2000)
    found = rows(store, "customers", tenant=DEMO)
    numbers = [row["contact1"] for row in found]
    assert len(set(numbers)) == len(found) == 2000
    assert all(re.fullmatch(r"[6-9][0-9]{9}", number) for number in numbers)
    assert len({row["crm"] for row in found}) == 2000
    assert all(row["crm"] == row["fields"]["sr_number"] for row in found)
    assert [row["customercode"] for row in found] == list(range(1, 2001))
    moments = [row["storedatetime"] for row in found]
    assert moments == sorted(set(moments))
    assert {row["process"] for row in found} == {"DemoOutbound", "DemoInbound", "DemoReminders"}


def test_people_respect_the_printed_sizes(demo: SeedPlan) -> None:
    """IPD106-09, IPD106-10, IPD106-11, IPD106-12: made-up people keep the sizes DOC-106 prints."""
    sizes = {"sr_number": 15, "campaign_name": 100, "comments": 200, "feedback_score": 10}
    for row in rows(planted(demo, customers=300), "customers", tenant=DEMO):
        assert all(0 < len(row["fields"][name]) <= size for name, size in sizes.items())


def test_half_the_names_are_devanagari(demo: SeedPlan) -> None:
    """Half the people have Hindi names in Devanagari letters, half have English spelling."""
    found = rows(planted(demo, customers=100), "customers", tenant=DEMO)
    hindi = [row for row in found if any("\u0900" <= letter <= "\u097f" for letter in row["fields"]["name"])]
    assert len(hindi) == 50
    assert all(re.match("[A-Za-z]", row["fields"]["name"]) for row in found if row not in hindi)


def test_open_calls_of_people(demo: SeedPlan) -> None:
    """Every tenth person has a scheduled call to their own number in their own process."""
    store = planted(demo, customers=41)
    calls = rows(store, "calls", tenant=DEMO)
    assert [row["calllistid"] for row in calls] == [1, 2, 3, 4, 5]
    assert store.counter(f"{DEMO}/calllistid") == 6
    for call in calls:
        person = one(store, "customers", tenant=DEMO, customercode=call["customercode"])
        assert (call["contact"], call["process"]) == (person["contact1"], person["process"])
        assert (call["status"], call["login"]) == ("scheduled", None)


def test_people_get_no_special_number() -> None:
    """SEED-16: numbers the plan avoids or uses itself are skipped, and nobody else moves out of turn."""
    document = read_json(data_dir("schemas") / "presets" / "demo.json")
    plain = [row["contact1"] for row in people_of(document, 12)]
    document["people"]["avoid"] = [plain[2]]
    document["dnc"] = [{"tenant": DEMO, "number": plain[5]}]
    assert [row["contact1"] for row in people_of(document, 10)] == [
        number for number in plain if number not in {plain[2], plain[5]}
    ]


def people_of(document: dict[str, Any], customers: int) -> list[Row]:
    return rows(planted(load_plan(document), customers=customers), "customers", tenant=DEMO)


def test_people_follow_customers_of_the_plan() -> None:
    """People take codes and call ids from the tenant's counters on, beside the plan's own customers."""
    document = read_json(data_dir("schemas") / "presets" / "demo.json")
    document["tenants"][0]["counters"] = {"customercode": 51, "calllistid": 7, "userid": 7}
    store = planted(load_plan(document), customers=11)
    assert [row["customercode"] for row in rows(store, "customers", tenant=DEMO)] == list(range(51, 62))
    assert [row["calllistid"] for row in rows(store, "calls", tenant=DEMO)] == [7, 8]
    assert counters(store, DEMO) == (62, 9, 7)


def test_people_stay_within_the_calendar() -> None:
    """A recipe whose moments would pass the year 9999 is refused, and nothing is planted."""
    document = read_json(data_dir("schemas") / "presets" / "demo.json")
    document["people"]["stored_from"] = "9999-12-31 23:59:00"
    store = new_store()
    with pytest.raises(InvalidSetting, match="passes the last year"):
        plant(store, load_plan(document), seed=0, customers=2)
    assert store.count("tenants") == 0
