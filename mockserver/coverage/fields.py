"""Which conditions of a field the documents tell apart, and the status each is answered with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.contract.methodspec import ObjectSpec
    from mockserver.model import Level, Violation

    Found = tuple[str, str, Any, int]
    """Field, condition, level and status; the last two are empty and 0 for what is accepted."""

NO_STATUS: Final = 0
"""Stands where a condition is accepted."""

ABSENT: Final = frozenset({"required", "dependentRequired"})
"""Keywords that ask for a field to be there."""

BLANK: Final = "x-blank"
_BRANCHES: Final = ("then", "else")


def condition_rows(kind: ObjectSpec) -> Iterator[Found]:
    """Yield the conditions of every field of an object: each that is accepted, each that is refused."""
    always = set(kind.schema.get("required", ()))
    for field, node in kind.properties.items():
        yield field, "present", "", NO_STATUS
        nodes = [node, *_conditional(kind.schema, field)]
        wanted = _wanted(kind.schema, field)
        if not kind.wrap:
            if field not in always:
                yield field, "absent", "", NO_STATUS
            if wanted:
                yield from _answered(field, "absent", nodes, ABSENT)
        blank = {each.get(BLANK) for each in nodes}
        if "refused" in blank:
            yield from _answered(field, "blank", nodes, frozenset({BLANK}))
        elif blank & {"absent", "kept"} and field not in always:
            yield field, "blank", "", NO_STATUS
        for each in nodes:
            for level, status in _invalid(each):
                yield field, "invalid", level, status


def condition_of(violation: Violation, *, wrapped: bool) -> str:
    """Return the condition of the field that a violation is about.

    What is wrong below a field (an element of its list) makes the field itself invalid. ``wrapped``
    says that the records of the method are no objects.
    """
    depth = 1 if violation.record is None else 2 if wrapped else 3
    if violation.pointer.count("/") > depth:
        return "invalid"
    if violation.keyword in ABSENT:
        return "absent"
    return "blank" if violation.keyword == BLANK else "invalid"


def _conditional(schema: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    """Return the nodes of a field that only some commands meet (``then`` and ``else``)."""
    found = []
    for branch in _BRANCHES:
        below = schema.get(branch)
        if below:
            node = below.get("properties", {}).get(field)
            found += [*([node] if node else []), *_conditional(below, field)]
    return found


def _wanted(schema: Mapping[str, Any], field: str) -> bool:
    """Tell whether any command must have a field."""
    if field in schema.get("required", ()):
        return True
    if any(field in names for names in schema.get("dependentRequired", {}).values()):
        return True
    return any(_wanted(schema[branch], field) for branch in _BRANCHES if schema.get(branch))


def _answered(
    field: str, condition: str, nodes: list[Mapping[str, Any]], keywords: frozenset[str]
) -> Iterator[Found]:
    for node in nodes:
        for keyword, status in node.get("x-status", {}).items():
            if keyword in keywords:
                yield field, condition, *_told(status)


def _invalid(node: Mapping[str, Any], *, below: bool = False) -> Iterator[tuple[Level, int]]:
    """Yield the statuses of the assertions of a node that can refuse a value, and of those below it."""
    for keyword, status in node.get("x-status", {}).items():
        names = (*node.get("required", ()),) if below else ()
        if keyword in ABSENT or keyword == BLANK:
            if below and (keyword == BLANK or names):
                yield _told(status)
        elif keyword in node:
            yield _told(status)
    items = node.get("items")
    if isinstance(items, dict):
        yield from _invalid(items, below=True)
        for member in items.get("properties", {}):
            child = items["properties"][member]
            yield from _invalid(child, below=True)
            if member in items.get("required", ()) and "required" in child.get("x-status", {}):
                yield _told(child["x-status"]["required"])


def _told(status: Any) -> tuple[Level, int]:
    """Return level and status of an entry of ``x-status``."""
    if isinstance(status, int):
        return "request", status
    code: int = status["record"]
    return "record", code
