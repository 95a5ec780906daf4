"""Snapshots and queued faults as JSON and back.

The state of a snapshot is not among it: a line that tells of one stands where the sandbox's state is the snapshot's.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mockserver.faults.forced import ForcedStatus, ForcedStatuses
from mockserver.scenarios.playing import Play, Stage
from mockserver.simulation.floor import Rules
from mockserver.snapshots import Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.persistence.plans import Define
    from mockserver.sandbox import Sandbox
    from mockserver.scenarios.model import Scenario
    from mockserver.store.interface import Store


def floor_as_json(rules: Rules) -> dict[str, Any]:
    """Return how the floor runs."""
    return {"dialler": rules.dialler, "chosen": dict(rules.chosen), "outgoing": dict(rules.outgoing)}


def own_as_json(scenarios: Mapping[str, Scenario]) -> dict[str, Any]:
    """Return the documents of a sandbox's own scenarios, by name."""
    return {scenario.name: scenario.document for scenario in scenarios.values()}


def playing_as_json(stage: Stage) -> list[str]:
    """Return the names of the scenarios that play."""
    return [play.scenario.name for play in stage.active] if stage else []


def queue_as_json(queue: ForcedStatuses) -> dict[str, Any]:
    """Return what is queued, and how many wishes there were; empty when there was none."""
    return {"number": queue.number, "queue": [_wish_as_json(wish) for wish in queue]} if queue.number else {}


def _wish_as_json(wish: ForcedStatus) -> dict[str, Any]:
    found = {item.name: getattr(wish, item.name) for item in fields(ForcedStatus)}
    until = None if wish.until is None else wish.until.isoformat()
    return {**found, "until": until, "fault": wish.fault and list(wish.fault)}


def revived_queue(told: Mapping[str, Any]) -> ForcedStatuses:
    """Return a queue as :func:`queue_as_json` told it."""
    return ForcedStatuses.resumed(told.get("number", 0), [_wish(each) for each in told.get("queue", ())])


def _wish(told: Mapping[str, Any]) -> ForcedStatus:
    until = told["until"] and datetime.fromisoformat(told["until"])
    fault = told["fault"] and (told["fault"][0], told["fault"][1])
    return ForcedStatus(**{**told, "until": until, "fault": fault})


def snapshot_as_json(snapshot: Snapshot) -> dict[str, Any]:
    """Return a snapshot without its state, and without the reply before it."""
    return {
        "number": snapshot.number,
        "name": snapshot.name,
        "now": snapshot.now.isoformat(),
        "requests": snapshot.requests,
        "mode": snapshot.mode,
        "scale": snapshot.scale,
        "floor": floor_as_json(snapshot.floor),
        "edition": snapshot.edition,
        "quirks": dict(snapshot.quirks),
        "playing": playing_as_json(snapshot.stage),
        "own": own_as_json(snapshot.scenarios),
        "faults": queue_as_json(snapshot.forced),
    }


def revived_snapshot(told: Mapping[str, Any], store: Store, sandbox: Sandbox, define: Define) -> Snapshot:
    """Return a snapshot as :func:`snapshot_as_json` told it; counts of its scenarios' rules begin anew.

    Raises UnknownScenario or InvalidDocument when this server lacks a scenario that plays in it.
    """
    own = {name: define(name, document) for name, document in told["own"].items()}
    now = datetime.fromisoformat(told["now"])
    plays = [own.get(name) or sandbox.scenario(name) for name in told["playing"]]
    return Snapshot(
        number=told["number"],
        name=told["name"],
        now=now,
        requests=told["requests"],
        mode=told["mode"],
        scale=told["scale"],
        floor=Rules(**told["floor"]),
        store=store,
        edition=told["edition"],
        quirks=told["quirks"],
        stage=staged(plays, sandbox.plan.seed, now),
        scenarios=own,
        forced=revived_queue(told["faults"]),
        last_reply=None,
    )


def staged(scenarios: Sequence[Scenario], seed: int, since: datetime) -> Stage:
    """Return a stage on which these play. Their setups have long been made true; their counts begin anew."""
    stage = Stage()
    for scenario in scenarios:
        stage.begin(Play(scenario, seed, since))
    return stage
