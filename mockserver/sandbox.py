"""Sandboxes: isolated worlds. What they are made of stands in :mod:`mockserver.world`."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from mockserver.bell import Bell
from mockserver.clock import Clock, real_time
from mockserver.coverage.recording import Coverage
from mockserver.errors import NotKept, UnknownScenario
from mockserver.faults.forced import ForcedStatuses
from mockserver.happening import settle
from mockserver.journal import Journal
from mockserver.links import base_for, public_url
from mockserver.outbound import Outbound
from mockserver.owners import Owners
from mockserver.regime import regime_for
from mockserver.scenarios import cast
from mockserver.scenarios.playing import Play, Stage
from mockserver.scenarios.setup import Setup
from mockserver.simulation.dialler import AUTO, dispatch
from mockserver.simulation.floor import Rules
from mockserver.simulation.running import make_floor
from mockserver.snapshots import Snapshots
from mockserver.steps import Steps
from mockserver.world import DEFAULT, MINTED_FROM, MINTED_PREFIX, SAMPLE_CUSTOMERS, Plan, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from mockserver.model import Exchange, Reply
    from mockserver.regime import Regime
    from mockserver.scenarios.model import Scenario
    from mockserver.simulation.floor import Errand, Floor
    from mockserver.store.interface import Row, Store

__all__ = ["DEFAULT", "MINTED_FROM", "MINTED_PREFIX", "SAMPLE_CUSTOMERS", "Plan", "Sandbox", "World"]

_REMEMBERED: Final = 512


class Sandbox:
    """One isolated world: state, clock, journal, forced statuses, settings. Hold ``lock`` to use it."""

    is_minted: Callable[[str], bool]
    """Tells whether a key was minted for any sandbox of the server."""
    save: Callable[[], None]
    """Writes settings, clock and scenarios to the state file, if there is one and they changed; raises NotKept.
    Call it under the lock once they are as they shall be."""
    coverage: Coverage
    """The contract rows its traffic touched."""
    scenarios: dict[str, Scenario]
    """Scenarios of this sandbox alone, by name."""
    bell: Bell
    """Rings when something has happened that somebody may wait for: an exchange, an event, the end."""
    pristine: Store
    """The state that a reset goes back to: read only."""
    used: float
    """When somebody used it last, through the API or the admin API; real time."""
    awaited: float
    """When the last of the commands that are held back will take effect; real time."""
    resets: int
    """How often it got another state, of its creation, a snapshot, a load or none: what waited through that never happened."""
    last_reply: Reply | None
    """The reply before this one, as it was before anybody harmed it."""

    def __init__(self, key: str, plan: Plan, store: Store, world: World) -> None:
        self.key = key
        self.lock = RLock()
        self.store = store
        self.minted: dict[str, Any] = {}
        self.is_minted = lambda _: False
        self.save = lambda: None
        self.clock = Clock(world.zone, plan.clock, plan.at, plan.scale)
        # A clock frozen at the time of creation goes back to that time (AM-16).
        self.plan = replace(plan, at=self.clock.now()) if plan.clock == "frozen" else plan
        self.floor = make_floor(store, world.catalogue, plan.seed, self.clock.now(), Rules(plan.dialler))
        self.journal = Journal(world.journal_limit)
        self.coverage = Coverage(key, world.archive)
        self.steps = Steps(world.journal_limit)
        self.forced = ForcedStatuses()
        self.stage = Stage()
        self.scenarios = {}
        self.snapshots = Snapshots()
        self.bell = Bell()
        self.outbound = Outbound(self, world.courier)
        self.used = real_time()
        self.awaited = 0.0
        self.resets = 0
        self.last_reply = None
        self.edition = plan.edition
        self.quirks: dict[str, str] = dict(plan.quirks)
        self.send: Callable[[Errand], None] = lambda errand: world.send(self, errand)
        self._world = world
        self.pristine = store.fork()
        self._owners = Owners(store)
        self.tenant = self._owners.tenant
        self.process = self._owners.process
        self._regimes: dict[tuple[Any, ...], Regime] = {}

    def seal(self) -> None:
        """Take the present state as the one a reset goes back to."""
        self.pristine = self.store.fork()
        self.forget()

    def reset(self) -> None:
        """Go back to creation: state, counters, clock, settings; no exchanges, no faults, no scenarios of its own.

        Snapshots stay (AM-16), and who waits for something to happen is answered.
        """
        with self.lock:
            self.resets += 1
            try:
                with self.store.together():
                    self._start_over()
            finally:
                self.forget()
            self.bell.ring(end=True)

    def _start_over(self) -> None:
        self.store.restore(self.pristine)
        self.edition = self.plan.edition
        self.quirks = dict(self.plan.quirks)
        self.clock.reset(self.plan.clock, self.plan.at, self.plan.scale)
        self.floor.begin(self.clock.now(), Rules(self.plan.dialler))
        self.journal.clear(restart=True)
        self.coverage.clear()
        self.forced.clear()
        self.stage.clear()
        self.scenarios.clear()
        self.last_reply = None
        self.forget()
        self.begin()

    @property
    def idle_for(self) -> float:
        """Seconds of real time since its last use; to wait for something is to use it."""
        last = max(self.used, self.awaited, self.bell.left)
        return 0.0 if self.bell.heard else max(0.0, real_time() - last)

    def settle(self) -> datetime:
        """Let everything happen that is due by now, in order and each at its own time; return the time.

        Hold the lock. What asks about the sandbox asks this first.
        """
        return settle(self)

    @contextmanager
    def act(self) -> Iterator[Floor]:
        """Let somebody act on the floor by hand: what is due happens first, then all of it or nothing."""
        with self.lock:
            self.settle()
            try:
                with self.store.unit():
                    yield self.floor
                    self.floor.serve_freed()
            except BaseException:
                self.floor.discard()
                raise
            self.floor.commit(real_time())
            self.bell.ring()

    def react(self) -> int:
        """Give free agents their calls after something changed, if the dialler runs by itself; return how many."""
        with suppress(NotKept):
            return self.tick() if self.floor.rules.dialler == AUTO else 0
        return 0

    def tick(self) -> int:
        """Let the dialler look once, whatever its mode; return how many calls began (SIM-01)."""
        with self.act() as floor:
            return dispatch(floor)

    def keep(self, exchange: Exchange, **members: Any) -> None:
        """Journal an exchange with these members set, tell the watchers of it as it was, and ring the bell."""
        self.journal.record(exchange, **members)
        if not exchange.story:
            # What a storyline sends is no traffic of the client's; played again, the storyline sends it again.
            self.used = real_time()
            self.coverage.note(exchange)
            self.steps.answered(exchange)
        for watch in self._world.watchers:
            watch(self, exchange)
        self.bell.ring()

    def configure(self, edition: str | None, quirks: Mapping[str, str]) -> None:
        """Set the sandbox's own edition and quirks (AM-12, AM-13)."""
        with self.lock:
            self.edition = edition
            self.quirks = dict(quirks)
            self.forget()

    def begin(self) -> None:
        """Let the scenarios play that the sandbox was made with (AM-16); what is done to it counts from here."""
        self.steps.begin(self.clock.now(), self.snapshots.number)
        for scenario in self.plan.scenarios:
            self.activate(scenario)

    def scenario(self, name: str) -> Scenario:
        """Return a scenario of the sandbox or of the server; raise UnknownScenario."""
        own = self.scenarios.get(name)
        if own is not None:
            return own
        if self._world.library is None:
            raise UnknownScenario(f"no scenario {name[:64]!r}")
        return self._world.library.get(name)

    def activate(self, scenario: Scenario) -> None:
        """Make a scenario's setup true and let it play from now on; InvalidDocument changes nothing."""
        with self.lock:
            aliases = {MINTED_FROM: self.minted["apikey"]} if self.minted else {}
            setup = Setup(self.store, self.clock, self.floor, aliases)
            try:
                with self.act():
                    setup.apply(scenario.setup, f"scenario {scenario.name}")
                    cast.begin(self.store, self.clock.now(), self.own_apikey, scenario)
                    self.stage.begin(Play(scenario, self.plan.seed, self.clock.now()))
            finally:
                self.forget()

    def want(self, scenario: Scenario) -> None:
        """Remember a scenario of the server that somebody wants to play here, for a reproduction."""
        if self.scenarios.get(scenario.name) is not scenario:
            self.steps.want(scenario)

    def deactivate(self, name: str) -> bool:
        """Stop a scenario and its storyline; what its setup changed stays. False when it does not play."""
        with self.lock:
            cast.end(self.store, name)
            ended = self.stage.end(name)
            self.forget()
            return ended

    def plays(self, names: Iterable[str], since: datetime) -> tuple[Play, ...]:
        """Return what plays for a request that asks for these scenarios as well; raise UnknownScenario.

        One that did not play yet begins at ``since``, the time of that request, so that it is not too
        early for it.
        """
        asked = [self.scenario(name) for name in names]
        for scenario in asked:
            self.want(scenario)
        return self.stage.for_request(Play(scenario, self.plan.seed, since) for scenario in asked)

    def known_as(self, apikey: str) -> tuple[str, ...]:
        """Return the names rules may know an API key by: itself, and the golden one it was minted from."""
        minted = self.minted.get("apikey") == apikey
        return (apikey, MINTED_FROM) if minted else (apikey,)

    def forget(self) -> None:
        """Drop what was remembered of tenants, processes and settings; call it when they change."""
        self._regimes.clear()
        self._owners.forget()

    def recording_url(self, stored: str, scheme: str, host: str) -> str:
        """Return a stored recording link as this client may follow it (MREC-11, SIM-17).

        ``scheme`` and ``host`` (the Host header) are those of the client's request.
        """
        key = None if self.key == DEFAULT else self.key
        base = base_for(self._world.recording_base, key, scheme, host)
        return public_url(stored, self.documented_base, base)

    @property
    def own_apikey(self) -> str:
        """The key of the tenant that is the sandbox's own: the minted one, else the golden (AM-11)."""
        return str(self.minted.get("apikey", MINTED_FROM))

    @property
    def documented_base(self) -> str:
        """What the links of recordings begin with as they are stored (REC-09); ends with a slash."""
        base: str = self._world.catalogue.common["recordings"]["base"]
        return base

    def regime(self, process: Row | None, header: Mapping[str, str], hint: str) -> Regime:
        """Return the quirks in force: header over process over sandbox over server (AM-12, AM-13).

        ``hint`` is the edition that host and port, or else the server, stand for.
        """
        name = process["servicekey"] if process else None
        key = (name, hint, *header.items()) if header else (name, hint)
        regime = self._regimes.get(key)
        if regime is None:
            if len(self._regimes) >= _REMEMBERED:
                self._regimes.clear()
            regime = self._regimes[key] = self._make_regime(process, header, hint)
        return regime

    def _make_regime(self, process: Row | None, header: Mapping[str, str], hint: str) -> Regime:
        world = self._world
        played, chosen = self.stage.settings()
        quirks = {**world.catalogue.quirks.defaults, **world.quirks, "edition": hint, **self.quirks, **chosen}
        if (played or self.edition) is not None:
            quirks["edition"] = played or self.edition
        return regime_for(world.catalogue, quirks, process, header)
