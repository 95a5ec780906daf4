"""Rules that never get their turn, because an earlier one always takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.scenarios.model import compiled, rule_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.scenarios.answering import Answering
    from mockserver.scenarios.findings import Findings

    Rule = Mapping[str, Any]

_SOMETIMES = ("call", "attempt", "time")


def check_reach(
    rules: Sequence[tuple[int, Rule]], answering: Mapping[int, Answering], findings: Findings
) -> None:
    """Note each rule that an earlier one keeps from ever acting, and each that never fires by itself."""
    points = [rule.point for rule in compiled({"name": "", "rules": [rule for _, rule in rules]}).rules]
    greedy: list[tuple[int, Rule]] = []
    for number, rule in rules:
        place = ("rules", str(number))
        if rule.get("probability") == 0:
            findings.note((*place, "probability"), "this rule never fires")
        before = (other for other in greedy if points[other[0]] == points[number] and _covers(other[1], rule))
        taking = next(before, None)
        if taking is not None:
            name = rule_name(taking[0] + 1, taking[1])
            findings.note(place, f"this rule is never reached: {name} always acts before it")
        elif _always(rule, answering[number]):
            greedy.append((number, rule))


def _always(rule: Rule, answering: Answering) -> bool:
    """Tell whether a rule acts each time it fits."""
    then = rule["then"]
    code, level = then.get("status"), then.get("level", "request")
    return (
        rule.get("probability", 1) >= 1
        and "times" not in rule
        and not any(word in rule.get("when", {}) for word in _SOMETIMES)
        and (code is None or all(spec.can_force(code, level) for spec in answering.specs))
    )


def _covers(rule: Rule, later: Rule) -> bool:
    """Tell whether a rule fits whatever the later one fits."""
    if rule.get("state") not in (None, later.get("state")):
        return False
    when, other = rule.get("when", {}), later.get("when", {})
    return all(name in other and other[name] == value for name, value in when.items())
