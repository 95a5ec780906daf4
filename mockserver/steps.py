"""The steps of a sandbox: what was done to it since its creation or last reset, in the order it took effect.

Kept so that all of it can be played again (:mod:`mockserver.reproduction`). The journal forgets what a test
clears and cuts long bodies; the steps keep both, within bounds, and know what they lost.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mockserver.model import Exchange, Inbound, Reply
    from mockserver.scenarios.model import Scenario

Cut = Literal["", "request", "reply"]
"""Whose body was too long to keep."""

_SHORT: Final = 16 * 1024
_ROOM: Final = 4 * 1024 * 1024
"""Bytes that bodies over 16 KiB may take in one sandbox."""


class Answered(NamedTuple):
    """A request to the API with its reply; ``cut`` names what was too long to keep the body of, if anything."""

    number: int
    now: datetime
    inbound: Inbound
    reply: Reply
    method: str
    status: int | None
    cut: Cut = ""

    @property
    def size(self) -> int:
        """Bytes of its bodies that count against the room for long ones."""
        return _counted(self.inbound.body) + _counted(self.reply.body)


class Held(NamedTuple):
    """A request that a fault held back before it took effect; it is answered by a later step, or by none."""

    number: int
    now: datetime
    inbound: Inbound
    cut: Cut = ""

    @property
    def size(self) -> int:
        """Bytes of its body that count against the room for long ones."""
        return _counted(self.inbound.body)


class Administered(NamedTuple):
    """A request to the admin API that was carried out; ``path`` stands below the sandbox, ``body`` is JSON."""

    now: datetime
    verb: str
    path: str
    body: bytes
    status: int
    cut: Cut = ""

    @property
    def size(self) -> int:
        """Bytes of its body that count against the room for long ones."""
        return _counted(self.body)


Step = Answered | Held | Administered


class Mark(NamedTuple):
    """Where the steps stood when an admin request came in."""

    now: datetime
    run: int
    number: int


class Steps:
    """Keeps the last ``limit`` steps of a sandbox; hold the sandbox's lock to use it.

    ``begun`` is the sandbox's time at its creation or last reset, ``snapshots`` is how many had been taken by
    then, ``scenarios`` are those of the server that were wanted since, by name.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: deque[Step] = deque()
        self._reasons: dict[str, None] = {}
        self._scenarios: dict[str, Scenario] = {}
        self._run = self._number = self._dropped = self._long = 0
        self.begun: datetime | None = None
        self.snapshots = 0

    def begin(self, now: datetime, snapshots: int = 0) -> None:
        """Forget everything and begin anew at this time of the sandbox, after so many snapshots."""
        self._kept.clear()
        self._reasons.clear()
        self._scenarios.clear()
        self._run += 1
        self._number = self._dropped = self._long = 0
        self.begun, self.snapshots = now, snapshots

    @property
    def kept(self) -> list[Step]:
        """The steps that are kept, the first one first."""
        return list(self._kept)

    @property
    def scenarios(self) -> Mapping[str, Scenario]:
        """The scenarios of the server that were wanted, by name."""
        return dict(self._scenarios)

    def answered(self, exchange: Exchange) -> None:
        """Keep a request that was answered."""
        inbound, reply = exchange.inbound, exchange.reply
        if reply.faults or reply.origin:
            reply = replace(reply, faults=(), origin=None)
        cut: Cut = ""
        size = 0
        if len(reply.body) > _SHORT or len(inbound.body) > _SHORT:
            inbound, reply, cut = self._fitted(exchange.number, inbound, reply)
            size = _counted(inbound.body) + _counted(reply.body)
        step = Answered(exchange.number, exchange.now, inbound, reply, exchange.method, exchange.status, cut)
        self._add(step, size)

    def _fitted(self, number: int, inbound: Inbound, reply: Reply) -> tuple[Inbound, Reply, Cut]:
        """Return a request and its reply without what there is no room for; the request comes first."""
        cut: Cut = ""
        if not self._fits(inbound.body):
            inbound, cut = replace(inbound, body=b""), "request"
            self.lose(f"the body of request {number} was too long to keep")
        if not self._fits(reply.body, _counted(inbound.body)):
            reply, cut = replace(reply, body=b""), cut or "reply"
            self.lose(f"the reply to request {number} was too long to keep")
        return inbound, reply, cut

    def held(self, number: int, now: datetime, inbound: Inbound) -> None:
        """Keep a request that is held back before it takes effect."""
        cut: Cut = ""
        if not self._fits(inbound.body):
            inbound, cut = replace(inbound, body=b""), "request"
            self.lose(f"the body of request {number} was too long to keep")
        self._add(Held(number, now, inbound, cut), _counted(inbound.body))

    def mark(self, now: datetime) -> Mark:
        """Return where the steps stand; :meth:`administered` tells by it what happened meanwhile."""
        return Mark(now, self._run, self._number)

    def administered(self, mark: Mark, verb: str, path: str, body: bytes, status: int) -> None:
        """Keep an admin request that was carried out; one that made the sandbox begin anew is no step of it."""
        if mark.run != self._run:
            return
        if mark.number != self._number:
            self.lose(
                f"{verb} {path} took place while others were answered: its place among them is not known"
            )
        cut: Cut = ""
        if not self._fits(body):
            body, cut = b"", "request"
            self.lose(f"the body of {verb} {path} was too long to keep")
        self._add(Administered(mark.now, verb, path, body, status, cut), _counted(body))

    def want(self, scenario: Scenario) -> None:
        """Keep the document of a scenario of the server that plays: its file may change, or go."""
        known = self._scenarios.setdefault(scenario.name, scenario)
        if known is not scenario and known.document != scenario.document:
            self.lose(f"the scenario {scenario.name} was changed while the sandbox used it")

    def lose(self, reason: str) -> None:
        """Note that what is kept is not all that happened; ``reason`` is a sentence without its full stop."""
        if len(self._reasons) < self._limit:
            self._reasons[reason] = None

    @property
    def lost(self) -> list[str]:
        """Why the steps are not all that happened; nothing where they are."""
        if not self._dropped:
            return list(self._reasons)
        first = (
            f"the first {self._dropped} steps are no longer kept (--journal {self._limit} is how many are)"
        )
        return [first, *self._reasons]

    def _fits(self, body: bytes, beside: int = 0) -> bool:
        return self._long + beside + _counted(body) <= _ROOM

    def _add(self, step: Step, size: int) -> None:
        """Keep a step whose long bodies take so many bytes."""
        if len(self._kept) >= self._limit:
            dropped = self._kept.popleft()
            self._dropped += 1
            # Most sandboxes hold no long body at all.
            if self._long:
                self._long -= dropped.size
        self._kept.append(step)
        self._number += 1
        self._long += size


def _counted(body: bytes) -> int:
    return len(body) if len(body) > _SHORT else 0
