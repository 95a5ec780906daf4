"""A demo from beginning to end: the clock is moved on, people act, events are written as they happen."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from threading import Event as Flag
from typing import TYPE_CHECKING, Final

from mockserver.advancing import advance
from mockserver.clock import real_time
from mockserver.demo.autopilot import Autopilot
from mockserver.demo.people import agents, customers
from mockserver.demo.telling import Teller
from mockserver.demo.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.scenarios.model import Scenario
    from mockserver.service import Service

_TICK: Final = 0.1
"""Seconds of real time between two looks at the floor while nothing is due."""


class Demo:
    """One demo on the default sandbox of a service, whose clock must be frozen: the demo moves it on.

    ``speed`` is seconds of the sandbox in a real one, None for as fast as possible; ``longest`` ends the
    demo after that time of the sandbox.
    """

    def __init__(
        self, service: Service, scenario: Scenario, *, seed: int, speed: float | None, longest: timedelta
    ) -> None:
        self._sandbox = service.registry.get("default")
        self._scenario = scenario
        self._seed = seed
        self._speed = speed
        self._begun = self._sandbox.clock.now()
        self._end = self._begun + longest
        self._stop = Flag()
        self._seen = 0
        self._names: dict[str, str] = {}
        self._pilot = Autopilot(service, self._sandbox, scenario, seed)
        self.totals = Totals(self._sandbox.floor.book, self._begun)

    def stop(self) -> None:
        """End it soon, from any thread."""
        self._stop.set()

    def play(
        self, write: Callable[[str], None], *, staff: int, crowd: int, tty: bool, colour: bool, masked: bool
    ) -> None:
        """Play to the end and write everything, the summary last."""
        people = agents(self._seed, staff)
        self._names.update({each.login: each.name for each in people})
        for _, row in self._sandbox.store.find("users", tenant=self._sandbox.own_apikey):
            self._names.setdefault(row["login"], row["username"] or row["login"])
        teller = Teller(write, self._names, tty=tty, colour=colour, masked=masked)
        cast = json.dumps([step.get("agent", step.get("send", {})) for step in self._scenario.story])
        self._pilot.prepare(people, customers(self._seed, crowd), cast)
        self._sandbox.activate(self._scenario)
        self._seen = self._sandbox.floor.log.last
        try:
            self._drive(teller)
        except KeyboardInterrupt:
            self.stop()
        for line in self.totals.lines(self._sandbox.clock.now(), self._names):
            teller.line(line)

    def _drive(self, teller: Teller) -> None:
        while not self._stop.is_set():
            due = self._next()
            if due is None or due > self._end:
                return
            if self._speed is not None and not self._wait(due, self._speed, teller):
                continue
            advance(self._sandbox, due)
            self._tell(teller)
            self._pilot.act(due)
            self._tell(teller)

    def _next(self) -> datetime | None:
        """Return when something happens next, or None when nothing but breaks is left."""
        with self._sandbox.lock:
            self._sandbox.settle()
            timer = self._sandbox.floor.next_due()
        if timer is None and self._pilot.idle:
            return None
        moments = [self._pilot.next_due(), None if timer is None else datetime.fromisoformat(timer)]
        return min(moment for moment in moments if moment is not None)

    def _wait(self, due: datetime, speed: float, teller: Teller) -> bool:
        """Let real time pass until a moment of the sandbox; False when something else came between."""
        begun, since = self._sandbox.clock.now(), real_time()
        while True:
            left = (due - begun).total_seconds() / speed - (real_time() - since)
            if left <= 0 or self._stop.is_set():
                return not self._stop.is_set()
            self._stop.wait(min(left, _TICK))
            reached = begun + timedelta(seconds=(real_time() - since) * speed)
            advance(self._sandbox, max(min(due, reached), self._sandbox.clock.now()))
            if self._tell(teller) or self._next() != due:
                return False

    def _tell(self, teller: Teller) -> int:
        """Write what happened since the last time, let people see it, and return how much it was."""
        with self._sandbox.lock:
            log = self._sandbox.floor.log
            fresh = []
            for event in log.newest_first():
                if event.number <= self._seen:
                    break
                fresh.append(event)
            self._seen = log.last
        for event in reversed(fresh):
            self.totals.note(event)
            self._pilot.see(event)
            teller.event(event, self._pilot.breaks, self.totals.logged_out)
        now = self._sandbox.clock.now()
        shown = ", ".join(self.totals.by_status())
        calls = f"{self.totals.done}/{len(self.totals.calls)}"
        teller.progress(f"{now:%H:%M:%S}  calls {calls} done  agents {shown}")
        return len(fresh)
