"""A scenario as it is played: made once from a document that passed every check."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from mockserver.scenarios.conditions import Conditions, Count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.model import Level

    Point = Literal["arrival", "command", "answer"]
    """When a rule is looked at: as soon as a request is there, when its command may be carried out, or when
    its answer is known."""

STARTED: Final = "started"
"""The state every scenario begins in."""


@dataclass(frozen=True, slots=True)
class Then:
    """What a rule does. ``faults`` are names with their settings, ``reply`` a merge patch (RFC 7386)."""

    status: int | None = None
    level: Level = "request"
    applied: bool = False
    reply: Mapping[str, Any] | None = None
    faults: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    state: str | None = None
    edition: str | None = None
    quirks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a scenario; ``state`` None fits every state."""

    id: str
    about: str
    state: str | None
    conditions: Conditions
    call: Count | None
    attempt: Count | None
    probability: float
    times: int | None
    then: Then
    point: Point


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario ready to be played. ``seed`` None stands for that of the sandbox."""

    name: str
    description: str
    seed: int | None
    setup: Mapping[str, Any]
    rules: tuple[Rule, ...]
    story: tuple[Mapping[str, Any], ...]
    """Steps that happen as time passes."""
    document: Mapping[str, Any]
    """What it was made from, as JSON."""


def compiled(document: Mapping[str, Any]) -> Scenario:
    """Return the scenario of a document that fits ``schemas/scenario.json`` and makes sense."""
    rules = tuple(_rule(number, rule) for number, rule in enumerate(document["rules"], start=1))
    return Scenario(
        document["name"],
        document.get("description", ""),
        document.get("seed"),
        document.get("setup", {}),
        rules,
        tuple(document.get("story", ())),
        document,
    )


def rule_name(number: int, rule: Mapping[str, Any]) -> str:
    """Return the id of the rule of that number, from 1."""
    name: str = rule.get("id") or f"rule-{number}"
    return name


def _rule(number: int, rule: Mapping[str, Any]) -> Rule:
    when: Mapping[str, Any] = rule.get("when", {})
    conditions = Conditions(when)
    return Rule(
        id=rule_name(number, rule),
        about=rule.get("about", ""),
        state=rule.get("state"),
        conditions=conditions,
        call=Count.of(when.get("call")),
        attempt=Count.of(when.get("attempt")),
        probability=float(rule.get("probability", 1)),
        times=rule.get("times"),
        then=_then(rule["then"]),
        point=_point(conditions, rule["then"]),
    )


def _then(then: Mapping[str, Any]) -> Then:
    faults = [{fault: {}} if isinstance(fault, str) else fault for fault in then.get("faults", ())]
    return Then(
        status=then.get("status"),
        level=then.get("level", "request"),
        applied=then.get("applied", False),
        reply=then.get("reply"),
        faults=tuple((name, settings or {}) for fault in faults for name, settings in fault.items()),
        state=then.get("state"),
        edition=then.get("edition"),
        quirks=then.get("quirks", {}),
    )


def _point(conditions: Conditions, then: Mapping[str, Any]) -> Point:
    if conditions.on_answer:
        return "answer"
    return "command" if conditions.on_command or then.get("level") == "record" else "arrival"
