"""reallocatedata: the printed examples, the fields, every status with text, row, evidence and envelope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import pytest

from tests.api import NOW_TEXT
from tests.methods.helpers import FWEB, GONE, examples, exchange, printed, rows, told

if TYPE_CHECKING:
    from tests.api import Api

SUCCESS = [("method", "str"), ("statuscode", "str"), ("resdatetime", "str"), ("statusdesc", "str")]
NUMBER = "7507959484"


def failure(code: int) -> list[tuple[str, Any]]:
    """Return the members of the failure envelope of a code, in order."""
    values = ["reallocatedata", "1", code, "fail", NOW_TEXT]
    return [(key, value) for (key, _), value in zip(FWEB, values, strict=True)]


@pytest.mark.parametrize("way", ["post", "form", "get"])
@pytest.mark.parametrize("edition", ["1.0.6", "web"])
@pytest.mark.parametrize("name", ["GV-13", "GV-14"])
def test_printed_examples(api: Api, name: str, edition: str, way: str) -> None:
    """GV-13, GV-14, RAD-09, RAD-10, E-75, TRN-51: byte for byte the printed reply but for its time, in both editions."""
    command = examples()[name]["command"]
    if way == "get":
        answer = api.get(command, edition=edition)
    else:
        content_type = "text/html" if way == "post" else "application/x-www-form-urlencoded"
        answer = api.post(command, content_type=content_type, edition=edition)
    assert answer.raw == orjson.dumps({**examples()[name]["reply"], "resdatetime": NOW_TEXT})
    assert (answer.http_status, answer.shape) == (200, SUCCESS if name == "GV-13" else FWEB)


def test_success(api: Api) -> None:
    """RAD-14, RAD-09, E-75, E-25: 001 as text, Success with a capital; with the quirk the key of the output table."""
    answer = api.post(printed("GV-13"))
    assert told(api, answer) == (1, "RAD-14", "stated", "Success")
    assert list(answer.body.values()) == ["reallocatedata", "001", NOW_TEXT, "Success"]
    answer = api.post(printed("GV-13"), web_success_code_key="status")
    assert list(answer.body.items()) == [
        ("method", "reallocatedata"), ("status", "001"), ("resdatetime", NOW_TEXT), ("statusdesc", "Success"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("method", 2), ("apikey", 1107), ("servicekey", 1108), ("contactnumber", 70), ("login", 72),
        ("calldatetime", 1), ("customercode", 1), ("reqdatetime", 1),
    ],
)  # fmt: skip
def test_mandatory_fields(api: Api, key: str, code: int) -> None:
    """RAD-01, RAD-02, RAD-03, RAD-04, RAD-05, RAD-06, RAD-07, RAD-08, AUTH-09: what is M is missed, except the request's time."""
    answer = api.post(printed("GV-13", **{key: GONE}))
    assert (answer.status, answer.warned) == (code, ["GEN-18"] if key == "reqdatetime" else [])


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("method", "Reallocatedata", 2), ("method", "reallocateData", 2), ("method", " reallocatedata", 2),
        ("apikey", "", 1107), ("apikey", "TEST_ORG", 1107), ("apikey", " test_org", 1107), ("apikey", 5, 1107),
        ("servicekey", None, 1108), ("servicekey", "VOICEPROCESS", 1108), ("servicekey", ["VoiceProcess"], 1108),
        ("servicekey", "voiceprocess", 1), ("servicekey", "VoiceProcess ", 1108),
    ],
)  # fmt: skip
def test_words_that_steer_are_taken_as_they_are(api: Api, key: str, value: object, code: int) -> None:
    """RAD-01, RAD-02, RAD-03, AM-61: with their case, their blanks and as text only; the process has an alias."""
    assert api.post(printed("GV-13", **{key: value})).status == code


