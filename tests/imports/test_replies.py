"""Replies byte for byte: printed keys in printed order, and every quirk that changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.imports.helpers import GONE, command, record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.imports.helpers import Box

START = '{"resdatetime":"2024-10-30 12:14:46","statusdata":['
END = '],"method":"ImportProcessData","status":1}'
NEW = (
    '{"statuscode":"001","mobilenumber":"8850014998","customercode":125,"calllistid":796,'
    '"statusdesc":"Success","info":"##NEW_CUSTOMER"}'
)
UPDATED = (
    '{"statuscode":"001","mobilenumber":"8850014998","customercode":125,"calllistid":797,'
    '"statusdesc":"Success","info":"##EXISTING_CUSTOMER"}'
)
FAILED = (
    '{"statuscode":"043","mobilenumber":"12345","customercode":0,"calllistid":0,'
    '"statusdesc":"Invalid Mobilenumber","info":""}'
)
REFUSED = (
    '{"method":"ImportProcessData","statusdesc":"Invalid Media","status":"017",'
    '"timestamp":"2024-10-30 12:14:46"}'
)
WEB_OK = (
    '{"method":"ImportProcessData","resdatetime":"2024-10-30 12:14:46","statuscode":"001",'
    '"statusdesc":"success"}'
)
WEB_REFUSED = (
    '{"method":"ImportProcessData","revisionno":"1","status":17,"statusdesc":"fail",'
    '"resdatetime":"2024-10-30 12:14:46"}'
)


def text(box: Box, *records: Any, quirks: Mapping[str, str] | None = None, **fields: Any) -> str:
    """Push and return the reply's text."""
    return box.push(*records, quirks=quirks, **fields).reply.body.decode()


def test_success_of_106(box: Box) -> None:
    """An insert, an update and a failure in one batch: one entry each, in order (IPD106-19..IPD106-27, GEN-01, E-24, E-37, E-39)."""
    reply = text(box, record(), record(), record(mobilenumber="12345"))
    assert reply == f"{START}{NEW},{UPDATED},{FAILED}{END}"


def test_all_records_failed(box: Box) -> None:
    """A batch whose records all fail is still answered with status 1 (IPD106-28, E-36)."""
    assert text(box, record(mobilenumber="12345")) == f"{START}{FAILED}{END}"


def test_failure_of_106(box: Box) -> None:
    """The printed failure, to the byte (IPD106-30, AUTH-15, E-22, E-23)."""
    assert text(box, record(), media="99") == REFUSED


def test_replies_of_web(web: Box) -> None:
    """Success without records and ids, failure with revisionno, to the byte (IPDWEB-15..IPDWEB-17, AUTH-16, E-26)."""
    assert text(web, record(), record()) == WEB_OK
    assert text(web, record(), media="99") == WEB_REFUSED


@pytest.mark.parametrize(
    ("quirks", "mobile", "keys"),
    [
        ({}, "mobilenumber", ["calllistid"]),
        ({}, "mobilenumbers", ["callid"]),
        ({"ipd106_call_key": "paired"}, "mobilenumbers", ["callid"]),
        ({"ipd106_call_key": "callid"}, "mobilenumber", ["callid"]),
        ({"ipd106_call_key": "calllistid"}, "mobilenumbers", ["calllistid"]),
        ({"ipd106_call_key": "both"}, "mobilenumber", ["callid", "calllistid"]),
        ({"ipd106_call_key": "both"}, "mobilenumbers", ["callid", "calllistid"]),
    ],
)
def test_call_key(box: Box, quirks: dict[str, str], mobile: str, keys: list[str]) -> None:
    """The call-list id stands under the key paired with the mobile spelling, or the quirk's (IPD106-23, AM-36, E-20)."""
    answer = box.push({mobile: "8850014998"}, {mobile: "1"}, updateparam=mobile, quirks=quirks)
    order = ["statuscode", mobile, "customercode", *keys, "statusdesc", "info"]
    good, failed = answer.records
    assert list(good) == list(failed) == order
    assert [good[key] for key in keys] == [796] * len(keys)
    assert [failed[key] for key in keys] == [0] * len(keys)


@pytest.mark.parametrize("key", ["paired", "callid", "calllistid", "both"])
def test_minimal_failed_records(box: Box, key: str) -> None:
    """failed_record_keys=minimal leaves ids and info out of failed records only (IPD106-26)."""
    quirks = {"failed_record_keys": "minimal", "ipd106_call_key": key}
    good, failed = box.push(record(), record(mobilenumber="12345"), quirks=quirks).records
    assert failed == {"statuscode": "043", "mobilenumber": "12345", "statusdesc": "Invalid Mobilenumber"}
    assert list(failed) == ["statuscode", "mobilenumber", "statusdesc"]
    assert good["customercode"] == 125


