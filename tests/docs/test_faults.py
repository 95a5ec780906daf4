"""docs/faults.md says of every kind what the code says."""

from __future__ import annotations

from mockserver.faults.registry import fault_kinds
from scripts.fault_docs import PAGE, written


def test_the_tables_are_those_of_the_kinds() -> None:
    """Made anew the page is what it is, and each kind and each other word stands in it."""
    text = PAGE.read_text(encoding="utf-8")
    assert written(text) == text, "run: python -m scripts.fault_docs"
    words = {word for kind in fault_kinds().values() for word in (kind.name, *kind.aliases, *kind.properties)}
    assert {word for word in words if f"`{word}`" not in text} == set()


def test_a_changed_table_is_noticed() -> None:
    """A table that somebody edited is not what is written anew."""
    text = PAGE.read_text(encoding="utf-8")
    changed = text.replace("| `hang` |", "| `hangs` |")
    assert changed != text
    assert written(changed) == text
