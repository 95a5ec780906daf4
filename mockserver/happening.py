"""What falls due in a world happens: one thing after the other, each at its own time, with what it wants sent."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from mockserver.clock import real_time
from mockserver.errors import NotKept

if TYPE_CHECKING:
    from datetime import datetime

    from mockserver.sandbox import Sandbox

_LOOKS_SECONDS: Final = 0.2


def settle(sandbox: Sandbox) -> datetime:
    """Let everything happen that is due by now and return the time; hold the sandbox's lock.

    What the state file cannot take waits until it can.
    """
    floor = sandbox.floor
    if floor.sending:
        # A step of a storyline is answered at its own moment; what is due after it waits for it.
        return floor.now
    now = sandbox.clock.now()
    if sandbox.store.count("timers"):
        with suppress(NotKept):
            while fire(sandbox, now):
                sandbox.bell.ring()
    floor.now = now
    return now


def looks_every(sandbox: Sandbox) -> float | None:
    """Return after how many seconds who waits asks again, since time alone may bring it about; None where it cannot."""
    with sandbox.lock:
        running = sandbox.clock.mode != "frozen" and sandbox.store.count("timers") > 0
    return _LOOKS_SECONDS if running else None


def fire(sandbox: Sandbox, until: datetime) -> bool:
    """Let the next thing happen that is due by then, and send what it wants sent; False when nothing is due.

    Hold the sandbox's lock. Raises NotKept when it cannot be kept, and it stays due.
    """
    fired = sandbox.floor.fire(until, real_time())
    errands, sandbox.floor.errands = sandbox.floor.errands, []
    for errand in errands:
        sandbox.floor.sending = True
        try:
            sandbox.send(errand)
        finally:
            sandbox.floor.sending = False
    return fired
