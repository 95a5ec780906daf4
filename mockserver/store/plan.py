"""A table's description made ready for use: positions of columns, look-ups, and what is refused."""

from __future__ import annotations

from difflib import get_close_matches
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from mockserver.store.interface import StoreError
from mockserver.store.packing import ATOMS, frozen, plain, sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mockserver.store.interface import TableSpec
    from mockserver.store.packing import PackedRow

Key = tuple[Any, ...]


def nearest(name: Any, names: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the most similar name, or what there is."""
    known = list(names)
    found = get_close_matches(str(name), known, n=1, cutoff=0.5)
    return f"; did you mean {found[0]!r}?" if found else f"; there is {', '.join(known) or 'none'}"


def equal(one: Key, other: Key) -> bool:
    """Tell whether two keys are equal as JSON: 1 equals 1.0, but true is no number."""
    if one != other:
        return False
    types, others = tuple(map(type, one)), tuple(map(type, other))
    return types == others or [kind is bool for kind in types] == [kind is bool for kind in others]


class IndexPlan:
    """One index of a table: its columns, and how the key is read from a row's values."""

    __slots__ = ("columns", "key")

    def __init__(self, columns: tuple[str, ...], positions: Mapping[str, int]) -> None:
        self.columns = columns
        places = [positions[column] for column in columns]
        pick: Callable[[Sequence[Any]], Any] = itemgetter(*places)
        self.key: Callable[[Sequence[Any]], Key]
        self.key = pick if len(places) > 1 else lambda values: (pick(values),)

    def holds(self, key: Key) -> bool:
        """Tell whether rows of that key stand in the index: not those in which every column is None."""
        return key[0] is not None or key.count(None) != len(key)


class TablePlan:
    """A :class:`TableSpec` made ready, shared by every fork of a store."""

    __slots__ = (
        "_by_columns",
        "_in_order",
        "_indexed",
        "columns",
        "empty",
        "indexes",
        "name",
        "positions",
        "spec",
    )

    def __init__(self, spec: TableSpec) -> None:
        _check_spec(spec)
        self.spec = spec
        self.name = spec.name
        self.columns = spec.columns
        self.positions = {column: place for place, column in enumerate(spec.columns)}
        self.indexes = tuple(IndexPlan(columns, self.positions) for columns in spec.indexes)
        self.empty: PackedRow = (None,) * len(spec.columns)
        self._in_order = {columns: n for n, columns in enumerate(spec.indexes)}
        self._by_columns = {frozenset(columns): n for n, columns in enumerate(spec.indexes)}
        self._indexed = frozenset(column for columns in spec.indexes for column in columns)

    def position(self, column: Any) -> int:
        """Return where a column stands (StoreError when the table has none of that name)."""
        place = self.positions.get(column) if isinstance(column, str) else None
        if place is None:
            raise StoreError(f"table {self.name} has no column {column!r}{nearest(column, self.columns)}")
        return place

    def checked(self, column: str, value: Any) -> Any:
        """Return a plain copy of a value for a column; StoreError names table and column."""
        try:
            value = plain(value)
        except StoreError as error:
            raise StoreError(f"{self.name}.{column}: {error}") from None
        if column in self._indexed and isinstance(value, (list, dict)):
            raise StoreError(f"{self.name}.{column}: an indexed column holds no list and no object")
        return value

    def fill(self, base: PackedRow, row: Mapping[str, Any]) -> PackedRow:
        """Return a packed row with the columns of ``row`` set over those of ``base``."""
        values = list(base)
        positions = self.positions
        for column, value in row.items():
            place = positions[column] if column in positions else self.position(column)
            values[place] = value if type(value) in ATOMS else frozen(self.checked(column, value))
        return sealed(values)

    def moves(self, changes: Mapping[str, Any]) -> bool:
        """Tell whether a change of these columns can move a row in an index."""
        return not self._indexed.isdisjoint(changes)

    def look_up(self, where: Mapping[str, Any]) -> tuple[int, Key]:
        """Return number of the index and key for a look-up; StoreError when no index fits."""
        number = self._in_order.get(tuple(where))
        if number is not None:
            key = tuple(where.values())
        else:
            number = self._by_columns.get(frozenset(where))
            if number is None:
                raise self._no_index(where)
            key = tuple([where[column] for column in self.indexes[number].columns])
        if not ATOMS.issuperset(map(type, key)):
            columns = self.indexes[number].columns
            key = tuple([self.checked(column, where[column]) for column in columns])
        return number, key

    def _no_index(self, where: Mapping[str, Any]) -> StoreError:
        for column in where:
            self.position(column)
        asked = set(where)
        best = max(
            self.indexes,
            key=lambda index: len(asked & {*index.columns}) - len(asked ^ {*index.columns}),
            default=None,
        )
        hint = f"; did you mean ({', '.join(best.columns)})?" if best else "; it has none"
        return StoreError(f"table {self.name} has no index on ({', '.join(where)}){hint}")


def _check_spec(spec: TableSpec) -> None:
    """Refuse a description that could not be kept."""
    if len(set(spec.columns)) != len(spec.columns) or "#" in spec.columns:
        raise StoreError(f"table {spec.name}: columns must differ from each other and from '#'")
    groups = [frozenset(columns) for columns in spec.indexes]
    for columns, group in zip(spec.indexes, groups, strict=True):
        unknown = group.difference(spec.columns)
        if unknown:
            column = min(unknown)
            raise StoreError(
                f"table {spec.name}: index on unknown column {column!r}{nearest(column, spec.columns)}"
            )
        if not columns or len(group) != len(columns) or groups.count(group) > 1:
            raise StoreError(
                f"table {spec.name}: index ({', '.join(columns)}) is empty or says a thing twice"
            )
