"""Check the contract documents: their words against the vocabulary, their sense against each other.

Everything a document could get wrong that would only show when a request comes in is found here,
at start and by ``jodo-mock check``: a misspelt keyword, an assertion without a status, a status
without a text, one that no precedence list ever reaches, a rule or reference nobody has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema_rs

from mockserver.contract.assertions import claims, promotions, statuses
from mockserver.contract.documents import known as one_of
from mockserver.contract.expansion import NO_TRAITS, ExpansionError
from mockserver.contract.naming import FAILURE, SUCCESS, alternatives, choosers, echoed, members
from mockserver.contract.provoking import answers, entries_of, misguided, unprovoked, unprovoked_steps
from mockserver.contract.values import excerpt
from mockserver.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
    from pathlib import Path

    from mockserver.contract.assertions import Triple
    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.expansion import Traits
    from mockserver.contract.naming import Names
    from mockserver.contract.provoking import Code, Entries

    Choice = tuple[str | None, Mapping[str, str], Traits]
    """What differs from the defaults (None: nothing, or more than one), a full set of quirks, traits of a process."""


class Known(NamedTuple):
    """What the documents may name."""

    rules: Set[str]
    """The state rules."""
    outcomes: Mapping[str, Set[str]] | None
    """The members each method's handler gives; None when there are no handlers to go by."""
    common: Set[int]
    """The statuses that every method has."""
    names: Names
    """The quirks and traits."""


def lint(
    catalogue: Catalogue,
    rules: Set[str],
    outcomes: Mapping[str, Set[str]] | None = None,
    *,
    thorough: bool = False,
    only: Container[str] | None = None,
) -> list[Problem]:
    """Return what makes no sense in documents that passed :func:`wording`; ``only`` in these methods'.

    ``rules`` are the names of Python's state rules, ``outcomes`` the members that each method's
    handler gives (see :data:`mockserver.methods.OUTCOMES`); without them the replies of successes
    are not compared with anything. The sense of a document depends on the quirks in force: a start
    looks at the defaults of each edition, a ``thorough`` check at every value of every quirk.
    """
    common = frozenset(map(int, catalogue.common["statuses"]))
    known = Known(rules, outcomes, common, choosers(catalogue.quirks))
    problems = list(_shared(catalogue, known.names, thorough=thorough))
    if problems:
        return problems
    for name, document in catalogue.methods.items():
        if only is not None and name not in only:
            continue
        file = str(catalogue.folder / "methods" / f"{name}.json")
        if document["method"] != name:
            problems.append(
                Problem(file, "/method", "differs from the file's name", name, document["method"])
            )
        unknown = list(alternatives(document, known.names, file))
        problems += unknown or _sense(catalogue, name, known, file, thorough=thorough)
    return problems


def wording(documents: Mapping[str, Any], folder: Path) -> list[Problem]:
    """Return every word of the documents below ``folder`` that the vocabulary does not have."""
    vocabulary = documents["vocabulary"]
    problems: list[Problem] = []
    for kind in ("quirks", "common", "envelopes", "floor"):
        problems += words(vocabulary, kind, str(folder / f"{kind}.json"), documents[kind])
    for kind, definition in (("methods", "method"), ("references", "reference")):
        # Making the validator takes longer than all it is used for.
        validator = _validator(vocabulary, definition)
        for name, document in documents[kind].items():
            file = str(folder / kind / f"{name}.json")
            problems += _misspelt(validator, definition, file, document)
    return problems


def words(vocabulary: Mapping[str, Any], definition: str, file: str, document: Any) -> Iterator[Problem]:
    """Yield each place where a document uses words that the vocabulary does not have for its kind."""
    yield from _misspelt(_validator(vocabulary, definition), definition, file, document)


def _validator(vocabulary: Mapping[str, Any], definition: str) -> Any:
    schema = {"$ref": f"#/$defs/{definition}", "$defs": vocabulary["$defs"]}
    return jsonschema_rs.Draft202012Validator(schema)


