"""What a state file says: the templates and sandboxes that its lines make, one after the other.

A line holds one entry, or a list of entries that hold together. An entry is an object known by its first member:

==========================  ==========================================================================
``template`` + delta         rows of a template, which is made by the first such entry
``new`` + ``plan`` …         a sandbox is made of a template; its minted keys; how many were numbered
``in`` + delta, ``n``,       what changed in a sandbox: its store, the exchanges (and events, ``e``) it has
``e``, ``aside``             counted, and settings, clock and scenarios, as far as they changed
``point`` + ``told``         a snapshot of a sandbox is taken, whose state is the present one
``unpoint``, ``number``      a snapshot of a sandbox is forgotten
``seal``                     the present state of a sandbox is what a reset goes back to
``drop``                     a sandbox is forgotten
``base``                     the end of what the file was written with as a whole
==========================  ==========================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mockserver.persistence.lines import VERSION, read, trouble
from mockserver.store.data import Content
from mockserver.store.deltas import apply, between, portions, split
from mockserver.store.interface import TABLES, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mockserver.persistence.lines import Line
    from mockserver.store.interface import TableSpec

_MEMBERS: Final = frozenset({"rows", "gone", "next", "counters"})


def header(by: str, tables: Sequence[TableSpec] = TABLES) -> dict[str, Any]:
    """Return what stands in the first line: the version of this program, and the columns of every table."""
    return {"by": by, "tables": {spec.name: list(spec.columns) for spec in tables}}


@dataclass(slots=True)
class Kept:
    """A sandbox as the file has it: what it was made of, and how it stands."""

    plan: dict[str, Any]
    template: str
    minted: dict[str, Any]
    pristine: Content
    content: Content
    aside: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    events: int = 0
    snapshots: dict[int, tuple[dict[str, Any], Content]] = field(default_factory=dict)
    """What is told of each, and its state; by number, oldest first."""
    taken: int = 0
    """How many snapshots there were so far."""


class Image:
    """Templates and sandboxes of a state file, by their names. Build it with :meth:`load`."""

    def __init__(self, columns: Mapping[str, Sequence[str]], tables: Sequence[TableSpec] = TABLES) -> None:
        self.templates: dict[str, Content] = {}
        self.sandboxes: dict[str, Kept] = {}
        self.numbered = 0
        """How many sandboxes were given a key by number."""
        self.columns = columns
        self.whole = False
        self._tables = tables

    @classmethod
    def load(
        cls, path: Path, upto: int | None = None, tables: Sequence[TableSpec] = TABLES
    ) -> tuple[Image, Line, int] | None:
        """Return what a file says, its last line, and the length of its base; None for an empty file.

        ``upto`` is the offset where to end. Raises InvalidDocument: not ours, newer, damaged or cut off.
        """
        image: Image | None = None
        line: Line | None = None
        base = 0
        for line in read(path, upto):
            if image is None:
                image = cls(_columns(path, line.content, tables), tables)
                continue
            try:
                image.take(line.content)
            except (StoreError, LookupError, TypeError, ValueError, AttributeError) as error:
                text = "the line cannot be used; nothing was changed"
                raise trouble(path, line.number, text, "a change of this file's tables", str(error)) from None
            if image.whole and not base:
                base = line.end
        if image is None or line is None:
            return None
        if not image.whole:
            text = "the file ends before what it was written with does; it was left as it is"
            raise trouble(path, line.number, text, "a whole file", "the beginning of one")
        return image, line, base

    def take(self, content: Any) -> None:
        """Do what a line says."""
        for entry in content if isinstance(content, list) else (content,):
            kind = next(iter(entry))
            self._take(kind, entry[kind], entry)

    def _take(self, kind: str, name: Any, entry: dict[str, Any]) -> None:
        if kind == "in":
            self._change(self.sandboxes[name], entry)
        elif kind == "point":
            kept, told = self.sandboxes[name], entry["told"]
            kept.snapshots[told["number"]] = (told, kept.content.share())
            kept.taken = told["number"]
        elif kind == "unpoint":
            del self.sandboxes[name].snapshots[entry["number"]]
        elif kind == "new":
            template = self.templates[entry["template"]]
            minted = entry["minted"]
            self.sandboxes[name] = Kept(
                entry["plan"], entry["template"], minted, template.share(), template.share()
            )
            self.numbered = max(self.numbered, entry["numbered"])
        elif kind == "seal":
            kept = self.sandboxes[name]
            kept.pristine = kept.content.share()
        elif kind == "template":
            if name not in self.templates:
                self.templates[name] = Content.empty(self._tables)
            self._apply(self.templates[name], entry)
        elif kind == "drop":
            del self.sandboxes[name]
        elif kind == "base":
            self.whole = True
        else:
            raise ValueError(f"an entry {kind!r} is not known here")

    def _change(self, kept: Kept, entry: dict[str, Any]) -> None:
        self._apply(kept.content, entry)
        if "n" in entry:
            # A line without events is one of a sandbox that has had none since its creation or reset.
            kept.number, kept.events = entry["n"], entry.get("e", 0)
        kept.taken = entry.get("taken", kept.taken)
        kept.aside.update(entry.get("aside", {}))

    def _apply(self, content: Content, entry: dict[str, Any]) -> None:
        if not _MEMBERS.isdisjoint(entry):
            apply(content, entry, self.columns)

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield the entries that make this image out of nothing, in this version's columns."""
        for name, content in self.templates.items():
            yield {"template": name}
            for part in portions(content):
                yield {"template": name, **part}
        for key, kept in self.sandboxes.items():
            yield born(key, kept, self.numbered)
            yield from _changes(key, self.templates[kept.template], kept.pristine)
            yield {"seal": key}
            before = kept.pristine
            for told, content in kept.snapshots.values():
                yield from _changes(key, before, content)
                yield {"point": key, "told": told}
                before = content
            yield from _changes(key, before, kept.content)
            counts = {"n": kept.number, "e": kept.events, "taken": kept.taken}
            yield {"in": key, **counts, "aside": kept.aside}

    def forget_unused(self) -> None:
        """Drop the templates that no sandbox was made of."""
        used = {kept.template for kept in self.sandboxes.values()}
        for name in self.templates.keys() - used:
            del self.templates[name]


def _changes(key: str, before: Content, after: Content) -> Iterator[dict[str, Any]]:
    """Yield the entries that lead a sandbox from one state to another."""
    return ({"in": key, **part} for part in split(between(before, after)))


def born(key: str, kept: Kept, numbered: int) -> dict[str, Any]:
    """Return the entry that makes a sandbox, as yet like its template."""
    made = {"plan": kept.plan, "template": kept.template, "minted": kept.minted}
    return {"new": key, **made, "numbered": numbered}


def _columns(path: Path, content: Any, tables: Sequence[TableSpec]) -> Mapping[str, Sequence[str]]:
    """Return the columns the file's rows are written in; those that are unknown here are a newer version's."""
    known = {spec.name: spec.columns for spec in tables}
    told: dict[str, list[str]] = content["tables"]
    strange = [name for name in told if name not in known]
    strange += [
        f"{name}.{column}"
        for name in told
        for column in told[name]
        if column not in known.get(name, [column])
    ]
    if strange:
        text = f"the state file was written by a newer version ({content['by']}); it was left as it is"
        expected = f"tables and columns of format {VERSION} as this version has them"
        raise trouble(path, 1, text, expected, ", ".join(strange))
    return told
