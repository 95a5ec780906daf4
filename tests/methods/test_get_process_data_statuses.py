"""getProcessData: every status by its natural cause and by force, with text, row, evidence and envelope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.api import NOW_TEXT
from tests.methods.helpers import FWEB, GONE, exchange, told
from tests.methods.pulling import SUCCESS, one_filter, pull, search

if TYPE_CHECKING:
    from tests.api import Api

FILTERS: dict[str, Any] = {"custom_filter": "on"}
BLANKS: list[Any] = ["", [], ["9000100200", ""]]
NO_FILTERS: list[Any] = [[], "", None, {}]
NAME = one_filter("name", "=", "x")
BAD_FILTERS: list[Any] = [
    [one_filter(GONE, "=", "x")], [one_filter("name", "=", GONE)], [one_filter("colour", "=", "x")],
    [NAME, one_filter("sr_number", "=", "x")], [one_filter(5, "=", "x")], [{}], ["name"], [None],
    [one_filter("name", "=", None)], [one_filter("name", "=", True)], [one_filter("name", "=", 1.5)],
    [one_filter("name", "=", ["x"])], [one_filter("name", "=", {})], "name=x", NAME, 5,
]  # fmt: skip
LATE = {"fromdate": "2016-01-22 12:00:01", "todate": "2016-01-22 12:00:00"}
RANGE = {"fromdate": "2016-01-19 12:00:00", "todate": "2016-01-22 12:00:00"}


class Cause(NamedTuple):
    """A status of the method's table, and commands that bring it about."""

    ledger: str
    code: int
    text: str
    field: str
    commands: list[dict[str, Any]]
    evidence: str = "inferred"


MOBILE, CODE, CRM, DATES, FILTER = (
    {"searchparam": name}
    for name in ("mobilenumber", "customercode", "crmuniquefield", "daterange", "customfilter")
)

CAUSES = [
    Cause("GPD-25", 40, "search param key not found", "searchparam", [{"searchparam": GONE}]),
    Cause("GPD-26", 42, "Invalid Search Param key", "searchparam", [
        {"searchparam": wrong} for wrong in ("", "MobileNumber", "customer_code(1001)")
    ]),
    Cause("GPD-27", 50, "Mobile Number not found", "mobilenumber", [MOBILE, {**MOBILE, "customercode": "1"}]),
    Cause("GPD-28", 49, "Mobile Number found blank", "mobilenumber", [
        {**MOBILE, "mobilenumber": blank} for blank in BLANKS
    ]),
    Cause("GPD-29", 43, "Invalid Mobile Number", "mobilenumber", [
        {**MOBILE, "mobilenumber": wrong} for wrong in ("12", "1" * 17, "90001x0200", ["9000100200", "12"])
    ]),
    Cause("GPD-30", 52, "Customer Code not found", "customercode", [CODE, {**CODE, "mobilenumber": "123"}]),
    Cause("GPD-31", 51, "Customer code found blank", "customercode", [{**CODE, "customercode": ""}]),
    Cause("GPD-32", 44, "Invalid Customer Code", "customercode", [{**CODE, "customercode": "abc"}]),
    Cause("GPD-33", 54, "CRM Unique field not found", "crmuniquefield", [CRM]),
    Cause("GPD-34", 53, "CRM Unique field found blank", "crmuniquefield", [{**CRM, "crmuniquefield": ""}]),
    Cause("GPD-35", 45, "Invalid CRM Unique Code", "crmuniquefield", [{**CRM, "crmuniquefield": "@@"}]),
    Cause("GPD-36", 46, "Invalid From Date format", "fromdate", [
        {**DATES, **RANGE, "fromdate": wrong} for wrong in (GONE, "", "19.01.2016")
    ]),
    Cause("GPD-37", 16, "Invalid To Date format", "todate", [
        {**DATES, **RANGE, "todate": wrong} for wrong in (GONE, "", "22.01.2016")
    ]),
    Cause("GPD-38", 15, "Date range not proper", "", [{**DATES, **LATE}, {**CODE, "customercode": "1", **LATE}]),
    Cause("GPD-39", 14, "Customer data not found", "", [
        {**MOBILE, "mobilenumber": "9999999999"},
        {**CODE, "customercode": "99999"},
        {**CRM, "crmuniquefield": "POP100300"},
        {**DATES, "fromdate": "1999-01-01 00:00:00", "todate": "1999-01-01 00:00:00"},
    ]),
    Cause("GPD-40", 69, "Field List not found", "", [
        {**CODE, "customercode": "1", "apikey": "test_org", "servicekey": "NoFieldList"}
    ]),
    Cause("GPD-41", 38, "Error while processing data", "apikey", [
        {**CODE, "customercode": "1", "apikey": "nodb_org", "servicekey": "NoDbProcess"}
    ]),
    Cause("GPD-42", 62, "Custom filter not found", "customfilter", [FILTER]),
    Cause("GPD-43", 63, "Custom filter found blank", "customfilter", [
        {**FILTER, "customfilter": blank} for blank in NO_FILTERS
    ]),
    Cause("GPD-44", 66, "Filter values are invalid", "customfilter", [
        {**FILTER, "customfilter": wrong}
        for wrong in BAD_FILTERS
    ]),
    Cause("GPD-45", 67, "Invalid operator found", "customfilter", [
        {**FILTER, "customfilter": [NAME, one_filter("name", wrong, "x")]}
        for wrong in ("~", "==", "<>", "LIKE", "in", "", " ", None, 5, [], GONE)
    ]),
]  # fmt: skip
ROWS = {cause.code: cause for cause in CAUSES}
CODES = sorted(ROWS)


