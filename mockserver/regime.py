"""A choice of quirks and traits, and the method specs that follow from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.contract.expansion import NO_TRAITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.expansion import Traits
    from mockserver.contract.methodspec import MethodSpec


class Regime:
    """The full set of quirks in force for some requests, and the method specs that follow from it."""

    __slots__ = ("_catalogue", "_specs", "quirks", "traits")

    def __init__(self, catalogue: Catalogue, quirks: Mapping[str, str], traits: Traits) -> None:
        self._catalogue = catalogue
        self._specs: dict[str, MethodSpec] = {}
        self.quirks = quirks
        self.traits = traits

    def spec(self, method: str) -> MethodSpec:
        """Return the spec of a method the catalogue has."""
        spec = self._specs.get(method)
        if spec is None:
            spec = self._specs[method] = self._catalogue.spec(method, self.quirks, self.traits)
        return spec


def regime_for(
    catalogue: Catalogue,
    quirks: Mapping[str, str],
    process: Mapping[str, Any] | None,
    header: Mapping[str, str],
) -> Regime:
    """Return the regime of a process: its own quirks over ``quirks``, and those of a request's header over both (AM-13)."""
    chosen = dict(quirks)
    traits = NO_TRAITS
    if process is not None:
        chosen.update(process["quirks"] or {})
        if process["edition"] is not None:
            chosen["edition"] = process["edition"]
        traits = (
            ("trunk", process["trunk"]),
            ("crm_field", process["crm_field"]),
            ("template", tuple(process["template"] or ())),
        )
    chosen.update(header)
    return Regime(catalogue, chosen, traits)
