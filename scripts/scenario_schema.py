"""``python -m scripts.scenario_schema [--check]``: bring schemas/scenario.json up to date with what it names.

The form of a scenario is written by hand. The names of methods, quirks and faults, with the settings of
each fault, come from where they are defined, so that an editor completes them; they stand at the end.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any, Final

from mockserver.faults.registry import fault_kinds, fault_schemas
from mockserver.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MARK: Final = '    "made": {"$comment": "What follows is made by python -m scripts.scenario_schema"}'
_WIDTH: Final = 120


def due(printed: str) -> str:
    """Return the text of the schema as it should be: what is written by hand, and then what is made."""
    by_hand, mark, _ = printed.partition(MARK)
    if not mark:
        raise SystemExit(f"schemas/scenario.json has lost its line {MARK.strip()}")
    made = (f"    {json.dumps(name)}: {laid_out(node, 4)}" for name, node in definitions().items())
    return by_hand + ",\n".join([MARK, *made]) + "\n  }\n}\n"


def definitions() -> dict[str, Any]:
    """Return the definitions that are made, by name."""
    return {"methods": _methods(), "quirks": _quirks(), "fault": _fault()}


def _methods() -> dict[str, Any]:
    common = json.loads((data_dir("schemas") / "common.json").read_text(encoding="utf-8"))
    name = {"enum": common["methods"]}
    several = {"type": "array", "items": name, "minItems": 1, "uniqueItems": True}
    return {"oneOf": [name, several]}


def _quirks() -> dict[str, Any]:
    table = json.loads((data_dir("schemas") / "quirks.json").read_text(encoding="utf-8"))
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _quirk(row) for name, row in table.items() if name != "$comment"},
    }


def _quirk(row: Mapping[str, Any]) -> dict[str, Any]:
    values = {"type": "string", "examples": row["values"]} if row.get("open") else {"enum": row["values"]}
    return {"description": row["about"], **values, "default": row["values"][0]}


def _fault() -> dict[str, Any]:
    kinds = fault_kinds().values()
    words = [(word, kind) for kind in kinds for word in (kind.name, *kind.aliases) if word in fault_schemas()]
    names = [
        {"const": word, "description": kind.about if word == kind.name else f"The same as {kind.name}."}
        for word, kind in words
    ]
    settings = {word: {**fault_schemas()[word], "type": ["object", "null"]} for word, _ in words}
    named = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": settings,
    }
    return {
        "description": "A fault by name, or an object of its name and settings.",
        "examples": ["hang", {"latency": {"fixed": 2}}],
        "oneOf": [{"type": "string", "oneOf": names}, named],
    }


def laid_out(node: Any, indent: int) -> str:
    """Return JSON on one line where it fits, else with a line for each member."""
    line = json.dumps(node, ensure_ascii=False)
    if len(line) + indent <= _WIDTH or not isinstance(node, dict | list) or not node:
        return line
    inner = " " * (indent + 2)
    lines = ",\n".join(inner + each for each in _parts(node, indent + 2))
    opening, closing = "{}" if isinstance(node, dict) else "[]"
    return f"{opening}\n{lines}\n{' ' * indent}{closing}"


def _parts(node: dict[str, Any] | list[Any], indent: int) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield f"{json.dumps(name)}: {laid_out(value, indent)}"
    else:
        for value in node:
            yield laid_out(value, indent)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the schema, or only check it; return the exit code: 1 when the check finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m scripts.scenario_schema", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether it would change")
    check = parser.parse_args(arguments).check
    path = data_dir("schemas") / "scenario.json"
    printed = path.read_text(encoding="utf-8")
    text = due(printed)
    if not check:
        path.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if text != printed:
        print("schemas/scenario.json is out of date: python -m scripts.scenario_schema", file=sys.stderr)
    return int(text != printed)


if __name__ == "__main__":
    sys.exit(main())
