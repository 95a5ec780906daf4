"""The tables about one method, and those about what all of them share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mockserver.contract.provoking import LISTED
from mockserver.magic import magic_fields, magic_records, magic_servicekeys
from scripts.fidelity.markdown import cell, code, table
from scripts.method_docs.fields import of_command, of_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.methodspec import MethodSpec
    from mockserver.magic import Magic
    from mockserver.model import Level

_FIELDS = ("field", "needed", "form", "when wrong: status")
_STATUSES = ("status", "text", "brought about by", "forced by")


def method_tables(catalogue: Catalogue, method: str) -> str:
    """Return the tables of a method: fields, fields of a record, statuses, for each of its editions."""
    document = catalogue.methods[method]
    parts = []
    for edition in document["editions"]:
        title = f" Edition {edition}." if len(document["editions"]) > 1 else ""
        spec = catalogue.spec(method, {**catalogue.quirks.defaults, "edition": edition})
        keys = (catalogue.common["keys"][key] for key in ("method", *document["keys"]))
        rows = (tuple(map(_kept, found.row())) for found in of_command(spec, keys))
        parts += [f"**Fields.**{title}\n", table(_FIELDS, rows)]
        if spec.records is not None and not spec.wrap:
            rows = (tuple(map(_kept, found.row())) for found in of_records(spec.records))
            about = f"**Fields of a record in {code(spec.records.field)}.**{title}\n"
            parts += [about, table(_FIELDS, _named(rows))]
        parts += [f"**Statuses.**{title}\n", table(_STATUSES, _statuses(catalogue, spec))]
    return "\n".join(parts)


def common_table(catalogue: Catalogue) -> str:
    """Return the statuses of all methods: what brings each about, and its code."""
    common = catalogue.common
    rows = [
        (cell(f"not {step['expected']}"), str(step["status"]), _change(common[LISTED][step["step"]]))
        for step in common["gate"]
    ]
    rows.append(("JSON that cannot be read", str(common["malformed"]["status"]), code("data={")))
    nothing = _change({common["keys"]["method"]: "noSuchMethod"})
    rows.append(("a method there is not", str(common["unknown_method"]["status"]), nothing))
    return table(("what is wrong", "status:", "for example"), rows)


def identity_table(catalogue: Catalogue) -> str:
    """Return what makes two commands the same, and two records, by method."""
    rows = []
    for method, document in catalogue.methods.items():
        identity = document["identity"]
        rows.append(
            (
                code(method),
                ", ".join(map(code, identity["command"])) or "–",
                ", ".join(map(code, identity.get("record", ()))) or "–",
            )
        )
    return table(("method", "fields of the command", "fields of a record"), rows)


def _kept(text: str) -> str:
    return text.replace("|", "\\|")


def _named(rows: Iterator[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    return (("*the record itself*", "–", *row[2:]) if row[0] == code("") else row for row in rows)


def _statuses(catalogue: Catalogue, spec: MethodSpec) -> Iterator[tuple[str, str, str, str]]:
    levels: tuple[Level, ...] = ("request", "record")
    tables = catalogue.methods[spec.name]["editions"][spec.edition]["statuses"]
    for level in levels:
        for number in map(int, tables[level]):
            there = _with(catalogue, spec, level, number)
            row = there.codes(level)[number]
            natural = "success" if row.success else _provoked(catalogue, spec, level, number)
            name = f"{number} of a record" if level == "record" else str(number)
            forced = _forcing(catalogue, spec, level, number)
            if not forced and there is not spec:
                forced = _forcing(catalogue, there, level, number) + " under the same"
            yield name, cell(row.text) or "–", natural, forced or "–"


def _with(catalogue: Catalogue, spec: MethodSpec, level: Level, status: int) -> MethodSpec:
    """Return the method as it is when it has a status: by default, or under the quirks that provoke it."""
    if status in spec.codes(level):
        return spec
    quirks = next(each["quirks"] for each in _listed(catalogue, spec, level, status) if "quirks" in each)
    chosen = {**catalogue.quirks.defaults, **quirks, "edition": spec.edition}
    return catalogue.spec(spec.name, chosen)


def _listed(catalogue: Catalogue, spec: MethodSpec, level: Level, status: int) -> list[Mapping[str, Any]]:
    """Return what a document lists for a status, what needs no quirks first."""
    found = [
        each
        for each in catalogue.methods[spec.name].get(LISTED, ())
        if (each["edition"], each.get("level", "request"), each["status"]) == (spec.edition, level, status)
    ]
    return sorted(found, key=lambda each: "quirks" in each)


def _provoked(catalogue: Catalogue, spec: MethodSpec, level: Level, status: int) -> str:
    """Return the first change that brings a status about, of the method's document or of the gate."""
    found = _listed(catalogue, spec, level, status)
    if found:
        return _told(found[0])
    gate = (step for step in spec.gate if step["status"] == status and level == "request")
    return next((_change(catalogue.common[LISTED][step["step"]]) for step in gate), "nothing we know of")


def _told(listed: Mapping[str, Any]) -> str:
    parts = [_kept(code(f"data={listed['text']}")) if "text" in listed else _change(listed["change"])]
    if "from" in listed:
        parts.append(f"in {_example(listed['from'])}")
    if "after" in listed:
        parts.append(f"behind {', '.join(map(_example, listed['after']))}")
    if "quirks" in listed:
        parts.append(
            "under " + ", ".join(code(f"{name}={value}") for name, value in listed["quirks"].items())
        )
    return " ".join(part for part in parts if part)


def _example(name: str) -> str:
    return f"[{name}](../FIDELITY.md#{name.lower()})"


def _change(change: Mapping[str, Any]) -> str:
    """Return in words what to change in a command."""
    return ", ".join(
        f"no {code(name)}"
        if value is None
        else _kept(f"{code(name)}: {code(json.dumps(value, ensure_ascii=False))}")
        for name, value in change.items()
    )


def _forcing(catalogue: Catalogue, spec: MethodSpec, level: Level, status: int) -> str:
    values = [
        f"{code(magic.field)}: {code(value)}"
        for magic in _magic(catalogue, spec, level)
        for value, row in magic.values.items()
        if row.code == status
    ]
    return ", ".join(values)


def _magic(catalogue: Catalogue, spec: MethodSpec, level: Level) -> Iterator[Magic]:
    if level == "record":
        yield from magic_records(spec, catalogue)
        return
    keys = magic_servicekeys(spec, catalogue)
    yield from [keys] if keys is not None else []
    yield from magic_fields(spec, catalogue)
