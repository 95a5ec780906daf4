"""``jodo-mock matrix``: every status of every method, brought about and compared with the documents.

Each trigger is sent to a fresh sandbox of the golden sample data, in this process. Natural triggers are
the provocations of the documents, printed examples for the successes, the keys that the gate refuses and
JSON that is cut off; forced ones are the magic values (AM-14).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from mockserver.contract.catalogue import Catalogue
from mockserver.contract.documents import known
from mockserver.contract.expansion import merge
from mockserver.contract.provoking import LISTED, base, before, provocations, readings, text_of
from mockserver.errors import UnknownMethod
from mockserver.judging import Expected, faults_of, is_success
from mockserver.magic import magic_fields, magic_records, magic_servicekeys
from mockserver.methods import OUTCOMES
from mockserver.methods.rules import RULES
from mockserver.model import NOTHING, Inbound
from mockserver.paths import data_dir
from mockserver.pipeline import serve
from mockserver.registry import SandboxRegistry
from mockserver.sandbox import Plan, World
from mockserver.seeding import load_preset
from mockserver.settings import ENDPOINT, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mockserver.contract.methodspec import MethodSpec, StatusRow
    from mockserver.magic import Magic
    from mockserver.model import Exchange, Level

    Key = tuple[str, str, Level, int]
    """Method, edition, level and status of a line."""

Result = Literal["passed", "failed", "none", "not forcible"]

_LEVELS: Final[tuple[Level, ...]] = ("request", "record")
_AT: Final = datetime.fromisoformat("2024-10-30 12:14:46")
"""Where the clock of every sandbox stands: a time the documents print, so that no run differs from another."""


_HEADERS: Final[Mapping[str, str]] = {"content-type": "text/html"}
"""What the documents send a command with (TRN-03)."""


class Trigger(NamedTuple):
    """One request that must bring a status about: what is sent as ``data``, and what the answer must say."""

    about: str
    data: str
    expected: Expected
    quirks: Mapping[str, str] = NOTHING
    before: Sequence[Mapping[str, Any]] = ()
    value: Mapping[str, str] = NOTHING
    """The magic value and its field, if it forces the status."""


@dataclass
class Line:
    """One status of a method, with what became of its triggers.

    ``source`` says where the method has the status from: its own ``table``, the ``common`` ones, or no
    table at all, so that it can be ``forced`` only (AM-14). ``triggers`` tells of each what was ``sent``
    behind ``data=``, the ``headers`` beside it, the commands ``before`` it with the same headers,
    and the ``magic`` value by its field.
    """

    method: str
    edition: str
    level: Level
    status: int
    text: str
    rule: str
    evidence: str
    source: Literal["table", "common", "forced"]
    natural: Result = "none"
    forced: Result = "not forcible"
    problems: list[str] = field(default_factory=list)
    triggers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether any trigger was answered otherwise than the documents say."""
        return bool(self.problems)

    def shown(self) -> dict[str, Any]:
        """Return the line as plain JSON."""
        return dict(vars(self))


def play(method: str | None = None) -> list[Line]:
    """Play every trigger of one method, or of all, and return the lines in the order of the documents.

    Raises InvalidDocument when the documents cannot be loaded, UnknownMethod for a method there is not.
    """
    catalogue = Catalogue.load(data_dir("schemas"), RULES, OUTCOMES)
    if method is not None and method not in catalogue.methods:
        raise UnknownMethod(f"no method {method[:60]!r}; expected {known(list(catalogue.methods), method)}")
    names = list(catalogue.methods) if method is None else [method]
    theatre = _Theatre(catalogue)
    lines: list[Line] = []
    for name in names:
        for edition in catalogue.methods[name]["editions"]:
            lines += _Stage(catalogue, name, edition, theatre).lines()
    return lines


