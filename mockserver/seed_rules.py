"""What JSON Schema cannot say about a seed plan: rows that clash, point nowhere or ignore a counter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.contract.documents import known, pointer, shown
from mockserver.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Placed:
    """A row of a plan with the place it stands at: ``file``, section ``table``, element ``index``."""

    table: str
    row: Mapping[str, Any]
    file: str
    index: int

    def problem(self, column: str, message: str, expected: str) -> Problem:
        """Return a problem with one column of the row."""
        place = pointer([self.table, self.index, column])
        return Problem(self.file, place, message, expected, shown(self.row[column]))

    def values(self, columns: Sequence[str], *, fold: bool = False) -> tuple[Any, ...]:
        """Return the values of some columns; with ``fold`` texts lose their letter case."""
        found = (self.row[column] for column in columns)
        return tuple(value.casefold() if fold and isinstance(value, str) else value for value in found)


@dataclass(frozen=True, slots=True)
class Unique:
    """No two rows of ``table`` agree in all of ``columns``; the last one is to blame."""

    table: str
    columns: tuple[str, ...]
    fold: bool = False

    def problems(self, rows: Sequence[Placed]) -> Iterator[Problem]:
        """Find the rows that repeat an earlier one."""
        seen: set[tuple[Any, ...]] = set()
        for placed in _of(rows, self.table):
            values = placed.values(self.columns, fold=self.fold)
            if values in seen:
                scope = "in the plan" if len(self.columns) == 1 else f"for one {self.columns[-2]}"
                yield placed.problem(
                    self.columns[-1], "this value stands there twice", f"a value used once {scope}"
                )
            seen.add(values)


@dataclass(frozen=True, slots=True)
class Refers:
    """``columns`` of a row name a row of table ``to`` by its columns ``by``; null names none."""

    table: str
    columns: tuple[str, ...]
    to: str
    by: tuple[str, ...]

    def problems(self, rows: Sequence[Placed]) -> Iterator[Problem]:
        """Find the rows that point nowhere."""
        targets = {placed.values(self.by) for placed in _of(rows, self.to)}
        for placed in _of(rows, self.table):
            values = placed.values(self.columns)
            if None not in values and values not in targets:
                near = sorted(str(target[-1]) for target in targets if target[:-1] == values[:-1])
                expected = known(near, str(values[-1])) if near else f"a row of {self.to} to point at"
                yield placed.problem(self.columns[-1], f"there is no such row in {self.to}", expected)


@dataclass(frozen=True, slots=True)
class Below:
    """``column`` of a row lies below the counter of the same name of the row's tenant (AM-51)."""

    table: str
    column: str

    def problems(self, rows: Sequence[Placed]) -> Iterator[Problem]:
        """Find the ids that the counter would hand out again."""
        tenants = {placed.row["apikey"]: placed.row["counters"] for placed in _of(rows, "tenants")}
        for placed in _of(rows, self.table):
            counters = tenants.get(placed.row["tenant"])
            if counters is not None and placed.row[self.column] >= counters[self.column]:
                yield placed.problem(
                    self.column, "the tenant's counter would give this id again",
                    f"less than {counters[self.column]}",
                )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keys:
    """Service keys and aliases of all processes differ, because either finds the process."""

    def problems(self, rows: Sequence[Placed]) -> Iterator[Problem]:
        """Find the keys and aliases that another process already answers to."""
        seen: set[str] = set()
        for placed in _of(rows, "processes"):
            for column in ("servicekey", "alias"):
                key = placed.row[column]
                if key in seen:
                    yield placed.problem(column, "this key stands there twice", "a key used once in the plan")
                if key is not None:
                    seen.add(key)


_TENANT = ("tenant",)
_PROCESS = ("tenant", "process")
_APIKEY = ("apikey",)
_NAME = ("tenant", "name")

RULES: tuple[Unique | Refers | Below | Keys, ...] = (
    Refers("processes", _TENANT, "tenants", _APIKEY),
    Refers("users", _TENANT, "tenants", _APIKEY),
    Refers("dnc", _TENANT, "tenants", _APIKEY),
    Refers("recordings", _TENANT, "tenants", _APIKEY),
    Refers("customers", _PROCESS, "processes", _NAME),
    Refers("calls", _PROCESS, "processes", _NAME),
    Refers("callbacks", _PROCESS, "processes", _NAME),
    Refers("calls", (*_PROCESS, "customercode"), "customers", (*_PROCESS, "customercode")),
    Refers(
        "recordings", ("tenant", "systemcallid", "sessionid"),
        "calls", ("tenant", "systemcallid", "calllistid"),
    ),
    Unique("tenants", _APIKEY),
    Unique("processes", _NAME),
    Keys(),
    Unique("users", ("tenant", "userid")),
    Unique("users", ("tenant", "login"), fold=True),
    Unique("customers", ("tenant", "customercode")),
    Unique("calls", ("tenant", "calllistid")),
    Unique("recordings", ("tenant", "systemcallid")),
    Unique("dnc", ("tenant", "number")),
    Unique("callbacks", (*_PROCESS, "contact")),
    Below("users", "userid"),
    Below("customers", "customercode"),
    Below("calls", "calllistid"),
)  # fmt: skip
"""Every rule over the rows of a plan, in the order its problems are told."""


def broken(rows: Sequence[Placed]) -> list[Problem]:
    """Return every problem the rules find in the rows of a plan, defaults filled in."""
    return [problem for rule in RULES for problem in rule.problems(rows)]


def fractions(value: Any, file: str, path: tuple[str | int, ...] = ()) -> Iterator[Problem]:
    """Find numbers written with a point or exponent: JSON Schema takes 5.0 for whole, ids must not."""
    if isinstance(value, float):
        yield Problem(file, pointer(path), "this number has a fraction", "a whole number", shown(value))
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from fractions(member, file, (*path, name))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from fractions(element, file, (*path, index))


def _of(rows: Sequence[Placed], table: str) -> Iterator[Placed]:
    return (placed for placed in rows if placed.table == table)


def people_problems(people: Mapping[str, Any], file: str, rows: Sequence[Placed]) -> Iterator[Problem]:
    """Find what is wrong with a recipe for people, given the rows it is planted with.

    Its tenant and processes must be there, and every process's CRM field must get a value that no
    two people share: a single text with ``{serial}``.
    """
    tenant = people["tenant"]
    fields = {p.row["name"]: p.row["crm_field"] for p in _of(rows, "processes") if p.row["tenant"] == tenant}
    if not fields:
        yield Problem(
            file, "/people/tenant", "there is no such tenant with processes",
            "an API key of the plan", shown(tenant),
        )  # fmt: skip
        return
    for index, name in enumerate(people["processes"]):
        if name not in fields:
            place = f"/people/processes/{index}"
            yield Problem(file, place, "there is no such process", known(sorted(fields), name), shown(name))
    for field in sorted({fields[name] for name in people["processes"] if name in fields}):
        texts = people["fields"].get(field, [])
        if len(texts) != 1 or "{serial}" not in texts[0]:
            place = pointer(["people", "fields", field])
            message = "a CRM field would not be unique"
            yield Problem(file, place, message, "a single text with {serial}", shown(texts))
