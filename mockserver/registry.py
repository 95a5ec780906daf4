"""The registry of sandboxes: makes, finds and drops them, and knows the keys that lead to them."""

from __future__ import annotations

import hashlib
import re
from threading import RLock
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from mockserver.clock import real_time
from mockserver.contract.documents import nearest
from mockserver.errors import NotKept, SandboxExists, UnknownSandbox
from mockserver.sandbox import Sandbox
from mockserver.seeding import copy_tenant, holdings, plant
from mockserver.store.tinystore import TinyStore
from mockserver.world import MINTED_FROM, MINTED_PREFIX, SAMPLE_CUSTOMERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mockserver.coverage.recording import Archive
    from mockserver.deliveries.courier import Courier
    from mockserver.seeding import Holdings, SeedPlan
    from mockserver.store.interface import Store
    from mockserver.world import Plan, World

    class Keeper(Protocol):
        """Whoever writes sandboxes down (:class:`mockserver.persistence.keeper.Keeper`)."""

        def template(self, store: TinyStore) -> tuple[TinyStore, str]:
            """Return a sealed state that sandboxes start from, and its name."""

        def store(self, template: TinyStore) -> Store:
            """Return the store of a new sandbox."""

        def adopt(self, sandbox: Sandbox, template: str, numbered: int) -> None:
            """Write a new sandbox down; raises NotKept."""

        def drop(self, key: str) -> None:
            """Write that a sandbox is gone; raises NotKept."""


_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PREFIX: Final = MINTED_PREFIX.encode()
_MINTED: Final = re.compile(_PREFIX + rb"[A-Za-z0-9]{24}")
_TEMPLATES: Final = 16
_SHOWN: Final = 64
_COMPARED: Final = 500
"""Sandboxes among which the nearest key is looked for: that takes time, and the event loop waits."""


class Template(NamedTuple):
    """A sealed state that sandboxes start from, what is copied in it, and its name where they are kept."""

    store: TinyStore
    held: Holdings
    name: str = ""


_SWEEP_SECONDS: Final = 1.0
"""How often requests have unused sandboxes looked for, where some may expire."""
_EXPIRED: Final = 1_000
"""Expired keys that are remembered, for a text that says so."""


