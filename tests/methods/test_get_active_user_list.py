"""getActiveUserList: the tenth method, as the one client that is known calls it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.api import FORM, NOW_TEXT
from tests.methods.disposing import add, put
from tests.methods.helpers import FWEB, GONE, printed, told

if TYPE_CHECKING:
    from tests.api import Api

KEYS = ["username", "uniqueuserid", "userimage", "department", "currentstatusid"]
TYPES = ["str", "str", "str", "str", "int"]
TEST_ORG = [
    ("Dinesh", "101", 7), ("Tanmay", "102", 1), ("Tanmay (dev1)", "103", 1), ("Rupesh", "104", 1), ("Test", "105", 1),
    ("Test (avha)", "106", 1), ("User 1", "107", 1), ("User 10", "108", 11), ("User 12", "109", 0), ("Orphan", "110", 0),
]  # fmt: skip


def asked(**changes: Any) -> dict[str, Any]:
    """The command as the client builds it, month unpadded, with changes."""
    command = {
        "flag": "2", "method": "getActiveUserList", "apikey": "test_org", "servicekey": "VoiceProcess",
        "reqdatetime": "2026-0-2 3:4:5", **changes,
    }  # fmt: skip
    return {name: value for name, value in command.items() if value is not GONE}


def listed(api: Api, **changes: Any) -> list[dict[str, Any]]:
    """The users listed, each checked for its keys and types."""
    answer = api.post(asked(**changes))
    assert answer.shape == [("method", "str"), ("activeuserlist", "list"), ("resdatetime", "str")]
    found: list[dict[str, Any]] = answer.body["activeuserlist"]
    for user in found:
        assert list(user) == KEYS
        assert [type(value).__name__ for value in user.values()] == TYPES
    return found


def test_the_whole_answer(api: Api) -> None:
    """AM-04, SEED-13: byte for byte: all users of the tenant by id, whatever they are doing, and the sandbox's time."""
    users = [
        dict(zip(KEYS, [name, number, "", "", status], strict=True)) for name, number, status in TEST_ORG
    ]
    expected = {"method": "getActiveUserList", "activeuserlist": users, "resdatetime": NOW_TEXT}
    answer = api.post(asked(), content_type=f"{FORM}; charset=UTF-8")
    assert answer.raw == json.dumps(expected, separators=(",", ":")).encode()
    assert (answer.http_status, answer.header("Access-Control-Allow-Origin")) == (200, "*")
    assert told(api, answer) == (1, "AM-04", "client", "-")
    assert answer.warned == ["AM-07"]


@pytest.mark.parametrize("edition", ["1.0.6", "web"])
def test_both_editions_answer_alike(api: Api, edition: str) -> None:
    """AM-04, GEN-19: the method stands in no edition's document."""
    assert api.post(asked(), edition=edition).raw == api.post(asked()).raw


@pytest.mark.parametrize(
    ("changes", "warned"),
    [
        ({"flag": GONE}, ["AM-07"]), ({"flag": None}, ["AM-07"]), ({"flag": ["x"]}, ["AM-07"]), ({"flag": 1}, ["AM-07"]),
        ({"reqdatetime": GONE}, ["GEN-18"]), ({"reqdatetime": "x"}, ["AM-07"]),
        ({"reqdatetime": "2026-10-02 03:04:05"}, []),
        ({"reqdatetime": "2026-10-02 03:04:05", "colour": "red"}, ["GEN-10"]),
        ({"servicekey": "VoiceInOut"}, ["AM-07"]),
    ],
)  # fmt: skip
def test_what_makes_no_difference(api: Api, changes: dict[str, Any], warned: list[str]) -> None:
    """AM-04, AM-07, GEN-10, GEN-18: flag is optional and ignored; the process does not narrow the list."""
    before = api.sandbox.store.dump()
    answer = api.post(asked(**changes))
    assert answer.raw == api.post(asked()).raw
    assert answer.warned == warned
    assert api.sandbox.store.dump() == before


def test_users_come_and_go(api: Api) -> None:
    """AM-04, AM-44: a user added, changed, set to another status and deleted is listed as he is, in order of the ids."""
    assert api.post(printed("GV-20", loginid="fresh@avhan.com")).status == 3
    put(api, "user1", 5)
    image = "http://x/a.jpg"
    api.change("users", {"tenant": "test_org", "login_key": "user1"}, image=image, userid=99)
    gone = {"method": "deleteUser", "apikey": "test_org", "loginid": "dinesh.s@avhan.com"}
    assert api.post(gone).body["statusdesc"] == "success"
    found = listed(api)
    assert [user["uniqueuserid"] for user in found] == [
        "99",
        *(str(n) for n in (*range(102, 107), 108, 109, 110, 124)),
    ]
    assert list(found[0].values()) == ["User 1", "99", image, "", 5]
    assert found[-1]["currentstatusid"] == 0


def test_a_tenant_of_its_own(api: Api) -> None:
    """AM-04: only the tenant's users; a tenant without any has an empty list, a bare loaded row is told all the same."""
    other = {"apikey": "expiring_org", "servicekey": "ExpiringProcess"}
    assert listed(api, **other) == []
    add(api, "users", userid=1, login="bare", login_key="bare")
    assert list(listed(api)[0].values()) == ["", "1", "", "", 0]
    assert listed(api, **other) == []


@pytest.mark.parametrize(
    ("row", "change"),
    [
        ((5, "AM-04", "client", "-"), {"apikey": "nodb_org", "servicekey": "NoDbProcess"}),
        ((1107, "AUTH-01", "stated", "api key not found"), {"apikey": "no_such_org"}),
        ((1107, "AUTH-01", "stated", "api key not found"), {"apikey": GONE}),
        ((48, "AUTH-04", "inferred", "API key expired"), {"apikey": "expired_org"}),
        ((1108, "AUTH-02", "stated", "Service key not found"), {"servicekey": GONE}),
        ((1108, "AUTH-07", "inferred", "Service key not found"), {"servicekey": "DisabledProcess"}),
        ((1243, "AUTH-03", "stated", "Service Key API Key Not matching"), {"servicekey": "process1"}),
        ((1243, "AUTH-05", "inferred", "Service Key API Key Not matching"), {"servicekey": "UnmappedProcess"}),
        ((5, "AM-04", "forced", "-"), {"servicekey": "FORCE_5"}),
        ((2, "TRN-31", "forced", "Wrong format of received request"), {"servicekey": "FORCE_2"}),
        ((1108, "AUTH-02", "stated", "Service key not found"), {"servicekey": "FORCE_4"}),
    ],
)  # fmt: skip
def test_failures(api: Api, row: tuple[int, str, str, str], change: dict[str, Any]) -> None:
    """AM-04, AUTH-06, AUTH-07, AUTH-16, SIM-23: FWEB with the common codes, and 5 without a database."""
    answer = api.post(asked(**change))
    assert answer.shape == FWEB
    assert list(answer.body.values()) == ["getActiveUserList", "1", row[0], "fail", NOW_TEXT]
    assert told(api, answer) == row


@pytest.mark.parametrize(
    ("time", "accepted"),
    [(GONE, False), (" ", False), (5, False), ("2026-0-2 3:4:5", False), ("2026-1-2 3:4:5", True)],
)
def test_a_request_time_that_is_enforced(api: Api, time: Any, accepted: bool) -> None:
    """AM-04, AM-07, GEN-18: the quirk asks for a readable one, else 5."""
    answer = api.post(asked(reqdatetime=time), require_reqdatetime="on")
    assert ("activeuserlist" in answer.body) == accepted
    assert accepted or answer.status == 5
