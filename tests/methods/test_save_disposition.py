"""saveDisposition: the printed exchange, and what each field may hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.api import NOW_TEXT
from tests.methods.disposing import CALL, CALLBACK, DINESH, dispose, put, user
from tests.methods.helpers import FDISP, GONE, examples, printed, rows, told

if TYPE_CHECKING:
    from tests.api import Api

BLANKS: list[Any] = [None, "", " \t ", [], {}]


def wanted(example: str, **changes: Any) -> bytes:
    """The printed reply as bytes, at the time of the sandbox."""
    reply = {**examples()[example]["reply"], "resdatetime": NOW_TEXT, **changes}
    return json.dumps(reply, separators=(",", ":")).encode()


def saved(api: Api) -> dict[str, Any]:
    """The disposition stored last."""
    return rows(api, "dispositions")[-1]


def test_the_printed_success(api: Api) -> None:
    """GV-15, DISP-01, DISP-12, DISP-15, DISP-20, E-81: byte for byte, whatever the document's heading calls it."""
    answer = api.post(printed("GV-15"))
    assert answer.raw == wanted("GV-15")
    assert (answer.http_status, answer.warned) == (200, [])
    assert told(api, answer) == (3, "DISP-20", "stated", "Successful")


def test_the_printed_failure(api: Api) -> None:
    """GV-16, AUTH-18, DISP-13, DISP-14, DISP-15, E-81, E-82: byte for byte, with the small d and a reason of its own."""
    answer = api.post(printed("GV-16"))
    assert answer.raw == wanted("GV-16")
    assert answer.shape == FDISP
    assert told(api, answer) == (4, "DISP-21", "stated", "Login not found")
    assert api.post(printed("GV-16"), disp_fail_method="saveDisposition").raw == wanted(
        "GV-16", method="saveDisposition"
    )
    assert api.post(printed("GV-16"), web_fail_desc="table").raw == wanted(
        "GV-16", statusdesc="Login not found"
    )


def test_both_editions_answer_alike(api: Api) -> None:
    """GEN-19, DISP-12, DISP-13: the edition is no matter of a method that only one document has."""
    for edition in ("1.0.6", "web"):
        assert dispose(api, {"edition": edition}).raw == wanted("GV-15")
        assert api.post(printed("GV-16"), edition=edition).raw == wanted("GV-16")


def test_the_methods_name_is_taken_exactly(api: Api) -> None:
    """DISP-01, TRN-32: the spelling of the failures is no method; nothing is saved under it."""
    answer = dispose(api, method="savedisposition")
    assert (answer.status, answer.body["method"]) == (2, "savedisposition")
    assert not rows(api, "dispositions")
    assert dispose(api, {"method_case": "ignore"}, method="savedisposition").raw == wanted("GV-15")


GOOD_LOGINS = [DINESH, DINESH.upper(), f" {DINESH} "]
BAD_LOGINS = ["nobody@avhan.com", "Dinesh", 5, True, 1.5, [DINESH], {"login": DINESH}]
KEYS = [GONE, *BLANKS, 5, True, ["test_org"], "no_such_key", " test_org ", "VOICEPROCESS"]
IDS: list[Any] = [1, "1", " 1 ", "01"]
NO_IDS: list[Any] = [
    GONE, *BLANKS, 0, 999, -1, "-1", "+1", "1.0", 1.0, 1.5, True, "x", "१", [1], {"id": 1}, "9" * 19, "9" * 5000,
]  # fmt: skip
NUMBERS: list[Any] = ["9874561320", " 9874561320 ", "+919874561320", "123", "1" * 16, "+" + "1" * 16, GONE]
NO_NUMBERS: list[Any] = [
    *BLANKS, "12", "1" * 17, "+12", "++123", "98745x", "98 74", "१२३४", True, 987456132.0, ["9874561320"], 12,
]  # fmt: skip
MOMENTS: list[Any] = ["2018-11-01 17:00:00", " 2018-11-01 17:00:00 ", "2020-02-29 23:59:59"]
NO_MOMENTS: list[Any] = [
    "01-11-2018", "2018-11-01", "2018-11-01 17:00", "2018-11-31 17:00:00", "2019-02-29 00:00:00", "2018-11-01 24:00:00",
    "2018-11-01T17:00:00", "x", 20181101, True, 1.5, ["2018-11-01 17:00:00"], {"at": 1},
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "good", "bad", "code"),
    [
        pytest.param("login", GOOD_LOGINS, [GONE, *BLANKS, *BAD_LOGINS], 4, id="DISP-02 GEN-17 DISP-21"),
        pytest.param("apikey", ["test_org"], KEYS, 1107, id="DISP-03 apikey"),
        pytest.param("servicekey", ["VoiceProcess", "voiceprocess"], KEYS, 1108, id="DISP-04 servicekey"),
        pytest.param("dispomasterid", IDS, NO_IDS, 31, id="DISP-05 DISP-25"),
        pytest.param("disporeasonid", IDS, [*NO_IDS, 3], 31, id="DISP-06 DISP-25"),
        pytest.param("remarks", [GONE, *BLANKS, "x" * 9999, 5, True, [1]], [], 0, id="DISP-07 remarks"),
        pytest.param("selecteddatetime", [GONE, *BLANKS, *MOMENTS], [*NO_MOMENTS, "2018-11-1 7:0:0"], 7, id="DISP-08 DISP-23"),
        pytest.param("contactvalue", [*NUMBERS, 9874561320], NO_NUMBERS, 111, id="DISP-09 contactvalue"),
        pytest.param("media", ["Voice In"], [GONE, *BLANKS, "99", 99, 0, "voice in", "Fax", True, 11.0, ["11"]], 111, id="DISP-10 DISP-28"),
        pytest.param("reqdatetime", [GONE, *BLANKS, *MOMENTS, "2026-10-2 5:7:9"], NO_MOMENTS, 7, id="DISP-11 AM-07"),
    ],
)  # fmt: skip
def test_what_a_field_may_hold(api: Api, field: str, good: list[Any], bad: list[Any], code: int) -> None:
    """DISP-02 … DISP-11, GEN-11, GEN-13, GEN-16, GEN-17, AM-02: absent, blank, wrong type, tolerated types, limits."""
    for value in good:
        assert dispose(api, **{field: value}).status == 3, value
    before = len(rows(api, "dispositions"))
    for value in bad:
        answer = dispose(api, **{field: value})
        assert (answer.status, answer.shape) == (code, FDISP), value
        assert not api.journal().get("error"), value
    assert len(rows(api, "dispositions")) == before
    assert user(api)["status"] == (7 if bad else 1)


