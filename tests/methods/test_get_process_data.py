"""getProcessData: the printed examples, the fields of the command, the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from tests.api import NOW_TEXT, fresh
from tests.methods.helpers import FWEB, GONE, examples, printed, told
from tests.methods.pulling import POLICY, SUCCESS, leads, pull, push, search

if TYPE_CHECKING:
    from tests.api import Api

NUMBER = "9000100200"
RANGE = {"fromdate": "2016-01-19 12:00:00", "todate": "2016-01-22 12:00:00"}
GOOD: dict[str, dict[str, Any]] = {
    "mobilenumber": {"mobilenumber": NUMBER},
    "customercode": {"customercode": "1"},
    "crmuniquefield": {"crmuniquefield": "1"},
    "daterange": RANGE,
}
"""What each search parameter needs."""


@pytest.mark.parametrize("way", ["post", "form", "get"])
@pytest.mark.parametrize("edition", ["1.0.6", "web"])
@pytest.mark.parametrize("name", ["GV-09", "GV-10", "GV-11", "GV-12"])
def test_printed_examples(api: Api, name: str, edition: str, way: str) -> None:
    """GV-09, GV-10, GV-11, GV-12, GPD-15, E-25, E-69: byte for byte the printed reply but for its time, in both editions."""
    command = examples()[name]["command"]
    if way == "get":
        answer = api.get(command, edition=edition)
    else:
        content_type = "text/html" if way == "post" else "application/x-www-form-urlencoded"
        answer = api.post(command, content_type=content_type, edition=edition)
    expected = {**examples()[name]["reply"], "resdatetime": NOW_TEXT}
    assert answer.raw == orjson.dumps(expected)
    assert (answer.http_status, answer.shape) == (200, SUCCESS)
    assert told(api, answer) == (1, "GPD-24", "stated", "Success")


def test_what_the_printed_searches_find(api: Api) -> None:
    """E-69, GPD-14, GPD-11, GPD-17, SEED-12: the requests' numbers and the response's customers are both there, one is unknown on purpose."""
    found = {name: leads(api.post(printed(name))) for name in ("GV-09", "GV-10", "GV-11", "GV-12")}
    assert found == {"GV-09": ["3", "4"], "GV-10": ["1"], "GV-11": ["1"], "GV-12": ["1", "2"]}
    assert pull(api, "mobilenumber", mobilenumber="9000100203").status == 14
    assert leads(pull(api, "mobilenumber", mobilenumber=["1234567890", "1234567891"])) == ["1", "2"]


@pytest.mark.parametrize("param", GOOD)
@pytest.mark.parametrize("key", ["method", "servicekey", "apikey", "searchparam", "reqdatetime"])
def test_mandatory_fields(api: Api, param: str, key: str) -> None:
    """GPD-01, GPD-02, GPD-03, GPD-04, GPD-05, GPD-22, AUTH-09: what is M is missed, except the request's time; the rest is O."""
    missing = {"method": 2, "servicekey": 1108, "apikey": 1107, "searchparam": 40, "reqdatetime": 1}[key]
    assert api.post(search(param, **GOOD[param])).status == 1
    answer = api.post({name: value for name, value in search(param, **GOOD[param]).items() if name != key})
    assert answer.status == missing
    # The name of the answer follows the method; without one it cannot.
    assert answer.warned == (["GEN-18"] if key == "reqdatetime" else [])


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("method", "GetProcessData", 2),
        ("method", "getProcessData ", 2),
        ("servicekey", "", 1108),
        ("servicekey", 5, 1108),
        ("servicekey", "policy", 1108),
        ("servicekey", " Policy", 1108),
        ("apikey", None, 1107),
        ("apikey", [POLICY], 1107),
        ("apikey", f"{POLICY} ", 1107),
        ("apikey", "test_org", 1243),
        ("servicekey", "VoiceProcess", 1243),
    ],
)
def test_words_that_steer_are_taken_as_they_are(api: Api, key: str, value: object, code: int) -> None:
    """GPD-01, GPD-03, GPD-04, AM-61: with their case, their blanks and as text only."""
    assert api.post(search("mobilenumber", **{"mobilenumber": NUMBER, key: value})).status == code


