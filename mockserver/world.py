"""What sandboxes are made of: the world they share, and the plan of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from mockserver.coverage.recording import Archive

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from mockserver.clock import Mode
    from mockserver.contract.catalogue import Catalogue
    from mockserver.deliveries.courier import Courier
    from mockserver.model import Exchange
    from mockserver.sandbox import Sandbox
    from mockserver.scenarios.model import Scenario
    from mockserver.simulation.floor import Errand

    class Library(Protocol):
        """The scenarios a server knows by name."""

        def get(self, name: str) -> Scenario:
            """Return the scenario of that name; raise UnknownScenario."""


DEFAULT: Final = "default"
"""Key of the sandbox that requests belong to when nothing says otherwise."""

MINTED_FROM: Final = "test_org"
"""API key of the golden tenant whose copy a sandbox gets (AM-11)."""

MINTED_PREFIX: Final = "sbx"
"""What every minted key begins with (AM-11)."""

SAMPLE_CUSTOMERS: Final = {"golden": 0, "demo": 200}
"""Made-up customers of each preset unless somebody asks for another number."""


def _sends_nothing(*_: object) -> None:
    """Send nothing: this world has no pipeline."""


@dataclass(frozen=True, slots=True)
class World:
    """What all sandboxes share: contract, time zone, journal length, server quirks, base of recording links."""

    catalogue: Catalogue
    zone: str
    journal_limit: int
    quirks: Mapping[str, str]
    recording_base: str | None = None
    library: Library | None = None
    """The scenarios every sandbox may play."""
    watchers: tuple[Callable[[Sandbox, Exchange], None], ...] = ()
    """Told of every exchange of every sandbox, under its lock: they must be quick and never raise."""
    courier: Courier | None = None
    """Sends out what the sandboxes deliver; without one it stays waiting."""
    send: Callable[[Sandbox, Errand], None] = _sends_nothing
    """Carries out a command that a storyline sends, at the time of the floor."""
    archive: Archive = field(default_factory=Archive)
    """What the server remembers of the coverage of sandboxes that were reset or dropped."""


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
    scale: float = 1
    """Seconds of the sandbox in a real one, where the clock is scaled."""
    scenarios: tuple[Scenario, ...] = ()
    """What plays from the beginning."""
    dialler: str = "off"
    """Whether queued calls are dialled by themselves: off or auto (AM-09)."""
    idle: float | None = None
    """Seconds of real time without any use after which the sandbox is dropped; None: never."""
