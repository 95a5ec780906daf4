"""docs/scenarios.md: its examples are scenarios, and it leaves no word of the schema out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.contract.catalogue import Catalogue, read_documents
from mockserver.paths import data_dir
from mockserver.scenarios.loading import load_bytes
from scripts.generated import filled
from scripts.scenario_docs import main, pages

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scenarios.md"
MADE = ("made", "methods", "quirks", "fault")
"""Definitions whose names are those of methods, quirks and faults, which have pages of their own."""


def blocks() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def names(node: Any) -> Iterator[str]:
    """Yield the name of every member that a scenario may have."""
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for value in node.values():
            yield from names(value)
    elif isinstance(node, list):
        for value in node:
            yield from names(value)


@pytest.mark.parametrize("text", [pytest.param(text, id=text.split("\n")[0][:40]) for text in blocks()])
def test_every_example_loads(text: str) -> None:
    """What the page shows passes every check, without a note."""
    folder = data_dir("schemas")
    name = re.search(r"^name: (.*)$", text, re.MULTILINE)
    assert name is not None
    catalogue = Catalogue(folder, read_documents(folder)[0])
    scenario, notes = load_bytes(text.encode(), Path(f"{name[1]}.yaml"), catalogue, wire=True)
    assert (scenario.name, notes) == (name[1], [])


def test_every_word_is_explained() -> None:
    """SIM-27: each member of the schema stands on the page, and each example uses some."""
    schema = json.loads((data_dir("schemas") / "scenario.json").read_text(encoding="utf-8"))
    by_hand = {name: node for name, node in schema["$defs"].items() if name not in MADE}
    words = set(names({**schema, "$defs": by_hand}))
    assert len(words) > 50
    page = PAGE.read_text(encoding="utf-8")
    assert sorted(word for word in words if f"`{word}`" not in page) == []
    assert len(blocks()) == 4


def test_the_scenarios_that_ship_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """README.md and scenarios/README.md list every file with its own description; a change is noticed."""
    assert main(["--check"]) == 0, capsys.readouterr().err
    names = {path.stem for path in data_dir("scenarios").glob("*.yaml")}
    assert len(names) > 10
    for page, parts in pages().items():
        text = page.read_text(encoding="utf-8")
        assert set(re.findall(r"(?m)^\| \[([a-z0-9-]+)\]", text)) == names
        changed = text.replace("Nothing goes wrong", "All goes wrong")
        assert changed != text
        assert filled(changed, parts) == text