def _misspelt(validator: Any, definition: str, file: str, document: Any) -> Iterator[Problem]:
    for error in validator.iter_errors(document):
        pointer = "".join(f"/{step}" for step in error.instance_path)
        yield Problem(
            file,
            pointer,
            error.message[:300],
            expected=f"the vocabulary's {definition}",
            got=excerpt(error.instance),
        )


def _shared(catalogue: Catalogue, names: Names, *, thorough: bool) -> Iterator[Problem]:
    """Yield what makes no sense in what all methods share."""
    for kind in ("common", "envelopes"):
        yield from alternatives(catalogue.documents[kind], names, str(catalogue.folder / f"{kind}.json"))
    file = str(catalogue.folder / "envelopes.json")
    found = (
        problem
        for edition in catalogue.quirks["edition"].values
        for _, quirks, traits in _choices(catalogue, edition, names, thorough=thorough)
        for name, shape in catalogue.expander(quirks, traits, {}).expand(catalogue.envelopes).items()
        if name != "$comment"
        for problem in members(shape["properties"], FAILURE, f"/{name}/properties", file)
    )
    yield from _once(found)
    if thorough:
        yield from unprovoked_steps(catalogue)


def _sense(catalogue: Catalogue, name: str, known: Known, file: str, *, thorough: bool) -> Iterator[Problem]:
    """Yield what makes no sense in one method's document."""
    for edition in catalogue.methods[name]["editions"]:
        found = list(_expansions(catalogue, name, edition, known.names, thorough=thorough))
        where = f"/editions/{edition}"
        errors = [item for item in found if isinstance(item, ExpansionError)]
        yield from _once(Problem(file, where, str(e), " or ".join(e.known), e.name) for e in errors)
        plains = [item for item in found if not isinstance(item, ExpansionError)]
        yield from _once(p for plain in plains for p in _variant(plain, name, known, where, file))
        if thorough:
            yield from _idle(plains, where, file)
            answered: set[Code] = set().union(*map(answers, plains))
            yield from unprovoked(catalogue, name, edition, answered, file)
    if thorough:
        yield from misguided(catalogue, name, file)


def _idle(plains: Iterable[Any], where: str, file: str) -> Iterator[Problem]:
    """Yield each status given to a keyword that its node asserts under no choice."""
    asserted: set[str] = set()
    idle: dict[str, Problem] = {}
    for plain in plains:
        for pointer, keyword, asserting in claims(plain["request"], f"{where}/request"):
            if keyword in asserting:
                asserted.add(pointer)
            else:
                message = f"nothing asserts {keyword} here"
                idle[pointer] = Problem(file, pointer, message, one_of(asserting, keyword), keyword)
    yield from (problem for pointer, problem in idle.items() if pointer not in asserted)


def _expansions(
    catalogue: Catalogue, name: str, edition: str, names: Names, *, thorough: bool
) -> Iterator[Any]:
    """Yield each plain document of an edition, or why there is none (ExpansionError).

    A choice that differs from the defaults only in what their expansion never asked for would give
    the same document once more, and is left out.
    """
    document = catalogue.methods[name]
    asked: Set[str] = frozenset()
    for differing, quirks, traits in _choices(catalogue, edition, names, thorough=thorough):
        if differing is not None and differing not in asked:
            continue
        expander = catalogue.expander(quirks, traits, document.get("$defs", {}))
        try:
            yield expander.expand(document["editions"][edition])
        except ExpansionError as error:
            yield error
        asked = asked or expander.asked


