"""Read YAML 1.2 with line and column of every part, and nothing that could surprise: no tags, no bombs.

ruamel's parser says which scalars, lists and mappings stand where; what they mean is decided here, by the
core schema of YAML 1.2 and no more: ``on`` and ``2026-03-02`` are text, as they look.
"""

from __future__ import annotations

import copy
import io
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamStartEvent,
)

from mockserver.scenarios.source import DEEPEST, Source, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.scenarios.source import Path, Place

BUDGET: Final = 2_000
"""Values that aliases may bring in, all together."""
MOST: Final = 20_000
"""Values of a file; as many as this take about a second to read."""

_TAGS: Final = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))
_CONSTANTS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class _Anchored(NamedTuple):
    """A value that aliases may repeat, and how many values it consists of."""

    value: Any
    size: int


def read_yaml_source(text: str, file: str) -> Source:
    """Return what a YAML text holds; InvalidDocument when it is none, or not one document."""
    source = Source(file)
    try:
        source.document = _Reader(YAML(typ="safe", pure=True).parse(io.StringIO(text)), source).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if _tab_at(text, place):
            source.refuse(place, "a tab stands here", "spaces: YAML is not indented by tabs", "a tab")
        got = " ".join(text for text in (error.problem, error.context) if text)
        source.refuse(place, "the file is not YAML", "YAML 1.2", got)
    except YAMLError as error:
        offset = getattr(error, "position", 0)
        got = str(getattr(error, "reason", "") or error).splitlines()[0]
        source.refuse(place_of(text, offset), "the file is not YAML", "printable characters", got)
    except (ValueError, OverflowError, LookupError, TypeError, AttributeError, AssertionError) as error:
        # the parser trips over some broken escapes and directives with errors that are not its own
        source.refuse((1, 1), "the file is not YAML", "YAML 1.2", type(error).__name__)
    return source


def _tab_at(text: str, place: Place) -> bool:
    lines = text.split("\n")
    return place[0] <= len(lines) and lines[place[0] - 1][place[1] - 1 : place[1]] == "\t"


class _Reader:
    """Makes a document of a parser's events."""

    def __init__(self, events: Iterator[Any], source: Source) -> None:
        self._events = events
        self._source = source
        self._anchors: dict[str, _Anchored | None] = {}
        self._size = 0
        self._budget = BUDGET

    def document(self) -> Any:
        """Return the only document of the stream."""
        value = None
        seen = False
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                if seen:
                    self._source.refuse(_place(event), "a second document begins", "one document in a file")
                seen = True
                value = self._value(next(self._events), (), 0)
            elif not isinstance(event, StreamStartEvent):
                continue
        if not seen:
            self._source.refuse((1, 1), "the file is empty", "a scenario")
        return value

    def _value(self, event: Any, path: Path, depth: int) -> Any:
        place = _place(event)
        self._source.values[path] = place
        if depth > DEEPEST:
            message = "objects and lists stand too deep inside each other"
            self._source.refuse(place, message, f"at most {DEEPEST} deep")
        if isinstance(event, AliasEvent):
            return self._alias(event, path)
        if event.anchor:
            self._anchors[event.anchor] = None
        self._check_tag(event, path)
        value: Any
        before = self._size
        self._size += 1
        if self._size > MOST:
            self._source.refuse(place, "the file holds too much", f"at most {MOST} values")
        if isinstance(event, MappingStartEvent):
            value = self._mapping(path, depth)
        elif isinstance(event, SequenceStartEvent):
            value = self._sequence(path, depth)
        else:
            value = self._scalar(event, path)
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(value, self._size - before)
        return value

    def _check_tag(self, event: Any, path: Path) -> None:
        tag = str(event.tag) if event.tag else ""
        if tag and tag not in _TAGS:
            expected = "plain values: nothing in a scenario is made by a tag"
            self._source.wrong(_place(event), path, "this tag is not known", expected, tag[:60])

    def _alias(self, event: Any, path: Path) -> Any:
        place, name = _place(event), str(event.anchor)
        if name not in self._anchors:
            self._source.wrong(place, path, "no anchor has this name", f"&{name} before", f"*{name}")
            return None
        anchored = self._anchors[name]
        if anchored is None:
            self._source.refuse(place, "a value contains itself", "an anchor that is complete", f"*{name}")
        self._budget -= anchored.size
        self._size += anchored.size
        if self._budget < 0:
            message = "aliases repeat too much"
            self._source.refuse(place, message, f"at most {BUDGET} values by aliases", f"*{name}")
        return copy.deepcopy(anchored.value)

    def _mapping(self, path: Path, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            place = _place(event)
            if not isinstance(event, ScalarEvent):
                self._source.refuse(place, "a name is no plain text", "text before the colon")
            self._check_tag(event, path)
            name = str(event.value)
            below = (*path, name)
            if name in members:
                self._source.wrong(place, below, "this name stands twice", "each name once", name[:60])
            self._source.names[below] = place
            members[name] = self._value(next(self._events), below, depth + 1)
        return members

    def _sequence(self, path: Path, depth: int) -> list[Any]:
        elements: list[Any] = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            elements.append(self._value(event, (*path, str(len(elements))), depth + 1))
        return elements

    def _scalar(self, event: Any, path: Path) -> Any:
        text = str(event.value)
        if event.style or event.tag:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INTEGER.fullmatch(text):
            # a longer one is no number for anybody, and Python would not read it
            value = int(text, 0 if text[:2] in ("0o", "0x") else 10) if len(text) < 4000 else float("inf")
        elif _FLOAT.fullmatch(text):
            value = float(text)
        elif _NO_NUMBER.fullmatch(text):
            value = float("inf")
        else:
            return text
        return self._source.number(_place(event), path, text, value)


def _place(event: Any) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1
