"""Forced statuses and magic values through the admin API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.magic import filled
from tests.methods.helpers import printed
from tests.web.admin_client import METHOD, MOBILE, OTHER_MOBILE, push

if TYPE_CHECKING:
    from tests.web.admin_client import Admin


def codes(admin: Admin, *mobiles: str) -> list[int]:
    """Push records and return the code of each."""
    reply = admin.send(push(*mobiles)).json
    assert reply is not None
    return [int(record["statuscode"]) for record in reply["statusdata"]]


def test_a_forced_status_counts_down(admin: Admin) -> None:
    """A status queued twice refuses two commands, changes nothing, and is gone (SIM-26)."""
    made = admin.ok("POST", "/faults", {"method": METHOD, "status": 17, "times": 2})
    assert made["times"] == 2
    assert admin.status(push()) == 17
    assert [wish["times"] for wish in admin.ok("GET", "/faults")["faults"]] == [1]
    reply = admin.send(push())
    assert (reply.headers["X-Mock-Evidence"], admin.ask_status(reply)) == ("forced", "017")
    assert admin.ok("GET", "/requests/r000002")["changes"] == {}
    assert admin.status(push()) == 1
    assert admin.ok("GET", "/faults") == {"faults": []}


def test_a_status_may_be_asked_for_as_replies_print_it(admin: Admin) -> None:
    """ "038" is 38, in what was queued and in the answer (SIM-26)."""
    made = admin.ok("POST", "/faults", {"status": "038", "method": "ImportProcessData"})
    assert made["status"] == 38
    assert admin.send(push()).json["status"] == "038"  # type: ignore[index]
    assert admin.refused("POST", "/faults", {"status": "0x26"})["errors"][0]["pointer"] == "/status"


def test_forced_statuses_are_used_in_their_order(admin: Admin) -> None:
    """The oldest that fits comes first; clearing forgets them all (SIM-26)."""
    for status in (17, 32, 43):
        admin.ok("POST", "/faults", {"status": status})
    assert [admin.status(push()) for _ in range(2)] == [17, 32]
    admin.ok("DELETE", "/faults")
    assert admin.status(push()) == 1


@pytest.mark.parametrize(
    ("match", "fitting", "other"),
    [
        ({"media": "12"}, push(), push() | {"media": "11"}),
        ({"media": 12}, push(), push() | {"media": "11"}),
        ({"media": "12"}, push() | {"media": 12}, push() | {"media": 11}),
        ({"mobilenumber": int(MOBILE)}, push(OTHER_MOBILE, MOBILE), push(OTHER_MOBILE)),
        ({"mobilenumber": MOBILE}, push(OTHER_MOBILE, MOBILE), push(OTHER_MOBILE)),
        ({"servicekey": "VoiceProcess", "sr_number": "1"}, push(servicekey="VoiceProcess"), push()),
    ],
)
def test_a_forced_status_waits_for_what_it_matches(
    admin: Admin, match: Any, fitting: Any, other: Any
) -> None:
    """Fields of the command, or of one of its records, must have the values; a number is its digits (SIM-26, GEN-13)."""
    admin.ok("POST", "/faults", {"status": 17, "match": match})
    assert [admin.status(command) for command in (other, fitting, fitting)] == [1, 17, 1]


def test_a_forced_status_ends_on_the_sandboxs_clock(admin: Admin) -> None:
    """Its time to live runs on the virtual clock: one second before the end it holds, at the end not (SIM-26)."""
    admin.ok("PUT", "/clock", {"mode": "frozen", "now": "2018-11-12 14:00:00"})
    made = admin.ok("POST", "/faults", {"status": 17, "times": 9, "ttl": 60})
    assert made["until"] == "2018-11-12 14:01:00"
    admin.ok("POST", "/clock/advance", {"seconds": 59})
    assert admin.status(push()) == 17
    assert len(admin.ok("GET", "/faults")["faults"]) == 1
    admin.ok("POST", "/clock/advance", {"seconds": 1})
    assert admin.ok("GET", "/faults") == {"faults": []}
    assert admin.ok("GET", "/sandboxes/default")["faults"] == 0
    assert admin.status(push()) == 1


@pytest.mark.parametrize(
    ("body", "near"),
    [
        ({"status": 2, "method": "userStatus", "match": {"userlogn": "x"}}, ""),
        (
            {"status": 2, "method": "getActiveUserList", "match": {"servicekeey": "x"}},
            "servicekey?",
        ),
        ({"status": 2, "method": "userStatus", "match": {"apikey": "test_org", "a/b": 1}}, ""),
    ],
)
def test_a_match_that_no_command_can_have_is_refused(admin: Admin, body: Any, near: str) -> None:
    """A field that no command of the method has is 422, with the nearest; it would wait for ever (SIM-26)."""
    problem = admin.refused("POST", "/faults", body)
    assert problem["status"] == 422
    (error,) = problem["errors"]
    wrong = list(body["match"])[-1].replace("/", "~1")
    assert error["pointer"] == f"/match/{wrong}"
    assert near in error["expected"]
    assert admin.ok("GET", "/faults") == {"faults": []}


def test_a_match_may_name_what_records_keep(admin: Admin) -> None:
    """Records of ImportProcessData keep every key, so that any may be matched, in any method's place too (GEN-10)."""
    for body in ({"status": 17, "method": METHOD}, {"status": 17}):
        admin.ok("POST", "/faults", body | {"match": {"our_own_key": 7}})
    admin.ok("POST", "/faults", {"status": 2, "method": "userStatus", "match": {"APIKEY": "test_org"}})
    command = push()
    command["data"][0]["our_own_key"] = "7"
    assert [admin.status(each) for each in (push(), command)] == [1, 17]


