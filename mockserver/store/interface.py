"""What the rest of the sandbox may ask of a store, and the tables it holds.

One implementation exists (:mod:`mockserver.store.tinystore`, over TinyDB); a shared deployment
may put a database server behind the same interface, and the same tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

Row = dict[str, Any]
"""One row, always a copy: column name to a JSON value (text, number, boolean, null, list, object).

What comes out has every column, in the order of the table."""


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table: its columns in order, and the column groups that can be looked up at any size.

    A row may leave columns out (they read as None) but may not bring others.
    A row in which every column of an index is None does not stand in that index. Indexed columns
    hold text, numbers, booleans or None, compared as in JSON: 1 equals 1.0, and true equals no number.

    The last column of an ordered group holds text or None. Its texts, in order of code points, can be
    looked up by range among the rows whose other columns of the group equal given values; a row in
    which it is None does not stand there.
    """

    name: str
    columns: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...]
    ordered: tuple[tuple[str, ...], ...] = ()


_DELIVERED = (
    "kind", "tenant", "subject", "url", "body", "status", "attempts", "due", "code", "answer", "error", "made", "ended",
)  # fmt: skip

TABLES: tuple[TableSpec, ...] = (
    TableSpec(
        "tenants",
        ("apikey", "name", "expires", "database", "images", "date_from", "date_to"),
        (("apikey",),),
    ),
    TableSpec(
        "processes",
        (
            "tenant",
            "name",
            "servicekey",
            "alias",
            "enabled",
            "mapped",
            "field_list",
            "script_template",
            "template",
            "crm_field",
            "trunk",
            "edition",
            "quirks",
            "speech",
            "callback_maximum",
            "masters",
        ),
        (("servicekey",), ("alias",), ("tenant", "name"), ("tenant",)),
    ),
    TableSpec(
        "users",
        (
            "tenant",
            "userid",
            "login",
            "login_key",
            "username",
            "usertype",
            "status",
            "since",
            "client_login",
            "image",
            "media",
            "password",
            "fields",
        ),
        (("tenant", "login_key"), ("tenant", "userid"), ("tenant",)),
        (("tenant", "status", "since"),),
    ),
    TableSpec(
        "customers",
        ("tenant", "process", "customercode", "contact1", "crm", "fields", "storedatetime"),
        (
            ("tenant", "process", "contact1"),
            ("tenant", "process", "customercode"),
            ("tenant", "process", "crm"),
            ("tenant", "process"),
        ),
        (("tenant", "process", "storedatetime"),),
    ),
    TableSpec(
        "calls",
        (
            "tenant",
            "calllistid",
            "process",
            "contact",
            "login",
            "calltype",
            "due",
            "status",
            "systemcallid",
            "media",
            "customercode",
            "storedatetime",
            "liststatus",
            "attempts",
            "agent",
            "handling",
            "answered",
            "outcome",
            "pressed",
            "queue",
            "place",
        ),
        (
            ("tenant", "calllistid"),
            ("tenant", "process", "contact"),
            ("tenant", "systemcallid"),
        ),
        (("tenant", "queue", "place"), ("tenant", "handling")),
    ),
    TableSpec(
        "recordings",
        ("tenant", "systemcallid", "sessionid", "url", "missing", "seconds"),
        (("tenant", "systemcallid"), ("systemcallid",)),
    ),
    TableSpec(
        "dispositions",
        (
            "tenant",
            "process",
            "login",
            "master",
            "reason",
            "remarks",
            "selected",
            "contact",
            "media",
            "storedatetime",
        ),
        (("tenant", "process", "contact"),),
    ),
    TableSpec("dnc", ("tenant", "number"), (("tenant", "number"),)),
    TableSpec(
        "callbacks",
        ("tenant", "process", "contact", "count"),
        (("tenant", "process", "contact"),),
    ),
    TableSpec("timers", ("at", "kind", "tenant", "subject", "data"), (), (("at",),)),
    TableSpec("deliveries", _DELIVERED, (("status",),), (("ended",),)),
)


class StoreError(ValueError):
    """A table, column, index or dump that the store does not have or cannot hold."""


