"""Shapes that settings of several kinds share, as JSON Schema, and endings that several kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.faults.base import Connection

LONGEST: Final = 3600
"""Seconds that a single fault may take."""

CLOSED: Final = "closed without a byte"
RESET: Final = "reset"
CUT: Final = "closed within the reply"
SENT: Final = "sent"


def seconds(about: str, **more: Any) -> Mapping[str, Any]:
    """Return the schema of a time in seconds; ``more`` are further keywords."""
    return {
        "type": "number",
        "description": about,
        "minimum": 0,
        "maximum": LONGEST,
        "examples": [2.5],
    } | more


def milliseconds(about: str) -> Mapping[str, Any]:
    """Return the schema of a time as other tools give it."""
    return seconds(about, maximum=LONGEST * 1000, examples=[2500])


UNIFORM: Final[Mapping[str, Any]] = {
    "type": "array",
    "description": "Shortest and longest time in seconds; all between are as likely.",
    "items": seconds("One end."),
    "minItems": 2,
    "maxItems": 2,
    "examples": [[0.5, 3]],
}
LOGNORMAL: Final[Mapping[str, Any]] = {
    "type": "object",
    "description": "A few times much longer than most: median in seconds, and sigma, the spread of the logarithm.",
    "properties": {
        "median": seconds("Half of the times are longer."),
        "sigma": {"type": "number", "description": "The spread; 0 is none.", "minimum": 0, "maximum": 5},
    },
    "required": ["median", "sigma"],
    "additionalProperties": False,
    "examples": [{"median": 0.4, "sigma": 0.6}],
}


def octets(about: str, **more: Any) -> Mapping[str, Any]:
    """Return the schema of a number of bytes."""
    return {
        "type": "integer", "description": about, "minimum": 0, "maximum": 1_000_000_000, "examples": [100],
    } | more  # fmt: skip


def applied() -> Mapping[str, Any]:
    """Return the schema of the setting that says whether the command takes effect behind the fault."""
    return {
        "type": "boolean",
        "description": "Whether the command takes effect all the same.",
        "default": False,
        "examples": [True],
    }


def how_lost(default: str) -> Mapping[str, Any]:
    """Return the schema of the setting that says how a reply is lost."""
    return {
        "enum": ["close", "reset", "hang"],
        "description": "How the reply is lost: end of connection, reset, or silence until the client gives up.",
        "default": default,
        "examples": ["hang"],
    }


async def lose(connection: Connection, how: str) -> str:
    """Let a reply get lost in one of these ways, and return how."""
    if how == "hang":
        await connection.wait(None)
        return f"{connection.ending} while waiting for a reply"
    if how == "reset":
        connection.reset()
        return RESET
    connection.close()
    return CLOSED
