"""Turn a document with alternatives into the one plain document that holds for a request.

A node may carry alternatives: ``x-quirk`` (by quirk value) and ``x-process`` (by a trait of the
process). Expanding chooses, follows ``$ref`` into the document's ``$defs``, fills ``{token}`` names
and values with traits, and turns ``x-reference`` and ``x-values`` into ``enum``. Afterwards nothing
asks again which edition or quirk is in force.

Merging follows RFC 7386: objects merge member by member, null takes a member away, anything else
replaces. An alternative that is null takes the node itself away.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Traits = tuple[tuple[str, Any], ...]
"""What of a process chooses among alternatives: (name, value) pairs, values hashable."""

NO_TRAITS: Traits = (("trunk", "domestic"), ("crm_field", "crmuniquefield"), ("template", ()))
"""Traits of a command whose process is not known."""

_TOKEN: Final = re.compile(r"\{([a-z_]+)\}")
_DROPPED: Final = object()
ALTERNATIVES: Final = ("x-quirk", "x-process")
"""Annotations that choose among alternatives: by a quirk, by a trait of the process."""


class ExpansionError(ValueError):
    """A ``$ref``, reference table or token that the document uses is not there; ``known`` are those that are."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        super().__init__(f"no {kind} {name}")
        self.name = name
        self.known = tuple(sorted(known))


def merge(base: Any, patch: Any) -> Any:
    """Return ``base`` patched by ``patch`` as RFC 7386 says; neither is changed."""
    if not isinstance(patch, dict) or not isinstance(base, dict):
        return patch
    merged = dict(base)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        elif key in merged:
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged


class Expander:
    """Expands the nodes of one document for one choice of quirks and process traits."""

    def __init__(
        self,
        quirks: Mapping[str, str],
        traits: Mapping[str, Any],
        definitions: Mapping[str, Any],
        references: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self._choices: dict[str, Mapping[str, Any]] = {"x-quirk": quirks, "x-process": traits}
        self._tokens = {**quirks, **traits}
        self._definitions = definitions
        self._references = references
        self.asked: set[str] = set()
        """The quirks and traits that what was expanded so far depends on."""

    def expand(self, node: Any) -> Any:
        """Return the plain document below ``node``; None when the node itself is taken away."""
        plain = self._expand(node)
        return None if plain is _DROPPED else plain

    def _expand(self, node: Any) -> Any:
        if isinstance(node, dict):
            return self._expand_object(node)
        if isinstance(node, list):
            return [item for item in map(self._expand, node) if item is not _DROPPED]
        if isinstance(node, str):
            return self._fill(node)
        return node

    def _expand_object(self, node: dict[str, Any]) -> Any:
        chosen: Any = node
        while isinstance(chosen, dict) and any(key in chosen for key in ("$ref", *ALTERNATIVES)):
            chosen = self._choose(chosen)
        if not isinstance(chosen, dict):
            return chosen if chosen is _DROPPED else self._expand(chosen)
        filled: dict[str, Any] = {}
        for key, value in chosen.items():
            name = self._fill(key)
            filled[name] = merge(filled[name], value) if name in filled else value
        plain = {key: self._expand(value) for key, value in filled.items()}
        plain = {key: value for key, value in plain.items() if value is not _DROPPED}
        return self._with_enum(plain)

    def _choose(self, node: dict[str, Any]) -> Any:
        """Follow ``$ref``, then the alternatives, one level down."""
        if "$ref" in node:
            rest = {key: value for key, value in node.items() if key != "$ref"}
            return merge(self._definition(node["$ref"]), rest)
        chosen: Any = {key: value for key, value in node.items() if key not in ALTERNATIVES}
        for kind in ALTERNATIVES:
            for name, branches in node.get(kind, {}).items():
                self.asked.add(name)
                value = self._choices[kind].get(name)
                if value not in branches:
                    continue
                branch = branches[value]
                if branch is None:
                    return _DROPPED
                chosen = merge(chosen, branch)
        return chosen

    def _definition(self, ref: str) -> Any:
        name = ref.removeprefix("#/$defs/")
        if name not in self._definitions:
            raise ExpansionError("definition", ref, self._definitions)
        return self._definitions[name]

    def _fill(self, text: str) -> Any:
        token = _TOKEN.fullmatch(text)
        if token is None:
            return text
        if token[1] not in self._tokens:
            raise ExpansionError("trait or quirk", text, self._tokens)
        self.asked.add(token[1])
        return self._tokens[token[1]]

    def _with_enum(self, node: dict[str, Any]) -> dict[str, Any]:
        if "x-values" in node:
            return {**node, "enum": list(node["x-values"])}
        if "x-reference" in node:
            table = self._references.get(node["x-reference"])
            if table is None:
                raise ExpansionError("reference table", node["x-reference"], self._references)
            entries = table["entries"]
            named = {
                entry[word]: key
                for word in node.get("x-spelled", ())
                for key, entry in entries.items()
                if word in entry
            }
            also = {"x-means": {**named, **node.get("x-means", {})}} if named else {}
            return {**node, "enum": list(entries), **also}
        return node
