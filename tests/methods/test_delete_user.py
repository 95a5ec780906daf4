"""deleteUser: what it takes, every status of it, which of two faults answers, and what is left of the user."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import pytest

from tests.api import NOW_TEXT
from tests.methods.helpers import FWEB, GONE, examples, exchange, printed, rows, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.api import Answer, Api

DINESH = "dinesh.s@avhan.com"
NOBODY = "nobody@avhan.com"
ORPHAN = "orphan@avhan.com"
USER12 = "user12@avhan.com"
POLICY = "MsQgi5/gKVZusW5XziRf76nHbn9JxU4VDSWwongD5dU="
ENFORCED: dict[str, Any] = {"require_reqdatetime": "on"}


def delete(api: Api, quirks: Mapping[str, Any] | None = None, **changes: Any) -> Answer:
    """Send the printed deletion, of the seeded user12 unless another login is given."""
    return api.post(printed("GV-23", **{"loginid": USER12, **changes}), **(quirks or {}))


class Row(NamedTuple):
    """One status: text, ledger row and evidence, and what provokes it."""

    code: int
    text: str
    rule: str
    evidence: str
    changes: Mapping[str, Any]
    quirks: Mapping[str, Any] = {}


BLANKS: list[Any] = ["", " \t", None, [], {}]
INVALID: list[Any] = ["user10", "a b@c", "@b", "a@", "a@b@c", 5, True, 1.5, ["a@b"], {"a": "a@b"}]

STATUSES = [
    Row(1, "success", "DEL-11", "by-example", {}),
    Row(406, "loginid not found", "DEL-12", "stated", {"loginid": GONE}),
    *(Row(407, "loginid is blank", "DEL-13", "stated", {"loginid": each}) for each in BLANKS),
    *(Row(408, "loginid is invalid", "DEL-14", "stated", {"loginid": each}) for each in INVALID),
    Row(418, "loginid not exists", "DEL-15", "stated", {"loginid": NOBODY}),
    Row(418, "loginid not exists", "DEL-15", "stated", {"apikey": POLICY}),
    Row(461, "clientlogin id does not exists", "DEL-16", "inferred", {"loginid": ORPHAN}),
    Row(5, "-", "DEL-17", "by-example", {"apikey": "nodb_org"}),
    Row(5, "-", "DEL-17", "by-example", {"reqdatetime": GONE}, ENFORCED),
    Row(5, "-", "DEL-17", "by-example", {"reqdatetime": ""}, ENFORCED),
    Row(5, "-", "DEL-17", "by-example", {"reqdatetime": "soon"}, ENFORCED),
    Row(1107, "api key not found", "AUTH-01", "stated", {"apikey": "no_such_org"}),
    Row(1107, "api key not found", "AUTH-01", "stated", {"apikey": ["test_org"]}),
    Row(48, "API key expired", "AUTH-04", "inferred", {"apikey": "expired_org"}),
]


@pytest.mark.parametrize("row", STATUSES)
def test_every_status_has_its_trigger(api: Api, row: Row) -> None:
    """DEL-11..DEL-17, GEN-05, GEN-16, GEN-17, E-112, E-114: code, text, row, evidence, and FWEB (DEL-07)."""
    before = api.sandbox.store.dump()
    answer = delete(api, row.quirks, **row.changes)
    assert told(api, answer) == (row.code, row.rule, row.evidence, row.text)
    assert answer.http_status == 200
    assert answer.shape == FWEB
    word = "success" if row.code == 1 else "fail"
    assert list(answer.body.values()) == ["deleteUser", "1", row.code, word, NOW_TEXT]
    if row.code != 1:
        assert api.sandbox.store.dump() == before
        worded = delete(api, {**row.quirks, "web_fail_desc": "table"}, **row.changes)
        assert worded.body["statusdesc"] == ("fail" if row.text == "-" else row.text)


@pytest.mark.parametrize("name", ["GV-23", "GV-24"])
def test_the_printed_answers(api: Api, name: str) -> None:
    """GV-23, GV-24, DEL-05, DEL-07: byte for byte as printed, but for the time."""
    if name == "GV-23":
        api.post(printed("GV-20"))
    text = orjson.dumps(dict(examples()[name]["reply"], resdatetime=NOW_TEXT))
    assert api.post(printed(name)).raw == text


def test_status_and_revision_of_a_success(api: Api) -> None:
    """1 as printed or 3 as in the output table; the revision is text unless the quirk makes it a number (DEL-06, E-113, REF-14)."""
    for status in ("1", "3"):
        for value, revision in (("example", "1"), ("int", 1), ("string", "1")):
            api.sandbox.reset()
            quirks = {"delete_success_status": status, "revisionno_type": value}
            done, failed = delete(api, quirks), delete(api, quirks)
            assert (done.status, done.body["revisionno"]) == (int(status), revision)
            assert (failed.status, failed.body["revisionno"]) == (418, revision)
            assert [key for key, _ in done.shape] == list(examples()["GV-23"]["reply"])


FORCED = {
    5: "-", 406: "loginid not found", 407: "loginid is blank", 408: "loginid is invalid",
    418: "loginid not exists", 461: "clientlogin id does not exists", 67: "Data not found",
    2: "Wrong format of received request", 48: "API key expired", 1107: "api key not found",
    1108: "Service key not found", 1243: "Service Key API Key Not matching",
}  # fmt: skip


@pytest.mark.parametrize("way", ["login", "queue"])
@pytest.mark.parametrize("code", FORCED)
def test_forced_statuses(api: Api, code: int, way: str) -> None:
    """force.<code>@mock.test and a queued code answer before the method's checks, and delete nobody (SIM-24, AM-14, DEL-10)."""
    if way == "queue":
        api.sandbox.forced.add(code)
    before = api.sandbox.store.dump()
    login: dict[str, Any] = {"loginid": f"force.{code}@mock.test"} if way == "login" else {}
    answer = delete(api, **login)
    assert told(api, answer)[0::3] == (code, FORCED[code])
    assert told(api, answer)[2] == "forced"
    assert list(answer.body.values()) == ["deleteUser", "1", code, "fail", NOW_TEXT]
    assert api.sandbox.store.dump() == before


