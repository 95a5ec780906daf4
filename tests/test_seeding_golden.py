"""What the golden plan holds: one test for each row of the ledger's table of seed data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mockserver.seeding import load_preset
from tests.seeds import HEX, ORG, POLICY_ORG, counters, one, planted, rows

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


def test_click_to_call_tenant(store: Store) -> None:
    """SEED-01: the tenant of the full DOC-106 example has its one process and the printed counters."""
    process = one(store, "processes", tenant=HEX)
    assert process["servicekey"] == "clicktocall_457_23122019105710"
    assert process["template"] == [
        "sr_number", "campaign_name", "comments", "feedback_score", "mobilenumber",
    ]  # fmt: skip
    assert process["crm_field"] == "sr_number"
    assert counters(store, HEX) == (125, 796, 124)


def test_test_org(store: Store) -> None:
    """SEED-02: test_org has its eleven processes, all ordinary unless named otherwise, and counters."""
    processes = rows(store, "processes", tenant=ORG)
    assert [row["name"] for row in processes] == [
        "VoiceProcess", "VoiceInOut", "MUMBAI_CRM_OBD", "DisabledProcess", "UnmappedProcess",
        "NoScriptTemplate", "NoFieldList", "StrictBatch", "TtsProcess", "GsmTrunk", "TelcoTrunk",
    ]  # fmt: skip
    assert all(row["servicekey"] == row["name"] for row in processes)
    assert {row["alias"] for row in processes} == {None, "voiceprocess"}
    assert one(store, "processes", alias="voiceprocess")["name"] == "VoiceProcess"
    assert counters(store, ORG) == (125, 796, 124)


@pytest.mark.parametrize(
    ("column", "name", "value", "ordinary"),
    [
        pytest.param("mapped", "UnmappedProcess", False, True, id="SEED-06"),
        pytest.param("enabled", "DisabledProcess", False, True, id="SEED-07"),
        pytest.param("script_template", "NoScriptTemplate", False, True, id="SEED-08"),
        pytest.param("field_list", "NoFieldList", False, True, id="SEED-09"),
        pytest.param("quirks", "StrictBatch", {"all_failed": "promote"}, {}, id="SEED-10"),
        pytest.param("speech", "TtsProcess", True, False, id="SEED-11"),
    ],
)
def test_one_process_differs(store: Store, column: str, name: str, value: object, ordinary: object) -> None:
    """SEED-02, SEED-06, SEED-07, SEED-08, SEED-09, SEED-10, SEED-11: each special process alone differs."""
    found = {row["name"]: row[column] for row in rows(store, "processes")}
    assert found.pop(name) == value
    assert all(other == ordinary for other in found.values())


def test_policy_organisation(store: Store) -> None:
    """SEED-03, AM-52: process1 and Policy have the form template of GPD-16 and the CRM field leadnumber."""
    template = [
        "leadnumber", "name", "mobilenumber", "emailid", "callDateTime", "policyexpirydate",
        "dateofleadcreation", "timeofleadcreation", "extrafield1", "extrafield2", "extrafield3",
    ]  # fmt: skip
    processes = rows(store, "processes", tenant=POLICY_ORG)
    assert [(row["name"], row["template"], row["crm_field"]) for row in processes] == [
        ("process1", template, "leadnumber"),
        ("Policy", template, "leadnumber"),
    ]
    assert counters(store, POLICY_ORG)[:2] == (5, 5)


def test_every_other_template(demo: SeedPlan) -> None:
    """AM-52: every process but Policy, process1 and NoFieldList has the DOC-106 template and sr_number."""
    template = ["sr_number", "campaign_name", "comments", "feedback_score", "mobilenumber"]
    others = [row for row in rows(planted(demo), "processes") if row["tenant"] != POLICY_ORG]
    assert {row["crm_field"] for row in others} == {"sr_number"}
    assert [row["name"] for row in others if row["template"] != template] == ["NoFieldList"]


def test_expiring_keys(store: Store) -> None:
    """SEED-04, AM-50: expired_org ended in 2000, expiring_org ends in 2099, no other key expires."""
    expiries = {row["apikey"]: row["expires"] for row in rows(store, "tenants")}
    assert {key: moment for key, moment in expiries.items() if moment} == {
        "expired_org": "2000-01-01 00:00:00",
        "expiring_org": "2099-12-31 23:59:59",
    }
    assert one(store, "processes", tenant="expired_org")["servicekey"] == "ExpiredProcess"
    assert one(store, "processes", tenant="expiring_org")["servicekey"] == "ExpiringProcess"


def test_tenant_without_database(store: Store) -> None:
    """SEED-05: nodb_org with NoDbProcess is the one tenant without a database."""
    assert [row["apikey"] for row in rows(store, "tenants", database=False)] == ["nodb_org"]
    assert one(store, "processes", tenant="nodb_org")["servicekey"] == "NoDbProcess"


def test_trunks(store: Store) -> None:
    """AM-53, SIM-11: GsmTrunk has trunk gsm, TelcoTrunk telco, every other process domestic."""
    special = {row["name"]: row["trunk"] for row in rows(store, "processes") if row["trunk"] != "domestic"}
    assert special == {"GsmTrunk": "gsm", "TelcoTrunk": "telco"}


PRINTED = [
    {
        "leadnumber": "1", "name": "Avhan Technologies", "mobilenumber": "1234567890",
        "emailid": "v@avhan.com", "callDateTime": "2013-06-20 09:07:00",
        "policyexpirydate": "2013-02-22", "dateofleadcreation": "2012-02-22",
        "timeofleadcreation": "12:00:00", "extrafield1": "1", "extrafield2": "2", "extrafield3": "3",
    },
    {
        "leadnumber": "2", "name": "Avhan Technologies 1", "mobilenumber": "1234567891",
        "emailid": "v1@avhan.com", "callDateTime": "2013-06-20 09:07:00",
        "policyexpirydate": "2013-02-22", "dateofleadcreation": "2012-02-22",
        "timeofleadcreation": "12:00:00", "extrafield1": "11", "extrafield2": "21", "extrafield3": "31",
    },
]  # fmt: skip


def test_printed_customers(store: Store) -> None:
    """SEED-12, GPD-16: customers 1 and 2, through the form template, are the two printed records."""
    template = one(store, "processes", name="Policy")["template"]
    found = [
        {**row["fields"], "mobilenumber": row["contact1"]}
        for code in (1, 2)
        for row in rows(store, "customers", customercode=code)
    ]
    assert found == PRINTED
    assert all(sorted(record) == sorted(template) for record in found)


def test_customers_of_policy(store: Store) -> None:
    """SEED-12: the printed range finds customers 1 and 2 alone; 9000100203 is nobody's number."""
    customers = rows(store, "customers")
    assert [(row["customercode"], row["contact1"], row["crm"]) for row in customers] == [
        (1, "1234567890", "1"), (2, "1234567891", "2"), (3, "9000100200", "3"), (4, "9000100201", "4"),
    ]  # fmt: skip
    assert {row["process"] for row in customers} == {"Policy"}
    assert [row["storedatetime"][:10] for row in customers] == ["2016-01-20"] * 2 + ["2016-02-01"] * 2
    inside = [r for r in customers if "2016-01-19 12:00:00" <= r["storedatetime"] <= "2016-01-22 12:00:00"]
    assert [row["customercode"] for row in inside] == [1, 2]