@pytest.mark.parametrize(
    ("changes", "column", "value", "warned"),
    [
        ({"login": f" {DINESH.upper()} "}, "login", DINESH, []),
        ({"dispomasterid": " 2 ", "disporeasonid": "3"}, "master", 2, []),
        ({"dispomasterid": "2", "disporeasonid": 3}, "reason", 3, []),
        ({"remarks": "  no ₹ today "}, "remarks", "no ₹ today", []),
        ({"remarks": GONE}, "remarks", None, []),
        ({"remarks": " "}, "remarks", None, []),
        ({"remarks": 5}, "remarks", "5", ["GEN-13"]),
        ({"remarks": ["a"]}, "remarks", '["a"]', ["AM-33"]),
        ({"selecteddatetime": " 2018-11-01 17:00:00 "}, "selected", "2018-11-01 17:00:00", []),
        ({"selecteddatetime": ""}, "selected", None, []),
        ({"contactvalue": " +123 "}, "contact", "+123", []),
        ({"contactvalue": 9874561320}, "contact", "9874561320", ["GEN-13"]),
        ({"contactvalue": GONE}, "contact", "", []),
        ({"reqdatetime": GONE}, "storedatetime", NOW_TEXT, ["GEN-18"]),
        ({"reqdatetime": "2026-10-2 5:7:9"}, "storedatetime", NOW_TEXT, ["AM-07"]),
        ({"colour": "red"}, "process", "VoiceProcess", ["GEN-10"]),
    ],
)
def test_what_is_stored_and_warned_of(
    api: Api, changes: dict[str, Any], column: str, value: Any, warned: list[str]
) -> None:
    """DISP-05 … DISP-11, DISP-17, GEN-12, GEN-13, AM-07, AM-08: the row holds what was meant; oddities only warn."""
    answer = dispose(api, **changes)
    assert answer.raw == wanted("GV-15")
    assert (saved(api)[column], answer.warned) == (value, warned)


LONG = {
    1: "incoming/received email", 2: "outgoing/sent email", 3: "received SMS", 4: "sent SMS",
    8: "website/messenger chat conversation", 11: "received voice call/session", 12: "sent voice call/session",
    21: "Social Media - Twitter channel", 22: "Social Media -Facebook channel", 31: "Video",
}  # fmt: skip
PRINTED = {
    1: "Incoming / received email", 2: "Outgoing / Sent email", 3: "Incoming / received SMS", 4: "Outgoing / Sent SMS",
    8: "Website / messenger Chat conversation", 11: "Incoming / received Voice Call / session",
    12: "outgoing / Sent Voice call / session", 21: LONG[21], 22: LONG[22], 31: LONG[31],
}  # fmt: skip
NAMES = {
    1: "Email In", 2: "Email Out", 3: "SMS In", 4: "SMS Out", 8: "Chat", 11: "Voice In", 12: "Voice Out",
    21: "Social-Twitter", 22: "Social-Facebook", 31: "Video",
}  # fmt: skip


