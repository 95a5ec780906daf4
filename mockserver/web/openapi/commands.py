"""What a client may send: a schema for each method in each of its editions, and one that joins them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.expansion import NO_TRAITS
from mockserver.contract.naming import trait_values
from mockserver.web.openapi.nodes import BLANK, BLANK_NAME, Sendable, reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.expansion import Traits
    from mockserver.contract.methodspec import MethodSpec, ObjectSpec
    from mockserver.model import Level

    Schema = dict[str, Any]

COMMAND: Final = "Command"


def specs(catalogue: Catalogue) -> Iterator[MethodSpec]:
    """Yield every method in each of its editions, with no quirk chosen, for a process of any names."""
    chosen = trait_values()
    traits: Traits = tuple(
        (name, value if chosen[name] is not None else _open(name, value)) for name, value in NO_TRAITS
    )
    for method, document in catalogue.methods.items():
        for edition in document["editions"]:
            yield catalogue.spec(method, {**catalogue.quirks.defaults, "edition": edition}, traits)


def _open(name: str, value: Any) -> Any:
    """Return what stands for a trait that is a name of the process's own: nothing can be said of it."""
    token = f"{{{name}}}"
    return (token,) if isinstance(value, tuple) else token


def part(spec: MethodSpec, catalogue: Catalogue) -> str:
    """Return the name that the parts of a method's edition bear in the document."""
    several = len(catalogue.methods[spec.name]["editions"]) > 1
    return f"{spec.name}.{spec.edition}" if several else spec.name


def command_schemas(catalogue: Catalogue, texts: Mapping[str, str]) -> dict[str, Schema]:
    """Return the schemas of all commands by name; ``Command`` is any one of them, told by its method."""
    sendable = Sendable(texts, catalogue.references)
    made: dict[str, Schema] = {COMMAND: {}, BLANK_NAME: dict(BLANK)}
    editions: dict[str, list[str]] = {}
    for spec in specs(catalogue):
        name = part(spec, catalogue)
        editions.setdefault(spec.name, []).append(name)
        made.update(_schemas(name, spec, catalogue, sendable))
    for method, names in editions.items():
        if names != [method]:
            about = catalogue.methods[method]["about"]
            made[method] = {"title": method, "description": about, "anyOf": [reference(n) for n in names]}
    key = catalogue.common["keys"]["method"]
    made[COMMAND] = {
        "title": "A command",
        "description": "What the parameter holds, as JSON text.",
        "oneOf": [reference(method) for method in editions],
        "discriminator": {
            "propertyName": key,
            "mapping": {method: reference(method)["$ref"] for method in editions},
        },
    }
    return made


def _schemas(name: str, spec: MethodSpec, catalogue: Catalogue, sendable: Sendable) -> Iterator[Any]:
    """Yield name and schema of a method's command and of each kind of its records."""
    made = sendable.object(spec.head.schema)
    made["title"] = f"{spec.name}, edition {spec.edition}"
    made["description"] = f"{catalogue.methods[spec.name]['about']}\n\n{_refusals(spec)}"
    _add_keys(made, spec, catalogue, sendable)
    if spec.records is not None:
        field = spec.records.field
        kinds = {key: f"{name}.record.{key}" if key else f"{name}.record" for key in spec.records.kinds}
        for key, kind in spec.records.kinds.items():
            yield kinds[key], _record(kind, sendable)
        node = {key: value for key, value in spec.head.properties[field].items() if key != "items"}
        lists = {
            key: {
                **sendable.value({"type": "array", **node}, needed=field in made.get("required", ())),
                "items": reference(kind),
            }
            for key, kind in kinds.items()
        }
        by = spec.records.by
        if by is None:
            made["properties"][field] = lists[""]
        else:
            made["oneOf"] = list(_choices(by, field, spec, lists))
    yield name, made


def _add_keys(made: Schema, spec: MethodSpec, catalogue: Catalogue, sendable: Sendable) -> None:
    """Say of the method's name and of the keys what the gate asks for, which no document repeats."""
    keys: Mapping[str, str] = catalogue.common["keys"]
    needed = [name for name in keys.values() if name == keys["method"] or name in _keys(spec, catalogue)]
    about = {
        name: sendable.value({"x-ledger": node["x-ledger"]} if "x-ledger" in node else {})
        for name, node in ((name, spec.head.properties.get(name, {})) for name in needed)
    }
    named = {name: {**about[name], "type": "string", "minLength": 1} for name in needed}
    named[keys["method"]] = {**about[keys["method"]], "const": spec.name}
    made["properties"] = {**named, **{k: v for k, v in made.get("properties", {}).items() if k not in named}}
    made["required"] = [*needed, *(name for name in made.get("required", ()) if name not in needed)]


def _keys(spec: MethodSpec, catalogue: Catalogue) -> list[str]:
    return [catalogue.common["keys"][key] for key in catalogue.methods[spec.name]["keys"]]


def _record(kind: ObjectSpec, sendable: Sendable) -> Schema:
    """Return what one record may be: an object, or the bare value of a property where records are no objects."""
    wrap = getattr(kind, "wrap", "")
    if wrap:
        needed = wrap in kind.schema.get("required", ())
        return sendable.value(kind.properties.get(wrap, {}), needed=needed)
    return sendable.object(kind.schema)


def _choices(by: str, field: str, spec: MethodSpec, lists: Mapping[str, Schema]) -> Iterator[Schema]:
    """Yield, for each kind of record, the values that choose it and the list it makes."""
    for key, schema in lists.items():
        values = [value for value, meaning in spec.update_values.items() if meaning["key"] == key]
        yield {
            "title": f"by {key}",
            "properties": {
                by: {"enum": values},
                field: {k: v for k, v in schema.items() if k != "description"},
            },
        }


def _refusals(spec: MethodSpec) -> str:
    """Return the method's own codes as a list people can read."""
    lines = []
    levels: tuple[tuple[Level, str], ...] = (
        ("request", "The command is refused with"),
        ("record", "A record fails with"),
    )
    for level, what in levels:
        rows = [row for row in spec.codes(level).values() if not row.success]
        if rows:
            codes = "; ".join(f"{row.code} {row.text or 'fail'} ({row.ledger})" for row in rows)
            lines.append(f"{what}: {codes}.")
    return "\n\n".join(lines)
