"""Seed plans: documents that say what a fresh sandbox holds, loaded and checked.

A plan is described by ``schemas/seed.json``. Two ship with the sandbox as presets: ``golden`` holds
what the printed examples of the vendor's documents need (ledger section 5.3), ``demo`` adds a contact
centre with as many made-up customers as are asked for.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.contract.documents import check_against, known, read_json, shown
from mockserver.errors import InvalidDocument, InvalidSetting, Problem
from mockserver.paths import data_dir
from mockserver.seed_people import Recipe
from mockserver.seed_rules import Placed, broken, fractions, people_problems
from mockserver.store.interface import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.store.interface import Row

_NUMBERS = ("contact1", "contact", "number")  # columns that hold telephone numbers


@dataclass(frozen=True, slots=True)
class Planting:
    """Rows per table, with every column, and values per counter name of the store."""

    rows: Mapping[str, tuple[Row, ...]]
    counters: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Crowd:
    """What customers that are asked for bring: the rows around them, and how to make them up."""

    around: Planting
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class SeedPlan:
    """A checked plan: what is planted always, and what comes with customers (None: none may)."""

    title: str
    base: Planting
    crowd: Crowd | None


@dataclass(frozen=True, slots=True)
class _Layer:
    """One document of those a plan is made of."""

    document: Mapping[str, Any]
    file: str


def presets() -> tuple[str, ...]:
    """Return the names of the plans that ship with the sandbox."""
    return tuple(sorted(path.stem for path in (data_dir("schemas") / "presets").glob("*.json")))


def load_preset(name: str) -> SeedPlan:
    """Load a plan that ships with the sandbox; InvalidSetting names the nearest when there is none."""
    if name not in presets():
        raise InvalidSetting(f"preset {name!r} is unknown: expected {known(presets(), name)}")
    return load_plan(_preset_path(name))


def load_plan(path_or_mapping: Path | str | Mapping[str, Any]) -> SeedPlan:
    """Load and check a seed plan from a JSON file or from a mapping of the same shape.

    Raises InvalidDocument with one Problem (file, pointer, expected, got) for each thing wrong: what
    ``schemas/seed.json`` forbids, rows that clash or point nowhere, ids at or above a counter (AM-51).
    """
    schema = read_json(data_dir("schemas") / "seed.json")
    top = _layer(path_or_mapping, schema)
    layers = _extended(top, schema)
    crowd, source = _crowd_layer(layers, schema)
    base_rows = _placed(layers, schema)
    crowd_rows = _placed([crowd], schema) if crowd is not None else []
    rows = [*base_rows, *crowd_rows]
    problems = broken(rows)
    if source is not None:
        problems += people_problems(source.document["people"], source.file, rows)
    if problems:
        raise InvalidDocument(problems)
    base = _planting(base_rows, rows)
    if source is None:
        return SeedPlan(top.document["title"], base, None)
    around = _planting(crowd_rows, rows)
    recipe = _recipe(_filled(schema["properties"]["people"], source.document["people"]), base, around)
    return SeedPlan(top.document["title"], base, Crowd(around, recipe))


def _preset_path(name: str) -> Path:
    return data_dir("schemas") / "presets" / f"{name}.json"


def _layer(source: Path | str | Mapping[str, Any], schema: Mapping[str, Any]) -> _Layer:
    """Read one document and check it by itself."""
    if isinstance(source, (str, Path)):
        path = Path(source)
        file = f"schemas/presets/{path.name}" if path == _preset_path(path.stem) else str(path)
        document = read_json(path, file)
    else:
        file, document = "seed plan", source
    problems = [*check_against(schema, document, file), *fractions(document, file)]
    if problems:
        raise InvalidDocument(problems)
    return _Layer(document, file)


def _named_layer(layer: _Layer, member: str, schema: Mapping[str, Any]) -> _Layer:
    """Read the preset that a member of a document names."""
    name = layer.document[member]
    if name not in presets():
        problem = Problem(
            layer.file, f"/{member}", "there is no such preset", known(presets(), name), shown(name)
        )
        raise InvalidDocument([problem])
    return _layer(_preset_path(name), schema)


def _extended(top: _Layer, schema: Mapping[str, Any]) -> list[_Layer]:
    """Return a document below those it extends, the one that extends none first."""
    layers = [top]
    while "extends" in layers[0].document:
        below = _named_layer(layers[0], "extends", schema)
        if below.file in {layer.file for layer in layers}:
            got = shown(layers[0].document["extends"])
            raise InvalidDocument(
                [Problem(layers[0].file, "/extends", "the plan extends itself", "another preset", got)]
            )
        layers.insert(0, below)
    return layers


def _crowd_layer(layers: Sequence[_Layer], schema: Mapping[str, Any]) -> tuple[_Layer | None, _Layer | None]:
    """Return the document planted only with customers, if any, and the one that describes people."""
    for layer in reversed(layers):
        if "people" in layer.document:
            return None, layer
        if "crowd" in layer.document:
            crowd = _named_layer(layer, "crowd", schema)
            if "people" not in crowd.document:
                got = shown(layer.document["crowd"])
                raise InvalidDocument(
                    [Problem(layer.file, "/crowd", "this preset has no people", "a preset that has", got)]
                )
            return crowd, crowd
    return None, None


def _filled(schema: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with every member its schema has, in that order, defaults for those left out."""
    return {
        name: copy.deepcopy(members[name] if name in members else member["default"])
        for name, member in schema["properties"].items()
    }