def test_a_forced_status_of_records(admin: Admin) -> None:
    """At level record the command is answered and its records fail with the code (SIM-26, GEN-04)."""
    admin.ok("POST", "/faults", {"method": METHOD, "status": 43, "level": "record"})
    assert codes(admin, MOBILE, OTHER_MOBILE) == [43, 43]
    assert codes(admin, MOBILE) == [1]


def test_a_forced_status_is_one_sandboxs(admin: Admin) -> None:
    """A status queued in one sandbox does not strike in another (SIM-26)."""
    admin.ok("POST", "/sandboxes", {"key": "one"})
    admin.ok("POST", "/sandboxes/one/faults", {"status": 17})
    assert admin.status(push()) == 1
    assert admin.status(push(), "one") == 17


@pytest.mark.parametrize("status", [2, 5, 67, 48, 1107, 37])
def test_codes_that_may_be_forced(admin: Admin, status: int) -> None:
    """Codes of the method, common ones, 2 and those by example are taken and answered (AM-14)."""
    admin.ok("POST", "/faults", {"method": METHOD, "status": status})
    assert admin.status(push()) == status


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"status": 1}, "/status"),
        ({"status": 999}, "/status"),
        ({"status": 17, "level": "record"}, "/status"),
        ({"status": 1, "level": "record"}, "/status"),
        ({"status": 17, "method": "importProcessData"}, "/method"),
        ({"status": 17, "ttl": 1e12}, "/ttl"),
        ({"status": 17, "times": 0}, "/times"),
        ({"status": "17a"}, "/status"),
        ({"status": 17, "fault": "latency"}, "/fault"),
        ({}, "/status"),
    ],
)
def test_codes_that_may_not_be_forced(admin: Admin, body: Any, pointer: str) -> None:
    """No success, no code of another method, no record code elsewhere: 422 says which would do (AM-14)."""
    problem = admin.refused("POST", "/faults", {"method": METHOD, **body} if body else body)
    assert problem["status"] == 422
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert problem["errors"][0]["expected"]
    assert admin.ok("GET", "/faults") == {"faults": []}