class _Theatre:
    """Fresh sandboxes of the golden sample data, one for each trigger."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._registry = SandboxRegistry(World(catalogue, Settings().timezone, 1, NOTHING), load_preset)

    def answer(self, trigger: Trigger, edition: str) -> Exchange:
        """Return what became of a trigger's request."""
        sandbox = self._registry.create(Plan(clock="frozen", at=_AT), mint=False)
        asked = {name.lower(): value for name, value in readings(edition, trigger.quirks).items()}
        for data in (*map(text_of, trigger.before), trigger.data):
            inbound = Inbound("POST", ENDPOINT, b"", {**_HEADERS, **asked}, f"data={data}".encode())
            serve(inbound, sandbox, self._catalogue, edition)
        self._registry.drop(sandbox.key)
        found: Exchange = next(sandbox.journal.newest_first())
        return found


class _Stage:
    """One method in one edition: its lines, its triggers."""

    def __init__(self, catalogue: Catalogue, method: str, edition: str, theatre: _Theatre) -> None:
        self._catalogue = catalogue
        self._method = method
        self._edition = edition
        self._theatre = theatre
        self._base = base(catalogue, method, edition)
        self._lines: dict[tuple[Level, int], Line] = {}

    def lines(self) -> list[Line]:
        for level, row, _ in self._table():
            self._line(level, row, "table")
        for source, level, trigger in (*self._natural(), *self._common()):
            self._note(self._line(level, trigger.expected.row, source), trigger, "natural")
        for level, trigger in self._forced():
            self._note(self._line(level, trigger.expected.row, "forced"), trigger, "forced")
        return list(self._lines.values())

    def _line(self, level: Level, row: StatusRow, source: Any) -> Line:
        key = (level, row.code)
        if key not in self._lines:
            self._lines[key] = Line(
                self._method, self._edition, level, row.code, row.text, row.ledger, row.evidence, source
            )
        return self._lines[key]

    def _note(self, line: Line, trigger: Trigger, kind: Literal["natural", "forced"]) -> None:
        exchange = self._theatre.answer(trigger, self._edition)
        faults = faults_of(exchange, trigger.expected)
        line.problems += [f"{trigger.about}: {fault}" for fault in faults]
        result = "failed" if faults else "passed"
        if faults or getattr(line, kind) != "failed":
            setattr(line, kind, result)
        line.triggers.append(
            {
                "kind": kind,
                "about": trigger.about,
                "magic": dict(trigger.value),
                "headers": readings(self._edition, trigger.quirks),
                "before": list(map(text_of, trigger.before)),
                "sent": trigger.data,
                "result": result,
            }
        )

    def _spec(self, quirks: Mapping[str, str] = NOTHING) -> MethodSpec:
        chosen = {**self._catalogue.quirks.defaults, **quirks, "edition": self._edition}
        return self._catalogue.spec(self._method, chosen)

    def _table(self) -> Iterator[tuple[Level, StatusRow, Mapping[str, str]]]:
        """Yield the rows of the method's own tables, each with quirks under which it is there."""
        listed = self._catalogue.methods[self._method].get(LISTED, ())
        tables = self._catalogue.methods[self._method]["editions"][self._edition]["statuses"]
        choices = [NOTHING, *(each["quirks"] for each in listed if "quirks" in each)]
        for level in _LEVELS:
            for code in map(int, tables[level]):
                there = (quirks for quirks in choices if code in self._spec(quirks).codes(level))
                quirks = next(there, NOTHING)
                yield level, self._spec(quirks).status(code, level), quirks

    def _natural(self) -> Iterator[tuple[str, Level, Trigger]]:
        """Yield the provocations of the method's document, and its successes."""
        for each in provocations(self._catalogue, self._method):
            if each.edition == self._edition:
                spec = self._spec(each.quirks)
                row = spec.status(each.status, each.level)
                own = each.status in spec.codes(each.level)
                also = () if own else tuple(_step_row(spec, step) for step in spec.gate)
                expected = Expected(row, spec, each.level, also=also)
                source = "table" if own else "common"
                yield source, each.level, Trigger(each.about, each.data, expected, each.quirks, each.before)
        yield from self._successes()

    def _successes(self) -> Iterator[tuple[str, Level, Trigger]]:
        spec = self._spec()
        examples = [
            (each["id"], each["command"], before(self._catalogue, each.get("after")))
            for each in self._catalogue.methods[self._method]["examples"]
            if each["edition"] == self._edition and is_success(spec, each["reply"])
        ]
        for name, command, first in examples or [("smallest command", *self._base)]:
            for level in _LEVELS:
                for row in spec.codes(level).values():
                    if row.success:
                        expected = Expected(row, spec, level)
                        yield "table", level, Trigger(name, text_of(command), expected, NOTHING, first)

    def _common(self) -> Iterator[tuple[str, Level, Trigger]]:
        """Yield the keys that the gate refuses, and JSON that is cut off (TRN-31)."""
        spec, common = self._spec(), self._catalogue.common
        for step in spec.gate:
            data = text_of(merge(self._base.command, common[LISTED][step["step"]]))
            row = _step_row(spec, step)
            source = "table" if row.code in spec.codes("request") else "common"
            yield source, "request", Trigger(f"gate {step['step']}", data, Expected(row, spec, "request"))
        row = spec.status(common["malformed"]["status"])
        cut = text_of(self._base.command)[:-1]
        source = "table" if row.code in spec.codes("request") else "common"
        yield source, "request", Trigger("malformed", cut, Expected(row, spec, "request"))

    def _forced(self) -> Iterator[tuple[Level, Trigger]]:
        """Yield every magic value; a row that only some quirks know is forced under those."""
        yield from self._magic(NOTHING)
        default = self._spec()
        for level, row, quirks in self._table():
            if quirks and not default.can_force(row.code, level) and not row.success:
                yield from (each for each in self._magic(quirks) if each[1].expected.row.code == row.code)

    def _magic(self, quirks: Mapping[str, str]) -> Iterator[tuple[Level, Trigger]]:
        spec, catalogue = self._spec(quirks), self._catalogue
        keys = magic_servicekeys(spec, catalogue)
        for each in (*([keys] if keys is not None else ()), *magic_fields(spec, catalogue)):
            for value, row in each.values.items():
                data = text_of({**self._base.command, each.field: value})
                expected = Expected(row, spec, "request", forced=True)
                forcing = {each.field: value}
                yield "request", Trigger(value, data, expected, quirks, self._base.before, forcing)
        for each in magic_records(spec, catalogue):
            yield from self._records(spec, each, quirks)

    def _records(
        self, spec: MethodSpec, magic: Magic, quirks: Mapping[str, str]
    ) -> Iterator[tuple[Level, Trigger]]:
        """Yield a printed command with a record before its own that is to fail, for each value of a field."""
        unit = spec.records
        if unit is None:
            return
        for example in self._catalogue.methods[self._method]["examples"]:
            command = example["command"]
            first = command.get(unit.field, [None])[0]
            if example["edition"] != self._edition or not is_success(spec, example["reply"]):
                continue
            if isinstance(first, dict) and magic.field not in first:
                continue
            for value, row in magic.values.items():
                record = {**first, magic.field: value} if isinstance(first, dict) else value
                data = text_of({**command, unit.field: [record, first]})
                expected = Expected(row, spec, "record", forced=True)
                yield "record", Trigger(value, data, expected, quirks, (), {magic.field: value})
            return


def _step_row(spec: MethodSpec, step: Mapping[str, Any]) -> StatusRow:
    """Return the row that a refusal of the gate names: the method's own, else that of the step (AM-62)."""
    code: int = step["status"]
    row = spec.status(code)
    return (
        row
        if code in spec.codes("request")
        else replace(row, ledger=step["ledger"], evidence=step["evidence"])
    )
