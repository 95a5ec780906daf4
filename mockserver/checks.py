"""``jodo-mock check``: every document that ships with the sandbox, or files of the user's own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mockserver.contract.catalogue import Catalogue, read_documents
from mockserver.contract.documents import read_json
from mockserver.contract.linting import lint, wording, words
from mockserver.errors import InvalidDocument, Problem
from mockserver.methods import HANDLERS, OUTCOMES
from mockserver.methods.rules import RULES
from mockserver.paths import data_dir
from mockserver.seeding import load_plan, presets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def check_all(paths: Sequence[Path]) -> tuple[list[Problem], str]:
    """Return the problems of the given files, or of all our documents, and a summary for when there are none.

    More thorough than a start, which looks at the default quirks only.
    """
    if paths:
        problems = [problem for path in paths for problem in _check_file(path)]
        return problems, f"{len(paths)} checked, nothing found"
    folder = data_dir("schemas")
    documents, problems = read_documents(folder)
    problems = problems or wording(documents, folder)
    if problems:
        return problems, ""
    catalogue = Catalogue(folder, documents)
    problems = lint(catalogue, frozenset(RULES), OUTCOMES, thorough=True)
    problems += [
        Problem(
            str(folder / "methods" / f"{name}.json"),
            "/method",
            "no handler",
            "one in mockserver/methods",
            name,
        )
        for name in catalogue.methods
        if name not in HANDLERS
    ]
    for name in presets():
        problems += _check_plan(folder / "presets" / f"{name}.json")
    counts = ", ".join(f"{count} {name}" for name, count in catalogue.loaded().items())
    return problems, f"checked {counts}, {len(presets())} presets: nothing found"


def _check_file(path: Path) -> list[Problem]:
    """Check a file as the kind of document its content says it is."""
    try:
        document = read_json(path)
    except InvalidDocument as error:
        return list(error.problems)
    kind = _kind(document)
    if kind is None:
        return [
            Problem(str(path), "", "is no document of ours", "a method, a reference table or a seed plan")
        ]
    if kind == "seed plan":
        return _check_plan(path)
    documents, problems = read_documents(data_dir("schemas"))
    if problems:
        return problems
    problems = list(words(documents["vocabulary"], kind, str(path), document))
    if problems or kind != "method":
        return problems
    documents["methods"] = {**documents["methods"], path.stem: document}
    catalogue = Catalogue(data_dir("schemas"), documents)
    problems = lint(catalogue, frozenset(RULES), OUTCOMES, thorough=True, only=(path.stem,))
    return [replace(problem, file=str(path)) for problem in problems]


def _check_plan(path: Path) -> list[Problem]:
    try:
        load_plan(path)
    except InvalidDocument as error:
        return list(error.problems)
    return []


def _kind(document: Any) -> str | None:
    if not isinstance(document, dict):
        return None
    for member, kind in (("editions", "method"), ("entries", "reference"), ("tenants", "seed plan")):
        if member in document:
            return kind
    return "seed plan" if "extends" in document else None
