"""Pages of which parts are made: what stands between ``<!-- begin NAME … -->`` and ``<!-- end -->``."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Part = Callable[[], str]
    Parts = Mapping[str, Part]

ROOT: Final = Path(__file__).resolve().parents[1]
_BLOCK: Final = re.compile(r"(?ms)^(<!-- begin ([\w -]+?)(?::[^>]*)?-->)\n.*?^(<!-- end -->)")
_SHOWN: Final = 40
_WIDE: Final = 200


def filled(text: str, parts: Parts) -> str:
    """Return a page with its parts made anew.

    Raises LookupError for a part that the page has no place for, and for a place nobody fills.
    """
    places = [found[2] for found in _BLOCK.finditer(text)]
    if sorted(places) != sorted(parts):
        raise LookupError(f"places {sorted(places)}, parts {sorted(parts)}")
    return _BLOCK.sub(lambda found: f"{found[1]}\n{parts[found[2]]().strip()}\n{found[3]}", text)


def drift(printed: str, due: str) -> list[str]:
    """Return the first lines by which a page differs from what it should be; none when it does not."""
    lines = difflib.unified_diff(printed.splitlines(), due.splitlines(), "printed", "due", lineterm="", n=0)
    return [line[:_WIDE] for line in islice(lines, _SHOWN)]


def settle(page: Path, due: str, remedy: str, *, check: bool) -> int:
    """Write the page as it should be, or only check it; return the exit code: 1 when the check finds a difference."""
    if not check:
        page.write_text(due, encoding="utf-8", newline="\n")
        return 0
    found = drift(page.read_text(encoding="utf-8") if page.exists() else "", due)
    if found:
        print(*found, f"{page.name} is out of date: {remedy}", sep="\n", file=sys.stderr)
    return int(bool(found))


def checking(module: str, about: str | None, arguments: Sequence[str] | None) -> bool:
    """Read the command line ``python -m MODULE [--check]`` and return whether only to check."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=about)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is out of date")
    check: bool = parser.parse_args(arguments).check
    return check


def settle_parts(pages: Mapping[Path, Parts], module: str, *, check: bool) -> int:
    """Make the parts of these pages anew, or only check them; return the exit code as :func:`settle` does."""
    due = {page: filled(page.read_text(encoding="utf-8"), parts) for page, parts in pages.items()}
    return max(settle(page, text, f"python -m {module}", check=check) for page, text in due.items())
