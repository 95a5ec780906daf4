"""saveDisposition: what it does to the state, and to whom when many come at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.app import create_app
from tests.api import NOW_TEXT, UNTOUCHED
from tests.methods.disposing import CALL, CALLBACK, DINESH, add, add_entry, dispose, entry, put, user
from tests.methods.helpers import GONE, printed, rows
from tests.web.admin_client import Admin

if TYPE_CHECKING:
    from tests.api import Api

NUMBER = "9874561320"
AHEAD = "2026-01-02 03:04:06"


def test_everything_a_disposition_does(api: Api) -> None:
    """DISP-16, DISP-17, DISP-07, SIM-12, AM-70, GEN-15: stored with the sandbox's time, entry done, agent ready since now; no more."""
    before = api.sandbox.store.dump()["tables"]
    assert api.post(printed("GV-15")).status == 3
    after = api.sandbox.store.dump()["tables"]
    assert {name for name in after if after[name] != before[name]} == {"dispositions", "calls", "users"}
    assert rows(api, "dispositions") == [
        {
            "tenant": "test_org", "process": "VoiceProcess", "login": DINESH, "master": 1, "reason": 1,
            "remarks": "This is testing remarks", "selected": "2018-11-01 17:00:00", "contact": NUMBER,
            "media": 11, "storedatetime": NOW_TEXT,
        }
    ]  # fmt: skip
    assert entry(api, 795)["status"] == "done"
    assert (user(api)["status"], user(api)["since"]) == (1, NOW_TEXT)
    assert api.journal()["changes"] == {
        "calls": {"inserted": 0, "updated": 1, "removed": 0},
        "dispositions": {"inserted": 1, "updated": 0, "removed": 0},
        "users": {"inserted": 0, "updated": 1, "removed": 0},
    }


@pytest.mark.parametrize("status", [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11])
def test_only_wrapup_will_do(api: Api, status: int) -> None:
    """DISP-16, DISP-22, E-84, STAT-19: of all user statuses only 7 may dispose; the rest are 6 and change nothing."""
    put(api, status=status)
    before = api.sandbox.store.dump()
    assert api.post(printed("GV-15")).status == 6
    assert api.sandbox.store.dump() == before


def test_wrapup_by_the_admin_route(api: Api) -> None:
    """DISP-16, DISP-22, SIM-12, AM-01: the agent is put into Wrapup again by hand and may dispose again."""
    assert [api.post(printed("GV-15")).status for _ in range(2)] == [3, 6]
    admin = Admin(create_app(api.service).test_client())
    path = f"/sandboxes/{api.sandbox.key}/simulation/users/{DINESH}/status"
    assert admin.ok("POST", path, {"status": "Wrapup"})["status"] == 7
    assert api.post(printed("GV-15")).status == 3


def test_the_agent_is_free_since_the_disposition(api: Api) -> None:
    """DISP-17, STAT-10, E-83: userStatus tells Ready from the second of the disposition on, Wrapup before it."""

    def told() -> tuple[int, int, str]:
        record = api.post(printed("GV-25", loginids=[DINESH])).body["statusdata"][0]
        return record["currentstatus"], record["duration"], record["statuschangetime"]

    assert told()[0] == 7
    assert api.post(printed("GV-15")).status == 3
    api.sandbox.clock.advance(timedelta(seconds=61))
    assert told() == (1, 61, "02-Jan-26 03:04:05 AM")


def test_an_agent_who_stays_in_wrapup(api: Api) -> None:
    """DISP-17, E-83: with disp_auto_ready=off he stays as he is, since the same moment, and may dispose once more."""
    before = user(api)
    for _ in range(2):
        assert api.post(printed("GV-15"), disp_auto_ready="off").status == 3
        assert user(api) == before
    assert entry(api, 795)["status"] == "done"
    assert len(rows(api, "dispositions")) == 2


