"""Which ledger ids the tests name, and which they owe.

A test names an id in its docstring, in the docstring of its class, in a parametrize id, or as a text of
its own in the table that parametrizes it (``Row(17, "Invalid Media", "<id>")``). A run of
ids may be written with its first and last one: ``TRN-40..TRN-65``, ``TRN-40 … TRN-65`` or
``TRN-40 to TRN-65``. Ids in helpers, comments and module docstrings count for nothing.

``python -m tests.ledger_scan`` takes from ``pending.json`` what has a test by now, and lowers the bound
in ``test_ledger_coverage.py`` to what is left.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT: Final = Path(__file__).resolve().parents[1]
PENDING: Final = ROOT / "tests" / "ledger" / "pending.json"
BOUND: Final = ROOT / "tests" / "ledger" / "test_ledger_coverage.py"
UNTESTABLE: Final = ROOT / "tests" / "ledger" / "untestable.json"

_ID = r"(?:GEN|TRN|AUTH|IPD106|IPDWEB|GPD|RAD|DISP|REC|MREC|USR|DEL|STAT|REF|SIM|SEED|E|GV|AM)-[0-9]{2,3}"
_WORD: Final = re.compile(rf"(?<![\w-])({_ID})(?![\w-])(?:\s*(?:\.\.|…|to)\s*({_ID})(?![\w-]))?")


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


def prune() -> None:
    """Rewrite ``pending.json`` without the ids that have a test, and the bound on its length."""
    named = named_by_tests()
    kept = {name: word for name, word in load(PENDING).items() if name not in named}
    write(PENDING, kept)
    bound = BOUND.read_text(encoding="utf-8")
    BOUND.write_text(re.sub(r"(?m)^OWED = [0-9]+$", f"OWED = {len(kept)}", bound), encoding="utf-8")


def write(path: Path, entries: Mapping[str, str]) -> None:
    """Write a file of ids, one a line."""
    lines = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(text, ensure_ascii=False)}" for name, text in entries.items()
    )
    path.write_text(f"{{\n{lines}\n}}\n" if lines else "{}\n", encoding="utf-8")


if __name__ == "__main__":
    prune()
