"""docs/floor.md: its tables are those of the reference data, and no kind of event is left out."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mockserver.simulation.calllist import STATUSES
from scripts.floor_docs import main, pages
from scripts.generated import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "floor.md"
GROUPS = {"agent", "call", "disposition", "floor", "key", "media", "message", "recording", "speech", "story"}
KIND = re.compile(rf"(?:{'|'.join(sorted(GROUPS))})\.[a-z]+")


def told() -> Iterator[str]:
    """Yield every text of the package that is the kind of an event."""
    for path in sorted((ROOT / "mockserver").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KIND.fullmatch(node.value):
                yield node.value


def test_the_tables_are_made_from_the_data(capsys: pytest.CaptureFixture[str]) -> None:
    """Magic numbers (AM-54), settings and moves (SIM-12) stand on the page as they are in the data."""
    assert main(["--check"]) == 0, capsys.readouterr().err
    text = PAGE.read_text(encoding="utf-8")
    (parts,) = pages().values()
    assert filled(text.replace("`1110001001`", "`1110001999`"), parts) == text
    assert "| `busy` | `1110001001` | busy | 10 % |" in text


def test_every_kind_of_event_is_explained() -> None:
    """What is told anywhere stands in the table of kinds, and so does each way an entry begins."""
    section = PAGE.read_text(encoding="utf-8").partition("## Events")[2].partition("\n## ")[0]
    explained = set(re.findall(r"`([a-z]+\.[a-z]+)`", section))
    kinds = set(told())
    assert {"call.dialling", "agent.status", "story.sent"} <= kinds
    assert kinds - explained == set()
    begun = {f"call.{status}" for status in STATUSES} - {"call.talking", "call.wrapup"}
    assert begun <= explained
