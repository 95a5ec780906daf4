"""Warnings and the journal: what is told beside the answer, and what never gets into a header."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.api import FORM, IMPORT, RECORD, text_of, without

if TYPE_CHECKING:
    from tests.api import Api

WARNING = re.compile(r"[A-Z0-9]+-[0-9]{2,3} \([1-9][0-9]*\): [ -~]+")
SECRET = "Zx9Qq"


def test_a_sound_command_earns_no_warning(api: Api) -> None:
    """AM-08: nothing is said about what the documents ask for."""
    assert api.post(IMPORT).warned == []
    assert api.post(IMPORT, edition="web").warned == []


@pytest.mark.parametrize(
    ("command", "code"),
    [
        pytest.param(without("reqdatetime"), "GEN-18", id="absent time"),
        pytest.param(without(reqdatetime="2026-10-2 5:7:9"), "AM-07", id="unpadded time"),
        pytest.param(without(reqdatetime="soon"), "AM-07", id="unreadable time"),
        pytest.param(without(reqdatetime=None), "AM-07", id="null time"),
        pytest.param(without(strange=1), "GEN-10", id="undocumented key"),
        pytest.param(without(media=12), "GEN-13", id="number for text"),
    ],
)
@pytest.mark.parametrize("edition", ["1.0.6", "web"])
def test_what_the_documents_forbid_warns_and_changes_nothing(
    api: Api, edition: str, command: dict[str, Any], code: str
) -> None:
    """AM-08, AM-07, GEN-10, GEN-13, GEN-18: one warning with its ledger id, and the answer as ever."""
    plain = api.post(IMPORT, edition=edition)
    api.sandbox.reset()
    warned = api.post(command, edition=edition)
    assert warned.warned == [code]
    assert warned.raw == plain.raw


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("X-Mock-Scenarios", "did you mean X-Mock-Scenario?"),
        ("x-mock-editon", "did you mean X-Mock-Edition?"),
        ("X-Mock-Admin-Tokn", "did you mean X-Mock-Admin-Token?"),
        (
            "X-Mock-\xe9" + SECRET * 9000,
            "there are X-Mock-Sandbox, X-Mock-Edition, X-Mock-Quirk, X-Mock-Scenario",
        ),
    ],
)
@pytest.mark.parametrize(
    "command", [IMPORT, "data={", without("apikey")], ids=["sound", "malformed", "keyless"]
)
def test_a_misspelt_header_of_ours_is_warned_about(api: Api, command: Any, name: str, says: str) -> None:
    """AM-13, AM-08: it would do nothing and nobody would know; reply and journal name the nearest, and no client text."""
    plain = api.post(command)
    api.sandbox.reset()
    answer = api.post(command, headers={name: "web"})
    (text,) = [each for each in answer.all("X-Mock-Warning") if each.startswith("AM-13 ")]
    assert text.startswith("AM-13 (1): there is no such X-Mock request header; ")
    assert says in text
    assert text.isascii()
    assert SECRET not in text
    assert api.journal()["warning_counts"]["AM-13"] == 1
    assert answer.raw == plain.raw


def test_headers_that_mean_something_earn_no_warning(api: Api) -> None:
    """AM-13: those there are, also the admin API's, and whatever does not begin like ours."""
    known = {"X-Mock-Edition": "web", "X-Mock-Quirk": "overlong=accept", "X-Mock-Scenario": "calm"}
    headers = {**known, "X-Mock-Admin-Token": "x", "X-Mock-Sandbox": "default", "X-Mocking": "1", "X-Mo": "1"}
    assert api.post(IMPORT, headers=headers).warned == []


