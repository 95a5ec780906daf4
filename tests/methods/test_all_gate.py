"""The gate in front of every method: each fault with its code, envelope and row, in its place."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from tests.methods.every import VARIANTS, members, same, world
from tests.methods.helpers import GONE, told

if TYPE_CHECKING:
    from tests.api import Api
    from tests.methods.every import Variant

KEYS = {
    "unknown": {"apikey": "no_such_org"},
    "expired": {"apikey": "expired_org", "servicekey": "ExpiredProcess"},
    "no process": {"apikey": "test_org", "servicekey": "NoSuchProcess"},
    "foreign": {"apikey": "nodb_org", "servicekey": "VoiceProcess"},
    "unmapped": {"apikey": "test_org", "servicekey": "UnmappedProcess"},
    "database": {"apikey": "nodb_org", "servicekey": "NoDbProcess"},
    "disabled": {"apikey": "test_org", "servicekey": "DisabledProcess"},
}
TEXTS = {
    1107: "api key not found", 48: "API key expired", 1108: "Service key not found",
    1243: "Service Key API Key Not matching", 61: "service_key_API_key_matching_not_found",
    13: "Tenant Database Not found", 421: "Invalid Process Id",
}  # fmt: skip
PROCESSING = {
    "ImportProcessData": "Error while processing data", "getProcessData": "Error while processing data",
    "saveDisposition": "Error while processing", "customer_recording": "Error while processesing data",
    "customer_multiple_recordings": "Error while processing data",
}  # fmt: skip
WITHOUT_KEY = ("unknown", "expired", "database")


def answers(variant: Variant) -> dict[str, tuple[int, str]]:
    """Code and deciding row of each fault (AUTH-01 … AUTH-07)."""
    all_of_them = {
        "unknown": (1107, "AUTH-01"), "expired": variant.expired, "no process": (1108, "AUTH-02"),
        "foreign": (1243, "AUTH-03"), "unmapped": variant.unmapped, "database": variant.database,
        "disabled": variant.disabled,
    }  # fmt: skip
    return {
        fault: found for fault, found in all_of_them.items() if variant.servicekey or fault in WITHOUT_KEY
    }


def text(variant: Variant, code: int) -> str:
    """The text that the tables have for a code of the gate."""
    if variant.edition == "1.0.6" and code == 1107:
        return "API key not found"
    return TEXTS.get(code) or ("" if code == 5 else PROCESSING[variant.name])


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_each_fault_in_the_envelope_of_each_method(variant: Variant) -> None:
    """The code, the whole envelope, the row and its text, HTTP 200 and no change (AUTH-01 … AUTH-07, AUTH-09, AUTH-16 … AUTH-18, AM-62, E-46 … E-49).

    Where the method's own table has the code its row decides, with its ledger id.
    """
    api = world(variant)
    before = api.sandbox.store.dump()
    for fault, (code, rule) in answers(variant).items():
        answer = api.post(variant.keys(**KEYS[fault]))
        wanted = text(variant, code)
        assert same(members(answer), variant.failure(code, wanted)), (fault, answer.raw)
        status, decided, evidence, described = told(api, answer)
        assert (status, decided, described) == (code, rule, wanted or "-"), fault
        assert evidence in ("stated", "inferred", "by-example", "client")
        assert answer.http_status == 200
        assert api.sandbox.store.dump() == before


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_absent_keys_in_each_method(variant: Variant) -> None:
    """A key that is not sent is not found, for every method that has it (AUTH-01, AUTH-02, AUTH-09, AUTH-10)."""
    api = world(variant)
    assert told(api, api.post(variant.command(apikey=GONE)))[:2] == (1107, "AUTH-01")
    found = told(api, api.post(variant.command(servicekey=GONE)))
    assert found[0] == (1108 if variant.servicekey else variant.success)
    assert (found[1] == "AUTH-02") == variant.servicekey


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_other_readings_of_expiry_and_mapping(variant: Variant) -> None:
    """expired_code is about all methods of the web documentation, mapping_code about 1.0.6 alone (AUTH-04, AUTH-05, E-46, E-47)."""
    api = world(variant)
    expired = api.post(variant.keys(**KEYS["expired"]), expired_code="1107")
    web = variant.edition == "web"
    assert told(api, expired)[:2] == ((1107, "AUTH-04") if web else (48, "IPD106-50"))
    if web:
        assert same(members(expired), variant.failure(1107, ""))
    if variant.servicekey:
        unmapped = api.post(variant.keys(**KEYS["unmapped"]), mapping_code="1243")
        assert told(api, unmapped)[:2] == (1243, "AUTH-05")
        unmapped = api.post(variant.keys(**KEYS["unmapped"]), mapping_code="61")
        assert told(api, unmapped)[:2] == variant.unmapped


@pytest.mark.parametrize("variant", [each for each in VARIANTS if not each.servicekey], ids=str)
def test_methods_without_a_servicekey_do_not_look_at_one(variant: Variant) -> None:
    """AUTH-10: whatever is sent as servicekey is ignored; only apikey, expiry and database count."""
    odd: list[Any] = [
        None,
        "",
        5,
        "NoSuchProcess",
        "process1",
        "UnmappedProcess",
        "DisabledProcess",
        "FORCE_408",
    ]
    for servicekey in odd:
        api = world(variant)
        assert told(api, api.post(variant.command(servicekey=servicekey)))[0] == variant.success
        refused = api.post(variant.command(apikey="nodb_org", servicekey=servicekey))
        assert told(api, refused)[:2] == variant.database


def _apikey(_: Api, __: Variant, command: dict[str, Any]) -> None:
    command["apikey"] = "no_such_org"


def _tenant(**columns: Any) -> Any:
    def cause(api: Api, variant: Variant, _: dict[str, Any]) -> None:
        api.change("tenants", {"apikey": variant.command()["apikey"]}, **columns)

    return cause


def _servicekey(_: Api, __: Variant, command: dict[str, Any]) -> None:
    command["servicekey"] = "NoSuchProcess"


def _process(**columns: Any) -> Any:
    def cause(api: Api, variant: Variant, _: dict[str, Any]) -> None:
        key = variant.command()["servicekey"]
        api.process({"voiceprocess": "VoiceProcess"}.get(key, key), **columns)

    return cause


def _own_fault(_: Api, variant: Variant, command: dict[str, Any]) -> None:
    """Something the method itself refuses, if it can refuse anything."""
    for field in (
        "media",
        "searchparam",
        "contactnumber",
        "systemcallid",
        "systemcallids",
        "loginids",
        "loginid",
    ):
        if field in command:
            command[field] = ""
            return


ORDER: dict[str, Any] = {
    "unknown": _apikey, "expired": _tenant(expires="2000-01-01 00:00:00"), "no process": _servicekey,
    "foreign": _process(tenant="expiring_org"), "unmapped": _process(mapped=False),
    "database": _tenant(database=False), "disabled": _process(enabled=False), "own": _own_fault,
}  # fmt: skip
"""Every fault in the order of AUTH-08 and how to cause it, then one of the method's own."""


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_of_two_faults_the_earlier_one_answers(variant: Variant) -> None:
    """AUTH-08, AUTH-06, AUTH-07, E-48, TRN-39: every pair of faults in every method, 13 and 421 in their places."""
    wanted = answers(variant)
    faults = [fault for fault in ORDER if fault == "own" or fault in wanted]
    for first, second in combinations(faults, 2):
        api = world(variant)
        command = variant.command()
        for fault in (second, first):
            ORDER[fault](api, variant, command)
        assert told(api, api.post(command))[:2] == wanted[first], (first, second)
