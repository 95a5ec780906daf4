"""Which ledger ids the tests name, and which they owe, whole or in part.

A test names an id in its docstring, in the docstring of its class, in a parametrize id, or as a text of
its own in the table that parametrizes it (``Row(17, "Invalid Media", "<id>")``). A run of
ids may be written with its first and last one: ``TRN-40..TRN-65``, ``TRN-40 … TRN-65`` or
``TRN-40 to TRN-65``. Ids in helpers, comments and module docstrings count for nothing.

``pending.json`` says what each debt waits for: ``{"SIM-06": "simulation"}`` is owed whole, and no test names
it; ``{"SIM-05": {"part": "the message", "waits_for": "simulation"}}`` is named by a test that leaves a part
unproven.

``python -m tests.ledger_scan`` takes off the whole debts that have a test by now, lowers the bound in
``test_ledger_coverage.py`` to what is left, and renews the counts in ``docs/fidelity.md``. ``--paid ID ...``
takes part-debts off too: no scan can tell when the missing part is proven, so whoever proves it says so.
``--counts`` only prints the counts.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

ROOT: Final = Path(__file__).resolve().parents[1]
PENDING: Final = ROOT / "tests" / "ledger" / "pending.json"
BOUND: Final = ROOT / "tests" / "ledger" / "test_ledger_coverage.py"
UNTESTABLE: Final = ROOT / "tests" / "ledger" / "untestable.json"
PAGE: Final = ROOT / "docs" / "fidelity.md"

_ID = r"(?:GEN|TRN|AUTH|IPD106|IPDWEB|GPD|RAD|DISP|REC|MREC|USR|DEL|STAT|REF|SIM|SEED|E|GV|AM)-[0-9]{2,3}"
_WORD: Final = re.compile(rf"(?<![\w-])({_ID})(?![\w-])(?:\s*(?:\.\.|…|to)\s*({_ID})(?![\w-]))?")


_COUNTS: Final = re.compile(r"(?s)(?<=<!-- counts -->\n).*?(?=<!-- end of counts -->)")


class Debt(NamedTuple):
    """What is owed of an id: all of it (``part`` None) or the part in words, and what has to come first."""

    waits_for: str
    part: str | None = None

    @classmethod
    def of(cls, entry: Any) -> Debt:
        """Read an entry of ``pending.json``; raise TypeError if it is neither a word nor a part with one."""
        return cls(entry) if isinstance(entry, str) else cls(**entry)

    @property
    def entry(self) -> Any:
        """The entry as ``pending.json`` has it."""
        return self.waits_for if self.part is None else {"part": self.part, "waits_for": self.waits_for}


def load(path: Path) -> Any:
    """Return the JSON of a file."""
    return json.loads(path.read_text(encoding="utf-8"))


def ledger() -> Mapping[str, Mapping[str, Any]]:
    """Return the rows of the ledger by id."""
    rows: Mapping[str, Mapping[str, Any]] = load(ROOT / "schemas" / "ledger.json")["rows"]
    return rows


def ids_in(text: str) -> Iterator[str]:
    """Yield the ids a text names, runs written out."""
    for first, last in _WORD.findall(text):
        prefix, _, start = first.rpartition("-")
        yield first
        if last:
            other, _, stop = last.rpartition("-")
            if other != prefix or int(stop) <= int(start):
                raise ValueError(f"no run of ids: {first} to {last}")
            for number in range(int(start) + 1, int(stop) + 1):
                yield f"{prefix}-{number:0{len(start)}d}"


def _claims(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield name and text of every place of a test file that may claim ids."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.lower().startswith("test"):
                yield node.name, ast.get_docstring(node) or ""
        elif isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg in ("id", "ids"):
                    yield from (("a parametrize id", text) for text in _strings(keyword.value))
    yield from (("a table", text) for text in _table_texts(tree) if re.fullmatch(_ID, text))


def _table_texts(tree: ast.Module) -> Iterator[str]:
    """Yield the texts of the tables that parametrize tests: in the decorator, and in what it refers to by name."""
    tables = {
        ast.unparse(target): node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    }
    waiting: list[ast.AST] = [
        decorator
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test")
        for decorator in node.decorator_list
        if "parametrize" in ast.unparse(decorator) or isinstance(decorator, ast.Name)
    ]
    while waiting:
        table = waiting.pop()
        yield from _strings(table)
        names = {part.id for part in ast.walk(table) if isinstance(part, ast.Name)}
        waiting += [tables.pop(name) for name in names & tables.keys()]


def _strings(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def named_by_tests() -> dict[str, list[str]]:
    """Return every id the tests name, each with the tests that name it."""
    named: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, text in _claims(ast.parse(path.read_text(encoding="utf-8"))):
            for found in ids_in(text):
                named.setdefault(found, []).append(f"{path.relative_to(ROOT).as_posix()}: {name}")
    return named


def debts() -> dict[str, Debt]:
    """Return what is owed, by id."""
    return {name: Debt.of(entry) for name, entry in load(PENDING).items()}


def misplaced(owed: Mapping[str, Debt], named: Collection[str]) -> dict[str, str]:
    """Return the debts that are not what they say: paid whole ones, and parts of what no test names."""
    wrong = {}
    for name, debt in owed.items():
        if debt.part is None and name in named:
            wrong[name] = "has a test: take it off, or say which part is missing"
        elif debt.part is not None and name not in named:
            wrong[name] = "has no test: it is owed whole"
    return wrong


def left(owed: Mapping[str, Debt], named: Collection[str], paid: Collection[str]) -> dict[str, Debt]:
    """Return the debts without the whole ones that have a test and the ``paid`` parts; raise ValueError for a wrong one."""
    wrong = [name for name in paid if name not in owed or name not in named]
    if wrong:
        raise ValueError(f"not owed, or without a test: {', '.join(wrong)}")
    return {
        name: debt
        for name, debt in owed.items()
        if name not in paid and (debt.part is not None or name not in named)
    }


def lowered(source: str, count: int) -> str:
    """Return the source of the coverage test with its bound lowered to ``count``, never raised."""
    return re.sub(r"(?m)^OWED = ([0-9]+)$", lambda found: f"OWED = {min(int(found[1]), count)}", source)


def counts() -> str:
    """Return how much of each section of the ledger is proven, as a table in Markdown."""
    owed, untestable = debts(), load(UNTESTABLE)
    table: dict[str, list[int]] = {}
    for name in ledger():
        debt = owed.get(name)
        column = 4 if name in untestable else 1 if debt is None else 3 if debt.part is None else 2
        for section in (name.rpartition("-")[0], "all"):
            row = table.setdefault(section, [0] * 5)
            row[0] += 1
            row[column] += 1
    table["all"] = table.pop("all")
    lines = [
        "| section | rows | proven | proven in part | owed | not testable |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    lines += [f"| {' | '.join((section, *map(str, row)))} |" for section, row in table.items()]
    return "\n".join(lines) + "\n"


def printed_counts() -> str:
    """Return the table the page of fidelity notes has now."""
    found = _COUNTS.search(PAGE.read_text(encoding="utf-8"))
    return found[0] if found else ""


def prune(paid: Collection[str] = ()) -> None:
    """Rewrite ``pending.json`` without what is paid, the bound on its length, and the counts on the page."""
    kept = left(debts(), named_by_tests(), paid)
    write(PENDING, kept)
    BOUND.write_text(lowered(BOUND.read_text(encoding="utf-8"), len(kept)), encoding="utf-8")
    page = _COUNTS.sub(lambda _: counts(), PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(page, encoding="utf-8")


def write(path: Path, owed: Mapping[str, Debt]) -> None:
    """Write a file of debts, one a line."""
    lines = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(debt.entry, ensure_ascii=False)}" for name, debt in owed.items()
    )
    path.write_text(f"{{\n{lines}\n}}\n" if lines else "{}\n", encoding="utf-8")


def main() -> None:
    """Run the command line described above."""
    parser = argparse.ArgumentParser(prog="python -m tests.ledger_scan")
    parser.add_argument("--counts", action="store_true", help="print the counts and change nothing")
    parser.add_argument(
        "--paid", nargs="+", default=[], metavar="ID", help="part-debts that are proven by now"
    )
    asked = parser.parse_args()
    if asked.counts:
        print(counts(), end="")  # noqa: T201 - what was asked for
    else:
        prune(asked.paid)


if __name__ == "__main__":
    main()
