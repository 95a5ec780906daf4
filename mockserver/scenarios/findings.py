"""What a dry run finds: problems and notes, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.contract.documents import nearest, pointer, shown
from mockserver.errors import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mockserver.scenarios.source import Path, Source

_LISTED, _FEW = 60, 12  # names that a message repeats: without and with one that was probably meant


class Findings:
    """Collects what is found wrong in a source, and what is only odd."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.notes: list[Note] = []

    def wrong(
        self,
        path: Path,
        message: str,
        expected: str = "",
        got: Any = "",
        *,
        hint: str = "",
        name: bool = False,
    ) -> None:
        """Note a problem of a value, or of its ``name``; ``got`` is shown as JSON unless it is text."""
        text = got if isinstance(got, str) else shown(got)
        place = self.source.place(path, name=name)
        self.source.wrong(place, path, message, expected, text, hint=hint)

    def unknown(
        self,
        path: Path,
        message: str,
        names: Iterable[str],
        got: str,
        *,
        hint: str = "",
        name: bool = False,
    ) -> None:
        """Note a word that is none of those there are; the nearest is told, or ``hint``. Numbers are near to none."""
        known = list(dict.fromkeys(names))
        hint = hint or ("" if got.isdecimal() else nearest(known, got[:80]))
        self.wrong(path, message, _one_of(known, _FEW if hint else _LISTED), got[:80], hint=hint, name=name)

    def note(self, path: Path, message: str) -> None:
        """Note something odd."""
        line, column = self.source.place(path)
        self.notes.append(Note(self.source.file, pointer(path), message, line, column))


def _one_of(names: Sequence[str], limit: int) -> str:
    """Return the names, or the first of them and how many more there are."""
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return f"one of {', '.join(names[:limit])}{more}" if names else "none: there is none"
