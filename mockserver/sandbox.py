"""Sandboxes: isolated worlds, and the registry that makes, finds and drops them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from mockserver.clock import Clock
from mockserver.contract.expansion import NO_TRAITS
from mockserver.errors import SandboxExists, UnknownSandbox
from mockserver.faults.forced import ForcedStatuses
from mockserver.journal import Journal
from mockserver.links import base_for, public_url
from mockserver.regime import Regime
from mockserver.seeding import copy_tenant, plant
from mockserver.store.tinystore import TinyStore

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from mockserver.clock import Mode
    from mockserver.contract.catalogue import Catalogue
    from mockserver.seeding import SeedPlan
    from mockserver.store.interface import Row, Store

DEFAULT: Final = "default"
"""Key of the sandbox that requests belong to when nothing says otherwise."""

MINTED_FROM: Final = "test_org"
"""API key of the golden tenant whose copy a sandbox gets (AM-11)."""

SAMPLE_CUSTOMERS: Final = {"golden": 0, "demo": 200}
"""Made-up customers of each preset unless somebody asks for another number."""

_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MINTED: Final = re.compile(rb"sbx[A-Za-z0-9]{24}")
_REMEMBERED: Final = 512
_TEMPLATES: Final = 16


@dataclass(frozen=True, slots=True)
class World:
    """What all sandboxes share: contract, time zone, journal length, server quirks, base of recording links."""

    catalogue: Catalogue
    zone: str
    journal_limit: int
    quirks: Mapping[str, str]
    recording_base: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sandbox is made of; a reset goes back to exactly this (AM-16)."""

    seed: int = 0
    preset: str = "golden"
    customers: int | None = None
    edition: str | None = None
    quirks: Mapping[str, str] = field(default_factory=dict)
    clock: Mode = "real"
    at: datetime | None = None


class Sandbox:
    """One isolated world: state, clock, journal, forced statuses, settings. Hold ``lock`` to use it."""

    def __init__(self, key: str, plan: Plan, store: Store, world: World) -> None:
        self.key = key
        self.lock = RLock()
        self.store = store
        self.minted: dict[str, Any] = {}
        self.clock = Clock(world.zone, plan.clock, plan.at)
        # A clock frozen at the time of creation goes back to that time (AM-16).
        self.plan = replace(plan, at=self.clock.now()) if plan.clock == "frozen" else plan
        self.journal = Journal(world.journal_limit)
        self.forced = ForcedStatuses()
        self.edition = plan.edition
        self.quirks: dict[str, str] = dict(plan.quirks)
        self._world = world
        self._pristine = store.fork()
        self._regimes: dict[tuple[Any, ...], Regime] = {}
        self._tenants: dict[str, Row | None] = {}
        self._processes: dict[tuple[str, bool], Row | None] = {}

    def seal(self) -> None:
        """Take the present state as the one a reset goes back to."""
        self._pristine = self.store.fork()
        self.forget()

    def reset(self) -> None:
        """Go back to creation: state, counters, clock, settings; no exchanges, no forced statuses (AM-16)."""
        with self.lock:
            self.store.restore(self._pristine)
            self.edition = self.plan.edition
            self.quirks = dict(self.plan.quirks)
            self.clock.reset(self.plan.clock, self.plan.at)
            self.journal.clear(restart=True)
            self.forced.clear()
            self.forget()

    def configure(self, edition: str | None, quirks: Mapping[str, str]) -> None:
        """Set the sandbox's own edition and quirks (AM-12, AM-13)."""
        with self.lock:
            self.edition = edition
            self.quirks = dict(quirks)
            self.forget()

    def forget(self) -> None:
        """Drop what was remembered of tenants, processes and settings; call it when they change."""
        self._regimes.clear()
        self._tenants.clear()
        self._processes.clear()

    def recording_url(self, stored: str, scheme: str, host: str) -> str:
        """Return a stored recording link as this client may follow it (MREC-11, SIM-17).

        ``scheme`` and ``host`` (the Host header) are those of the client's request.
        """
        key = None if self.key == DEFAULT else self.key
        base = base_for(self._world.recording_base, key, scheme, host)
        return public_url(stored, self.documented_base, base)

    @property
    def documented_base(self) -> str:
        """What the links of recordings begin with as they are stored (REC-09); ends with a slash."""
        base: str = self._world.catalogue.common["recordings"]["base"]
        return base

    def tenant(self, apikey: str) -> Row | None:
        """Return the tenant of an API key, byte for byte (TRN-21), or None. Do not change the row."""
        if apikey not in self._tenants:
            if len(self._tenants) >= _REMEMBERED:
                self._tenants.clear()
            found = self.store.first("tenants", apikey=apikey)
            self._tenants[apikey] = None if found is None else found[1]
        return self._tenants[apikey]

    def process(self, servicekey: str, *, fold_case: bool = False) -> Row | None:
        """Return the process of a service key or alias (AUTH-11), or None. Do not change the row."""
        key = (servicekey, fold_case)
        if key not in self._processes:
            if len(self._processes) >= _REMEMBERED:
                self._processes.clear()
            self._processes[key] = self._find_process(servicekey, fold_case=fold_case)
        return self._processes[key]

    def _find_process(self, servicekey: str, *, fold_case: bool) -> Row | None:
        for column in ("servicekey", "alias"):
            found = self.store.first("processes", **{column: servicekey})
            if found is not None:
                return found[1]
        if not fold_case:
            return None
        wanted = servicekey.casefold()
        for _, row in self.store.rows("processes"):
            if wanted in ((row["servicekey"] or "").casefold(), (row["alias"] or "").casefold()):
                return row
        return None

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
        quirks = {**world.catalogue.quirks.defaults, **world.quirks, "edition": hint, **self.quirks}
        if self.edition is not None:
            quirks["edition"] = self.edition
        traits = NO_TRAITS
        if process is not None:
            quirks.update(process["quirks"] or {})
            if process["edition"] is not None:
                quirks["edition"] = process["edition"]
            traits = (
                ("trunk", process["trunk"]),
                ("crm_field", process["crm_field"]),
                ("template", tuple(process["template"] or ())),
            )
        quirks.update(header)
        return Regime(world.catalogue, quirks, traits)


