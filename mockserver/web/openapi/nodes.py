"""What a client may send in one field: a node of an expanded method document in plain JSON Schema.

A document says how a value is *read* and what must then hold of it; a client wants to know what it
may *send*. So the reading is turned round here: where digits are read from an integer, an integer
may be sent; where a blank value counts as not sent, it may be. What is refused, or taken but
warned about as of the wrong form, is left out, except for the numbers and single values that are
taken in place of text and lists. Annotations that are not known say nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Schema = dict[str, Any]

BLANK: Final[Mapping[str, Any]] = {
    "title": "Blank",
    "description": "A value that counts as not sent (GEN-11).",
    "anyOf": [{"enum": [None, [], {}]}, {"type": "string", "pattern": "^\\s*$"}],
}
BLANK_NAME: Final = "Blank"
MOMENT: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-2][0-9]:[0-5][0-9]:[0-5][0-9]"
_FORMS: Final[Mapping[str, str]] = {
    "local-datetime": MOMENT,
    "readable-datetime": "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2} [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}",
}
_MOMENT_EXAMPLE: Final = "2018-11-12 14:00:05"
_TOKEN: Final = re.compile(r"\{[a-z_]+\}")
_READING: Final = ("x-integer", "x-as-text", "x-list", "x-means", "x-fold", "x-aliases")
_COPIED: Final = frozenset(
    {"const", "maxLength", "minLength", "minProperties", "maxProperties", "minItems", "maxItems"}
    | {"minimum", "maximum", "uniqueItems", "default", "additionalProperties"}
)
_LONGEST: Final = 30
"""Digits up to which a pattern is tried to learn which integers it takes."""
_EXACT: Final = 18
"""Digits of an integer that every reader of JSON keeps."""


def is_open(name: object) -> bool:
    """Tell whether a name stands for one that each process chooses for itself."""
    return isinstance(name, str) and _TOKEN.fullmatch(name) is not None


def reference(name: str) -> Schema:
    """Return the reference to a schema among the document's components."""
    return {"$ref": f"#/components/schemas/{name}"}


