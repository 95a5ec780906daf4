"""The clock of a sandbox: real, frozen or scaled, and only ever forwards."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mockserver import clock as door
from mockserver.clock import END, Clock, mode_of
from mockserver.service import Service
from mockserver.settings import Settings
from mockserver.values import clock as parse_clock

if TYPE_CHECKING:
    from collections.abc import Callable

AT = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - the sandbox's time knows no zones
ZONE = "Asia/Kolkata"


@pytest.fixture
def pass_real(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return a way to let real seconds pass."""
    passed = [1_000_000.0]
    monkeypatch.setattr(door, "real_time", lambda: passed[0])

    def let(seconds: float) -> None:
        passed[0] += seconds

    return let


def test_a_scaled_clock_runs_as_many_times_as_fast(pass_real: Callable[[float], None]) -> None:
    """Ten real seconds at 60 are ten minutes of the sandbox, and half a second is half a minute."""
    clock = Clock(ZONE, "scaled", AT, 60)
    assert (clock.mode, clock.scale, clock.now()) == ("scaled", 60, AT)
    pass_real(10)
    assert clock.now() == AT + timedelta(minutes=10)
    pass_real(0.5)
    assert clock.text() == "2026-01-02 03:14:35"


def test_a_scaled_clock_can_be_slow(pass_real: Callable[[float], None]) -> None:
    """At 0.5 two real seconds are one of the sandbox."""
    clock = Clock(ZONE, "scaled", AT, 0.5)
    pass_real(2)
    assert clock.now() == AT + timedelta(seconds=1)
    assert clock.scale == 0.5


def test_a_scaled_clock_advances_and_goes_on_at_its_pace(pass_real: Callable[[float], None]) -> None:
    """What passed before the step is kept, and the step is not scaled."""
    clock = Clock(ZONE, "scaled", AT, 60)
    pass_real(1)
    clock.advance(timedelta(hours=1))
    pass_real(1)
    assert clock.now() == AT + timedelta(hours=1, minutes=2)


def test_changing_the_mode_keeps_the_time(pass_real: Callable[[float], None]) -> None:
    """Scaled to frozen to scaled to real: each goes on where the one before it stood."""
    clock = Clock(ZONE, "scaled", AT, 60)
    pass_real(1)
    clock.set("frozen")
    pass_real(100)
    assert clock.now() == AT + timedelta(minutes=1)
    clock.set("scaled", None, 3600)
    pass_real(1)
    assert clock.now() == AT + timedelta(hours=1, minutes=1)
    clock.set("real")
    assert timedelta(0) <= clock.now() - (AT + timedelta(hours=1, minutes=1)) < timedelta(minutes=1)
    assert (clock.mode, clock.scale) == ("real", 1)


def test_a_scaled_clock_never_goes_backwards_nor_past_the_calendar(
    pass_real: Callable[[float], None],
) -> None:
    """A machine's clock that is set back stops it; at its end it stands."""
    clock = Clock(ZONE, "scaled", AT, 100_000)
    pass_real(-50)
    assert clock.now() == AT
    pass_real(50 + 1e12)
    assert clock.now() == END


def test_a_reset_goes_back_to_pace_and_time(pass_real: Callable[[float], None]) -> None:
    """As if newly made (AM-16)."""
    clock = Clock(ZONE, "scaled", AT, 60)
    clock.set("frozen")
    pass_real(5)
    clock.reset("scaled", AT, 60)
    assert (clock.mode, clock.scale, clock.now()) == ("scaled", 60, AT)


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("real", ("real", 1)),
        ("Frozen", ("frozen", 0)),
        ("scaled:60", ("scaled", 60)),
        (" scaled:0.5 ", ("scaled", 0.5)),
    ],
)
def test_the_setting_says_mode_and_pace(text: str, mode: tuple[str, float]) -> None:
    """``--clock`` takes real, frozen and scaled:N."""
    assert mode_of(parse_clock(text)) == mode


@pytest.mark.parametrize(
    "text", ["scaled", "scaled:", "scaled:0", "scaled:-1", "scaled:100001", "scale:5", "fast", ""]
)
def test_other_texts_are_refused_with_what_was_expected(text: str) -> None:
    """No guess: a pace of nothing, of too much, or a misspelt word."""
    with pytest.raises(ValueError, match="expected real, frozen or scaled:N"):
        parse_clock(text)


def test_a_server_can_start_scaled() -> None:
    """The default sandbox takes the setting over."""
    service = Service.start(Settings(clock="scaled:120", at=AT))
    clock = service.registry.get("default").clock
    assert (clock.mode, clock.scale) == ("scaled", 120)
    assert clock.now() >= AT
