"""What a command or a record may hold: a row for each field, out of the expanded schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from scripts.fidelity.markdown import code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mockserver.contract.methodspec import MethodSpec, RecordsSpec

    Schema = Mapping[str, Any]

WORDS: Final[Mapping[str, str]] = {
    "required": "missing",
    "dependentRequired": "missing",
    "x-first-of": "no number at all",
    "x-blank": "blank",
    "x-ordered": "the first behind the second",
    "x-equal": "not equal",
    "minProperties": "empty",
    "x-refuses": "not there",
    "x-joined": "too long together",
}
"""How a field may be wrong, by the keyword that says so; every other keyword is about its form."""

STEPS: Final[Mapping[str, str]] = {
    "apikey": "unknown",
    "servicekey": "unknown",
    "expired": "expired",
    "foreign": "of another organisation",
    "unmapped": "mapped to no organisation",
    "database": "without a database",
    "disabled": "disabled",
}
"""What is wrong with a key, by the step of the gate that refuses it."""

_STORED: Final = "at odds with what is stored"
_FORM: Final = "of another form"
_ORDER: Final = ("missing", "no number at all", "blank", *STEPS.values(), _FORM)
_INTEGERS: Final = ("accepted", "tolerated")
_FEW: Final = 12


@dataclass
class Field:
    """One field: its node, when it is needed, and the statuses of what may be wrong with it."""

    name: str
    node: Schema
    needed: list[str] = field(default_factory=list)
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def note(self, statuses: Mapping[str, Any], *, record: bool) -> None:
        """Take over what a node says of statuses; those of a record say how far they reach."""
        for keyword, status in statuses.items():
            words = self.wrong.setdefault(_reach(status, record=record), [])
            word = WORDS.get(keyword, _FORM)
            if word not in words:
                words.append(word)

    def row(self) -> tuple[str, str, str, str]:
        """Return the cells of its line."""
        found = sorted(self.wrong.items(), key=lambda item: min(map(_place, item[1])))
        wrong = "; ".join(f"{_listed(words)}: {status}" for status, words in found)
        return code(self.name), ", ".join(self.needed) or "no", form(self.node), wrong or "–"


def of_command(spec: MethodSpec, keys: Iterable[str]) -> list[Field]:
    """Return the fields of a method's command, and last what may be wrong with several at once."""
    fields = {name: Field(name, node) for name, node in spec.head.properties.items()}
    for name in keys:
        fields[name].needed.append("yes")
    for step in spec.gate:
        fields[step["field"]].wrong.setdefault(str(step["status"]), []).append(STEPS[step["step"]])
    _collect(fields, spec.head.schema, "yes", record=False)
    for entry in spec.rules["request"]:
        if "rule" in entry and entry.get("field") in fields:
            fields[entry["field"]].wrong.setdefault(str(entry["status"]), []).append(_STORED)
    return list(fields.values())


def of_records(records: RecordsSpec) -> list[Field]:
    """Return the fields of a record; one that names the record is described as it is when it does."""
    fields: dict[str, Field] = {}
    for kind in records.kinds.values():
        for name, node in kind.properties.items():
            if name not in fields or name == kind.key:
                fields[name] = Field(name, node)
    for kind in records.kinds.values():
        own = {kind.key: fields[kind.key]} if kind.key else fields
        needed = f"when {code(records.by)} names it" if records.by else "yes"
        _collect(own, kind.schema, needed, record=True)
        if kind.key and not own[kind.key].needed:
            own[kind.key].needed.append(needed)
    for found in fields.values():
        found.note(found.node.get("x-status", {}), record=True)
    whole = Field("", {"type": "object"})
    whole.note(next(iter(records.kinds.values())).schema.get("x-status", {}), record=True)
    return [*fields.values(), *([whole] if whole.wrong else [])]


def _collect(fields: Mapping[str, Field], schema: Schema, needed: str, *, record: bool) -> None:
    """Note what a schema says of these fields: which it needs, what is wrong otherwise, on what condition."""
    for name, node in schema.get("properties", {}).items():
        if name in fields:
            fields[name].note(node.get("x-status", {}), record=record)
    for name in schema.get("required", ()):
        if name in fields and needed not in fields[name].needed:
            fields[name].needed.append(needed)
    for name, others in schema.get("dependentRequired", {}).items():
        for other in others:
            fields[other].needed.append(f"with {code(name)}")
    for keyword in ("x-ordered", "x-equal"):
        for name in schema.get(keyword, ()):
            fields[name].note({keyword: schema["x-status"][keyword]}, record=record)
    if "if" in schema:
        _collect(fields, schema["then"], _condition(schema["if"]) or needed, record=record)
        _collect(fields, schema.get("else", {}), needed, record=record)


def _condition(schema: Schema) -> str:
    consts = {name: node["const"] for name, node in schema.get("properties", {}).items() if "const" in node}
    return ", ".join(f"when {code(name)} is {code(value)}" for name, value in consts.items())


def _reach(status: Any, *, record: bool) -> str:
    if isinstance(status, dict):
        return str(status["record"])
    return f"{status} for the whole command" if record else str(status)


def _place(word: str) -> int:
    return _ORDER.index(word) if word in _ORDER else len(_ORDER)


def _listed(words: list[str]) -> str:
    *first, last = sorted(words, key=_place)
    return f"{', '.join(first)} or {last}" if first else last


def form(node: Schema) -> str:
    """Return in words which values a node takes."""
    return "; ".join((*_kind(node), *_limits(node), *_leniency(node)))


def _kind(node: Schema) -> Iterator[str]:
    if "enum" in node:
        yield from _choice(node)
    elif node.get("type") == "array":
        yield f"a list; each: {form(node['items'])}" if "items" in node else "a list"
    elif "format" in node:
        yield "`YYYY-MM-DD hh:mm:ss`" if node["format"] == "local-datetime" else "a date and time"
    elif "pattern" in node:
        yield f"text of the form {code(node['pattern'])}"
    else:
        yield "an object" if node.get("type") == "object" else "text"


def _limits(node: Schema) -> Iterator[str]:
    if "maxLength" in node:
        yield f"at most {node['maxLength']} characters"
    if node.get("x-list"):
        yield "one value will do"
    if node.get("x-integer") in _INTEGERS and node.get("type") != "array":
        yield (
            "an integer will do" if node["x-integer"] == "accepted" else "an integer will do, with a warning"
        )


def _leniency(node: Schema) -> Iterator[str]:
    if "x-aliases" in node:
        yield f"also called {', '.join(map(code, node['x-aliases']))}"
    if "default" in node:
        yield f"without it {code(node['default'])}"
    if node.get("x-blank") == "absent":
        yield "blank counts as not sent"
    if "absent" in node.get("x-warn", {}):
        yield "a warning without it"


def _choice(node: Schema) -> Iterator[str]:
    values = [str(value) for value in node["enum"]]
    yield "one of " + ", ".join(map(code, values[:_FEW])) + (" …" if len(values) > _FEW else "")
    names = [name for name in node.get("x-means", {}) if name not in values]
    if names:
        yield f"or a name such as {code(names[0])}"
