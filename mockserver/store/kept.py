"""A store that tells what changed in it, so that somebody can write it down before anyone relies on it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mockserver.store.deltas import between, of_unit
from mockserver.store.interface import TABLES
from mockserver.store.tinystore import TinyStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mockserver.store.data import Content
    from mockserver.store.deltas import Delta
    from mockserver.store.interface import Store, TableSpec
    from mockserver.store.packing import PackedRow


class KeptStore(TinyStore):
    """A store whose every change is first told to its recorder: the unit of work ends when that returns.

    When the recorder raises, the change is undone and the error goes to whoever made it. Changes outside
    a unit are units of their own. Without a recorder it is a :class:`TinyStore`, and so are its forks.
    """

    def __init__(self, tables: Sequence[TableSpec] = TABLES) -> None:
        super().__init__(tables)
        self.recorder: Callable[[Delta], None] | None = None
        """Called with what changed, before the change counts as made."""
        self._joined = False

    def _insert(self, table: str, packed: PackedRow, row_id: int) -> int:
        if self._log is not None or self.recorder is None:
            return super()._insert(table, packed, row_id)
        with self._alone():
            return super()._insert(table, packed, row_id)

    def update(self, table: str, row_id: int, changes: Mapping[str, Any]) -> None:
        """Set the given columns of a row (StoreError when there is none of that id)."""
        if self._log is not None or self.recorder is None:
            super().update(table, row_id, changes)
            return
        with self._alone():
            super().update(table, row_id, changes)

    def remove(self, table: str, row_id: int) -> None:
        """Take a row away (StoreError when there is none of that id)."""
        with self._alone():
            super().remove(table, row_id)

    def take(self, counter: str) -> int:
        """Return the counter's next value and move it on by one. A counter starts at 1."""
        if self._log is not None or self.recorder is None:
            return super().take(counter)
        with self._alone():
            return super().take(counter)

    def set_counter(self, counter: str, value: int) -> None:
        """Set the next value of a counter (StoreError for no whole number, or a name with ``#``)."""
        if self._log is not None or self.recorder is None:
            super().set_counter(counter, value)
            return
        with self._alone():
            super().set_counter(counter, value)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Make a change outside a unit a unit that nobody counts (see :meth:`changes`)."""
        if self._log is not None or self.recorder is None:
            yield
            return
        counted = self._last_changes
        try:
            with self.unit():
                yield
        finally:
            self._last_changes = counted

    def end(self, *, keep: bool) -> None:
        """Keep or undo what changed since :meth:`begin`; what the recorder refuses is undone."""
        log = self._log
        if keep and log is not None and self.recorder is not None and not self._joined:
            try:
                delta = of_unit(log, self._content)
                if delta:
                    self.recorder(delta)
            except BaseException:
                super().end(keep=False)
                raise
        super().end(keep=keep)

    def restore(self, other: Store) -> None:
        """Take over the content of a store made by :meth:`fork`, which stays usable."""
        before = self._content
        super().restore(other)
        self._tell(before)

    def load(self, dump: Mapping[str, Any]) -> None:
        """Replace the content by a dump, all or nothing (StoreError says what does not fit)."""
        before = self._content
        super().load(dump)
        self._tell(before)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Tell the recorder of all changes inside at once, also when the block raises; inner blocks join."""
        if self.recorder is None or self._joined or self._log is not None:
            yield
            return
        before = self._content.share()
        self._joined = True
        try:
            yield
        finally:
            self._joined = False
            self._tell(before)

    def _tell(self, before: Content) -> None:
        if self.recorder is None or self._joined:
            return
        try:
            self.recorder(between(before, self._content))
        except BaseException:
            self._content = before
            raise
