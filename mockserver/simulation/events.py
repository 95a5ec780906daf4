"""What happened on the floor: a bounded record of a sandbox's events, newest last."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mockserver.clock import real_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

KEPT: Final = 20_000
"""Events a sandbox remembers; the oldest go first."""


class Event(NamedTuple):
    """One thing that happened: ``at`` on the sandbox's clock, ``real`` in seconds since 1970.

    ``kind`` is what, such as ``call.dialling``; ``about`` tells whom and what it concerns, in our own
    words (call-list id, contact, login, …). Of two runs with the same seed and the same commands all
    but ``real`` is the same.
    """

    number: int
    at: str
    real: float
    kind: str
    tenant: str | None
    about: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The id by which clients ask for what came after it."""
        return f"e{self.number:06d}"

    def shown(self) -> dict[str, Any]:
        """Return the event as the admin API gives it."""
        return {
            "id": self.id,
            "at": self.at,
            "real": real_text(self.real),
            "kind": self.kind,
            "apikey": self.tenant,
            **self.about,
        }


def event_words(kinds: Iterable[str]) -> tuple[str, ...]:
    """Return what events can be asked for by: each kind, and before it what stands before its point."""
    return tuple(dict.fromkeys(word for kind in kinds for word in (kind.partition(".")[0], kind)))


class EventLog:
    """Keeps the last ``limit`` events of a sandbox; ids count from 1."""

    def __init__(self, limit: int = KEPT) -> None:
        self._events: deque[Event] = deque(maxlen=limit)
        self._number = 0

    def __len__(self) -> int:
        return len(self._events)

    @property
    def last(self) -> int:
        """Number of the latest event; 0 when none has happened yet."""
        return self._number

    def record(self, at: str, real: float, kind: str, tenant: str | None, about: Mapping[str, Any]) -> Event:
        """Keep an event under the next number."""
        self._number += 1
        event = Event(self._number, at, real, kind, tenant, about)
        self._events.append(event)
        return event

    def newest_first(self) -> Iterator[Event]:
        """Return the events, newest first."""
        return iter(list(self._events)[::-1])

    def clear(self, number: int = 0) -> None:
        """Forget all events and count from 1 again (AM-16), or go on behind ``number``."""
        self._events.clear()
        self._number = number