SEARCHPARAMS: list[Any] = [
    "", " ", None, [], {}, " mobilenumber", "mobilenumber ", "MobileNumber", "MOBILENUMBER", "mobile number", "customer_code(1001)",
    "customer_code", "Customer code", "crmunique field", "storedatetime", "customfilter",
    5, True, 1.5, ["mobilenumber"], {"mobilenumber": 1},
]  # fmt: skip


@pytest.mark.parametrize("value", SEARCHPARAMS, ids=repr)
def test_search_parameters_that_are_none(api: Api, value: object) -> None:
    """GPD-05, GPD-26, E-61, AM-61, GEN-17: four plain words with their case; the table's own example is none of them."""
    answer = api.post(search(value, **GOOD["mobilenumber"], **GOOD["customercode"]))
    assert told(api, answer) == (42, "GPD-26", "inferred", "Invalid Search Param key")


def test_names_of_the_criteria(api: Api) -> None:
    """E-60, GPD-09, GPD-10: customercode and crmuniquefield; the labels of the table's rows are no keys."""
    assert pull(api, "customercode", **{"Customer code": "1"}).status == 52
    assert pull(api, "crmuniquefield", **{"crmunique field": "1"}).status == 54
    assert pull(api, "mobilenumber", Mobilenumber=NUMBER).status == 50
    answer = pull(api, "customercode", customercode="1", **{"Customer code": "2"})
    assert (leads(answer), answer.warned) == (["1"], ["GEN-10"])


NUMBERS: list[tuple[Any, int]] = [
    ("123", 14), ("1" * 16, 14), ("+123", 14), ("+" + "1" * 16, 14), (NUMBER, 1), (int(NUMBER), 1),
    (f" {NUMBER}\t", 1), ([NUMBER], 1), ([int(NUMBER), NUMBER], 1), ([f" {NUMBER} "], 1), (["1", NUMBER], 43),
    ("12", 43), ("1" * 17, 43), ("+12", 43), ("+" + "1" * 17, 43), (12, 43), (-9000100200, 43),
    ("++9000100200", 43), ("90001a0200", 43), ("9000 100200", 43), ("9000-100200", 43), ("+", 43),
    ("٩٠٠٠١٠٠٢٠٠", 43), (True, 43), (9000100200.0, 43), ({"number": NUMBER}, 43), ([True], 43),
    ([[NUMBER]], 43), ([NUMBER, "12"], 43), ([NUMBER, {"a": 1}], 43),
    ("", 49), (" \t", 49), (None, 49), ([], 49), ({}, 49), ([""], 49), ([NUMBER, " "], 49),
    ([None, NUMBER], 49), ([[]], 49), (["12", ""], 49),
]  # fmt: skip


@pytest.mark.parametrize(("value", "code"), NUMBERS, ids=repr)
def test_mobile_numbers(api: Api, value: object, code: int) -> None:
    """GPD-08, E-64, E-65, SIM-10, GPD-28, GPD-29: one number or several, each of 3 to 16 digits beside a leading plus."""
    answer = pull(api, "mobilenumber", mobilenumber=value)
    assert answer.status == code
    if code == 1:
        assert leads(answer, "mobilenumber") == [NUMBER]
        numbers = value if isinstance(value, list) else [value]
        assert answer.warned == (["GEN-13"] if any(isinstance(each, int) for each in numbers) else [])
    else:
        row = {14: "GPD-39", 43: "GPD-29", 49: "GPD-28"}[code]
        assert (answer.rule, answer.shape) == (row, FWEB)


CODES: list[tuple[Any, int]] = [
    ("1", 1), (1, 1), (" 1 ", 1), ("0001", 1), ("14001", 14), (14001, 14), ("9" * 99, 14), (10**60, 14),
    ("", 51), (" ", 51), (None, 51), ([], 51), ({}, 51),
    ("abc", 44), ("0", 44), (0, 44), ("-1", 44), (-1, 44), ("1.0", 44), (1.0, 44), (True, 44), (False, 44),
    (["1"], 44), ({"1": 1}, 44), ("1 2", 44), ("+1", 44), ("१", 44), ("customer_code(1001)", 44),
]  # fmt: skip


