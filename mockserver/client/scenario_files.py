"""Scenarios that a test brings along: by name, as a file or as a dict."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mockserver.errors import InvalidDocument, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.client.admin import AdminError
    from mockserver.scenarios.source import Source

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_UNNAMED: Final = "of-the-test"


class Brought(NamedTuple):
    """A scenario to be played: its name, and its document unless the server knows it."""

    name: str
    document: Mapping[str, Any] | None = None
    source: Source | None = None
    """Where the parts of its file stand."""


def is_name(scenario: object) -> bool:
    """Tell whether this is the name of a scenario and no path."""
    return isinstance(scenario, str) and _NAME.fullmatch(scenario) is not None


def brought(scenario: str | Path | Mapping[str, Any]) -> Brought:
    """Return the scenario that a name, the path of a YAML or JSON file, or a document stands for.

    Raises InvalidDocument, with line and column, for a file that cannot be read.
    """
    if isinstance(scenario, str) and is_name(scenario):
        return Brought(scenario)
    if isinstance(scenario, str | Path):
        source = _read(Path(scenario))
        return _named(source.document, Path(scenario).stem, source)
    return _named(scenario, _UNNAMED, None)


def _named(document: Any, otherwise: str, source: Source | None) -> Brought:
    name = document.get("name", otherwise) if isinstance(document, dict) else otherwise
    return Brought(str(name), document, source)


def _read(path: Path) -> Source:
    # Read here and not on the server, which may run elsewhere; only tests with files pay for the parser.
    from mockserver.scenarios.json_reading import read_json_source  # noqa: PLC0415
    from mockserver.scenarios.loading import read_bytes  # noqa: PLC0415
    from mockserver.scenarios.source import text_of  # noqa: PLC0415
    from mockserver.scenarios.yaml_reading import read_yaml_source  # noqa: PLC0415

    text = text_of(read_bytes(path), str(path))
    source = (read_json_source if path.suffix.lower() == ".json" else read_yaml_source)(text, str(path))
    if source.problems:
        raise InvalidDocument(source.problems)
    return source


def located(error: AdminError, source: Source) -> InvalidDocument | AdminError:
    """Return a refusal of the server with the lines of the file it is about, where it names any part of it."""
    found = []
    for each in error.errors:
        path = tuple(part.replace("~1", "/").replace("~0", "~") for part in each["pointer"].split("/")[1:])
        line, column = source.place(path, name=True)
        message, expected, got = (str(each.get(label) or "") for label in ("message", "expected", "got"))
        found.append(Problem(source.file, each["pointer"], message, expected, got, line, column))
    return InvalidDocument(found) if found else error
