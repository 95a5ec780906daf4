"""What a client gets: the shapes of the replies, as schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.web.openapi.commands import part, specs
from mockserver.web.openapi.nodes import MOMENT, reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.methodspec import MethodSpec

    Schema = dict[str, Any]
    Spellings = Mapping[str, Sequence[str]]

REPLY: Final = "Reply"
_FORMS: Final[Mapping[str, str]] = {"padded3": "^[0-9]{3,}$"}
_NOW: Final = "now"
_NAMES: Final[Mapping[type, str]] = {str: "string", bool: "boolean", int: "integer", float: "number",
                                     list: "array", dict: "object", type(None): "null"}  # fmt: skip


def reply_schemas(catalogue: Catalogue, texts: Mapping[str, str]) -> dict[str, Schema]:
    """Return the schemas of all replies by name; ``Reply`` is any one of them.

    The failures are envelopes that methods share: each stands there once.
    """
    made: dict[str, Schema] = {REPLY: {}}
    failures: dict[str, list[str]] = {}
    for spec in specs(catalogue):
        replies = spec.plain["replies"]
        name = f"{part(spec, catalogue)}.reply"
        about = f"Success of {spec.name}, edition {spec.edition}"
        made[name] = _whole(replies["success"], about, _spellings(spec), texts)
        failures.setdefault(f"Failure.{replies['failure']}", []).append(part(spec, catalogue))
    for name, users in failures.items():
        expander = catalogue.expander(catalogue.quirks.defaults, (), {})
        shape = expander.expand(catalogue.envelopes[name.removeprefix("Failure.")])
        made[name] = _whole(shape, f"Failure of {', '.join(users)}", {}, texts)
    made[REPLY] = {
        "title": "A reply",
        "description": "With the default quirks; the codes of failures stand at the commands.",
        "oneOf": [reference(name) for name in made if name != REPLY],
    }
    return made


def failures(schemas: Mapping[str, Schema]) -> list[Schema]:
    """Return references to the failures among such schemas."""
    return [reference(name) for name in schemas if name.startswith("Failure.")]


def _whole(shape: Mapping[str, Any], title: str, spellings: Spellings, texts: Mapping[str, str]) -> Schema:
    ledger = shape.get("ledger", "")
    about = {"description": f"{ledger}: {texts[ledger]}"} if ledger in texts else {}
    return {"title": title, **about, **_object(shape["properties"], spellings, texts)}


def _spellings(spec: MethodSpec) -> dict[str, list[str]]:
    """Return the names that a key of a reply may have, by the member that names it (IPD106-22, IPD106-23)."""
    found: dict[str, list[str]] = {}
    kinds = spec.records.kinds.values() if spec.records is not None else ()
    for kind in (spec.head, *kinds):
        for node in kind.properties.values():
            for member, name in node.get("x-echo", {}).items():
                names = found.setdefault(member, [])
                if name not in names:
                    names.append(name)
    return found


def _object(
    properties: Mapping[str, Mapping[str, Any]], spellings: Spellings, texts: Mapping[str, str]
) -> Schema:
    made: Schema = {"type": "object", "properties": {}}
    required: list[str] = []
    one_of: list[Schema] = []
    for key, node in properties.items():
        names = spellings.get(node.get("x-key", ""), [key])
        for name in names:
            made["properties"][name] = _member(node, spellings, texts)
        if "x-omit" in node:
            continue
        if len(names) > 1:
            one_of.append({"oneOf": [{"required": [name]} for name in names]})
        else:
            required += names
    made["required"] = required
    if one_of:
        made["allOf"] = one_of
    return {**made, "additionalProperties": False}


def _member(node: Mapping[str, Any], spellings: Spellings, texts: Mapping[str, str]) -> Schema:
    if "const" in node:
        return {"const": node["const"]}
    if "properties" in node.get("items", {}):
        return {"type": "array", "items": _whole(node["items"], "An element", spellings, texts)}
    if "x-map" in node:
        return {"enum": list(dict.fromkeys((*node["x-map"].values(), *_default(node))))}
    kinds = [node["type"]] if "type" in node else []
    kinds += [name for name in map(_name_of, _default(node)) if kinds and name not in kinds]
    made: Schema = {"type": kinds[0] if len(kinds) == 1 else kinds} if kinds else {}
    if node.get("x-format") in _FORMS:
        made["pattern"] = _FORMS[node["x-format"]]
    elif node.get("x-from") == _NOW and "x-format" not in node:
        made["pattern"] = f"^{MOMENT}$"
    return made


def _default(node: Mapping[str, Any]) -> Iterator[Any]:
    if "x-default" in node:
        yield node["x-default"]


def _name_of(value: Any) -> str:
    return _NAMES[type(value)]
