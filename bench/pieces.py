"""The yardstick of a push without everything around it: read, validate, write to indexes.

What nobody can do without: ``orjson.loads``, one jsonschema-rs validation and, for each record, a row of
a customer and a row of a call with as many index entries as the store keeps for them. No HTTP, no
transport rules, no undo, no reply.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

import jsonschema_rs
import orjson

from bench.commands import schema
from mockserver.store.interface import TABLES

_WRITTEN = tuple(spec for spec in TABLES if spec.name in ("customers", "calls"))


class Pieces:
    """Does the pieces of a push, one after another."""

    def __init__(self) -> None:
        self._validator = jsonschema_rs.Draft202012Validator(dict(schema()))
        self._rows: list[dict[str, Any]] = []
        self._indexes: list[dict[tuple[Any, ...], list[int]]] = [
            {} for spec in _WRITTEN for _ in spec.indexes
        ]
        self._shapes = [len(columns) for spec in _WRITTEN for columns in spec.indexes]

    def timed(self, body: bytes) -> float:
        """Return the seconds the JSON of one push takes. Raises RuntimeError when it is not valid."""
        start = perf_counter()
        command = orjson.loads(body)
        if not self._validator.is_valid(command):
            raise RuntimeError("the push is not valid by its own schema")
        records = next(value for value in command.values() if isinstance(value, list))
        for record in records:
            self._write(record)
        return perf_counter() - start

    def _write(self, record: dict[str, Any]) -> None:
        number = len(self._rows)
        self._rows.append(dict(record))
        self._rows.append({"fields": record, "number": number})
        word = tuple(record.values())[-1]
        for index, columns in zip(self._indexes, self._shapes, strict=True):
            index.setdefault((word,) * columns, []).append(number)
