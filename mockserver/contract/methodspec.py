"""A method spec: one method's document, expanded for one edition, set of quirks and kind of process."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.normalising import Normaliser
from mockserver.contract.rendering import Shape
from mockserver.contract.validation import Validator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.contract.expansion import Expander
    from mockserver.model import Level

    Documents = Mapping[str, Mapping[str, Any]]

_NOTHING: Final[dict[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One row of a status table (GEN-02): its text, and where it is written."""

    code: int
    text: str
    ledger: str
    evidence: str
    success: bool = False
    word: str = ""
    """What the reply of a record prints instead of the text, where the two differ (MREC-08)."""
    promoted: int | None = None
    """The status of the whole command when every record of a batch failed, first with this one (AM-66)."""


class ObjectSpec:
    """What one object of a command may hold: the command itself, or a record of it.

    ``key`` is the property that the command's update parameter names, ``wrap`` the one whose value
    the whole record is, where records are no objects (records only).
    """

    def __init__(self, schema: Mapping[str, Any], *, fold_case: bool, key: str = "", wrap: str = "") -> None:
        self.schema = schema
        self.key = key
        self.wrap = wrap
        self._fold_case = fold_case
        self.properties: Mapping[str, Mapping[str, Any]] = schema.get("properties", _NOTHING)
        self.roles: dict[str, tuple[str, ...]] = {}
        for name, node in self.properties.items():
            if "x-as" in node:
                self.roles[node["x-as"]] = (*self.roles.get(node["x-as"], ()), name)
        self.unstored = frozenset(n for n, node in self.properties.items() if node.get("x-stored") is False)
        self.defaults = {n: node["default"] for n, node in self.properties.items() if "default" in node}
        self.forced = {
            name: re.compile(node["x-force"]["pattern"])
            for name, node in self.properties.items()
            if "x-force" in node
        }
        self.kept = tuple(name for name, node in self.properties.items() if node.get("x-blank") == "kept")
        """Properties that may be blank and are taken so."""
        self.dialable = {
            name: re.compile(node["x-dialable"])
            for name, node in self.properties.items()
            if "x-dialable" in node
        }

    @cached_property
    def normaliser(self) -> Normaliser:
        """Reader of such objects."""
        return Normaliser(self.schema, fold_case=self._fold_case)

    @cached_property
    def validator(self) -> Validator:
        """Validator of one such object."""
        return Validator(self.schema)

    @cached_property
    def list_validator(self) -> Validator:
        """Validator of a list of such objects."""
        return Validator({"type": "array", "items": self.schema})

    def used(self, role: str, values: Mapping[str, Any]) -> str:
        """Return the property that plays ``role`` in ``values``; if none does, the one that should."""
        names = self.roles.get(role, ())
        for name in names:
            if name in values:
                return name
        return self.key if self.key in names else names[0]

    def echo(self, name: str) -> Mapping[str, Any]:
        """Return the reply members that follow from a property's spelling (IPD106-22, IPD106-23)."""
        echo: Mapping[str, Any] = self.properties[name].get("x-echo", _NOTHING)
        return echo


@dataclass(frozen=True, slots=True)
class RecordsSpec:
    """Where a command's records stand and what they may hold, by the value that chooses among them."""

    field: str
    by: str | None
    kinds: Mapping[str, ObjectSpec]

    def kind(self, head: Mapping[str, Any], values: Mapping[str, Mapping[str, str]]) -> ObjectSpec | None:
        """Return the object spec of the records of a command, or None when nothing valid chooses one."""
        if self.by is None:
            return self.kinds[""]
        chosen = head.get(self.by)
        meaning = values.get(chosen) if isinstance(chosen, str) else None
        return None if meaning is None else self.kinds.get(meaning["key"])


