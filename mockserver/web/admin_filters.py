"""The query of an admin request: filters, each read as what it is meant to be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mockserver.contract.documents import known
from mockserver.contract.values import parse_moment
from mockserver.web.admin_http import AdminProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_DIGITS: Final = 12
_LONGEST_ID: Final = 18
_SECONDS: Final = re.compile("[0-9]{1,5}(?:[.][0-9]{1,400})?(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)


def number_of(text: str, letter: str) -> int | None:
    """Return the number that an id stands for, such as ``r000012``; None when it is no such id."""
    digits = text.removeprefix(letter)
    known_form = digits != text and digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_ID
    return int(digits) if known_form else None


class Filters:
    """The query of an admin request; unknown names and values that do not fit are 400."""

    def __init__(self, pairs: Iterable[tuple[str, str]], allowed: Sequence[str]) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            if name not in allowed:
                one = known(allowed, name) if allowed else "none"
                raise AdminProblem(400, "bad filter", f"unknown filter {name[:80]!r}; expected {one}")
            if name in self._values:
                raise AdminProblem(400, "bad filter", f"filter {name} is given twice")
            self._values[name] = value

    def text(self, name: str) -> str | None:
        """Return a filter as text, or None."""
        return self._values.get(name)

    def number(self, name: str, low: int = 0) -> int | None:
        """Return a filter as a whole number of at least ``low``, or None."""
        value = self._values.get(name)
        if value is None:
            return None
        digits = value.isascii() and value.isdigit()
        if digits and len(value) > _DIGITS:
            raise self.bad(name, f"a whole number of at most {_DIGITS} digits")
        if not digits or int(value) < low:
            raise self.bad(name, f"a whole number of at least {low}")
        return int(value)

    def seconds(self, name: str, most: float) -> float:
        """Return a filter as seconds from 0 to ``most``, fractions allowed; 0 when it is not given."""
        value = self._values.get(name, "0")
        if _SECONDS.fullmatch(value) is None or float(value) > most:
            raise self.bad(name, f"seconds from 0 to {most:g}")
        return float(value)

    def bad(self, name: str, expected: str) -> AdminProblem:
        """Return the problem of a filter whose value does not fit."""
        got = self._values[name][:80]
        return AdminProblem(400, "bad filter", f"filter {name}: expected {expected}, got {got!r}")

    def since(self, letter: str, what: str) -> Callable[[int, str], bool] | None:
        """Return the test of ``since`` for a number and a time: younger than an id, or not before a time of the sandbox."""
        text = self._values.get("since")
        if text is None:
            return None
        least = number_of(text, letter)
        if least is not None:
            return lambda number, _: number > least
        if parse_moment(text) is None:
            raise self.bad("since", f"YYYY-MM-DD hh:mm:ss on the sandbox's clock, or the id of {what}")
        return lambda _, at: at >= text
