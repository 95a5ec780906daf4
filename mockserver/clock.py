"""The virtual clock: the only source of "now" in a sandbox."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Mode = Literal["real", "frozen"]


def real_time() -> float:
    """Return the real time in seconds since 1970, for journals and logs only."""
    return time.time()


def real_text(seconds: float) -> str:
    """Return a real time as RFC 3339 text in UTC, with milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Clock:
    """Tells the time of one sandbox as naive local time of its zone (GEN-15).

    ``real`` runs with the machine's clock, from ``at`` if that is given; ``frozen`` stands at ``at``.
    """

    def __init__(self, zone: str, mode: Mode = "real", at: datetime | None = None) -> None:
        self._zone = ZoneInfo(zone)
        self._offset = timedelta(0)
        self._frozen: datetime | None = None
        self.set(mode, at)

    @property
    def mode(self) -> Mode:
        """How the clock runs."""
        return "real" if self._frozen is None else "frozen"

    @property
    def scale(self) -> int:
        """Seconds of the sandbox that pass in a second of real time."""
        return 1 if self._frozen is None else 0

    def set(self, mode: Mode, at: datetime | None = None) -> None:
        """Change the mode, and the time if ``at`` is given; else time goes on from where it stands."""
        moment = at or self.now()
        stood = self._frozen is not None
        self._frozen = moment if mode == "frozen" else None
        if at is not None or stood or mode == "frozen":
            self._offset = moment - self._wall()

    def advance(self, by: timedelta) -> None:
        """Move the time on, whatever the mode; ValueError when that would be backwards."""
        if by < timedelta(0):
            raise ValueError(f"the clock only moves forwards, not by {by.total_seconds():g} s")
        if self._frozen is None:
            self._offset += by
        else:
            self._frozen += by

    def reset(self, mode: Mode, at: datetime | None) -> None:
        """Go back to a mode and time as if newly made."""
        self._offset = timedelta(0)
        self._frozen = None
        self.set(mode, at)

    def now(self) -> datetime:
        """Return the current moment of the sandbox."""
        if self._frozen is not None:
            return self._frozen
        return self._wall() + self._offset if self._offset else self._wall()

    def text(self) -> str:
        """Return the current moment as ``YYYY-MM-DD hh:mm:ss`` (GEN-14)."""
        return self.now().isoformat(" ", "seconds")

    def _wall(self) -> datetime:
        return datetime.now(self._zone).replace(tzinfo=None)