def test_users(store: Store) -> None:
    """SEED-13, AM-44: the ten users of test_org with the printed states."""
    statuses = {row["login"]: row["status"] for row in rows(store, "users")}
    assert statuses == {
        "dinesh.s@avhan.com": 7, "tanmay.k": 1, "Tanmay.k@dev1": 1, "rupesh.v@avhan.com": 1,
        "test@avhan.com": 1, "test@avha.com": 1, "user1": 1, "user10": 11,
        "user12@avhan.com": 0, "orphan@avhan.com": 0,
    }  # fmt: skip
    assert {row["tenant"] for row in rows(store, "users")} == {ORG}
    assert [row["login"] for row in rows(store, "users", client_login=False)] == ["orphan@avhan.com"]


def test_login_keys_ignore_case(store: Store) -> None:
    """RAD-05: a user is found by the login without its letter case."""
    found = store.first("users", tenant=ORG, login_key="tanmay.k@dev1")
    assert found is not None
    assert found[1]["login"] == "Tanmay.k@dev1"


def test_statuses_have_absolute_times(store: Store) -> None:
    """AM-50, SEED-13: user10 since 2019-03-07 23:59:59, every other user since 2018-01-01 09:00:00."""
    since = {row["login"]: row["since"] for row in rows(store, "users")}
    assert since.pop("user10") == "2019-03-07 23:59:59"
    assert set(since.values()) == {"2018-01-01 09:00:00"}


