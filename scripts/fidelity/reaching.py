"""What can answer a status: nothing but the request, a quirk as well, or only somebody who forces it.

A status is reached when an assertion of the request, a state rule, a step of the gate or the processing
error answers it, or when it says success. Promotion of a batch counts where the document promotes.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from mockserver.contract.assertions import promotions, statuses
from mockserver.contract.expansion import NO_TRAITS
from mockserver.contract.naming import trait_values
from mockserver.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.expansion import Traits

    Code = tuple[str, int]
    """Level and number of a status."""

    Way = Mapping[str, str]
    """The quirks, with their values, that a status needs before a request can bring it about; often none."""


def ways(catalogue: Catalogue, method: str, edition: str) -> dict[Code, Way]:
    """Return each status that requests can bring about in an edition, with the fewest quirks it needs.

    Every trait of a process counts as a default, since the sample data have a process for each. Pairs
    of quirks are tried, and then all last values together, pared down to what the status needs; no more
    is tried than it takes to find a way for each status of the method's own tables.
    """
    values = _own_quirks(catalogue, method)
    traits = list(_traits(catalogue.methods[method]))

    def reached(way: Way) -> set[Code]:
        quirks = {**catalogue.quirks.defaults, "edition": edition, **way}
        return {code for kind in traits for code in answers(catalogue, method, quirks, kind)}

    tables = catalogue.methods[method]["editions"][edition]["statuses"].items()
    wanted = {(level, int(code)) for level, table in tables for code in table}
    found: dict[Code, Way] = {}
    for way in _settings(values):
        for code in reached(way):
            found.setdefault(code, way)
        if wanted <= found.keys():
            return found
    together = {name: alternatives[-1] for name, alternatives in values.items()}
    for code in reached(together) - found.keys():
        found[code] = _pared(together, code, reached)
    return found


def _own_quirks(catalogue: Catalogue, method: str) -> dict[str, tuple[str, ...]]:
    """Return the values, beside the default, of each quirk that a method or what all methods share asks about."""
    asked = {*_asked(catalogue.methods[method], "x-quirk"), *_asked(catalogue.common, "x-quirk")} - {
        "edition"
    }
    return {
        quirk.name: quirk.values[1:] for quirk in catalogue.quirks if quirk.name in asked and quirk.values[1:]
    }


def _asked(node: Any, kind: str) -> Iterator[str]:
    """Yield the quirks or traits, by their annotation, that choose something below a node."""
    if isinstance(node, list):
        for item in node:
            yield from _asked(item, kind)
    elif isinstance(node, dict):
        yield from node.get(kind, ())
        for value in node.values():
            yield from _asked(value, kind)


def _settings(values: Mapping[str, tuple[str, ...]]) -> Iterator[Way]:
    """Yield every way of setting none, one or two quirks to values other than their defaults."""
    for size in range(3):
        for names in combinations(values, size):
            for chosen in product(*(values[name] for name in names)):
                yield dict(zip(names, chosen, strict=True))


def _pared(together: Way, code: Code, reached: Callable[[Way], set[Code]]) -> Way:
    """Return the quirks without those that a status does not need."""
    way = dict(together)
    for name in together:
        without = {other: value for other, value in way.items() if other != name}
        if code in reached(without):
            way = without
    return way


def _traits(document: Mapping[str, Any]) -> Iterator[Traits]:
    """Yield the kinds of process that a document tells apart."""
    yield NO_TRAITS
    asked = set(_asked(document, "x-process"))
    for trait, values in trait_values().items():
        if trait in asked:
            yield from (tuple({**dict(NO_TRAITS), trait: value}.items()) for value in values or ())


def answers(catalogue: Catalogue, method: str, quirks: Way, traits: Traits) -> set[Code]:
    """Return the statuses that requests bring about with a full set of quirks, in a process of these traits."""
    document = catalogue.methods[method]
    expander = catalogue.expander(quirks, traits, document.get("$defs", {}))
    plain = expander.expand(document["editions"][quirks["edition"]])
    shared = expander.expand(
        {name: catalogue.common[name] for name in ("gate", "malformed", "unknown_method")}
    )
    found = {
        (item[2], item[1])
        for item in statuses(plain["request"], "/request", method)
        if not isinstance(item, Problem)
    }
    gate = {
        plain.get("gate", {}).get(step["step"], step["status"])
        for step in shared["gate"]
        if step["field"] in document["keys"]
    }
    whole = {
        plain["processing_error"],
        shared["malformed"]["status"],
        shared["unknown_method"]["status"],
        *gate,
    }
    found |= {("request", status) for status in whole}
    found |= {(level, entry["status"]) for level, entry in _entries(plain) if "status" in entry}
    if plain["replies"].get("promote"):
        found |= {("request", status) for status in _promoted(plain, found)}
    tables = plain["statuses"].items()
    successes = {(level, int(code)) for level, rows in tables for code in rows if rows[code].get("success")}
    return found | successes


def _entries(plain: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the entries of the precedence lists, each with the level it answers at."""
    for top in plain["precedence"]["request"]:
        yield from (("request", entry) for entry in top.get("records", [top]))
    yield from (("record", entry) for entry in plain["precedence"]["record"])


def _promoted(plain: Mapping[str, Any], found: set[Code]) -> Iterator[int]:
    """Yield what failed records make of a command all of whose records failed (AM-66)."""
    yield from promotions(plain["request"])
    yield from (entry["promoted"] for _, entry in _entries(plain) if "promoted" in entry)
    rows = plain["statuses"]["record"]
    for level, code in found:
        if level == "record":
            yield rows.get(str(code), {}).get("promoted", code)
