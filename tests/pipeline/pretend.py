"""Methods that nobody has, and services that have them: one for each failure envelope."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from mockserver.contract.catalogue import Catalogue
from mockserver.methods.rules import RULES
from mockserver.paths import data_dir
from mockserver.registry import SandboxRegistry
from mockserver.sandbox import DEFAULT, Plan, World
from mockserver.seeding import load_preset
from mockserver.service import Service
from mockserver.settings import Settings
from tests.api import NOW, Api

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mockserver.methods.call import Call

KEYS = {"apikey": "test_org", "servicekey": "VoiceProcess"}


def document(name: str, envelope: str, keys: list[str], statuses: dict[str, str]) -> dict[str, Any]:
    """A method that asks for a colour: 62 when there is none, 63 when it is blank, 66 when it is no colour."""
    table: dict[str, Any] = {
        "3": {"text": "Success", "ledger": "REF-17", "evidence": "stated", "success": True}
    }
    for code, text in statuses.items():
        table[code] = {"text": text, "ledger": "REF-17", "evidence": "stated"}
    colour = {
        "x-as": "colour", "x-blank": "refused", "type": "string", "enum": ["red", "green"],
        "x-status": {"required": 62, "x-blank": 63, "type": 66, "enum": 66},
    }  # fmt: skip
    shape = {
        "method": {"type": "string", "x-from": "method"},
        "status": {"type": "integer", "const": 3},
        "shade": {"type": "string", "x-from": "shade"},
        "resdatetime": {"type": "string", "x-from": "now"},
    }
    plain = {"x-trim": False}
    return {
        "method": name,
        "about": "Pretends to be a method, for this test.",
        "keys": keys,
        "editions": {"web": {
            "gate": {"unmapped": 1243, "database": 5},
            "processing_error": 5,
            "request": {
                "type": "object", "required": ["colour"],
                "x-unknown": {"keep": False, "ledger": "GEN-10"},
                "properties": {"method": plain, "apikey": plain, "servicekey": plain, "colour": colour},
            },
            "precedence": {
                "ledger": "GEN-06", "record": [],
                "request": [{"field": "colour", "statuses": [62, 63, 66]}],
            },
            "statuses": {"request": table, "record": {}},
            "replies": {"failure": envelope, "success": {"ledger": "GEN-01", "properties": shape}},
        }},
        "examples": [],
        "provocations": [
            {"edition": "web", "status": status, "change": {"colour": colour}}
            for status, colour in ((62, None), (63, ""), (66, "blue"))
        ],
    }  # fmt: skip


TEXTS = {"62": "Colour not found", "63": "Colour found blank", "66": "Invalid colour"}
METHODS = {
    "paintWeb": ("FWEB", ["apikey", "servicekey"]),
    "paintUser": ("FUSR", ["apikey"]),
    "paintDisp": ("FDISP", ["apikey", "servicekey"]),
    "paintJob": ("F106", ["apikey", "servicekey"]),
}


def paint(call: Call) -> Mapping[str, Any]:
    """The handler of all four."""
    colour = call.reading.head.text("colour")
    if colour == "green":
        call.take("customercode")
        raise LookupError("no green left")
    return {"shade": f"dark {colour}"}


def documents(folder: Path, *names: str, real: tuple[str, ...] = ()) -> Path:
    """Fill a folder with the documents of pretend methods, of ``real`` ones of ours, and all that methods share."""
    (folder / "methods").mkdir(parents=True, exist_ok=True)
    for name in ("common", "envelopes", "floor", "quirks", "vocabulary"):
        shutil.copy(data_dir("schemas") / f"{name}.json", folder)
    shutil.copytree(data_dir("schemas") / "references", folder / "references", dirs_exist_ok=True)
    for name in real:
        shutil.copy(data_dir("schemas") / "methods" / f"{name}.json", folder / "methods")
    for name in names:
        envelope, keys = METHODS[name]
        text = json.dumps(document(name, envelope, keys, TEXTS))
        (folder / "methods" / f"{name}.json").write_text(text, encoding="utf-8")
    return folder


def service(folder: Path, **settings: Any) -> Api:
    """Start a service on a folder of documents; each method in it has a handler by then."""
    catalogue = Catalogue.load(folder, RULES, thorough=True)
    registry = SandboxRegistry(World(catalogue, "Asia/Kolkata", 100, {}), load_preset)
    registry.create(Plan(clock="frozen", at=NOW), DEFAULT, mint=False)
    return Api(Service(Settings(**settings), catalogue, registry))