def test_a_code_of_the_other_edition_cannot_be_forced(admin: Admin) -> None:
    """What may be forced follows the sandbox's edition, and at last the command's (AM-14)."""
    admin.ok("POST", "/faults", {"method": METHOD, "status": 54})
    reply = admin.send(push(), headers={"X-Mock-Edition": "web"})
    assert reply.headers["X-Mock-Evidence"] != "forced"
    assert admin.status(push()) == 54
    admin.ok("PATCH", "/settings", {"edition": "web"})
    assert "edition web" in admin.refused("POST", "/faults", {"method": METHOD, "status": 54})["detail"]


def test_every_magic_servicekey_provokes_what_is_listed(admin: Admin) -> None:
    """Each service key that magic lists is answered with its code and text (AM-14, SIM-23, SIM-27)."""
    listed = admin.ok("GET", "/magic")["servicekeys"]["methods"][METHOD]
    assert {2, 5, 67, 17, 1107} <= {value["status"] for value in listed}
    for value in listed:
        reply = admin.send(push(servicekey=value["value"])).json
        assert reply is not None
        assert (int(reply["status"]), reply["statusdesc"]) == (value["status"], value["text"])


def test_every_magic_number_provokes_what_is_listed(admin: Admin) -> None:
    """Each number that magic lists makes its record fail, and only its own (AM-14, SIM-25)."""
    fields = admin.ok("GET", "/magic")["records"]["methods"][METHOD]
    listed = next(field["values"] for field in fields if field["field"] == "mobilenumber")
    assert len(listed) == 7
    assert all(value["value"].startswith("1110000") and len(value["value"]) == 10 for value in listed)
    for value in listed:
        assert codes(admin, value["value"], MOBILE) == [value["status"], 1]


def test_every_seeded_key_provokes_what_is_listed(admin: Admin) -> None:
    """Each pair of keys that magic lists is refused with its code: expired, disabled, unmapped, no database."""
    listed = admin.ok("GET", "/magic")["seeded"]["keys"]
    assert {"expired_org", "nodb_org", "test_org"} <= {value["apikey"] for value in listed}
    for value in listed:
        command = push(apikey=value["apikey"], servicekey=value["servicekey"])
        assert admin.status(command) == value["methods"][METHOD]["status"]


def test_magic_follows_the_edition(admin: Admin) -> None:
    """In the edition without record codes no magic number is listed (AM-14)."""
    admin.ok("PATCH", "/settings", {"edition": "web"})
    found = admin.ok("GET", "/magic")
    assert (found["edition"], found["records"]["methods"][METHOD]) == ("web", [])
    assert 54 not in {value["status"] for value in found["servicekeys"]["methods"][METHOD]}


@pytest.mark.parametrize(
    ("pattern", "code", "text"),
    [
        ("FORCE_([1-9][0-9]{0,3})", 62, "FORCE_62"),
        ("1110000([0-9]{3})", 5, "1110000005"),
        (r"force\.([0-9]+)@mock\.test", 5, "force.5@mock.test"),
        ("([0-9]{18})", 67, "000000000000000067"),
        ("0{14}([0-9]{4})", 67, "000000000000000067"),
        (r"\.{3}([0-9]+)a{2}", 5, "...5aa"),
        ("1110000([0-9]{3})", 1107, None),
        ("without a group", 1, None),
    ],
)
def test_a_pattern_is_filled_with_a_code(pattern: str, code: int, text: str | None) -> None:
    """The value shown for a code is one that its pattern takes and reads as that code (AM-14)."""
    assert filled(pattern, code) == text


EXAMPLE = {
    "ImportProcessData": "GV-01", "getProcessData": "GV-09", "reallocatedata": "GV-13", "saveDisposition": "GV-15",
    "customer_recording": "GV-17", "customer_multiple_recordings": "GV-19", "addEditUser": "GV-20",
    "deleteUser": "GV-23", "userStatus": "GV-25",
}  # fmt: skip
"""A printed command of each method that has one."""


def sent(method: str, **changes: Any) -> dict[str, Any]:
    """Return a printed command of a method, changed; the method that has none needs no more than the keys."""
    if method in EXAMPLE:
        return printed(EXAMPLE[method], **changes)
    return {"method": method, "apikey": "test_org", "servicekey": "VoiceProcess", **changes}


