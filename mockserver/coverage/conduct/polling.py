"""Polling: the same question about the agents, faster than the documents of the method take it.

Fires at the third of three equal commands of a method whose document gives an ``interval``, when each
came less than that many real seconds after the one before. Two in a row are no habit yet; another list
of logins, another process or another client's keys are another question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mockserver.coverage.conduct.memory import Mark, identity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.coverage.conduct.memory import Memory
    from mockserver.model import Exchange

NAME: Final = "polling"
_HABIT: Final = 2


def find(exchange: Exchange, memory: Memory) -> Sequence[Mark]:
    """Return a finding when the command is at least the third in a row that came too early."""
    spec = exchange.spec
    if spec is None or not spec.interval or not exchange.command:
        return ()
    key = identity(exchange, spec.identity)
    received, streak = memory.get(NAME, key) or (0.0, 0)
    streak = streak + 1 if 0 <= exchange.received - received < spec.interval else 0
    memory.swap(NAME, key, (exchange.received, streak))
    if streak < _HABIT:
        return ()
    return (Mark(NAME, "", exchange.method, f"asked again within {spec.interval:g} s"),)
