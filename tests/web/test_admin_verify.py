"""Verifying through the admin API: what fits, what nearly fits and why not, and what nobody can say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.app import create_app
from mockserver.service import Service
from mockserver.settings import Settings
from tests.web.admin_client import METHOD, MOBILE, OTHER_MOBILE, Admin, push

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

LONG = 9 * 1024 * 1024
"""Bytes that are more than a journal keeps of long bodies."""


def verify(admin: Admin, match: Any = None, home: str = "", **count: int) -> Any:
    body: dict[str, Any] = {"match": match or {}}
    if count:
        body["count"] = count
    return admin.ok("POST", f"{home}/requests/verify", body)


def test_a_request_that_fits_is_counted_and_named(admin: Admin) -> None:
    """A record of a batch is enough; method, status, keys and fields must hold together (SIM-20)."""
    admin.send(push(OTHER_MOBILE))
    admin.send(push(OTHER_MOBILE, MOBILE))
    match = {"method": METHOD, "status": "001", "apikey": "test_org", "fields": {"mobilenumber": MOBILE}}
    found = verify(admin, match)
    assert (found["ok"], found["matched"], found["ids"], found["near_misses"]) == (True, 1, ["r000002"], [])
    assert verify(admin, {"fields": {"mobilenumber": OTHER_MOBILE}}, exactly=2)["ids"] == [
        "r000002",
        "r000001",
    ]
    assert verify(admin, {"fields": {"mobilenumber": int(MOBILE)}})["matched"] == 1
    assert verify(admin)["matched"] == 2


@pytest.mark.parametrize(
    ("count", "ok"),
    [
        ({}, True), ({"min": 2}, True), ({"min": 3}, False), ({"max": 2}, True), ({"max": 1}, False),
        ({"exactly": 2}, True), ({"exactly": 1}, False), ({"min": 1, "max": 3}, True), ({"exactly": 0}, False),
    ],
)  # fmt: skip
def test_the_count_says_how_many_must_fit(admin: Admin, count: Any, ok: bool) -> None:
    """At least one unless min, max or exactly say otherwise; both ends belong to the range."""
    admin.send(push())
    admin.send(push())
    assert verify(admin, {"method": METHOD}, **count)["ok"] is ok


def test_a_near_miss_says_which_field_differed_what_was_expected_and_what_came(admin: Admin) -> None:
    """The nearest exchange comes first, with every condition it does not fit, and all of it as text."""
    admin.send({**push(), "method": "getProcessData"})
    admin.send(push(OTHER_MOBILE, "9000100204"))
    found = verify(admin, {"method": METHOD, "status": 1, "fields": {"mobilenumber": MOBILE, "media": "12"}})
    assert (found["ok"], found["matched"]) == (False, 0)
    near, far = found["near_misses"]
    assert (near["id"], near["fitted"], near["of"], near["record"]) == ("r000002", 3, 4, 0)
    assert near["differences"] == [
        {"field": "mobilenumber", "expected": MOBILE, "got": OTHER_MOBILE, "there": True}
    ]
    assert (
        near["text"] == f'r000002 {METHOD}, record 0: mobilenumber: expected "{MOBILE}", got "{OTHER_MOBILE}"'
    )
    assert far["id"] == "r000001"
    assert {each["field"] for each in far["differences"]} >= {"method"}
    assert found["text"].splitlines()[0].startswith("expected at least 1 request with method")
    assert near["text"] in found["text"]


def test_a_misspelt_field_is_named_as_such(admin: Admin) -> None:
    """A field that no record has is not there, and the text names the one that was probably meant."""
    admin.send(push())
    (near,) = verify(admin, {"fields": {"mobilenumbr": MOBILE}})["near_misses"]
    (difference,) = near["differences"]
    assert (difference["there"], difference["got"]) == (False, None)
    assert near["text"].endswith("it is not there (there is mobilenumber)")


def test_at_most_five_near_misses_the_youngest_first(admin: Admin) -> None:
    """Of many that are equally near the latest are told: a test looks at what it has just done."""
    for _ in range(7):
        admin.send(push(OTHER_MOBILE))
    found = verify(admin, {"fields": {"mobilenumber": MOBILE}})
    assert [each["id"] for each in found["near_misses"]] == [f"r{number:06d}" for number in (7, 6, 5, 4, 3)]


def test_fields_take_the_tests_of_scenarios(admin: Admin) -> None:
    """Lists of values, expressions, presence and blanks, as in a scenario's when."""
    admin.send(push(MOBILE))
    for wanted in ({"regex": "^88"}, [MOBILE, OTHER_MOBILE], {"present": True}, {"blank": False}):
        assert verify(admin, {"fields": {"mobilenumber": wanted}})["ok"], wanted
    assert not verify(admin, {"fields": {"mobilenumber": {"present": False}, "media": "12", "calltype": 1}})[
        "ok"
    ]
    assert verify(admin, {"fields": {"unheard_of": {"present": False}}})["ok"]


