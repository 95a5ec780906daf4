"""What the state file has of one sandbox, so that only what changed is written."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from mockserver.persistence.points import (
    floor_as_json,
    playing_as_json,
    queue_as_json,
    snapshot_as_json,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.sandbox import Sandbox
    from mockserver.store.deltas import Delta


class Book:
    """What the file has of one sandbox beside its store, and the way there."""

    __slots__ = ("_closed", "_known", "_lock", "_numbers", "_sandbox", "_shown", "_snapshots", "_write")

    def __init__(self, write: Callable[[Any], None], sandbox: Sandbox) -> None:
        self._write = write
        self._sandbox = sandbox
        self._known: dict[str, Any] = {}
        self._shown: tuple[Any, ...] = ()
        self._numbers = (0, 0)
        self._snapshots: frozenset[int] = frozenset()
        self._lock = Lock()
        self._closed = False

    def record(self, delta: Delta) -> None:
        """Write a change of the store, with what else changed; raises NotKept."""
        with self._lock:
            if not self._closed:
                self._record(delta)

    def close(self, last: Any = None) -> None:
        """Write no more of the sandbox after this; raises NotKept."""
        with self._lock:
            if last is not None:
                self._write(last)
            self._closed = True

    def _record(self, delta: Delta) -> None:
        shown, aside, numbers = self._look()
        entry: dict[str, Any] = {"in": self._sandbox.key, **_counted(numbers), **delta}
        points = self._points()
        if aside:
            entry["aside"] = aside
        elif not delta and not points and numbers == self._numbers:
            return
        # A snapshot that is not written yet was taken when the state was still what the file has.
        self._write([*points, entry] if points else entry)
        self._take(shown, aside, numbers)

    def _points(self) -> list[dict[str, Any]]:
        """Return the entries of snapshots that were taken or forgotten since the last line."""
        key, snapshots = self._sandbox.key, self._sandbox.snapshots
        if not snapshots and not self._snapshots:
            return []
        now = {each.number: each for each in snapshots.all()}
        gone = [{"unpoint": key, "number": number} for number in self._snapshots if number not in now]
        new = [each for number, each in now.items() if number not in self._snapshots]
        return [*gone, *({"point": key, "told": snapshot_as_json(each)} for each in new)]

    def save(self) -> None:
        """Write what changed beside the store; raises NotKept."""
        self.record({})

    def entry(self) -> dict[str, Any]:
        """Return everything beside the store; call :meth:`seen` once it is written."""
        _, aside, numbers = self._look()
        return {"in": self._sandbox.key, **_counted(numbers), "aside": aside}

    def seen(self) -> None:
        """Take what there is now for written."""
        self._take(*self._look())

    def _take(self, shown: tuple[Any, ...], aside: dict[str, Any], numbers: tuple[int, int]) -> None:
        self._shown, self._numbers = shown, numbers
        self._known.update(aside)
        self._snapshots = frozenset(each.number for each in self._sandbox.snapshots.all())

    def _look(self) -> tuple[tuple[Any, ...], dict[str, Any], tuple[int, int]]:
        """Return what is compared, what of it is to be written, and how many exchanges and events there were."""
        sandbox = self._sandbox
        own = tuple(sandbox.scenarios.values()) if sandbox.scenarios else ()
        shown = (
            sandbox.edition,
            sandbox.quirks,
            sandbox.clock.standing(),
            playing_as_json(sandbox.stage),
            own,
            floor_as_json(sandbox.floor.rules),
            queue_as_json(sandbox.forced),
        )
        aside = {} if shown == self._shown else self._changed(shown)
        return shown, aside, (sandbox.journal.number, sandbox.floor.number)

    def _changed(self, shown: tuple[Any, ...]) -> dict[str, Any]:
        edition, quirks, clock, playing, own, floor, faults = shown
        now = {
            "edition": edition,
            "quirks": dict(quirks),
            "clock": clock,
            "playing": playing,
            "own": {scenario.name: scenario.document for scenario in own},
            "floor": floor,
            "faults": faults,
        }
        known = self._known
        return {name: value for name, value in now.items() if name not in known or known[name] != value}


def _counted(numbers: tuple[int, int]) -> dict[str, int]:
    """Return the members that tell how many exchanges and events there were; most sandboxes have no events."""
    exchanges, events = numbers
    return {"n": exchanges, "e": events} if events else {"n": exchanges}
