"""The service: everything one server holds, behind one function that answers a request.

Knows HTTP's verbs, paths and statuses but no framework: the event loop and the Flask app both call
:meth:`Service.answer`.
"""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mockserver.access import access_of
from mockserver.clock import mode_of, real_time
from mockserver.contract.catalogue import Catalogue
from mockserver.contract.keywords import explaining_class
from mockserver.coverage.book import Book
from mockserver.deliveries.courier import courier_of
from mockserver.errors import InvalidDocument, UnknownSandbox
from mockserver.limits import too_long
from mockserver.logs.exchanges import ExchangeLog
from mockserver.methods import OUTCOMES
from mockserver.methods.rules import RULES
from mockserver.metrics import Metrics
from mockserver.model import Pause, Reply
from mockserver.paths import data_dir
from mockserver.persistence.opening import keeper_of, populate
from mockserver.pipeline import send, serve
from mockserver.registry import SandboxRegistry
from mockserver.replying import problem, without_diagnostics
from mockserver.sandbox import DEFAULT, Plan, World
from mockserver.scenarios.shelf import Shelf
from mockserver.seeding import load_preset
from mockserver.settings import ADMIN, ENDPOINT

if TYPE_CHECKING:
    from mockserver.logs.lines import Lines
    from mockserver.model import Inbound
    from mockserver.persistence.keeper import Keeper
    from mockserver.sandbox import Sandbox
    from mockserver.settings import Settings

_SANDBOX_PATH: Final = re.compile(rf"/sandboxes/([^/]+){re.escape(ENDPOINT)}")
_REMEMBERED: Final = 256
_ALLOWED: Final = "GET, POST"
_PREFLIGHT: Final = Reply(
    204,
    (
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", _ALLOWED),
        (
            "Access-Control-Allow-Headers",
            "Content-Type, X-Mock-Sandbox, X-Mock-Edition, X-Mock-Quirk, X-Mock-Scenario",
        ),
        ("Access-Control-Max-Age", "86400"),
    ),
    b"",
)
_log = logging.getLogger(__name__)


