"""Waiting for something to happen in a sandbox, without holding a lock and, at the edge, without a thread.

A :class:`Bell` rings whenever something happened. A request that found nothing yet is parked on it by its
:class:`Watch` and asked again after the next ring. Whoever carries the request does the waiting: the event
loop by a future, another WSGI server by blocking the request's own thread.
"""

from __future__ import annotations

from threading import Event, Lock
from time import perf_counter
from typing import TYPE_CHECKING, Final, TypeVar

from mockserver.clock import real_time

if TYPE_CHECKING:
    from collections.abc import Callable

    Wake = Callable[[], object]

_T = TypeVar("_T")

WATCH: Final = "mock.watch"
"""Where a face that can wait puts the :class:`Watch` of a request in its WSGI environment."""

_GAP: Final = 0.02
"""Seconds between two looks of one request: a busy sandbox rings thousands of times a second."""


class Bell:
    """Wakes who listens. Ringing takes no lock, and next to nothing while nobody listens."""

    __slots__ = ("_listeners", "_lock", "ends", "left", "rings")

    def __init__(self) -> None:
        self.rings = 0
        self.ends = 0
        """How often everything was over at once: after a reset, or when the sandbox was dropped."""
        self.left = 0.0
        """When somebody stopped listening last; real time."""
        self._listeners: tuple[Wake, ...] = ()
        self._lock = Lock()

    @property
    def heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners)

    def ring(self, *, end: bool = False) -> None:
        """Say that something happened; with ``end`` nobody who waits now shall wait on."""
        if end:
            self.ends += 1
        # Counted before the listeners are read, as they are added before the count is: one sees the other.
        self.rings += 1
        for wake in self._listeners:
            wake()

    def listen(self, seen: int, wake: Wake) -> Callable[[], None]:
        """Call ``wake`` at each ring, from any thread, at once if one was missed since ``seen`` rings; return how to stop."""
        with self._lock:
            self._listeners = (*self._listeners, wake)
        if self.rings != seen:
            wake()

        def stop() -> None:
            with self._lock:
                self.left = real_time()
                self._listeners = tuple(each for each in self._listeners if each is not wake)

        return stop


class Waiting(Exception):
    """There is nothing yet: ask the request again once its watch's bell has rung, or its time is over."""


class Watch:
    """The patience of one request: how long it may still wait, for which bell, and what it has heard so far."""

    def __init__(self) -> None:
        self.parked = False
        """Whether the request was put off; who carries it sets it back before asking again."""
        self.over = False
        """Set by who carries the request when nothing may be waited for any more."""
        self._bell: Bell | None = None
        self._seen = self._ends = 0
        self._deadline = self._looked = 0.0
        self._every: float | None = None

    def look(
        self, bell: Bell, seconds: float, find: Callable[[], tuple[_T, bool]], every: float | None = None
    ) -> _T:
        """Return what ``find`` finds if it says that something is there, or when there is no time left.

        Raises Waiting before. ``seconds`` count from the first look. A bell that said the end, or another
        than at the first look, is not waited for. ``every`` is for what becomes true without a ring, as time
        goes by: it is looked for at least every so many seconds.
        """
        self._every = every
        now = perf_counter()
        if self._bell is None:
            self._bell, self._ends, self._deadline = bell, bell.ends, now + seconds
        self._looked, seen = now, bell.rings
        found, there = find()
        ended = bell is not self._bell or bell.ends != self._ends
        if there or ended or self.over or not self.left:
            return found
        self._seen, self.parked = seen, True
        raise Waiting

    @property
    def left(self) -> float:
        """Seconds it may still wait."""
        return max(0.0, self._deadline - perf_counter())

    @property
    def patience(self) -> float:
        """Seconds until it should be asked again at the latest."""
        return self.left if self._every is None else min(self.left, self._every)

    @property
    def gap(self) -> float:
        """Seconds until it should look again at the earliest."""
        return min(self.left, max(0.0, self._looked + _GAP - perf_counter()))

    def listen(self, wake: Wake) -> Callable[[], None]:
        """Have ``wake`` called at the next ring, or at once if one was missed; return how to stop."""
        return (self._bell or Bell()).listen(self._seen, wake)

    def block(self) -> None:
        """Wait in this thread, for carriers that have nothing better."""
        rung = Event()
        stop = self.listen(rung.set)
        try:
            rung.wait(self.patience)
        finally:
            stop()
        Event().wait(self.gap)
        self.parked = False
