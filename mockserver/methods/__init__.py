"""One module per method: what it does to the state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.methods import import_process_data

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Set

    from mockserver.methods.call import Call

    Handler = Callable[[Call], Mapping[str, Any]]

HANDLERS: Final[Mapping[str, Handler]] = {"ImportProcessData": import_process_data.handle}
"""The handler of each method, by the name of its document."""

OUTCOMES: Final[Mapping[str, Set[str]]] = {"ImportProcessData": import_process_data.OUTCOME}
"""The members of what each handler returns, those of a list's elements as ``list/member``: what replies may print."""
