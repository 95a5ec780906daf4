"""Counting: how often a row was touched, by which request first and last; and adding counts up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Seen(NamedTuple):
    """One request of the server: when it came (real time), in which sandbox, and its number there."""

    received: float
    sandbox: str
    number: int


@dataclass(slots=True)
class Count:
    """How often something was seen, of that how often somebody had a hand in it, by whom first and last."""

    total: int
    forced: int
    first: Seen
    last: Seen

    @property
    def natural(self) -> int:
        """How often the client's own command brought it about."""
        return self.total - self.forced

    def add(self, other: Count) -> None:
        """Add another count of the same."""
        self.total += other.total
        self.forced += other.forced
        self.first = min(self.first, other.first)
        self.last = max(self.last, other.last)

    def copy(self) -> Count:
        """Return a count of its own with the same figures."""
        return Count(self.total, self.forced, self.first, self.last)


def merge(into: dict[Any, Count], other: Mapping[Any, Count]) -> None:
    """Add counts to others, key by key; the others stay as they are."""
    for key, count in other.items():
        if key in into:
            into[key].add(count)
        else:
            into[key] = count.copy()