def _once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield each problem the first time that some choice of quirks shows it."""
    seen: set[tuple[str, str]] = set()
    for problem in problems:
        if (problem.pointer, problem.message) not in seen:
            seen.add((problem.pointer, problem.message))
            yield problem


def _choices(catalogue: Catalogue, edition: str, names: Names, *, thorough: bool) -> Iterator[Choice]:
    """Yield the defaults; if thorough, also each trait, each value of each quirk, and all last values together."""
    defaults = {**catalogue.quirks.defaults, "edition": edition}
    yield None, defaults, NO_TRAITS
    if not thorough:
        return
    for trait, values in names["x-process"].items():
        for value in values or ():
            yield trait, defaults, tuple({**dict(NO_TRAITS), trait: value}.items())
    for quirk in catalogue.quirks:
        if quirk.name != "edition" and quirk.stage == "contract":
            for value in quirk.values[1:]:
                yield quirk.name, {**defaults, quirk.name: value}, NO_TRAITS
    last = {quirk.name: quirk.values[-1] for quirk in catalogue.quirks}
    yield None, {**last, "edition": edition}, NO_TRAITS


def _variant(plain: Any, name: str, known: Known, where: str, file: str) -> Iterator[Problem]:
    """Yield what makes no sense in one plain document."""
    yield from _roles(plain["request"], where + "/request", file)
    used = list(statuses(plain["request"], where + "/request", file))
    yield from (item for item in used if isinstance(item, Problem))
    triples = [item for item in used if not isinstance(item, Problem)]
    entries = entries_of(plain["precedence"])
    yield from _precedence(entries, triples, known.rules, f"{where}/precedence", file)
    tables = {level: set(map(int, table)) for level, table in plain["statuses"].items()}
    tables["request"] |= known.common
    yield from _answers(entries, tables, f"{where}/precedence", file)
    named = [(level, status) for _, status, level in triples]
    named += [("request", status) for status in (*plain.get("gate", {}).values(), plain["processing_error"])]
    named += [("request", status) for status in promotions(plain["request"])]
    for level, status in sorted(set(named)):
        if status not in tables[level]:
            place = f"{where}/statuses/{level}"
            yield Problem(file, place, f"no row for status {status}", "a row with its text", "none")
    if known.outcomes is not None:
        given = SUCCESS.union(known.outcomes.get(name, ()), echoed(plain["request"]))
        shape = plain["replies"]["success"]["properties"]
        yield from members(shape, given, f"{where}/replies/success/properties", file)
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


def _answers(entries: Entries, tables: Mapping[str, Set[int]], pointer: str, file: str) -> Iterator[Problem]:
    """Yield each status that an entry answers and the table of its level does not have."""
    for level, checks in entries.items():
        for entry in checks:
            answered = [(level, status) for status in entry.get("statuses", ())]
            answered += [
                (at, entry[word])
                for at, word in ((level, "status"), ("request", "promoted"))
                if word in entry
            ]
            for at, status in answered:
                if status not in tables[at]:
                    subject = (
                        f"rule {entry['rule']}" if "rule" in entry else f"field {entry.get('field', '(any)')}"
                    )
                    message = f"{subject} answers status {status}, which has no row"
                    rows = ", ".join(map(str, sorted(tables[at])))
                    yield Problem(
                        file, f"{pointer}/{level}", message, f"a {at} status, one of {rows}", str(status)
                    )


def _precedence(
    entries: Entries, triples: Sequence[Triple], rules: Set[str], pointer: str, file: str
) -> Iterator[Problem]:
    for level, checks in entries.items():
        for entry in checks:
            if "rule" in entry and entry["rule"] not in rules:
                name = entry["rule"]
                yield Problem(
                    file, f"{pointer}/{level}", f"no rule {name}", one_of(sorted(rules), name), name
                )
            if "rule" in entry and not ("status" in entry or "warn" in entry):
                message = f"rule {entry['rule']} has neither status nor warn"
                yield Problem(file, f"{pointer}/{level}", message, "one of the two", ", ".join(entry))
    for field, status, level in sorted(set(triples)):
        if not any(_reaches(entry, field, status) for entry in entries[level]):
            message = f"nothing reaches status {status} of field {field or '(object)'}"
            yield Problem(file, f"{pointer}/{level}", message, f"an entry with status {status}", "none")


def _reaches(entry: Mapping[str, Any], field: str, status: int) -> bool:
    return status in entry.get("statuses", ()) and entry.get("field") in (None, field)
