"""The admin route that compares the journal with what a test expects of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.contract.documents import known, shown
from mockserver.contract.values import escaped
from mockserver.errors import Problem
from mockserver.scenarios.conditions import test_of
from mockserver.verifying import verify as compare
from mockserver.web.admin_http import unfit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.web.admin_http import Ask


def verify(ask: Ask) -> dict[str, Any]:
    """Return whether the journal holds what is expected, and what came nearest where it does not."""
    match, count = ask.body.get("match", {}), ask.body.get("count", {})
    errors = [*_methods(ask, match), *_expressions(match.get("fields", {})), *_counts(count)]
    if errors:
        raise unfit(*errors)
    return compare(ask.sandbox, match, count)


def _methods(ask: Ask, match: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield methods that do not exist: that none of them was called proves nothing."""
    methods = list(ask.service.catalogue.methods)
    wanted = match.get("method", [])
    several = isinstance(wanted, list)
    for number, name in enumerate(wanted if several else [wanted]):
        if name not in methods:
            place = f"/match/method/{number}" if several else "/match/method"
            yield Problem("", place, "there is no such method", known(methods, name), shown(name))


def _expressions(fields: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield regular expressions that are none."""
    import regex  # noqa: PLC0415 - only who verifies pays for it

    for name, wanted in fields.items():
        try:
            test_of(wanted)
        except (regex.error, RecursionError, OverflowError, ValueError) as error:
            place = f"/match/fields/{escaped(name)}/regex"
            text = f"{getattr(error, 'msg', '') or type(error).__name__} in {shown(wanted['regex'])}"
            yield Problem("", place, "this is no regular expression", "an expression of Python's", text)


def _counts(count: Mapping[str, int]) -> Iterator[Problem]:
    if "exactly" in count and len(count) > 1:
        yield Problem("", "/count", "exactly leaves nothing to min and max", "exactly alone", shown(count))
    elif count.get("max", 0) < count.get("min", 0) and "max" in count:
        yield Problem(
            "", "/count/max", "this is less than min", f"at least {count['min']}", shown(count["max"])
        )
