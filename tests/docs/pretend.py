"""Documents and rows of a ledger made up for tests of the page FIDELITY.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mockserver.contract.catalogue import Catalogue

QUIRKS = {
    name: {"values": ["off", "on"], "stage": "contract", "ledger": "GEN-01", "about": f"switch {name}"}
    for name in ("one", "two", "three")
}
COMMON = {
    "statuses": {"9": {"text": "stop", "ledger": "AUTH-91", "evidence": "stated"}},
    "gate": [
        {"step": "apikey", "status": 9, "field": "apikey"},
        {"step": "foreign", "status": 8, "field": "servicekey"},
    ],
    "malformed": {"status": 2},
    "unknown_method": {"status": 2},
    "forced": {"always": [5, 9]},
    "methods": ["reallocatedata", "anotherMethod"],
}


def nested(*quirks: str, status: int) -> dict[str, Any]:
    """Return a rule that stands in the precedence list only while all the quirks are on."""
    entry: dict[str, Any] = {"rule": "login_known", "status": status}
    for quirk in quirks:
        entry = {"x-quirk": {quirk: {"off": None, "on": entry}}}
    return entry


def rows(*codes: int, success: int | None = None) -> dict[str, Any]:
    """Return a status table; the ledger id of code n is RAD-9n."""
    table = {str(c): {"text": f"code {c}", "ledger": f"RAD-9{c}", "evidence": "stated"} for c in codes}
    return {c: {**row, "success": True} if c == str(success) else row for c, row in table.items()}


def catalogue(**changes: Any) -> Catalogue:
    """Return documents whose one method asks for one field, with parts of its only edition changed."""
    variant = {
        "processing_error": 3,
        "request": {
            "type": "object",
            "required": ["login"],
            "properties": {"login": {"type": "string", "x-status": {"required": 72, "type": 73}}},
        },
        "precedence": {"ledger": "RAD-01", "request": [{"statuses": [72, 73]}], "record": []},
        "statuses": {"request": rows(1, 3, 72, 73, success=1), "record": {}},
        "replies": {"failure": "FWEB", "success": {"ledger": "RAD-02", "properties": {}}},
        **changes,
    }
    method: dict[str, Any] = {
        "method": "reallocatedata",
        "about": "",
        "keys": ["apikey"],
        "editions": {"web": variant},
    }
    method["examples"] = [
        {"id": "GV-01", "edition": "web", "free": ["now"], "command": {}, "reply": {}},
        {"id": "GV-02", "edition": "web", "free": [], "command": {}, "reply": {}},
    ]
    edition = {"values": ["1.0.6", "web"], "stage": "contract", "ledger": "GEN-01", "about": "which"}
    documents = {
        "quirks": {"edition": edition, **QUIRKS},
        "common": COMMON,
        "envelopes": {},
        "floor": {},
        "methods": {"reallocatedata": method},
        "references": {},
    }
    return Catalogue(Path("nowhere"), documents)


def row(kind: str = "rule", text: str = "some text", **more: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "text": text,
        "source": "DOC-WEB L1",
        "evidence": "stated",
        "amended_by": [],
        **more,
    }
