"""Sandboxes that expire when nobody uses them: what counts as use, what is left of them, who never expires."""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.advancing import advance
from mockserver.app import create_app
from mockserver.model import Inbound, Pause
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings
from mockserver.world import Plan
from tests.server_process import finished
from tests.web.admin_client import Admin, push

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let real time pass, as far as the package reads it."""
    ahead = [0.0]
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + ahead[0])

    def by(seconds: float) -> None:
        ahead[0] += seconds

    return by


def keys(admin: Admin) -> list[str]:
    return [each["key"] for each in admin.ok("GET", "/sandboxes")["sandboxes"]]


def test_what_nobody_uses_expires_and_says_so(admin: Admin, passing: Callable[[float], None]) -> None:
    """After its time the sandbox is gone with its keys, and 404 tells why, in path, header and admin API (AM-10)."""
    made = admin.ok("POST", "/sandboxes", {"key": "brief", "idle": 60})
    admin.ok("POST", "/sandboxes", {"key": "lasting"})
    assert admin.ok("GET", "/sandboxes/brief")["idle"] == 60
    assert admin.ok("GET", "/sandboxes/lasting")["idle"] is None
    passing(61)
    minted = push(apikey=made["apikey"], servicekey=made["servicekeys"]["MUMBAI_CRM_OBD"])
    assert admin.send(minted).headers["X-Mock-Sandbox"] == "default"
    assert keys(admin) == ["default", "lasting"]
    for refused in (
        admin.send(push(), "brief"),
        admin.send(push(), headers={"X-Mock-Sandbox": "brief"}),
        admin.ask("GET", "/sandboxes/brief/clock"),
    ):
        assert refused.status_code == 404
        assert "the sandbox brief expired: nobody used it for 60 seconds" in (refused.json or {})["detail"]
    admin.ok("POST", "/sandboxes", {"key": "brief"})
    assert admin.send(push(), "brief").status_code == 200


@pytest.mark.parametrize("use", ["path", "header", "minted", "admin", "show"])
def test_any_use_keeps_it(admin: Admin, passing: Callable[[float], None], use: str) -> None:
    """The API by path, header or key, and the admin API: each makes the time count anew; a list does not."""
    made = admin.ok("POST", "/sandboxes", {"key": "brief", "idle": 60})
    uses: dict[str, Callable[[], Any]] = {
        "path": lambda: admin.send(push(), "brief"),
        "header": lambda: admin.send(push(), headers={"X-Mock-Sandbox": "brief"}),
        "minted": lambda: admin.send(push(apikey=made["apikey"])),
        "admin": lambda: admin.ok("GET", "/sandboxes/brief/clock"),
        "show": lambda: admin.ok("GET", "/sandboxes/brief"),
    }
    for _ in range(3):
        passing(40)
        uses[use]()
    assert "brief" in keys(admin)
    passing(61)
    assert "brief" not in keys(admin)


def test_requests_for_others_sweep_now_and_then(
    admin: Admin, service: Service, passing: Callable[[float], None]
) -> None:
    """A busy server forgets what has expired although nobody asks for a list."""
    for number in range(3):
        admin.ok("POST", "/sandboxes", {"key": f"brief{number}", "idle": 1})
    other = admin.ok("POST", "/sandboxes", {"key": "other"})
    passing(5)
    admin.send(push(apikey=other["apikey"]))
    assert set(service.registry._sandboxes) == {"default", "other"}


def test_the_server_may_say_how_long(passing: Callable[[float], None]) -> None:
    """--idle holds for sandboxes that say nothing themselves; null is never, and the default one stays."""
    admin = Admin(create_app(Service.start(Settings(clock="frozen", idle=30.0))).test_client())
    admin.ok("POST", "/sandboxes", {"key": "brief"})
    admin.ok("POST", "/sandboxes", {"key": "own", "idle": 100})
    admin.ok("POST", "/sandboxes", {"key": "lasting", "idle": None})
    passing(31)
    assert keys(admin) == ["default", "own", "lasting"]
    passing(70)
    assert keys(admin) == ["default", "lasting"]


@pytest.mark.parametrize("value", [0, -1, "x", 1e7])
def test_an_idle_time_is_above_zero(admin: Admin, value: Any) -> None:
    """Zero seconds would be no sandbox at all."""
    problem = admin.refused("POST", "/sandboxes", {"idle": value})
    assert (problem["status"], problem["errors"][0]["pointer"]) == (422, "/idle")


@pytest.mark.parametrize("value", ["0", "never", "nan", "inf", "1000001"])
def test_a_bad_idle_setting_is_a_usage_error(value: str) -> None:
    """The command line says what it expected, and ends with 2."""
    code, _, err = finished("serve", "--port", "0", "--idle", value)
    assert code == 2
    assert "a number of seconds above 0" in err


def test_moving_time_on_is_no_idle_time() -> None:
    """A sandbox that is on its way through a long day does not expire under who waits for the end of it."""
    service = Service.start(Settings())
    sandbox = service.registry.create(Plan(idle=60), "busy")
    sandbox.used = 0.0
    seen: list[float] = []

    def look() -> bool:
        seen.append(sandbox.idle_for)
        return False

    advance(sandbox, sandbox.clock.now(), look)
    assert 0 <= seen[0] < 60


def test_time_stops_in_a_sandbox_that_is_dropped() -> None:
    """Whoever moves its time on gets an answer, and nothing more happens there."""
    service = Service.start(Settings(clock="frozen"))
    sandbox = service.registry.create(Plan(clock="frozen"), "gone")
    with sandbox.lock:
        begun = sandbox.clock.now()
    dropper = threading.Thread(target=service.registry.drop, args=("gone",))

    def reached() -> bool:
        if not dropper.ident:
            dropper.start()
        return False

    sandbox.floor.fire = lambda *_: True  # type: ignore[method-assign]
    assert not advance(sandbox, begun + timedelta(days=1), reached).reached
    dropper.join()
    assert sandbox.clock.now() == begun


def test_a_command_that_is_held_back_keeps_its_sandbox(passing: Callable[[float], None]) -> None:
    """Held for longer than the sandbox may be idle, it takes effect all the same; the idle time counts from then."""
    service = Service.start(Settings(clock="frozen"), wire=True)
    admin = Admin(create_app(service).test_client())
    admin.ok("POST", "/sandboxes", {"key": "brief", "idle": 60})
    admin.ok("POST", "/sandboxes/brief/faults", {"fault": "latency", "fixed": 300, "phase": "before"})
    body = b"data=" + json.dumps(push()).encode()
    held = service.begin(Inbound("POST", "/sandboxes/brief" + ENDPOINT, b"", {}, body, 8080))
    assert isinstance(held, Pause)
    assert admin.send(push(), "brief").status_code == 200
    passing(300)
    assert keys(admin) == ["default", "brief"]
    answer = held.resume()
    assert not isinstance(answer, Pause)
    assert json.loads(answer.body)["status"] == 1
    passing(61)
    assert keys(admin) == ["default"]


@pytest.mark.parametrize("what", ["drop", "reset", "restore", "load"])
def test_a_command_held_over_another_state_never_takes_effect(what: str) -> None:
    """It was sent to a state that is there no more, so that it is not acknowledged (AM-16)."""
    service = Service.start(Settings(clock="frozen"), wire=True)
    admin = Admin(create_app(service).test_client())
    here = "/sandboxes/gone"
    admin.ok("POST", "/sandboxes", {"key": "gone"})
    admin.ok("POST", f"{here}/snapshots", {"name": "one"})
    before = admin.ok("GET", f"{here}/state")
    admin.ok("POST", f"{here}/faults", {"fault": "latency", "fixed": 5, "phase": "before"})
    body = b"data=" + json.dumps(push()).encode()
    held = service.begin(Inbound("POST", here + ENDPOINT, b"", {}, body, 8080))
    assert isinstance(held, Pause)
    verbs: dict[str, tuple[str, str, Any]] = {
        "drop": ("DELETE", here, None),
        "reset": ("POST", f"{here}/reset", None),
        "restore": ("POST", f"{here}/snapshots/one/restore", None),
        "load": ("PUT", f"{here}/state", before),
    }
    admin.ok(*verbs[what])
    answer = held.resume()
    assert not isinstance(answer, Pause)
    assert (answer.http_status, b"or dropped while it was held back" in answer.body) == (503, True)
    if what != "drop":
        assert admin.ok("GET", f"{here}/state") == before
