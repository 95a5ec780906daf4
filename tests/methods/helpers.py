"""Commands of the methods, made from the printed ones; and what tests ask of their answers."""

from __future__ import annotations

import copy
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from tests.api import shared_service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.model import Exchange
    from tests.api import Answer, Api

GONE: Final = object()
"""Stands for a field that is not sent."""

FWEB: Final = [
    ("method", "str"),
    ("revisionno", "str"),
    ("status", "int"),
    ("statusdesc", "str"),
    ("resdatetime", "str"),
]
FUSR: Final = [
    ("method", "str"),
    ("revisionno", "int"),
    ("status", "int"),
    ("statusdesc", "str"),
    ("resdatetime", "str"),
]
FDISP: Final = [
    ("method", "str"),
    ("reasonid", "int"),
    ("statusdesc", "str"),
    ("status", "int"),
    ("resdatetime", "str"),
]
"""Keys and types of the failure envelopes, in order (AUTH-16 … AUTH-18)."""


@cache
def examples() -> Mapping[str, Mapping[str, Any]]:
    """Return every printed example of every method by its id."""
    documents = shared_service().catalogue.methods.values()
    return {each["id"]: each for document in documents for each in document["examples"]}


def printed(example: str, **changes: Any) -> dict[str, Any]:
    """Return the command of a printed example with some fields changed; GONE takes one away."""
    fields = {**copy.deepcopy(examples()[example]["command"]), **changes}
    return {name: value for name, value in fields.items() if value is not GONE}


def exchange(api: Api) -> Exchange:
    """Return the latest exchange of a sandbox as the pipeline left it."""
    found: Exchange = next(iter(api.sandbox.journal.newest_first()))
    return found


def told(api: Api, answer: Answer) -> tuple[int | None, str | None, str | None, str | None]:
    """Return status, deciding row, evidence and table text of the latest answer."""
    return (
        exchange(api).status,
        answer.header("X-Mock-Rule"),
        answer.header("X-Mock-Evidence"),
        answer.header("X-Mock-Status-Description"),
    )


def rows(api: Api, table: str, **where: Any) -> list[dict[str, Any]]:
    """Return the rows of a table whose columns equal ``where``."""
    found = [row for _, row in api.sandbox.store.rows(table)]
    return [row for row in found if all(row[column] == value for column, value in where.items())]
