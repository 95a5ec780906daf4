"""States that somebody wrote by hand: what they leave out is filled in, so that they go on (AM-70)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.web.admin_client import push

if TYPE_CHECKING:
    from tests.web.admin_client import Admin

TENANT: Final = "test_org"
NINE: Final = "2026-03-02 09:00:00"
HANGS_UP: Final = "1110001006"


@pytest.fixture
def frozen(admin: Admin) -> Admin:
    """The sandbox at nine o'clock on a frozen clock."""
    admin.ok("PUT", "/clock", {"mode": "frozen", "now": NINE})
    return admin


def entry(number: int, status: str, **columns: Any) -> dict[str, Any]:
    """Return a row of the call list as somebody writes it who knows AM-70 alone."""
    return {
        "calllistid": number, "process": "VoiceProcess", "contact": HANGS_UP, "login": None, "calltype": 1001,
        "due": None, "status": status, "systemcallid": None, "tenant": TENANT, **columns,
    }  # fmt: skip


def load(admin: Admin, *entries: dict[str, Any], **tables: Any) -> None:
    """Load the state that is there, with these entries after its own and these tables in place of its own."""
    dump = admin.ok("GET", "/state")
    dump["tables"]["calls"] += entries
    admin.ok("PUT", "/state", {**dump, "tables": {**dump["tables"], **tables}})


def found(admin: Admin, number: int) -> dict[str, Any]:
    """Return an entry as the state has it."""
    rows: list[dict[str, Any]] = admin.ok("GET", "/state/calls")["rows"]
    return next(row for row in rows if row["calllistid"] == number and row["tenant"] == TENANT)


def dialled(admin: Admin) -> list[tuple[str, int]]:
    """Return what was dialled, oldest first: time of day and call-list id."""
    events = admin.ok("GET", "/events?kind=call.dialling")["events"]
    return [(event["at"][11:19], event["calllistid"]) for event in reversed(events)]


def test_entries_by_hand_are_dialled_like_pushed_ones(frozen: Admin) -> None:
    """A queued entry is dialled at the tick, a hot lead before it, and scheduled ones fall due (SIM-07, SIM-08)."""
    load(
        frozen,
        entry(900, "queued"),
        entry(901, "queued", calltype=5),
        entry(902, "scheduled", due="2026-03-02 10:00:00"),
        entry(903, "scheduled", due="2026-03-02 08:00:00"),
        entry(904, "scheduled"),
    )
    assert frozen.ok("POST", "/simulation/tick", {})["begun"] == 4
    assert [number for _, number in dialled(frozen)] == [901, 903, 900, 904]
    frozen.ok("PATCH", "/simulation", {"dialler": "auto"})
    frozen.ok("POST", "/clock/advance", {"seconds": 3600})
    assert dialled(frozen)[4:] == [("10:00:00", 902)]


def test_an_entry_by_hand_has_what_a_pushed_one_has(frozen: Admin) -> None:
    """Every column but id and number is that of a push of the same customer, and the next push takes the next id."""
    frozen.send(push(HANGS_UP, servicekey="VoiceProcess"))
    pushed = found(frozen, 796)
    load(
        frozen,
        {
            name: entry(801, "queued")[name]
            for name in ("calllistid", "process", "contact", "status", "tenant")
        },
    )
    made = found(frozen, 801)
    assert made["#"] == pushed["#"] + 1
    assert {**made, "#": 0, "calllistid": 0, "place": ""} == {**pushed, "#": 0, "calllistid": 0, "place": ""}
    frozen.send(push("9812300001"))
    assert found(frozen, 802)["contact"] == "9812300001"


def test_a_dialler_that_runs_by_itself_begins_at_once(frozen: Admin) -> None:
    """With ``auto`` nothing else has to happen: calls are dialled and speech is made as soon as the state is there (SIM-05)."""
    frozen.ok("PATCH", "/simulation", {"dialler": "auto"})
    load(frozen, entry(900, "queued"), entry(901, "speech", process="TtsProcess"))
    assert dialled(frozen) == [("09:00:00", 900)]
    assert found(frozen, 901)["liststatus"] == 10500
    frozen.ok("POST", "/clock/advance", {"until": "idle"})
    assert found(frozen, 901)["liststatus"] == 1001
    assert [number for _, number in dialled(frozen)] == [900, 901]