class SandboxRegistry:
    """All sandboxes of a server, by key; and the minted keys that lead to them (AM-10, AM-11)."""

    def __init__(self, world: World, presets: Callable[[str], SeedPlan]) -> None:
        self._world = world
        self._presets = presets
        self._lock = RLock()
        self._sandboxes: dict[str, Sandbox] = {}
        self._minted_apikeys: dict[bytes, Sandbox] = {}
        self._minted_servicekeys: dict[bytes, Sandbox] = {}
        self._templates: dict[tuple[int, str, int], Store] = {}
        self._number = 0

    def create(self, plan: Plan, key: str | None = None, *, mint: bool = True) -> Sandbox:
        """Make a sandbox; raise SandboxExists, or ValueError for a key that cannot stand in a path."""
        if key is not None and _KEY.fullmatch(key) is None:
            raise ValueError("a sandbox key has 1 to 64 letters, digits, dots, dashes or underscores")
        template = self._template(plan)
        with self._lock:
            key = self._next_key() if key is None else key
            if key in self._sandboxes:
                raise SandboxExists(f"a sandbox {key} is there already")
            sandbox = Sandbox(key, plan, template.fork(), self._world)
            if mint:
                self._mint(sandbox)
            self._sandboxes[key] = sandbox
            return sandbox

    def get(self, key: str) -> Sandbox:
        """Return the sandbox of that key; raise UnknownSandbox."""
        sandbox = self._sandboxes.get(key)
        if sandbox is None:
            raise UnknownSandbox(f"no sandbox {key[:64]}")
        return sandbox

    def all(self) -> list[Sandbox]:
        """Return all sandboxes, oldest first."""
        with self._lock:
            return list(self._sandboxes.values())

    def drop(self, key: str) -> None:
        """Forget a sandbox and its minted keys; raise UnknownSandbox."""
        with self._lock:
            minted = self.get(key).minted
            del self._sandboxes[key]
            if minted:
                del self._minted_apikeys[minted["apikey"].encode()]
                for word in minted["servicekeys"].values():
                    del self._minted_servicekeys[word.encode()]

    def by_minted_key(self, *texts: bytes) -> Sandbox | None:
        """Return the sandbox whose minted key stands in the bytes of a request, API keys first (AM-10)."""
        if not self._minted_apikeys:
            return None
        words = [word for text in texts if b"sbx" in text for word in _MINTED.findall(text)]
        for known in (self._minted_apikeys, self._minted_servicekeys):
            for word in words:
                if word in known:
                    return known[word]
        return None

    def _next_key(self) -> str:
        self._number += 1
        while f"sb{self._number}" in self._sandboxes:
            self._number += 1
        return f"sb{self._number}"

    def _template(self, plan: Plan) -> Store:
        """Return the sealed state such sandboxes start from; planted without the lock, a crowd takes seconds."""
        customers = SAMPLE_CUSTOMERS[plan.preset] if plan.customers is None else plan.customers
        name = (plan.seed if customers else 0, plan.preset, customers)  # only people depend on the seed
        template = self._templates.get(name)
        if template is None:
            template = TinyStore()
            plant(template, self._presets(plan.preset), seed=plan.seed, customers=customers)
            if len(self._templates) >= _TEMPLATES:
                self._templates.clear()
            self._templates[name] = template
        return template

    def _mint(self, sandbox: Sandbox) -> None:
        """Give the sandbox a copy of the golden tenant under keys of its own (AM-11)."""
        source = MINTED_FROM
        apikey = _minted_key(sandbox.key, source)
        servicekeys = {
            row["name"]: _minted_key(sandbox.key, row["name"])
            for _, row in sandbox.store.find("processes", tenant=source)
        }
        copy_tenant(sandbox.store, source, apikey, servicekeys)
        sandbox.minted = {"apikey": apikey, "servicekeys": servicekeys}
        sandbox.seal()
        self._minted_apikeys[apikey.encode()] = sandbox
        for word in servicekeys.values():
            self._minted_servicekeys[word.encode()] = sandbox


def _minted_key(sandbox: str, name: str) -> str:
    """Return a key that only this sandbox has, the same whenever it is made again."""
    return "sbx" + hashlib.sha256(f"{sandbox}\n{name}".encode()).hexdigest()[:24]
