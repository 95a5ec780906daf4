"""``python -m scripts.scenario_docs [--check]``: make the tables of the scenarios that ship anew.

They stand in README.md and in scenarios/README.md.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from mockserver.contract.catalogue import Catalogue, read_documents
from mockserver.paths import data_dir
from mockserver.scenarios.library import Library
from scripts.fidelity.markdown import cell, table
from scripts.generated import ROOT, checking, settle_parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scripts.generated import Parts


def scenario_table(folder: str) -> str:
    """Return the scenarios that ship, with links to their files; ``folder`` is put before their names."""
    schemas = data_dir("schemas")
    library = Library(Catalogue(schemas, read_documents(schemas)[0]), wire=True)
    found = map(library.get, library.names())
    rows = ((f"[{each.name}]({folder}{each.name}.yaml)", cell(each.description)) for each in found)
    return table(("scenario", "what a client meets"), rows)


def pages() -> Mapping[Path, Parts]:
    """Return the made parts of the pages, by place."""
    return {
        ROOT / "README.md": {"scenarios": partial(scenario_table, "scenarios/")},
        ROOT / "scenarios" / "README.md": {"scenarios": partial(scenario_table, "")},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or with ``--check`` only tell whether they would change (exit code 1)."""
    check = checking("scripts.scenario_docs", __doc__, arguments)
    return settle_parts(pages(), "scripts.scenario_docs", check=check)


if __name__ == "__main__":
    sys.exit(main())
