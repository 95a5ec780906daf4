"""What was read: a document, and where in its file each part of it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.documents import pointer
from mockserver.errors import InvalidDocument, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

    Path = tuple[str, ...]
    """Member names and element numbers, from the document's top."""

    Place = tuple[int, int]
    """Line and column, both from 1."""

LONGEST: Final = 256 * 1024
"""Bytes of a file."""
DEEPEST: Final = 50
"""Objects and lists inside each other."""
WIDEST: Final = 2**63
"""Integers beyond it are not sure to survive another reader of JSON."""


@dataclass(slots=True)
class Source:
    """A document as it was read; ``problems`` are those that did not keep it from being read."""

    file: str
    document: Any = None
    names: dict[Path, Place] = field(default_factory=dict)
    """Where the names of members stand."""
    values: dict[Path, Place] = field(default_factory=dict)
    """Where values stand."""
    written: dict[Path, str] = field(default_factory=dict)
    """How numbers are written that no number is written as when it is text: ``+91…``, ``0123``."""
    problems: list[Problem] = field(default_factory=list)

    def place(self, path: Path, *, name: bool = False) -> Place | tuple[None, None]:
        """Return line and column of a value, or of its name; what is not there stands where its parent does."""
        if name and path in self.names:
            return self.names[path]
        while path not in self.values and path:
            path = path[:-1]
        return self.values.get(path, (None, None))

    def wrong(
        self,
        place: Place | tuple[None, None],
        path: Path,
        message: str,
        expected: str = "",
        got: str = "",
        *,
        hint: str = "",
    ) -> None:
        """Note a problem at a place."""
        line, column = place
        self.problems.append(Problem(self.file, pointer(path), message, expected, got, line, column, hint))

    def refuse(self, place: Place, message: str, expected: str = "", got: str = "") -> NoReturn:
        """Give up, for a reason that makes all the rest meaningless."""
        self.wrong(place, (), message, expected, got)
        raise InvalidDocument(self.problems)

    def number(self, place: Place, path: Path, text: str, value: float, *, quotable: bool = True) -> Any:
        """Return a number that was read, or its text where it is none that JSON could carry."""
        self.values[path] = place
        if value != value or abs(value) == float("inf"):  # noqa: PLR0124 - what is not itself is no number
            self.wrong(place, path, "this is no number of JSON", "digits, or the text in quotes", text[:60])
            return text
        if isinstance(value, int) and abs(value) >= WIDEST:
            self.wrong(place, path, "this number is too long", "at most 18 digits; quote it", text[:60])
            return text
        if quotable and str(value) != text and isinstance(value, int):
            self.written[path] = text
        return value


def text_of(data: bytes, file: str) -> str:
    """Return the text of a file; InvalidDocument when it is too long or not UTF-8."""
    source = Source(file)
    if len(data) > LONGEST:
        source.refuse((1, 1), "the file is too long", f"at most {LONGEST // 1024} KiB", f"{len(data)} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        got = f"byte 0x{data[error.start]:02x}"
        source.refuse(place_of(before, len(before)), "the file is not UTF-8 text", "UTF-8", got)


def place_of(text: str, offset: int) -> Place:
    """Return line and column of an offset in a text."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def plain_source(document: Mapping[str, Any], file: str) -> Source:
    """Return the source of a document that came without a file: problems have pointers and no lines."""
    source = Source(file, document)
    if _depth(document) > DEEPEST:
        message = "objects and lists stand too deep inside each other"
        raise InvalidDocument([Problem(file, "", message, f"at most {DEEPEST} deep")])
    return source


def _depth(document: Any) -> int:
    """Return how deep a document is, or a number beyond the limit."""
    level, depth = [document], 0
    while level and depth <= DEEPEST:
        nested = [each for each in level if isinstance(each, dict | list)]
        level = [child for each in nested for child in (each.values() if isinstance(each, dict) else each)]
        depth += bool(nested)
    return depth