@pytest.mark.parametrize(
    ("others", "closed"),
    [
        ([("queued", "user10"), ("wrapup", None), ("wrapup", DINESH)], 902),
        ([("queued", DINESH), ("wrapup", "user10"), ("dialling", None)], 900),
        ([("queued", DINESH), ("talking", DINESH), ("scheduled", DINESH)], 901),
        ([("scheduled", DINESH), ("dialling", DINESH), ("queued", DINESH)], 901),
        ([("scheduled", "user10"), ("scheduled", None), ("talking", "user10")], 901),
        ([("done", DINESH), ("stored", DINESH), ("queued", "user10")], 902),
        ([("done", DINESH), ("stored", None), ("speech", DINESH)], None),
        ([("queued", DINESH), ("queued", DINESH)], 900),
        ([], None),
    ],
)
def test_which_entry_is_closed(api: Api, others: list[tuple[str, str | None]], closed: int | None) -> None:
    """DISP-17, AM-02, AM-70: one open entry of the number: the agent's own, one of nobody's, anybody's; none is no error."""
    api.change("calls", {"tenant": "test_org", "calllistid": 795}, status="done")
    for number, (status, login) in enumerate(others, 900):
        add_entry(api, number, status, login)
    before = {row["calllistid"]: row["status"] for row in rows(api, "calls")}
    assert dispose(api).status == 3
    after = {row["calllistid"]: row["status"] for row in rows(api, "calls")}
    assert after == {**before, **({closed: "done"} if closed else {})}


def test_an_entry_of_elsewhere_stays_open(api: Api) -> None:
    """DISP-17: neither another process's entry of the number nor another number's entry is closed."""
    api.change("calls", {"tenant": "test_org", "calllistid": 795}, status="done")
    add_entry(api, 900, "wrapup", DINESH, process="VoiceInOut")
    add_entry(api, 901, "wrapup", DINESH, contact="9874561321")
    assert dispose(api).status == 3
    assert [entry(api, number)["status"] for number in (900, 901)] == ["wrapup"] * 2


@pytest.mark.parametrize("status", ["wrapup", "talking", "dialling", "queued", "scheduled"])
@pytest.mark.parametrize("sent", [NUMBER, GONE])
def test_the_named_call_is_closed(api: Api, status: str, sent: Any) -> None:
    """AM-02, DISP-17: Uniquesystemcallid names the entry, whosever number comes with it; without one the call's is stored."""
    add_entry(api, 900, status, DINESH, contact="9000000900", systemcallid="55512345")
    assert dispose(api, login=GONE, Uniquesystemcallid=55512345, contactvalue=sent).status == 3
    assert (entry(api, 900)["status"], entry(api, 795)["status"]) == ("done", "queued")
    (stored,) = rows(api, "dispositions")
    assert (stored["login"], stored["contact"]) == (DINESH, "9000000900" if sent is GONE else NUMBER)
    assert user(api)["status"] == 1


def test_a_named_call_that_is_over_leaves_it_to_the_number(api: Api) -> None:
    """AM-02, DISP-17: then the open entry of the number is closed; without a number there is none, which is no error."""
    assert dispose(api, login=GONE, Uniquesystemcallid=CALL).status == 3
    assert (entry(api, 795)["status"], entry(api, 483)["status"]) == ("done", "done")
    assert dispose(api, login=GONE, Uniquesystemcallid=CALL, contactvalue=GONE).status == 3
    assert rows(api, "dispositions")[-1]["contact"] == "9000000483"


