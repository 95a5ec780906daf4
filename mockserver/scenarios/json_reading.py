"""Read JSON with line and column of every part."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from mockserver.scenarios.source import DEEPEST, Source, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.scenarios.source import Path, Place

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s{}\[\],:"]+', re.DOTALL)


def read_json_source(text: str, file: str) -> Source:
    """Return what a JSON text holds; InvalidDocument when it is none."""
    source = Source(file)
    _check_depth(text, source)
    try:
        json.loads(text, parse_int=str, parse_float=str, parse_constant=_constant)
    except json.JSONDecodeError as error:
        source.refuse((error.lineno, error.colno), "the file is not JSON", "JSON", error.msg)
    except ValueError as error:
        source.refuse((1, 1), "the file is not JSON", "JSON", str(error))
    source.document = _Reader(text, source).value(())
    return source


def _constant(text: str) -> float:
    raise ValueError(f"{text} is no JSON number")


def _check_depth(text: str, source: Source) -> None:
    """Refuse a text nested too deep before a parser that calls itself sees it."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += (token[0] in ("{", "[")) - (token[0] in ("}", "]"))
        if depth > DEEPEST:
            place = place_of(text, token.start())
            message = "objects and lists stand too deep inside each other"
            source.refuse(place, message, f"at most {DEEPEST} deep")


class _Reader:
    """Reads a text that is known to be JSON."""

    def __init__(self, text: str, source: Source) -> None:
        self._source = source
        self._places = _places(text)
        self._tokens: Iterator[tuple[str, Place]] = (
            (found[0], place) for found, place in zip(_TOKEN.finditer(text), self._places, strict=True)
        )

    def value(self, path: Path) -> Any:
        """Return the next value."""
        part, place = next(self._tokens)
        return self._value(part, place, path)

    def _value(self, part: str, place: Place, path: Path) -> Any:
        self._source.values[path] = place
        if part == "{":
            return self._object(path)
        if part == "[":
            return self._list(path)
        if part[0] == '"' or part in ("true", "false", "null"):
            return json.loads(part)
        number = float(part) if set(part) & set(".eE") else _integer(part)
        return self._source.number(place, path, part, number, quotable=False)

    def _object(self, path: Path) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while (found := next(self._tokens))[0] != "}":
            name = json.loads(found[0])
            below = (*path, name)
            if name in members:
                self._source.wrong(found[1], below, "this name stands twice", "each name once", name[:60])
            self._source.names[below] = found[1]
            members[name] = self.value(below)
        return members

    def _list(self, path: Path) -> list[Any]:
        elements: list[Any] = []
        while (found := next(self._tokens))[0] != "]":
            elements.append(self._value(*found, (*path, str(len(elements)))))
        return elements


def _integer(token: str) -> float:
    """Return an integer; one longer than any that is taken as infinite, since Python would not read it."""
    return int(token) if len(token) < 4000 else float("inf")


def _places(text: str) -> Iterator[Place]:
    """Yield line and column of each token."""
    line, begin, at = 1, 0, 0
    for token in _TOKEN.finditer(text):
        for newline in re.finditer("\n", text[at : token.start()]):
            line, begin = line + 1, at + newline.end()
        at = token.start()
        yield line, at - begin + 1
