"""Provocations: what the documents say brings a status about, read and checked.

A method document lists them under ``provocations``: a printed command and how it is changed, so that the
status answers it on the golden sample data. ``common.json`` has one for each step of the gate.
"""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from mockserver.contract.assertions import promotions
from mockserver.contract.documents import known
from mockserver.contract.expansion import merge
from mockserver.errors import Problem, UnknownQuirk
from mockserver.model import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

    from mockserver.contract.catalogue import Catalogue
    from mockserver.model import Level

    Entries = Mapping[str, Sequence[Mapping[str, Any]]]
    """The entries of the precedence lists by the level they answer at."""

    Code = tuple[str, int]
    """A level and a status of it."""

LISTED = "provocations"
"""Where documents list them."""


class Base(NamedTuple):
    """A command that is printed, and the printed ones that are sent before it."""

    command: Mapping[str, Any]
    before: tuple[Mapping[str, Any], ...] = ()


class Provocation(NamedTuple):
    """One way to come by a status: what is sent as ``data``, under which quirks, after which commands."""

    about: str
    edition: str
    status: int
    level: Level
    data: str
    quirks: Mapping[str, str]
    before: tuple[Mapping[str, Any], ...]


def text_of(command: Mapping[str, Any]) -> str:
    """Return a command as the text that stands behind ``data=``."""
    return json.dumps(command, ensure_ascii=False)