class Service:
    """One server's catalogue, sandboxes and settings. Build it with :meth:`start`."""

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        registry: SandboxRegistry,
        edition: str = "",
        shelf: Shelf | None = None,
        *,
        metrics: Metrics | None = None,
        log: ExchangeLog | None = None,
        keeper: Keeper | None = None,
    ) -> None:
        self.settings = settings
        self.catalogue = catalogue
        self.registry = registry
        self.book = Book(catalogue)
        """What of the contract there is to touch."""
        self.started = real_time()
        self.access = access_of(settings)
        self._default = registry.get(DEFAULT)
        self._edition = edition or settings.edition
        self._editions: dict[tuple[str, int], str] = {}
        self._bare = settings.diagnostics == "off"
        self._told: frozenset[str] = frozenset()
        self.shelf = shelf or Shelf(catalogue, (), wire=False)
        self.metrics = metrics or Metrics()
        self.lines: Lines | None = None
        self._log = log
        self._keeper = keeper
        self.courier = registry.courier or courier_of(settings)

    @classmethod
    def start(cls, settings: Settings, *, wire: bool = False) -> Service:
        """Load the catalogue and the scenarios and seed the default sandbox.

        ``wire`` says that whoever serves this can wait and treat connections; without it scenarios
        that ask for that are refused.
        With a state file its sandboxes come back, the default one included. Raises InvalidDocument,
        UnknownQuirk or InvalidSetting when something cannot be used.
        """
        catalogue = Catalogue.load(data_dir("schemas"), RULES, OUTCOMES)
        quirks = catalogue.quirks.check_all(settings.quirks)
        edition = quirks.pop("edition", settings.edition)
        shelf = Shelf(catalogue, settings.scenarios, wire=wire)
        clock, scale = mode_of(settings.clock)
        plan = Plan(
            seed=settings.seed,
            preset=settings.preset,
            customers=settings.customers,
            clock=clock,
            scale=scale,
            at=settings.at,
            scenarios=shelf.chosen(),
            dialler=settings.dialler,
        )
        metrics = Metrics()
        log = ExchangeLog(settings.log_format, told=wire) if settings.logs_exchanges else None
        keeper = keeper_of(settings)
        world = World(
            catalogue,
            settings.timezone,
            settings.journal,
            quirks,
            settings.recording_base,
            shelf,
            watchers=tuple(each.watch for each in (metrics, log, keeper) if each is not None),
            courier=courier_of(settings),
            send=partial(send, catalogue, edition),
        )
        registry = SandboxRegistry(world, load_preset, keeper)
        populate(registry, keeper, world, plan, shelf)
        return cls(settings, catalogue, registry, edition, shelf, metrics=metrics, log=log, keeper=keeper)

    def close(self) -> None:
        """Deliver no more, and give the state file free, if there is one; what would change anything is then refused."""
        self.courier.close()
        if self._keeper is not None:
            self._keeper.close()

    def kept(self) -> str:
        """Return for people where the state is kept; empty when it ends with the process."""
        return "" if self._keeper is None else self._keeper.described()

    def is_api(self, path: str) -> bool:
        """Tell whether a path is the API endpoint, of the server or of one sandbox."""
        return path == ENDPOINT or _SANDBOX_PATH.fullmatch(path) is not None

    def pending(self) -> list[str]:
        """Return what is still being loaded: nothing, since a service starts whole."""
        return []

    def warm_up(self) -> None:
        """Import what only refusals need, so that the first of them is as quick as the others.

        Takes a second on a slow machine, so it belongs into a thread once the server answers.
        """
        explaining_class()

    @property
    def wire(self) -> bool:
        """Whether whoever serves this can wait and treat connections."""
        return self.shelf.wire

    def refresh(self) -> list[str]:
        """Read changed scenario files again; where one plays it begins anew. Return the names of the changed.

        A scenario whose file has become bad, or whose setup a sandbox cannot have, goes on as it was; the
        log says so, once for each thing that is wrong.
        """
        changed = self.shelf.refresh()
        problems = frozenset(map(str, self.shelf.problems())) if self.shelf.opened else self._told
        for text in sorted(problems - self._told):
            _log.warning("a scenario file cannot be used: %s", text)
        self._told = problems
        for scenario in changed:
            for sandbox in self.registry.all():
                with sandbox.lock:
                    play = sandbox.stage.get(scenario.name)
                    if play is None or scenario.name in sandbox.scenarios:
                        continue
                    try:
                        sandbox.activate(scenario)
                        sandbox.steps.lose(f"the file of scenario {scenario.name} was read again")
                    except InvalidDocument as error:
                        _log.warning("sandbox %s keeps the old scenario: %s", sandbox.key, error)
        return [scenario.name for scenario in changed]

    def restless(self) -> list[Sandbox]:
        """Return the sandboxes whose clock runs and in which something is still to happen by itself."""
        return [
            sandbox
            for sandbox in self.registry.all()
            if sandbox.clock.mode != "frozen" and sandbox.store.count("timers")
        ]

    def playing(self) -> list[str]:
        """Return the names of the scenarios that play in the default sandbox."""
        return [play.scenario.name for play in self._default.stage.active]

    def loaded(self) -> dict[str, Any]:
        """Return how much is loaded."""
        return {**self.catalogue.loaded(), "sandboxes": len(self.registry.all())}

    def begin(self, inbound: Inbound) -> Reply | Pause:
        """Answer one HTTP request to the API endpoint, or say how long to wait; never raises and never waits."""
        if inbound.verb not in ("POST", "GET", "HEAD"):
            return self.turned_away(self._other_verb(inbound))
        if len(inbound.body) > self.settings.max_body:
            return self.turned_away(too_long(self.settings))
        try:
            sandbox = self._resolve(inbound)
        except UnknownSandbox as error:
            refused = self.turned_away(problem(404, "unknown sandbox", self.how_to_find(error)))
            return self._shown(refused) if self._bare else refused
        outcome = serve(inbound, sandbox, self.catalogue, self._edition_of(inbound))
        return self._shown(outcome) if self._bare else outcome

    def log_to(self, lines: Lines | None) -> None:
        """Log to these lines from now on; None ends it. They get the exchanges only if the settings say so."""
        self.lines = lines
        if self._log is not None:
            self._log.to(lines)

    def turned_away(self, reply: Reply) -> Reply:
        """Count a reply to a request for the API that reached no sandbox, and return it."""
        self.metrics.turn_away(reply.http_status)
        return reply

    def _shown(self, outcome: Reply | Pause) -> Reply | Pause:
        """Return an outcome without diagnostics, also when it comes after a pause."""
        if isinstance(outcome, Reply):
            return without_diagnostics(outcome)
        return Pause(outcome.seconds, lambda: self._shown(outcome.resume()))

    def how_to_find(self, error: UnknownSandbox) -> str:
        """Return the text about an unknown sandbox, with the way to those there are if it stands open."""
        return f"{error}; GET {ADMIN}/sandboxes lists them" if self.settings.admin == "on" else str(error)

    def answer(self, inbound: Inbound) -> Reply:
        """Answer as :meth:`begin` does, for faces that cannot wait; their scenarios were loaded without waits."""
        outcome = self.begin(inbound)
        if isinstance(outcome, Reply):
            return outcome
        raise RuntimeError("a fault that waits was loaded by a server that cannot wait")

    def ended(self, origin: tuple[str, int], how: str) -> None:
        """Note in journal and log how the connection of a harmed reply ended; the edge says so."""
        if self._log is not None:
            self._log.ended(origin, how)
        key, number = origin
        with suppress(UnknownSandbox):
            sandbox = self.registry.get(key)
            with sandbox.lock:
                sandbox.journal.complete(number, how)

    @staticmethod
    def _other_verb(inbound: Inbound) -> Reply:
        asks = inbound.headers.get("origin") and inbound.headers.get("access-control-request-method")
        if inbound.verb == "OPTIONS" and asks:
            return _PREFLIGHT
        refused = problem(405, "method not allowed", f"the API takes {_ALLOWED}")
        return Reply(405, (("Allow", _ALLOWED), *refused.headers), refused.body)

    def _resolve(self, inbound: Inbound) -> Sandbox:
        """Return the sandbox a request belongs to: path, header, minted key, default (AM-10)."""
        if inbound.path != ENDPOINT:
            in_path = _SANDBOX_PATH.fullmatch(inbound.path)
            if in_path is None:
                raise UnknownSandbox(f"the API is at {ENDPOINT}")
            return self.registry.get(in_path[1])
        key = inbound.headers.get("x-mock-sandbox")
        if key is not None:
            return self.registry.get(key.strip())
        return self.registry.by_minted_key(inbound.query, inbound.body) or self._default

    def _edition_of(self, inbound: Inbound) -> str:
        """Return the edition host or port stand for, else the server's (GEN-19, AM-12)."""
        host = inbound.headers.get("host", "")
        key = (host, inbound.port)
        edition = self._editions.get(key)
        if edition is None:
            if len(self._editions) >= _REMEMBERED:
                self._editions.clear()
            edition = self._editions[key] = self._make_edition(host.lower(), inbound.port)
        return edition

    def _make_edition(self, host: str, reached: int) -> str:
        editions = self.settings.edition_map
        name, _, port = host.rpartition(":") if ":" in host and not host.endswith("]") else (host, "", "")
        for known in (host, name, port, str(reached)):
            if known and known in editions:
                return editions[known]
        return self._edition
