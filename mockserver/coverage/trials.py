"""Trials: commands made from the documents, each with the rows that it will touch.

They are printed commands, the provocations of the documents, and printed commands with one field changed.
What a trial touches is worked out from the documents alone, as if the state had no objection; the tests
send every one that is suggested to a real sandbox.
"""

from __future__ import annotations

from itertools import chain
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from mockserver.contract.checking import Reading, first_refusal
from mockserver.contract.expansion import merge
from mockserver.contract.provoking import LISTED, base, before, provocations, readings, text_of
from mockserver.coverage.rows import default_spec, field_row, status_row
from mockserver.coverage.touching import touched
from mockserver.model import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.methodspec import MethodSpec
    from mockserver.coverage.rows import Row

    Command = Mapping[str, Any]

_MOMENT: Final = "2030-01-02 09:30:00"
_WRONG: Final = ("@@", "x" * 300, {"a": "b"}, 1.5, [1], "2030-1-2", "12")
_BLANK: Final[tuple[Any, ...]] = ("", None, [])
_PLAIN: Final = ("1", "abc", ["1"])


class Trial(NamedTuple):
    """A command ready to be sent: the text behind ``data=``, headers beside it, commands before it, and its rows."""

    data: str
    headers: Mapping[str, str]
    before: tuple[str, ...]
    rows: frozenset[Row]


