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
from mockserver.reproduction import is_reproduction, problems_of
from mockserver.scenarios.library import scenario_files
from mockserver.scenarios.loading import is_scenario, load_scenario
from mockserver.seeding import load_plan, presets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mockserver.errors import Note

    Found = tuple[list[Problem], list[Note]]
    """What is wrong with a file, and what is only odd about it."""


def check_all(paths: Sequence[Path]) -> tuple[list[Problem], list[Note], str]:
    """Return problems and notes of the given files, or of all our documents, and a summary for when none is wrong.

    More thorough than a start, which looks at the default quirks only.
    """
    folder = data_dir("schemas")
    documents, problems = read_documents(folder)
    problems = problems or wording(documents, folder)
    if problems:
        return problems, [], ""
    catalogue = Catalogue(folder, documents)
    if paths:
        found = [_check_file(path, catalogue) for path in paths]
        return *_joined(found), f"{len(paths)} checked, nothing wrong"
    problems, counts = _check_contract(catalogue)
    scenarios = [] if problems else scenario_files(data_dir("scenarios"))
    problems, notes = _joined([(problems, []), *(_check_scenario(path, catalogue) for path in scenarios)])
    summary = f"checked {counts}, {len(presets())} presets, {len(scenarios)} scenarios: nothing wrong"
    return problems, notes, summary


def _joined(found: Sequence[Found]) -> Found:
    problems = [problem for each, _ in found for problem in each]
    return problems, [note for _, each in found for note in each]


def _check_contract(catalogue: Catalogue) -> tuple[list[Problem], str]:
    """Check every document of the contract and every preset; say how many there are."""
    folder = catalogue.folder
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
    return problems, ", ".join(f"{count} {name}" for name, count in catalogue.loaded().items())


def _check_scenario(path: Path, catalogue: Catalogue) -> Found:
    """Check a scenario, as a server that has its connections in hand would load it."""
    try:
        _, notes = load_scenario(path, catalogue, wire=True)
    except InvalidDocument as error:
        return list(error.problems), []
    return [], notes


def _check_file(path: Path, catalogue: Catalogue) -> Found:
    """Check a file as the kind of document that its name or its content says it is."""
    if path.suffix.lower() in (".yaml", ".yml"):
        return _check_scenario(path, catalogue)
    try:
        document = read_json(path)
    except InvalidDocument as error:
        return list(error.problems), []
    if is_scenario(document):
        return _check_scenario(path, catalogue)
    if is_reproduction(document):
        return problems_of(document, str(path)), []
    kind = _kind(document)
    if kind is None:
        kinds = "a scenario, a method, a reference table, a seed plan or a reproduction"
        return [Problem(str(path), "", "is no document of ours", kinds)], []
    if kind == "seed plan":
        return _check_plan(path), []
    return _check_document(path, kind, document, catalogue), []


def _check_document(path: Path, kind: str, document: Any, catalogue: Catalogue) -> list[Problem]:
    """Check a method or a reference table."""
    documents = catalogue.documents
    problems = list(words(documents["vocabulary"], kind, str(path), document))
    if problems or kind != "method":
        return problems
    whole = {**documents, "methods": {**documents["methods"], path.stem: document}}
    among = Catalogue(catalogue.folder, whole)
    problems = lint(among, frozenset(RULES), OUTCOMES, thorough=True, only=(path.stem,))
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