class Sendable:
    """Turns nodes round; ``texts`` are the ledger's rows by id, ``tables`` the reference tables by name."""

    def __init__(self, texts: Mapping[str, str], tables: Mapping[str, Mapping[str, Any]]) -> None:
        self._texts = texts
        self._tables = tables

    def value(self, node: Mapping[str, Any], *, needed: bool = False) -> Schema:
        """Return what may be sent as a value; ``needed`` if the command is refused without it."""
        blank = node.get("x-blank")
        refused = blank == "refused" or (needed and blank == "absent")
        base = self._base(node, refused=refused)
        ways = [base, *_others(node, base)]
        if "x-list" in node:
            ways.append(self.value(node.get("items", {}), needed=True))
        if blank == "absent" and not refused:
            ways.append(reference(BLANK_NAME))
        made = _any_of(ways)
        if "default" in node and len(ways) > 1:
            made["default"] = made["anyOf"][0].pop("default") if "anyOf" in made else node["default"]
        return {**self._about(node), **made}

    def object(self, node: Mapping[str, Any], around: Mapping[str, Any] | None = None) -> Schema:
        """Return what may be sent as an object, with each of its properties under all its spellings.

        ``around`` are the properties of the object that a condition is about.
        """
        required = [name for name in node.get("required", ()) if not is_open(name)]
        properties = {name: child for name, child in node.get("properties", {}).items() if not is_open(name)}
        made: Schema = {**self._about(node), **_copied(node)}
        if "type" in node:
            made["type"] = node["type"]
        described: dict[str, Schema] = {}
        for name, child in properties.items():
            schema = described[name] = self.value(child, needed=name in required)
            for other in child.get("x-aliases", ()):
                described.setdefault(other, {**schema, "description": f"Another spelling of {name}."})
        if described:
            made["properties"] = described
        made.update(self._conditions(node, {**(around or {}), **properties}))
        also = list(_presence(node, required, properties))
        exact = [name for name in required if not properties.get(name, {}).get("x-aliases")]
        if exact:
            made["required"] = exact
        if also:
            made["allOf"] = also
        return made

    def _conditions(self, node: Mapping[str, Any], properties: Mapping[str, Any]) -> Schema:
        """Return ``if``, ``then`` and ``else``: what they say of a property is read as the property is."""
        made: Schema = {}
        for keyword in ("if", "then", "else"):
            if keyword in node:
                branch = node[keyword]
                strict = branch.get("required", ()) if keyword != "if" else ()
                told = {
                    name: {**_reading(properties.get(name, {}), strict=name in strict), **child}
                    for name, child in ({name: {} for name in strict} | branch.get("properties", {})).items()
                }
                schema = self.object({**branch, "properties": told}, properties)
                if schema:
                    made[keyword] = schema
        if "dependentRequired" in node:
            made["dependentRequired"] = {
                key: [name for name in names if not is_open(name)]
                for key, names in node["dependentRequired"].items()
            }
        return made

    def _base(self, node: Mapping[str, Any], *, refused: bool) -> Schema:
        """Return what the standard keywords of a node ask for, of a value sent in the form they name."""
        if "properties" in node or node.get("type") == "object":
            return self.object({key: value for key, value in node.items() if key != "x-ledger"})
        made = {**_copied(node), **_type(node)}
        if "enum" in node and not any(map(is_open, node["enum"])):
            made.update(_choices(node))
        if "items" in node:
            made["items"] = self.value(node["items"])
        patterns = [made.pop("pattern")] if "pattern" in made else []
        patterns += _patterns(node)
        if refused:
            patterns += _not_blank(made, given=bool(patterns))
        also: list[Schema] = [{"pattern": pattern} for pattern in patterns[1:]]
        if "x-refuses" in node:
            also.append({"not": {"enum": list(node["x-refuses"])}})
        if patterns:
            made["pattern"] = patterns[0]
        if also:
            made["allOf"] = also
        if _form(node) in _FORMS:
            made["examples"] = [_MOMENT_EXAMPLE]
            made.setdefault("type", "string")
        return made

    def _about(self, node: Mapping[str, Any]) -> Schema:
        """Return the description of a node: the ledger's sentence, what a warning says, what values mean."""
        parts = [self.text(node["x-ledger"])] if "x-ledger" in node else []
        for condition, warning in node.get("x-warn", {}).items():
            when = {"absent": "Warned when it is left out", "present": "Warned"}.get(
                condition, "Warned if so"
            )
            parts.append(f"{when}: {warning['text']} ({warning['ledger']}).")
        entries = self._tables.get(node.get("x-reference", ""), {}).get("entries", {})
        if entries:
            parts.append("; ".join(f"{key}: {entry['name'] or '-'}" for key, entry in entries.items()) + ".")
        return {"description": " ".join(parts)} if parts else {}

    def text(self, ledger: str) -> str:
        """Return the sentence of a row of the ledger, after its id."""
        return f"{ledger}: {self._texts[ledger]}" if ledger in self._texts else f"{ledger}."


def _type(node: Mapping[str, Any]) -> Schema:
    """Return the type of a node; what is read as text, or must have a form, is a text."""
    if "type" in node:
        return {"type": node["type"]}
    return {"type": "string"} if {"x-integer", "x-as-text", "pattern"} & node.keys() else {}


def _copied(node: Mapping[str, Any]) -> Schema:
    return {key: value for key, value in node.items() if key in _COPIED}


def _reading(node: Mapping[str, Any], *, strict: bool) -> Schema:
    """Return how a property is read; one that must be there may not be blank if blank counts as not sent."""
    read = {key: node[key] for key in _READING if key in node}
    return {**read, "x-blank": "refused"} if strict and node.get("x-blank") == "absent" else read


def _form(node: Mapping[str, Any]) -> str:
    """Return the format a text must have, or is warned about without."""
    found: str = node.get("format") or node.get("x-warn", {}).get("format", {}).get("is", "")
    return found


def _patterns(node: Mapping[str, Any]) -> Iterator[str]:
    if "pattern" in node:
        yield f"^(?:{node['pattern']})$"
    if _form(node) in _FORMS:
        yield f"^{_FORMS[_form(node)]}$"