@pytest.mark.parametrize(
    "login", ["force.1@mock.test", "force.3@mock.test", "force.403@mock.test", "force.0406@mock.test", "Force.406@mock.test"]
)  # fmt: skip
def test_logins_that_are_no_magic(api: Api, login: str) -> None:
    """A success, a code of another table or another spelling is a login nobody has (AM-14, SIM-24)."""
    assert delete(api, loginid=login).status == 418


TAKEN: list[tuple[str, Any]] = [
    ("loginid", "USER12@avhan.com"), ("loginid", f" {USER12}\n"), ("reqdatetime", GONE), ("reqdatetime", None),
    ("reqdatetime", "2026-10-2 5:7:9"), ("reqdatetime", "never"), ("reqdatetime", 5), ("unheard_of", [1]),
    ("servicekey", "NoSuchProcess"), ("servicekey", "process1"), ("servicekey", "DisabledProcess"),
    ("servicekey", "UnmappedProcess"), ("servicekey", "FORCE_406"), ("servicekey", ""), ("servicekey", 7),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), TAKEN)
def test_what_is_taken(api: Api, field: str, value: Any) -> None:
    """Logins in any case, any request time, and service keys of all kinds, which are ignored (DEL-01..DEL-04, AUTH-10)."""
    assert delete(api, **{field: value}).status == 1
    assert not rows(api, "users", login=USER12)


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [("method", "deleteuser", 2), ("method", "deleteUser ", 2), ("apikey", "Test_Org", 1107), ("apikey", "test_org ", 1107)],
)  # fmt: skip
def test_method_and_key_are_taken_to_the_letter(api: Api, field: str, value: Any, status: int) -> None:
    """Neither the name of the method nor the key is trimmed or folded (DEL-01, DEL-02)."""
    assert delete(api, **{field: value}).status == status


def test_logins_to_the_letter(api: Api) -> None:
    """Under ``login_match=exact`` another case is another login (DEL-03)."""
    exact = {"login_match": "exact"}
    assert delete(api, exact, loginid=USER12.upper()).status == 418
    assert delete(api, exact).status == 1


