"""customer_recording: the link to the recording of one call (REC-07 … REC-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.methods.recordings import link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.methods.call import Call

OUTCOME: Final = frozenset({"link"})
"""The members of what :func:`handle` returns."""


def handle(call: Call) -> Mapping[str, Any]:
    """Return the link; nothing is changed (REC-12)."""
    return {"link": link(call)}
