"""What the golden sample data holds for each method, as tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mockserver.paths import data_dir
from scripts.fidelity.markdown import cell, code, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.contract.catalogue import Catalogue

    Row = tuple[str, ...]


def golden() -> dict[str, Any]:
    """Return the plan of the golden data."""
    plan: dict[str, Any] = json.loads((data_dir("schemas") / "presets" / "golden.json").read_bytes())
    return plan


def agents(catalogue: Catalogue) -> str:
    """Return the users with what each is doing when the server starts."""
    entries = catalogue.references["user_status"]["entries"]
    rows = (
        (code(user["login"]), code(user["tenant"]), str(user["status"]), _name(entries[str(user["status"])]))
        for user in golden()["users"]
    )
    return table(("login", "apikey", "status:", "that is"), rows)


def _name(entry: Mapping[str, Any]) -> str:
    return cell(entry["name"] or entry.get("is", "–"))


def calls() -> str:
    """Return the entries of the call list, with the recordings of those that are over."""
    return table(
        ("process", "number", "entry", "agent", "`sessionid`:", "`systemcallid`", "recording"), _calls()
    )


def _calls() -> Iterator[Row]:
    plan = golden()
    recorded: Mapping[str, Any] = {each["systemcallid"]: each for each in plan["recordings"]}
    for call in plan["calls"]:
        recording = recorded.get(call.get("systemcallid", ""))
        there = "–" if recording is None else "lost" if recording.get("missing") else "there"
        session = "–" if recording is None else str(recording["sessionid"])
        known = [code(call[name]) if name in call else "–" for name in ("login", "systemcallid")]
        yield code(call["process"]), code(call["contact"]), call["status"], known[0], session, known[1], there


def dispositions() -> str:
    """Return the dispositions there are, by process."""
    rows = (
        (code(process["name"]), str(master["id"]), str(reason["id"]), "yes" if reason["callback"] else "no")
        for process in golden()["processes"]
        for master in process.get("masters", ())
        for reason in master["reasons"]
    )
    return table(("process", "master:", "reason:", "asks for a callback"), rows)


def numbers() -> str:
    """Return the numbers that must not be called, or not be called back once more."""
    plan = golden()
    rows = [(code(each["number"]), code(each["tenant"]), "must not be called") for each in plan["dnc"]]
    rows += [
        (code(each["contact"]), code(each["process"]), f"had {each['count']} callbacks, which are all")
        for each in plan["callbacks"]
    ]
    return table(("number", "where", "what of it"), rows)


def customers() -> str:
    """Return the customers that can be asked for."""
    rows = (
        (
            code(each["process"]),
            str(each["customercode"]),
            code(each["contact1"]),
            f"{code('leadnumber')} {code(each['fields']['leadnumber'])}",
            each["storedatetime"],
        )
        for each in golden()["customers"]
    )
    return table(("process", "code:", "number", "CRM field", "stored"), rows)
