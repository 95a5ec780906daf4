"""``python -m scripts.floor_docs [--check]``: make the tables of docs/floor.md anew from the reference data."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from mockserver.contract.documents import read_json
from mockserver.paths import data_dir
from scripts.fidelity.markdown import cell, table
from scripts.generated import ROOT, checking, settle_parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scripts.generated import Parts


def _floor() -> Any:
    return read_json(data_dir("schemas") / "floor.json")


def outcomes() -> str:
    """Return how dialled calls end: the magic number of each, how likely it is, and its times."""
    document: Any = _floor()
    prefix = document["magic"]["prefix"]
    whole = sum(each.get("weight", 0) for each in document["outcomes"].values())
    rows = (
        (
            f"`{name}`",
            f"`{prefix}{each['number']}`" if "number" in each else "–",
            cell(each["about"]),
            f"{each['weight'] * 100 // whole} %" if "weight" in each else "–",
            _span(each["ring"]),
            _span(each.get("talk")),
            str(each.get("retry", "–")),
        )
        for name, each in document["outcomes"].items()
    )
    return table(("outcome", "magic number", "what happens", "drawn", "rings", "talks", "again after"), rows)


def _span(bounds: Sequence[int] | None) -> str:
    if bounds is None:
        return "–"
    low, high = bounds
    return str(low) if low == high else f"{low}–{high}"


def rules() -> str:
    """Return the settings of the floor that PATCH …/simulation changes."""
    document: Any = _floor()
    rows = (
        (f"`{name}`", "null" if each["default"] is None else str(each["default"]), cell(each["about"]))
        for name, each in document["settings"].items()
        if "default" in each
    )
    return table(("setting", "default", "means"), rows)


def moves() -> str:
    """Return the statuses of agents and what may follow each by itself."""
    document: Any = read_json(data_dir("schemas") / "references" / "user_status.json")
    entries = document["entries"]
    names = {key: entry["name"] or entry["is"].replace("_", " ") for key, entry in entries.items()}
    rows = (
        (key, names[key], ", ".join(f"{each} {names[each]}" for each in entry["moves"]))
        for key, entry in entries.items()
    )
    return table(("status", "name", "may be followed by"), rows)


def events() -> str:
    """Return the kinds of events."""
    document: Any = _floor()
    return table(("kind", "when"), ((f"`{kind}`", cell(about)) for kind, about in document["events"].items()))


def pages() -> Mapping[Path, Parts]:
    """Return the made parts of the page."""
    return {
        ROOT / "docs" / "floor.md": {"outcomes": outcomes, "rules": rules, "moves": moves, "events": events}
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or with ``--check`` only tell whether it would change (exit code 1)."""
    check = checking("scripts.floor_docs", __doc__, arguments)
    return settle_parts(pages(), "scripts.floor_docs", check=check)


if __name__ == "__main__":
    sys.exit(main())
