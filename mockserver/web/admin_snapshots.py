"""Admin routes about snapshots: taking one, going back to one, forgetting one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.store.interface import TABLES
from mockserver.web.admin_http import not_there

if TYPE_CHECKING:
    from mockserver.snapshots import Snapshot
    from mockserver.web.admin_http import Ask


def snapshots(ask: Ask) -> dict[str, Any]:
    """Return all snapshots of a sandbox, oldest first."""
    with ask.sandbox.lock:
        return {"snapshots": [_shown(each) for each in ask.sandbox.snapshots.all()]}


def take(ask: Ask) -> dict[str, Any]:
    """Keep how the sandbox stands, under an id and a name if one is given."""
    sandbox = ask.sandbox
    with sandbox.lock:
        return _shown(sandbox.snapshots.take(sandbox, ask.body.get("name") or ""))


def restore(ask: Ask) -> dict[str, Any]:
    """Bring the sandbox back to a snapshot, which stays, and return it."""
    with ask.sandbox.lock:
        found = _found(ask)
        _note_age(ask, found)
        found.restore(ask.sandbox)
        return _shown(found)


def drop(ask: Ask) -> None:
    """Forget a snapshot."""
    with ask.sandbox.lock:
        found = _found(ask)
        _note_age(ask, found)
        ask.sandbox.snapshots.drop(found)


def _found(ask: Ask) -> Snapshot:
    kept = ask.sandbox.snapshots
    found = kept.find(ask.name)
    if found is None:
        raise not_there("snapshot", ask.name, [each.name or each.id for each in kept.all()])
    return found


def _note_age(ask: Ask, snapshot: Snapshot) -> None:
    """Say in the reproduction that a snapshot of before its beginning was used: nothing can play that."""
    steps = ask.sandbox.steps
    if snapshot.number <= steps.snapshots:
        steps.lose(f"the snapshot {snapshot.name or snapshot.id} was taken before the last reset")


def _shown(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "id": snapshot.id,
        "name": snapshot.name or None,
        "created": snapshot.now.isoformat(" ", "seconds"),
        "requests": snapshot.requests,
        "edition": snapshot.edition,
        "quirks": dict(snapshot.quirks),
        "scenarios": [play.scenario.name for play in snapshot.stage.active],
        "faults": len(snapshot.forced),
        "tables": {spec.name: snapshot.store.count(spec.name) for spec in TABLES},
    }
