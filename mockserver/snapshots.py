"""Snapshots: points in time that a sandbox can go back to, as often as somebody likes.

One holds everything that decides what the next command does. What has happened stays as it is: journal,
events, ids of requests, coverage.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mockserver.errors import SnapshotRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from mockserver.clock import Mode
    from mockserver.faults.forced import ForcedStatuses
    from mockserver.model import Reply
    from mockserver.sandbox import Sandbox
    from mockserver.scenarios.model import Scenario
    from mockserver.scenarios.playing import Stage
    from mockserver.simulation.floor import Rules
    from mockserver.store.interface import Store

MOST: Final = 100
"""Snapshots that one sandbox keeps at most."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One point in time: when it was on the sandbox's clock, how many exchanges stood in the journal, and all else."""

    number: int
    name: str
    now: datetime
    requests: int
    mode: Mode
    scale: float
    floor: Rules
    store: Store
    edition: str | None
    quirks: Mapping[str, str]
    stage: Stage
    scenarios: Mapping[str, Scenario]
    forced: ForcedStatuses
    last_reply: Reply | None

    @property
    def id(self) -> str:
        """What the admin API calls it."""
        return f"s{self.number}"

    def restore(self, sandbox: Sandbox) -> None:
        """Bring the sandbox back to it, on its clock too; a command that waits meanwhile never takes effect."""
        with sandbox.lock:
            sandbox.resets += 1
            try:
                with sandbox.store.together():
                    self._bring_back(sandbox)
            finally:
                sandbox.forget()
            sandbox.outbound.resume()
            sandbox.bell.ring()

    def _bring_back(self, sandbox: Sandbox) -> None:
        sandbox.store.restore(self.store)
        sandbox.clock.set(self.mode, self.now, self.scale)
        sandbox.floor.go_back(self.now, replace(self.floor))
        sandbox.edition, sandbox.quirks = self.edition, dict(self.quirks)
        sandbox.stage, sandbox.forced = self.stage.copy(), self.forced.copy()
        sandbox.scenarios = dict(self.scenarios)
        sandbox.last_reply = self.last_reply


class Snapshots:
    """The snapshots of one sandbox, oldest first; hold its lock to use them."""

    def __init__(self) -> None:
        self._kept: dict[str, Snapshot] = {}
        self.number = 0
        """How many were taken so far; numbers are not given again."""

    def __len__(self) -> int:
        return len(self._kept)

    def all(self) -> list[Snapshot]:
        """Return all, oldest first."""
        return list(self._kept.values())

    def take(self, sandbox: Sandbox, name: str = "") -> Snapshot:
        """Keep how the sandbox stands; its state is shared and not copied. SnapshotRefused: too many, or that name."""
        if len(self._kept) >= MOST:
            raise SnapshotRefused(f"a sandbox keeps at most {MOST} snapshots; delete one first")
        if name and self.find(name) is not None:
            raise SnapshotRefused(
                f"a snapshot {name} is there already; delete it first, or choose another name"
            )
        self.number += 1
        made = Snapshot(
            number=self.number,
            name=name,
            now=sandbox.settle(),
            requests=len(sandbox.journal),
            mode=sandbox.clock.mode,
            scale=sandbox.clock.scale,
            floor=replace(sandbox.floor.rules),
            store=sandbox.store.fork(),
            edition=sandbox.edition,
            quirks=dict(sandbox.quirks),
            stage=sandbox.stage.copy(),
            scenarios=dict(sandbox.scenarios),
            forced=sandbox.forced.copy(),
            last_reply=sandbox.last_reply,
        )
        self._kept[made.id] = made
        return made

    def resume(self, snapshots: Iterable[Snapshot], number: int) -> None:
        """Have these, which are known from elsewhere, after so many had been taken."""
        self._kept.update((each.id, each) for each in snapshots)
        self.number = number

    def find(self, word: str) -> Snapshot | None:
        """Return the snapshot of that id or name, or None."""
        named = (each for each in self._kept.values() if each.name and each.name == word)
        return self._kept.get(word) or next(named, None)

    def drop(self, snapshot: Snapshot) -> None:
        """Forget a snapshot; ids are not given again."""
        self._kept.pop(snapshot.id, None)
