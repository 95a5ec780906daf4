"""Statuses that somebody asks for, in every method: by servicekey, by login, by record, by the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api import drop
from tests.methods.every import VARIANTS, by_default, codes_anywhere, failing, members, same, world
from tests.methods.helpers import exchange, told

if TYPE_CHECKING:
    from tests.api import Answer, Api
    from tests.methods.every import Variant

COMMON = {
    2: "Wrong format of received request", 5: "", 48: "API key expired", 67: "Data not found",
    1107: "api key not found", 1108: "Service key not found", 1243: "Service Key API Key Not matching",
}  # fmt: skip
"""What every method can be forced to answer besides its own codes (AM-14), with the text where it has none of its own."""

LOGIN = "force.{}@mock.test"


def forcible(variant: Variant) -> dict[int, str]:
    """Every code a method can be forced to answer, with its text."""
    own = {**by_default(failing(variant, "record")), **by_default(failing(variant))}
    common = {**COMMON, **({1107: "API key not found"} if variant.edition == "1.0.6" else {})}
    return {**common, **{code: row["text"] for code, row in own.items()}}


def impossible(variant: Variant) -> list[int]:
    """Codes that the method cannot be forced to answer: its success, and those of others."""
    return sorted(set(codes_anywhere()) - forcible(variant).keys())


def check(api: Api, variant: Variant, answer: Answer, code: int, text: str) -> None:
    """The whole envelope with the code, "fail" where no table has a text, and forced as evidence."""
    assert same(members(answer), variant.failure(code, text or "fail")), answer.raw
    status, _, evidence, described = told(api, answer)
    assert (status, evidence, described) == (code, "forced", text or "-")
    assert answer.http_status == 200
    assert exchange(api).forced


@pytest.mark.parametrize("variant", [each for each in VARIANTS if each.servicekey], ids=str)
def test_every_code_of_every_method_by_servicekey(variant: Variant) -> None:
    """SIM-23, SIM-27, AM-14, GEN-02, GEN-03: FORCE_<code> answers each code of the method in its envelope, and changes nothing."""
    api = world(variant)
    before = api.sandbox.store.dump()
    for code, text in forcible(variant).items():
        check(api, variant, api.post(variant.command(servicekey=f"FORCE_{code}")), code, text)
    assert api.sandbox.store.dump() == before
    for code in impossible(variant):
        answer = api.post(variant.command(servicekey=f"FORCE_{code}"))
        assert (told(api, answer)[:2], exchange(api).forced) == ((1108, "AUTH-02"), False), code
    drop(api)


@pytest.mark.parametrize("variant", [each for each in VARIANTS if not each.servicekey], ids=str)
def test_every_code_by_login(variant: Variant) -> None:
    """SIM-24, SIM-27, AM-14, AM-67: force.<code>@mock.test is for addEditUser and deleteUser; codes of others make it an ordinary login."""
    api = world(variant)
    before = api.sandbox.store.dump()
    for code, text in forcible(variant).items():
        answer = api.post(variant.command(loginid=LOGIN.format(code)))
        check(api, variant, answer, code, text)
        assert answer.rule
    assert api.sandbox.store.dump() == before
    for code in impossible(variant):
        answer = api.post(variant.command(loginid=LOGIN.format(code), username="A"))
        ordinary = 418 if variant.name == "deleteUser" else 3
        assert (told(api, answer)[0], exchange(api).forced) == (ordinary, False), code
    for odd in (
        "force.0408@mock.test",
        "force.408@mock.test.in",
        "xforce.408@mock.test",
        "FORCE.408@mock.test",
    ):
        api.post(variant.command(loginid=odd))
        assert not exchange(api).forced
    drop(api)


@pytest.mark.parametrize("variant", [each for each in VARIANTS if not each.servicekey], ids=str)
def test_a_forced_login_comes_after_the_gate_and_before_the_fields(variant: Variant) -> None:
    """SIM-27, SIM-24, AUTH-08: an unknown key, an expired one or no database answers first; a bad field does not."""
    api = world(variant)
    login = LOGIN.format(407)
    assert told(api, api.post(variant.command(loginid=login, apikey="x")))[0] == 1107
    assert told(api, api.post(variant.command(loginid=login, apikey="expired_org")))[0] == 48
    assert told(api, api.post(variant.command(loginid=login, apikey="nodb_org")))[0] == 5
    assert told(api, api.post(variant.command(loginid=login, action="", usertype="x")))[0] == 407
    assert told(api, api.post(variant.command(loginid=f"  {login} ")))[0] == 407
    drop(api)


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_every_code_by_the_queue(variant: Variant) -> None:
    """SIM-26, SIM-27, AM-14: a queued code is answered by each method that has it, once; others let it wait."""
    api = world(variant)
    for code, text in forcible(variant).items():
        api.sandbox.forced.add(code, method=variant.name)
        check(api, variant, api.post(variant.command()), code, text)
        assert len(api.sandbox.forced) == 0
    for code in impossible(variant):
        api.sandbox.forced.add(code)
    waiting = len(api.sandbox.forced)
    assert told(api, api.post(variant.command()))[0] == variant.success
    assert (len(api.sandbox.forced), exchange(api).forced) == (waiting, False)
    drop(api)


RECORDS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "userStatus": ("loginids", LOGIN, "user10", {
        "duration": 0, "currentstatus": 0, "currentstatusdesc": "", "statuschangetime": "", "login": None,
    }),
    "customer_multiple_recordings": ("systemcallids", "{:018d}", "180717171728015031", {
        "systemcallid": None, "recordingfilepath": "",
    }),
}  # fmt: skip
"""The field of the records, the magic value, a good one, and what a forced record says beside code and text."""


@pytest.mark.parametrize("variant", [each for each in VARIANTS if each.name in RECORDS], ids=str)
def test_records_fail_with_every_code(variant: Variant) -> None:
    """SIM-25, AM-14: the record has the shape of a failed one with the code and the table's text, else fail; its neighbours do not fail."""
    api = world(variant)
    field, magic, good, shape = RECORDS[variant.name]
    before = api.sandbox.store.dump()
    texts = {**forcible(variant), **{code: row["text"] for code, row in failing(variant, "record").items()}}
    for code, text in texts.items():
        value = magic.format(code)
        answer = api.post(variant.command(**{field: [good, value, good]}))
        records = answer.body["statusdata"]
        assert [record["status"] for record in records] == [3, code, 3]
        assert records[1]["statusdesc"] == (text or "fail")
        rest = {name: got for name, got in records[1].items() if name not in ("status", "statusdesc")}
        assert rest == {name: value if wanted is None else wanted for name, wanted in shape.items()}
        assert list(records[1]) == list(records[0])
        (failure,) = exchange(api).failed_records
        assert (failure.record, failure.keyword, failure.ledger) == (1, "forced", "SIM-25")
    assert api.sandbox.store.dump() == before
    unknown = {"userStatus": (4, "Login not found"), "customer_multiple_recordings": (67, "Data not found")}
    for code in impossible(variant):
        (record,) = api.post(variant.command(**{field: [magic.format(code)]})).body["statusdata"]
        assert (record["status"], record["statusdesc"]) == unknown[variant.name], code
    drop(api)


