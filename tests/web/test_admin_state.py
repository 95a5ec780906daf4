"""The journal and the state through the admin API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.sandbox import Plan
from mockserver.web.admin_http import encode, encode_rows
from tests.web.admin_client import METHOD, MOBILE, OTHER_MOBILE, push

if TYPE_CHECKING:
    from mockserver.service import Service
    from tests.web.admin_client import Admin


@pytest.fixture
def journal(admin: Admin) -> Admin:
    """A sandbox that has answered three commands: well, refused, and by another tenant, a minute apart."""
    admin.ok("PUT", "/clock", {"mode": "frozen", "now": "2018-11-12 14:00:00"})
    for command in (push(), push() | {"media": "99"}, push(apikey="nobody")):
        admin.send(command)
        admin.ok("POST", "/clock/advance", {"seconds": 60})
    return admin


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [3, 2, 1]),
        ("limit=2", [3, 2]),
        ("limit=0", []),
        (f"method={METHOD}", [3, 2, 1]),
        ("method=getUserState", []),
        ("status=17", [2]),
        ("status=017", [2]),
        ("apikey=nobody", [3]),
        ("apikey=test_org&status=1", [1]),
        ("since=2018-11-12+14:01:00", [3, 2]),
        ("since=2018-11-12%2014:01:01", [3]),
        ("since=r000001", [3, 2]),
    ],
)
def test_the_journal_can_be_filtered(journal: Admin, query: str, numbers: list[int]) -> None:
    """The journal lists newest first what fits every filter (SIM-20)."""
    found = journal.ok("GET", f"/requests?{query}")
    assert [each["id"] for each in found["requests"]] == [f"r{number:06d}" for number in numbers]
    assert found["total"] == (len(numbers) if "limit" not in query else 3)


def test_an_exchange_tells_everything(journal: Admin) -> None:
    """One exchange has id, method, edition, rule, changes of the state, request and reply (SIM-20)."""
    found = journal.ok("GET", "/requests/r000001")
    assert (found["method"], found["edition"], found["status"]) == (METHOD, "1.0.6", 1)
    assert {table: counts["inserted"] for table, counts in found["changes"].items()} == {
        "customers": 1, "calls": 1,
    }  # fmt: skip
    assert json.loads(found["request"]["body"].removeprefix("data=")) == push()
    assert json.loads(found["reply"]["body"])["statusdata"][0]["mobilenumber"] == MOBILE
    refused = journal.ok("GET", "/requests/r000002")
    assert (refused["rule"], refused["changes"]) == ("IPD106-35", {})
    assert refused["violations"][0]["pointer"] == "/media"


def test_a_cleared_journal_counts_on(journal: Admin) -> None:
    """Clearing forgets the exchanges but gives no id twice."""
    journal.ok("DELETE", "/requests")
    assert journal.ok("GET", "/requests") == {"total": 0, "requests": []}
    assert journal.send(push()).headers["X-Mock-Request-Id"] == "r000004"


def test_a_dump_can_be_loaded(admin: Admin) -> None:
    """What GET state gives PUT state takes, in another sandbox too, and commands go on from there (SIM-21)."""
    admin.send(push())
    dump = admin.ok("GET", "/state")
    admin.ok("POST", "/sandboxes", {"key": "one"})
    counts = admin.ok("PUT", "/sandboxes/one/state", dump)["tables"]
    assert counts == {name: len(rows) for name, rows in dump["tables"].items()}
    assert admin.ok("GET", "/sandboxes/one/state") == dump
    here, there = admin.send(push(OTHER_MOBILE)).json, admin.send(push(OTHER_MOBILE), "one").json
    assert here is not None
    assert here["statusdata"] == (there or {})["statusdata"]


def test_a_dump_of_a_busy_floor_can_be_loaded(admin: Admin) -> None:
    """The counters of system call ids have eighteen digits, and are loaded like any other."""
    admin.ok("POST", "/sandboxes", {"key": "busy", "dialler": "auto", "clock": {"mode": "frozen"}})
    admin.send(push("1110001006") | {"servicekey": "VoiceProcess"}, "busy")
    admin.ok("POST", "/sandboxes/busy/clock/advance", {"seconds": 60})
    dump = admin.ok("GET", "/sandboxes/busy/state")
    assert dump["counters"]["systemcallid"] > 10**17
    admin.ok("PUT", "/sandboxes/busy/state", dump)
    assert admin.ok("GET", "/sandboxes/busy/state") == dump


def test_a_process_may_have_no_template(admin: Admin) -> None:
    """Where a loaded process says nothing of its form, a search finds its customers all the same."""
    admin.send(push())
    dump = admin.ok("GET", "/state")
    for row in dump["tables"]["processes"]:
        del row["template"]
    admin.ok("PUT", "/state", dump)
    search = {"method": "getProcessData", "apikey": "test_org", "servicekey": "MUMBAI_CRM_OBD"}
    found = {"searchparam": "mobilenumber", "mobilenumber": [MOBILE]}
    reply = admin.send(search | found)
    assert (reply.json or {})["statuscode"] == "001", reply.text


def test_a_loaded_state_is_looked_up_at_once(admin: Admin) -> None:
    """Nothing that was remembered of the tenants outlives a load (SIM-21)."""
    assert admin.status(push()) == 1
    dump = admin.ok("GET", "/state")
    for row in dump["tables"]["processes"]:
        row["enabled"] = False
    admin.ok("PUT", "/state", dump)
    assert admin.status(push()) == 1108


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda dump: dump["tables"]["users"][1].update({"#": 1}), "table users, row 2"),
        (lambda dump: dump["tables"]["users"][0].update(logn="x"), "logn"),
        (lambda dump: dump["tables"].update(user=[]), "user"),
        (lambda dump: dump["tables"]["processes"][0].update(quirks={"overlng": "reject"}), "overlong"),
        (lambda dump: dump["tables"]["processes"][0].update(quirks={"lenient_json": "on"}), "process"),
        (lambda dump: dump["tables"]["processes"][0].update(edition="1.0.7"), "1.0.6"),
        (lambda dump: dump["counters"].update({"test_org/userid": 1.5}), "integer"),
        (lambda dump: dump.pop("counters"), "counters"),
    ],
)
def test_a_dump_that_does_not_fit_changes_nothing(admin: Admin, spoil: Any, says: str) -> None:
    """A state is loaded whole or not at all, and the problem says what does not fit (SIM-21)."""
    before = admin.client.get("/__admin/state").data
    dump = json.loads(before)
    spoil(dump)
    problem = admin.refused("PUT", "/state", dump)
    assert problem["status"] == 422
    assert says in str(problem["errors"])
    assert admin.client.get("/__admin/state").data == before


def spoiled(table: str, column: str, value: Any, row: int = 1) -> Any:
    """Return what puts a value into a row of a dump."""
    return lambda dump: dump["tables"][table][row].update({column: value})


def timed(at: str) -> Any:
    """Return what puts a timer of that time into a dump."""
    timer = {"#": 1, "at": at, "kind": "due", "tenant": "test_org", "subject": 795, "data": None}
    return lambda dump: dump["tables"]["timers"].append(timer)


@pytest.mark.parametrize(
    ("spoil", "pointer", "says"),
    [
        (spoiled("users", "status", 12), "/tables/users/1/status", "0 (logged out), 1 (Ready)"),
        (spoiled("users", "status", True), "/tables/users/1/status", "integer"),
        (spoiled("users", "tenant", "test_orgs"), "/tables/users/1/tenant", "test_org?"),
        (spoiled("processes", "tenant", "x"), "/tables/processes/1/tenant", "one of "),
        (spoiled("calls", "tenant", "x"), "/tables/calls/1/tenant", "test_org"),
        (spoiled("users", "login", "DINESH.S@avhan.com", 2), "/tables/users/2/login", "for one tenant"),
        (spoiled("calls", "status", "talked"), "/tables/calls/1/status", "talking"),
        (spoiled("recordings", "url", "no link"), "/tables/recordings/1/url", "uri"),
        (spoiled("recordings", "seconds", -1), "/tables/recordings/1/seconds", "at least 0"),
        (lambda dump: dump["tables"].update(user=[]), "/tables/user", "users?"),
        (timed("0000-01-01 00:00:00.000"), "/tables/timers/0/at", "a time of the calendar"),
        (timed("2026-02-30 10:00:00.000"), "/tables/timers/0/at", "a time of the calendar"),
        (spoiled("users", "logn", "x"), "/tables", "rows as GET"),
        (
            spoiled("processes", "masters", [{"id": 1, "reasons": ["1"]}]),
            "/tables/processes/1/masters/0/reasons/0",
            "object",
        ),
        (spoiled("customers", "customercode", 2**64), "/tables/customers/1/customercode", "at most"),
        (lambda dump: dump["counters"].update(x=2**64), "/counters/x", "at most"),
    ],
)
def test_a_state_that_cannot_be_is_refused(admin: Admin, spoil: Any, pointer: str, says: str) -> None:
    """What no sandbox could hold is 422 with its place and what was expected (AM-70, REF-07, RAD-05, SIM-21)."""
    dump = admin.ok("GET", "/state")
    spoil(dump)
    (error,) = admin.refused("PUT", "/state", dump)["errors"]
    assert error["pointer"] == pointer
    assert says in error["expected"]


def test_a_user_of_another_tenant_may_share_a_login(admin: Admin) -> None:
    """Logins are those of one tenant; rows that name no login, and no status, are as good as any (RAD-05)."""
    dump = admin.ok("GET", "/state")
    dump["tables"]["users"][1] |= {"login": "DINESH.S@avhan.com", "tenant": "expired_org", "status": None}
    dump["tables"]["users"] += [{"#": 900, "tenant": "test_org"}, {"#": 901, "tenant": "test_org"}]
    admin.ok("PUT", "/state", dump)


def test_users_without_an_id_are_listed(admin: Admin) -> None:
    """A user of a loaded state that has no id stands behind those that have one, with a blank (AM-04)."""
    dump = admin.ok("GET", "/state")
    del dump["tables"]["users"][0]["userid"]
    admin.ok("PUT", "/state", dump)
    command = {"method": "getActiveUserList", "apikey": "test_org", "servicekey": "VoiceProcess"}
    listed = (admin.send(command).json or {})["activeuserlist"]
    ids = [each["uniqueuserid"] for each in listed]
    assert ids[-1] == ""
    assert ids[:-1] == sorted(ids[:-1], key=int)


def test_a_table_is_read_in_portions(admin: Admin) -> None:
    """Offset and limit cut a table, oldest row first; without a limit all of it comes."""
    whole = admin.ok("GET", "/state/processes")
    assert whole["total"] == len(whole["rows"]) > 10
    assert list(whole["rows"][0])[:3] == ["#", "tenant", "name"]
    part = admin.ok("GET", "/state/processes?offset=3&limit=4")
    assert (part["rows"], part["total"], part["offset"]) == (whole["rows"][3:7], whole["total"], 3)
    assert admin.ok("GET", "/state/processes?offset=999")["rows"] == []


def test_long_tables_come_whole(admin: Admin) -> None:
    """A table that is written in portions is one JSON list, in the dump as well as alone."""
    admin.ok("POST", "/sandboxes", {"key": "one", "preset": "demo", "customers": 1203})
    rows = admin.ok("GET", "/sandboxes/one/state/customers")["rows"]
    assert rows == admin.ok("GET", "/sandboxes/one/state")["tables"]["customers"]
    assert [row["#"] for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) > 1203


def test_a_dump_does_not_wait_for_the_lock_long(
    service: Service, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a dump is written the sandbox's lock is free, so that commands are answered."""
    from mockserver.web import admin_state

    sandbox = service.registry.create(Plan(), "one")
    free: list[bool] = []

    def watched(rows: Any) -> bytes:
        import threading

        def probe() -> None:
            free.append(sandbox.lock.acquire(blocking=False))
            if free[-1]:
                sandbox.lock.release()

        thread = threading.Thread(target=probe)
        thread.start()
        thread.join()
        list(rows)
        return b"[]"

    monkeypatch.setattr(admin_state, "encode_rows", watched)
    admin.ok("GET", "/sandboxes/one/state")
    admin.ok("GET", "/sandboxes/one/state/customers")
    admin.ok("GET", "/sandboxes/one/requests")
    assert len(free) > 3
    assert all(free)


def test_anything_can_be_written() -> None:
    """Numbers over 64 bits and half surrogate pairs, which the quick writer refuses, are written as well."""
    document = {"large": 2**70, "half": "\ud800", "text": "कविता"}
    assert json.loads(encode(document)) == document
    rows = [document] * 1001
    assert json.loads(encode_rows(rows)) == rows
    assert encode_rows([]) == b"[]"


@pytest.mark.parametrize("value", ["\\ud800", "ok \\u0000", "😀"])
def test_whatever_a_client_sent_can_be_shown(admin: Admin, value: str) -> None:
    """Strange text in a command breaks neither the journal nor a dump of the state (SIM-20)."""
    raw = json.dumps(push()).replace('"1"', f'"{value}"')
    admin.send(b"data=" + raw.encode())
    strange = json.dumps(push(apikey="X")).replace('"X"', f'"{value}"')
    admin.send(b"data=" + strange.encode())
    assert admin.ok("GET", "/requests")["total"] == 2
    assert admin.ok("GET", "/requests/r000002")["id"] == "r000002"
    admin.ok("GET", "/state")
