"""What a dry run finds: problems and notes, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.contract.documents import nearest, pointer, shown
from mockserver.errors import Note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.scenarios.source import Path, Source

_LISTED = 40  # names that a message repeats


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
        self, path: Path, message: str, names: Iterable[str], got: str, *, name: bool = False, hint: str = ""
    ) -> None:
        """Note a name that is none of those there are; the nearest is told, or ``hint``."""
        known = list(dict.fromkeys(names))
        more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
        expected = f"one of {', '.join(known[:_LISTED])}{more}" if known else "none: there are none"
        self.wrong(path, message, expected, got[:80], hint=hint or nearest(known, got[:80]), name=name)

    def note(self, path: Path, message: str) -> None:
        """Note something odd."""
        line, column = self.source.place(path)
        self.notes.append(Note(self.source.file, pointer(path), message, line, column))