class MethodSpec:
    """One method as it stands for a request.

    ``renamed`` are the fields that the process gives names of its own: that name to the documented one.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        edition: str,
        expander: Expander,
        common: Documents,
        *,
        fold_case: bool,
        renamed: Mapping[str, str] = _NOTHING,
    ) -> None:
        plain: Mapping[str, Any] = expander.expand(document["editions"][edition])
        shared: Mapping[str, Any] = expander.expand(common["common"])
        envelopes: Mapping[str, Any] = expander.expand(common["envelopes"])
        self.name: str = document["method"]
        self.edition = edition
        self.renamed = renamed
        self._document = document
        self.plain = plain
        self.gate = _gate(shared["gate"], plain.get("gate", _NOTHING), document["keys"])
        self.processing_error: int = plain["processing_error"]
        self.head = ObjectSpec(plain["request"], fold_case=fold_case)
        self.records = self._records(fold_case)
        self.precedence: Mapping[str, Sequence[Mapping[str, Any]]] = plain["precedence"]
        self.rules = {
            level: [entry for entry in self.precedence[level] if "statuses" not in entry]
            for level in self.precedence.keys() - {"ledger"}
        }
        """The precedence lists without what only schema violations can answer."""
        self.success = Shape(plain["replies"]["success"]["properties"])
        self.failure = Shape(envelopes[plain["replies"]["failure"]]["properties"])
        self._tables: dict[str, dict[int, StatusRow]] = {
            level: _rows(table) for level, table in plain["statuses"].items()
        }
        self._common = _rows(shared["statuses"])
        request, record = self._tables["request"], self._tables["record"]
        self._rows: dict[str, dict[int, StatusRow]] = {
            "request": {**record, **self._common, **request},
            "record": {**request, **self._common, **record},
        }
        self._always_forcible = frozenset(shared["forced"]["always"])

    def _records(self, fold_case: bool) -> RecordsSpec | None:
        for name, node in self.head.properties.items():
            if "x-record" in node:
                unit = node["x-record"]
                kinds = {
                    key: ObjectSpec(schema, fold_case=fold_case, key=key, wrap=unit.get("wrap", ""))
                    for key, schema in unit["items"].items()
                }
                return RecordsSpec(name, unit.get("by"), kinds)
        return None

    @cached_property
    def promote(self) -> bool:
        """Whether a batch whose records all fail is refused as a whole (IPD106-28)."""
        return bool(self.plain["replies"].get("promote", False))

    @cached_property
    def conduct(self) -> Mapping[str, Any]:
        """How a client should use the method: ``interval``, ``retry``, ``looks``."""
        conduct: Mapping[str, Any] = self._document.get("conduct", _NOTHING)
        return conduct

    @cached_property
    def interval(self) -> float:
        """Real seconds that a client should let pass between two equal commands; 0: it need not."""
        return float(self.conduct.get("interval", 0))

    @cached_property
    def unsafe(self) -> bool:
        """Whether the same command again makes something twice."""
        return self.conduct.get("retry") == "unsafe"

    @cached_property
    def identity(self) -> Sequence[str]:
        """Fields that make a retry the same command again, beside method and process."""
        names: Sequence[str] = self._document.get("identity", _NOTHING).get("command", ())
        return names

    @property
    def record_identity(self) -> Sequence[str]:
        """Fields that identify a record of a batch."""
        names: Sequence[str] = self._document.get("identity", _NOTHING).get("record", ())
        return names

    @cached_property
    def wrap(self) -> str:
        """The property that stands for a whole record, where records are no objects; else empty."""
        kinds = self.records.kinds.values() if self.records else ()
        return next((kind.wrap for kind in kinds), "")

    @cached_property
    def batch(self) -> tuple[str, str, int] | None:
        """Where the records stand, what stands for a whole one, and the code of one that was accepted; None without records."""
        return None if self.records is None else (self.records.field, self.wrap, self.record_success)

    @cached_property
    def answers_as(self) -> Mapping[str, Mapping[str, str]]:
        """Fields whose value may give the method another name in its answers (USR-20): value to name."""
        nodes = self.head.properties.items()
        return {name: node["x-answers-as"] for name, node in nodes if "x-answers-as" in node}

    @cached_property
    def update_values(self) -> Mapping[str, Mapping[str, str]]:
        """Values of the property that chooses the record's kind, each with the key and role it means."""
        by = self.records.by if self.records else None
        values: Mapping[str, Mapping[str, str]] = self.head.properties[by]["x-values"] if by else _NOTHING
        return values

    def status(self, code: int, level: Level = "request") -> StatusRow:
        """Return the row of a code: the method's own of that level, else the common one, else its other level's.

        A code of no table (one forced by example) has no text (GEN-03).
        """
        row = self._rows[level].get(code)
        if row is not None:
            return row
        return StatusRow(code, "", "GEN-03", "by-example")

    def common_status(self, code: int) -> StatusRow:
        """Return the common row of a code, whatever the method's own table says."""
        return self._common[code]

    def codes(self, level: Level) -> Mapping[int, StatusRow]:
        """Return the method's own rows of a level."""
        return self._tables.get(level, {})

    def can_force(self, code: int, level: Level = "request") -> bool:
        """Tell whether a failure of that code may be forced (AM-14)."""
        own = self._tables.get(level, {}).get(code)
        if level == "record":
            return own is not None and not own.success
        if code in self._always_forcible:
            return True
        rows = [table[code] for table in self._tables.values() if code in table]
        return any(not row.success for row in rows)

    @cached_property
    def record_success(self) -> int:
        """The code of a record that was accepted."""
        rows = (*self._tables["record"].values(), self.success_row)
        return next(row.code for row in rows if row.success)

    @cached_property
    def success_row(self) -> StatusRow:
        """The row that says success."""
        return next(row for row in self._tables["request"].values() if row.success)


def _gate(
    steps: Sequence[Mapping[str, Any]], own: Mapping[str, int], keys: Sequence[str]
) -> tuple[Mapping[str, Any], ...]:
    """Return the steps of the gate that concern a method with these keys, with the method's own statuses."""
    return tuple(
        {**step, "status": own.get(step["step"], step["status"])} for step in steps if step["field"] in keys
    )


def _rows(table: Mapping[str, Mapping[str, Any]]) -> dict[int, StatusRow]:
    return {
        int(code): StatusRow(
            int(code),
            row["text"],
            row["ledger"],
            row["evidence"],
            row.get("success", False),
            row.get("word", ""),
            row.get("promoted"),
        )
        for code, row in table.items()
    }
