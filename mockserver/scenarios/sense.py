"""The dry run: everything in a scenario of good form that could never happen, or not be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.scenarios.conditions_sense import ConditionsSense
from mockserver.scenarios.examples import Examples
from mockserver.scenarios.faults_sense import check_faults
from mockserver.scenarios.model import STARTED, rule_name
from mockserver.scenarios.reaching import check_reach
from mockserver.scenarios.story_sense import check_story
from mockserver.simulation.agents import status_called

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.model import Level
    from mockserver.scenarios.answering import Answering
    from mockserver.scenarios.findings import Findings
    from mockserver.scenarios.source import Path

    Rule = Mapping[str, Any]


def check_sense(document: Mapping[str, Any], catalogue: Catalogue, findings: Findings, *, wire: bool) -> None:
    """Note what makes no sense in a document; parts of wrong form were taken out of it before."""
    _check_setup(document.get("setup", {}), catalogue, findings)
    rules = [(number, rule) for number, rule in enumerate(document.get("rules", [])) if rule is not None]
    sense = _RuleSense(catalogue, findings, wire=wire)
    answering = {number: sense.check(rule, ("rules", str(number))) for number, rule in rules}
    _check_ids(rules, findings)
    _check_states(rules, findings)
    check_story(document.get("story", []), catalogue, findings)
    if not findings.source.problems:
        check_reach(rules, answering, findings)
        examples = Examples(catalogue)
        for number, rule in rules:
            reason = examples.unmet(rule.get("when", {}))
            if reason:
                message = f"this rule fits none of the documented commands: {reason}"
                findings.note(("rules", str(number), "when"), message)


def _check_setup(setup: Mapping[str, Any], catalogue: Catalogue, findings: Findings) -> None:
    _check_quirks(setup.get("quirks", {}), ("setup", "quirks"), catalogue, findings)
    statuses = catalogue.references["user_status"]["entries"]
    for login, status in setup.get("users", {}).items():
        if status is not None and status_called(statuses, status) is None:
            words = [entry["name"] or entry["is"] for entry in statuses.values()]
            path = ("setup", "users", login)
            findings.unknown(path, "agents have no such status", words, str(status))


def _check_quirks(quirks: Mapping[str, Any], path: Path, catalogue: Catalogue, findings: Findings) -> None:
    known = catalogue.quirks
    for name, value in quirks.items():
        if name not in known.defaults:
            findings.unknown((*path, name), "there is no such quirk", known.defaults, name, name=True)
        elif value not in known[name].values and not known[name].open:
            message = f"quirk {name} has no such value"
            findings.unknown((*path, name), message, known[name].values, value, hint=_switch(value))


def _switch(value: str) -> str:
    """Return what 'yes' and its like stand for among the values of a quirk that is on or off."""
    return {"yes": "on", "true": "on", "no": "off", "false": "off"}.get(value.casefold(), "")


class _RuleSense:
    """Looks one rule after the other over."""

    def __init__(self, catalogue: Catalogue, findings: Findings, *, wire: bool) -> None:
        self._catalogue = catalogue
        self._findings = findings
        self._wire = wire
        self._conditions = ConditionsSense(catalogue, findings)

    def check(self, rule: Rule, path: Path) -> Answering:
        when, then = rule.get("when", {}), rule.get("then", {})
        answering = self._conditions.check(when, (*path, "when"))
        place = (*path, "then")
        self._check_then(then, place, answered="status" in when)
        if answering.pairs:
            self._check_answer(then, place, answering)
        faults = then.get("faults", [])
        check_faults(faults, (*place, "faults"), self._findings, wire=self._wire, answered="status" in when)
        _check_quirks(then.get("quirks", {}), (*place, "quirks"), self._catalogue, self._findings)
        return answering

    def _check_then(self, then: Mapping[str, Any], path: Path, *, answered: bool) -> None:
        """Note members that do not go together."""
        wrong = self._findings.wrong
        if not any(word == "status" for word in then):
            for word in ("level", "applied"):
                if word in then and not self._flagged((*path, "status")):
                    wrong(
                        (*path, word), f"{word} says how a status is answered, and there is none", name=True
                    )
        if then.get("level") == "record":
            if then.get("applied"):
                message = "a record that is refused is not applied"
                wrong((*path, "applied"), message, "applied with a status of the whole command", name=True)
            if answered:
                message = "a rule that waits for the answer cannot refuse records of it any more"
                wrong((*path, "level"), message, "request, or no condition on the status", "record")
        if "nothing" in then and len(then) > 1:
            others = ", ".join(word for word in then if word != "nothing")
            wrong((*path, "nothing"), "nothing goes with nothing else", "it alone", others, name=True)

    def _flagged(self, path: Path) -> bool:
        pointer = "/" + "/".join(path)
        return any(problem.pointer == pointer for problem in self._findings.source.problems)

    def _check_answer(self, then: Mapping[str, Any], path: Path, answering: Answering) -> None:
        level: Level = then.get("level", "request")
        if level == "record" and not any(spec.records for spec in answering.specs):
            self._findings.wrong((*path, "level"), "no method of this rule has records", "request", level)
            return
        code = then.get("status")
        if code is not None and not answering.any(lambda spec: spec.can_force(code, level)):
            what = "records" if level == "record" else "commands"
            message = f"no method of this rule refuses {what} with this status"
            self._findings.unknown((*path, "status"), message, answering.codes(level), str(code))


def _check_ids(rules: list[tuple[int, Rule]], findings: Findings) -> None:
    seen: dict[str, int] = {}
    for number, rule in rules:
        name = rule_name(number + 1, rule)
        first = seen.setdefault(name, number)
        if first != number:
            path = ("rules", str(number), "id") if "id" in rule else ("rules", str(number))
            message = f"rule {first + 1} has this id already"
            findings.wrong(path, message, "an id of its own", name)


def _check_states(rules: list[tuple[int, Rule]], findings: Findings) -> None:
    reached = {STARTED, *_set(rules)}
    for number, rule in rules:
        state = rule.get("state")
        if state is not None and state not in reached:
            path = ("rules", str(number), "state")
            findings.unknown(path, "no rule leads to this state", sorted(reached), state)


def _set(rules: list[tuple[int, Rule]]) -> Iterator[str]:
    """Yield the states that rules lead to."""
    for _, rule in rules:
        state = rule.get("then", {}).get("state")
        if state is not None:
            yield state