@pytest.mark.parametrize(("value", "code"), CODES, ids=repr)
def test_customer_codes(api: Api, value: object, code: int) -> None:
    """GPD-09, GEN-13, GPD-31, GPD-32: a positive whole number, in digits or as a JSON integer."""
    answer = pull(api, "customercode", customercode=value)
    assert (answer.status, answer.warned) == (code, [])
    assert answer.rule == {1: "GPD-24", 14: "GPD-39", 44: "GPD-32", 51: "GPD-31"}[code]
    if code == 1:
        assert leads(answer) == ["1"]


CRM: list[tuple[Any, int]] = [
    ("1", 1), (1, 1), (" 1 ", 1), ("01", 14), ("POP100300", 14), ("POL#123", 14), ("a@b.example", 14),
    ("x" * 50, 14), ("मुंबई", 14), (10**49, 14),
    ("", 53), (" ", 53), (None, 53), ([], 53), ({}, 53),
    ("@@", 45), ("_", 45), ("-/.", 45), ("x" * 51, 45), ("a\u0007b", 45), ("a\nb", 45), (10**50, 45),
    (True, 45), (1.5, 45), (["1"], 45), ({"1": 1}, 45),
]  # fmt: skip


@pytest.mark.parametrize(("value", "code"), CRM, ids=ascii)
def test_crm_values(api: Api, value: object, code: int) -> None:
    """GPD-10, GPD-34, GPD-35, AM-34: up to 50 characters with a letter or digit among them, as text or integer."""
    answer = pull(api, "crmuniquefield", crmuniquefield=value)
    assert (answer.status, answer.warned) == (code, [])
    assert answer.rule == {1: "GPD-24", 14: "GPD-39", 45: "GPD-35", 53: "GPD-34"}[code]
    if code == 1:
        assert leads(answer) == ["1"]


MOMENTS: list[Any] = [
    "x", "2016-01-19", "2016-1-19 12:00:00", "2016-01-19 24:00:00", "2016-02-30 12:00:00", "19-01-2016 12:00:00",
    "2016-01-19T12:00:00", "2016-01-19 12:00", "2016-19-01 12:00:00", 5, True, ["2016-01-19 12:00:00"], {"a": 1},
    "", " ", None, [], {}, GONE,
]  # fmt: skip


@pytest.mark.parametrize("value", MOMENTS, ids=lambda value: "absent" if value is GONE else repr(value))
def test_bounds_of_a_range(api: Api, value: object) -> None:
    """GPD-06, GPD-07, GPD-36, GPD-37, GEN-14, REF-10, E-62: absent, blank or otherwise written bounds have one code each."""
    answer = pull(api, "daterange", **{**RANGE, "fromdate": value})
    assert told(api, answer) == (46, "GPD-36", "inferred", "Invalid From Date format")
    answer = pull(api, "daterange", **{**RANGE, "todate": value})
    assert told(api, answer) == (16, "GPD-37", "inferred", "Invalid To Date format")


def test_todate_with_the_day_first(api: Api) -> None:
    """GPD-07, E-62: the printed format is a misprint, and a quirk reads todate that way; fromdate stays as it is."""
    swapped = {**RANGE, "todate": "2016-22-01 12:00:00"}
    assert pull(api, "daterange", **swapped).status == 16
    quirk = {"todate_format": "ydm"}
    assert leads(pull(api, "daterange", quirk, **swapped)) == ["1", "2"]
    assert pull(api, "daterange", quirk, **RANGE).status == 16
    assert pull(api, "daterange", quirk, **{**swapped, "fromdate": "2016-19-01 12:00:00"}).status == 46
    # 2 January to 1 March one way, 2 January to 3 January the other.
    both = {"fromdate": "2016-01-02 00:00:00", "todate": "2016-03-01 00:00:00"}
    assert leads(pull(api, "daterange", **both)) == ["1", "2", "3", "4"]
    assert leads(pull(api, "daterange", quirk, **both)) == []
    assert (
        pull(api, "daterange", quirk, fromdate="2016-02-01 12:00:00", todate="2016-03-01 00:00:00").status
        == 15
    )