def _not_blank(made: Schema, *, given: bool) -> list[str]:
    """Make a value that may not be blank ask for more than nothing; return a pattern if that says it."""
    kinds = made.get("type")
    if kinds == "array":
        made.setdefault("minItems", 1)
    elif kinds == "string":
        return [] if given or "enum" in made else ["\\S"]
    elif "enum" not in made and "const" not in made:
        made["not"] = reference(BLANK_NAME)
    return []


def _choices(node: Mapping[str, Any]) -> Schema:
    """Return the values of a list, in every spelling that is read as one of them."""
    words = [*node["enum"], *(word for word in node.get("x-means", {}) if word not in node["enum"])]
    if "x-fold" not in node:
        return {"enum": words}
    spellings = "|".join(folded(word, spaces=node["x-fold"] == "spaces") for word in words)
    return {"pattern": f"^(?:{spellings})$", "examples": list(node["enum"])}


def folded(word: str, *, spaces: bool = False) -> str:
    """Return the pattern of a word in letters of any case, and with any ``spaces`` if they do not count either."""
    letters = "".join(word.split()) if spaces else word
    parts = [f"[{c.upper()}{c.lower()}]" if c.upper() != c.lower() else _escaped(c) for c in letters]
    return ("\\s*" if spaces else "").join(parts)


def _escaped(character: str) -> str:
    return character if character.isalnum() or character in " _-" else f"\\{character}"


def _others(node: Mapping[str, Any], base: Schema) -> Iterator[Schema]:
    """Yield what may be sent instead of a text: a number where its digits are read, anything plain as text."""
    as_text = bool(node.get("x-as-text"))
    if not as_text and "x-integer" not in node:
        return
    words = [*base.get("enum", ()), *(node.get("enum", ()) if "x-fold" in node else ())]
    words += [node["const"]] if isinstance(node.get("const"), str) else []
    if words:
        numbers = [int(word) for word in words if word.isdecimal() and str(int(word)) == word]
        if numbers:
            yield {"enum": numbers}
    elif "pattern" in node:
        limits = _limits(node["pattern"])
        if limits is not None:
            yield {"type": "integer", **limits}
    elif "maxLength" in node:
        yield {"type": "integer", **_between(0 if not as_text else 1, node["maxLength"])}
    else:
        yield {"type": ["number", "boolean"]} if as_text else {"type": "integer"}


def _between(fewest: int, most: int) -> Schema:
    low: Schema = {"minimum": 10 ** (fewest - 1) if fewest > 1 else 0}
    return {**low, "maximum": 10**most - 1} if most <= _EXACT else low


def _limits(pattern: str) -> Schema | None:
    """Return between which bounds the digits of an integer match a pattern; None when none do.

    Patterns of numbers are about how many digits there are, so the smallest and the largest number
    of each length tell.
    """
    found = re.compile(pattern)
    lengths = [
        count
        for count in range(1, _LONGEST + 1)
        if found.fullmatch("1" + "0" * (count - 1)) and found.fullmatch("9" * count)
    ]
    if not lengths:
        return None
    made = _between(lengths[0], lengths[-1])
    if lengths[0] == 1 and found.fullmatch("0") is None:
        made["minimum"] = 1
    return made


def _any_of(ways: Sequence[Schema]) -> Schema:
    listed = [way for number, way in enumerate(ways) if way not in ways[:number]]
    if len(listed) == 1 or {} in listed:
        return {} if {} in listed else dict(listed[0])
    if all(way.keys() == {"type"} for way in listed):
        types: list[str] = []
        for way in listed:
            types += way["type"] if isinstance(way["type"], list) else [way["type"]]
        return {"type": types}
    return {"anyOf": listed}


def _presence(
    node: Mapping[str, Any], required: Sequence[str], properties: Mapping[str, Mapping[str, Any]]
) -> Iterator[Schema]:
    """Yield which spellings must be there, where several will do."""
    for name in required:
        aliases = properties.get(name, {}).get("x-aliases", ())
        if aliases:
            yield {"anyOf": [{"required": [spelling]} for spelling in (name, *aliases)]}
    if "x-first-of" in node.get("x-status", {}) and not set(node["x-first-of"]) & set(required):
        yield {"anyOf": [{"required": [name]} for name in node["x-first-of"]]}
