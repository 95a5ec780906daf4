"""Moving a sandbox's time on: everything that falls due on the way happens, in order, each at its own time.

A day with ten thousand calls takes seconds. The lock is held for a few milliseconds at a time, so that
commands go on being answered meanwhile; they find the sandbox as it stands at that moment of its day.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING, Final

from mockserver.clock import real_time
from mockserver.errors import NotKept
from mockserver.happening import fire

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mockserver.sandbox import Sandbox

    Reached = Callable[[], bool]

_SLICE_SECONDS: Final = 0.01
_PAUSE_SECONDS: Final = 0.0005
_ZERO: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Advanced:
    """What a step of the clock came to: events that happened, and whether what it waited for came about."""

    events: int
    reached: bool


def advance(sandbox: Sandbox, until: datetime, reached: Reached | None = None) -> Advanced:
    """Move the time on to ``until``, or to the first moment at which ``reached`` says yes.

    Asked under the lock, before the first step and after each; once nothing is left to happen it cannot come
    about, and the time goes no further. Nothing happens when ``until`` is past. A
    reset, a restored snapshot or the drop of the sandbox on the way ends it there; it is no idle time. Do not
    hold the lock.
    """
    with sandbox.lock:
        sandbox.settle()
        begun, resets = sandbox.floor.log.last, sandbox.resets
    pause = Event()
    while True:
        with sandbox.lock:
            if sandbox.resets != resets:
                return Advanced(0, reached=False)
            sandbox.used = real_time()
            ended = _slice(sandbox, until, reached)
            if ended is not None:
                return Advanced(sandbox.floor.log.last - begun, reached=ended)
        # Whoever waits for the lock gets it now.
        pause.wait(_PAUSE_SECONDS)


def catch_up(sandbox: Sandbox) -> None:
    """Let everything happen that is due by now, as :func:`advance` does; for clocks that run. Do not hold the lock."""
    pause = Event()
    # What the state file cannot take waits until it can.
    with suppress(NotKept):
        while True:
            with sandbox.lock:
                if _slice(sandbox, sandbox.clock.now(), None) is not None:
                    return
            pause.wait(_PAUSE_SECONDS)


def _slice(sandbox: Sandbox, until: datetime, reached: Reached | None) -> bool | None:
    """Let things happen for a moment of real time; return whether it was reached, or None to go on."""
    end = real_time() + _SLICE_SECONDS
    floor = sandbox.floor
    while real_time() < end:
        if reached is not None and reached():
            _move(sandbox, floor.now)
            return True
        if not fire(sandbox, until):
            if reached is None or floor.next_due() is not None:
                _move(sandbox, until)
            floor.now = sandbox.clock.now()
            return reached is None
        _move(sandbox, floor.now)
        sandbox.bell.ring()
    return None


def _move(sandbox: Sandbox, moment: datetime) -> None:
    sandbox.clock.advance(max(moment - sandbox.clock.now(), _ZERO))
