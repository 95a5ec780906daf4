"""JSON Schemas of our own files and of the admin API's bodies, as they stand on disk and as components."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import orjson

from mockserver.store.pages import MAX_ID
from mockserver.web.openapi.nodes import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.quirks import Quirks
    from mockserver.store.interface import TableSpec

    Schema = dict[str, Any]

_OWN: Final = ("seed", "vocabulary", "scenario", "reproduction")
_ANSWERED: Final = "reproduction"
"""The kind of file that is an answer of the admin API as it stands."""
_LEFT_OUT: Final = ("$schema", "$id")
_BESIDE: Final = re.compile(r"(\.\./)?([a-z_]+)\.json")
"""How the schema of an answer refers to that of another answer, or with dots to that of a body."""


def kinds(folder: Path) -> dict[str, Path]:
    """Return the kinds of files that have a schema below ``folder``, each with its schema's file."""
    return {
        **{name: folder / f"{name}.json" for name in _OWN},
        **{kind_of_body(path.stem): path for path in sorted((folder / "admin").glob("*.json"))},
        **{replied(path.stem): path for path in _replies(folder)},
    }


def _replies(folder: Path) -> list[Path]:
    return [*sorted((folder / "admin" / "replies").glob("*.json")), folder / f"{_ANSWERED}.json"]


def kind_of_body(body: str) -> str:
    """Return the kind that is a body's schema: its name, unless a file of ours is of that name too."""
    return named(body) if body in _OWN else body


def standalone(node: Any) -> Any:
    """Return a schema whose references to files beside it lead to kinds beside it."""
    return _referring(node, lambda file: kind_of_body(file[2]) if file[1] else replied(file[2]))


def named(body: str) -> str:
    """Return the name of a body's schema among the components."""
    return f"admin.{body}"


def replied(reply: str) -> str:
    """Return the name of an answer's schema among the components."""
    return f"admin.reply.{reply}"


def components(folder: Path) -> dict[str, Schema]:
    """Return the schemas of all bodies and answers of the admin API by component name."""
    made = {}
    for path in sorted((folder / "admin").glob("*.json")):
        made[named(path.stem)] = _component(orjson.loads(path.read_bytes()))
    for path in _replies(folder):
        made[replied(path.stem)] = _component(orjson.loads(path.read_bytes()))
    return made


def _component(node: Mapping[str, Any]) -> Schema:
    """Return a schema whose references to files beside it lead to components."""

    def place(file: re.Match[str]) -> str:
        return f"#/components/schemas/{named(file[2]) if file[1] else replied(file[2])}"

    made: Schema = _referring({key: value for key, value in node.items() if key not in _LEFT_OUT}, place)
    return made


def _referring(node: Any, place: Callable[[re.Match[str]], str]) -> Any:
    if isinstance(node, list):
        return [_referring(item, place) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _referring(value, place) for key, value in node.items()}
    file = _BESIDE.fullmatch(made["$ref"]) if isinstance(made.get("$ref"), str) else None
    return made if file is None else {**made, "$ref": place(file)}


def close_tables(state: Schema, tables: tuple[TableSpec, ...]) -> None:
    """Say of the schema of a state which tables and columns there are; the store itself refuses others."""
    node = state["properties"]["tables"]
    known: Mapping[str, Any] = node.get("properties", {})
    rows = node.pop("additionalProperties")
    node["properties"] = {table.name: _table(table, known.get(table.name, rows)) for table in tables}
    node["additionalProperties"] = False


def _table(table: TableSpec, known: Mapping[str, Any]) -> Schema:
    row: Mapping[str, Any] = known.get("items", {})
    columns: Mapping[str, Any] = row.get("properties", {})
    identity = {"type": "integer", "minimum": 1, "maximum": MAX_ID - 1, "description": "Id of the row."}
    return {
        **known,
        "items": {
            "type": "object",
            "properties": {"#": identity, **{name: columns.get(name, {}) for name in table.columns}},
            "required": [*row.get("required", ())],
            "additionalProperties": False,
        },
    }


def name_codes(fault: Schema, catalogue: Catalogue) -> None:
    """Say of the schema of a forced status which methods and codes there are (AM-14)."""
    codes = set(map(int, catalogue.common["statuses"])) | set(catalogue.common["forced"]["always"])
    for document in catalogue.methods.values():
        for variant in document["editions"].values():
            for table in variant["statuses"].values():
                codes |= {int(code) for code, row in table.items() if not row.get("success")}
    fault["properties"]["status"]["enum"] = [*sorted(codes), *(f"{code:03d}" for code in sorted(codes))]
    fault["properties"]["method"]["enum"] = list(catalogue.methods)


def name_events(paths: Mapping[str, Schema], simulation: Schema, kinds: Sequence[str]) -> None:
    """Say of the filter ``kind`` of events, and of the schema of hooks, which kinds there are."""
    for path, item in paths.items():
        if path.endswith("/events"):
            [kind] = [each for each in item["get"]["parameters"] if each["name"] == "kind"]
            kind["schema"] = {"enum": list(kinds)}
    simulation["properties"]["hooks"]["items"]["properties"]["events"]["items"] = {"enum": list(kinds)}


def name_statuses(body: Schema, table: Mapping[str, Any]) -> None:
    """Say of the schema of an agent's new status which ones there are: ids, names, words of ours (SIM-12)."""
    entries: Mapping[str, Any] = table["entries"]
    words = [word for entry in entries.values() for word in (entry["name"], entry.get("is", "")) if word]
    node = body["properties"]["status"]
    del node["type"], node["minLength"]
    node["anyOf"] = [
        {"enum": [int(status) for status in entries]},
        {"type": "string", "pattern": f"^(?:{'|'.join(folded(word) for word in dict.fromkeys(words))})$"},
    ]


def name_quirks(schema: Schema, quirks: Quirks) -> None:
    """Say wherever a schema has quirks which ones there are, and their values."""
    node = schema.get("properties", {}).get("quirks")
    if not isinstance(node, dict):
        return
    values = node.get("additionalProperties", {})
    nullable = [None] if "null" in values.get("type", ()) else []
    node["properties"] = {
        quirk.name: {
            "description": f"{quirk.about} ({quirk.ledger})",
            **({"type": values["type"]} if quirk.open else {"enum": [*quirk.values, *nullable]}),
        }
        for quirk in quirks
        if quirk.name != "edition"
    }
    node["additionalProperties"] = False
