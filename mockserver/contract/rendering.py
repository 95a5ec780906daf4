"""Render replies: a shape of the document, projected on an outcome, in printed key order.

=============  ==========================================================================
annotation     effect
=============  ==========================================================================
``const``      the value as printed
``x-from``     the member of the outcome the value comes from
``x-format``   ``padded3``: a status as three-digit text; ``change-time``: a moment as userStatus prints it
``x-escape``   ``slashes``: each slash of the text is written ``\\/`` (REC-08)
``x-map``      the outcome's word to the printed one
``x-default``  the value when the outcome has none (or an empty one)
``x-omit``     ``absent``: the key is left out when the outcome has no value
``x-key``      the member of the outcome that holds the key's name
``items``      the shape of each element; the member is a list of outcomes (without it: a value as it is)
=============  ==========================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from mockserver.contract.values import change_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Step = Callable[[Mapping[str, Any], dict[str, Any]], None]

FORMATS: Final[Mapping[str, Callable[[Any], str]]] = {"padded3": "{:03d}".format, "change-time": change_time}
"""Formats a shape may name."""


class Shape:
    """One compiled reply shape."""

    def __init__(self, properties: Mapping[str, Mapping[str, Any]]) -> None:
        self.properties = properties
        """The members as the document has them, expanded."""
        self._steps: list[Step] = [_step(key, node) for key, node in properties.items()]

    def project(self, outcome: Mapping[str, Any]) -> dict[str, Any]:
        """Return the reply object for an outcome, keys in the shape's order."""
        reply: dict[str, Any] = {}
        for step in self._steps:
            step(outcome, reply)
        return reply

    def render(self, outcome: Mapping[str, Any]) -> bytes:
        """Return the reply as UTF-8 JSON bytes, keys in the shape's order, nothing escaped needlessly (TRN-37)."""
        return orjson.dumps(self.project(outcome))


def _step(key: str, node: Mapping[str, Any]) -> Step:
    if "const" in node:
        return _constant(key, node["const"])
    if "items" in node:
        return _list(key, node["x-from"], Shape(node["items"]["properties"]))
    return _member(key, node)


def _constant(key: str, value: Any) -> Step:
    def step(_: Mapping[str, Any], reply: dict[str, Any]) -> None:
        reply[key] = value

    return step


def _plain(key: str, source: str) -> Step:
    def step(outcome: Mapping[str, Any], reply: dict[str, Any]) -> None:
        reply[key] = outcome[source]

    return step


def _list(key: str, source: str, shape: Shape) -> Step:
    def step(outcome: Mapping[str, Any], reply: dict[str, Any]) -> None:
        reply[key] = [shape.project(item) for item in outcome[source]]

    return step


def _member(key: str, node: Mapping[str, Any]) -> Step:
    source: str = node["x-from"]
    words: Mapping[str, Any] | None = node.get("x-map")
    formatted = FORMATS[node["x-format"]] if "x-format" in node else None
    omit = "x-omit" in node
    default = node.get("x-default")
    named_by: str | None = node.get("x-key")
    escape = "x-escape" in node

    if len(node) == (2 if "type" in node else 1):
        return _plain(key, source)

    def step(outcome: Mapping[str, Any], reply: dict[str, Any]) -> None:
        value = outcome.get(source)
        if value is None or (value == "" and default is not None):
            if omit:
                return
            value = default
        elif words is not None:
            value = words[value]
        elif formatted is not None:
            value = formatted(value)
        if escape:
            value = orjson.Fragment(orjson.dumps(value).replace(b"/", b"\\/"))
        reply[key if named_by is None else outcome[named_by]] = value

    return step