def test_a_field_that_is_a_list_fits_that_very_list(admin: Admin) -> None:
    """What a command brought as a list is found by the same list, in its order, and not by a part of it."""
    command = {**push(), "method": "userStatus", "loginids": ["user1", "user2"]}
    admin.send(command)
    for wanted, ok in ((["user1", "user2"], True), (["user2", "user1"], False), (["user1"], False)):
        match = {"method": "userStatus", "fields": {"loginids": wanted}}
        assert admin.ok("POST", "/requests/verify", {"match": match})["ok"] is ok


def test_a_record_is_told_from_the_command_it_stands_in(admin: Admin) -> None:
    """A command with status 1 may hold a record that failed with 043 (IPD106-27): record_status is the record's own."""
    admin.send(push(MOBILE, "12345"))
    failed = {"fields": {"mobilenumber": "12345"}}
    assert verify(admin, {**failed, "status": 1})["ok"] is True
    assert verify(admin, {**failed, "record_status": "043"})["ok"] is True
    assert verify(admin, {"fields": {"mobilenumber": MOBILE}, "record_status": 1})["ok"] is True
    assert verify(admin, {"record_status": [43, 50]})["matched"] == 1
    found = verify(admin, {**failed, "record_status": 1})
    (miss,) = found["near_misses"]
    assert (found["ok"], miss["record"]) == (False, 1)
    assert miss["differences"] == [{"field": "record_status", "expected": 1, "got": 43, "there": True}]
    admin.send({**push(MOBILE), "media": "99"})
    assert verify(admin, {"record_status": 1, "status": 17})["ok"] is False
    admin.send({"method": "getActiveUserList", "apikey": "test_org", "servicekey": "VoiceProcess"})
    assert verify(admin, {"method": "getActiveUserList", "record_status": 1})["ok"] is False


def test_records_are_looked_for_where_the_method_has_them(admin: Admin) -> None:
    """Under a misspelt key there are none: nobody took them for customers (IPD106-41)."""
    command = push(MOBILE)
    command["dat"] = command.pop("data")
    admin.send(command)
    assert verify(admin, {"method": METHOD, "fields": {"mobilenumber": MOBILE}})["ok"] is False
    assert verify(admin, {"method": METHOD, "status": 32})["ok"] is True


def test_failures_are_told_from_successes(admin: Admin) -> None:
    """A refused command, a broken one and one carried out, by the word or by the code."""
    admin.send(push())
    admin.send(push(apikey="nobody"))
    admin.send(b"data={")
    assert verify(admin, {"status": "success"})["ids"] == ["r000001"]
    assert verify(admin, {"status": "failure"})["ids"] == ["r000003", "r000002"]
    refused = admin.ok("GET", "/requests/r000002")["status"]
    assert (
        verify(admin, {"status": [refused]})["ids"]
        == verify(admin, {"apikey": "nobody"})["ids"]
        == ["r000002"]
    )
    broken = verify(admin, {"fields": {"media": "12"}}, min=3)["near_misses"][0]
    assert broken["id"] == "r000003"
    assert "(" in broken["text"]


def test_keys_go_by_the_names_rules_know_them_by(admin: Admin) -> None:
    """The golden names stand for minted keys, so that one expectation serves every sandbox (AM-11)."""
    made = admin.ok("POST", "/sandboxes", {"key": "mine"})
    minted = push(apikey=made["apikey"], servicekey=made["servicekeys"]["MUMBAI_CRM_OBD"])
    admin.send(minted)
    home = "/sandboxes/mine"
    for match in ({"apikey": "test_org"}, {"apikey": made["apikey"]}, {"servicekey": "MUMBAI_CRM_OBD"}):
        assert verify(admin, match, home)["matched"] == 1
    assert verify(admin, {"apikey": "demo_org"}, home)["matched"] == 0


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"match": {"method": "importProcessData"}}, "/match/method"),
        ({"match": {"method": [METHOD, "x"]}}, "/match/method/1"),
        ({"match": {"fields": {"a/b": {"regex": "("}}}}, "/match/fields/a~1b/regex"),
        ({"match": {"fields": {"a": {"regexp": "x"}}}}, "/match/fields/a"),
        ({"match": {"colour": "red"}}, "/match/colour"),
        ({"match": {"status": "one"}}, "/match/status"),
        ({"count": {"exactly": 1, "min": 1}}, "/count"),
        ({"count": {"min": 3, "max": 2}}, "/count/max"),
        ({"count": {"min": -1}}, "/count/min"),
    ],
)
def test_an_expectation_that_says_nothing_is_refused(admin: Admin, body: Any, pointer: str) -> None:
    """A misspelt method or a bad expression would be fitted by nothing, and exactly 0 would be ok."""
    errors = admin.refused("POST", "/requests/verify", body)["errors"]
    assert errors[0]["pointer"].startswith(pointer)