def failure(code: int) -> list[tuple[str, Any]]:
    """Return the members of the failure envelope of a code, in order."""
    values = ["getProcessData", "1", code, "fail", NOW_TEXT]
    return [(key, value) for (key, _), value in zip(FWEB, values, strict=True)]


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: f"{cause.code}")
def test_natural_causes(api: Api, cause: Cause) -> None:
    """GPD-19, GPD-20, AUTH-16, GPD-23, E-59: each code has its cause, text and row, comes as FWEB, and changes nothing.

    GPD-25 to GPD-45, AUTH-06, E-49; the field at fault is the one the row names.
    """
    before = api.sandbox.store.dump()
    for command in cause.commands:
        quirks = FILTERS if cause.ledger >= "GPD-42" else {}
        answer = api.post(search(**command), **quirks)
        assert told(api, answer) == (cause.code, cause.ledger, cause.evidence, cause.text), command
        assert list(answer.body.items()) == failure(cause.code)
        violation = exchange(api).violation
        assert violation is not None
        assert (violation.field, exchange(api).error) == (cause.field, "")
    assert api.sandbox.store.dump() == before


def test_success(api: Api) -> None:
    """GPD-24, GPD-23, GPD-15: one match is enough for 001 and the word success; reading changes nothing."""
    before = api.sandbox.store.dump()
    answer = pull(api, "customercode", customercode="1")
    assert told(api, answer) == (1, "GPD-24", "stated", "Success")
    head = list(answer.body.items())[:4]
    assert head == [
        ("method", "getProcessData"), ("resdatetime", NOW_TEXT), ("statuscode", "001"), ("statusdesc", "success"),
    ]  # fmt: skip
    assert exchange(api).changes == {}
    assert api.sandbox.store.dump() == before


@pytest.mark.parametrize("way", ["key", "queue"])
@pytest.mark.parametrize("code", CODES)
def test_forced(api: Api, code: int, way: str) -> None:
    """GPD-42, GPD-43, GPD-44, GPD-45, SIM-23, SIM-26, SIM-27: every code comes when asked for, without any quirk."""
    if way == "queue":
        api.sandbox.forced.add(code, method="getProcessData")
    servicekey = f"FORCE_{code}" if way == "key" else "Policy"
    answer = pull(api, "customercode", customercode="1", servicekey=servicekey)
    assert list(answer.body.items()) == failure(code)
    assert told(api, answer) == (code, ROWS[code].ledger, "forced", ROWS[code].text)


@pytest.mark.parametrize("code", [1, 3, 4, 13, 17, 18, 24, 32, 36, 37, 55, 61, 70, 421, 1111, 999])
def test_codes_of_other_tables_cannot_be_forced(api: Api, code: int) -> None:
    """GPD-20, AM-14: the table has the search codes of the other document and no more; a success is no failure."""
    answer = pull(api, "customercode", customercode="1", servicekey=f"FORCE_{code}")
    assert (answer.status, exchange(api).forced) == (1108, False)


@pytest.mark.parametrize("code", [2, 5, 48, 67, 1107, 1108, 1243])
def test_common_codes_can_be_forced(api: Api, code: int) -> None:
    """AM-14, AUTH-09: the common codes, 2, and those that stand in an example can be had from this method too."""
    answer = pull(api, "customercode", customercode="1", servicekey=f"FORCE_{code}")
    assert (list(answer.body.items()), answer.header("X-Mock-Evidence")) == (failure(code), "forced")


def test_the_table_is_that_of_the_import(api: Api) -> None:
    """GPD-20, E-59, GEN-02: texts are those of the 1.0.6 import table, of which the method has the rows that fit a search."""
    documents = api.service.catalogue.methods
    ours = documents["getProcessData"]["editions"]["web"]["statuses"]["request"]
    theirs = documents["ImportProcessData"]["editions"]["1.0.6"]["statuses"]["request"]
    assert {code: row["text"] for code, row in ours.items() if code != "1"} == {
        code: theirs[code]["text"] for code in ours if code != "1"
    }
    assert sorted(map(int, ours)) == [1, *CODES]