class Store(Protocol):
    """Tables of rows with indexes, counters and units of work.

    Everything that goes in or comes out is a copy. Not safe for threads by itself: the sandbox's
    lock is held around every use. Ids of rows are positive integers, never used twice in a table;
    the smaller id is the older row. Values are JSON values (anything else, such as a date, a tuple, NaN
    or a name that is no text, is a StoreError naming table and column). A StoreError changes nothing.
    """

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        """Store a copy of ``row`` and return its id."""

    def duplicate(self, table: str, row_id: int, changes: Mapping[str, Any]) -> int:
        """Store another row like that of ``row_id`` with some columns changed, and return its id.

        StoreError when there is no row of that id.
        """

    def get(self, table: str, row_id: int) -> Row | None:
        """Return a copy of the row of that id, or None."""

    def first(self, table: str, **where: Any) -> tuple[int, Row] | None:
        """Return id and copy of the oldest row whose indexed columns equal ``where``, or None.

        ``where`` must name exactly the columns of one index (StoreError otherwise).
        """

    def find(self, table: str, **where: Any) -> list[tuple[int, Row]]:
        """Return id and copy of every row whose indexed columns equal ``where``, oldest first."""

    def ids(self, table: str, **where: Any) -> list[int]:
        """Return the ids of the rows that :meth:`find` would return, without copying rows."""

    def between(
        self, table: str, column: str, low: str | None, high: str | None, **where: Any
    ) -> list[tuple[int, Row]]:
        """Return id and copy of every row whose ``column`` lies from ``low`` to ``high``, oldest first.

        Both bounds belong to the range, and None leaves a side open. ``column`` is the last of one
        ordered group and ``where`` names exactly the others, which the rows equal (StoreError
        otherwise). Rows in which ``column`` is None are not among them. Oldest is the smallest id.
        """

    def ids_between(
        self, table: str, column: str, low: str | None, high: str | None, **where: Any
    ) -> list[int]:
        """Return the ids of the rows that :meth:`between` would return, without copying rows."""

    def lowest(
        self, table: str, column: str, high: str | None = None, **where: Any
    ) -> tuple[int, Row] | None:
        """Return id and copy of the row with the lowest text in ``column``, at most ``high``, or None.

        ``column`` and ``where`` are as for :meth:`between`. Of equal texts the oldest row's is lowest. It
        takes the same time at any size.
        """

    def exists(self, table: str, **where: Any) -> bool:
        """Tell whether :meth:`first` would return a row, without copying it."""

    def update(self, table: str, row_id: int, changes: Mapping[str, Any]) -> None:
        """Set the given columns of a row (StoreError when there is none of that id)."""

    def remove(self, table: str, row_id: int) -> None:
        """Take a row away (StoreError when there is none of that id)."""

    def count(self, table: str) -> int:
        """Return the number of rows of a table."""

    def rows(self, table: str, offset: int = 0, limit: int | None = None) -> Iterator[tuple[int, Row]]:
        """Return ids and copies of rows, oldest first, as they were when asked: changes do not show."""

    def take(self, counter: str) -> int:
        """Return the counter's next value and move it on by one. A counter starts at 1."""

    def counter(self, counter: str) -> int:
        """Return the next value of a counter without moving it."""

    def set_counter(self, counter: str, value: int) -> None:
        """Set the next value of a counter. Names that start with ``#`` are the store's own."""

    def unit(self) -> AbstractContextManager[None]:
        """Open a unit of work: all its changes stay, or none when an exception leaves it.

        Units do not nest: an inner one joins the outer, so an exception that leaves only the inner
        undoes nothing. Outside a unit every change stays at once. Undone are rows, indexes, counters
        and next ids alike.
        """

    def together(self) -> AbstractContextManager[None]:
        """Let all changes inside, units and restores alike, reach the disk as one, or none of them.

        That is all: an exception inside undoes nothing. A store that is kept nowhere has nothing to do.
        """

    def changes(self) -> dict[str, dict[str, int]]:
        """Count what the last unit (or the open one) did: table -> inserted/updated/removed.

        The count is net: a row counts once, for what became of it, and not at all when it is again
        what it was. Tables without changes are left out; a unit that was undone did nothing.
        """

    def fork(self) -> Store:
        """Return an independent store with the same content, sharing what neither changes."""

    def restore(self, other: Store) -> None:
        """Take over the content of a store made by :meth:`fork`, which stays usable.

        Row ids and counters come along, so the same calls afterwards give the same ids. StoreError
        for a store of other tables, and inside a unit.
        """

    def dump(self) -> dict[str, Any]:
        """Return the whole content as plain JSON: ``{"tables": {name: [row, …]}, "counters": {…}}``.

        Rows carry their id in the member ``"#"`` and every column. Equal content gives an equal dump.
        Counters at 1 are left out. Where the youngest rows of a table were removed, the table's next
        id stands among the counters as ``"#<table>"``.
        """

    def load(self, dump: Mapping[str, Any]) -> None:
        """Replace the content by a dump, all or nothing. What it leaves out is empty.

        StoreError names the table, the row (from 1) and the column that do not fit; it is raised
        inside a unit as well.
        """
