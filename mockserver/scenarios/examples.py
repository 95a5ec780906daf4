"""The documented commands: would a rule fit any of them? One that fits none may be meant, but is odd."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.expansion import merge
from mockserver.contract.provoking import base
from mockserver.model import NOTHING, Exchange, Inbound
from mockserver.scenarios.conditions import Conditions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.contract.catalogue import Catalogue

_SINCE: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - the API knows no time zones
_ASKED: Final = ("method", "edition", "fields", "record", "jsonpath")
"""Keys are left out: each sandbox has its own."""


class Examples:
    """The examples and provocations of all methods, as exchanges."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._exchanges = tuple(
            exchange for method in catalogue.methods for exchange in _exchanges(catalogue, method)
        )

    def unmet(self, when: Mapping[str, Any]) -> str:
        """Return why the last documented command of the rule's methods does not fit; empty when one does."""
        asked = {name: when[name] for name in _ASKED if name in when}
        if not asked.keys() - {"method", "edition"}:
            return ""
        conditions = Conditions(asked)
        methods = asked.get("method")
        reason = "nothing is documented"
        for exchange in self._exchanges:
            if methods is None or exchange.method in methods:
                unmet = _unmet(conditions, exchange)
                if not unmet:
                    return ""
                reason = unmet
        return reason


def _unmet(conditions: Conditions, exchange: Exchange) -> str:
    import jsonpath  # noqa: PLC0415 - scenarios without queries do not pay for it

    try:
        return conditions.unmet(exchange, ("",), _SINCE, None, success=False)
    except (jsonpath.JSONPathError, RecursionError) as error:
        # what a query trips over in a command does not fit it
        return f"the query fails: {type(error).__name__}"


def _exchanges(catalogue: Catalogue, method: str) -> Iterator[Exchange]:
    document = catalogue.methods[method]
    for each in document.get("examples", ()):
        yield _exchange(catalogue, method, each, each["command"])
    for each in document.get("provocations", ()):
        if "text" not in each:
            printed = base(catalogue, method, each["edition"], each.get("from"))
            yield _exchange(catalogue, method, each, merge(printed.command, each.get("change", NOTHING)))


def _exchange(
    catalogue: Catalogue, method: str, row: Mapping[str, Any], command: Mapping[str, Any]
) -> Exchange:
    quirks = {**catalogue.quirks.defaults, **row.get("quirks", {}), "edition": row["edition"]}
    return Exchange.begin(
        number=0,
        sandbox="",
        inbound=Inbound("POST", ""),
        received=0.0,
        now=_SINCE,
        command=command,
        method=method,
        spec=catalogue.spec(method, quirks),
    )