_UNPAIRED = "Service Key API Key Not matching"
GATE: list[tuple[tuple[int, str, str, str], dict[str, Any]]] = [
    ((1107, "AUTH-01", "stated", "api key not found"), {"apikey": "no_such_org"}),
    ((1107, "AUTH-01", "stated", "api key not found"), {"apikey": GONE}),
    ((48, "AUTH-04", "inferred", "API key expired"), {"apikey": "expired_org", "servicekey": "ExpiredProcess"}),
    ((1108, "AUTH-02", "stated", "Service key not found"), {"servicekey": "NoSuchProcess"}),
    ((1108, "AUTH-02", "stated", "Service key not found"), {"servicekey": GONE}),
    ((1243, "AUTH-03", "stated", _UNPAIRED), {"servicekey": "VoiceProcess"}),
    ((1243, "AUTH-05", "inferred", _UNPAIRED), {"apikey": "test_org", "servicekey": "UnmappedProcess"}),
    (
        (1108, "AUTH-07", "inferred", "Service key not found"),
        {"apikey": "test_org", "servicekey": "DisabledProcess"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("told_of", "keys"), GATE)
def test_gate(api: Api, told_of: tuple[int, str, str, str], keys: dict[str, Any]) -> None:
    """GPD-03, GPD-04: the keys are checked as in every method, and answered in this one's envelope."""
    answer = pull(api, "customercode", customercode="1", **keys)
    assert told(api, answer) == told_of
    assert list(answer.body.items()) == failure(told_of[0])


def test_gate_quirks(api: Api) -> None:
    """GPD-04, GPD-03: an expired key may be 1107 instead, and service keys may be compared without their case."""
    expired = {"apikey": "expired_org", "servicekey": "ExpiredProcess"}
    assert pull(api, "customercode", {"expired_code": "1107"}, customercode="1", **expired).status == 1107
    found = pull(api, "customercode", {"servicekey_case": "ignore"}, customercode="1", servicekey="POLICY")
    assert found.status == 1


def test_quirks_of_the_answer(api: Api) -> None:
    """AUTH-19, AUTH-20, E-25, GPD-19, GPD-15: the code five, the table's text, the other key of the success code."""

    def fail(**quirks: str) -> list[Any]:
        return list(pull(api, "mobilenumber", quirks, mobilenumber="12").body.values())

    assert fail() == ["getProcessData", "1", 43, "fail", NOW_TEXT]
    assert fail(web_fail_status="five") == ["getProcessData", "1", 5, "fail", NOW_TEXT]
    assert fail(web_fail_desc="table") == ["getProcessData", "1", 43, "Invalid Mobile Number", NOW_TEXT]
    assert fail(revisionno_type="int") == ["getProcessData", 1, 43, "fail", NOW_TEXT]
    answer = pull(api, "customercode", {"web_success_code_key": "status"}, customercode="1")
    keys = [("status", kind) if key == "statuscode" else (key, kind) for key, kind in SUCCESS]
    assert (answer.shape, answer.body["status"]) == (keys, "001")


def test_who_chooses_a_quirk(api: Api) -> None:
    """AM-13, GPD-39: a header beats the process, which beats the sandbox; an unknown value is no answer of the API."""
    nobody = {"customercode": "99999"}
    assert pull(api, "customercode", **nobody).status == 14
    api.sandbox.configure(None, {"gpd_unknown_key": "specific"})
    assert pull(api, "customercode", **nobody).status == 52
    api.process("Policy", quirks={"gpd_unknown_key": "14"})
    assert pull(api, "customercode", **nobody).status == 14
    assert pull(api, "customercode", {"gpd_unknown_key": "specific"}, **nobody).status == 52
    wrong = pull(api, "customercode", {"gpd_unknown_key": "15"}, **nobody)
    assert (wrong.http_status, wrong.header("Content-Type")) == (400, "application/problem+json")


def test_the_unique_id_is_a_header(api: Api) -> None:
    """GPD-18, E-66: the promised id is in no answer's body but in a header, differs each time, and finds the exchange in the journal."""
    ids = []
    for code in ("1", "1", "99999"):
        answer = pull(api, "customercode", customercode=code)
        ids.append(answer.header("X-Mock-Request-Id"))
        assert api.journal()["id"] == ids[-1]
        assert str(ids[-1]) not in answer.raw.decode()
        assert [key for key in answer.body if "id" in key.lower()] == []
    assert len(set(ids)) == 3
