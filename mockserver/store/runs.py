"""The container under an ordered look-up: ids of rows in order of one text, found by a range of it.

Like those of :mod:`mockserver.store.pages` it is cheap to copy: a copy shares everything, and writing
copies one short block. The original must not be written to after it has been copied.
"""

from __future__ import annotations

from bisect import bisect_left
from operator import itemgetter
from typing import TYPE_CHECKING, Final, TypeVar

from mockserver.store.pages import MAX_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

Entry = tuple[str, int]
"""The text and the id of a row."""

BLOCK: Final = 512
"""Entries of a block that filled up in order; one that is twice as long is cut in two."""

_T = TypeVar("_T")


class _Owned(list[_T]):
    """A list that only the container holding its token may write to."""

    __slots__ = ("token",)

    def __init__(self, items: Iterable[_T], token: object) -> None:
        super().__init__(items)
        self.token = token


_last: Final[Callable[[_Owned[Entry]], Entry]] = itemgetter(-1)


class Runs:
    """For each key the texts and ids of its rows, in order, in blocks of which none is empty.

    Adding twice and taking out what is not there do nothing, and every change is one step, so that
    undoing also mends what was interrupted half-way.
    """

    __slots__ = ("_runs", "_token")

    def __init__(self, runs: dict[Hashable, _Owned[_Owned[Entry]]] | None = None) -> None:
        self._runs: dict[Hashable, _Owned[_Owned[Entry]]] = {} if runs is None else runs
        self._token = object()

    def copy(self) -> Runs:
        """Return a container of the same entries."""
        return Runs(self._runs.copy())

    def add(self, key: Hashable, text: str, row_id: int) -> None:
        """Put an entry in; one that is in already stays."""
        entry = (text, row_id)
        run = self._runs.get(key)
        if run is None:
            self._runs[key] = _Owned((_Owned((entry,), self._token),), self._token)
            return
        final = run[-1]
        if final[-1] < entry:
            if len(final) < BLOCK:
                self._block(key, run, len(run) - 1).append(entry)
            else:
                self._run(key, run).append(_Owned((entry,), self._token))
            return
        number = bisect_left(run, entry, key=_last)
        at = bisect_left(run[number], entry)
        if run[number][at] == entry:
            return
        block = self._block(key, run, number)
        block.insert(at, entry)
        if len(block) >= 2 * BLOCK:
            halves = (_Owned(block[:BLOCK], self._token), _Owned(block[BLOCK:], self._token))
            self._runs[key][number : number + 1] = halves

    def discard(self, key: Hashable, text: str, row_id: int) -> None:
        """Take an entry out, if it is in."""
        entry = (text, row_id)
        run = self._runs.get(key)
        number = 0 if run is None else bisect_left(run, entry, key=_last)
        if run is None or number == len(run):
            return
        at = bisect_left(run[number], entry)
        if run[number][at] != entry:
            return
        if len(run[number]) > 1:
            del self._block(key, run, number)[at]
        elif len(run) > 1:
            del self._run(key, run)[number]
        else:
            del self._runs[key]

    def between(self, key: Hashable, low: str | None, high: str | None) -> list[int]:
        """Return the ids of a key whose text lies from ``low`` to ``high`` (None: open), oldest first."""
        run = self._runs.get(key, ())
        bottom = None if low is None else (low, 0)
        top = None if high is None else (high, MAX_ID)
        found: list[int] = []
        for number in range(0 if bottom is None else bisect_left(run, bottom, key=_last), len(run)):
            block = run[number]
            start = 0 if bottom is None or found else bisect_left(block, bottom)
            stop = len(block) if top is None or block[-1] <= top else bisect_left(block, top)
            found += [row_id for _, row_id in block[start:stop]]
            if stop < len(block):
                break
        found.sort()
        return found

    def lowest(self, key: Hashable, high: str | None) -> int | None:
        """Return the id of a key's lowest text, the smallest of equal ones, if it is at most ``high``."""
        run = self._runs.get(key)
        if run is None:
            return None
        text, row_id = run[0][0]
        return row_id if high is None or text <= high else None

    def _run(self, key: Hashable, run: _Owned[_Owned[Entry]]) -> _Owned[_Owned[Entry]]:
        """Return the run of a key for writing."""
        if run.token is not self._token:
            run = self._runs[key] = _Owned(run, self._token)
        return run

    def _block(self, key: Hashable, run: _Owned[_Owned[Entry]], number: int) -> _Owned[Entry]:
        """Return a block of the run of a key for writing."""
        block = run[number]
        if block.token is not self._token:
            block = self._run(key, run)[number] = _Owned(block, self._token)
        return block
