"""Read a command by its method spec and find the first broken rule, in the order the documents give.

Schema violations are facts about the bytes; rules ask the state (``ask``). Both stand in one
precedence list per level, which is data (GEN-06): a rule is only asked when everything before it
holds, so it may rely on that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.contract.validation import Failure, expected, got
from mockserver.contract.values import as_text
from mockserver.model import Notice, Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mockserver.contract.methodspec import MethodSpec, ObjectSpec

    Ask = Callable[[str, "Reading", "Record | None"], bool]
    """``ask(rule, reading, record)``: whether a rule about the state holds."""


class Fields:
    """An object of a command, read: its values under the roles that Python knows them by."""

    __slots__ = ("pointer", "raw", "spec", "spelled", "values")

    def __init__(self, spec: ObjectSpec, raw: Any, pointer: str, notices: list[Notice]) -> None:
        self.spec = spec
        self.raw = raw
        self.pointer = pointer
        if isinstance(raw, dict):
            self.values, self.spelled = spec.normaliser.read(raw, pointer, notices)
        else:
            self.values, self.spelled = {}, {}

    def get(self, role: str) -> Any:
        """Return the value that plays ``role`` (its default when it was not sent), or None."""
        names = self.spec.roles.get(role)
        if names is None:
            return None
        for name in names:
            if name in self.values:
                return self.values[name]
        return self.spec.defaults.get(names[0])

    def text(self, role: str) -> str:
        """Return the value that plays ``role`` as text; empty when it was not sent."""
        return as_text(self.get(role))

    def as_sent(self, role: str) -> str:
        """Return the value that plays ``role`` exactly as the client sent it, as text (GEN-12, AM-36)."""
        name = self.spec.used(role, self.values)
        raw = self.raw.get(self.spelled.get(name, name)) if isinstance(self.raw, dict) else None
        return as_text(raw)

    def stored(self) -> dict[str, str]:
        """Return what is kept of the object beside the columns that have a place of their own."""
        unstored = self.spec.unstored
        return {key: as_text(value) for key, value in self.values.items() if key not in unstored}

    def at(self, path: Sequence[str | int]) -> str:
        """Return the JSON pointer of a path below this object, in the client's spelling."""
        steps = [self.spelled.get(str(path[0]), path[0]), *path[1:]] if path else []
        return self.pointer + "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


class Record(Fields):
    """One record of a batch command; may fail on its own."""

    __slots__ = ("failure", "index", "violations")

    def __init__(self, spec: ObjectSpec, raw: Any, index: int, pointer: str, notices: list[Notice]) -> None:
        super().__init__(spec, raw, f"{pointer}/{index}", notices)
        self.index = index
        self.violations: tuple[Violation, ...] = ()
        self.failure: Violation | None = None

    @property
    def has_fields(self) -> bool:
        """Whether it is an object that holds anything."""
        return bool(self.raw) and isinstance(self.raw, dict)


class Reading:
    """A command read by its spec: head, records, every violation of the schema, and warnings."""

    __slots__ = ("forced_record", "head", "kind", "notices", "records", "spec", "violations")

    def __init__(
        self, spec: MethodSpec, command: Mapping[str, Any], forced_record: int | None = None
    ) -> None:
        self.spec = spec
        self.forced_record = forced_record
        self.notices: list[Notice] = []
        self.head = Fields(spec.head, command, "", self.notices)
        self.violations: tuple[Violation, ...] = ()
        if not spec.head.validator.is_valid(self.head.values):
            failures = spec.head.validator.failures(self.head.values)
            self.violations = tuple(_violation(failure, self.head, None) for failure in failures)
        self.kind: ObjectSpec | None = None
        self.records: list[Record] = []
        if spec.records is not None:
            self._read_records(spec)

    @property
    def has_violations(self) -> bool:
        """Whether the head or any record breaks its schema."""
        return bool(self.violations) or any(record.violations for record in self.records)

    def _read_records(self, spec: MethodSpec) -> None:
        unit = spec.records
        assert unit is not None
        raws = self.head.values.get(unit.field)
        self.kind = unit.kind(self.head.values, spec.update_values)
        if self.kind is None or not isinstance(raws, list):
            return
        pointer = self.head.at((unit.field,))
        kind, notices = self.kind, self.notices
        self.records = [Record(kind, raw, index, pointer, notices) for index, raw in enumerate(raws)]
        bodies = [record.values if isinstance(record.raw, dict) else record.raw for record in self.records]
        if kind.list_validator.is_valid(bodies):
            return
        for record, body in zip(self.records, bodies, strict=True):
            if not kind.validator.is_valid(body):
                failures = kind.validator.failures(body)
                record.violations = tuple(_violation(failure, record, record.index) for failure in failures)


