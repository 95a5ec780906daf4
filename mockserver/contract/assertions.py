"""What the assertions of an expanded request answer: each with its status, each status with its assertion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence, Set

ASSERTIONS: Final = frozenset(
    {"type", "enum", "const", "pattern", "maxLength", "minProperties", "format"}
    | {"x-ordered", "x-equal", "x-refuses", "x-joined"}
)
"""Keywords that can fail at their own node and so need a status there."""

Triple = tuple[str, int, str]
"""Field, status and level of something a schema can find wrong."""


def statuses(
    node: Mapping[str, Any], pointer: str, file: str, field: str | None = None
) -> Iterator[Problem | Triple]:
    """Yield what the assertions below an expanded object node answer, and those that answer nothing."""
    yield from _own_statuses(node, pointer, file, field or "")
    properties: Mapping[str, Mapping[str, Any]] = node.get("properties", {})
    for name, child in properties.items():
        yield from statuses(child, f"{pointer}/properties/{name}", file, field or name)
    for name in _needed(node):
        status = properties.get(name, {}).get("x-status", {})
        keyword = "required" if name in node.get("required", ()) else "dependentRequired"
        if keyword not in status:
            yield Problem(
                file,
                f"{pointer}/properties/{name}",
                f"{keyword} has no status",
                f"x-status.{keyword}",
                "none",
            )
        else:
            yield _triple(field or name, status[keyword])
    for branch in ("then", "else", "items"):
        if branch in node:
            yield from statuses(node[branch], f"{pointer}/{branch}", file, field)
    for name, kind in node.get("x-record", {}).get("items", {}).items():
        yield from statuses(kind, f"{pointer}/x-record/items/{name}", file)


def _needed(node: Mapping[str, Any]) -> Iterator[str]:
    yield from node.get("required", ())
    for names in node.get("dependentRequired", {}).values():
        yield from names


def _own_statuses(node: Mapping[str, Any], pointer: str, file: str, field: str) -> Iterator[Problem | Triple]:
    given: Mapping[str, Any] = node.get("x-status", {})
    for keyword in _asserting(node):
        if keyword in given:
            yield _triple(field, given[keyword])
        elif not (keyword == "type" and pointer.endswith("/request")):
            yield Problem(file, pointer, f"{keyword} has no status", f"x-status.{keyword}", "none")


def _triple(field: str, status: Any) -> Triple:
    return (field, status, "request") if isinstance(status, int) else (field, status["record"], "record")


def _asserting(node: Mapping[str, Any]) -> list[str]:
    """Return the keywords that can fail at a node itself."""
    asserting = [keyword for keyword in node if keyword in ASSERTIONS]
    if node.get("x-blank") == "refused":
        asserting.append("x-blank")
    if "x-first-of" in node and "x-first-of" in node.get("x-status", {}):
        asserting.append("x-first-of")
    return asserting


def promotions(node: Any) -> Iterator[int]:
    """Yield each status below an expanded node that a record's failure becomes for the whole command."""
    if isinstance(node, dict):
        for status in node.get("x-status", {}).values():
            if not isinstance(status, int) and "promoted" in status:
                yield status["promoted"]
        for value in node.values():
            yield from promotions(value)


def claims(
    node: Mapping[str, Any], pointer: str, needed: Set[str] = frozenset()
) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Yield pointer and keyword of each status below an expanded object node, and what its node asserts.

    ``needed`` are the keywords by which the parent asks for the node.
    """
    asserting = sorted({*_asserting(node), *needed})
    for keyword in node.get("x-status", {}):
        yield f"{pointer}/x-status/{keyword}", keyword, asserting
    for name, child in node.get("properties", {}).items():
        yield from claims(child, f"{pointer}/properties/{name}", _asked(node, name))
    for branch in ("then", "else", "items"):
        if branch in node:
            yield from claims(node[branch], f"{pointer}/{branch}")
    for name, kind in node.get("x-record", {}).get("items", {}).items():
        yield from claims(kind, f"{pointer}/x-record/items/{name}")


def _asked(node: Mapping[str, Any], name: str) -> set[str]:
    """Return the keywords by which an object node asks for one of its properties."""
    asked = set()
    if name in node.get("required", ()):
        asked.add("required")
    if any(name in names for names in node.get("dependentRequired", {}).values()):
        asked.add("dependentRequired")
    return asked