CONTACTS: list[tuple[Any, int]] = [
    (NUMBER, 1), (int(NUMBER), 1), (f" {NUMBER} ", 1),
    ("75079959484", 70), ("+917507959484", 70), ("123", 70), ("1" * 16, 70), (123, 70),
    ("", 71), (" \t", 71), (None, 71), ([], 71), ({}, 71),
    ("12", 38), ("1" * 17, 38), ("+12", 38), (12, 38), (-7507959484, 38), ("75079x9484", 38), ("7507 959484", 38),
    ("७५०७९५९४८४", 38), (True, 38), (7507959484.0, 38), ([NUMBER], 38), ({"number": NUMBER}, 38),
]  # fmt: skip


@pytest.mark.parametrize(("value", "code"), CONTACTS, ids=repr)
def test_contact_numbers(api: Api, value: object, code: int) -> None:
    """RAD-04, AM-46, E-72, GEN-17: 3 to 16 digits, as a tolerated integer too; the table's eleven digits are nobody's."""
    answer = api.post(printed("GV-13", contactnumber=value))
    row = {1: "RAD-14", 70: "RAD-17", 71: "RAD-18", 38: "RAD-16"}[code]
    assert (answer.status, answer.rule) == (code, row)
    whole = isinstance(value, int) and not isinstance(value, bool)
    assert answer.warned == (["GEN-13"] if whole else [])


LOGINS: list[tuple[Any, int, str]] = [
    ("tanmay.k", 1, "tanmay.k"), ("TANMAY.K", 1, "tanmay.k"), (" tanmay.k ", 1, "tanmay.k"),
    ("Tanmay.k@dev1", 1, "Tanmay.k@dev1"), ("tanmay.K@DEV1", 1, "Tanmay.k@dev1"), ("user1", 1, "user1"),
    ("rupesh.v@avhan.com", 1, "rupesh.v@avhan.com"),
    ("nobody@avhan.com", 72, ""), ("Tanmay", 72, ""), ("102", 72, ""),
    (102, 72, ""), (True, 72, ""), (1.5, 72, ""), (["tanmay.k"], 72, ""), ({"login": "tanmay.k"}, 72, ""),
    ("", 73, ""), ("  ", 73, ""), (None, 73, ""), ([], 73, ""), ({}, 73, ""),
]  # fmt: skip


@pytest.mark.parametrize(("value", "code", "login"), LOGINS, ids=repr)
def test_logins(api: Api, value: object, code: int, login: str) -> None:
    """RAD-05, E-73, GEN-17, RAD-19, RAD-20: any login of the tenant, an e-mail or not, its case ignored; another type is nobody's."""
    answer = api.post(printed("GV-13", login=value))
    row = {1: "RAD-14", 72: "RAD-19", 73: "RAD-20"}[code]
    assert (answer.status, answer.rule) == (code, row)
    (entry,) = rows(api, "calls", contact=NUMBER)
    assert entry["login"] == (login or "user10")


@pytest.mark.parametrize(
    ("login", "code"), [("tanmay.k", 1), ("Tanmay.K", 72), ("tanmay.k@dev1", 72), ("Tanmay.k@dev1", 1)]
)
def test_logins_with_their_case(api: Api, login: str, code: int) -> None:
    """RAD-05, E-73: the quirk compares them exactly."""
    assert api.post(printed("GV-13", login=login), login_match="exact").status == code
    assert api.post(printed("GV-13", login=login), login_match="casefold").status == 1


def test_logins_are_those_of_the_tenant(api: Api) -> None:
    """RAD-05, SIM-19: every process of the tenant has the same users; another tenant's are unknown."""
    push = {
        "method": "ImportProcessData", "media": "12", "updateparam": "mobilenumber",
        "data": [{"mobilenumber": "8850014998"}],
    }  # fmt: skip
    other = {"apikey": "MsQgi5/gKVZusW5XziRf76nHbn9JxU4VDSWwongD5dU=", "servicekey": "Policy"}
    own = {"apikey": "test_org", "servicekey": "VoiceInOut"}
    for keys, code in ((own, 1), (other, 72)):
        assert api.post({**push, **keys}).status == 1
        assert api.post(printed("GV-13", **keys, contactnumber="8850014998")).status == code


