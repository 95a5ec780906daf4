"""Which rows one exchange touched.

A row with a status is touched by the answer that names it. A field row without a status is touched by a
command, or a record, that was accepted like that: what a refused command held besides was not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.checking import FORCED
from mockserver.contract.fields import value_sent
from mockserver.contract.values import is_blank
from mockserver.coverage.fields import BLANK, condition_of
from mockserver.coverage.rows import field_row, status_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mockserver.contract.fields import Fields, Record
    from mockserver.contract.methodspec import MethodSpec
    from mockserver.coverage.rows import Row
    from mockserver.model import Exchange, Violation

_NOT_SENT: Final = object()


def touched(exchange: Exchange) -> frozenset[Row]:
    """Return every row that an exchange touched; none of a method that is not known."""
    spec: MethodSpec | None = exchange.spec
    if spec is None:
        return frozenset()
    if exchange.call is None or exchange.violation is not None or exchange.late is not None:
        return frozenset(refused(exchange, spec))
    accepted = [record for record in exchange.call.reading.records if record.failure is None]
    return frozenset(
        (
            *answered(exchange, spec),
            *_accepted(spec, "command", (exchange.call.head,)),
            *_accepted(spec, "record", accepted),
        )
    )


def refused(exchange: Exchange, spec: MethodSpec) -> Iterator[Row]:
    """Yield what a refusal touches: its status, and the field in the condition that it is for."""
    if exchange.status is None:
        return
    yield status_row(spec, "request", exchange.status)
    violation = exchange.violation
    if violation is None or not violation.field or violation.keyword == FORCED:
        return
    if exchange.call is None:
        yield field_row(
            spec, "command", violation.field, _key(exchange, violation), ("request", violation.status)
        )
    else:
        yield from _broken(spec, violation)


def answered(exchange: Exchange, spec: MethodSpec) -> Iterator[Row]:
    """Yield the statuses that a success tells: that of the command, and those of its records."""
    if exchange.status is not None:
        yield status_row(spec, "request", exchange.status)
    for failure in exchange.failed_records:
        yield status_row(spec, "record", failure.status)
        if failure.field and failure.keyword != FORCED:
            yield from _broken(spec, failure)
    records = exchange.call.reading.records
    if len(records) > len(exchange.failed_records):
        yield status_row(spec, "record", spec.record_success)


def _broken(spec: MethodSpec, violation: Violation) -> Iterator[Row]:
    """Yield the row of a field that is refused; one that the process calls by a name of its own has both names."""
    place = "command" if violation.record is None else "record"
    condition = condition_of(violation, wrapped=bool(spec.wrap))
    for name in dict.fromkeys((violation.field, spec.renamed.get(violation.field, violation.field))):
        yield field_row(spec, place, name, condition, (violation.level, violation.status))


def _key(exchange: Exchange, violation: Violation) -> str:
    """Return the condition of a key that the gate refuses."""
    fold = exchange.regime.quirks["case_insensitive_keys"] == "on"
    sent: Any = value_sent({violation.field: _NOT_SENT, **exchange.command}, violation.field, fold=fold)
    if sent is _NOT_SENT:
        return "absent"
    return "blank" if is_blank(sent) else "invalid"


def _accepted(spec: MethodSpec, place: str, objects: Iterable[Fields]) -> Iterator[Row]:
    seen: set[tuple[Any, ...]] = set()
    for fields in objects:
        shape = shape_of(fields)
        if shape not in seen:
            seen.add(shape)
            for name, condition in _conditions(fields):
                yield field_row(spec, place, name, condition)


def shape_of(fields: Fields | Record) -> tuple[Any, ...]:
    """Return what decides which conditions an accepted object's fields are in."""
    kept = fields.spec.kept
    if not kept:
        return tuple(fields.raw), tuple(fields.values)
    blanks = tuple(is_blank(fields.values.get(name, _NOT_SENT)) for name in kept)
    return tuple(fields.raw), tuple(fields.values), blanks


def _conditions(fields: Fields) -> Iterator[tuple[str, str]]:
    values, raw = fields.values, fields.raw
    for name, node in fields.spec.properties.items():
        if name in values:
            blank = node.get(BLANK) is not None and is_blank(values[name])
            yield name, "blank" if blank else "present"
            continue
        sent = [raw[spelling] for spelling in (name, *node.get("x-aliases", ())) if spelling in raw]
        if not sent:
            if not fields.spec.wrap:
                yield name, "absent"
        elif all(map(is_blank, sent)):
            yield name, "blank"