def test_image_store(store: Store) -> None:
    """SEED-14: test_org's image store holds the printed image."""
    assert one(store, "tenants", apikey=ORG)["images"] == ["c2c_clicktocall_201601051003844.jpg"]


def test_disposition_masters(store: Store) -> None:
    """SEED-15, SIM-15, SIM-16: masters and reasons of VoiceProcess, callback maximum and date range."""
    process = one(store, "processes", name="VoiceProcess")
    reasons = {
        (master["id"], reason["id"]): reason["callback"]
        for master in process["masters"]
        for reason in master["reasons"]
    }
    assert reasons == {(1, 1): False, (1, 2): True, (2, 3): False}
    assert process["callback_maximum"] == 3
    tenant = one(store, "tenants", apikey=ORG)
    assert (tenant["date_from"], tenant["date_to"]) == ("2000-01-01 00:00:00", "2099-12-31 23:59:59")


def test_special_numbers(store: Store) -> None:
    """SEED-16: the DNC number, the exhausted callback number, and 9999999999 that nothing knows."""
    assert rows(store, "dnc") == [{"tenant": ORG, "number": "9000000032"}]
    callback = one(store, "callbacks")
    assert (callback["process"], callback["contact"], callback["count"]) == ("VoiceProcess", "9000000033", 3)
    assert "9999999999" not in json.dumps(store.dump())


def test_open_entries(store: Store) -> None:
    """SEED-16, AM-70: the two open entries belong to VoiceProcess, below the counter, one of them due."""
    found = [row for row in rows(store, "calls") if row["status"] in {"scheduled", "queued"}]
    assert [(row["contact"], row["status"], row["due"]) for row in found] == [
        ("7507959484", "scheduled", "2018-11-10 09:00:00"),
        ("9874561320", "queued", None),
    ]
    assert {(row["tenant"], row["process"]) for row in found} == {(ORG, "VoiceProcess")}


def test_recorded_calls(store: Store) -> None:
    """SEED-17: sessions 483, 8 and 9 are done calls with the printed links; session 9 lost its file."""
    base = "http://192.168.2.127/recordings"
    recordings = {row["sessionid"]: row for row in rows(store, "recordings")}
    assert {session: (row["systemcallid"], row["missing"]) for session, row in recordings.items()} == {
        483: ("140912183554281005", False),
        8: ("180717171728015031", False),
        9: ("180717171728015999", True),
    }
    assert recordings[483]["url"] == f"{base}//1/1/2014/09/12/18/140912183554281005_0000.MP3"
    assert recordings[8]["url"] == (
        f"{base}/1/1/2018/07/17/17/180717171728015031_1001_1500_1_2500_1728015.MP3"
    )
    for session, row in recordings.items():
        call = one(store, "calls", calllistid=session)
        assert (call["systemcallid"], call["status"]) == (row["systemcallid"], "done")
    assert "180719161420031002" not in json.dumps(store.dump())


def test_call_of_dinesh(store: Store) -> None:
    """AM-02: the seeded call 140912183554281005 belongs to dinesh.s@avhan.com."""
    assert one(store, "calls", systemcallid="140912183554281005")["login"] == "dinesh.s@avhan.com"


def test_user_list_can_be_answered(store: Store) -> None:
    """AM-04: every user has what getActiveUserList answers, and ids that order them."""
    users = rows(store, "users", tenant=ORG)
    assert [row["userid"] for row in users] == sorted(row["userid"] for row in users)
    assert all(row["username"] and isinstance(row["status"], int) for row in users)


def test_user_types_are_known(demo: SeedPlan) -> None:
    """AM-43: the seeded users have user types of the vendor's list or Stores."""
    known = {
        "Super Admin", "Administrator", "Supervisor", "Team Leader", "User", "Quality", "Barge-In", "MIS",
        "Stores",
    }  # fmt: skip
    assert {row["usertype"] for row in rows(planted(demo), "users")} <= known