def _long(mobile: str, size: int) -> dict[str, Any]:
    """Return a push whose body has about so many bytes; the record that matters stands at its end."""
    command = push(mobile)
    return {**command, "padding": "x" * size, "data": command["data"]}


def test_long_bodies_are_compared_whole(admin: Admin) -> None:
    """The journal shows 16 KiB of a body, but a batch of any usual length is compared to its last record."""
    reply: TestResponse = admin.send(push(*[str(9_000_000_000 + number) for number in range(1000)], MOBILE))
    assert reply.status_code == 200
    assert verify(admin, {"fields": {"mobilenumber": MOBILE}}, exactly=1)["ok"]
    shown = admin.ok("GET", "/requests/r000001")["request"]
    assert len(shown["body"]) == 16 * 1024 < shown["body_length"]
    assert admin.ok("GET", f"/requests?contains={MOBILE}")["total"] == 1


def test_what_cannot_be_compared_is_said_and_proves_nothing(admin: Admin) -> None:
    """A body that is not kept neither fits nor differs: no count that it could spoil is ok."""
    admin.send(_long(MOBILE, LONG))
    match = {"fields": {"mobilenumber": MOBILE}}
    counts: list[Any] = [{"min": 1}, {"exactly": 0}, {"max": 0}]
    for count in counts:
        found = verify(admin, match, **count)
        assert (found["ok"], found["matched"], found["not_compared"]) == (False, 0, ["r000001"])
        assert "could not be compared" in found["text"]
    # what the journal knows without the body is enough to tell it from others
    assert verify(admin, {**match, "method": "getProcessData"}, exactly=0)["ok"]
    assert verify(admin, {"method": METHOD}, exactly=1)["ok"]


def test_what_the_journal_forgot_is_counted_against_an_upper_bound() -> None:
    """Nobody can say that something happened at most once when older requests are gone."""
    admin = Admin(create_app(Service.start(Settings(clock="frozen", journal=2))).test_client())
    for _ in range(3):
        admin.send(push())
    assert verify(admin, min=2)["ok"]
    found = verify(admin, {"fields": {"mobilenumber": OTHER_MOBILE}}, exactly=0)
    assert (found["ok"], found["forgotten"]) == (False, 1)
    assert "the journal has forgotten 1" in found["text"]
    admin.ok("DELETE", "/requests")
    assert verify(admin, exactly=0)["ok"]


def test_the_journal_is_filtered_by_what_users_look_for(admin: Admin) -> None:
    """By key, rule, edition, HTTP status and any text of the request, percent-encoded or not."""
    admin.send(push(MOBILE))
    admin.send(push(OTHER_MOBILE, servicekey="nobody"))
    admin.send(b"data=%7B%22method%22:%22caf%C3%A9+latte%22%7D")
    admin.send(push(), headers={"X-Mock-Quirk": "nonsense"})
    rule = admin.ok("GET", "/requests/r000002")["rule"]

    def ids(query: str) -> list[str]:
        return [each["id"] for each in admin.ok("GET", f"/requests?{query}")["requests"]]

    assert ids("servicekey=nobody") == ids(f"rule={rule}") == ids(f"contains={OTHER_MOBILE}") == ["r000002"]
    assert ids("http_status=400") == ["r000004"]
    assert ids("contains=caf%C3%A9%20latte") == ["r000003"]
    assert ids("edition=web") == []
    assert ids(f"contains={MOBILE}&method={METHOD}") == ["r000001"]


def test_too_many_are_named(admin: Admin) -> None:
    """Where more fit than may, the text names those that do, the youngest first, and nothing is a near miss."""
    for _ in range(6):
        admin.send(push())
    admin.send({"method": "getActiveUserList", "apikey": "test_org"})
    found = verify(admin, {"method": METHOD}, exactly=0)
    assert (found["ok"], found["matched"], found["near_misses"]) == (False, 6, [])
    told = [f"  r{number:06d} {METHOD} fits" for number in (6, 5, 4, 3, 2)]
    assert found["text"].splitlines()[1:] == [*told, "  and 1 more"]


def test_the_status_of_a_record_is_not_that_of_the_command(admin: Admin) -> None:
    """Who asks the whole command for what one of its records was answered is told what it is called."""
    admin.send(push("12345"))
    (near,) = verify(admin, {"method": METHOD, "status": "043"})["near_misses"]
    told = (
        f'r000001 {METHOD}: status: expected "043", got 1 (one of its records has it: that is record_status)'
    )
    assert near["text"] == told
    assert verify(admin, {"method": METHOD, "record_status": 43})["ok"]
