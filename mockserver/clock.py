"""The virtual clock: the only source of "now" in a sandbox."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

Mode = Literal["real", "frozen", "scaled"]

END: Final = datetime(9000, 1, 1)  # noqa: DTZ001 - the sandbox's time knows no zones
"""Where a quick clock stops: what adds to the time must stay within the calendar."""


def real_time() -> float:
    """Return the real time in seconds since 1970, for journals and logs only."""
    return time.time()


def real_text(seconds: float) -> str:
    """Return a real time as RFC 3339 text in UTC, with milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def mode_of(text: str) -> tuple[Mode, float]:
    """Return mode and scale of the checked setting ``real``, ``frozen`` or ``scaled:N``."""
    mode, _, scale = text.partition(":")
    if mode == "scaled":
        return "scaled", float(scale)
    return ("frozen", 0) if mode == "frozen" else ("real", 1)


class Clock:
    """Tells the time of one sandbox as naive local time of its zone (GEN-15).

    ``real`` runs with the machine's clock, from ``at`` if that is given; ``frozen`` stands at ``at``;
    ``scaled`` runs ``scale`` times as fast as real time, up to the year 9000.
    """

    def __init__(self, zone: str, mode: Mode = "real", at: datetime | None = None, scale: float = 1) -> None:
        self._zone = ZoneInfo(zone)
        self._begin()
        self.set(mode, at, scale)

    def _begin(self) -> None:
        self._offset = timedelta(0)
        self._frozen: datetime | None = None
        self._scale: float | None = None
        self._anchor = (END, 0.0)

    @property
    def mode(self) -> Mode:
        """How the clock runs."""
        if self._frozen is not None:
            return "frozen"
        return "real" if self._scale is None else "scaled"

    @property
    def scale(self) -> float:
        """Seconds of the sandbox that pass in a second of real time."""
        scale = (1 if self._frozen is None else 0) if self._scale is None else self._scale
        return int(scale) if scale == int(scale) else scale

    def set(self, mode: Mode, at: datetime | None = None, scale: float = 1) -> None:
        """Change the mode, and the time if ``at`` is given; else time goes on from where it stands.

        ``scale`` is for the mode ``scaled`` alone.
        """
        moment = at or self.now()
        ran = self.mode == "real"
        self._frozen = moment if mode == "frozen" else None
        self._scale = scale if mode == "scaled" else None
        self._anchor = (moment, real_time())
        if at is not None or not ran or mode != "real":
            self._offset = moment - self._wall()

    def advance(self, by: timedelta) -> None:
        """Move the time on, whatever the mode; ValueError when that would be backwards."""
        if by < timedelta(0):
            raise ValueError(f"the clock only moves forwards, not by {by.total_seconds():g} s")
        if self._frozen is not None:
            self._frozen += by
        elif self._scale is not None:
            self._anchor = (self.now() + by, real_time())
        else:
            self._offset += by

    def reset(self, mode: Mode, at: datetime | None, scale: float = 1) -> None:
        """Go back to a mode and time as if newly made."""
        self._begin()
        self.set(mode, at, scale)

    def standing(self) -> dict[str, Any]:
        """Return how the clock stands as JSON, for :meth:`resume`: equal until somebody sets or advances it."""
        if self._frozen is not None:
            return {"mode": "frozen", "now": self._frozen.isoformat()}
        if self._scale is not None:
            begun, real = self._anchor
            return {"mode": "scaled", "scale": self._scale, "now": begun.isoformat(), "real": real}
        return {"mode": "real", "offset": self._offset // timedelta(microseconds=1)}

    def resume(self, standing: Mapping[str, Any]) -> None:
        """Stand as a clock did that told its standing, maybe long ago.

        A frozen one stands where it stood; the others are where they would be, had they run all the time.
        """
        self._begin()
        self._offset = timedelta(microseconds=standing.get("offset", 0))
        if standing["mode"] == "frozen":
            self._frozen = datetime.fromisoformat(standing["now"])
        elif standing["mode"] == "scaled":
            self._scale = standing["scale"]
            self._anchor = (datetime.fromisoformat(standing["now"]), standing["real"])

    def now(self) -> datetime:
        """Return the current moment of the sandbox."""
        if self._frozen is not None:
            return self._frozen
        if self._scale is not None:
            return self._scaled(self._scale)
        return self._wall() + self._offset if self._offset else self._wall()

    def text(self) -> str:
        """Return the current moment as ``YYYY-MM-DD hh:mm:ss`` (GEN-14)."""
        return self.now().isoformat(" ", "seconds")

    def _scaled(self, scale: float) -> datetime:
        begun, real = self._anchor
        # The machine's clock may be set back; a sandbox's time never goes backwards by itself.
        seconds = max(0.0, real_time() - real) * scale
        return begun + timedelta(seconds=min(seconds, (END - begun).total_seconds()))

    def _wall(self) -> datetime:
        return datetime.now(self._zone).replace(tzinfo=None)