class Trials:
    """The trials of one method in one edition."""

    def __init__(self, catalogue: Catalogue, method: str, edition: str) -> None:
        self._catalogue = catalogue
        self._document = catalogue.methods[method]
        self._method = method
        self._edition = edition
        self._spec = default_spec(catalogue, method, edition)
        self._words: Mapping[str, str] = catalogue.common["keys"]
        self._bases = [
            (each["command"], tuple(before(catalogue, each.get("after"))))
            for each in self._document["examples"]
            if each["edition"] == edition and _succeeds(self._spec, each["reply"])
        ] or [base(catalogue, method, edition)]

    def printed(self) -> Iterator[Trial]:
        """Yield what the documents print or list: examples, provocations, keys the gate refuses, cut-off JSON."""
        for command, first in self._bases:
            rows = self._predicted(self._spec, command)
            if status_row(self._spec, "request", self._spec.success_row.code) in rows:
                yield self._trial(command, first, rows)
        command, first = base(self._catalogue, self._method, self._edition)
        for each in self._document.get("accepted", ()):
            if each["edition"] == self._edition:
                changed = merge(command, each["change"])
                yield self._trial(changed, first, self._predicted(self._spec, changed))
        for each in provocations(self._catalogue, self._method):
            if each.edition == self._edition:
                rows = self._provoked(each.data, each.status, each.level, each.quirks)
                headers = readings(self._edition, each.quirks)
                yield Trial(each.data, headers, tuple(map(text_of, each.before)), rows)
        yield from self._gate(command, first)

    def _gate(self, command: Command, first: tuple[Command, ...]) -> Iterator[Trial]:
        """Yield keys that each step of the gate refuses, and a command that is cut off."""
        for step in self._spec.gate:
            changed = merge(command, self._catalogue.common[LISTED][step["step"]])
            yield self._trial(changed, first, self._refused(step, "invalid"))
        cut = status_row(self._spec, "request", self._catalogue.common["malformed"]["status"])
        headers = readings(self._edition, NOTHING)
        yield Trial(text_of(command)[:-1], headers, tuple(map(text_of, first)), frozenset({cut}))

    def changed(self, row: Row) -> Iterator[Trial]:
        """Yield printed commands with the row's field changed to its condition."""
        if row.place == "command" and row.field in self._words.values() and row.status:
            command, first = self._bases[0]
            step = next(step for step in self._spec.gate if self._words[step["field"]] == row.field)
            value = _without(command, row.field) if row.condition == "absent" else {**command, row.field: ""}
            yield self._trial(value, first, self._refused(step, row.condition))
            return
        for command, first in chain(self._bases, self._widened()):
            for changed in self._changes(command, row):
                yield self._trial(changed, first, self._predicted(self._spec, changed))

    def _widened(self) -> Iterator[tuple[Command, tuple[Command, ...]]]:
        """Yield the commands of provocations, which bring fields that no printed command has."""
        for listed in self._document.get(LISTED, ()):
            if listed["edition"] == self._edition and "quirks" not in listed and "text" not in listed:
                printed = base(self._catalogue, self._method, self._edition, listed.get("from"))
                yield merge(printed.command, listed.get("change", NOTHING)), printed.before

    def _changes(self, command: Command, row: Row) -> Iterator[Command]:
        if row.place == "command":
            yield from self._variants(command, row)
            return
        unit = self._spec.records
        if unit is None or not isinstance(command.get(unit.field), list) or not command[unit.field]:
            return
        first = command[unit.field][0]
        if self._spec.wrap:
            for value in self._values(row):
                yield {**command, unit.field: [value, first]}
            return
        if isinstance(first, dict):
            for record in self._variants(first, row):
                yield {**command, unit.field: [record]}
                for value, kind in self._spec.update_values.items():
                    wanted = self._harvest(kind["key"])
                    keyed = (
                        {kind["key"]: wanted[0], **record} if wanted and kind["key"] != row.field else record
                    )
                    yield {**command, unit.by or "": value, unit.field: [keyed]}

    def _variants(self, fields: Mapping[str, Any], row: Row) -> Iterator[dict[str, Any]]:
        asking = self._spec.head.schema.get("dependentRequired", NOTHING)
        alone = _without(fields, *(name for name in asking if row.field in asking[name]))
        for rest in (fields, *([alone] if len(alone) < len(fields) else [])):
            if row.condition == "absent":
                yield _without(rest, row.field)
            else:
                yield from ({**rest, row.field: value} for value in self._values(row))

    def _values(self, row: Row) -> list[Any]:
        nodes = self._nodes(row)
        if row.condition == "blank":
            return list(_BLANK)
        if row.condition == "invalid":
            return [*chain.from_iterable(node.get("x-refuses", ()) for node in nodes), *_WRONG]
        listed = chain.from_iterable(node.get("enum", ())[:1] for node in nodes)
        roles = {node["x-as"] for node in nodes if "x-as" in node}
        alike = [name for role in roles for name in self._playing(role) if name != row.field]
        return [*chain.from_iterable(map(self._harvest, (row.field, *alike))), *listed, _MOMENT, *_PLAIN]

    def _nodes(self, row: Row) -> list[Mapping[str, Any]]:
        kinds = [self._spec.head]
        if row.place == "record" and self._spec.records is not None:
            kinds = list(self._spec.records.kinds.values())
        return [kind.properties.get(row.field, NOTHING) for kind in kinds]

    def _playing(self, role: str) -> Iterator[str]:
        """Yield the fields of commands that play a role, in any method: what one takes, another may take."""
        for method, document in self._catalogue.methods.items():
            for edition in document["editions"]:
                yield from default_spec(self._catalogue, method, edition).head.roles.get(role, ())

    def _harvest(self, name: str) -> list[Any]:
        """Return the values that printed commands have for a field of that name, those of the method first."""
        found: list[Any] = []
        for document in (self._document, *self._catalogue.methods.values()):
            for example in document["examples"]:
                command = example["command"]
                spec = default_spec(self._catalogue, document["method"], example["edition"])
                if not _succeeds(spec, example["reply"]):
                    continue
                lists = (value for value in command.values() if isinstance(value, list))
                for fields in (command, *(each for each in chain(*lists) if isinstance(each, dict))):
                    if name in fields and fields[name] not in found:
                        found.append(fields[name])
        return found

    def _trial(self, command: Command, first: tuple[Command, ...], rows: frozenset[Row]) -> Trial:
        headers = readings(self._edition, NOTHING)
        return Trial(text_of(command), headers, tuple(map(text_of, first)), rows)

    def _refused(self, step: Mapping[str, Any], condition: str) -> frozenset[Row]:
        status, name = step["status"], self._words[step["field"]]
        row = field_row(self._spec, "command", name, condition, ("request", status))
        return frozenset({row, status_row(self._spec, "request", status)})

    def _provoked(self, data: str, status: int, level: Any, quirks: Mapping[str, str]) -> frozenset[Row]:
        """Return what a provocation touches: its status, and the field that the document or a rule names for it."""
        told = {status_row(self._spec, level, status)}
        chosen = {**self._catalogue.quirks.defaults, **quirks, "edition": self._edition}
        spec = self._catalogue.spec(self._method, chosen)
        command = _parsed(data)
        if command is None:
            return frozenset(told)
        rows = self._predicted(spec, command)
        if told & rows:
            return rows
        return frozenset(told | set(self._ruled(spec, command, status)))

    def _ruled(self, spec: MethodSpec, command: Command, status: int) -> Iterator[Row]:
        """Yield the rows of rules about the state that answer so and are about a field the command has."""
        unit = spec.records
        records = command.get(unit.field) if unit is not None else None
        there = {name for each in records or () if isinstance(each, dict) for name in each} | {spec.wrap}
        lists = (
            ("command", "request", spec.precedence["request"]),
            ("record", "request", [each for top in spec.precedence["request"] for each in top.get("records", ())]),
            ("record", "record", spec.precedence["record"]),
        )  # fmt: skip
        for place, level, entries in lists:
            for entry in entries:
                if "rule" in entry and entry.get("status") == status:
                    name = entry.get("field", "")
                    if name and name in (command if place == "command" else there):
                        yield field_row(spec, place, name, "invalid", (level, status))
                        return

    def _predicted(self, spec: MethodSpec, command: Command) -> frozenset[Row]:
        """Return what a command touches if its keys are good and the state has no objection."""
        reading = Reading(spec, command)
        refusal = first_refusal(reading, lambda *_: True)
        failed = tuple(record.failure for record in reading.records if record.failure is not None)
        status = spec.success_row.code if refusal is None else refusal.status
        call = SimpleNamespace(reading=reading, head=reading.head)
        exchange: Any = SimpleNamespace(
            spec=spec, call=call, command=command, violation=refusal, late=None, status=status,
            failed_records=failed,
        )  # fmt: skip
        return touched(exchange)


def _succeeds(spec: MethodSpec, reply: Mapping[str, Any]) -> bool:
    """Tell whether a printed reply is that of a success: its keys, and the constants among them."""
    shape = spec.success.properties
    return all(
        name in shape and ("const" not in shape[name] or shape[name]["const"] == value)
        for name, value in reply.items()
    )


def _without(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key not in names}


def _parsed(data: str) -> Command | None:
    try:
        command = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    return command if isinstance(command, dict) else None
