"""Whether the steps of a story make sense: their order, what they do, and the commands they send."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.documents import shown
from mockserver.scenarios.answering import Answering
from mockserver.simulation.agents import status_called
from mockserver.simulation.storyline import ACTIONS, filled, seconds_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.contract.catalogue import Catalogue
    from mockserver.model import Level
    from mockserver.scenarios.findings import Findings
    from mockserver.scenarios.source import Path

    Step = Mapping[str, Any]

_SOME_DAY: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - the API knows no time zones
_NEEDS: Final[Mapping[str, str]] = {"transfer": "to", "press": "keys"}
_TAKES: Final[Mapping[str, str]] = {"to": "transfer", "keys": "press", "by": "hangup"}


def check_story(steps: Sequence[Step | None], catalogue: Catalogue, findings: Findings) -> None:
    """Note what makes no sense in a story; steps of wrong form were taken out of it before."""
    latest = -1
    for number, step in enumerate(steps):
        if step is None:
            continue
        place = ("story", str(number))
        latest = _check_order(step, latest, place, findings)
        there = [word for word in ACTIONS if word in step]
        if len(there) > 1:
            message = "a step does one thing; what happens at the same time is a step of its own"
            findings.wrong((*place, there[1]), message, there[0], ", ".join(there), name=True)
        if not there and "say" not in step and "at" in step and _untouched(place, findings):
            findings.wrong(place, "this step does nothing", f"say, or one of {', '.join(ACTIONS)}", step)
        if "agent" in step:
            _check_agent(step["agent"], (*place, "agent"), catalogue, findings)
        if "call" in step:
            _check_verb(step["call"], (*place, "call"), findings)
        if "send" in step:
            _check_command(step["send"], (*place, "send"), catalogue, findings)


def _untouched(place: Path, findings: Findings) -> bool:
    """Tell whether nothing was taken out of a step for being wrong."""
    begin = "/" + "/".join(place)
    return not any(problem.pointer.startswith(f"{begin}/") for problem in findings.source.problems)


def _check_order(step: Step, latest: int, place: Path, findings: Findings) -> int:
    at = step.get("at")
    if at is None or not at.startswith("+"):
        return latest
    seconds = seconds_of(at[1:])
    if seconds < latest:
        message = "this step comes before the one above it"
        findings.wrong((*place, "at"), message, f"+{latest} or later, or the steps in another order", at)
    return max(seconds, latest)


def _check_agent(agent: Mapping[str, Any], path: Path, catalogue: Catalogue, findings: Findings) -> None:
    statuses, status = catalogue.references["user_status"]["entries"], agent.get("status")
    if status is not None and status_called(statuses, status) is None:
        words = [entry["name"] or entry["is"] for entry in statuses.values()]
        findings.unknown((*path, "status"), "agents have no such status", words, str(status))


def _check_verb(call: Mapping[str, Any], path: Path, findings: Findings) -> None:
    verb = call.get("verb")
    if verb is None:
        return
    needed = _NEEDS.get(verb)
    if needed is not None and needed not in call:
        findings.wrong((*path, "verb"), f"{verb} needs more", f"a member {needed}", "none")
    for word, wanted in _TAKES.items():
        if word in call and verb != wanted:
            findings.wrong((*path, word), f"{word} goes with {wanted} alone", wanted, verb, name=True)


def _check_command(command: Mapping[str, Any], path: Path, catalogue: Catalogue, findings: Findings) -> None:
    keys = catalogue.common["keys"]
    method = command.get("method")
    if method is None:
        return
    if method not in catalogue.methods:
        findings.unknown((*path, "method"), "there is no such method", catalogue.methods, method)
        return
    editions = catalogue.methods[method]["editions"]
    answering = Answering(catalogue, [(method, edition) for edition in editions])
    for name, value in command.items():
        if name in keys.values():
            continue
        _check_field(value, (*path, name), answering, "request", findings)
        if not answering.has(name, "request") or not isinstance(value, list):
            continue
        for index, record in enumerate(value):
            for inner, each in record.items() if isinstance(record, dict) else ():
                where = (*path, name, str(index), inner)
                _check_field(each, where, answering, "record", findings)


def _check_field(value: Any, path: Path, answering: Answering, level: Level, findings: Findings) -> None:
    name = path[-1]
    if not answering.has(name, level):
        what = "record" if level == "record" else "command"
        message = f"no {what} of this method has this field"
        findings.unknown(path, message, answering.names(level), name, name=True)
        return
    value = filled(value, _SOME_DAY)
    if isinstance(value, dict | list) or answering.holds(name, value, level):
        return
    expected, words = answering.form(name, level)
    message = f"{name} never has this value"
    if words:
        findings.unknown(path, message, words, value if isinstance(value, str) else shown(value))
    else:
        findings.wrong(path, message, expected, value)