@pytest.mark.parametrize(
    ("headers", "title"),
    [
        ({"X-Mock-Edition": "1.0.7"}, "unknown edition"),
        ({"X-Mock-Edition": " "}, "unknown edition"),
        ({"X-Mock-Quirk": "edition=1.0.7"}, "unknown edition"),
        ({"X-Mock-Quirk": "overlong"}, "malformed quirk header"),
        ({"X-Mock-Quirk": "overlong=reject,"}, "malformed quirk header"),
        ({"X-Mock-Quirk": "overlng=reject"}, "unknown quirk"),
        ({"X-Mock-Quirk": "overlong=rejct"}, "unknown value of a quirk"),
    ],
)
def test_a_header_that_cannot_be_used_says_what_it_is(api: Api, headers: dict[str, str], title: str) -> None:
    """AM-13: HTTP 400 whose title names what is wrong."""
    answer = api.post(IMPORT, headers=headers)
    assert (answer.http_status, answer.body["title"]) == (400, title)


def test_at_most_five_warnings_with_counts(api: Api) -> None:
    """AM-08: one header per ledger id with its count, five at most; the journal has them all."""
    records = [{**RECORD, "sr_number": 5, "userlogin": "nobody", "customercode": "7", "note": ["x"]}] * 3
    command = without("reqdatetime", media=12, strange=1, other=2, data=records)
    answer = api.post(command, content_type=FORM)
    plus = api.post(f"data={text_of({**command, 'extra': '1+1 5%'})}", content_type=FORM)
    counts = api.journal()["warning_counts"]
    assert answer.status == plus.status == 1
    assert len(plus.all("X-Mock-Warning")) == 5
    assert len(counts) > 5
    for text in plus.all("X-Mock-Warning"):
        code, count = text.split(" ", 2)[:2]
        assert count == f"({counts[code]}):"
    assert sum(counts.values()) == len(api.journal()["warnings"])
    assert counts["GEN-10"] == 3
    assert counts["AM-37"] == 3


def test_headers_hold_neither_client_text_nor_anything_but_ascii(api: Api) -> None:
    """AM-08, TRN-38: every X-Mock header is printable ASCII and repeats nothing of the request."""
    nasty = f"{SECRET}\r\nSet-Cookie: x=1 – “ü”"
    answers = [
        api.post(without(**{nasty: nasty, "media": 12, "reqdatetime": nasty})),
        api.post(without(media=nasty)),
        api.post(without(method=nasty)),
        api.post(without(apikey=nasty)),
        api.post(without(servicekey=nasty)),
        api.post(without(data=[{**RECORD, nasty: [nasty], "userlogin": nasty, "customercode": nasty}])),
        api.post(f"data={{{nasty}", content_type=FORM),
        api.post(f"data={text_of(without(strange=nasty))}", content_type=FORM, lenient_json="on"),
        api.get(f"data={text_of(IMPORT)}".replace(" ", "%20").encode()),
    ]
    for answer in answers:
        for name, value in answer.headers:
            assert SECRET not in value, name
            assert value.isascii(), name
            assert value.isprintable(), name
        assert all(WARNING.fullmatch(text) for text in answer.all("X-Mock-Warning"))
    assert answers[0].warned


def test_an_answer_says_which_row_decided(api: Api) -> None:
    """AM-62, AM-15, TRN-38: the method's own row for the code, else the common one; evidence and text are that row's."""
    cases: list[tuple[dict[str, Any], str, tuple[str, str, str]]] = [
        (without(), "1.0.6", ("IPD106-31", "stated", "Success")),
        (without(), "web", ("IPDWEB-18", "stated", "Success")),
        (without(media="99"), "1.0.6", ("IPD106-35", "stated", "Invalid Media")),
        (without(media="99"), "web", ("IPDWEB-22", "stated", "Invalid Media")),
        (without(apikey="x"), "1.0.6", ("AUTH-01", "stated", "API key not found")),
        (without(data="x"), "web", ("IPDWEB-28", "inferred", "-")),
        (without(sessionid="0"), "1.0.6", ("IPD106-42", "inferred", "Invalid Session")),
    ]
    for command, edition, expected in cases:
        answer = api.post(command, edition=edition)
        names = ("X-Mock-Rule", "X-Mock-Evidence", "X-Mock-Status-Description")
        assert tuple(answer.header(name) for name in names) == expected


