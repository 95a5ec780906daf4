"""What a state that is loaded must hold true beside its form: the rules of seed plans, where they hold for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.documents import known, shown
from mockserver.errors import Problem, UnknownQuirk
from mockserver.seed_rules import Placed, Refers, Unique
from mockserver.simulation.agents import label
from mockserver.simulation.handwritten import WAITING
from mockserver.store.interface import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mockserver.contract.catalogue import Catalogue

    Rows = Mapping[str, Sequence[Mapping[str, Any]]]

_BELONGS: Final = tuple(
    Refers(spec.name, ("tenant",), "tenants", ("apikey",)) for spec in TABLES if "tenant" in spec.columns
)
_LOGINS: Final = Unique("users", ("tenant", "login"), fold=True)
_ENTRIES: Final = Unique("calls", ("tenant", "calllistid"))


def state_problems(tables: Rows, catalogue: Catalogue) -> list[Problem]:
    """Return what is wrong with the rows of a state that fits ``schemas/admin/state.json``.

    ``tables`` are lists of rows by table. Unlike a seed plan a state may hold whatever commands bring
    about; but every row belongs to a tenant of it, no two users of one share a login (RAD-05) and no two
    entries an id (IPD106-78), what is to be dialled has a number, user statuses are those of REF-07, quirks
    and editions of processes are there (AM-13).
    """
    names = [spec.name for spec in TABLES]
    foreign = [
        Problem("", f"/tables/{name}", "there is no such table", known(names, name), shown(name))
        for name in tables
        if name not in names
    ]
    if foreign:
        return foreign
    return [
        *_clashes(tables),
        *_statuses(tables, catalogue),
        *_processes(tables, catalogue),
        *_numberless(tables),
        *_timers(tables),
    ]


def _clashes(tables: Rows) -> Iterator[Problem]:
    tenants = _placed(tables, "tenants", "apikey")
    for rule in _BELONGS:
        yield from map(_in_tables, rule.problems([*tenants, *_placed(tables, rule.table, "tenant")]))
    yield from map(_in_tables, _LOGINS.problems(_placed(tables, "users", "login")))
    yield from map(_in_tables, _ENTRIES.problems(_placed(tables, "calls", "calllistid")))


def _placed(tables: Rows, table: str, column: str) -> list[Placed]:
    """Return the rows of a table that have a value in a column, each with its place."""
    rows = tables.get(table, ())
    return [Placed(table, row, "", index) for index, row in enumerate(rows) if row.get(column) is not None]


def _in_tables(problem: Problem) -> Problem:
    return replace(problem, pointer=f"/tables{problem.pointer}")


def _statuses(tables: Rows, catalogue: Catalogue) -> Iterator[Problem]:
    """Yield user statuses that nobody can be in; none at all is one that was never set."""
    entries = catalogue.references["user_status"]["entries"]
    ids = {int(status) for status in entries}
    for index, row in enumerate(tables.get("users", ())):
        status = row.get("status")
        if status is not None and (type(status) is not int or status not in ids):
            expected = f"one of {', '.join(label(entries, each) for each in entries)}"
            place = f"/tables/users/{index}/status"
            yield Problem("", place, "there is no such user status", expected, shown(status))


def _processes(tables: Rows, catalogue: Catalogue) -> Iterator[Problem]:
    """Yield quirks and editions of processes that do not exist: their commands could not be answered."""
    for index, row in enumerate(tables.get("processes", ())):
        chosen = [(f"quirks/{name}", name, value) for name, value in (row.get("quirks") or {}).items()]
        if row.get("edition") is not None:
            chosen.append(("edition", "edition", row["edition"]))
        for place, name, value in chosen:
            try:
                catalogue.quirks.check(name, value, process=True)
            except UnknownQuirk as error:
                pointer = f"/tables/processes/{index}/{place}"
                yield Problem("", pointer, str(error), error.expected, shown(value))


def _numberless(tables: Rows) -> Iterator[Problem]:
    """Yield entries that are still to be dialled and have no number: nobody could."""
    for index, row in enumerate(tables.get("calls", ())):
        if row.get("status") in WAITING and row.get("contact") is None:
            pointer = f"/tables/calls/{index}/contact"
            got = shown(None) if "contact" in row else "nothing"
            yield Problem("", pointer, f"an entry that is {row['status']} has a number", "a text", got)


def _timers(tables: Rows) -> Iterator[Problem]:
    """Yield timers at times that no calendar has: they could never fire."""
    for index, row in enumerate(tables.get("timers", ())):
        try:
            datetime.fromisoformat(row["at"])
        except ValueError:
            expected = "a time of the calendar as YYYY-MM-DD hh:mm:ss.mmm"
            yield Problem(
                "", f"/tables/timers/{index}/at", "there is no such time", expected, shown(row["at"])
            )
