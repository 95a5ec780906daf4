"""Check the names in a document that stand for something elsewhere: quirks, traits, members of an outcome.

Each of them is looked up with a default when a command comes in, so a misspelt one would never
raise: its alternative would not be chosen, or its value not be printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.documents import known, pointer, read_json, shown
from mockserver.contract.expansion import ALTERNATIVES, NO_TRAITS
from mockserver.errors import Problem
from mockserver.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence, Set

    from mockserver.contract.quirks import Quirks

    Names = Mapping[str, Mapping[str, Sequence[str] | None]]
    """What may choose, by the annotation's name: quirks or traits, each with its values (None: any text)."""

FAILURE: Final = frozenset({"method", "status", "reason", "echo", "text", "now"})
"""Members of every failure's outcome."""

SUCCESS: Final = frozenset({"method", "now", "records/text"})
"""Members of every success's outcome, beside those of its handler."""


def trait_values() -> dict[str, Sequence[str] | None]:
    """Return the traits of a process, each with the values that seed plans allow (SIM-11); None is any text."""
    schema: Any = read_json(data_dir("schemas") / "seed.json")
    columns = schema["properties"]["processes"]["items"]["properties"]
    return {name: columns[name].get("enum") for name, _ in NO_TRAITS}


def choosers(quirks: Quirks) -> Names:
    """Return everything that may choose among alternatives (GEN-20, AM-53)."""
    values = {quirk.name: None if quirk.open else quirk.values for quirk in quirks}
    return dict(zip(ALTERNATIVES, (values, trait_values()), strict=True))


def alternatives(node: Any, names: Names, file: str, path: Sequence[str | int] = ()) -> Iterator[Problem]:
    """Yield each quirk, trait or value below ``node`` that no request can choose; examples are not looked at."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from alternatives(item, names, file, (*path, index))
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key in ALTERNATIVES and isinstance(value, dict):
            yield from _branches(key, value, names, file, (*path, key))
        if path or key != "examples":
            yield from alternatives(value, names, file, (*path, key))


def _branches(
    kind: str, choices: Mapping[str, Any], names: Names, file: str, path: Sequence[str | int]
) -> Iterator[Problem]:
    word = "quirk" if kind == "x-quirk" else "trait"
    for name, branches in choices.items():
        place = (*path, name)
        if name not in names[kind]:
            yield Problem(file, pointer(place), f"no {word} {name}", known(list(names[kind]), name), name)
            continue
        values = names[kind][name]
        for value in branches:
            if values is not None and value not in values:
                message = f"{word} {name} has no value {value}"
                yield Problem(file, pointer((*place, value)), message, known(list(values), value), value)


def members(
    properties: Mapping[str, Mapping[str, Any]], given: Set[str], place: str, file: str, within: str = ""
) -> Iterator[Problem]:
    """Yield each value or key of an expanded shape that comes from a member its outcome never has.

    ``given`` are the members there are, those of a list's elements as ``list/member``; ``within`` is
    the list whose elements the shape is for, with its slash.
    """
    here = sorted(name.removeprefix(within) for name in given if name.rpartition("/")[0] == within[:-1])
    for key, node in properties.items():
        if "const" not in node and "x-from" not in node:
            yield Problem(file, f"{place}/{key}", "has no value", "const or x-from", shown(dict(node)))
        for word in ("x-from", "x-key"):
            if word in node and node[word] not in here:
                message = f"no outcome has a member {node[word]}"
                yield Problem(file, f"{place}/{key}/{word}", message, known(here, node[word]), node[word])
        if "items" in node:
            inner = node["items"]["properties"]
            below = f"{within}{node.get('x-from')}/"
            yield from members(inner, given, f"{place}/{key}/items/properties", file, below)


def echoed(node: Any) -> Iterator[str]:
    """Yield the members that records get from the spelling of their fields (IPD106-22, IPD106-23)."""
    if isinstance(node, dict):
        yield from (f"records/{name}" for name in node.get("x-echo", ()))
        for value in node.values():
            yield from echoed(value)
