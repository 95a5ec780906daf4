"""Every status of ImportProcessData, provoked as the ledger says: code, text, envelope and headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.imports.helpers import F106, FWEB, GONE, NOW, command, record, types

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.imports.helpers import Answer, Box

SEARCH = {"shared_search_checks": "on"}
FILTER = {**SEARCH, "custom_filter": "on"}
BY_CODE = {"updateparam": "customercode"}
BY_CRM = {"updateparam": "crmuniquefield"}
STRICT = {"servicekey": "StrictBatch"}


class Row(NamedTuple):
    """One status: its text, ledger row, evidence, and what provokes it."""

    code: int
    text: str
    rule: str
    evidence: str
    fields: Mapping[str, Any]
    quirks: Mapping[str, str] = {}


def only(**fields: Any) -> dict[str, Any]:
    """Data of one record."""
    return {"data": [record(**fields)]}


def filters(**entry: Any) -> dict[str, Any]:
    """A custom filter of one entry."""
    whole = {"field": "sr_number", "value": "1", "operator": "=", **entry}
    return {
        "searchparam": "customfilter",
        "customfilter": [{name: value for name, value in whole.items() if value is not GONE}],
    }


RANGE = {"searchparam": "daterange"}
LATE = {**RANGE, "fromdate": "2024-02-02 00:00:00", "todate": "2024-02-01 00:00:00"}

REQUEST_106 = [
    Row(1, "Success", "IPD106-31", "stated", only()),
    Row(14, "Customer data not found", "IPD106-32", "inferred", {"data": []}),
    Row(15, "Date range not proper", "IPD106-33", "inferred", LATE, SEARCH),
    Row(16, "Invalid To Date format", "IPD106-34", "inferred", {**RANGE, "todate": "2024-2-1"}, SEARCH),
    Row(17, "Invalid Media", "IPD106-35", "stated", {"media": "99"}),
    Row(18, "Media Not found", "IPD106-36", "stated", {"media": GONE}),
    Row(19, "Media Found blank", "IPD106-37", "stated", {"media": ""}),
    Row(24, "Update Parameter not found", "IPD106-38", "stated", {"updateparam": GONE}),
    Row(25, "Update Parameter blank", "IPD106-39", "stated", {"updateparam": ""}),
    Row(26, "Invalid Update Parameter", "IPD106-40", "stated", {"updateparam": "emailid"}),
    Row(32, "DATA parameter not found", "IPD106-41", "stated", {"data": GONE}),
    Row(36, "Invalid Session", "IPD106-42", "inferred", {"sessionid": "777777"}),
    Row(38, "Error while processing data", "IPD106-43", "inferred", {"data": "no list"}),
    Row(40, "search param key not found", "IPD106-44", "inferred", {"todate": NOW}, SEARCH),
    Row(42, "Invalid Search Param key", "IPD106-45", "inferred", {"searchparam": "email"}, SEARCH),
    Row(43, "Invalid Mobile Number", "IPD106-46", "inferred", {**STRICT, **only(mobilenumber="12345")}),
    Row(44, "Invalid Customer Code", "IPD106-47", "inferred", {**BY_CODE, **only(customercode="abc")}),
    Row(45, "Invalid CRM Unique Code", "IPD106-48", "inferred", {**BY_CRM, **only(crmuniquefield="@@")}),
    Row(46, "Invalid From Date format", "IPD106-49", "inferred", {**RANGE, "fromdate": "soon"}, SEARCH),
    Row(48, "API key expired", "IPD106-50", "stated", {"apikey": "expired_org", "servicekey": "ExpiredProcess"}),
    Row(49, "Mobile Number found blank", "IPD106-51", "inferred", {**STRICT, **only(mobilenumber=" ")}),
    Row(50, "Mobile Number not found", "IPD106-52", "inferred", {**STRICT, **only(mobilenumber=GONE, a="b")}),
    Row(51, "Customer code found blank", "IPD106-53", "inferred", {**BY_CODE, **only(customercode="")}),
    Row(52, "Customer Code not found", "IPD106-54", "inferred", {**STRICT, **BY_CODE, **only()}),
    Row(53, "CRM Unique field found blank", "IPD106-55", "inferred", {**BY_CRM, **only(crmuniquefield=None)}),
    Row(54, "CRM Unique field not found", "IPD106-56", "inferred", {**STRICT, **BY_CRM, **only()}),
    Row(55, "Invalid Call Date Time", "IPD106-57", "inferred", only(callDateTime="2024/10/30")),
    Row(61, "service_key_API_key_matching_not_found", "IPD106-58", "inferred", {"servicekey": "UnmappedProcess"}),
    Row(62, "Custom filter not found", "IPD106-59", "inferred", {"searchparam": "customfilter"}, FILTER),
    Row(63, "Custom filter found blank", "IPD106-60", "inferred", {**filters(), "customfilter": []}, FILTER),
    Row(66, "Filter values are invalid", "IPD106-61", "inferred", filters(field="nobody"), FILTER),
    Row(67, "Invalid operator found", "IPD106-62", "inferred", filters(operator="~"), FILTER),
    Row(69, "Field List not found", "IPD106-63", "inferred", {"servicekey": "NoFieldList"}),
]  # fmt: skip
"""The status table of 1.0.6 (IPD106-31..IPD106-63), each with its natural trigger (AM-31, AM-32)."""

BLANKS: list[Any] = ["", None, {}, " "]
MORE_106 = [
    *(Row(14, "Customer data not found", "IPD106-32", "inferred", {"data": blank}) for blank in BLANKS),
    Row(24, "Update Parameter not found", "IPD106-38", "stated", {**STRICT, "updateparam": "mobilenumbers"}),
    Row(36, "Invalid Session", "IPD106-42", "inferred", {"sessionid": "abc"}),
    Row(36, "Invalid Session", "IPD106-42", "inferred", {**STRICT, **only(sessionid="777777")}),
    Row(69, "Field List not found", "IPD106-63", "inferred", {**STRICT, "data": [{}, "text"]}),
    Row(38, "Error while processing data", "IPD106-43", "inferred", {"servicekey": "NoScriptTemplate"}, {"all_failed": "promote"}),
    Row(38, "Error while processing data", "IPD106-43", "inferred", {"apikey": "nodb_org", "servicekey": "NoDbProcess"}),
    Row(38, "Error while processing data", "IPD106-43", "inferred", only(calltype="99")),
    Row(38, "Error while processing data", "IPD106-43", "inferred", only(comments="x" * 201)),
    Row(38, "Error while processing data", "IPD106-43", "inferred", {"data": {"mobilenumber": "8850014998"}}),
    Row(66, "Filter values are invalid", "IPD106-61", "inferred", filters(value=GONE), FILTER),
    Row(66, "Filter values are invalid", "IPD106-61", "inferred", {"searchparam": "customfilter", "customfilter": ["x"]}, FILTER),
    Row(67, "Invalid operator found", "IPD106-62", "inferred", filters(operator=GONE), FILTER),
    Row(14, "Customer data not found", "IPD106-32", "inferred", {**BY_CODE, **only(customercode="99")}, {"unknown_customercode": "reject14"}),
    Row(1243, "Service Key API Key Not matching", "AUTH-05", "inferred", {"servicekey": "UnmappedProcess"}, {"mapping_code": "1243"}),
    Row(1243, "Service Key API Key Not matching", "AUTH-03", "stated", {"servicekey": "process1"}),
    Row(1107, "API key not found", "AUTH-01", "stated", {"apikey": "no_such_org"}),
    Row(1108, "Service key not found", "AUTH-02", "stated", {"servicekey": "NoSuchProcess"}),
    Row(1108, "Service key not found", "AUTH-07", "inferred", {"servicekey": "DisabledProcess"}),
]  # fmt: skip
"""Further triggers of the same statuses, and the common ones (AUTH-01..AUTH-07)."""

WEB = [
    Row(1, "Success", "IPDWEB-18", "stated", only()),
    Row(14, "Customer data not found", "IPDWEB-19", "inferred", {"data": GONE}),
    Row(14, "Customer data not found", "IPDWEB-19", "inferred", {"data": [record(), {}]}),
    Row(14, "Customer data not found", "IPDWEB-19", "inferred", {"data": ["text"]}),
    Row(15, "Date range not proper", "IPDWEB-20", "inferred", LATE, SEARCH),
    Row(16, "Invalid To Date Format", "IPDWEB-21", "inferred", {**RANGE, "todate": "x"}, SEARCH),
    Row(17, "Invalid Media", "IPDWEB-22", "stated", {"media": "99"}),
    Row(18, "Media Not Found", "IPDWEB-23", "stated", {"media": GONE}),
    Row(19, "Media Found blank", "IPDWEB-24", "stated", {"media": ""}),
    Row(24, "Update Parameter not found", "IPDWEB-25", "inferred", {"updateparam": GONE}),
    Row(24, "Update Parameter not found", "IPDWEB-25", "inferred", {**BY_CRM, **only()}),
    Row(25, "Update Parameter blank", "IPDWEB-26", "inferred", {"updateparam": " "}),
    Row(25, "Update Parameter blank", "IPDWEB-26", "inferred", only(mobilenumber="")),
    Row(26, "Invalid Update Parameter", "IPDWEB-27", "inferred", {"updateparam": "emailid"}),
    *(Row(26, "Invalid Update Parameter", "IPDWEB-27", "inferred", {**BY_CODE, **only(customercode=code)})
      for code in ("abc", 0, "0", -5, "-5", 1.5, True)),
    Row(5, "", "IPDWEB-28", "inferred", {"data": "no list"}),
    Row(5, "", "IPDWEB-28", "inferred", only(userlogin="nobody@avhan.com")),
    Row(5, "", "IPDWEB-28", "inferred", only(calltype="99")),
    Row(5, "", "IPDWEB-28", "inferred", only(callDateTime="2018-6-20")),
    Row(5, "", "IPDWEB-28", "inferred", {"apikey": "nodb_org", "servicekey": "NoDbProcess"}),
    Row(48, "API key expired", "AUTH-04", "inferred", {"apikey": "expired_org", "servicekey": "ExpiredProcess"}),
    Row(1107, "api key not found", "AUTH-04", "inferred", {"apikey": "expired_org"}, {"expired_code": "1107"}),
    Row(1107, "api key not found", "AUTH-01", "stated", {"apikey": "no_such_org"}),
    Row(1243, "Service Key API Key Not matching", "AUTH-05", "inferred", {"servicekey": "UnmappedProcess"}),
]  # fmt: skip
"""The ten statuses of edition web and 5 (IPDWEB-18..IPDWEB-28, AM-65), and its common ones."""

RECORD_106 = [
    Row(1, "Success", "IPD106-64", "stated", only()),
    Row(50, "Mobile Number not found", "IPD106-65", "stated", only(mobilenumber=GONE, a="b")),
    Row(49, "Mobile Number found blank", "IPD106-66", "stated", only(mobilenumber="")),
    *(Row(43, "Invalid Mobilenumber", "IPD106-67", "stated", only(mobilenumber=number))
      for number in ("12345", "+918850014998", "88500A4998", "88500149981234", 12345, 1.5, True, ["8850014998"])),
    Row(24, "Update parameter not found", "IPD106-68", "inferred", {"updateparam": "mobilenumbers"}),
    Row(24, "Update parameter not found", "IPD106-68", "inferred", BY_CODE),
    Row(24, "Update parameter not found", "IPD106-68", "inferred", BY_CRM),
    Row(36, "Session id not found", "IPD106-69", "inferred", only(sessionid="777777")),
    Row(36, "Session id not found", "IPD106-69", "inferred", only(sessionid="abc")),
    Row(69, "Field List not found", "IPD106-70", "inferred", {"data": [{}]}),
    Row(69, "Field List not found", "IPD106-70", "inferred", {"data": [[]]}),
    Row(37, "Scripttemplate not defined with process", "IPD106-71", "inferred", {"servicekey": "NoScriptTemplate"}),
]  # fmt: skip
"""The record table of 1.0.6 (IPD106-64..IPD106-71, AM-31)."""


def _check_headers(answer: Answer, row: Row) -> None:
    assert (answer.code, answer.reply.http_status) == (row.code, 200)
    assert answer.header("X-Mock-Rule") == row.rule
    assert answer.header("X-Mock-Status-Description") == (row.text or "-")
    assert not answer.exchange.error


def _check_failure(answer: Answer, edition: str, code: int, text: str) -> None:
    """The failure envelope of the edition, byte for byte (AUTH-15, AUTH-16)."""
    if edition == "web":
        assert types(answer.body) == list(zip(FWEB, (str, str, int, str, str), strict=True))
        assert list(answer.body.values()) == ["ImportProcessData", "1", code, "fail", NOW]
    else:
        assert types(answer.body) == list(zip(F106, (str, str, str, str), strict=True))
        assert list(answer.body.values()) == ["ImportProcessData", text, f"{code:03d}", NOW]


@pytest.mark.parametrize("row", REQUEST_106 + MORE_106, ids=lambda row: f"{row.code}-{row.rule}")
def test_statuses_of_106(box: Box, row: Row) -> None:
    """Each natural trigger answers its code, text, F106 envelope, rule and evidence (IPD106-30..IPD106-63, AM-32, AM-62)."""
    answer = box.command(command(record(), **row.fields), **row.quirks)
    _check_headers(answer, row)
    assert answer.header("X-Mock-Evidence") == row.evidence
    if row.code != 1:
        _check_failure(answer, "1.0.6", row.code, row.text)


@pytest.mark.parametrize("row", WEB, ids=lambda row: f"{row.code}-{row.rule}")
def test_statuses_of_web(web: Box, row: Row) -> None:
    """Each natural trigger answers its code in the FWEB envelope (IPDWEB-17..IPDWEB-28, IPDWEB-34, AM-65, AM-32)."""
    answer = web.command(command(record(), **row.fields), **row.quirks)
    _check_headers(answer, row)
    assert answer.header("X-Mock-Evidence") == row.evidence
    if row.code != 1:
        _check_failure(answer, "web", row.code, row.text)


@pytest.mark.parametrize("row", RECORD_106, ids=lambda row: f"{row.code}-{row.rule}")
def test_record_statuses_of_106(box: Box, row: Row) -> None:
    """Each record-level trigger fails its record alone, with the record table's text (IPD106-26, IPD106-64..IPD106-71)."""
    answer = box.command(command(record(), **row.fields), **row.quirks)
    assert (answer.code, answer.body["status"], len(answer.records)) == (1, 1, 1)
    found = answer.records[0]
    assert (found["statuscode"], found["statusdesc"]) == (f"{row.code:03d}", row.text)
    spec = box.sandbox.regime(None, {}, "1.0.6").spec("ImportProcessData")
    noted = spec.status(row.code, "record")
    assert (noted.ledger, noted.evidence) == (row.rule, row.evidence)
    assert answer.header("X-Mock-Rule") == "IPD106-31"
    if row.code == 1:
        assert not answer.exchange.failed_records
    else:
        (failure,) = answer.exchange.failed_records
        assert (failure.status, failure.level, failure.record) == (row.code, "record", 0)


@pytest.mark.parametrize(
    ("edition", "level", "rows"),
    [("1.0.6", "request", REQUEST_106), ("1.0.6", "record", RECORD_106), ("web", "request", WEB)],
)
def test_the_tables_here_are_those_of_the_documents(
    make: Callable[..., Box], edition: str, level: Any, rows: list[Row]
) -> None:
    """No status of the method is without a natural trigger in these tables, and texts agree (GEN-02, GEN-04)."""
    spec = make(edition).sandbox.regime(None, {}, edition).spec("ImportProcessData")
    own = {code: row.text for code, row in spec.codes(level).items()}
    here = {row.code: row.text for row in rows if row.code in own}
    assert here == own
    assert len(own) == {"1.0.6request": 33, "1.0.6record": 8, "webrequest": 11}[edition + level]


def test_journal_names_record_and_field_of_each_38(box: Box) -> None:
    """The journal says which record and field a 38 is about (AM-33)."""
    answer = box.push(record(), record(feedback_score="x" * 11))
    violation = answer.exchange.violation
    assert violation is not None
    assert (violation.status, violation.pointer, violation.record) == (38, "/data/1/feedback_score", 1)
    assert (violation.keyword, violation.expected) == ("maxLength", "at most 10 characters")
