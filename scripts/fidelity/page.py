"""Write the page: a summary, a table for each section of the ledger, the errata, the quirks and the amendments."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from scripts.fidelity.markdown import cell, code, short, table
from scripts.fidelity.states import KINDS, METHODS, MISSING, UNPROVEN, flips

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.quirks import Quirk
    from scripts.fidelity.states import Facts

_QUESTION: Final = re.compile(r"(?s)(.*?): (.*) / (.*)\. Decision: (.*)\. Quirk: (.*)")
"""How the ledger writes down a question: topic, both readings, what was decided, and what flips it."""

_OTHERS: Final[Mapping[str, str]] = {
    "GEN": "General principles",
    "TRN": "Transport",
    "AUTH": "Authentication and failure envelopes",
    "REF": "Reference tables",
    "SIM": "Simulated behaviour",
    "SEED": "Sample data",
}
_LISTS: Final[Mapping[str, str]] = {"E": "Errata", "GV": "Golden vectors", "AM": "Amendments"}

_INTRODUCTION: Final = """\
# Fidelity

What this sandbox does about each statement of the documents it imitates. Nothing here is written by hand: `make fidelity`
works the page out from [the ledger](schemas/ledger.json), the contract documents in [schemas](schemas), the code and the
tests, and the tests fail when it is not what they say. Decisions that need more words than a row, and what the tests still
owe, are in [the fidelity notes](docs/fidelity.md).

DOC-106 is "Jodo API - Customer Functionality documentation", version 1.0.6; DOC-WEB is the older document of the web
service. `L12` is line 12 of a document's text, from top to bottom; *amendments* are decisions of this project. A dash as
source means that the documents are silent.

