"""``python -m scripts.fidelity [--check]``: write FIDELITY.md, or say how it differs from what it should be."""

from __future__ import annotations

import argparse
import difflib
import sys
from itertools import islice
from typing import TYPE_CHECKING, Final

from scripts.fidelity.page import Page
from scripts.fidelity.states import gather
from tests.ledger_scan import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PAGE: Final = ROOT / "FIDELITY.md"
_SHOWN: Final = 40
_WIDE: Final = 200


def drift(printed: str, due: str) -> list[str]:
    """Return the first lines by which a page differs from what it should be; none when it does not."""
    lines = difflib.unified_diff(printed.splitlines(), due.splitlines(), "printed", "due", lineterm="", n=0)
    return [line[:_WIDE] for line in islice(lines, _SHOWN)]


def settle(page: Path, due: str, *, check: bool) -> int:
    """Write the page as it should be, or only check it; return the exit code: 1 when the check finds a difference."""
    if not check:
        page.write_text(due, encoding="utf-8", newline="\n")
        return 0
    found = drift(page.read_text(encoding="utf-8") if page.exists() else "", due)
    if found:
        print(*found, f"{page.name} is out of date: make fidelity", sep="\n", file=sys.stderr)
    return int(bool(found))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line described above and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.fidelity", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail when the page is out of date"
    )
    check: bool = parser.parse_args(arguments).check
    return settle(PAGE, Page(*gather()).text(), check=check)


if __name__ == "__main__":
    sys.exit(main())
