"""The state of a row of the ledger: worked out from documents, code, tests and debts, never typed in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mockserver.contract.catalogue import Catalogue
from mockserver.methods.rules import RULES
from scripts.fidelity.reaching import ways
from tests import ledger_scan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from scripts.fidelity.reaching import Way
    from tests.ledger_scan import Debt

IMPLEMENTED: Final = "implemented"
WITH_QUIRK: Final = "implemented, with quirk"
FORCED: Final = "forced only"
SHOWN: Final = "shown by tests"
UNPROVEN: Final = "not proven yet"
MISSING: Final = "not modelled yet"
DOCUMENTATION: Final = "documentation only"

KINDS: Final[Mapping[str, str]] = {
    IMPLEMENTED: "a contract document or a module names the row, or has the quirk that flips it; and a test names it",
    WITH_QUIRK: "a status that requests bring about only while the quirk has that value; it can be forced at any time",
    FORCED: "a status that no request brings about, whatever the quirks: it has to be forced",
    SHOWN: "a test names the row; what it says follows from other rows, and no document or module names it",
    UNPROVEN: "a contract document or a module names the row, or has its quirk; no test names it",
    MISSING: "nothing but the ledger speaks of the row, or only what other rows need of it",
    DOCUMENTATION: "the row says something about the documents, not about the API",
}
"""The states, each with what it means."""

METHODS: Final[Mapping[str, tuple[str, str]]] = {
    "IPD106": ("ImportProcessData", "1.0.6"),
    "IPDWEB": ("ImportProcessData", "web"),
    "GPD": ("getProcessData", "web"),
    "RAD": ("reallocatedata", "web"),
    "DISP": ("saveDisposition", "web"),
    "REC": ("customer_recording", "web"),
    "MREC": ("customer_multiple_recordings", "web"),
    "USR": ("addEditUser", "web"),
    "DEL": ("deleteUser", "web"),
    "STAT": ("userStatus", "web"),
}
"""The sections of the ledger that are about one method: its name and the document it is printed in."""


class State(NamedTuple):
    """What became of a row: one of :data:`KINDS`, what it needs or why, and the part that waits."""

    kind: str
    detail: str = ""
    waits: str = ""

    def __str__(self) -> str:
        text = (
            f"{self.kind}{' ' if self.kind == WITH_QUIRK else ': '}{self.detail}"
            if self.detail
            else self.kind
        )
        return f"{text}; not yet: {self.waits}" if self.waits else text


@dataclass(frozen=True)
class Facts:
    """What the project says about the rows of its ledger."""

    rows: Mapping[str, Mapping[str, Any]]
    cited: Collection[str]
    """The ids that contract documents and modules name."""
    tested: Collection[str]
    owed: Mapping[str, Debt]
    untestable: Mapping[str, str]
    answered: Mapping[str, Way | None]
    """How each status row of the documents is answered, by ledger id: with these quirks, or not at all (None)."""
    grades: Mapping[str, str] = field(default_factory=dict)
    """The evidence that the documents give a status, by ledger id."""
    seeded: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The quirks of each process of the sample data that sets any."""

    def state(self, name: str) -> State:
        """Return the state of a row."""
        if name in self.untestable:
            return State(DOCUMENTATION, self.untestable[name])
        debt = self.owed.get(name)
        if name not in self.tested or (debt is not None and debt.part is None):
            if name in self.cited:
                return State(UNPROVEN)
            return State(MISSING, f"needs {debt.waits_for}" if debt is not None else "")
        waits = debt.part if debt is not None and debt.part else ""
        if self.rows[name]["kind"] == "status" and name in self.answered:
            way = self.answered[name]
            kind = FORCED if way is None else WITH_QUIRK if way else IMPLEMENTED
            return State(kind, self._needs(way or {}), waits)
        return State(IMPLEMENTED if name in self.cited else SHOWN, "", waits)

    def _needs(self, way: Way) -> str:
        """Return the quirks in words, and the processes of the sample data that have them."""
        processes = [f"`{name}`" for name, own in self.seeded.items() if way and way.items() <= own.items()]
        text = " and ".join(f"`{name}={value}`" for name, value in way.items())
        return f"{text} (as process {', '.join(processes)} has it)" if processes else text

    def grade(self, name: str) -> str:
        """Return how well a row is founded; a part of it that is ours is named (AM-15)."""
        row = self.rows[name]
        grade = self.grades.get(name, row["evidence"]) if row["kind"] == "status" else row["evidence"]
        return f"{grade}; inferred: {row['inferred_part']}" if "inferred_part" in row else grade


