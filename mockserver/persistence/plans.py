"""What a sandbox is made of, as JSON and back; and a sandbox made again of what the file has of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mockserver.errors import InvalidDocument, UnknownScenario
from mockserver.persistence.lines import trouble
from mockserver.persistence.points import revived_queue, revived_snapshot, staged
from mockserver.sandbox import Plan, Sandbox
from mockserver.simulation.floor import Rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mockserver.persistence.image import Kept
    from mockserver.sandbox import World
    from mockserver.scenarios.model import Scenario
    from mockserver.store.data import Content
    from mockserver.store.interface import Store

    Define = Callable[[str, Mapping[str, Any]], Scenario]
    """Makes a scenario of a name and its document."""

    Fork = Callable[[Content], Store]
    """Makes a store of a content."""


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain JSON: scenarios by name, times as text; members at their default are left out."""
    found = {item.name: getattr(plan, item.name) for item in fields(Plan)}
    untouched = Plan()
    return {name: _as_json(name, value) for name, value in found.items() if value != getattr(untouched, name)}


def _as_json(name: str, value: Any) -> Any:
    if name == "scenarios":
        return [scenario.name for scenario in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else value


def revived(
    path: Path, key: str, kept: Kept, store: Store, *, world: World, define: Define, fork: Fork
) -> Sandbox:
    """Return a sandbox as the file has it; ``store`` holds what a reset goes back to.

    Its snapshots come with it. Raises InvalidDocument when this server lacks a scenario that the sandbox
    or a snapshot plays, or a member of its plan.
    """
    try:
        own = {name: define(name, document) for name, document in kept.aside.get("own", {}).items()}
        plan = _plan(path, key, kept.plan, world, own)
        sandbox = Sandbox(key, plan, store, world)
        sandbox.scenarios.update(own)
        sandbox.minted = kept.minted
        sandbox.configure(kept.aside["edition"], kept.aside["quirks"])
        sandbox.clock.resume(kept.aside["clock"])
        now = sandbox.clock.now()
        sandbox.floor.begin(now, Rules(**kept.aside["floor"]), kept.events)
        sandbox.forced = revived_queue(kept.aside.get("faults", {}))
        sandbox.journal.resume(kept.number)
        sandbox.steps.lose("the sandbox comes from a state file, which does not keep what was done before")
        sandbox.stage = staged(list(map(sandbox.scenario, kept.aside["playing"])), plan.seed, now)
        points = [revived_snapshot(told, fork(of), sandbox, define) for told, of in kept.snapshots.values()]
        sandbox.snapshots.resume(points, kept.taken)
    except (UnknownScenario, InvalidDocument) as error:
        text = f"sandbox {key} plays a scenario that this server does not have; the file was left as it is"
        expected = "the scenarios it was kept with: name their files with --scenario"
        raise trouble(path, 0, text, expected, str(error)) from None
    return sandbox


def _plan(path: Path, key: str, told: Mapping[str, Any], world: World, own: Mapping[str, Scenario]) -> Plan:
    known = {item.name for item in fields(Plan)}
    strange = sorted(told.keys() - known)
    if strange:
        text = f"sandbox {key} was made by a newer version; the file was left as it is"
        raise trouble(path, 0, text, f"of {', '.join(sorted(known))}", ", ".join(strange))
    changes = dict(told)
    if changes.get("at") is not None:
        changes["at"] = datetime.fromisoformat(changes["at"])
    if "scenarios" in changes:
        changes["scenarios"] = tuple(own.get(name) or _scenario(world, name) for name in changes["scenarios"])
    return Plan(**changes)


def _scenario(world: World, name: str) -> Scenario:
    if world.library is None:
        raise UnknownScenario(f"no scenario {name!r}")
    return world.library.get(name)
