"""What the Postman collection asks: every printed example and every failure, with the answer to expect.

Worked out from the documents alone, so that what they gain the collection gains too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mockserver.contract.expansion import NO_TRAITS, merge
from mockserver.contract.rendering import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.methodspec import MethodSpec, StatusRow

    Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer must be: its ``keys`` in order, and the values of those members known beforehand.

    ``records`` names the member whose elements must hold one like ``record``. ``printed`` is the
    whole reply if the documents print it, ``free`` the paths in it that differ each time.
    """

    keys: tuple[str, ...]
    words: Document = field(default_factory=dict)
    records: str = ""
    record: Document = field(default_factory=dict)
    printed: Document | None = None
    free: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One request: what is sent, under which reading, after which examples, and the answer to expect.

    ``sent`` is the JSON text, ``rule`` the ledger row that decides (AM-62), ``before`` are ids of examples.
    """

    name: str
    about: str
    edition: str
    sent: str
    rule: str
    expected: Expected
    quirks: Mapping[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()


class Cases:
    """The cases of every method of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._keys: Mapping[str, str] = catalogue.common["keys"]
        self.examples: Mapping[str, Document] = {
            example["id"]: example for method in catalogue.methods.values() for example in method["examples"]
        }
        """Every printed example by its id."""

    def of(self, name: str) -> list[Case]:
        """Return a method's cases: what is printed, then what fails, then what its keys are refused for."""
        method = self._catalogue.methods[name]
        cases = [self._as_printed(method, example) for example in method["examples"]]
        for edition in method["editions"]:
            if all(example["edition"] != edition for example in method["examples"]):
                cases.append(self._unprinted(method, edition))
            cases += self._provoked(method, edition)
            cases += self._not_let_in(method, edition)
        return _named_apart(_each_once(cases))

    def _as_printed(self, method: Document, example: Document) -> Case:
        spec = self._spec(method, example["edition"])
        reply, members = example["reply"], self._failure(spec, {})
        told = next(key for key, node in members.items() if node.get("x-from") == "status")
        row = spec.status(int(reply[told])) if told in reply else spec.success_row
        name = example["id"] if row.success else f"{example['id']}: {_titled(row)}"
        expected = Expected(tuple(reply), printed=reply, free=tuple(example["free"]))
        before = self._chain([example["after"]] if "after" in example else [])
        about = f"{example['id']} as the documents print it."
        sent = pretty(example["command"])
        return Case(name, about, spec.edition, sent, row.ledger, expected, before=before)

    def _unprinted(self, method: Document, edition: str) -> Case:
        """Return a good command of a method of which the documents print none."""
        spec = self._spec(method, edition)
        members = spec.plain["replies"]["success"]["properties"]
        expected = Expected(tuple(members), _told(members, {}))
        sent, row = pretty(self._base(method, edition, "")), spec.success_row
        return Case("The keys alone", "No example is printed.", edition, sent, row.ledger, expected)

    def _provoked(self, method: Document, edition: str) -> Iterator[Case]:
        for entry in method.get("provocations", ()):
            if entry["edition"] != edition:
                continue
            quirks, level = entry.get("quirks", {}), entry.get("level", "request")
            spec = self._spec(method, edition, quirks)
            source, change = entry.get("from", self._first(method, edition)), entry.get("change", {})
            text = entry.get("text")
            command = {} if text is not None else merge(self._base(method, edition, source), change)
            code = entry["status"]
            row = self._row(spec, code, command) if level == "request" else spec.status(code, level)
            case = self._refused(spec, row, command, quirks)
            case = case if level == "request" else self._with_record(case, spec, row)
            made = f"It is {source or 'the keys alone'} with {json.dumps(change, ensure_ascii=False)}."
            yield replace(
                case,
                about=f"{case.about} {made}"
                if text is None
                else f"{case.about} The text is no JSON command.",
                sent=case.sent if text is None else text,
                quirks=quirks,
                before=self._chain(entry.get("after", ())),
            )

    def _not_let_in(self, method: Document, edition: str) -> Iterator[Case]:
        """Yield what reaches no method: keys that the gate refuses, and JSON that is none."""
        spec = self._spec(method, edition)
        command = self._base(method, edition, self._first(method, edition))
        for step in spec.gate:
            changed = merge(command, self._refused_keys(spec, step))
            if changed != command:
                case = self._refused(spec, self._row(spec, step["status"], changed), changed, {})
                yield replace(case, about=f"{case.about} It would take {step['expected']}.")
        row = spec.status(self._catalogue.common["malformed"]["status"])
        cut = self._refused(spec, row, {self._keys["method"]: spec.name}, {})
        yield replace(cut, sent=pretty(command).removesuffix("}"), about=f"{cut.about} The JSON is cut off.")

    def _refused_keys(self, spec: MethodSpec, step: Document) -> Document:
        """Return the keys of the sample data that a step of the gate refuses, of those the method has."""
        own = {self._keys[key] for key in self._catalogue.methods[spec.name]["keys"]}
        change = self._catalogue.common.get("provocations", {}).get(step["step"], {})
        return {name: value for name, value in change.items() if name in own}

    def _row(self, spec: MethodSpec, code: int, command: Document) -> StatusRow:
        """Return the row that refuses a command: the method's own, else that of the gate's step (AM-62)."""
        row = spec.status(code)
        if code not in spec.codes("request"):
            for step in spec.gate:
                keys = self._refused_keys(spec, step)
                if keys and step["status"] == code and keys.items() <= command.items():
                    return replace(row, ledger=step["ledger"])
        return row

    def _refused(
        self, spec: MethodSpec, row: StatusRow, command: Document, quirks: Mapping[str, str]
    ) -> Case:
        """Return the case of a command that is refused as a whole."""
        members = self._failure(spec, quirks)
        words = _told(members, {"method": _answering(spec, command), "status": row.code, "text": row.text})
        about = f"The command is refused: {_titled(row)}."
        expected = Expected(tuple(members), words)
        return Case(_titled(row), about, spec.edition, pretty(command), row.ledger, expected)

    def _with_record(self, case: Case, spec: MethodSpec, row: StatusRow) -> Case:
        """Return the case of a command that is accepted while a record of it fails."""
        members = spec.plain["replies"]["success"]["properties"]
        name = next(key for key, node in members.items() if "items" in node and node["x-from"] == "records")
        known = {
            "status": row.code,
            "text": row.word or row.text or self._catalogue.common["forced"]["text"],
        }
        nodes = members[name]["items"]["properties"].items()
        record = _told({key: node for key, node in nodes if node.get("x-from") in known}, known)
        expected = Expected(tuple(members), _told(members, {}), name, record)
        about = f"A record fails: {_titled(row)}."
        rule = spec.success_row.ledger
        return replace(case, name=f"Record: {_titled(row)}", about=about, rule=rule, expected=expected)

    def _spec(self, method: Document, edition: str, quirks: Mapping[str, str] | None = None) -> MethodSpec:
        return self._catalogue.spec(method["method"], self._quirks(edition, quirks or {}))

    def _quirks(self, edition: str, quirks: Mapping[str, str]) -> dict[str, str]:
        return {**self._catalogue.quirks.defaults, **quirks, "edition": edition}

    def _failure(self, spec: MethodSpec, quirks: Mapping[str, str]) -> Document:
        """Return the members of a method's failure envelope."""
        envelope = self._catalogue.envelopes[spec.plain["replies"]["failure"]]
        expander = self._catalogue.expander(self._quirks(spec.edition, quirks), NO_TRAITS, {})
        members: Document = expander.expand(envelope["properties"])
        return members

    def _first(self, method: Document, edition: str) -> str:
        """Return the id of the first printed example of an edition; without one, nothing."""
        return next((each["id"] for each in method["examples"] if each["edition"] == edition), "")

    def _base(self, method: Document, edition: str, example: str) -> Document:
        """Return the command of an example; of none, the method with keys that others print."""
        if example:
            command: Document = self.examples[example]["command"]
            return command
        names = [self._keys[key] for key in method["keys"]]
        others = (each["command"] for each in self.examples.values() if each["edition"] == edition)
        lender = next(command for command in others if all(name in command for name in names))
        return {self._keys["method"]: method["method"], **{name: lender[name] for name in names}}

    def _chain(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Return these examples, each behind those that it comes after itself."""
        chain: tuple[str, ...] = ()
        for name in ids:
            earlier = self.examples[name].get("after")
            chain += (*self._chain([earlier] if earlier else []), name)
        return chain


def pretty(document: Any) -> str:
    """Return JSON as people read it."""
    return json.dumps(document, indent=2, ensure_ascii=False)


def _told(members: Document, known: Document) -> dict[str, Any]:
    """Return those members of a reply whose values are known beforehand."""
    found = {}
    for key, node in members.items():
        if "const" in node:
            found[key] = node["const"]
            continue
        value = known.get(node["x-from"])
        if value in (None, ""):
            if node["x-from"] in known and "x-default" in node:
                found[key] = node["x-default"]
        else:
            found[key] = FORMATS[node["x-format"]](value) if "x-format" in node else value
    return found


def _answering(spec: MethodSpec, command: Document) -> str:
    """Return the name a method answers under (USR-20)."""
    for name, names in spec.answers_as.items():
        value = command.get(name)
        if isinstance(value, str) and value in names:
            return names[value]
    return spec.name


def _titled(row: StatusRow) -> str:
    return f"{row.code} {row.text}".strip()


def _each_once(cases: Iterable[Case]) -> list[Case]:
    """Return the cases without those that send the same under the same conditions as an earlier one."""
    found: dict[Any, Case] = {}
    for case in cases:
        found.setdefault((case.edition, case.sent, tuple(case.quirks.items()), case.before), case)
    return list(found.values())


def _named_apart(cases: Sequence[Case]) -> list[Case]:
    """Return the cases with a number behind each name that was there before, of its edition."""
    seen: dict[tuple[str, str], int] = {}
    found = []
    for case in cases:
        count = seen[case.edition, case.name] = seen.get((case.edition, case.name), 0) + 1
        found.append(case if count == 1 else replace(case, name=f"{case.name} ({count})"))
    return found
