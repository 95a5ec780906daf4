"""Time travel: clocks that run, stand or race, and everything that falls due on the way (SIM-07, AM-09)."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.settings import ENDPOINT
from mockserver.simulation.timers import set_timer
from tests.api import IMPORT, text_of

if TYPE_CHECKING:
    from mockserver.service import Service
    from tests.web.admin_client import Admin

AT = {"mode": "frozen", "now": "2026-01-02 09:00:00"}
TOMORROW = "2026-01-03 10:00:00"


def made(admin: Admin, **body: Any) -> dict[str, Any]:
    """Make a sandbox with a frozen clock and return where it is and its keys."""
    found: dict[str, Any] = admin.ok("POST", "/sandboxes", {"clock": AT, **body})
    return found


def push(admin: Admin, sandbox: dict[str, Any], **record: Any) -> dict[str, Any]:
    """Push one record with the sandbox's minted keys, to the server's own address."""
    keys = {"apikey": sandbox["apikey"], "servicekey": sandbox["servicekeys"]["MUMBAI_CRM_OBD"]}
    command = {**IMPORT, **keys, "data": [{"mobilenumber": "8850014998", **record}]}
    reply = admin.client.post(ENDPOINT, data=f"data={text_of(command)}", content_type="text/html")
    return dict(reply.json or {})


def entry(admin: Admin, sandbox: dict[str, Any], number: int = 796) -> dict[str, Any]:
    """Return the call-list entry of the sandbox's own tenant."""
    rows = admin.ok("GET", f"/sandboxes/{sandbox['key']}/state/calls")["rows"]
    found: dict[str, Any] = next(
        row for row in rows if row["tenant"] == sandbox["apikey"] and row["calllistid"] == number
    )
    return found


def test_a_call_of_tomorrow_is_due_after_an_advance_in_that_sandbox_alone(admin: Admin) -> None:
    """SIM-07: scheduled until the clock passes its time, then queued; another sandbox's clock stands where it stood."""
    one, other = made(admin), made(admin)
    for sandbox in (one, other):
        assert push(admin, sandbox, callDateTime=TOMORROW)["status"] == 1
        assert entry(admin, sandbox)["status"] == "scheduled"
    path = f"/sandboxes/{one['key']}/clock/advance"
    assert admin.ok("POST", path, {"until": "2026-01-03 09:59:59"})["events"] == 0
    assert entry(admin, one)["status"] == "scheduled"
    moved = admin.ok("POST", path, {"seconds": 1})
    assert moved == {"mode": "frozen", "now": TOMORROW, "scale": 0, "events": 1, "reached": True}
    assert (entry(admin, one)["status"], entry(admin, other)["status"]) == ("queued", "scheduled")


def test_a_clock_that_is_set_forward_lets_others_in(admin: Admin, service: Service) -> None:
    """As with advance, commands are answered while everything that lies between happens."""
    sandbox = service.registry.get("default")
    with sandbox.lock, sandbox.store.unit():
        for second in range(4000):
            set_timer(sandbox.store, sandbox.clock.now() + timedelta(seconds=second), "nothing")
    put = threading.Thread(target=admin.ok, args=("PUT", "/clock", {"now": "8000-01-01 00:00:00"}))
    left = {4000}
    put.start()
    while put.is_alive():
        with sandbox.lock:
            left.add(sandbox.store.count("timers"))
    put.join()
    assert len(left - {0, 4000}) > 0
    assert sandbox.store.count("timers") == 0


def test_an_api_key_expires_when_time_passes_its_date(admin: Admin) -> None:
    """AM-50, AUTH-04: expiring_org answers 48 once its sandbox stands past 2099, and not in another one."""
    one, other = made(admin), made(admin)
    command = {**IMPORT, "apikey": "expiring_org", "servicekey": "ExpiringProcess"}
    statuses = []
    for sandbox, seconds in ((one, 0), (one, 75 * 366 * 86400), (other, 0)):
        admin.ask("POST", f"/sandboxes/{sandbox['key']}/clock/advance", {"seconds": seconds})
        path = f"/sandboxes/{sandbox['key']}{ENDPOINT}"
        reply = admin.client.post(path, data=f"data={text_of(command)}", content_type="text/html")
        statuses.append(int((reply.json or {})["status"]))
    assert statuses == [1, 48, 1]


def test_seeded_entries_never_fall_due_by_themselves(admin: Admin) -> None:
    """AM-09: a century later the two seeded open entries stand where they stood, and nothing was dialled."""
    sandbox = made(admin)
    path = f"/sandboxes/{sandbox['key']}/state/calls"
    before = admin.ok("GET", path)
    century = {"until": "2126-01-01 00:00:00"}
    moved = admin.ok("POST", f"/sandboxes/{sandbox['key']}/clock/advance", century)
    assert moved["events"] == 0
    assert admin.ok("GET", path) == before


def test_the_dialler_is_off_unless_switched_on(admin: Admin) -> None:
    """AM-09: a queued call stays queued for as long as time passes."""
    sandbox = made(admin)
    push(admin, sandbox)
    admin.ask("POST", f"/sandboxes/{sandbox['key']}/clock/advance", {"seconds": 86400})
    assert entry(admin, sandbox)["status"] == "queued"


