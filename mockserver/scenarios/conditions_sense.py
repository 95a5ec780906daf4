"""Whether a rule's ``when`` makes sense: could any command of any method ever fit?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.documents import shown
from mockserver.contract.values import parse_moment
from mockserver.scenarios.answering import Answering

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.model import Level
    from mockserver.scenarios.findings import Findings
    from mockserver.scenarios.source import Path

_LEVELS: Final[tuple[tuple[str, Level], ...]] = (("fields", "request"), ("record", "record"))


class ConditionsSense:
    """Looks conditions over; what could answer the commands of a rule is worked out once for equal rules."""

    def __init__(self, catalogue: Catalogue, findings: Findings) -> None:
        self._catalogue = catalogue
        self._findings = findings
        self._known: dict[tuple[tuple[str, str], ...], Answering] = {}

    def check(self, when: Mapping[str, Any], path: Path) -> Answering:
        """Note what no command can fit, and return what could answer those that do."""
        answering = self._answering(when, path)
        if answering.pairs:
            self._check_status(when.get("status"), (*path, "status"), answering)
            self._check_fields(when, path, answering)
        self._check_jsonpath(when.get("jsonpath"), (*path, "jsonpath"))
        self._check_time(when.get("time", {}), (*path, "time"))
        return answering

    def _answering(self, when: Mapping[str, Any], path: Path) -> Answering:
        methods = self._catalogue.methods
        wanted = when.get("method", list(methods))
        known = []
        for place, name in named(wanted, (*path, "method")):
            if name in methods:
                known.append(name)
            else:
                self._findings.unknown(place, "there is no such method", methods, name)
        editions = {name: list(methods[name]["editions"]) for name in known}
        edition = when.get("edition")
        pairs = [(name, each) for name in known for each in editions[name] if edition in (None, each)]
        if known and not pairs:
            there = dict.fromkeys(each for several in editions.values() for each in several)
            message = "no method of this rule has this edition"
            self._findings.unknown((*path, "edition"), message, there, str(edition))
        return self._known.setdefault(tuple(pairs), Answering(self._catalogue, pairs))

    def _check_status(self, wanted: Any, path: Path, answering: Answering) -> None:
        codes = wanted if isinstance(wanted, list) else [wanted]
        for number, code in enumerate(codes):
            if isinstance(code, int) and str(code) not in answering.answered():
                place = (*path, str(number)) if isinstance(wanted, list) else path
                message = "no method of this rule answers with this status"
                self._findings.unknown(place, message, answering.answered(), str(code))

    def _check_fields(self, when: Mapping[str, Any], path: Path, answering: Answering) -> None:
        if "record" in when and not any(spec.records for spec in answering.specs):
            self._findings.wrong((*path, "record"), "no method of this rule has records", name=True)
            when = {name: value for name, value in when.items() if name != "record"}
        for word, level in _LEVELS:
            for name, test in when.get(word, {}).items():
                place = (*path, word, name)
                if not answering.has(name, level):
                    message = "no command of this rule has this field"
                    self._findings.unknown(place, message, answering.names(level), name, name=True)
                else:
                    self._check_test(name, test, place, answering, level)

    def _check_test(self, name: str, test: Any, path: Path, answering: Answering, level: Level) -> None:
        if isinstance(test, dict) and "regex" in test:
            self._check_regex(test["regex"], (*path, "regex"))
        values = list(_values(test, path))
        refused = [(place, value) for place, value in values if not answering.holds(name, value, level)]
        for place, value in refused:
            expected, words = answering.form(name, level)
            if words:
                message = f"{name} never has this value"
                self._findings.unknown(
                    place, message, words, value if isinstance(value, str) else shown(value)
                )
            else:
                self._findings.wrong(place, f"{name} never has this value", expected, value)

    def _check_regex(self, pattern: str, path: Path) -> None:
        import regex  # noqa: PLC0415 - scenarios without expressions do not pay for it

        try:
            regex.compile(pattern)
        except (regex.error, RecursionError, OverflowError, ValueError) as error:
            at = getattr(error, "pos", None)
            where = "" if at is None else f", at its character {at + 1}"
            reason = getattr(error, "msg", "") or type(error).__name__
            message = f"this is no regular expression{where}"
            self._findings.wrong(path, message, "an expression of Python's", f"{reason} in {shown(pattern)}")

    def _check_jsonpath(self, query: str | None, path: Path) -> None:
        if query is None:
            return
        import jsonpath  # noqa: PLC0415 - scenarios without queries do not pay for it

        try:
            jsonpath.compile(query)
        except (jsonpath.JSONPathError, RecursionError, ValueError) as error:
            at = getattr(getattr(error, "token", None), "index", -1)
            where = f", at its character {at + 1}" if at >= 0 else ", at its end"
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            message = f"this is no JSONPath{where}"
            self._findings.wrong(path, message, "a query of RFC 9535", f"{reason} in {shown(query)}")

    def _check_time(self, time: Mapping[str, Any], path: Path) -> None:
        begin, end = (parse_moment(time[word]) if word in time else None for word in ("from", "until"))
        if begin is not None and end is not None and end <= begin:
            expected = f"a moment after {time['from']}"
            self._findings.wrong((*path, "until"), "this time ends before it begins", expected, time["until"])


def named(wanted: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield each of one or several names, with its place; what was no name is left out."""
    several = isinstance(wanted, list)
    for number, name in enumerate(wanted if several else [wanted]):
        if isinstance(name, str):
            yield ((*path, str(number)) if several else path), name


def _values(test: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield each value that a test asks for, with its place."""
    if isinstance(test, list):
        yield from (((*path, str(number)), value) for number, value in enumerate(test))
    elif not isinstance(test, dict):
        yield path, test
    else:
        if "equals" in test:
            yield (*path, "equals"), test["equals"]
        several = test.get("one_of", [])
        yield from (((*path, "one_of", str(number)), value) for number, value in enumerate(several))
