"""Keywords of our documents that JSON Schema does not have, and those it has and we read otherwise.

====================  ====================================================================
keyword               what must hold
====================  ====================================================================
``x-blank: refused``  the value is not blank (GEN-11)
``x-first-of``        at least one of these properties is there
``x-refuses``         the value is none of these
``x-ordered``         the first of two moments is not later than the second
``x-equal``           of two properties the second has the value of the first
``x-joined``          the named members of all elements, joined by commas, fit the limit
====================  ====================================================================

``required`` and ``dependentRequired`` report at the missing property, ``pattern`` must match the
whole text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.values import excerpt, is_blank, parse_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from jsonschema.exceptions import ValidationError

    Holds = Callable[[Any, Any], bool]
    """``holds(wanted, value)``: whether a value meets a keyword."""


def in_order(names: Sequence[str], value: Any) -> bool:
    """Tell whether moments stand in this order; one that is missing or unreadable is in order."""
    texts = [value.get(name) for name in names] if isinstance(value, dict) else []
    moments = [parse_moment(text) for text in texts if isinstance(text, str)]
    if len(moments) < len(names) or None in moments:
        return True
    return bool(moments == sorted(moments))  # type: ignore[type-var]


def equal(names: Sequence[str], value: Any) -> bool:
    """Tell whether the second property has the value of the first, if both are there."""
    if not isinstance(value, dict) or any(name not in value for name in names):
        return True
    first, second = (value[name] for name in names)
    return bool(first == second)


def joined_fits(wanted: Mapping[str, Any], value: Any) -> bool:
    """Tell whether the members of all elements fit the limit when joined by commas (AM-42)."""
    if not isinstance(value, list):
        return True
    texts = [str(item.get(wanted["member"], "")) for item in value if isinstance(item, dict)]
    return bool(len(",".join(texts)) <= wanted["limit"])


BEYOND: Final[Mapping[str, Holds]] = {"x-ordered": in_order, "x-equal": equal, "x-joined": joined_fits}
"""Keywords that no compiled validator knows, each with its test."""


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
            "x-refuses": _refuses,
            **{keyword: _tested(holds) for keyword, holds in BEYOND.items()},
        },
    )


def _tested(holds: Holds) -> Any:
    def check(_: Any, wanted: Any, instance: Any, __: Mapping[str, Any]) -> Iterator[ValidationError]:
        if not holds(wanted, instance):
            yield _error("does not hold")

    return check


def _error(message: str) -> ValidationError:
    from jsonschema.exceptions import ValidationError

    return ValidationError(message)


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
    if isinstance(instance, str) and re.fullmatch(pattern, instance) is None:
        yield _error(f"{excerpt(instance)} does not match {pattern}")


def _blank(_: Any, policy: str, instance: Any, __: Mapping[str, Any]) -> Iterator[ValidationError]:
    if policy == "refused" and is_blank(instance):
        yield _error("is blank")


def _first_of(
    _: Any, names: Sequence[str], instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    needed = "x-first-of" in schema.get("x-status", {}) and isinstance(instance, dict)
    if needed and not any(name in instance for name in names):
        yield _error("none of the spellings is there")


def _refuses(
    _: Any, values: Sequence[str], instance: Any, __: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if instance in values:
        yield _error("is refused")