def readings(edition: str, quirks: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that ask for an edition and for quirks with one request (AM-12, AM-13)."""
    chosen = ", ".join(f"{name}={quote(value)}" for name, value in quirks.items())
    return {"X-Mock-Edition": edition, **({"X-Mock-Quirk": chosen} if chosen else {})}


def base(catalogue: Catalogue, method: str, edition: str, example: str | None = None) -> Base:
    """Return a printed command of a method: the example of that id, else the edition's first.

    A method without examples gets the smallest command there is, with the keys of another one's.
    """
    for each in catalogue.methods[method].get("examples", ()):
        if each["id"] == example or (example is None and each["edition"] == edition):
            return Base(each["command"], before(catalogue, each.get("after")))
    words = catalogue.common["keys"]
    needed = [words[key] for key in catalogue.methods[method]["keys"]]
    examples = chain.from_iterable(document["examples"] for document in catalogue.methods.values())
    for each in examples:
        if each["edition"] == edition and all(name in each["command"] for name in needed):
            return Base({words["method"]: method, **{name: each["command"][name] for name in needed}})
    raise LookupError(f"no printed command has the keys of {method}")


def before(catalogue: Catalogue, *examples: str | None) -> tuple[Mapping[str, Any], ...]:
    """Return the commands of these examples, each behind those that it needs itself."""
    printed = {each["id"]: each for document in catalogue.methods.values() for each in document["examples"]}
    commands: list[Mapping[str, Any]] = []
    for name in examples:
        if name is not None:
            commands += (*before(catalogue, printed[name].get("after")), printed[name]["command"])
    return tuple(commands)


def provocations(catalogue: Catalogue, method: str) -> Iterator[Provocation]:
    """Yield what a method's document lists, ready to be sent."""
    for number, listed in enumerate(catalogue.methods[method].get(LISTED, ())):
        printed = base(catalogue, method, listed["edition"], listed.get("from"))
        yield Provocation(
            about=f"/{LISTED}/{number}",
            edition=listed["edition"],
            status=listed["status"],
            level=listed.get("level", "request"),
            data=listed.get("text") or text_of(merge(printed.command, listed.get("change", NOTHING))),
            quirks=listed.get("quirks", NOTHING),
            before=(*printed.before, *before(catalogue, *listed.get("after", ()))),
        )


# Checks of the documents


def entries_of(precedence: Mapping[str, Any]) -> Entries:
    """Return the entries of all precedence lists by the level they answer at."""
    return {
        "request": [
            *(entry for top in precedence["request"] for entry in top.get("records", [top])),
            *precedence.get("reason", ()),
        ],
        "record": precedence["record"],
    }


def answers(plain: Mapping[str, Any]) -> set[Code]:
    """Return every level and status with which an expanded variant can answer some request by itself."""
    found: set[Code] = {("request", status) for status in plain.get("gate", {}).values()}
    found |= {("request", status) for status in promotions(plain["request"])}
    for level, entries in entries_of(plain["precedence"]).items():
        for entry in entries:
            codes = [*entry.get("statuses", ()), *([entry["status"]] if "status" in entry else ())]
            found |= {(level, status) for status in codes}
            if plain["replies"].get("promote"):
                found |= {("request", status) for status in (*codes, entry.get("promoted")) if status}
    return found


def unprovoked(
    catalogue: Catalogue, method: str, edition: str, answered: Set[Code], file: str
) -> Iterator[Problem]:
    """Yield each row of the status tables that some request is answered with and that has no provocation."""
    document = catalogue.methods[method]
    provoked = {
        (listed.get("level", "request"), listed["status"])
        for listed in document.get(LISTED, ())
        if listed["edition"] == edition
    }
    for level, table in document["editions"][edition]["statuses"].items():
        for code, row in table.items():
            if not row.get("success") and (level, int(code)) in answered - provoked:
                place = f"/editions/{edition}/statuses/{level}/{code}"
                yield Problem(
                    file, place, "nothing provokes this status", "an entry in /provocations", "none"
                )


def misguided(catalogue: Catalogue, method: str, file: str) -> Iterator[Problem]:
    """Yield what a method's provocations name that is not there: editions, statuses, examples, quirks."""
    document = catalogue.methods[method]
    own = [each["id"] for each in document["examples"]]
    every = [each["id"] for other in catalogue.methods.values() for each in other["examples"]]
    for number, listed in enumerate(document.get(LISTED, ())):
        place = f"/{LISTED}/{number}"
        edition = listed["edition"]
        if edition not in document["editions"]:
            yield _unknown(file, f"{place}/edition", "edition", edition, document["editions"])
            continue
        level = listed.get("level", "request")
        codes = {int(code) for code in document["editions"][edition]["statuses"][level]}
        codes |= {int(code) for code in catalogue.common["statuses"]} if level == "request" else set()
        if listed["status"] not in codes:
            rows = map(str, sorted(codes))
            yield _unknown(file, f"{place}/status", f"{level} status", str(listed["status"]), rows)
        if "from" in listed and listed["from"] not in own:
            yield _unknown(file, f"{place}/from", "example", listed["from"], own)
        for index, name in enumerate(listed.get("after", ())):
            if name not in every:
                yield _unknown(file, f"{place}/after/{index}", "example", name, every)
        yield from _quirks(catalogue, listed.get("quirks", NOTHING), f"{place}/quirks", file)


def _unknown(file: str, place: str, kind: str, name: str, names: Iterable[str]) -> Problem:
    return Problem(file, place, f"no {kind} {name}", known(list(names), name), name)


def _quirks(catalogue: Catalogue, chosen: Mapping[str, str], place: str, file: str) -> Iterator[Problem]:
    for name, value in chosen.items():
        try:
            catalogue.quirks.check(name, value)
        except UnknownQuirk as error:
            yield Problem(file, f"{place}/{name}", str(error), "a quirk and one of its values", value)


def unprovoked_steps(catalogue: Catalogue) -> Iterator[Problem]:
    """Yield each step of the gate without a provocation, and each provocation of a step there is not."""
    file = str(catalogue.folder / "common.json")
    steps = [step["step"] for step in catalogue.common["gate"]]
    listed = catalogue.common.get(LISTED, {})
    for name in listed:
        if name not in steps:
            yield _unknown(file, f"/{LISTED}/{name}", "step", name, steps)
    for name in steps:
        if name not in listed:
            yield Problem(
                file, f"/{LISTED}/{name}", "nothing provokes this step", "the keys it refuses", "none"
            )
