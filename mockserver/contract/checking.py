"""Read a command by its method spec and find the first broken rule, in the order the documents give.

Schema violations are facts about the bytes; rules ask the state (``ask``). Both stand in one
precedence list per level, which is data (GEN-06): a rule is only asked when everything before it
holds, so it may rely on that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.fields import Fields, Record
from mockserver.contract.validation import expected, got
from mockserver.contract.values import excerpt, matches
from mockserver.model import Notice, Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mockserver.contract.methodspec import MethodSpec, ObjectSpec, RecordsSpec
    from mockserver.contract.validation import Failure
    from mockserver.model import Level

    Queued = tuple[int, Callable[[Any, Any], bool]]
    """A status that somebody wants for records, and whether for this one: ``wanted(command, record)``."""

    Ask = Callable[[str, "Record | None"], bool]
    """``ask(rule, record)``: whether a rule about the state holds, for the command or for a record."""

    Explain = Callable[[str, "Record | None"], tuple[str, str]]
    """``explain(rule, record)``: what a rule that failed expected, and what the state says instead."""


FORCED: Final = "forced"
"""Keyword of a violation that somebody asked for."""


def by_name(rule: str, _: Record | None) -> tuple[str, str]:
    """Explain a rule by its name alone."""
    return rule.replace("_", " "), ""


class Reading:
    """A command read by its spec: head, records, every violation of the schema, and warnings."""

    __slots__ = (
        "forced_record",
        "has_violations",
        "head",
        "kind",
        "notices",
        "records",
        "spec",
        "violations",
    )

    def __init__(
        self, spec: MethodSpec, command: Mapping[str, Any], forced_record: Queued | None = None
    ) -> None:
        self.spec = spec
        self.forced_record = forced_record
        self.notices: list[Notice] = []
        self.head = Fields(spec.head, command, "", self.notices)
        self.violations: tuple[Violation, ...] = ()
        if not spec.head.validator.is_valid(self.head.values):
            failures = _telling(spec.head.validator.failures(self.head.values))
            self.violations = tuple(_violation(spec, failure, self.head, None) for failure in failures)
        self.has_violations = bool(self.violations)
        """Whether the head or any record breaks its schema."""
        self.kind: ObjectSpec | None = None
        self.records: list[Record] = []
        if spec.records is not None:
            self._read_records(spec, spec.records)

    def _read_records(self, spec: MethodSpec, unit: RecordsSpec) -> None:
        raws = self.head.values.get(unit.field)
        self.kind = unit.kind(self.head.values, spec.update_values)
        if self.kind is not None and self.kind.wrap and isinstance(raws, list):
            # Such a record is a value of the list itself, and is echoed as it was sent (GEN-12).
            raws = self.head.raw[self.head.spelled.get(unit.field, unit.field)]
        if self.kind is None or not isinstance(raws, list):
            return
        pointer = self.head.at((unit.field,)) if self.head.spelled else f"/{unit.field}"
        kind, notices = self.kind, self.notices
        self.records = [Record(kind, raw, index, pointer, notices) for index, raw in enumerate(raws)]
        bodies = [record.values if isinstance(record.raw, dict) else record.raw for record in self.records]
        if kind.list_validator.is_valid(bodies):
            return
        self.has_violations = True
        for record, body in zip(self.records, bodies, strict=True):
            if not kind.validator.is_valid(body):
                record.violations = tuple(
                    _violation(spec, failure, record, record.index)
                    for failure in _telling(kind.validator.failures(body))
                    # Blanks that count as not sent do not make a record one without fields.
                    if not (failure.keyword == "minProperties" and record.raw)
                )


def _telling(failures: Sequence[Failure]) -> list[Failure]:
    """Return the failures without what is only wrong with a value because it is blank."""
    blank = [failure.path for failure in failures if failure.keyword == "x-blank"]
    return [
        failure
        for failure in failures
        if failure.keyword == "x-blank" or not any(failure.path[: len(path)] == path for path in blank)
    ]


def _violation(spec: MethodSpec, failure: Failure, fields: Fields, record: int | None) -> Violation:
    status = failure.node["x-status"][failure.keyword]
    level: Level = "request"
    promoted = None
    if not isinstance(status, int):
        level, promoted, status = "record", status.get("promoted"), status["record"]
    return Violation(
        pointer=fields.at(failure.path),
        field=str(failure.path[0]) if failure.path else "",
        keyword=failure.keyword,
        status=status,
        level=level,
        ledger=failure.node.get("x-ledger") or spec.status(status, level).ledger,
        expected=expected(failure),
        got=got(failure),
        record=record,
        promoted=promoted,
    )


def reason_beside(reading: Reading, ask: Ask) -> int:
    """Return the status of the first broken check of the list ``reason``; 0 when all hold or there is none (DISP-14)."""
    violation = _Judge(reading, ask, by_name).reason()
    return 0 if violation is None else violation.status


def first_refusal(reading: Reading, ask: Ask, explain: Explain = by_name) -> Violation | None:
    """Return the violation that refuses the whole command, or None; then every record knows its failure.

    Request-level checks run over all records before any record is judged on its own (AM-30).
    ``explain`` words a violation for the journal; it is asked only about rules that failed.
    """
    return _Judge(reading, ask, explain).judge()


class _Judge:
    """Walks the precedence lists of one reading."""

    __slots__ = ("_ask", "_explain", "_reading", "_spec")

    def __init__(self, reading: Reading, ask: Ask, explain: Explain) -> None:
        self._reading = reading
        self._spec = reading.spec
        self._ask = ask
        self._explain = explain

    def judge(self) -> Violation | None:
        reading, spec = self._reading, self._spec
        for entry in spec.precedence["request"] if reading.has_violations else spec.rules["request"]:
            if "records" in entry:
                found = self._over_records(entry["records"])
            else:
                found = self._check(entry, reading.head, reading.violations, "request")
            if found is not None:
                return found
        for record in reading.records:
            record.failure = self._record_failure(record)
        failures = [record.failure for record in reading.records if record.failure is not None]
        if spec.promote and failures and len(failures) == len(reading.records):
            return _promoted(spec, failures[0])
        return None

    def reason(self) -> Violation | None:
        head, violations = self._reading.head, self._reading.violations
        for entry in self._spec.precedence.get("reason", ()):
            found = self._check(entry, head, violations, "request")
            if found is not None:
                return found
        return None

    def _over_records(self, entries: Sequence[Mapping[str, Any]]) -> Violation | None:
        rules = [entry for entry in entries if "statuses" not in entry]
        for record in self._reading.records:
            for entry in entries if record.violations else rules:
                if "forced" in entry:
                    if self._wished(record, entry) is not None:
                        break
                    continue
                found = self._check(entry, record, record.violations, "request")
                if found is not None:
                    return found
        return None

    def _wished(self, record: Record, entry: Mapping[str, Any]) -> Violation | None:
        """Return the failure that somebody asked for, by a queued status or by a magic value."""
        return self._queued(record) or _forced(self._spec, record, entry)

    def _record_failure(self, record: Record) -> Violation | None:
        for entry in self._spec.precedence["record"] if record.violations else self._spec.rules["record"]:
            if "forced" in entry:
                found = self._wished(record, entry)
            else:
                found = self._check(entry, record, record.violations, "record")
            if found is not None:
                return found
        return None

    def _queued(self, record: Record) -> Violation | None:
        """Return the failure that was queued for such records (SIM-26)."""
        if self._reading.forced_record is None:
            return None
        status, wanted = self._reading.forced_record
        raw = record.raw if isinstance(record.raw, dict) else {}
        if not wanted(self._reading.head.raw, raw):
            return None
        return _forced_failure(record, "", status, "SIM-26")

    def _check(
        self, entry: Mapping[str, Any], fields: Fields, violations: Sequence[Violation], level: Level
    ) -> Violation | None:
        if "when" in entry and not matches(entry["when"], self._reading.head.values):
            return None
        if "rule" not in entry:
            return _listed(entry, violations, level) if violations else None
        field = entry.get("field")
        if field is not None and field not in fields.values:
            return None
        record = fields if isinstance(fields, Record) else None
        if self._ask(entry["rule"], record):
            return None
        if "warn" in entry:
            self._reading.notices.append(Notice(entry["ledger"], fields.at((field or "",)), entry["warn"]))
            return None
        return _broken_rule(entry, fields, level, self._explain(entry["rule"], record))


def _broken_rule(entry: Mapping[str, Any], fields: Fields, level: Level, told: tuple[str, str]) -> Violation:
    field: str = entry.get("field", "")
    return Violation(
        pointer=fields.at((field,) if field else ()),
        field=field,
        keyword=entry["rule"],
        status=entry["status"],
        level=level,
        ledger=entry["ledger"],
        expected=told[0],
        got=told[1],
        record=fields.index if isinstance(fields, Record) else None,
        promoted=entry.get("promoted"),
    )


def _listed(entry: Mapping[str, Any], violations: Sequence[Violation], level: Level) -> Violation | None:
    field = entry.get("field")
    for status in entry["statuses"]:
        found = [
            violation
            for violation in violations
            if violation.status == status and violation.level == level and field in (None, violation.field)
        ]
        if found:
            # Of several the same one is named whatever order the library found them in.
            return min(found, key=lambda violation: (violation.field, violation.pointer, violation.keyword))
    return None


def _forced(spec: MethodSpec, record: Record, entry: Mapping[str, Any]) -> Violation | None:
    """Return the failure that a magic value asks for (SIM-25, AM-14)."""
    for name, pattern in record.spec.forced.items():
        value = record.values.get(name)
        magic = pattern.fullmatch(value) if isinstance(value, str) else None
        level: Level = "request" if "any" in record.spec.properties[name]["x-force"] else "record"
        if magic is not None and spec.can_force(int(magic[1]), level):
            return _forced_failure(record, name, int(magic[1]), entry["ledger"])
    return None


def _forced_failure(record: Record, field: str, status: int, ledger: str) -> Violation:
    return Violation(
        pointer=record.at((field,) if field else ()),
        field=field,
        keyword=FORCED,
        status=status,
        level="record",
        ledger=ledger,
        expected="no forced status",
        got=excerpt(record.values.get(field)) if field else str(status),
        record=record.index,
    )


def _promoted(spec: MethodSpec, failure: Violation) -> Violation:
    """Return a batch's first failure as that of the whole command (IPD106-28, AM-66)."""
    row = spec.codes("record").get(failure.status)
    status = failure.promoted or (row and row.promoted) or failure.status
    return replace(failure, status=status, level="request", ledger=spec.status(status).ledger)