def _violation(failure: Failure, fields: Fields, record: int | None) -> Violation:
    status = failure.node["x-status"][failure.keyword]
    level = "request"
    promoted = None
    if not isinstance(status, int):
        level, promoted, status = "record", status.get("promoted"), status["record"]
    return Violation(
        pointer=fields.at(failure.path),
        field=str(failure.path[0]) if failure.path else "",
        keyword=failure.keyword,
        status=status,
        level="record" if level == "record" else "request",
        ledger=failure.node.get("x-ledger", ""),
        expected=expected(failure),
        got=got(failure),
        record=record,
        promoted=promoted,
    )


def first_refusal(reading: Reading, ask: Ask) -> Violation | None:
    """Return the violation that refuses the whole command, or None; then every record knows its failure.

    Request-level checks run over all records before any record is judged on its own (AM-30).
    """
    spec = reading.spec
    for entry in spec.precedence["request"] if reading.has_violations else spec.rules["request"]:
        if "records" in entry:
            for found in _over_records(entry["records"], reading, ask):
                return found
        else:
            found_here = _check(entry, reading, None, reading.violations, "request", ask)
            if found_here is not None:
                return found_here
    for record in reading.records:
        record.failure = _record_failure(spec, record, reading, ask)
    if spec.promote and reading.records and all(record.failure for record in reading.records):
        return _promoted(spec, reading.records[0])
    return None


def _over_records(entries: Sequence[Mapping[str, Any]], reading: Reading, ask: Ask) -> Iterator[Violation]:
    rules = [entry for entry in entries if "rule" in entry]
    for record in reading.records:
        for entry in entries if record.violations else rules:
            found = _check(entry, reading, record, record.violations, "request", ask)
            if found is not None:
                yield found


def _record_failure(spec: MethodSpec, record: Record, reading: Reading, ask: Ask) -> Violation | None:
    for entry in spec.precedence["record"] if record.violations else spec.rules["record"]:
        if "forced" in entry:
            found = _forced(spec, record, entry, reading.forced_record)
        else:
            found = _check(entry, reading, record, record.violations, "record", ask)
        if found is not None:
            return found
    return None


def _check(
    entry: Mapping[str, Any],
    reading: Reading,
    record: Record | None,
    violations: Sequence[Violation],
    level: str,
    ask: Ask,
) -> Violation | None:
    if "rule" not in entry:
        return _listed(entry, violations, level) if violations else None
    if record is not None and level == "request" and not record.has_fields:
        return None
    if ask(entry["rule"], reading, record):
        return None
    fields: Fields = reading.head if record is None else record
    field = entry.get("field", "")
    pointer = fields.at((field,) if field else ())
    if "warn" in entry:
        reading.notices.append(Notice(entry["ledger"], pointer, entry["warn"]))
        return None
    return Violation(
        pointer=pointer,
        field=field,
        keyword=entry["rule"],
        status=entry["status"],
        level="record" if level == "record" else "request",
        ledger=entry["ledger"],
        expected=entry["rule"].replace("_", " "),
        got=as_text(fields.values.get(field))[:80] if field else "",
        record=None if record is None else record.index,
        promoted=entry.get("promoted"),
    )


def _listed(entry: Mapping[str, Any], violations: Sequence[Violation], level: str) -> Violation | None:
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


def _forced(
    spec: MethodSpec, record: Record, entry: Mapping[str, Any], queued: int | None
) -> Violation | None:
    """Return the failure that was queued for the records, or that a magic value asks for (SIM-25, SIM-26)."""
    if queued is not None:
        return Violation(
            record.pointer,
            "",
            "forced",
            queued,
            "record",
            "SIM-26",
            "no forced status",
            str(queued),
            record.index,
        )
    for name, pattern in record.spec.forced.items():
        value = record.values.get(name)
        magic = pattern.fullmatch(value) if isinstance(value, str) else None
        if magic is not None and spec.can_force(int(magic[1]), "record"):
            return Violation(
                record.at((name,)),
                name,
                "forced",
                int(magic[1]),
                "record",
                entry["ledger"],
                "anything but a magic value",
                value,
                record.index,
            )
    return None


def _promoted(spec: MethodSpec, record: Record) -> Violation:
    """Return a batch's first failure as that of the whole command (IPD106-28, AM-66)."""
    failure = record.failure
    assert failure is not None
    return Violation(
        failure.pointer,
        failure.field,
        failure.keyword,
        failure.promoted or failure.status,
        "request",
        spec.status(failure.promoted or failure.status).ledger,
        failure.expected,
        failure.got,
        failure.record,
    )