ORDER: list[tuple[int, str, dict[str, Any]]] = [
    (1107, "apikey", {"apikey": "no_such_org"}),
    (48, "apikey", {"apikey": "expired_org"}),
    (5, "apikey", {"apikey": "nodb_org"}),
    (461, "", {"loginid": "force.461@mock.test"}),
    (406, "loginid", {"loginid": GONE}),
    (407, "loginid", {"loginid": ""}),
    (408, "loginid", {"loginid": "user10"}),
    (5, "reqdatetime", {"reqdatetime": "soon"}),
    (418, "loginid", {"loginid": NOBODY}),
    (461, "loginid", {"loginid": ORPHAN}),
]
"""DEL-10 with the gate in front; the enforced request time stands where AM-07 puts it."""


@pytest.mark.parametrize("place", range(len(ORDER)), ids=lambda place: f"{place}-{ORDER[place][0]}")
def test_the_earlier_fault_answers(api: Api, place: int) -> None:
    """With any later fault beside it, a fault is still the one that is told, field and all (DEL-10)."""
    code, field, changes = ORDER[place]
    for more in ({}, *(later for _, _, later in ORDER[place + 1 :])):
        if more.keys() & changes.keys():
            continue
        answer = delete(api, ENFORCED, **more, **changes)
        found = exchange(api).violation
        assert found is not None
        assert (answer.status, found.field) == (code, field), more


def test_there_are_pairs_enough() -> None:
    """The order above makes more than twenty pairs, so the test of it is not empty (DEL-10)."""
    pairs = [(one, two) for one, two in combinations(ORDER, 2) if not one[2].keys() & two[2].keys()]
    assert len(pairs) > 20


def test_a_deleted_user_is_unknown_everywhere(api: Api) -> None:
    """418 again, no edit, no status, no disposition, no reallocation to him, and no line in the list (DEL-08, DEL-15)."""
    listing = {"method": "getActiveUserList", "apikey": "test_org", "servicekey": "VoiceProcess"}
    asked: list[tuple[dict[str, Any], Any]] = [
        (printed("GV-25", loginids=[DINESH]), lambda answer: answer.body["statusdata"][0]["status"]),
        (printed("GV-22", loginid=DINESH), lambda answer: answer.status),
        (printed("GV-13", login=DINESH), lambda answer: answer.body.get("status", 1)),
        (listing, lambda answer: any(each["username"] == "Dinesh" for each in answer.body["activeuserlist"])),
    ]
    assert api.post(listing).raw.count(b'"Dinesh"') == 1
    assert asked[0][1](api.post(asked[0][0])) == 3
    assert delete(api, loginid=DINESH).status == 1
    assert delete(api, loginid=DINESH).status == 418
    assert [read(api.post(command)) for command, read in asked] == [4, 406, 72, False]
    assert api.post(printed("GV-15")).status == 4


def test_his_open_entries_stay_his_until_somebody_else_gets_them(api: Api) -> None:
    """The entry keeps the login of the deleted user; a reallocation gives it to another one (DEL-08)."""
    (before,) = rows(api, "calls", tenant="test_org", calllistid=795)
    assert (before["login"], before["status"]) == (DINESH, "queued")
    dump = api.sandbox.store.dump()
    delete(api, loginid=DINESH)
    assert rows(api, "calls", tenant="test_org", calllistid=795) == [before]
    after = api.sandbox.store.dump()
    assert [name for name in dump["tables"] if dump["tables"][name] != after["tables"][name]] == ["users"]
    api.post(printed("GV-13", contactnumber=before["contact"], login="tanmay.k"))
    assert exchange(api).status == 1
    assert rows(api, "calls", tenant="test_org", calllistid=795)[0]["login"] == "tanmay.k"


def test_nobody_is_deleted_unasked(api: Api) -> None:
    """Users go when the API is called and not before, however much time passes (DEL-09)."""
    before = [row["login"] for row in rows(api, "users", tenant="test_org")]
    api.sandbox.clock.advance(timedelta(days=3650))
    assert delete(api).status == 1
    after = [row["login"] for row in rows(api, "users", tenant="test_org")]
    assert after == [login for login in before if login != USER12]


def test_adding_him_again_gives_a_new_id(api: Api) -> None:
    """The id of a deleted user is never given again, and nothing of him comes back (DEL-08)."""
    assert api.post(printed("GV-20")).body["userid"] == 124
    for number in (125, 126):
        assert api.post(printed("GV-23")).status == 1
        assert api.post(printed("GV-20", city=GONE)).body["userid"] == number
        (row,) = rows(api, "users", login="Batman12@avhan.com")
        assert "city" not in row["fields"]