Evidence: *stated* in prose or in a table, *by-example* read off a printed payload, *site* from the vendor's public pages,
*client* seen in a published client, *inferred* decided here because the documents are silent or contradict themselves.
"""


class Page:
    """The page about one set of facts."""

    def __init__(self, facts: Facts, catalogue: Catalogue) -> None:
        self._facts = facts
        self._catalogue = catalogue
        self._quirks: dict[str, Quirk] = {quirk.name: quirk for quirk in catalogue.quirks}
        self._sections: dict[str, list[str]] = {}
        for name in facts.rows:
            self._sections.setdefault(name.rpartition("-")[0], []).append(name)

    def text(self) -> str:
        """Return the page."""
        parts = [_INTRODUCTION, *self._summary(), "## Methods\n"]
        for prefix in METHODS:
            parts += self._section(prefix, "###")
        parts += self._elsewhere()
        for prefix in _OTHERS:
            parts += self._section(prefix, "##")
        parts += [*self._errata(), *self._switches(), *self._vectors(), *self._amendments()]
        return "\n".join(parts)

    def _title(self, prefix: str) -> str:
        if prefix not in METHODS:
            return _OTHERS.get(prefix) or _LISTS[prefix]
        method, edition = METHODS[prefix]
        return f"{method}, edition {edition}" if method == METHODS["IPD106"][0] else method

    def _summary(self) -> Iterator[str]:
        """Yield what the states mean, and how many rows of each section have which."""
        yield "## Summary\n"
        yield table(("state", "means"), ((kind, meaning) for kind, meaning in KINDS.items()))
        yield (
            "*in part* counts the rows of the other columns of which a part waits; the tables below say which: *not yet*.\n"
        )
        head = ("section", "rows:", *(f"{kind}:" for kind in KINDS), "in part:")
        total: Counter[str] = Counter()
        lines = []
        for prefix in (*METHODS, *_OTHERS, *_LISTS):
            counts = self._counts(prefix)
            total += counts
            lines.append([f"{self._title(prefix)} ({prefix})", *_numbers(counts)])
        yield table(head, [*lines, ["**all**", *_numbers(total)]])
        grades = Counter(self._facts.grade(name).partition(";")[0] for name in self._facts.rows)
        yield f"Evidence of the rows: {', '.join(f'{grade} {count}' for grade, count in grades.most_common())}.\n"

    def _counts(self, prefix: str) -> Counter[str]:
        states = [self._facts.state(name) for name in self._sections.get(prefix, ())]
        waiting = sum(bool(state.waits) for state in states)
        return Counter({"rows": len(states), **Counter(state.kind for state in states), "in part": waiting})

    def _section(self, prefix: str, level: str) -> Iterator[str]:
        """Yield heading and table of a section."""
        yield f"{level} {self._title(prefix)}\n"
        yield table(
            ("id", "kind", "what it says", "source", "evidence", "state"),
            (
                (self._id(name), row["kind"], self._says(name), cell(row["source"]), *self._grounds(name))
                for name, row in self._rows(prefix)
            ),
        )

    def _elsewhere(self) -> Iterator[str]:
        """Yield a line for each method of the API that has no section of its own in the ledger."""
        own = {method for method, _ in METHODS.values()}
        for method in self._catalogue.common["methods"]:
            if method in own:
                continue
            names = [name for name, row in self._rows("AM") if row["text"].startswith(f"{method}:")]
            yield f"### {method}\n"
            yield table(
                ("id", "kind", "what it says", "source", "evidence", "state"),
                (
                    (_link(name), row["kind"], self._says(name), cell(row["source"]), *self._grounds(name))
                    for name, row in ((name, self._facts.rows[name]) for name in names)
                ),
            )

    def _errata(self) -> Iterator[str]:
        """Yield the questions: both readings, the one chosen, and the quirk that flips it."""
        yield "## Errata\n"
        yield (
            "Where the documents contradict themselves, each other, or say nothing. `106 L144` is a line of DOC-106, "
            "`WEB L5` one of DOC-WEB. The first value of a quirk is its default. "
            "Printed examples that are no JSON are under [transport](#transport), TRN-40 to TRN-65.\n"
        )
        head = (
            "id",
            "topic",
            "reading A",
            "reading B, or gap",
            "chosen",
            "quirk that flips it",
            "evidence",
            "state",
        )
        yield table(head, (self._question(name, row) for name, row in self._rows("E")))

    def _question(self, name: str, row: Mapping[str, Any]) -> Sequence[str]:
        parts = _QUESTION.fullmatch(row["text"])
        if parts is None:
            raise ValueError(f"{name} does not say its readings: {row['text']}")
        topic, first, second, chosen, _ = parts.groups()
        readings = [cell(short(text)) for text in (topic, first, second)]
        switch = "; ".join(map(self._switch, self._flipping(name))) or "no switch"
        return (self._id(name), *readings, cell(chosen) + self._amended(name), switch, *self._grounds(name))

    def _flipping(self, name: str) -> list[str]:
        """Return the quirks that an erratum names, and those of the amendments to it."""
        row = self._facts.rows[name]
        amending = [quirk.name for quirk in self._quirks.values() if quirk.ledger in row["amended_by"]]
        return list(dict.fromkeys([*flips(row), *amending]))

    def _switch(self, name: str) -> str:
        quirk = self._quirks.get(name)
        return f"{code(name)} (not modelled yet)" if quirk is None else f"{code(name)}: {_values(quirk)}"

    def _switches(self) -> Iterator[str]:
        """Yield the quirks."""
        yield "## Quirks\n"
        questions: dict[str, list[str]] = {}
        for name, _ in self._rows("E"):
            for flipping in self._flipping(name):
                questions.setdefault(flipping, []).append(_link(name))
        yield table(
            ("quirk", "values, default first", "acts in", "id", "about", "flips"),
            (
                (
                    code(quirk.name),
                    _values(quirk),
                    quirk.stage,
                    _link(quirk.ledger),
                    cell(quirk.about),
                    ", ".join(questions.get(quirk.name, ())) or "–",
                )
                for quirk in self._quirks.values()
            ),
        )

    def _vectors(self) -> Iterator[str]:
        """Yield the printed requests and answers, and which of them the examples of the documents reproduce."""
        yield "## Golden vectors\n"
        examples = {
            example["id"]: (method, example)
            for method, document in self._catalogue.methods.items()
            for example in document.get("examples", ())
        }
        yield table(
            ("id", "what it says", "source", "evidence", "state", "example"),
            (
                (
                    self._id(name),
                    self._says(name),
                    cell(row["source"]),
                    *self._grounds(name),
                    self._reproduced(name, *examples[name]) if name in examples else "–",
                )
                for name, row in self._rows("GV")
            ),
        )

    def _reproduced(self, name: str, method: str, example: Mapping[str, Any]) -> str:
        """Return how far an example's answer is the printed one: what may differ is named, and a lacking test."""
        proven = self._facts.state(name).kind not in (MISSING, UNPROVEN)
        free = ", ".join(map(code, example["free"])) or "nothing"
        how = "reproduced byte for byte" if proven else "to be reproduced byte for byte, not proven yet"
        return f"{method}, edition {example['edition']}: {how}, free: {free}"

    def _amendments(self) -> Iterator[str]:
        """Yield the amendments, each with the rows it changes."""
        yield "## Amendments\n"
        amends: dict[str, list[str]] = {}
        for name, row in self._facts.rows.items():
            for by in row["amended_by"]:
                amends.setdefault(by, []).append(_link(name))
        yield table(
            ("id", "what it says", "changes", "evidence", "state"),
            (
                (
                    self._id(name),
                    self._says(name),
                    ", ".join(amends.get(name, ())) or "–",
                    *self._grounds(name),
                )
                for name, _ in self._rows("AM")
            ),
        )

    def _rows(self, prefix: str) -> list[tuple[str, Mapping[str, Any]]]:
        return [(name, self._facts.rows[name]) for name in self._sections.get(prefix, ())]

    def _id(self, name: str) -> str:
        return f'<a id="{name.lower()}"></a>{name}'

    def _says(self, name: str) -> str:
        return cell(short(self._facts.rows[name]["text"])) + self._amended(name)

    def _amended(self, name: str) -> str:
        """Return the amendments to a row; that of a quirk also amends the questions that name the quirk."""
        row = self._facts.rows[name]
        deciding = (self._quirks[quirk].ledger for quirk in flips(row) if quirk in self._quirks)
        amending = [
            *row["amended_by"],
            *(by for by in deciding if self._facts.rows[by]["kind"] == "amendment"),
        ]
        by = ", ".join(map(_link, dict.fromkeys(amending)))
        return f" *(amended: {by})*" if by else ""

    def _grounds(self, name: str) -> tuple[str, str]:
        """Return the cells that every table ends with: evidence and state."""
        return cell(self._facts.grade(name)), cell(str(self._facts.state(name)))


def _numbers(counts: Counter[str]) -> list[str]:
    return [str(counts[kind]) for kind in ("rows", *KINDS, "in part")]


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _values(quirk: Quirk) -> str:
    values = ", ".join(code(value) for value in quirk.values)
    return f"{values}, any text" if quirk.open else values