@pytest.mark.parametrize(
    ("quirks", "fields", "expected"),
    [
        ({"ipd106_top_statusdesc": "omit"}, {}, f"{START}{NEW}{END}"),
        ({"ipd106_top_statusdesc": "include"}, {}, f'{START}{NEW}{END[:-1]},"statusdesc":"success"}}'),
        ({"ipd106_fail_time_key": "timestamp"}, {"media": "99"}, REFUSED),
        ({"ipd106_fail_time_key": "resdatetime"}, {"media": "99"}, REFUSED.replace("timestamp", "resdatetime")),
        ({"ipd106_status_type": "padded"}, {"media": "99"}, REFUSED),
        ({"ipd106_status_type": "int"}, {"media": "99"}, REFUSED.replace('"017"', "17")),
        ({"ipd106_status_type": "int", "ipd106_fail_time_key": "resdatetime"}, {"media": "99"},
         REFUSED.replace('"017"', "17").replace("timestamp", "resdatetime")),
    ],
)  # fmt: skip
def test_quirks_of_106(box: Box, quirks: dict[str, str], fields: dict[str, Any], expected: str) -> None:
    """Each value of the reply quirks of 1.0.6, to the byte (IPD106-20, IPD106-30, E-21..E-23)."""
    assert text(box, record(), quirks=quirks, **fields) == expected


@pytest.mark.parametrize(
    ("quirks", "fields", "expected"),
    [
        ({"web_success_code_key": "statuscode"}, {}, WEB_OK),
        ({"web_success_code_key": "status"}, {}, WEB_OK.replace("statuscode", "status")),
        ({"web_fail_status": "table"}, {"media": "99"}, WEB_REFUSED),
        ({"web_fail_status": "five"}, {"media": "99"}, WEB_REFUSED.replace("17", "5")),
        ({"web_fail_desc": "word"}, {"media": "99"}, WEB_REFUSED),
        ({"web_fail_desc": "table"}, {"media": "99"}, WEB_REFUSED.replace("fail", "Invalid Media")),
        ({"web_fail_desc": "table"}, {"data": "x"}, WEB_REFUSED.replace("17", "5")),
        ({"web_fail_desc": "table", "web_fail_status": "five"}, {"media": "99"},
         WEB_REFUSED.replace("17", "5").replace("fail", "Invalid Media")),
        ({"revisionno_type": "example"}, {"media": "99"}, WEB_REFUSED),
        ({"revisionno_type": "string"}, {"media": "99"}, WEB_REFUSED),
        ({"revisionno_type": "int"}, {"media": "99"}, WEB_REFUSED.replace('"revisionno":"1"', '"revisionno":1')),
    ],
)  # fmt: skip
def test_quirks_of_web(web: Box, quirks: dict[str, str], fields: dict[str, Any], expected: str) -> None:
    """Each value of the reply quirks of web, to the byte (IPDWEB-15, AUTH-19, AUTH-20, AM-48, E-25..E-29)."""
    assert text(web, record(), quirks=quirks, **fields) == expected
    code = 17 if fields.get("media") else 5 if fields else 1
    assert next(web.sandbox.journal.newest_first()).status == code


@pytest.mark.parametrize(
    "info",
    ["##EXISTING_CUSTOMER", "", "UPDATED", "known, again = 1", "gefüllt 100 % ✓", "{update_info}", " "],
)
def test_update_info(make: Callable[..., Box], info: str) -> None:
    """The info of an update is any text, or nothing, by setting or percent-encoded header (IPD106-25, AM-13, E-38)."""
    by_header, by_setting = make(), make(update_info=info)
    assert by_header.push(record(), record(), quirks={"update_info": info}).records[1]["info"] == info
    assert [found["info"] for found in by_setting.push(record(), record()).records] == [
        "##NEW_CUSTOMER",
        info,
    ]


@pytest.mark.parametrize(
    ("sent", "echoed"),
    [
        (" 8850014998 ", " 8850014998 "), (8850014998, "8850014998"), (None, ""), ("", ""), (" ", " "),
        (True, "true"), (1.5, "1.5"), ([1, "é"], '[1,"é"]'), ({"a": None}, '{"a":null}'), ({}, "{}"), ([], "[]"),
        (2**70, str(2**70)), ([2**70], f"[{2**70}]"), (-1, "-1"), ('"\\', '"\\'),
    ],
)  # fmt: skip
def test_echo_of_the_number(box: Box, sent: Any, echoed: str) -> None:
    """The number is echoed as it was sent: null as nothing, other values as compact JSON (GEN-12, AM-36, TRN-29)."""
    (found,) = box.push(record(mobilenumber=sent)).records
    assert found["mobilenumber"] == echoed