@pytest.mark.parametrize(
    ("sent", "warned"),
    [
        ("soon", "AM-07"),
        ("2026-02-30 10:00:00", "AM-07"),
        ("", "AM-07"),
        (None, "AM-07"),
        (5, "AM-07"),
        ([], "AM-07"),
        (GONE, "GEN-18"),
    ],
)
def test_the_request_time(api: Api, sent: object, warned: str) -> None:
    """GPD-02, GEN-18, GEN-16, AM-07, E-16: not enforced but warned of; with the quirk 38, as the last check before the search."""
    on = {"require_reqdatetime": "on"}
    answer = pull(api, "customercode", reqdatetime=sent, customercode="1")
    assert (answer.status, answer.warned) == (1, [warned])
    refused = pull(api, "customercode", on, reqdatetime=sent, customercode="1")
    assert told(api, refused) == (38, "GPD-41", "inferred", "Error while processing data")
    assert pull(api, "customercode", on, reqdatetime=sent, customercode="99999").status == 38
    assert pull(api, "customercode", on, reqdatetime=sent, customercode="x").status == 44
    assert pull(api, "customercode", on, customercode="1", reqdatetime="2026-1-2 3:4:5").status == 1


def test_the_shape_of_a_customer(api: Api) -> None:
    """GPD-16, AM-52, REF-11, E-129: all fields of the template in its order, all text, missing ones blank, no code, nothing else."""
    (row,) = pull(api, "customercode", customercode="1").body["data"]
    template = [
        "leadnumber", "name", "mobilenumber", "emailid", "callDateTime", "policyexpirydate",
        "dateofleadcreation", "timeofleadcreation", "extrafield1", "extrafield2", "extrafield3",
    ]  # fmt: skip
    assert list(row) == template
    dates = ("policyexpirydate", "dateofleadcreation", "timeofleadcreation")
    assert [row[name] for name in dates] == ["2013-02-22", "2012-02-22", "12:00:00"]
    push(
        api, {"leadnumber": 77, "mobilenumber": "7000000077", "note": "kept", "extrafield2": 5, "name": None}
    )
    (row,) = pull(api, "crmuniquefield", crmuniquefield="77").body["data"]
    filled = {"leadnumber": "77", "mobilenumber": "7000000077", "extrafield2": "5"}
    assert list(row.items()) == [(name, filled.get(name, "")) for name in template]


@pytest.mark.parametrize("edition", ["1.0.6", "web"])
def test_the_template_of_the_process_decides(edition: str) -> None:
    """AM-52, GPD-16, E-129: other processes show their own five fields, whatever else is stored; variants have their canonical name."""
    api = fresh()
    own = {"servicekey": "VoiceProcess", "apikey": "test_org"}
    record = {"sr_number": 9, "mobilenumber": "7000000009", "comments": "c", "policyexpirydate": "2020-01-01"}
    push(api, record, edition=edition, **own)
    answer = pull(api, "crmuniquefield", crmuniquefield=9, **own)
    names = ["sr_number", "campaign_name", "comments", "feedback_score", "mobilenumber"]
    assert list(answer.body["data"][0].items()) == list(
        zip(names, ["9", "", "c", "", "7000000009"], strict=True)
    )
    push(
        api,
        {"leadnumber": "9", "mobilenumber": "7000000009", "CallDateTime": "2030-01-01 10:00:00"},
        edition=edition,
    )
    assert leads(pull(api, "crmuniquefield", crmuniquefield="9"), "callDateTime") == ["2030-01-01 10:00:00"]
    api.process("VoiceProcess", template=["mobilenumber", "comments"])
    answer = pull(api, "crmuniquefield", crmuniquefield=9, **own)
    assert list(answer.body["data"][0]) == ["mobilenumber", "comments"]