class SandboxRegistry:
    """All sandboxes of a server, by key; and the minted keys that lead to them (AM-10, AM-11)."""

    def __init__(
        self, world: World, presets: Callable[[str], SeedPlan], keeper: Keeper | None = None
    ) -> None:
        self._world = world
        self._presets = presets
        self._keeper = keeper
        self._lock = RLock()
        self._sandboxes: dict[str, Sandbox] = {}
        self._minted_apikeys: dict[bytes, Sandbox] = {}
        self._minted_servicekeys: dict[bytes, Sandbox] = {}
        self._templates: dict[tuple[int, str, int], Template] = {}
        self._number = 0
        self._swept = 0.0
        self._may_expire = 0
        self._expired: dict[str, float] = {}

    def create(self, plan: Plan, key: str | None = None, *, mint: bool = True) -> Sandbox:
        """Make a sandbox; raise SandboxExists, NotKept, or ValueError for a key that cannot stand in a path."""
        if key is not None and _KEY.fullmatch(key) is None:
            raise ValueError("a sandbox key has 1 to 64 letters, digits, dots, dashes or underscores")
        self.sweep()
        template = self._template(plan)
        with self._lock:
            key = self._next_key() if key is None else key
            if key in self._sandboxes:
                raise SandboxExists(f"a sandbox {key} is there already")
            store = self._keeper.store(template.store) if self._keeper else template.store.fork()
            sandbox = Sandbox(key, plan, store, self._world)
            if mint:
                self._mint(sandbox, template.held)
            sandbox.begin()
            if self._keeper is not None:
                self._keeper.adopt(sandbox, template.name, self._number)
            self._enter(sandbox)
            return sandbox

    @property
    def courier(self) -> Courier | None:
        """Who carries what the sandboxes send out."""
        return self._world.courier

    @property
    def archive(self) -> Archive:
        """What is remembered of the coverage of sandboxes that were reset or dropped."""
        return self._world.archive

    def revive(self, sandboxes: Iterable[Sandbox], numbered: int) -> None:
        """Take in sandboxes that were kept, the oldest first; ``numbered`` keys were given by number so far."""
        with self._lock:
            self._number = numbered
            for sandbox in sandboxes:
                self._enter(sandbox)

    def _enter(self, sandbox: Sandbox) -> None:
        """Let requests find a sandbox, by its key and its minted keys."""
        sandbox.is_minted = self.is_minted
        if sandbox.minted:
            self._minted_apikeys[sandbox.minted["apikey"].encode()] = sandbox
            for word in sandbox.minted["servicekeys"].values():
                self._minted_servicekeys[word.encode()] = sandbox
        self._sandboxes[sandbox.key] = sandbox
        self._expired.pop(sandbox.key, None)
        self._may_expire += sandbox.plan.idle is not None

    def get(self, key: str) -> Sandbox:
        """Return the sandbox of that key, which counts as a use of it; raise UnknownSandbox."""
        if self._may_expire:
            self._sweep_sometimes(self._sandboxes.get(key))
        sandbox = self._sandboxes.get(key)
        if sandbox is None:
            raise UnknownSandbox(self._missing(key))
        sandbox.used = real_time()
        return sandbox

    def sweep(self) -> None:
        """Drop the sandboxes that nobody has used for as long as they were to stay."""
        if self._may_expire:
            self._swept = real_time()
            with self._lock:
                sandboxes = list(self._sandboxes.values())
            for sandbox in sandboxes:
                self._expire(sandbox)

    def _sweep_sometimes(self, asked: Sandbox | None) -> None:
        """Drop the sandbox that is asked for if its time is over, and all such now and then."""
        if asked is not None:
            self._expire(asked)
        if not 0 <= real_time() - self._swept < _SWEEP_SECONDS:
            self.sweep()

    def _expire(self, sandbox: Sandbox) -> None:
        idle = sandbox.plan.idle
        if idle is None or sandbox.idle_for < idle:
            return
        with self._lock:
            if self._sandboxes.get(sandbox.key) is not sandbox:
                return
            try:
                self._forget(sandbox)
            except NotKept:
                # A full disk: it stays until the state file can be told.
                return
            self._expired[sandbox.key] = idle
            if len(self._expired) > _EXPIRED:
                del self._expired[next(iter(self._expired))]
        _retire(sandbox)

    def _missing(self, key: str) -> str:
        """Say that there is no such sandbox, which one was probably meant, and how many there are."""
        if not key or key.isspace():
            return "the key of the sandbox is blank"
        idle = self._expired.get(key)
        if idle is not None:
            return f"the sandbox {key} expired: nobody used it for {idle:g} seconds"
        keys = list(self._sandboxes)
        near = nearest(keys, key[:_SHOWN]) if len(keys) <= _COMPARED else ""
        meant = f"; did you mean {near}?" if near else ""
        return f"no sandbox {key[:_SHOWN]}{meant} (there {'is 1' if len(keys) == 1 else f'are {len(keys)}'})"

    def all(self) -> list[Sandbox]:
        """Return all sandboxes, oldest first; that is no use of them."""
        self.sweep()
        with self._lock:
            return list(self._sandboxes.values())

    def drop(self, key: str) -> None:
        """Forget a sandbox and its minted keys, and answer who waits for it; raise UnknownSandbox, or NotKept and it stays."""
        with self._lock:
            sandbox = self.get(key)
            self._forget(sandbox)
        _retire(sandbox)

    def _forget(self, sandbox: Sandbox) -> None:
        if self._keeper is not None:
            self._keeper.drop(sandbox.key)
        del self._sandboxes[sandbox.key]
        self._may_expire -= sandbox.plan.idle is not None
        minted = sandbox.minted
        if minted:
            del self._minted_apikeys[minted["apikey"].encode()]
            for word in minted["servicekeys"].values():
                del self._minted_servicekeys[word.encode()]
        sandbox.outbound.gone = True
        sandbox.bell.ring(end=True)

    def by_minted_key(self, *texts: bytes) -> Sandbox | None:
        """Return the sandbox whose minted key stands in the bytes of a request, API keys first (AM-10)."""
        if not self._minted_apikeys:
            return None
        words = [word for text in texts if _PREFIX in text for word in _MINTED.findall(text)]
        if self._may_expire:
            self._sweep_sometimes(self._by_word(words))
        return self._by_word(words)

    def _by_word(self, words: list[bytes]) -> Sandbox | None:
        for known in (self._minted_apikeys, self._minted_servicekeys):
            for word in words:
                if word in known:
                    return known[word]
        return None

    def is_minted(self, key: str) -> bool:
        """Tell whether a key was minted for a sandbox that is still there."""
        word = key.encode("utf-8", "replace")
        return word in self._minted_apikeys or word in self._minted_servicekeys

    def _next_key(self) -> str:
        self._number += 1
        while f"sb{self._number}" in self._sandboxes:
            self._number += 1
        return f"sb{self._number}"

    def _template(self, plan: Plan) -> Template:
        """Return the sealed state such sandboxes start from; planted without the lock, a crowd takes seconds."""
        customers = SAMPLE_CUSTOMERS[plan.preset] if plan.customers is None else plan.customers
        name = (plan.seed if customers else 0, plan.preset, customers)  # only people depend on the seed
        template = self._templates.get(name)
        if template is None:
            store = TinyStore()
            plant(store, self._presets(plan.preset), seed=plan.seed, customers=customers)
            held = holdings(store, MINTED_FROM)
            sealed, label = self._keeper.template(store) if self._keeper else (store, "")
            template = Template(sealed, held, label)
            if len(self._templates) >= _TEMPLATES:
                self._templates.clear()
            self._templates[name] = template
        return template

    def _mint(self, sandbox: Sandbox, held: Holdings) -> None:
        """Give the sandbox a copy of the golden tenant under keys of its own (AM-11)."""
        source = MINTED_FROM
        apikey = _minted_key(sandbox.key, source)
        servicekeys = {name: _minted_key(sandbox.key, name) for _, name in held.processes}
        copy_tenant(sandbox.store, source, apikey, servicekeys, held)
        sandbox.minted = {"apikey": apikey, "servicekeys": servicekeys}
        sandbox.seal()


def _retire(sandbox: Sandbox) -> None:
    """End what goes on in a sandbox, and hand what it has seen over to the server.

    Hold no lock of the registry, for it waits for the sandbox's.
    """
    with sandbox.lock:
        sandbox.resets += 1
        sandbox.coverage.retire()


def _minted_key(sandbox: str, name: str) -> str:
    """Return a key that only this sandbox has, the same whenever it is made again."""
    return MINTED_PREFIX + hashlib.sha256(f"{sandbox}\n{name}".encode()).hexdigest()[:24]
