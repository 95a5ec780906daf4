"""The two containers under a table, both paged so that forks share what neither side changes.

A container is copied by copying its list of pages; a page is copied by whoever first writes to it.
The original must not be written to after it has been copied: :class:`TinyStore` sees to that.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROW_BITS: Final = 6
ROW_PAGE: Final = 1 << ROW_BITS
ROW_MASK: Final = ROW_PAGE - 1

ID_BITS: Final = 32
MAX_ID: Final = (1 << ID_BITS) - 1
"""The largest id a row may have: 4,294,967,295."""

ENTRY_PAGE: Final = 256
"""Entries in a page of an index: small enough to copy in a fraction of a microsecond."""


class Rows:
    """Packed rows by id, in pages of 64 consecutive ids; iterates in order of id."""

    __slots__ = ("_mine", "_pages", "count")

    def __init__(self) -> None:
        self._pages: dict[int, list[bytes | None]] = {}
        self._mine: set[int] = set()
        self.count = 0

    def copy(self) -> Rows:
        """Return a container of the same rows that shares every page."""
        other = Rows()
        other._pages = self._pages.copy()
        other.count = self.count
        return other

    def get(self, row_id: int) -> bytes | None:
        """Return the packed row of that id, or None."""
        page = self._pages.get(row_id >> ROW_BITS)
        return page[row_id & ROW_MASK] if page is not None else None

    def put(self, row_id: int, packed: bytes | None) -> None:
        """Set the row of that id, or take it away with None."""
        number, slot = row_id >> ROW_BITS, row_id & ROW_MASK
        page = self._pages.get(number)
        if page is None or number not in self._mine:
            page = [None] * ROW_PAGE if page is None else page.copy()
            self._pages[number] = page
            self._mine.add(number)
        self.count += (packed is not None) - (page[slot] is not None)
        page[slot] = packed
        if packed is None and page.count(None) == ROW_PAGE:
            del self._pages[number]
            self._mine.remove(number)

    def items(self) -> Iterator[tuple[int, bytes]]:
        """Yield id and packed row in order of id; the container must not change meanwhile."""
        for number in sorted(self._pages):
            for row_id, packed in enumerate(self._pages[number], number << ROW_BITS):
                if packed is not None:
                    yield row_id, packed


class Entries:
    """The entries of one index: pairs of a 32-bit fingerprint and a row id, sorted, 8 bytes each.

    Because the id is the lower half, the rows of one fingerprint stand in order of age without any
    bookkeeping, whatever moves or undoing brought them there. Two keys may share a fingerprint, so
    whoever asks must compare the rows themselves. Adding twice and taking out what is not there do
    nothing, so that undoing also mends a change that was interrupted half-way.
    """

    __slots__ = ("_fences", "_mine", "_pages")

    def __init__(self) -> None:
        self._fences = [0]  # no entry of page n is smaller than fence n
        self._pages = [array("Q")]
        self._mine = [True]

    def copy(self) -> Entries:
        """Return a container of the same entries that shares every page."""
        other = Entries()
        other._fences = self._fences.copy()
        other._pages = self._pages.copy()
        other._mine = [False] * len(self._pages)
        return other

    def _own(self, entry: int) -> tuple[int, array[int]]:
        number = bisect_right(self._fences, entry) - 1
        if not self._mine[number]:
            self._pages[number] = self._pages[number][:]
            self._mine[number] = True
        return number, self._pages[number]

    def add(self, fingerprint: int, row_id: int) -> None:
        """Put an entry in; one that is in already stays."""
        entry = fingerprint << ID_BITS | row_id
        number, page = self._own(entry)
        at = bisect_left(page, entry)
        if at < len(page) and page[at] == entry:
            return
        page.insert(at, entry)
        if len(page) > ENTRY_PAGE:
            # Ids grow, so a key shared by many rows grows at its end: leave full pages behind there.
            cut = at if at == len(page) - 1 else ENTRY_PAGE // 2
            self._fences.insert(number + 1, page[cut])
            self._pages.insert(number + 1, page[cut:])
            self._mine.insert(number + 1, True)
            self._pages[number] = page[:cut]

    def discard(self, fingerprint: int, row_id: int) -> None:
        """Take an entry out, if it is in."""
        entry = fingerprint << ID_BITS | row_id
        number, page = self._own(entry)
        at = bisect_left(page, entry)
        if at == len(page) or page[at] != entry:
            return
        del page[at]
        if not page and number:
            del self._fences[number], self._pages[number], self._mine[number]

    def ids(self, fingerprint: int) -> Iterator[int]:
        """Yield the ids of a fingerprint, oldest first; the container must not change meanwhile."""
        start, end = fingerprint << ID_BITS, (fingerprint + 1) << ID_BITS
        first = bisect_right(self._fences, start) - 1
        at = bisect_left(self._pages[first], start)
        for number in range(first, len(self._pages)):
            for entry in self._pages[number][at:]:
                if entry >= end:
                    return
                yield entry & MAX_ID
            at = 0

    def __len__(self) -> int:
        return sum(map(len, self._pages))