MOMENTS: list[tuple[Any, int]] = [
    ("2018-11-10 09:00:00", 1), (" 2018-11-10 09:00:00 ", 1), ("", 1), (" ", 1), (None, 1), ([], 1), ({}, 1),
    ("tomorrow", 38), ("2018-11-10", 38), ("2018-11-10 9:00:00", 38), ("2018-11-31 09:00:00", 38),
    ("10-11-2018 09:00:00", 38), ("2018-11-10T09:00:00", 38), ("2018-11-10 24:00:00", 38), (5, 38), (True, 38),
    (["2018-11-10 09:00:00"], 38), ({"a": 1}, 38),
]  # fmt: skip


@pytest.mark.parametrize(("value", "code"), MOMENTS, ids=repr)
def test_call_times(api: Api, value: object, code: int) -> None:
    """RAD-06, RAD-16, GEN-14, REF-10: optional and zero-padded; anything else that is not blank is 38."""
    answer = api.post(printed("GV-13", calldatetime=value))
    assert (answer.status, answer.rule) == (code, {1: "RAD-14", 38: "RAD-16"}[code])


def test_each_method_has_its_own_key_of_the_call_time(api: Api) -> None:
    """E-55, RAD-06: callDateTime, which the import knows, is an unknown key here; only calldatetime sets the time."""
    answer = api.post(printed("GV-13", calldatetime=GONE, callDateTime="2030-01-01 10:00:00"))
    assert (answer.status, answer.warned) == (1, ["GEN-10"])
    assert rows(api, "calls", contact=NUMBER)[0]["due"] == "2018-11-10 09:00:00"
    assert api.post(printed("GV-13", calldatetime="2030-01-01 10:00:00")).status == 1
    assert rows(api, "calls", contact=NUMBER)[0]["due"] == "2030-01-01 10:00:00"


CODES: list[tuple[Any, int]] = [
    (0, 1), ("0", 1), ("000", 1), (" 0 ", 1), ("", 1), (None, 1), ([], 1), ({}, 1),
    (125, 70), ("125", 70), ("9" * 99, 70), (10**60, 70),
    ("abc", 38), (-1, 38), ("-1", 38), (0.0, 38), (1.5, 38), ("1.0", 38), (True, 38), (False, 38), ([0], 38),
    ({"0": 0}, 38), ("१", 38),
]  # fmt: skip


@pytest.mark.parametrize(("value", "code"), CODES, ids=repr)
def test_customer_codes(api: Api, value: object, code: int) -> None:
    """RAD-07, E-74, GEN-11, GEN-13, RAD-16: an integer or digits; 0 is not blank but stands for none given."""
    answer = api.post(printed("GV-13", customercode=value))
    assert (answer.status, answer.warned) == (code, [])
    assert answer.rule == {1: "RAD-14", 70: "RAD-17", 38: "RAD-16"}[code]


@pytest.mark.parametrize(
    ("sent", "warned"),
    [
        ("soon", "AM-07"),
        ("2026-02-30 10:00:00", "AM-07"),
        ("", "AM-07"),
        (None, "AM-07"),
        (5, "AM-07"),
        (GONE, "GEN-18"),
    ],
)
def test_the_request_time(api: Api, sent: object, warned: str) -> None:
    """RAD-08, GEN-18, GEN-16, AM-07, E-16: not enforced but warned of; with the quirk 38, as the last check before the state."""
    answer = api.post(printed("GV-13", reqdatetime=sent))
    assert (answer.status, answer.warned) == (1, [warned])
    refused = api.post(printed("GV-13", reqdatetime=sent), require_reqdatetime="on")
    assert told(api, refused) == (38, "RAD-16", "inferred", "Error while processing")
    unknown = printed("GV-13", reqdatetime=sent, contactnumber="9999999999")
    assert api.post(unknown, require_reqdatetime="on").status == 38
    assert api.post(printed("GV-13", reqdatetime=sent, login=""), require_reqdatetime="on").status == 73
    assert api.post(printed("GV-13", reqdatetime="2026-1-2 3:4:5"), require_reqdatetime="on").status == 1


