"""Whether the faults of a rule are there, may be performed, and have the settings they need."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from mockserver.contract.documents import UNKNOWN_MEMBER, Checker
from mockserver.errors import InvalidDocument
from mockserver.faults.base import Wait, WireFault
from mockserver.faults.chance import Chance
from mockserver.faults.registry import fault_kinds, fault_schemas, names, plan
from mockserver.scenarios.shape import steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.scenarios.findings import Findings
    from mockserver.scenarios.source import Path


def check_faults(faults: Any, path: Path, findings: Findings, *, wire: bool, answered: bool) -> None:
    """Note what is wrong with a list of faults.

    ``wire`` says whether the server has its connections in hand; ``answered`` that the rule waits for
    the answer, so that nothing can happen before the command takes effect any more.
    """
    for number, fault in enumerate(faults):
        place = (*path, str(number))
        if isinstance(fault, str):
            _check(fault, {}, place, findings, wire=wire, answered=answered)
        elif isinstance(fault, dict):
            for name, settings in fault.items():
                below = (*place, name)
                _check(name, settings, below, findings, wire=wire, answered=answered)


def _check(
    word: str,
    settings: Any,
    path: Path,
    findings: Findings,
    *,
    wire: bool,
    answered: bool,
) -> None:
    if word.casefold() not in names():
        findings.unknown(path, "there is no such fault", known_words(), word, name=True)
        return
    kind = fault_kinds()[names()[word.casefold()]]
    if not wire and issubclass(kind, WireFault | Wait):
        message = "this server has no access to its connections"
        findings.wrong(path, message, "a fault of the reply", word, name=True)
        return
    settings = {} if settings is None else settings
    if not isinstance(settings, dict):
        findings.wrong(path, "the settings of a fault are an object", "names and values", settings)
    elif _settings_fit(word, settings, path, findings) and answered:
        fault = plan(word, settings, Chance(""))
        if isinstance(fault, Wait) and fault.before:
            message = "a rule that waits for the answer cannot wait before the command takes effect"
            findings.wrong(path, message, "a wait after it, or no condition on the status", word, name=True)


def _settings_fit(word: str, settings: Mapping[str, Any], path: Path, findings: Findings) -> bool:
    problems = _checker(word.casefold()).problems(settings, "")
    if not problems:
        try:
            plan(word, settings, Chance(""))
        except InvalidDocument as error:
            problems = list(error.problems)
    for each in problems:
        place = (*path, *steps(each.pointer))
        name = each.message == UNKNOWN_MEMBER
        findings.wrong(place, each.message, each.expected, each.got, hint=each.hint, name=name)
    return not problems


@cache
def _checker(word: str) -> Checker:
    """Return the checker of a fault's settings; which of them exclude each other says the fault itself."""
    schema = {name: value for name, value in fault_schemas()[word].items() if name != "not"}
    return Checker(schema, hints=True)


def known_words() -> list[str]:
    """Return every word for a fault: our own, then those of other tools."""
    kinds = fault_kinds()
    return [*kinds, *(word for kind in kinds.values() for word in kind.aliases)]