def gather(root: Path = ledger_scan.ROOT) -> tuple[Facts, Catalogue]:
    """Return what the checkout says, and its documents; raise InvalidDocument if they make no sense."""
    catalogue = Catalogue.load(root / "schemas", RULES)
    rows = ledger_scan.ledger()
    preset = ledger_scan.load(root / "schemas" / "presets" / "golden.json")
    facts = Facts(
        rows=rows,
        cited={
            *_cited(root),
            *(name for name, row in rows.items() if flips(row).keys() & catalogue.quirks.defaults.keys()),
        },
        tested=ledger_scan.named_by_tests().keys(),
        owed=ledger_scan.debts(),
        untestable=ledger_scan.load(ledger_scan.UNTESTABLE),
        answered=answered(catalogue, rows),
        grades={row["ledger"]: row["evidence"] for _, _, _, row in _status_rows(catalogue)},
        seeded={row["name"]: row["quirks"] for row in preset["processes"] if "quirks" in row},
    )
    return facts, catalogue


def flips(row: Mapping[str, Any]) -> dict[str, None]:
    """Return the quirks that a question of the ledger names, in order; nothing else names any."""
    named = row["text"].rpartition(" Quirk: ")[2] if row["kind"] == "question" else ""
    return dict.fromkeys(re.findall(r"`([a-z0-9_]+)`", named))


def _cited(root: Path) -> Iterator[str]:
    """Yield each id that a module or a document names."""
    for path in sorted([*(root / "mockserver").rglob("*.py"), *(root / "schemas").rglob("*.json")]):
        if path.name != "ledger.json":
            for line in path.read_text(encoding="utf-8").splitlines():
                yield from ledger_scan.ids_in(line)


def _status_rows(catalogue: Catalogue) -> Iterator[tuple[str, str, tuple[str, int], Mapping[str, Any]]]:
    """Yield method, edition, level and code, and the row of each status in the tables of the methods."""
    for method, document in catalogue.methods.items():
        for edition, variant in document["editions"].items():
            for level, table in variant["statuses"].items():
                yield from ((method, edition, (level, int(code)), row) for code, row in table.items())


def answered(catalogue: Catalogue, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Way | None]:
    """Return how each status that has a row is answered: with the fewest quirks, or only when forced (None)."""
    reached = {
        (method, edition): ways(catalogue, method, edition)
        for method, document in catalogue.methods.items()
        for edition in document["editions"]
    }
    found: dict[str, list[Way]] = {}
    for method, edition, code, row in _status_rows(catalogue):
        way = reached[method, edition].get(code)
        found.setdefault(row["ledger"], []).extend([] if way is None else [way])
    for number, row in catalogue.common["statuses"].items():
        code = ("request", int(number))
        shared = [natural[code] for natural in reached.values() if code in natural]
        if shared:
            found.setdefault(row["ledger"], []).extend(shared)
    always = set(catalogue.common["forced"]["always"])
    for name, row in rows.items():
        method, edition = METHODS.get(name.rpartition("-")[0], ("", ""))
        number = re.match(r"[0-9]+", row["text"])
        if row["kind"] != "status" or method not in catalogue.methods or number is None:
            continue
        # A code that only an example has stands in no table of its method, but may be forced everywhere (AM-14).
        natural = reached[method, catalogue.edition(method, edition)]
        if int(number[0]) in always and ("request", int(number[0])) not in natural:
            found.setdefault(name, [])
    return {name: min(choices, key=len, default=None) for name, choices in found.items()}
