"""A valid command for each method, made from ``methods.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

_FILE = Path(__file__).resolve().parent / "methods.json"


@dataclass(frozen=True, slots=True)
class Case:
    """One command: its name in the report, its JSON, what its reply holds, and what has to happen before.

    The words to fill in are those of :meth:`bench.world.World.words`. ``before`` is empty or ``wrapup``:
    the agent is put there, outside what is timed.
    """

    key: str
    title: str
    command: Template
    expects: Template
    before: str


def cases(group: str) -> list[Case]:
    """Return the commands of a group (``all``, ``customers``, ``people``) in the order of a turn, the push first."""
    listed: list[dict[str, Any]] = json.loads(_FILE.read_bytes())["cases"]
    return [
        Case(
            each["key"],
            each["title"],
            Template(json.dumps(each["command"], separators=(",", ":"))),
            Template(each["expects"]),
            each.get("before", ""),
        )
        for each in listed
        if group in each["groups"]
    ]