@pytest.mark.parametrize(
    ("update_by", "sent", "key", "value"),
    [
        ("mobilenumber", {"mobilenumber": "1", "mobilenumbers": "2"}, "mobilenumber", "1"),
        ("mobilenumbers", {"mobilenumber": "1", "mobilenumbers": "2"}, "mobilenumbers", "2"),
        ("Mobilenumber", {"mobilenumber": "1", "mobilenumbers": "2"}, "mobilenumber", "1"),
        ("customercode", {"mobilenumbers": "2", "mobilenumber": "1", "customercode": 1}, "mobilenumber", "1"),
        ("crmuniquefield", {"mobilenumbers": "2", "sr_number": "1"}, "mobilenumbers", "2"),
        ("mobilenumber", {"mobilenumbers": "2"}, "mobilenumbers", "2"),
        ("mobilenumbers", {"mobilenumber": "1"}, "mobilenumber", "1"),
        ("mobilenumbers", {"name": "x"}, "mobilenumbers", ""),
        ("Mobilenumber", {"name": "x"}, "mobilenumber", ""),
        ("crmuniquefield", {"sr_number": "1"}, "mobilenumber", ""),
        ("mobilenumbers", {}, "mobilenumbers", ""),
        ("mobilenumber", {"Mobilenumber": "8850014998"}, "mobilenumber", ""),
    ],
)
def test_mobile_key(box: Box, update_by: str, sent: dict[str, Any], key: str, value: str) -> None:
    """The mobile key is the record's spelling; updateparam's wins, or stands in for none (IPD106-22, AM-36)."""
    (found,) = box.push(sent, updateparam=update_by).records
    assert list(found)[1] == key
    assert found[key] == value
    assert ("callid" in found) == (key == "mobilenumbers")


def test_time_of_the_reply_is_the_servers(box: Box) -> None:
    """resdatetime is the clock's time, not an echo of reqdatetime (GEN-15)."""
    answer = box.push(record(), reqdatetime="2018-11-12 14:00:05")
    assert answer.body["resdatetime"] == "2024-10-30 12:14:46"


def test_replies_are_utf8(make: Callable[..., Box]) -> None:
    """Text goes out as UTF-8, nothing escaped, under the documented content type (TRN-36, TRN-37)."""
    box = make(update_info="ग्राहक ✓")
    answer = box.push(record(), record())
    assert '"info":"ग्राहक ✓"'.encode() in answer.reply.body
    assert answer.header("Content-Type") == "application/json; charset=utf-8"
    html = box.push(record(), quirks={"response_content_type": "text/html"})
    assert html.header("Content-Type") == "text/html; charset=utf-8"


def test_http_status(box: Box) -> None:
    """Every answer is HTTP 200; mapped gives failures a status of their own (TRN-34)."""
    quirks = {"http_status": "mapped"}
    wishes: list[tuple[dict[str, Any], int]] = [
        ({}, 200), ({"media": "99"}, 422), ({"apikey": "x"}, 401), ({"servicekey": "x"}, 403),
        ({"method": "x"}, 400), ({"servicekey": "UnmappedProcess"}, 403),
    ]  # fmt: skip
    for fields, mapped in wishes:
        assert box.push(record(), **fields).reply.http_status == 200
        assert box.push(record(), **fields, quirks=quirks).reply.http_status == mapped


@pytest.mark.parametrize(
    ("edition", "method", "echoed"),
    [("1.0.6", "nope", "nope"), ("1.0.6", GONE, ""), ("1.0.6", 5, ""), ("1.0.6", "importprocessdata", None),
     ("web", "nope", "nope"), ("web", "", "")],
)  # fmt: skip
def test_unknown_methods(make: Callable[..., Box], edition: str, method: Any, echoed: str | None) -> None:
    """An unknown method is status 2 in the edition's envelope, with the name as received (TRN-32, TRN-33)."""
    box = make(edition)
    answer = box.command(command(record(), method=method))
    assert answer.code == 2
    assert answer.body["status"] == ("002" if edition == "1.0.6" else 2)
    assert answer.body["method"] == (method if echoed is None else echoed)
    if echoed is None:
        assert box.command(command(record(), method=method), method_case="ignore").code == 1