@pytest.mark.parametrize(
    ("due", "status"), [("2018-11-01 17:00:00", "queued"), (NOW_TEXT, "queued"), (AHEAD, "scheduled")]
)
def test_a_callback_is_booked(api: Api, due: str, status: str) -> None:
    """DISP-18, AM-70, REF-04: call type 21, next call-list id, for the same agent at that time; counted once."""
    assert dispose(api, **CALLBACK, selecteddatetime=due).status == 3
    booked = entry(api, 796)
    waits = status == "queued"
    queue = {"queue": f"dial/{DINESH}", "place": f"1 {due} 000000000796"} if waits else {}
    assert booked == {
        "tenant": "test_org", "calllistid": 796, "process": "VoiceProcess", "contact": NUMBER, "login": DINESH,
        "calltype": 21, "due": due, "status": status, "systemcallid": None, "media": 12, "customercode": None,
        "storedatetime": NOW_TEXT, **UNTOUCHED, **queue,
    }  # fmt: skip
    assert rows(api, "callbacks", contact=NUMBER) == [
        {"tenant": "test_org", "process": "VoiceProcess", "contact": NUMBER, "count": 1}
    ]
    assert entry(api, 795)["status"] == "done"
    assert dispose(api, **CALLBACK, selecteddatetime=due).status == 3
    assert (entry(api, 797)["status"], entry(api, 796)["status"]) == (status, "done")


def test_a_plain_reason_books_nothing(api: Api) -> None:
    """DISP-18: whatever time comes with it."""
    assert dispose(api, selecteddatetime="2030-01-01 00:00:00").status == 3
    assert max(row["calllistid"] for row in rows(api, "calls", tenant="test_org")) == 795
    assert not rows(api, "callbacks", contact=NUMBER)


def test_the_callbacks_customer(api: Api) -> None:
    """DISP-18, DISP-17: the callback is about the customer of the entry closed, else the one who has the number."""
    columns = {"customercode": 77, "contact1": NUMBER, "crm": None, "fields": {}, "storedatetime": NOW_TEXT}
    add(api, "customers", process="VoiceProcess", **columns)
    assert dispose(api, **CALLBACK).status == 3
    assert entry(api, 796)["customercode"] == 77
    add_entry(api, 900, "wrapup", DINESH, customercode=78)
    assert dispose(api, **CALLBACK).status == 3
    assert entry(api, 797)["customercode"] == 78


def test_the_maximum_of_callbacks(api: Api) -> None:
    """DISP-18, DISP-27, SIM-15: three by default, per number and process; refused ones do not count, plain ones go on."""
    booked = [dispose(api, **CALLBACK).status for _ in range(4)]
    assert booked == [3, 3, 3, 33]
    assert user(api)["status"] == 7
    assert rows(api, "callbacks", contact=NUMBER)[0]["count"] == 3
    assert dispose(api).status == 3
    assert dispose(api, **CALLBACK, contactvalue="9874561321").status == 3
    masters = rows(api, "processes", name="VoiceProcess")[0]["masters"]
    api.change("processes", {"servicekey": "VoiceInOut"}, masters=masters, callback_maximum=1)
    there = {**CALLBACK, "servicekey": "VoiceInOut"}
    assert [dispose(api, **there).status for _ in range(2)] == [3, 33]
    api.change("processes", {"servicekey": "VoiceProcess"}, callback_maximum=4)
    assert [dispose(api, **CALLBACK).status for _ in range(2)] == [3, 33]
    api.change("processes", {"servicekey": "VoiceProcess"}, callback_maximum=0)
    assert dispose(api, **CALLBACK, contactvalue="9874561322").status == 33
    api.change("processes", {"servicekey": "VoiceProcess"}, callback_maximum=None)
    assert [dispose(api, **CALLBACK, contactvalue="9000000033").status for _ in range(5)] == [3] * 5


def test_numbers_nobody_may_call(api: Api) -> None:
    """SIM-14, DISP-26, AM-02: the list is the tenant's; it bars any reason, and the number of a call that stands for one."""
    add(api, "dnc", number=NUMBER)
    api.change("dnc", {"tenant": "test_org", "number": "9000000032"}, tenant="expiring_org")
    assert [dispose(api).status, dispose(api, **CALLBACK).status] == [32, 32]
    assert dispose(api, contactvalue=int(NUMBER)).status == 32
    assert dispose(api, contactvalue="9000000032").status == 3
    add(api, "dnc", number="9000000483")
    assert dispose(api, Uniquesystemcallid=CALL, contactvalue=GONE).status == 32
    assert dispose(api, contactvalue=GONE).status == 3


