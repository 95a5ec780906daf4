"""Load a scenario: read it, look at its form, then play it dry against the contract.

Whatever is wrong is told at once, each thing with its place; only a scenario in which nothing is wrong
comes out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from mockserver.errors import InvalidDocument, Problem
from mockserver.scenarios.findings import Findings
from mockserver.scenarios.json_reading import read_json_source
from mockserver.scenarios.model import compiled
from mockserver.scenarios.sense import check_sense
from mockserver.scenarios.shape import check_shape
from mockserver.scenarios.source import LONGEST, plain_source, text_of
from mockserver.scenarios.yaml_reading import read_yaml_source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mockserver.contract.catalogue import Catalogue
    from mockserver.errors import Note
    from mockserver.scenarios.model import Scenario
    from mockserver.scenarios.source import Source

SUFFIXES: Final = (".yaml", ".yml", ".json")
"""Names of scenario files end so."""

_TOLD: Final = 50  # problems of one file


def load_scenario(path: Path, catalogue: Catalogue, *, wire: bool) -> tuple[Scenario, list[Note]]:
    """Return the scenario of a YAML or JSON file, and what is odd about it.

    ``wire`` says whether the server has its connections in hand, so that it can wait and break them.
    Raises InvalidDocument with each problem (up to 50) by line and column.
    """
    return load_bytes(read_bytes(path), path, catalogue, wire=wire)


def load_bytes(data: bytes, path: Path, catalogue: Catalogue, *, wire: bool) -> tuple[Scenario, list[Note]]:
    """Return the scenario of a file whose content is at hand; as :func:`load_scenario`."""
    file = str(path)
    text = text_of(data, file)
    source = (read_json_source if path.suffix.lower() == ".json" else read_yaml_source)(text, file)
    return _loaded(source, path.stem, catalogue, wire=wire)


def load_document(
    document: Mapping[str, Any], catalogue: Catalogue, *, name: str, wire: bool
) -> tuple[Scenario, list[Note]]:
    """Return the scenario of a JSON body, and what is odd about it; its problems have pointers and no lines.

    ``name`` is what the scenario is to be called; the document may leave its name out.
    """
    source = plain_source({"name": name, **document}, f"scenario {name}")
    return _loaded(source, name, catalogue, wire=wire)


def read_bytes(path: Path) -> bytes:
    """Return the content of a file, and no more of it than a scenario may be long; InvalidDocument if there is none."""
    try:
        with path.open("rb") as file:
            return file.read(LONGEST + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        problem = Problem(str(path), "", "the file cannot be read", "a readable file", reason)
    raise InvalidDocument([problem])


def _loaded(source: Source, name: str, catalogue: Catalogue, *, wire: bool) -> tuple[Scenario, list[Note]]:
    findings = Findings(source)
    sound = check_shape(source)
    if sound.get("name", name) != name:
        findings.wrong(("name",), "the scenario is loaded by another name", name, sound["name"])
    check_sense(sound, catalogue, findings, wire=wire)
    if source.problems:
        raise InvalidDocument(_told(source.problems))
    return compiled(source.document), findings.notes


def _told(problems: list[Problem]) -> list[Problem]:
    """Return the problems in the order of their places, and no more than anybody reads."""
    ordered = sorted(problems, key=lambda each: (each.line or 0, each.column or 0, each.pointer))
    left = len(ordered) - _TOLD
    if left <= 0:
        return ordered
    last = replace(ordered[_TOLD - 1], message=f"{ordered[_TOLD - 1].message} (and {left} more problems)")
    return [*ordered[: _TOLD - 1], last]


def is_scenario(document: Any) -> bool:
    """Tell whether a document is meant to be a scenario."""
    return isinstance(document, dict) and "rules" in document
