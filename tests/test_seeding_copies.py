"""Copies of tenants under minted keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver.seeding import copy_tenant, load_preset
from mockserver.store.interface import TABLES, StoreError
from tests.seeds import DEMO, HEX, ORG, counters, planted, rows

if TYPE_CHECKING:
    from mockserver.seeding import SeedPlan
    from mockserver.store.interface import Store


@pytest.fixture(scope="module")
def golden() -> SeedPlan:
    return load_preset("golden")


@pytest.fixture(scope="module")
def demo() -> SeedPlan:
    return load_preset("demo")


@pytest.fixture
def store(golden: SeedPlan) -> Store:
    return planted(golden)


NAMES = [
    "VoiceProcess", "VoiceInOut", "MUMBAI_CRM_OBD", "DisabledProcess", "UnmappedProcess", "NoScriptTemplate",
    "NoFieldList", "StrictBatch", "TtsProcess", "GsmTrunk", "TelcoTrunk",
]  # fmt: skip
MINTED = {name: f"sbx{number}" for number, name in enumerate(NAMES)}


def test_copy_of_test_org(store: Store) -> None:
    """AM-11: a minted tenant holds all that test_org holds, under its own keys, with its counters."""
    before = store.dump()
    copy_tenant(store, ORG, "sbxOrg", MINTED)
    assert counters(store, "sbxOrg") == (125, 796, 124)
    for spec in TABLES:
        owner = "tenant" if "tenant" in spec.columns else "apikey"
        original, copied = (rows(store, spec.name, **{owner: key}) for key in (ORG, "sbxOrg"))
        for row in original:
            row[owner] = "sbxOrg"
            if spec.name == "processes":
                row |= {"servicekey": MINTED[row["name"]], "alias": None}
        assert copied == original, spec.name
        assert rows(store, spec.name)[: len(before["tables"][spec.name])] == [
            {column: value for column, value in row.items() if column != "#"}
            for row in before["tables"][spec.name]
        ]


def test_copy_has_no_alias(store: Store) -> None:
    """AM-11: the alias voiceprocess stays with test_org alone."""
    copy_tenant(store, ORG, "sbxOrg", MINTED)
    assert [row["tenant"] for _, row in store.find("processes", alias="voiceprocess")] == [ORG]


def test_copy_keeps_customers_of_all_processes_in_order(demo: SeedPlan) -> None:
    """AM-11: customers spread over processes are copied once each, in the order they were stored."""
    store = planted(demo, customers=30)
    copy_tenant(
        store, DEMO, "sbxDemo", {"DemoOutbound": "sbxA", "DemoInbound": "sbxB", "DemoReminders": "sbxC"}
    )
    codes = [row["customercode"] for row in rows(store, "customers", tenant="sbxDemo")]
    assert codes == list(range(1, 31))
    assert counters(store, "sbxDemo") == counters(store, DEMO)


def test_copies_share_nothing(store: Store) -> None:
    """AM-11: what happens in the copy later does not move the counters of the original."""
    copy_tenant(store, ORG, "sbxOrg", MINTED)
    with store.unit():
        store.set_counter("sbxOrg/customercode", 999)
    assert counters(store, ORG) == (125, 796, 124)


@pytest.mark.parametrize(
    ("source", "target", "keys", "match"),
    [
        ("nobody", "sbxOrg", MINTED, "no tenant 'nobody'"),
        (ORG, HEX, MINTED, "is taken"),
        (ORG, "sbxOrg", {**MINTED, "GsmTrunk": "Policy"}, "service key 'Policy' is taken"),
        (ORG, "sbxOrg", {**MINTED, "GsmTrunk": "voiceprocess"}, "service key 'voiceprocess' is taken"),
        (ORG, "sbxOrg", {**MINTED, "GsmTrunk": "sbx0"}, "'sbx0' is given to two processes"),
        (ORG, "sbxOrg", {"VoiceProcess": "sbx0"}, "expected"),
        (ORG, "sbxOrg", {**MINTED, "More": "sbx99"}, "expected"),
    ],
)
def test_impossible_copies(store: Store, source: str, target: str, keys: dict[str, str], match: str) -> None:
    """AM-11: a copy of an unknown tenant, or under keys that do not fit, changes nothing."""
    before = store.dump()
    with pytest.raises(StoreError, match=match):
        copy_tenant(store, source, target, keys)
    assert store.dump() == before
