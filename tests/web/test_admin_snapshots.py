"""Snapshots through the admin API: what comes back, what stays, and how many there may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.model import Inbound, Pause
from mockserver.service import Service
from mockserver.settings import Settings
from mockserver.snapshots import MOST
from tests.api import Api, text_of
from tests.web.admin_client import MOBILE, OTHER_MOBILE, push

if TYPE_CHECKING:
    from tests.web.admin_client import Admin

RULES: Any = {
    "rules": [
        {"id": "twice", "then": {"status": 38}, "times": 2},
        {"id": "drawn", "probability": 0.5, "then": {"status": 17}},
    ]
}
"""A scenario whose counts and draws show where it stands."""


def seen(admin: Admin) -> dict[str, Any]:
    """Return everything of the default sandbox that decides what happens next."""
    paths = ("/state", "/clock", "/settings", "/faults", "/scenarios")
    return {path: admin.ok("GET", path) for path in paths}


def answers(admin: Admin) -> list[bytes]:
    """Send some commands and return what they are answered, byte for byte."""
    return [admin.send(push(str(9_000_000_000 + number))).data for number in range(8)]


def test_restoring_brings_everything_back_as_often_as_wanted(admin: Admin) -> None:
    """State, clock, settings, counts and draws of scenarios, and what is left of faults: the same bytes again."""
    admin.ok("PUT", "/scenarios/mine", RULES)
    admin.ok("POST", "/scenarios/mine/activate")
    admin.ok("PATCH", "/settings", {"quirks": {"overlong": "truncate"}})
    admin.ok("POST", "/faults", {"status": 38, "times": 4})
    admin.ok("PUT", "/clock", {"now": "2018-11-12 14:00:05"})
    admin.send(push(MOBILE))
    made = admin.ok("POST", "/snapshots", {"name": "before"})
    assert (made["id"], made["created"], made["requests"], made["faults"]) == (
        "s1",
        "2018-11-12 14:00:05",
        1,
        1,
    )
    assert made["scenarios"] == ["mine"]
    before = seen(admin)
    rounds = []
    for _ in range(3):
        rounds.append(answers(admin))
        admin.ok("POST", "/clock/advance", {"seconds": 60})
        admin.ok("DELETE", "/scenarios/mine")
        admin.ok("PATCH", "/settings", {"edition": "web", "quirks": None})
        admin.ok("POST", "/faults", {"fault": "malformed_json", "times": 5})
        assert seen(admin) != before
        assert admin.ok("POST", "/snapshots/before/restore") == made
        assert seen(admin) == before
    assert rounds[0] == rounds[1] == rounds[2]
    assert len(set(rounds[0])) > 1


def test_what_happened_stays(admin: Admin) -> None:
    """The journal and the ids of requests go on over a restore, since they tell what happened."""
    admin.ok("POST", "/snapshots", {})
    admin.send(push())
    admin.ok("POST", "/snapshots/s1/restore")
    assert admin.send(push()).headers["X-Mock-Request-Id"] == "r000002"
    assert admin.ok("GET", "/requests")["total"] == 2


def test_snapshots_outlive_a_reset_and_are_of_one_sandbox(admin: Admin) -> None:
    """A reset goes back to creation and keeps them (AM-16); another sandbox does not know them."""
    admin.ok("POST", "/sandboxes", {"key": "one"})
    home = "/sandboxes/one"
    admin.send(push(MOBILE), "one")
    admin.ok("POST", f"{home}/snapshots")
    state = admin.ok("GET", f"{home}/state")
    admin.ok("POST", f"{home}/reset")
    assert admin.ok("GET", f"{home}/state") != state
    admin.ok("POST", f"{home}/snapshots/s1/restore")
    assert admin.ok("GET", f"{home}/state") == state
    assert admin.refused("POST", "/snapshots/s1/restore")["status"] == 404


def test_snapshots_are_listed_found_by_name_and_forgotten(admin: Admin) -> None:
    """Ids are not given again; a name is unique and is no id; an unknown one names the nearest."""
    assert admin.ok("GET", "/snapshots") == {"snapshots": []}
    for body in ({"name": "empty"}, {}, {"name": None}):
        admin.ok("POST", "/snapshots", body)
    assert [(each["id"], each["name"]) for each in admin.ok("GET", "/snapshots")["snapshots"]] == [
        ("s1", "empty"), ("s2", None), ("s3", None),
    ]  # fmt: skip
    assert admin.refused("POST", "/snapshots", {"name": "empty"})["status"] == 409
    assert admin.refused("POST", "/snapshots", {"name": "s7"})["status"] == 422
    assert "empty" in admin.refused("POST", "/snapshots/emty/restore")["detail"]
    admin.ok("DELETE", "/snapshots/empty")
    admin.ok("DELETE", "/snapshots/s3")
    assert admin.refused("DELETE", "/snapshots/s3")["status"] == 404
    assert admin.ok("POST", "/snapshots", {"name": "empty"})["id"] == "s4"
    assert admin.ok("GET", "/sandboxes/default")["snapshots"] == 2


def test_there_may_be_a_hundred(admin: Admin) -> None:
    """One more is refused and says what to do; nothing is lost by it."""
    for _ in range(MOST):
        admin.ok("POST", "/snapshots")
    problem = admin.refused("POST", "/snapshots")
    assert (problem["status"], "delete one first" in problem["detail"]) == (409, True)
    assert len(admin.ok("GET", "/snapshots")["snapshots"]) == MOST


def test_a_command_held_over_a_restore_never_takes_effect() -> None:
    """What still waited belongs to a world that is gone; after a restore it must not write into this one."""
    api = Api(Service.start(Settings(clock="frozen"), wire=True))
    snapshot = api.sandbox.snapshots.take(api.sandbox)
    api.sandbox.forced.add(None, fault=("latency", {"fixed": 5, "phase": "before"}))
    before = api.sandbox.store.dump()
    body = f"data={text_of(push(OTHER_MOBILE))}".encode()
    held = api.service.begin(Inbound("POST", api.path, b"", {"content-type": "text/html"}, body, 8080))
    assert isinstance(held, Pause)
    snapshot.restore(api.sandbox)
    answer = held.resume()
    assert not isinstance(answer, Pause)
    assert (answer.http_status, b"never took effect" in answer.body) == (503, True)
    assert api.sandbox.store.dump() == before
