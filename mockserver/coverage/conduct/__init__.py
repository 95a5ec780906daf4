"""Conduct: what a client does that the documents forbid, or that will hurt it one day.

Each rule is one function in a module of its own: ``find(exchange, memory)`` yields what it finds in an
exchange, given what a sandbox remembers of those before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mockserver.coverage.conduct import ignored_failures, polling, retries, warnings
from mockserver.coverage.conduct.memory import ADVICE, Mark, Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mockserver.model import Exchange

    Rule = Callable[[Exchange, Memory], Sequence[Mark]]

__all__ = ["ADVICE", "RULES", "Conduct", "Mark"]

RULES: Final[Mapping[str, Rule]] = {
    warnings.NAME: warnings.find,
    polling.NAME: polling.find,
    retries.NAME: retries.find,
    ignored_failures.NAME: ignored_failures.find,
}
"""Every rule by its name."""


class Conduct:
    """Applies the rules to the exchanges of one sandbox, in order."""

    def __init__(self) -> None:
        self._memory = Memory()
        self._rules = tuple(RULES.values())

    def marks(self, exchange: Exchange) -> Sequence[Mark]:
        """Return what the rules find in an exchange."""
        marks: list[Mark] = []
        for find in self._rules:
            found = find(exchange, self._memory)
            if found:
                marks += found
        return marks
