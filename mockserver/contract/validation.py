"""Validate views against method documents, and explain every violation by its document's own words.

jsonschema explains; a compiled validator (jsonschema-rs) only ever says "valid", which is what
nearly all traffic is. Both are made from the same expanded schema, and a property test keeps them
in agreement. jsonschema is imported when the first command is refused, not at start.

Keywords beside those of JSON Schema 2020-12:

``x-blank: refused``  the value must not be blank (GEN-11)
``x-first-of``        at least one of these properties must be there
``x-ordered``         the first of two moments must not be later than the second

Changed keywords: ``required`` and ``dependentRequired`` report at the missing property, ``pattern``
must match the whole text.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import jsonschema_rs

from mockserver.contract.values import excerpt, is_blank, is_moment, is_readable_moment, parse_moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jsonschema.exceptions import ValidationError

FORMATS: Final = {"local-datetime": is_moment, "readable-datetime": is_readable_moment}
"""Formats our documents may name, each with the test a value must pass."""

_UNTRANSLATABLE: Final = frozenset({"x-ordered"})


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
    def _compiled(self) -> Any | None:
        if _names_any(self.schema, _UNTRANSLATABLE):
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
            return bool(compiled.is_valid(value))
        except (ValueError, TypeError, OverflowError):
            return False

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
        if key == "properties":
            plain[key] = {name: translate(child) for name, child in value.items()}
        elif key == "pattern":
            plain[key] = f"^(?:{value.replace(*_LETTER_OR_DIGIT)})$"
            also.append({"not": {"type": "string", "pattern": "\\n$"}})
        elif key == "x-blank" and value == "refused":
            also.append({"not": _BLANK})
        elif key == "x-first-of" and key in node.get("x-status", {}):
            also.append({"anyOf": [{"type": "object", "required": [name]} for name in value]})
        elif not key.startswith("x-"):
            plain[key] = value if key in ("enum", "const", "required") else translate(value)
    if also:
        plain["allOf"] = [*plain.get("allOf", ()), *also]
    return plain


_LETTER_OR_DIGIT: Final = (r"[^\W_]", r"[\p{L}\p{N}]")
"""A letter or digit of any script: as Python writes it, and as a JSON Schema pattern does (``\\w`` is ASCII there)."""

_SPACE: Final = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
"""What Python calls white space; ``\\s`` of a JSON Schema pattern is something slightly different."""

_BLANK: Final = {"anyOf": [{"enum": [None, [], {}]}, {"type": "string", "pattern": f"^{_SPACE}*$"}]}


def _names_any(node: Any, names: frozenset[str]) -> bool:
    if isinstance(node, dict):
        return any(key in names or _names_any(value, names) for key, value in node.items())
    return isinstance(node, list) and any(_names_any(item, names) for item in node)


def _format_checker() -> Any:
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    for name, passes in FORMATS.items():
        checker.checks(name)(passes)
    return checker


def explaining_class() -> Any:
    """Return the jsonschema validator class with our keywords."""
    from jsonschema import Draft202012Validator, validators

    return validators.extend(  # type: ignore[no-untyped-call]
        Draft202012Validator,
        {
            "required": _required,
            "dependentRequired": _dependent_required,
            "pattern": _pattern,
            "x-blank": _blank,
            "x-first-of": _first_of,
            "x-ordered": _ordered,
        },
    )


def _missing(name: str, keyword: str, schema: Mapping[str, Any]) -> ValidationError:
    from jsonschema.exceptions import ValidationError

    node = schema.get("properties", {}).get(name, {})
    return ValidationError(
        f"{name} is missing",
        validator=keyword,
        path=(name,),
        schema=node,
        validator_value=name,
        instance=None,
    )


def _required(
    _: Any, names: Sequence[str], instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name in names:
            if name not in instance:
                yield _missing(name, "required", schema)


def _dependent_required(
    _: Any, dependents: Mapping[str, Sequence[str]], instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        wanted = {name for key, names in dependents.items() if key in instance for name in names}
        for name in sorted(wanted - instance.keys()):
            yield _missing(name, "dependentRequired", schema)


def _pattern(_: Any, pattern: str, instance: Any, __: Mapping[str, Any]) -> Iterator[ValidationError]:
    from jsonschema.exceptions import ValidationError

    if isinstance(instance, str) and re.fullmatch(pattern, instance) is None:
        yield ValidationError(f"{excerpt(instance)} does not match {pattern}")


def _blank(_: Any, policy: str, instance: Any, __: Mapping[str, Any]) -> Iterator[ValidationError]:
    from jsonschema.exceptions import ValidationError

    if policy == "refused" and is_blank(instance):
        yield ValidationError("is blank")


def _first_of(
    _: Any, names: Sequence[str], instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    from jsonschema.exceptions import ValidationError

    needed = "x-first-of" in schema.get("x-status", {}) and isinstance(instance, dict)
    if needed and not any(name in instance for name in names):
        yield ValidationError("none of the spellings is there")


def _ordered(_: Any, names: Sequence[str], instance: Any, __: Mapping[str, Any]) -> Iterator[ValidationError]:
    from jsonschema.exceptions import ValidationError

    texts = [instance.get(name) for name in names] if isinstance(instance, dict) else []
    moments = [parse_moment(text) for text in texts if isinstance(text, str)]
    if len(moments) == len(names) and None not in moments and moments != sorted(moments):  # type: ignore[type-var]
        yield ValidationError("moments in the wrong order")


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
}


def expected(failure: Failure) -> str:
    """Return what the keyword asked for, in words."""
    saying = _SAYINGS.get(failure.keyword, "{wanted}")
    wanted = failure.wanted if isinstance(failure.wanted, str) else excerpt(failure.wanted)
    return saying.replace("{wanted}", wanted)


def got(failure: Failure) -> str:
    """Return what was there instead, as short JSON."""
    absent = failure.keyword in ("required", "dependentRequired")
    return "nothing" if absent else excerpt(failure.got)
