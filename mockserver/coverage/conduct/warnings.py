"""Warnings: what the documents forbid and the vendor would probably swallow (AM-08).

Fires for each warning of an exchange; the warnings of one ledger id and one text are one finding, whatever
the method and however many records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mockserver.coverage.conduct.memory import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.coverage.conduct.memory import Memory
    from mockserver.model import Exchange

NAME: Final = "warning"


def find(exchange: Exchange, memory: Memory) -> Sequence[Mark]:  # noqa: ARG001 - one signature for all
    """Return a finding for each ledger id and text that the exchange was warned with."""
    notices = exchange.notices
    if not notices:
        return ()
    if len(notices) == 1:
        return (Mark(NAME, notices[0].ledger, "", notices[0].text),)
    told = {(notice.ledger, notice.text) for notice in notices}
    return [Mark(NAME, ledger, "", text) for ledger, text in sorted(told)]
