"""The scenarios a server knows, taken out of their files when the first of them is wanted."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.contract.catalogue import Catalogue
    from mockserver.errors import Problem
    from mockserver.scenarios.library import Library
    from mockserver.scenarios.model import Scenario


class Shelf:
    """A :class:`~mockserver.scenarios.library.Library` that costs a start without scenarios nothing.

    ``given`` is what ``--scenario`` names. Raises what the library raises.
    """

    def __init__(self, catalogue: Catalogue, given: Sequence[str], *, wire: bool) -> None:
        self._catalogue = catalogue
        self._given = tuple(given)
        self._lock = RLock()
        self._library: Library | None = None
        self.wire = wire

    @property
    def opened(self) -> bool:
        """Whether any scenario was wanted yet."""
        return self._library is not None

    @property
    def _opened(self) -> Library:
        with self._lock:
            if self._library is None:
                from mockserver.scenarios.library import Library  # noqa: PLC0415 - the YAML reader is heavy

                self._library = Library(self._catalogue, self._given, wire=self.wire)
            return self._library

    def chosen(self) -> tuple[Scenario, ...]:
        """Return the scenarios that were asked for one by one, in their order."""
        return tuple(map(self.get, self._opened.chosen)) if self._given else ()

    def get(self, name: str) -> Scenario:
        """Return the scenario of that name; raise UnknownScenario, or InvalidDocument when its file is bad."""
        return self._opened.get(name)

    def defined(self, name: str, document: Mapping[str, Any]) -> Scenario:
        """Return the scenario of a document that stands in no file; raise InvalidDocument when it is bad."""
        from mockserver.scenarios.loading import load_document  # noqa: PLC0415 - the YAML reader is heavy

        return load_document(document, self._catalogue, name=name, wire=self.wire)[0]

    def names(self) -> tuple[str, ...]:
        """Return the names of all scenarios."""
        return self._opened.names()

    def problems(self, name: str | None = None) -> list[Problem]:
        """Return what is wrong with the files as they were last read, or with the file of one scenario."""
        return self._opened.problems(name)

    def refresh(self) -> list[Scenario]:
        """Read changed files again and return what is another than before; nothing before the first use."""
        return [] if self._library is None else self._library.refresh()