def told(reply: Any) -> tuple[int, str]:
    """Return the code an answer has, in its body, and the text its header names."""
    status = reply.json.get("status", reply.json.get("statuscode"))
    described = reply.headers["X-Mock-Status-Description"]
    return int(status), "fail" if described == "-" else described


def test_every_magic_value_of_a_command_provokes_what_is_listed(admin: Admin) -> None:
    """Each service key, login and refused name that magic lists, in every method (AM-14, SIM-23, SIM-24)."""
    listed = admin.ok("GET", "/magic")
    played = [
        (method, {"servicekey": value["value"]}, value)
        for method, values in listed["servicekeys"]["methods"].items()
        for value in values
    ]
    played += [
        (method, {field["field"]: value["value"]}, value)
        for method, fields in listed["fields"]["methods"].items()
        for field in fields
        for value in field["values"]
    ]
    played += [
        (method, {value["field"]: value["value"]}, value)
        for method, values in listed["refused"]["methods"].items()
        for value in values
    ]
    for method, changes, value in played:
        reply = admin.send(sent(method, **changes))
        assert told(reply) == (value["status"], value["text"]), (method, changes)
        assert reply.headers["X-Mock-Rule"] == value["rule"]
    assert {method for method, _, _ in played} == {*EXAMPLE, "getActiveUserList"}
    assert listed["refused"]["methods"]["addEditUser"] == [
        {
            "field": "userimage",
            "value": "nosuch.jpg",
            "status": 403,
            "text": "userimage not found",
            "rule": "USR-30",
        }
    ]


@pytest.mark.parametrize("method", ["addEditUser", "deleteUser"])
def test_the_methods_without_servicekey_are_forced_by_login(admin: Admin, method: str) -> None:
    """They have no magic service key; their logins are force.<code>@mock.test, those without a text say fail (SIM-24, AM-14)."""
    listed = admin.ok("GET", "/magic")
    assert method not in listed["servicekeys"]["methods"]
    (field,) = listed["fields"]["methods"][method]
    assert (field["field"], field["ledger"]) == ("loginid", "SIM-24")
    values = {value["value"]: (value["status"], value["text"]) for value in field["values"]}
    assert values["force.5@mock.test"] == (5, "fail")
    assert values["force.408@mock.test"] == (408, "loginid is invalid")
    assert {2, 48, 67, 1107, 1108, 1243} <= {status for status, _ in values.values()}


@pytest.mark.parametrize(
    ("method", "field", "other"),
    [
        ("userStatus", "loginids", "user10"),
        ("customer_multiple_recordings", "systemcallids", "180717171728015031"),
    ],
)
def test_every_magic_record_provokes_what_is_listed(
    admin: Admin, method: str, field: str, other: str
) -> None:
    """Logins and call ids fail their record with any code of the method, and only theirs (AM-14, SIM-25)."""
    (listed,) = admin.ok("GET", "/magic")["records"]["methods"][method]
    assert {2, 5, 48, 67, 1107, 1108, 1243} <= {value["status"] for value in listed["values"]}
    for value in listed["values"]:
        reply = admin.send(sent(method, **{field: [other, value["value"]]})).json
        assert reply is not None
        found = [(record["status"], record["statusdesc"].lower()) for record in reply["statusdata"]]
        assert found == [(3, "success"), (value["status"], value["text"].lower())]


def test_magic_values_under_a_quirk_are_listed_under_it(admin: Admin) -> None:
    """A code that only another reading knows is listed, and forced, in that reading alone (AM-14)."""
    command = sent("addEditUser", loginid="force.418@mock.test")

    def listed() -> set[int]:
        (field,) = admin.ok("GET", "/magic")["fields"]["methods"]["addEditUser"]
        return {value["status"] for value in field["values"]}

    assert 418 not in listed()
    assert admin.status(command) == 3
    admin.ok("PATCH", "/settings", {"quirks": {"user_extra_codes": "418"}})
    assert 418 in listed()
    assert admin.status(command) == 418
