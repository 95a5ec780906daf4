"""``python -m scripts.fidelity [--check]``: write FIDELITY.md, or say how it differs from what it should be."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from scripts.fidelity.page import Page
from scripts.fidelity.states import gather
from scripts.generated import ROOT, checking, settle

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE: Final = ROOT / "FIDELITY.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line described above and return its exit code."""
    check = checking("scripts.fidelity", __doc__, arguments)
    return settle(PAGE, Page(*gather()).text(), "make fidelity", check=check)


if __name__ == "__main__":
    sys.exit(main())
