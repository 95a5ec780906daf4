"""``python -m scripts.method_docs [--check]``: make the tables about the methods anew.

Those are the tables of docs/methods.md, and that of business identities in docs/scenarios.md.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Final

from mockserver.contract.catalogue import Catalogue
from mockserver.methods import OUTCOMES
from mockserver.methods.rules import RULES
from mockserver.paths import data_dir
from scripts.generated import ROOT, checking, settle_parts
from scripts.method_docs import seeded
from scripts.method_docs.tables import common_table, identity_table, method_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scripts.generated import Parts

PAGE: Final = ROOT / "docs" / "methods.md"
IDENTITIES: Final = ROOT / "docs" / "scenarios.md"


def pages() -> Mapping[Path, Parts]:
    """Return the made parts of the pages, by place."""
    catalogue = Catalogue.load(data_dir("schemas"), RULES, OUTCOMES)
    parts: Parts = {
        **{method: partial(method_tables, catalogue, method) for method in catalogue.methods},
        "common": partial(common_table, catalogue),
        "agents": partial(seeded.agents, catalogue),
        "calls": seeded.calls,
        "dispositions": seeded.dispositions,
        "numbers": seeded.numbers,
        "customers": seeded.customers,
    }
    return {PAGE: parts, IDENTITIES: {"identities": partial(identity_table, catalogue)}}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or with ``--check`` only tell whether they would change (exit code 1)."""
    check = checking("scripts.method_docs", __doc__, arguments)
    return settle_parts(pages(), "scripts.method_docs", check=check)


if __name__ == "__main__":
    sys.exit(main())