class Cause(NamedTuple):
    """A status of the method's table, and changes of the printed command that bring it about."""

    ledger: str
    code: int
    text: str
    evidence: str
    changes: list[dict[str, Any]]


CAUSES = [
    Cause("RAD-15", 13, "Tenant Database Not found", "stated", [{"apikey": "nodb_org", "servicekey": "NoDbProcess"}]),
    Cause("RAD-16", 38, "Error while processing", "inferred", [
        {"calldatetime": "tomorrow"}, {"customercode": "abc"}, {"contactnumber": "12"},
    ]),
    Cause("RAD-17", 70, "Contact Number not found", "inferred", [
        {"contactnumber": GONE}, {"contactnumber": "9999999999"},
    ]),
    Cause("RAD-18", 71, "Contact Number is blank", "stated", [{"contactnumber": ""}]),
    Cause("RAD-19", 72, "Login not found", "inferred", [{"login": GONE}, {"login": "nobody@avhan.com"}]),
    Cause("RAD-20", 73, "Login is blank", "stated", [{"login": ""}]),
]  # fmt: skip
TABLE = {cause.code: cause for cause in CAUSES}


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: f"{cause.code}")
def test_natural_causes(api: Api, cause: Cause) -> None:
    """RAD-10, RAD-15 to RAD-20, E-78, E-49, AUTH-06, AUTH-16: each code by its cause, 70 and 72 by two; it comes as FWEB and changes nothing."""
    before = api.sandbox.store.dump()
    for change in cause.changes:
        answer = api.post(printed("GV-13", **change))
        assert told(api, answer) == (cause.code, cause.ledger, cause.evidence, cause.text), change
        assert list(answer.body.items()) == failure(cause.code)
        assert not exchange(api).error
    assert api.sandbox.store.dump() == before


@pytest.mark.parametrize("way", ["key", "queue"])
@pytest.mark.parametrize("code", [*TABLE, 5])
def test_forced(api: Api, code: int, way: str) -> None:
    """RAD-21, RAD-10, SIM-23, SIM-26, SIM-27: every code comes when asked for; 5, which stands in no table, only so."""
    before = api.sandbox.store.dump()
    if way == "queue":
        api.sandbox.forced.add(code, method="reallocatedata")
    answer = api.post(printed("GV-13", servicekey=f"FORCE_{code}" if way == "key" else "VoiceProcess"))
    assert list(answer.body.items()) == failure(code)
    row, text = (TABLE[code].ledger, TABLE[code].text) if code in TABLE else ("RAD-21", "-")
    assert told(api, answer) == (code, row, "forced", text)
    assert api.sandbox.store.dump() == before


@pytest.mark.parametrize("code", [1, 3, 4, 14, 15, 17, 43, 62, 69, 111, 421, 1111])
def test_codes_of_other_tables_cannot_be_forced(api: Api, code: int) -> None:
    """AM-14, E-76: the table has seven codes; the others are unknown service keys."""
    answer = api.post(printed("GV-13", servicekey=f"FORCE_{code}"))
    assert (answer.status, exchange(api).forced) == (1108, False)


def test_quirks_of_the_answer(api: Api) -> None:
    """AUTH-19, AUTH-20, RAD-10: the code five, the table's text, a revision number that is a number."""

    def fail(**quirks: Any) -> list[Any]:
        return list(api.post(printed("GV-13", login=""), **quirks).body.values())

    assert fail() == ["reallocatedata", "1", 73, "fail", NOW_TEXT]
    assert fail(web_fail_status="five") == ["reallocatedata", "1", 5, "fail", NOW_TEXT]
    assert fail(web_fail_desc="table") == ["reallocatedata", "1", 73, "Login is blank", NOW_TEXT]
    assert fail(revisionno_type="int") == ["reallocatedata", 1, 73, "fail", NOW_TEXT]
    five = api.post(printed("GV-14"), web_fail_desc="table")
    assert list(five.body.items()) == failure(5)