@pytest.mark.parametrize(
    ("until", "now", "reached"),
    [
        ("next_event", "2026-01-03 10:00:00", True),
        ("idle", "2026-01-04 10:00:00", True),
        ({"condition": "next_event", "within": 60}, "2026-01-02 09:01:00", False),
        ({"call": 797, "status": "queued"}, "2026-01-04 10:00:00", True),
        ({"call": 797, "status": "talking", "within": 172800}, "2026-01-04 09:00:00", False),
        ({"login": "user1", "status": "Ready"}, "2026-01-02 09:00:00", True),
        ({"login": "user1", "status": 5, "within": 1}, "2026-01-02 09:00:01", False),
    ],
)
def test_time_goes_on_until_something_is_so(admin: Admin, until: Any, now: str, reached: bool) -> None:
    """A named condition, a call's status or an agent's: the clock stops there, or where the patience ends."""
    sandbox = made(admin)
    push(admin, sandbox, callDateTime=TOMORROW)
    push(admin, sandbox, callDateTime="2026-01-04 10:00:00")
    admin.ask("POST", f"/sandboxes/{sandbox['key']}/simulation/users/user1/status", {"status": 1})
    moved = admin.ok("POST", f"/sandboxes/{sandbox['key']}/clock/advance", {"until": until})
    assert (moved["now"], moved["reached"]) == (now, reached)


@pytest.mark.parametrize("until", ["next_event", {"call": 797, "status": "talking"}])
def test_time_stands_still_where_nothing_is_left_to_happen(admin: Admin, until: Any) -> None:
    """What cannot come about is given up at the last thing that happened, and not a month later."""
    sandbox = made(admin)
    push(admin, sandbox)
    push(admin, sandbox, callDateTime=TOMORROW)
    admin.ok("POST", f"/sandboxes/{sandbox['key']}/clock/advance", {"until": "idle"})
    moved = admin.ok("POST", f"/sandboxes/{sandbox['key']}/clock/advance", {"until": until})
    assert (moved["now"], moved["reached"], moved["events"]) == ("2026-01-03 10:00:00", False, 0)


@pytest.mark.parametrize(
    ("until", "pointer"),
    [
        ("nextevent", "/until"),
        ({}, "/until"),
        ({"condition": "idle", "call": 796, "status": "done"}, "/until"),
        ({"call": 1, "status": "done"}, "/until/call"),
        ({"call": 796, "status": "over"}, "/until/status"),
        ({"login": "nobody", "status": 1}, "/until/login"),
        ({"login": "user1", "status": "Asleep"}, "/until/status"),
        ({"condition": "idle", "within": 1e12}, "/until/within"),
    ],
)
def test_conditions_that_cannot_be_are_refused(admin: Admin, until: Any, pointer: str) -> None:
    """422 with the place, what was expected and what came; the clock stands where it stood."""
    sandbox = made(admin)
    push(admin, sandbox)
    problem = admin.refused("POST", f"/sandboxes/{sandbox['key']}/clock/advance", {"until": until})
    assert (problem["status"], problem["errors"][0]["pointer"]) == (422, pointer)
    assert problem["errors"][0]["expected"]
    assert admin.ok("GET", f"/sandboxes/{sandbox['key']}/clock")["now"] == AT["now"]


def test_a_scaled_clock_through_the_admin_api(admin: Admin) -> None:
    """Made scaled, set to another pace, set to real: the answers say so, and reset goes back."""
    sandbox = made(admin, clock={"mode": "scaled", "scale": 60, "now": "2026-01-02 09:00:00"})
    path = f"/sandboxes/{sandbox['key']}/clock"
    found = admin.ok("GET", path)
    assert (found["mode"], found["scale"]) == ("scaled", 60)
    assert found["now"] >= "2026-01-02 09:00:00"
    assert admin.ok("PUT", path, {"scale": 0.5})["scale"] == 0.5
    assert admin.ok("PUT", path, {"mode": "real"})["scale"] == 1
    assert admin.ok("PUT", path, {"scale": 3600})["mode"] == "scaled"
    admin.ask("POST", f"/sandboxes/{sandbox['key']}/reset")
    assert admin.ok("GET", path)["scale"] == 60


@pytest.mark.parametrize("clock", [{"mode": "real"}, AT, {"mode": "scaled", "scale": 60}])
def test_what_a_clock_answers_can_be_sent_to_it(admin: Admin, clock: dict[str, Any]) -> None:
    """Mode, time and scale as ``GET …/clock`` tells them set the same clock, and make one, in every mode."""
    path = f"/sandboxes/{made(admin, clock=clock)['key']}/clock"
    told = admin.ok("GET", path)
    admin.ok("PUT", path, {"mode": "frozen", "scale": 1})
    assert admin.ok("PUT", path, told)["mode"] == told["mode"] == clock["mode"]
    assert admin.ok("GET", path)["scale"] == told["scale"]
    again = admin.ok("GET", f"/sandboxes/{made(admin, clock=told)['key']}/clock")
    assert (again["mode"], again["scale"]) == (told["mode"], told["scale"])


def test_a_scaled_clock_does_not_stand_still(admin: Admin) -> None:
    """A scale of 0 is for a clock that stands, and changes no other."""
    for clock in ({"scale": 0}, {"mode": "scaled", "scale": 0}, {"mode": "real", "scale": 0}):
        before = admin.ok("GET", "/clock")
        problem = admin.refused("PUT", "/clock", clock)
        assert (problem["status"], problem["errors"][0]["pointer"]) == (422, "/scale")
        assert admin.ok("GET", "/clock") == before
