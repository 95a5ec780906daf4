"""Tables in Markdown as GitHub shows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CODE: Final = re.compile(r"(`+[^`]*`+)")
_MEANT: Final = re.compile(r"([\\*<\[\]~])")
_UNDERSCORE: Final = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def cell(text: str) -> str:
    """Return a text that a table shows as it is: only code between backticks keeps its meaning."""
    parts = _CODE.split(" ".join(text.split()))
    parts[::2] = [
        _UNDERSCORE.sub(r"\\_", _MEANT.sub(r"\\\1", part)).replace("`", "\\`") for part in parts[::2]
    ]
    return "".join(parts).replace("|", "\\|")


def short(text: str, limit: int = 220) -> str:
    """Return a text that is too long up to its last whole word within ``limit`` characters, with an ellipsis.

    Code is never cut in two.
    """
    if len(text) <= limit:
        return text
    kept = text[: limit - 1].rpartition(" ")[0] or text[: limit - 1]
    if kept.count("`") % 2:
        kept = kept.rpartition("`")[0]
    return kept.rstrip(" ,;:(") + " …"


def code(text: str) -> str:
    """Return a text as code."""
    return f"`{text}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; columns whose heading ends with a colon are aligned to the right. Cells are Markdown already."""
    marks = ["--:" if title.endswith(":") else "---" for title in head]
    lines = [[title.rstrip(":") for title in head], marks, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
