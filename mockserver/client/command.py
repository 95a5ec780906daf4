"""Commands as the documents have them: which keys a method takes, and the bytes they are sent as."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from mockserver.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTENT_TYPE: Final = "text/html"
"""What the documents call a command's body (TRN-03)."""


def filled(method: str, given: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return a command: the method, those defaults that it takes and nobody gave, then what was given.

    Which keys a method takes is in its document; a method without one gets all defaults.
    """
    taken = _taken(method)
    wanted = {
        name: value
        for name, value in defaults.items()
        if name not in given and (taken is None or name in taken)
    }
    return {"method": method, **wanted, **given}


def printed(command: Any) -> bytes:
    """Return a command as the documents type it: ``data=`` and raw JSON; text and bytes go out as they are."""
    if isinstance(command, bytes):
        return command
    if isinstance(command, str):
        return command.encode()
    return f"data={json.dumps(command, ensure_ascii=False, separators=(',', ':'))}".encode()


@cache
def _taken(method: str) -> frozenset[str] | None:
    """Return the names a method's document has in any edition."""
    documents = {path.stem: path for path in (data_dir("schemas") / "methods").glob("*.json")}
    if method not in documents:
        return None
    document = json.loads(documents[method].read_text(encoding="utf-8"))
    editions = document["editions"].values()
    return frozenset(name for edition in editions for name in edition["request"]["properties"])