def test_a_call_by_hand_occupies_its_agent(frozen: Admin) -> None:
    """A conversation of an agent who talks can be ended, and leaves him in wrap-up and a recording (SIM-12)."""
    frozen.ok("POST", "/simulation/users/user1/status", {"status": "Talking"})
    load(
        frozen,
        entry(900, "talking", login="user1"),
        entry(901, "talking", login="user1"),
        entry(902, "wrapup", login="user1"),
    )
    assert [found(frozen, number)["handling"] for number in (900, 901, 902)] == ["user1", None, None]
    frozen.ok("POST", "/clock/advance", {"seconds": 30})
    frozen.ok("POST", "/simulation/calls/900/hangup", {})
    users = frozen.ok("GET", "/state/users")["rows"]
    assert next(row["status"] for row in users if row["login"] == "user1") == 7
    assert frozen.ok("GET", "/events?kind=recording.stored")["events"][0]["seconds"] == 30


def test_rows_without_ids_are_numbered_and_users_found(frozen: Admin) -> None:
    """A table may be written without ids, and a user by his login alone."""
    load(
        frozen,
        users=[{"tenant": TENANT, "login": "Asha", "status": 1, "since": NINE}, {"#": 7, "tenant": TENANT}],
    )
    assert [row["#"] for row in frozen.ok("GET", "/state/users")["rows"]] == [7, 8]
    assert frozen.ok("POST", "/simulation/users/ASHA/status", {"status": "Wrapup"})["login"] == "Asha"


def test_a_dump_is_loaded_as_it_is(frozen: Admin) -> None:
    """The sample data's open entries stay where they are, also when they were dumped and loaded again (AM-09)."""
    frozen.ok("PATCH", "/simulation", {"dialler": "auto"})
    before = frozen.ok("GET", "/state")
    frozen.ok("PUT", "/state", before)
    assert frozen.ok("GET", "/state") == before
    assert frozen.ok("POST", "/clock/advance", {"seconds": 86400})["events"] == 0


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (entry(795, "queued"), "calllistid", "once"),
        (entry(10**30, "queued"), "calllistid", "at most"),
        (entry(900, "scheduled", contact=None), "contact", "a text"),
        (entry(900, "speech", contact=None), "contact", "a text"),
    ],
)
def test_an_entry_that_could_not_be_dialled_is_refused(
    frozen: Admin, row: dict[str, Any], column: str, says: str
) -> None:
    """An id that is taken or out of all bounds, and no number, are told at once and not when the dialler stumbles."""
    dump = frozen.ok("GET", "/state")
    dump["tables"]["calls"].append(row)
    (error,) = frozen.refused("PUT", "/state", dump)["errors"]
    assert error["pointer"] == f"/tables/calls/{len(dump['tables']['calls']) - 1}/{column}"
    assert says in error["expected"]


def test_a_state_of_another_sandbox_is_reached_by_ones_own_keys(admin: Admin) -> None:
    """A dump serves as a fixture: whoever loads it goes on with the keys minted for him, ids and counters included (AM-11)."""
    first = admin.ok("POST", "/sandboxes", {"key": "first", "clock": {"mode": "frozen"}})
    keys = {"apikey": first["apikey"], "servicekey": first["servicekeys"]["MUMBAI_CRM_OBD"]}
    assert admin.send(push("8850014998", **keys)).json["statusdata"][0]["customercode"] == 125  # type: ignore[index]
    dump = admin.ok("GET", "/sandboxes/first/state")
    second = admin.ok("POST", "/sandboxes", {"key": "second", "clock": {"mode": "frozen"}})
    admin.ok("PUT", "/sandboxes/second/state", dump)
    own = {"apikey": second["apikey"], "servicekey": second["servicekeys"]["MUMBAI_CRM_OBD"]}
    for number, code in (("8850014998", 125), ("8850014999", 126)):
        answer = admin.send(push(number, **own))
        assert answer.headers["X-Mock-Sandbox"] == "second"
        assert answer.json["statusdata"][0]["customercode"] == code  # type: ignore[index]
    assert first["apikey"] not in json.dumps(admin.ok("GET", "/sandboxes/second/state"))
    assert admin.ok("GET", "/sandboxes/first/state") == dump
    admin.ok("PUT", "/sandboxes/first/state", dump)
    assert admin.ok("GET", "/sandboxes/first/state") == dump