def test_the_journal_tells_the_whole_exchange(api: Api) -> None:
    """TRN-38, GEN-18: request id, keys, edition, row, violations, warnings, changes, and the bytes both ways."""
    records = [RECORD, {**RECORD, "mobilenumber": "12345"}]
    answer = api.post(without("reqdatetime", data=records, strange=SECRET))
    entry = api.journal()
    assert (entry["id"], entry["method"], entry["edition"]) == ("r000001", "ImportProcessData", "1.0.6")
    assert answer.header("X-Mock-Request-Id") == entry["id"]
    assert (entry["apikey"], entry["servicekey"]) == ("test_org", "MUMBAI_CRM_OBD")
    (violation,) = entry["violations"]
    assert (violation["pointer"], violation["status"], violation["record"]) == ("/data/1/mobilenumber", 43, 1)
    assert (violation["level"], violation["ledger"]) == ("record", "IPD106-13")
    assert entry["changes"]["customers"]["inserted"] == 1
    assert {warning["pointer"] for warning in entry["warnings"]} == {"/reqdatetime", "/strange"}
    assert entry["request"]["body"].startswith("data=")
    assert entry["reply"]["body"] == answer.raw.decode()
    assert SECRET in entry["request"]["body"]


def test_ids_count_in_every_case(api: Api) -> None:
    """TRN-38, AM-16: accepted, refused, malformed and unknown-quirk requests all take the next id."""
    answers = [
        api.post(IMPORT),
        api.post(without(media="1x")),
        api.post(b""),
        api.post(IMPORT, headers={"X-Mock-Quirk": "x=y"}),
    ]
    assert [answer.header("X-Mock-Request-Id") for answer in answers] == [f"r00000{n}" for n in range(1, 5)]
    assert len(api.sandbox.journal) == 4


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("medai", "undocumented key, ignored; did you mean media?"),
        ("SERVICEKEY", "undocumented key, ignored; did you mean servicekey?"),
        ("me/di~a", "undocumented key, ignored; did you mean media?"),
        ("zzz", "undocumented key, ignored"),
        ("m" * 5000, "undocumented key, ignored"),
    ],
)
def test_an_undocumented_key_that_is_nearly_one(api: Api, key: str, text: str) -> None:
    """GEN-10, AM-08: the journal names the field that was probably meant; the header stays as it was."""
    answer = api.post(without(**{key: "1"}))
    assert [each["text"] for each in api.journal()["warnings"]] == [text]
    assert answer.all("X-Mock-Warning") == ["GEN-10 (1): undocumented key, ignored"]


@pytest.mark.parametrize(
    ("command", "warning"),
    [
        (
            {"method": "getActiveUserList", "apikey": "test_org", "servicekey": "VoiceProcess"},
            "GEN-18 (1): reqdatetime is sent by the client this method is known from",
        ),
        (
            {
                "method": "saveDisposition", "login": "dinesh.s@avhan.com", "apikey": "test_org", "media": "11",
                "servicekey": "VoiceProcess", "dispomasterid": "1", "disporeasonid": "1",
                "contactvalue": "9874561320",
            },
            "GEN-18 (1): reqdatetime stands in the printed example; there is no request table",
        ),
    ],
)  # fmt: skip
def test_a_time_that_no_request_table_asks_for(api: Api, command: dict[str, Any], warning: str) -> None:
    """GEN-18, AM-04, DISP-11: where no table makes the time mandatory the warning says what does speak for it."""
    assert api.post(command).all("X-Mock-Warning") == [warning]


def test_an_unknown_method_is_not_told_the_same_list_twice(api: Api) -> None:
    """TRN-32: which methods are answered here is only said where that differs from what the API has."""
    api.post(without(method="userstatu"))
    assert api.journal()["finding"]["mend"] == "did you mean userStatus?"
