"""A table's description made ready for use: positions of columns, look-ups, and what is refused."""

from __future__ import annotations

from difflib import get_close_matches
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from mockserver.store.interface import StoreError
from mockserver.store.packing import ATOMS, frozen, plain, sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mockserver.store.interface import TableSpec
    from mockserver.store.packing import PackedRow

Key = tuple[Any, ...]

_TEXT_OR_NONE: Final = frozenset({str, type(None)})


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


class OrderedPlan:
    """One ordered group of a table: its columns, where the last stands, and the key of the others."""

    __slots__ = ("columns", "key", "place")

    def __init__(self, columns: tuple[str, ...], positions: Mapping[str, int]) -> None:
        self.columns = columns
        self.place = positions[columns[-1]]
        self.key: Callable[[Sequence[Any]], Key]
        self.key = IndexPlan(columns[:-1], positions).key if len(columns) > 1 else lambda _: ()


class TablePlan:
    """A :class:`TableSpec` made ready, shared by every fork of a store."""

    __slots__ = (
        "_by_columns",
        "_by_range",
        "_in_order",
        "_indexed",
        "_keys",
        "_ordered",
        "_texts",
        "columns",
        "empty",
        "indexes",
        "name",
        "ordered",
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
        self.ordered = tuple(OrderedPlan(columns, self.positions) for columns in spec.ordered)
        self.empty: PackedRow = (None,) * len(spec.columns)
        self._in_order = {columns: n for n, columns in enumerate(spec.indexes)}
        self._by_columns = {frozenset(columns): n for n, columns in enumerate(spec.indexes)}
        self._by_range = {_range(columns): n for n, columns in enumerate(spec.ordered)}
        self._indexed = frozenset(column for columns in spec.indexes for column in columns)
        self._ordered = frozenset(column for columns in spec.ordered for column in columns)
        self._keys = self._indexed | self._ordered
        self._texts = tuple({ordered.place for ordered in self.ordered})

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
        if column in self._keys and isinstance(value, (list, dict)):
            raise StoreError(f"{self.name}.{column}: an indexed column holds no list and no object")
        return value

    def fill(self, base: PackedRow, row: Mapping[str, Any]) -> PackedRow:
        """Return a packed row with the columns of ``row`` set over those of ``base``."""
        values = list(base)
        positions = self.positions
        for column, value in row.items():
            place = positions[column] if column in positions else self.position(column)
            values[place] = value if type(value) in ATOMS else frozen(self.checked(column, value))
        for place in self._texts:
            if type(values[place]) not in _TEXT_OR_NONE:
                raise self._no_text(place, values[place])
        return sealed(values)

    def moves(self, changes: Mapping[str, Any]) -> bool:
        """Tell whether a change of these columns can move a row in an index."""
        return not self._indexed.isdisjoint(changes)

    def reorders(self, changes: Mapping[str, Any]) -> bool:
        """Tell whether a change of these columns can move a row in an ordered group."""
        return not self._ordered.isdisjoint(changes)

    def look_up(self, where: Mapping[str, Any]) -> tuple[int, Key]:
        """Return number of the index and key for a look-up; StoreError when no index fits."""
        number = self._in_order.get(tuple(where))
        if number is not None:
            key = tuple(where.values())
        else:
            number = self._by_columns.get(frozenset(where))
            if number is None:
                raise self._no_group("index on ", where, self.spec.indexes)
            key = tuple([where[column] for column in self.indexes[number].columns])
        if not ATOMS.issuperset(map(type, key)):
            columns = self.indexes[number].columns
            key = tuple([self.checked(column, where[column]) for column in columns])
        return number, key

    def look_up_ordered(
        self, column: Any, bounds: Iterable[Any], where: Mapping[str, Any]
    ) -> tuple[int, Key]:
        """Return number of the ordered group and key for a range; StoreError when none fits."""
        number = self._by_range.get((column, frozenset(where))) if isinstance(column, str) else None
        if number is None:
            raise self._no_group("ordered group ", [*where, column], self.spec.ordered)
        for bound in bounds:
            if bound is not None and not isinstance(bound, str):
                raise self._no_text(self.positions[column], bound)
        columns = self.ordered[number].columns[:-1]
        key = tuple([where[name] for name in columns])
        if not ATOMS.issuperset(map(type, key)):
            key = tuple([self.checked(name, where[name]) for name in columns])
        return number, key

    def _no_text(self, place: int, value: Any) -> StoreError:
        kind = type(value).__name__
        return StoreError(
            f"{self.name}.{self.columns[place]}: an ordered column is text or null, not a value of type {kind}"
        )

    def _no_group(self, what: str, asked: Iterable[Any], groups: Iterable[tuple[str, ...]]) -> StoreError:
        names = [self.columns[self.position(column)] for column in asked]
        best = max(
            groups,
            key=lambda columns: len({*names} & {*columns}) - len({*names} ^ {*columns}),
            default=None,
        )
        hint = f"; did you mean ({', '.join(best)})?" if best else "; it has none"
        return StoreError(f"table {self.name} has no {what}({', '.join(names)}){hint}")


def _range(columns: tuple[str, ...]) -> tuple[str, frozenset[str]]:
    """Return what tells one ordered group from another: its last column, and the others in any order."""
    return columns[-1], frozenset(columns[:-1])


def _check_spec(spec: TableSpec) -> None:
    """Refuse a description that could not be kept."""
    if len(set(spec.columns)) != len(spec.columns) or "#" in spec.columns:
        raise StoreError(f"table {spec.name}: columns must differ from each other and from '#'")
    _check_groups(spec, "index", spec.indexes)
    _check_groups(spec, "ordered group", spec.ordered)
    if len({_range(columns) for columns in spec.ordered}) < len(spec.ordered):
        raise StoreError(f"table {spec.name}: two ordered groups say a thing twice")
    if len({frozenset(columns) for columns in spec.indexes}) < len(spec.indexes):
        raise StoreError(f"table {spec.name}: two indexes say a thing twice")


def _check_groups(spec: TableSpec, what: str, groups: Iterable[tuple[str, ...]]) -> None:
    for columns in groups:
        unknown = set(columns).difference(spec.columns)
        if unknown:
            column = min(unknown)
            raise StoreError(
                f"table {spec.name}: {what} on unknown column {column!r}{nearest(column, spec.columns)}"
            )
        if not columns or len(set(columns)) != len(columns):
            raise StoreError(
                f"table {spec.name}: {what} ({', '.join(columns)}) is empty or says a thing twice"
            )