MEANINGS: dict[int, dict[str, str]] = {
    1: {"ImportProcessData": "Success", "getProcessData": "Success", "reallocatedata": "Success", "deleteUser": "success"},
    3: {"saveDisposition": "Successful", "customer_recording": "Successful", "customer_multiple_recordings": "Successful",
        "addEditUser": "success", "userStatus": "Success"},
    31: {"saveDisposition": "Disposition Master ID / Reason Id not found"},
    32: {"ImportProcessData": "DATA parameter not found", "saveDisposition": "Contact Number In DNC"},
    33: {"saveDisposition": "Callback count exceed for process"},
    38: {"ImportProcessData": "Error while processing data", "getProcessData": "Error while processing data",
         "reallocatedata": "Error while processing"},
    62: {"ImportProcessData": "Custom filter not found", "getProcessData": "Custom filter not found",
         "customer_recording": "sessionid not found", "customer_multiple_recordings": "sessionid not found"},
    63: {"ImportProcessData": "Custom filter found blank", "getProcessData": "Custom filter found blank",
         "customer_recording": "systemcallid not found", "customer_multiple_recordings": "systemcallid not found"},
    66: {"ImportProcessData": "Filter values are invalid", "getProcessData": "Filter values are invalid",
         "customer_recording": "systemcallid found blank", "customer_multiple_recordings": "systemcallid found blank"},
    67: {"ImportProcessData": "Invalid operator found", "getProcessData": "Invalid operator found",
         "customer_multiple_recordings": "Data not found"},
}  # fmt: skip
"""Numbers that mean different things (REF-17), each with the methods whose tables have it."""


@pytest.mark.parametrize("code", MEANINGS)
def test_a_number_means_what_its_method_says(code: int) -> None:
    """GEN-08: a code is looked up by method; a method that does not have it in its table cannot answer it."""
    meant: dict[str, Any] = {}
    for variant in VARIANTS:
        if variant.edition != "1.0.6" and variant.name == "ImportProcessData":
            continue
        api = world(variant)
        field, key = (
            ("servicekey", f"FORCE_{code}") if variant.servicekey else ("loginid", LOGIN.format(code))
        )
        own = code in {**failing(variant), **failing(variant, "record")}
        answer = api.post(variant.command(**({field: key} if own else {})))
        if told(api, answer)[0] == code and variant.name != "getActiveUserList":
            meant[variant.name] = answer.header("X-Mock-Status-Description")
        drop(api)
    assert meant == MEANINGS[code]
