"""Check the contract documents: their words against the vocabulary, their sense against each other.

Everything a document could get wrong that would only show when a request comes in is found here,
at start and by ``jodo-mock check``: a misspelt keyword, an assertion without a status, a status
without a text, one that no precedence list ever reaches, a rule or reference nobody has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from mockserver.contract.expansion import NO_TRAITS, ExpansionError
from mockserver.contract.values import excerpt
from mockserver.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.expansion import Traits

    Choice = tuple[Mapping[str, str], Traits]
    """A full set of quirks, and traits of a process."""

ASSERTIONS: Final = frozenset(
    {"type", "enum", "const", "pattern", "maxLength", "minProperties", "format", "x-ordered"}
)
"""Keywords that can fail at their own node and so need a status there."""

TRUNKS: Final = ("domestic", "gsm", "telco")
"""The trunks a process may have (SIM-11, AM-53)."""


def lint(catalogue: Catalogue, rules: frozenset[str], *, thorough: bool = False) -> list[Problem]:
    """Return what makes no sense in documents that passed :func:`wording`; ``rules`` are Python's state rules.

    The sense of a document depends on the quirks in force: a start looks at the defaults of each
    edition, a ``thorough`` check at every value of every quirk.
    """
    return list(_sense(catalogue, rules, thorough=thorough))


def wording(documents: Mapping[str, Any], folder: Path) -> list[Problem]:
    """Return every word of the documents below ``folder`` that the vocabulary does not have."""
    vocabulary = documents["vocabulary"]
    problems: list[Problem] = []
    for kind in ("quirks", "common", "envelopes"):
        problems += words(vocabulary, kind, str(folder / f"{kind}.json"), documents[kind])
    for kind, definition in (("methods", "method"), ("references", "reference")):
        for name, document in documents[kind].items():
            problems += words(vocabulary, definition, str(folder / kind / f"{name}.json"), document)
    return problems


def words(vocabulary: Mapping[str, Any], definition: str, file: str, document: Any) -> Iterator[Problem]:
    """Yield each place where a document uses words that the vocabulary does not have for its kind."""
    schema = {"$ref": f"#/$defs/{definition}", "$defs": vocabulary["$defs"]}
    for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(document):
        pointer = "".join(f"/{step}" for step in error.instance_path)
        yield Problem(
            file,
            pointer,
            error.message[:300],
            expected=f"the vocabulary's {definition}",
            got=excerpt(error.instance),
        )


def _sense(catalogue: Catalogue, rules: frozenset[str], *, thorough: bool) -> Iterator[Problem]:
    for name, document in catalogue.methods.items():
        file = str(catalogue.folder / "methods" / f"{name}.json")
        if document["method"] != name:
            yield Problem(file, "/method", "differs from the file's name", name, document["method"])
        seen: set[tuple[str, str]] = set()
        for edition in document["editions"]:
            for choice in _choices(catalogue, edition, thorough=thorough):
                for problem in _variant(catalogue, name, choice, rules, file):
                    if (problem.pointer, problem.message) not in seen:
                        seen.add((problem.pointer, problem.message))
                        yield problem


def _choices(catalogue: Catalogue, edition: str, *, thorough: bool) -> Iterator[Choice]:
    """Yield the defaults; if thorough, also each trunk, each value of each quirk, and all last values together."""
    defaults = {**catalogue.quirks.defaults, "edition": edition}
    yield defaults, NO_TRAITS
    if not thorough:
        return
    for trunk in TRUNKS:
        yield defaults, tuple({**dict(NO_TRAITS), "trunk": trunk}.items())
    for quirk in catalogue.quirks:
        if quirk.name != "edition" and quirk.stage == "contract":
            for value in quirk.values[1:]:
                yield {**defaults, quirk.name: value}, NO_TRAITS
    yield {**{quirk.name: quirk.values[-1] for quirk in catalogue.quirks}, "edition": edition}, NO_TRAITS


def _variant(
    catalogue: Catalogue, name: str, choice: Choice, rules: frozenset[str], file: str
) -> Iterator[Problem]:
    quirks, traits = choice
    edition = quirks["edition"]
    where = f"/editions/{edition}"
    document = catalogue.methods[name]
    try:
        expander = catalogue.expander(quirks, traits, document.get("$defs", {}))
        plain = expander.expand(document["editions"][edition])
    except ExpansionError as error:
        yield Problem(file, where, str(error), " or ".join(error.known), error.name)
        return
    yield from _roles(plain["request"], where + "/request", file)
    used = list(_statuses(plain["request"], where + "/request", file))
    yield from (item for item in used if isinstance(item, Problem))
    triples = [item for item in used if not isinstance(item, Problem)]
    yield from _precedence(plain["precedence"], triples, rules, f"{where}/precedence", file)
    tables = {level: set(map(int, table)) for level, table in plain["statuses"].items()}
    tables["request"] |= set(map(int, catalogue.common["statuses"]))
    named = [(level, status) for _, status, level in triples]
    named += [("request", status) for status in (*plain.get("gate", {}).values(), plain["processing_error"])]
    for level, status in sorted(set(named)):
        if status not in tables[level]:
            yield Problem(
                file,
                f"{where}/statuses/{level}",
                f"no row for status {status}",
                "a row with its text",
                "none",
            )
    if not any(row.get("success") for row in plain["statuses"]["request"].values()):
        yield Problem(
            file, f"{where}/statuses/request", "no row says success", "one row with success: true", "none"
        )


def _roles(request: Mapping[str, Any], pointer: str, file: str) -> Iterator[Problem]:
    """Yield each kind of record that has no property for the role its own key is to play."""
    for name, node in request.get("properties", {}).items():
        unit = node.get("x-record", {})
        meanings = request["properties"].get(unit.get("by"), {}).get("x-values", {}).values()
        for kind, record in unit.get("items", {}).items():
            played = {child.get("x-as") for child in record.get("properties", {}).values()}
            for role in sorted({meaning["role"] for meaning in meanings if meaning["key"] == kind} - played):
                place = f"{pointer}/properties/{name}/x-record/items/{kind}"
                yield Problem(
                    file, place, f"no property plays {role}", f"a property with x-as {role}", "none"
                )


Triple = tuple[str, int, str]
"""Field, status and level of something a schema can find wrong."""


def _statuses(
    node: Mapping[str, Any], pointer: str, file: str, field: str | None = None
) -> Iterator[Problem | Triple]:
    """Yield what the assertions below an expanded object node answer, and those that answer nothing."""
    yield from _own_statuses(node, pointer, file, field or "")
    properties: Mapping[str, Mapping[str, Any]] = node.get("properties", {})
    for name, child in properties.items():
        yield from _statuses(child, f"{pointer}/properties/{name}", file, field or name)
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
            yield from _statuses(node[branch], f"{pointer}/{branch}", file, field)
    for name, kind in node.get("x-record", {}).get("items", {}).items():
        yield from _statuses(kind, f"{pointer}/x-record/items/{name}", file)


def _needed(node: Mapping[str, Any]) -> Iterator[str]:
    yield from node.get("required", ())
    for names in node.get("dependentRequired", {}).values():
        yield from names


def _own_statuses(node: Mapping[str, Any], pointer: str, file: str, field: str) -> Iterator[Problem | Triple]:
    statuses: Mapping[str, Any] = node.get("x-status", {})
    asserting = [keyword for keyword in node if keyword in ASSERTIONS]
    if node.get("x-blank") == "refused":
        asserting.append("x-blank")
    if "x-first-of" in node and "x-first-of" in statuses:
        asserting.append("x-first-of")
    for keyword in asserting:
        if keyword in statuses:
            yield _triple(field, statuses[keyword])
        elif not (keyword == "type" and pointer.endswith("/request")):
            yield Problem(file, pointer, f"{keyword} has no status", f"x-status.{keyword}", "none")


def _triple(field: str, status: Any) -> Triple:
    return (field, status, "request") if isinstance(status, int) else (field, status["record"], "record")


def _precedence(
    precedence: Mapping[str, Any], triples: Sequence[Triple], rules: frozenset[str], pointer: str, file: str
) -> Iterator[Problem]:
    entries = {
        "request": [entry for top in precedence["request"] for entry in top.get("records", [top])],
        "record": precedence["record"],
    }
    for level, checks in entries.items():
        for entry in checks:
            if "rule" in entry and entry["rule"] not in rules:
                known = " or ".join(sorted(rules))
                yield Problem(file, f"{pointer}/{level}", f"no rule {entry['rule']}", known, entry["rule"])
            if "rule" in entry and not ("status" in entry or "warn" in entry):
                message = f"rule {entry['rule']} has neither status nor warn"
                yield Problem(file, f"{pointer}/{level}", message, "one of the two", ", ".join(entry))
    for field, status, level in sorted(set(triples)):
        if not any(_reaches(entry, field, status) for entry in entries[level]):
            message = f"nothing reaches status {status} of field {field or '(object)'}"
            yield Problem(file, f"{pointer}/{level}", message, f"an entry with status {status}", "none")


def _reaches(entry: Mapping[str, Any], field: str, status: int) -> bool:
    return status in entry.get("statuses", ()) and entry.get("field") in (None, field)
