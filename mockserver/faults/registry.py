"""All kinds of faults, found by looking into :mod:`mockserver.faults.kinds`: one file each.

The loader of scenarios and the admin API name a fault by any of its words, with settings beside it;
:func:`plan` checks both and makes the fault.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from mockserver.contract.documents import Checker, known, pointer
from mockserver.errors import InvalidDocument, Problem
from mockserver.faults import kinds
from mockserver.faults.base import Foreign

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.faults.base import Fault
    from mockserver.faults.chance import Chance


@cache
def fault_kinds() -> Mapping[str, type[Fault]]:
    """Return every kind by its name, in order of names; each file's class is called ``FAULT`` there."""
    modules = sorted(module.name for module in pkgutil.iter_modules(kinds.__path__))
    found = [import_module(f"{kinds.__name__}.{name}").FAULT for name in modules]
    return MappingProxyType({kind.name: kind for kind in found})


@cache
def names() -> Mapping[str, str]:
    """Return the name of every kind by each word for it, other tools' words included (lower case)."""
    words = {word.casefold(): kind.name for kind in fault_kinds().values() for word in kind.aliases}
    return MappingProxyType(words | {name: name for name in fault_kinds()})


@cache
def fault_schemas() -> Mapping[str, Mapping[str, Any]]:
    """Return the JSON Schema of the settings by each word for a kind: lower case, and as other tools spell it."""
    spelt = {word: word for kind in fault_kinds().values() for word in kind.aliases}
    words = {**spelt, **{word: word for word in names()}}
    return MappingProxyType({word: _schema(word) for word in words})


def _schema(word: str) -> Mapping[str, Any]:
    kind = fault_kinds()[names()[word.casefold()]]
    schema: dict[str, Any] = {
        "type": "object",
        "description": kind.about,
        "properties": {**kind.properties, **_foreign(kind, word).properties},
        "additionalProperties": False,
    }
    if kind.required:
        schema["required"] = list(kind.required)
    if kind.alternatives:
        both = [{"required": list(pair)} for pair in combinations(kind.alternatives, 2)]
        schema["not"] = {"anyOf": both}
    return schema


def _foreign(kind: type[Fault], word: str) -> Foreign:
    return kind.foreign.get(word.casefold(), Foreign({}, lambda _: {}))


@cache
def _checker(word: str) -> Checker:
    schema = dict(_schema(word))
    # What stands there twice is told by us, in the settings' own words.
    schema.pop("not", None)
    return Checker(schema)


def settings_of(name: str, settings: Mapping[str, Any], file: str = "", at: str = "") -> Mapping[str, Any]:
    """Return the settings of a fault in our own words, with the defaults filled in.

    ``name`` is any word for a kind, in any case. ``file`` and ``at``, the pointer of the mapping that
    holds the settings, are where the problems say they are. Raises InvalidDocument for a word that
    is none, settings that are unknown or out of bounds, and two that say the same.
    """
    word = name.casefold()
    if word not in names():
        raise InvalidDocument(
            [Problem(file, at, "there is no such fault", known(list(fault_kinds()), name), name)]
        )
    kind = fault_kinds()[names()[word]]
    problems = [
        Problem(found.file, at + found.pointer, found.message, found.expected, found.got)
        for found in _checker(word).problems(dict(settings), file)
    ]
    if problems:
        raise InvalidDocument(problems)
    return _filled(kind, word, settings, file, at)


def _filled(
    kind: type[Fault], word: str, settings: Mapping[str, Any], file: str, at: str
) -> Mapping[str, Any]:
    foreign = _foreign(kind, word)
    theirs = {name: value for name, value in settings.items() if name in foreign.properties}
    own = {name: value for name, value in settings.items() if name not in foreign.properties}
    translated = foreign.ours(theirs)
    given = {**translated, **own}
    rivals = [name for name in kind.alternatives if name in given]
    if len(rivals) > 1 or (theirs and translated.keys() & own.keys()):
        pair = rivals if len(rivals) > 1 else [*theirs, *(translated.keys() & own.keys())]
        got = ", ".join(pair)
        problem = Problem(file, at + pointer([pair[-1]]), "these settings say the same", "one of them", got)
        raise InvalidDocument([problem])
    defaults = {
        name: node["default"]
        for name, node in kind.properties.items()
        if "default" in node and not (rivals and name in kind.alternatives)
    }
    return {name: _whole(kind.properties[name], value) for name, value in {**defaults, **given}.items()}


def _whole(node: Mapping[str, Any], value: Any) -> Any:
    """Return an integer as one: JSON Schema takes 5.0 for 5, and nobody can count bytes with it."""
    return int(value) if node.get("type") == "integer" else value


def plan(name: str, settings: Mapping[str, Any], chance: Chance, file: str = "", at: str = "") -> Fault:
    """Return the fault of a kind, by any word for it, with these settings; raises as :func:`settings_of` does."""
    filled = settings_of(name, settings, file, at)
    return fault_kinds()[names()[name.casefold()]](filled, chance)
