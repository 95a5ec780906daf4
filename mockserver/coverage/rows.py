"""The rows of the contract: what a client may meet, one by one, as the documents say it.

There are two kinds. A *status row* is one status of a method, at one level. A *field row* is one field
in one condition (present, absent, blank, invalid): with the status that answers it, or without one where
such a command is accepted. A row exists only where the documents name it; docs/coverage.md tells how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mockserver.coverage.fields import NO_STATUS, condition_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.methodspec import MethodSpec, ObjectSpec

PLACES: Final = ("command", "record")
"""Where a field stands."""


class Row(NamedTuple):
    """What identifies a row. ``field`` is empty for a status row, ``status`` 0 where none is answered.

    ``place`` says where the field stands: in the command, or in a record; ``level`` what the status
    answers: the request, or one record.
    """

    method: str
    edition: str
    place: str
    field: str
    condition: str
    level: str
    status: int

    @property
    def id(self) -> str:
        """The row as one text, for reports."""
        parts = (self.place, self.field, self.condition, self.level, str(self.status or ""))
        return "/".join((self.method, self.edition, *(part for part in parts if part)))


class Entry(NamedTuple):
    """What a report says of a row beside what identifies it: status text and ledger ids."""

    text: str
    ledger: tuple[str, ...]


def status_row(spec: MethodSpec, level: str, status: int) -> Row:
    """Return the row of a status."""
    return Row(spec.name, spec.edition, "", "", "", level, status)


def field_row(
    spec: MethodSpec, place: str, field: str, condition: str, answer: tuple[str, int] = ("", NO_STATUS)
) -> Row:
    """Return the row of a field in a condition; ``answer`` is the level and the status that answers it."""
    return Row(spec.name, spec.edition, place, field, condition, *answer)


def default_spec(catalogue: Catalogue, method: str, edition: str) -> MethodSpec:
    """Return the spec of a method in an edition with every quirk at its default."""
    return catalogue.spec(method, {**catalogue.quirks.defaults, "edition": edition})


def rows_of(catalogue: Catalogue) -> dict[Row, Entry]:
    """Return every row of the contract, in the order of the documents."""
    found: dict[Row, Entry] = {}
    for method, document in catalogue.methods.items():
        for edition in document["editions"]:
            spec = default_spec(catalogue, method, edition)
            for row, entry in (*_statuses(spec, catalogue), *_fields(spec, catalogue)):
                found.setdefault(row, entry)
    return found


def _statuses(spec: MethodSpec, catalogue: Catalogue) -> Iterator[tuple[Row, Entry]]:
    """Yield the method's own tables, and what the gate and unreadable JSON are answered with."""
    for level in ("request", "record"):
        for code, row in spec.codes("record" if level == "record" else "request").items():
            yield status_row(spec, level, code), Entry(row.text, (row.ledger,))
    for code in (*(step["status"] for step in spec.gate), catalogue.common["malformed"]["status"]):
        row = spec.status(code)
        yield status_row(spec, "request", code), Entry(row.text, (row.ledger,))


def _fields(spec: MethodSpec, catalogue: Catalogue) -> Iterator[tuple[Row, Entry]]:
    yield from _keys(spec, catalogue)
    keys = set(catalogue.common["keys"].values())
    yield from _objects(spec, "command", {"": spec.head}, keys)
    if spec.records is not None:
        yield from _objects(spec, "record", spec.records.kinds, set())
    for place, level, entry in _rules(spec):
        field, status = entry["field"], entry["status"]
        ledger = (_ledger(spec, place, field), spec.status(status, level).ledger, entry["ledger"])
        row = field_row(spec, place, field, "invalid", (level, status))
        yield row, Entry(spec.status(status, level).text, _unique(ledger))


def _keys(spec: MethodSpec, catalogue: Catalogue) -> Iterator[tuple[Row, Entry]]:
    """Yield the rows of the keys: the gate answers them, the first step of a key also when it is not there."""
    words = catalogue.common["keys"]
    seen: set[str] = set()
    method = words["method"]
    yield (
        field_row(spec, "command", method, "present"),
        Entry("", _unique((_ledger(spec, "command", method),))),
    )
    for step in spec.gate:
        name, status = words[step["field"]], step["status"]
        first = () if name in seen else ("absent", "blank")
        ledger = _unique((_ledger(spec, "command", name), spec.status(status).ledger, step["ledger"]))
        if name not in seen:
            yield field_row(spec, "command", name, "present"), Entry("", ledger[:1])
        for condition in (*first, "invalid"):
            row = field_row(spec, "command", name, condition, ("request", status))
            yield row, Entry(spec.status(status).text, ledger)
        seen.add(name)


def _objects(
    spec: MethodSpec, place: str, kinds: Mapping[str, ObjectSpec], skip: set[str]
) -> Iterator[tuple[Row, Entry]]:
    for kind in kinds.values():
        for field, condition, level, status in condition_rows(kind):
            if field in skip:
                continue
            text = ""
            ledger: tuple[str, ...] = (_ledger(spec, place, field),)
            if status != NO_STATUS:
                told = spec.status(status, level)
                text, ledger = told.text, (*ledger, told.ledger)
            yield field_row(spec, place, field, condition, (level, status)), Entry(text, _unique(ledger))


def _rules(spec: MethodSpec) -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
    """Yield the rules about the state that a field breaks: where it stands, at which level it is answered."""
    for entry in spec.precedence["request"]:
        for inner in entry.get("records", ()):
            if _refuses(inner):
                yield "record", "request", inner
        if _refuses(entry):
            yield "command", "request", entry
    for entry in spec.precedence["record"]:
        if _refuses(entry):
            yield "record", "record", entry


def _refuses(entry: Mapping[str, Any]) -> bool:
    return "rule" in entry and "status" in entry and bool(entry.get("field"))


def _ledger(spec: MethodSpec, place: str, field: str) -> str:
    """Return the ledger id that stands beside a field; empty where none does."""
    kinds = spec.records.kinds.values() if spec.records is not None and place == "record" else (spec.head,)
    ids = (kind.properties.get(field, {}).get("x-ledger", "") for kind in kinds)
    return next((each for each in ids if each), "")


def _unique(ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in ids if each))
