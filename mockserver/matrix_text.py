"""What ``jodo-mock matrix`` prints for people."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mockserver.matrix import Line

_HEADS: Final = ("method", "edition", "level", "status", "natural", "forced", "rule", "evidence", "text")
_MEANINGS: Final[Mapping[tuple[str, str], str]] = {
    (
        "natural",
        "none",
    ): "no request that we know of brings it about: the documents list or print it without a cause",
    ("forced", "not forcible"): "a success; magic values only refuse",
}
"""What a cell says that is no result, by column and word."""


def printed(lines: Sequence[Line], *, how: bool = False) -> Iterator[str]:
    """Yield the lines as a table, each with what went wrong below it, and what its cells mean.

    With ``how`` everything that was sent for a line stands below it too.
    """
    rows = [_HEADS, *(tuple(str(vars(line)[head]) for head in _HEADS) for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        if number:
            line = lines[number - 1]
            yield from (f"    {problem}" for problem in line.problems)
            yield from chain.from_iterable(map(_sent, line.triggers if how else ()))
    yield from _legend(lines)


def summary(lines: Sequence[Line]) -> str:
    """Return one sentence about all lines."""
    natural = sum(line.natural == "passed" for line in lines)
    forced = sum(line.forced == "passed" for line in lines)
    failed = sum(line.failed for line in lines)
    return f"{len(lines)} statuses: {natural} brought about naturally, {forced} by force; {failed} failed"


def _sent(trigger: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was sent for a trigger, in that order."""
    value = "".join(f" {field}={json.dumps(text)}" for field, text in trigger["magic"].items())
    yield f"    {trigger['kind']}: {value.strip() or trigger['about']}, {trigger['result']}"
    yield from (f"        {name}: {value}" for name, value in trigger["headers"].items())
    yield from (f"        before: data={data}" for data in trigger["before"])
    yield f"        data={trigger['sent']}"


def _legend(lines: Sequence[Line]) -> Iterator[str]:
    for (column, word), meaning in _MEANINGS.items():
        if any(vars(line)[column] == word for line in lines):
            yield f"{word}: {meaning}"
