"""getProcessData: pull the customers that fit, as the process's form template shows them (GPD-11 … GPD-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.methods.search import found, rendered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.methods.call import Call

OUTCOME: Final = frozenset({"rows"})
"""The members of what :func:`handle` returns."""


def handle(call: Call) -> Mapping[str, Any]:
    """Return the customers found; nothing is changed (GPD-23)."""
    rows = (call.store.get("customers", row_id) for row_id in found(call))
    return {"rows": [rendered(call, row) for row in rows if row is not None]}
