"""Validate views against method documents, and explain every violation by its document's own words.

jsonschema explains; a compiled validator (jsonschema-rs) only ever says "valid", which is what
nearly all traffic is. Both are made from the same expanded schema, and a property test keeps them
in agreement. jsonschema is imported when the first command is refused, not at start. Keywords beside
those of JSON Schema 2020-12 stand in :mod:`mockserver.contract.keywords`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import jsonschema_rs

from mockserver.contract.keywords import BEYOND, explaining_class
from mockserver.contract.values import excerpt, is_moment, is_readable_moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.contract.keywords import Holds

FORMATS: Final = {"local-datetime": is_moment, "readable-datetime": is_readable_moment}
"""Formats our documents may name, each with the test a value must pass."""


class Failure(NamedTuple):
    """One broken keyword: path of property names and indices, the keyword, its node, value and instance."""

    path: tuple[str | int, ...]
    keyword: str
    node: Mapping[str, Any]
    wanted: Any
    got: Any


class Validator:
    """Validates values of one expanded schema."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema

    @cached_property
    def _beyond(self) -> tuple[tuple[str | None, Holds, Any], ...]:
        """What the compiled validator cannot check: at which property (None: the whole), how, what is wanted."""
        nodes = [(None, self.schema), *self.schema.get("properties", {}).items()]
        return tuple((name, BEYOND[key], node[key]) for name, node in nodes for key in node if key in BEYOND)

    @cached_property
    def _compiled(self) -> Any | None:
        if _occurrences(self.schema) > len(self._beyond):
            return None
        return jsonschema_rs.Draft202012Validator(
            translate(self.schema), formats=dict(FORMATS), validate_formats=True
        )

    @cached_property
    def _explaining(self) -> Any:
        return explaining_class()(self.schema, format_checker=_format_checker())

    def is_valid(self, value: Any) -> bool:
        """Tell whether the value holds; False may also mean that only :meth:`failures` can tell."""
        compiled = self._compiled
        if compiled is None:
            return not any(True for _ in self._explaining.iter_errors(value))
        try:
            if not compiled.is_valid(value):
                return False
        except (ValueError, TypeError, OverflowError):
            return False
        for name, holds, wanted in self._beyond:  # all() with a generator costs more than what it asks
            if not holds(wanted, value if name is None else value.get(name)):
                return False
        return True

    def failures(self, value: Any) -> list[Failure]:
        """Return every broken keyword, in no particular order."""
        return [
            Failure(
                tuple(error.absolute_path),
                error.validator,
                error.schema,
                error.validator_value,
                error.instance,
            )
            for error in self._explaining.iter_errors(value)
        ]


def translate(node: Any) -> Any:
    """Return an expanded schema in the words every JSON Schema validator knows."""
    if isinstance(node, list):
        return [translate(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain: dict[str, Any] = {}
    also: list[dict[str, Any]] = []
    for key, value in node.items():
        also += _also(key, value, node)
        if key == "properties":
            plain[key] = {name: translate(child) for name, child in value.items()}
        elif key == "pattern":
            plain[key] = f"^(?:{value.replace(*_LETTER_OR_DIGIT)})$"
        elif not key.startswith("x-"):
            plain[key] = value if key in ("enum", "const", "required") else translate(value)
    if also:
        plain["allOf"] = [*plain.get("allOf", ()), *also]
    return plain


def _also(key: str, value: Any, node: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a keyword asks for beside the keyword of its name, if there is one."""
    if key == "pattern":
        return [{"not": {"type": "string", "pattern": "\\n$"}}]
    if key == "x-blank" and value == "refused":
        return [{"not": _BLANK}]
    if key == "x-refuses":
        return [{"not": {"enum": value}}]
    if key == "x-first-of" and key in node.get("x-status", {}):
        return [{"anyOf": [{"type": "object", "required": [name]} for name in value]}]
    return []


_LETTER_OR_DIGIT: Final = (r"[^\W_]", r"[\p{L}\p{N}]")
"""A letter or digit of any script: as Python writes it, and as a JSON Schema pattern does (``\\w`` is ASCII there)."""

_SPACE: Final = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
"""What Python calls white space; ``\\s`` of a JSON Schema pattern is something slightly different."""

_BLANK: Final = {"anyOf": [{"enum": [None, [], {}]}, {"type": "string", "pattern": f"^{_SPACE}*$"}]}


def _occurrences(node: Any) -> int:
    """Count the keywords below a node that the compiled validator cannot check.

    What our own keywords hold is no schema: the statuses of ``x-status`` stand under names of keywords, too.
    """
    if isinstance(node, dict):
        below = (_occurrences(value) for key, value in node.items() if not key.startswith("x-"))
        return sum(key in BEYOND for key in node) + sum(below)
    return sum(map(_occurrences, node)) if isinstance(node, list) else 0


def _format_checker() -> Any:
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    for name, passes in FORMATS.items():
        checker.checks(name)(passes)
    return checker


_SAYINGS: Final = {
    "required": "the field to be there",
    "dependentRequired": "the field to be there, since another one asks for it",
    "x-blank": "a value that is not blank",
    "enum": "one of {wanted}",
    "const": "{wanted}",
    "type": "JSON type {wanted}",
    "pattern": "text of the form {wanted}",
    "maxLength": "at most {wanted} characters",
    "minProperties": "at least {wanted} field",
    "format": "the form {wanted}",
    "x-first-of": "one of the fields {wanted}",
    "x-ordered": "{wanted} in this order",
    "x-equal": "the same value in {wanted}",
    "x-refuses": "a value other than {wanted}",
    "x-joined": "no more in all than {wanted}",
}


KEYWORDS: Final = frozenset(_SAYINGS)
"""Every keyword whose failure is a fact about the bytes of a command alone."""

_SPELLINGS: Final = frozenset({"x-means", "x-fold"})
"""What gives a node's values other words than those of its ``enum``."""


def expected(failure: Failure) -> str:
    """Return what the keyword asked for, in words."""
    if failure.keyword == "enum" and not _SPELLINGS.isdisjoint(failure.node):
        return f"one of {_words(failure.node)}"
    saying = _SAYINGS.get(failure.keyword, "{wanted}")
    wanted = failure.wanted if isinstance(failure.wanted, str) else excerpt(failure.wanted)
    return saying.replace("{wanted}", wanted)


def _words(node: Mapping[str, Any]) -> str:
    """Return the values a node takes as clients write them: the first word for each, then ids and digits.

    Other spellings of the same value are read too, but one is enough to know what to send.
    """
    first: dict[str, str] = {}
    for word, value in node.get("x-means", {}).items():
        first.setdefault(value, word)
    values = dict.fromkeys([*first.values(), *node["enum"]])
    words, ids = ([value for value in values if value.isdigit() is digits] for digits in (False, True))
    return ", ".join(words) + (f"; or {', '.join(ids)}" if words and ids else ", ".join(ids))


def got(failure: Failure) -> str:
    """Return what was there instead, as short JSON."""
    absent = failure.keyword in ("required", "dependentRequired")
    return "nothing" if absent else excerpt(failure.got)