def _placed(layers: Sequence[_Layer], schema: Mapping[str, Any]) -> list[Placed]:
    sections = [(table.name, schema["properties"].get(table.name)) for table in TABLES]
    return [
        Placed(table, _filled(section["items"], row), layer.file, index)
        for table, section in sections
        if section is not None
        for layer in layers
        for index, row in enumerate(layer.document.get(table, []))
    ]


def _planting(rows: Sequence[Placed], everything: Sequence[Placed]) -> Planting:
    """Turn checked rows of a plan into rows of the store; ``everything`` has the processes they name."""
    crm_fields = {
        placed.values(("tenant", "name")): placed.row["crm_field"]
        for placed in everything
        if placed.table == "processes"
    }
    tables: dict[str, list[Row]] = {table.name: [] for table in TABLES}
    counters: dict[str, int] = {}
    for placed in rows:
        row = dict(placed.row)
        if placed.table == "tenants":
            counters |= {f"{row['apikey']}/{name}": value for name, value in row.pop("counters").items()}
        elif placed.table == "users":
            row["login_key"] = row["login"].casefold()
        elif placed.table == "customers":
            row["crm"] = row["fields"].get(crm_fields[row["tenant"], row["process"]])
        tables[placed.table].append(row)
    return Planting({name: tuple(found) for name, found in tables.items()}, counters)


def _recipe(members: Mapping[str, Any], base: Planting, around: Planting) -> Recipe:
    plantings = (base, around)
    tenant = members["tenant"]
    counters = {**base.counters, **around.counters}
    taken = {
        row[column]
        for planting in plantings
        for rows in planting.rows.values()
        for row in rows
        for column in _NUMBERS
        if column in row
    }
    crm_fields = {
        row["name"]: row["crm_field"]
        for planting in plantings
        for row in planting.rows["processes"]
        if row["tenant"] == tenant
    }
    return Recipe(
        **{
            **members,
            "processes": tuple(members["processes"]),
            "locales": tuple(members["locales"]),
            "fields": {name: tuple(texts) for name, texts in members["fields"].items()},
            "avoid": frozenset(members["avoid"]) | taken,
        },
        crm_fields=crm_fields,
        first_code=counters[f"{tenant}/customercode"],
        first_call=counters[f"{tenant}/calllistid"],
    )
