"""Scenarios written as Python, played in a fresh sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.scenarios.model import compiled
from tests.api import RECORD, fresh, without

if TYPE_CHECKING:
    from tests.api import Api


def playing(*rules: dict[str, Any], name: str = "test", **more: Any) -> Api:
    """Return a client of a sandbox in which a scenario of these rules plays."""
    api = fresh()
    api.sandbox.activate(compiled({"name": name, "rules": list(rules), **more}))
    return api


def push(*numbers: str, **changes: Any) -> dict[str, Any]:
    """Return an import of these numbers."""
    return without(data=[{**RECORD, "mobilenumber": number} for number in numbers], **changes)


def status(api: Api) -> int | None:
    """Return the status of the latest answer."""
    found = next(iter(api.sandbox.journal.newest_first()))
    return found.status


def fired(api: Api, rule: str = "rule-1", name: str = "test") -> int:
    """Return how often a rule fired."""
    play = api.sandbox.stage.get(name)
    assert play is not None
    return play.tallies[rule].fired