def test_the_range_of_times(api: Api) -> None:
    """SIM-16, DISP-08, DISP-24, SEED-15: absolute dates of the tenant, both ends included; a time that is not sent has none."""
    low, high = "2000-01-01 00:00:00", "2099-12-31 23:59:59"
    outside = ["1999-12-31 23:59:59", "2100-01-01 00:00:00"]
    assert [dispose(api, selecteddatetime=at).status for at in (low, high, *outside)] == [3, 3, 8, 8]
    api.change(
        "tenants", {"apikey": "test_org"}, date_from="2020-05-05 05:05:05", date_to="2020-05-05 05:05:07"
    )
    times = [f"2020-05-05 05:05:0{second}" for second in range(4, 9)]
    assert [dispose(api, selecteddatetime=at).status for at in times] == [8, 3, 3, 3, 8]
    assert [dispose(api, selecteddatetime=at).status for at in (GONE, "", None)] == [3, 3, 3]
    assert dispose(api, reqdatetime="1999-01-01 00:00:00", selecteddatetime=times[1]).status == 3
    api.change("tenants", {"apikey": "test_org"}, date_from=None)
    assert [dispose(api, selecteddatetime=at).status for at in (outside[0], times[4])] == [3, 8]


def test_masters_are_those_of_the_process(api: Api) -> None:
    """DISP-05, DISP-06, DISP-25, SEED-15: known pairs are 1/1, 1/2 and 2/3; another process has none of them."""
    known = [
        (master, reason)
        for master in range(4)
        for reason in range(5)
        if dispose(api, dispomasterid=master, disporeasonid=reason, contactvalue="9874561321").status == 3
    ]
    assert known == [(1, 1), (1, 2), (2, 3)]
    assert dispose(api, servicekey="VoiceInOut").status == 31


def test_eight_agents_at_once(api: Api) -> None:
    """DISP-17, DISP-18, AM-03: each of eight agents is freed, each entry closed, each callback has an id of its own."""
    for number in range(8):
        agent = {
            "status": 7,
            "since": NOW_TEXT,
            "userid": 900 + number,
            "client_login": True,
            "username": "x",
        }
        add(api, "users", login=f"a{number}@x", login_key=f"a{number}@x", **agent)
        add_entry(api, 900 + number, "wrapup", f"a{number}@x", contact=f"900000090{number}")

    def save(number: int) -> tuple[int, int]:
        changes = {"login": f"a{number}@x", "contactvalue": f"900000090{number}", **CALLBACK}
        answer = api.post(printed("GV-15", **changes), disp_requestid="include")
        return answer.status, answer.body["requestid"]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(save, range(8)))
    assert [status for status, _ in found] == [3] * 8
    assert len({request for _, request in found}) == 8
    assert {user(api, f"a{number}@x")["status"] for number in range(8)} == {1}
    assert {entry(api, 900 + number)["status"] for number in range(8)} == {"done"}
    booked = rows(api, "calls", calltype=21)
    assert sorted(row["calllistid"] for row in booked) == list(range(796, 804))
    assert {(row["login"], row["contact"]) for row in booked} == {
        (f"a{n}@x", f"900000090{n}") for n in range(8)
    }


def test_one_agent_at_once(api: Api) -> None:
    """DISP-16, DISP-17, DISP-22: of the same disposition sent by eight at once exactly one is accepted, each time."""
    for done in range(1, 6):
        put(api)
        barrier = Barrier(8)

        def save(_: int, barrier: Barrier = barrier) -> int:
            barrier.wait(timeout=30)
            return api.post(printed("GV-15")).status

        with ThreadPoolExecutor(8) as threads:
            assert sorted(threads.map(save, range(8))) == [3] + [6] * 7
        assert len(rows(api, "dispositions")) == done
