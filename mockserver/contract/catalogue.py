"""The catalogue: every document of the contract, loaded and checked once, expanded on demand."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import orjson

from mockserver.contract.expansion import NO_TRAITS, Expander
from mockserver.contract.linting import lint, wording
from mockserver.contract.methodspec import MethodSpec
from mockserver.contract.quirks import Quirks
from mockserver.contract.rendering import Shape
from mockserver.errors import InvalidDocument, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set
    from pathlib import Path

    from mockserver.contract.expansion import Traits

_CACHED_SPECS = 256


class Catalogue:
    """All documents of the contract. Read-only after loading; safe to share between sandboxes."""

    def __init__(self, folder: Path, documents: Mapping[str, Any]) -> None:
        self.folder = folder
        self.documents = documents
        self.quirks = Quirks(documents["quirks"])
        self.common: Mapping[str, Any] = documents["common"]
        self.envelopes: Mapping[str, Any] = documents["envelopes"]
        self.floor: Mapping[str, Any] = documents["floor"]
        self.references: Mapping[str, Mapping[str, Any]] = documents["references"]
        self.methods: Mapping[str, Mapping[str, Any]] = documents["methods"]
        self.folded_methods = {name.casefold(): name for name in self.methods}
        self._specs: OrderedDict[tuple[Any, ...], MethodSpec] = OrderedDict()

    @classmethod
    def load(
        cls,
        folder: Path,
        rules: Iterable[str] = (),
        outcomes: Mapping[str, Set[str]] | None = None,
        *,
        thorough: bool = False,
    ) -> Catalogue:
        """Read, check and return the documents below ``folder``; raise InvalidDocument with every problem.

        ``rules`` are the names of the state rules that precedence lists may use, ``outcomes`` the
        members that replies may print of each method (None: they are not compared); ``thorough``
        looks at every value of every quirk, not only at the defaults.
        """
        documents, problems = read_documents(folder)
        problems = problems or wording(documents, folder)
        if problems:
            raise InvalidDocument(problems)
        catalogue = cls(folder, documents)
        problems = lint(catalogue, frozenset(rules), outcomes, thorough=thorough)
        if problems:
            raise InvalidDocument(problems)
        return catalogue

    def edition(self, method: str, wanted: str) -> str:
        """Return the edition that answers a method: the wanted one, or the only one it has (GEN-19)."""
        editions = self.methods[method]["editions"]
        return wanted if wanted in editions else next(iter(editions))

    def spec(self, method: str, quirks: Mapping[str, str], traits: Traits = NO_TRAITS) -> MethodSpec:
        """Return a method's spec for a full set of quirks (``edition`` is one of them) and process traits."""
        key = (method, traits, *quirks.values())
        spec = self._specs.get(key)
        if spec is None:
            spec = self._specs[key] = self._expand(method, quirks, traits)
            while len(self._specs) > _CACHED_SPECS:
                self._specs.popitem(last=False)
        return spec

    def _expand(self, method: str, quirks: Mapping[str, str], traits: Traits) -> MethodSpec:
        document = self.methods[method]
        edition = self.edition(method, quirks["edition"])
        expander = self.expander({**quirks, "edition": edition}, traits, document.get("$defs", {}))
        fold_case = quirks["case_insensitive_keys"] == "on"
        return MethodSpec(
            document, edition, expander, self.documents, fold_case=fold_case, renamed=_renamed(traits)
        )

    def expander(self, quirks: Mapping[str, str], traits: Traits, definitions: Mapping[str, Any]) -> Expander:
        """Return an expander for one choice of quirks and traits."""
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in traits}
        return Expander(quirks, plain, {**self.common.get("$defs", {}), **definitions}, self.references)

    def unknown_method(self, quirks: Mapping[str, str]) -> Shape:
        """Return the failure envelope of a command whose method is not known (TRN-33)."""
        expander = self.expander(quirks, NO_TRAITS, {})
        name = expander.expand({"is": self.common["unknown_method_envelope"]})["is"]
        return Shape(expander.expand(self.envelopes[name]["properties"]))

    def loaded(self) -> dict[str, int]:
        """Return how much was loaded."""
        statuses = sum(
            len(table)
            for document in self.methods.values()
            for variant in document["editions"].values()
            for table in variant["statuses"].values()
        )
        return {
            "methods": len(self.methods),
            "editions": sum(len(document["editions"]) for document in self.methods.values()),
            "statuses": statuses + len(self.common["statuses"]),
            "quirks": len(self.quirks.defaults),
            "references": len(self.references),
            "examples": sum(len(document.get("examples", ())) for document in self.methods.values()),
        }


def _renamed(traits: Traits) -> dict[str, str]:
    """Return the names a process gives to fields, each with the one that documents print."""
    usual = dict(NO_TRAITS)
    return {own: usual[name] for name, own in traits if name == "crm_field" and own != usual[name]}


def read_documents(folder: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Return the documents below ``folder`` by kind, and what could not be read."""
    problems: list[Problem] = []
    documents: dict[str, Any] = {
        name: _read(folder / f"{name}.json", problems)
        for name in ("vocabulary", "quirks", "common", "envelopes", "floor")
    }
    for kind in ("methods", "references"):
        documents[kind] = {
            path.stem: _read(path, problems) for path in sorted((folder / kind).glob("*.json"))
        }
        if not documents[kind]:
            problems.append(
                Problem(str(folder / kind), "", "no documents", "at least one .json file", "none")
            )
    return documents, problems


def _read(path: Path, problems: list[Problem]) -> Any:
    try:
        return orjson.loads(path.read_bytes())
    except OSError as error:
        problems.append(Problem(str(path), "", "cannot be read", "a file", error.strerror or str(error)))
    except orjson.JSONDecodeError as error:
        problems.append(
            Problem(str(path), "", f"is not JSON: {error.msg}", line=error.lineno, column=error.colno)
        )
    return {}
