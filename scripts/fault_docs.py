"""Write the tables of ``docs/faults.md`` anew: ``python -m scripts.fault_docs [--check]``.

What stands between a ``<!-- begin … -->`` and its ``<!-- end -->`` is made from the kinds themselves.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

from mockserver.faults.base import ReplyFault, Wait
from mockserver.faults.chance import Chance
from mockserver.faults.registry import fault_kinds, plan
from scripts.fidelity.markdown import table
from scripts.generated import ROOT, checking, filled, settle_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mockserver.faults.base import Fault

PAGE: Final = ROOT / "docs" / "faults.md"
_UNITS = {"maximum": "up to {}", "minimum": "from {}"}


def written(text: str) -> str:
    """Return the page with its tables made anew."""
    return filled(text, PARTS)


def _escaped(rows: Iterator[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    return (tuple(text.replace("|", "\\|") for text in row) for row in rows)


def _kinds() -> str:
    rows = (
        (
            f"`{name}`",
            kind.about,
            ", ".join(f"`{setting}`" for setting in kind.properties) or "–",
            _effect(kind),
            _where(kind),
            ", ".join(f"`{word}`" for word in kind.aliases) or "–",
        )
        for name, kind in fault_kinds().items()
    )
    return table(
        ("fault", "what the client sees", "settings", "takes effect", "where", "other words"), _escaped(rows)
    )


def _effect(kind: type[Fault]) -> str:
    if "applied" in kind.properties:
        return "no, unless `applied`"
    return "yes" if plan(kind.name, {}, Chance()).applied else "no"


def _where(kind: type[Fault]) -> str:
    if issubclass(kind, Wait):
        return "time"
    return "reply" if issubclass(kind, ReplyFault) else "wire"


def _settings() -> str:
    rows = (
        (f"`{name}`", f"`{setting}`", node["description"], _values(node), _default(node))
        for name, kind in fault_kinds().items()
        for setting, node in kind.properties.items()
    )
    return table(("fault", "setting", "meaning", "values", "default"), _escaped(rows))


def _default(node: Mapping[str, Any]) -> str:
    return f"`{json.dumps(node['default'])}`" if "default" in node else "–"


def _values(node: Mapping[str, Any]) -> str:
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"])
    limits = [
        text.format(f"{node[word]:,}") for word, text in sorted(_UNITS.items(), reverse=True) if word in node
    ]
    return ", ".join([node["type"], *limits])


def _foreign() -> str:
    rows = (
        (f"`{word}`", f"`{setting}`", node["description"], *(f"`{json.dumps(each)}`" for each in examples))
        for kind in fault_kinds().values()
        for word, foreign in kind.foreign.items()
        for setting, node in foreign.properties.items()
        for given in [{setting: node["examples"][0]}]
        for examples in [({word: given}, {kind.name: dict(foreign.ours(given))})]
    )
    return table(("word", "setting", "meaning", "for example", "in our words"), _escaped(rows))


PARTS: Final = {"kinds": _kinds, "settings": _settings, "foreign": _foreign}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or with ``--check`` only tell whether it would change (exit code 1)."""
    check = checking("scripts.fault_docs", __doc__, arguments)
    return settle_parts({PAGE: PARTS}, "scripts.fault_docs", check=check)


if __name__ == "__main__":
    sys.exit(main())