@pytest.mark.parametrize("number", NAMES)
def test_media_by_any_of_its_names(api: Api, number: int) -> None:
    """DISP-10, REF-01, REF-02, E-80, AM-02: the name, the long ones as the prose prints them and shortened, and the id are one medium."""
    for spelling in (NAMES[number], LONG[number], PRINTED[number], f" {NAMES[number]} ", number, str(number)):
        assert dispose(api, media=spelling).status == 3
        assert saved(api)["media"] == number
    assert len(rows(api, "dispositions")) == 6


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reqdatetime": GONE}, 7), ({"reqdatetime": " "}, 7), ({"reqdatetime": None}, 7), ({"reqdatetime": 5}, 7),
        ({"reqdatetime": "01-11-2018"}, 7), ({"reqdatetime": "2026-10-2 5:7:9"}, 3), ({}, 3),
    ],
)  # fmt: skip
def test_a_request_time_that_is_enforced(api: Api, changes: dict[str, Any], code: int) -> None:
    """GEN-18, AM-07, DISP-11: the quirk asks for presence and a readable time; missing ones are 7 here as well."""
    assert dispose(api, {"require_reqdatetime": "on"}, **changes).status == code


@pytest.mark.parametrize("name", ["Login", "DispoMasterId", "disporeasonId", "ContactValue", "Media"])
def test_keys_are_matched_with_their_case(api: Api, name: str) -> None:
    """GEN-09: another spelling is another key, which is ignored; the quirk reads it as the documented one."""
    (field,) = (each for each in printed("GV-15") if each == name.lower())
    command = printed("GV-15", **{field: GONE, name: printed("GV-15")[field], **CALLBACK_IF.get(field, {})})
    refused = api.post(command)
    assert refused.status == {"login": 4, "contactvalue": 111, "media": 111}.get(field, 31)
    assert refused.warned == ["GEN-10"]
    assert api.post(command, case_insensitive_keys="on").status == 3


CALLBACK_IF = {"contactvalue": CALLBACK}
"""The number may only be absent when no callback is wanted (AM-02)."""


@pytest.mark.parametrize(
    ("changes", "code", "login"),
    [
        ({"login": GONE, "Uniquesystemcallid": CALL}, 3, DINESH),
        ({"login": " ", "Uniquesystemcallid": int(CALL)}, 3, DINESH),
        ({"login": None, "Uniquesystemcallid": f" {CALL} "}, 3, DINESH),
        ({"Uniquesystemcallid": "180717171728015031"}, 3, DINESH),
        ({"Uniquesystemcallid": "345345336546456"}, 3, DINESH),
        ({"Uniquesystemcallid": "x"}, 3, DINESH),
        ({"login": "user10", "Uniquesystemcallid": CALL}, 3, "user10"),
        ({"login": "rupesh.v@avhan.com", "Uniquesystemcallid": CALL}, 6, None),
        ({"login": "nobody@avhan.com", "Uniquesystemcallid": CALL}, 4, None),
        ({"login": GONE, "Uniquesystemcallid": "345345336546456"}, 4, None),
        ({"login": GONE, "Uniquesystemcallid": "180717171728015031"}, 4, None),
        ({"login": GONE, "Uniquesystemcallid": True}, 4, None),
        ({"login": GONE, "Uniquesystemcallid": float(CALL)}, 4, None),
        ({"login": GONE, "Uniquesystemcallid": ""}, 4, None),
        ({"login": GONE, "Uniquesystemcallid": "9" * 5000}, 4, None),
        ({"login": GONE, "uniquesystemcallid": CALL}, 4, None),
        ({"login": GONE}, 4, None),
    ],
)
def test_a_call_may_stand_for_the_login(
    api: Api, changes: dict[str, Any], code: int, login: str | None
) -> None:
    """AM-02, DISP-02, DISP-21, GEN-13: the agent of the call is meant, unless a login is given; neither is 4.

    The other seeded call has no agent, so it leads to nobody.
    """
    put(api, "user10")
    assert dispose(api, **changes).status == code
    assert [row["login"] for row in rows(api, "dispositions")] == ([login] if login else [])


def test_the_request_id_counts(api: Api) -> None:
    """AM-03, DISP-12: omitted by default; the quirk puts a unique, counting number behind the method."""
    seen = []
    for _ in range(3):
        answer = dispose(api, {"disp_requestid": "include"})
        assert answer.shape == [
            ("method", "str"), ("requestid", "int"), ("statusdesc", "str"), ("status", "int"), ("resdatetime", "str"),
        ]  # fmt: skip
        seen.append(answer.body["requestid"])
        assert "requestid" not in dispose(api).body
    assert seen == sorted(set(seen))
    refused = dispose(api, {"disp_requestid": "include"}, login="nobody@avhan.com")
    assert refused.shape == FDISP
