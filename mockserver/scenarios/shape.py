"""The form of a scenario: what ``schemas/scenario.json`` says, and what has to be quoted."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.documents import UNKNOWN_MEMBER, Checker, read_json, shown
from mockserver.errors import Problem
from mockserver.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mockserver.scenarios.source import Path, Source

_NOWHERE: Final = object()
_OPEN: Final[Mapping[str, Any]] = {
    "methods": {"$ref": "#/$defs/names"},
    "quirks": {"type": "object", "additionalProperties": {"type": "string"}},
    "fault": {"type": ["string", "object"], "minLength": 1, "minProperties": 1, "maxProperties": 1},
}
"""Definitions of the schema that say less here than they say to editors."""


@cache
def _checker() -> Checker:
    """Return the checker of the form.

    The names of methods, quirks and faults stand in the schema for editors; here they are looked at
    where the catalogue and the faults themselves are at hand, which know better what to say.
    """
    schema: Any = read_json(data_dir("schemas") / "scenario.json")
    return Checker({**schema, "$defs": {**schema["$defs"], **_OPEN}}, hints=True)


def check_shape(source: Source) -> Any:
    """Note what is wrong with the form of a document, and return a copy without the parts that are."""
    checker = _checker()
    try:
        # a lone half of a surrogate pair is text for Python and for nobody else
        json.dumps(source.document, ensure_ascii=False).encode()
        problems = checker.problems(source.document, source.file)
    except (UnicodeError, OverflowError, ValueError, TypeError) as error:
        got = str(error)[:80].encode("ascii", "backslashreplace").decode()
        source.wrong(source.place(()), (), "the document cannot be checked", "text and numbers of JSON", got)
        return {}
    paths = [steps(problem.pointer) for problem in problems]
    for problem, path in zip(problems, paths, strict=True):
        source.problems.append(placed(source, _quoted(source, problem, path), path))
    lossy = [path for path in source.written if path not in paths and _compared(path)]
    for path in lossy:
        text = source.written[path]
        message = "this is read as a number, without what it begins with: quote it"
        got = shown(value_at(source.document, path))
        found = Problem(source.file, "/" + "/".join(path), message, "text", got, hint=f'"{text}"')
        source.problems.append(placed(source, found, path))
    return without(source.document, [*paths, *lossy])


def placed(source: Source, problem: Problem, path: Path) -> Problem:
    """Return a problem with line and column."""
    line, column = source.place(path, name=problem.message == UNKNOWN_MEMBER)
    return Problem(
        source.file,
        problem.pointer,
        problem.message,
        problem.expected,
        problem.got,
        line,
        column,
        problem.hint,
    )


def _compared(path: Path) -> bool:
    """Tell whether a value is compared with what clients send, or sent to somebody."""
    if path[0] == "story":
        return path[2:3] == ("send",)
    return path[0] == "rules" and path[2:4] in (("when", "fields"), ("when", "record"), ("then", "reply"))


def _quoted(source: Source, problem: Problem, path: Path) -> Problem:
    """Return a problem that says 'quote it' where a number or a truth value stands for text."""
    value = value_at(source.document, path)
    wanted = problem.expected.split(" or ")
    if not isinstance(value, bool | int | float) or not {"string", "text"} & set(wanted):
        return problem
    text = source.written.get(path, shown(value))
    kind = "truth value" if isinstance(value, bool) else "number"
    message = f"this is a {kind} where text is wanted: quote it"
    return Problem(problem.file, problem.pointer, message, "text", problem.got, hint=f'"{text}"')


def steps(pointer: str) -> Path:
    """Return the path that a JSON pointer (RFC 6901) stands for."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def value_at(document: Any, path: Path) -> Any:
    """Return the value at a path; something that equals nothing when there is none."""
    for step in path:
        if isinstance(document, dict) and step in document:
            document = document[step]
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            return _NOWHERE
    return document


def without(document: Any, paths: Iterable[Path]) -> Any:
    """Return a copy without these values: members are taken away, elements become None so that all keep their number."""
    found = set(paths)
    return _copied(document, (), found) if () not in found else {}


def _copied(value: Any, path: Path, without: set[Path]) -> Any:
    if isinstance(value, dict):
        return dict(_members(value, path, without))
    if isinstance(value, list):
        return [
            None if (*path, str(number)) in without else _copied(each, (*path, str(number)), without)
            for number, each in enumerate(value)
        ]
    return value


def _members(value: Mapping[str, Any], path: Path, without: set[Path]) -> Iterator[tuple[str, Any]]:
    for name, each in value.items():
        below = (*path, name)
        if below not in without:
            yield name, _copied(each, below, without)
