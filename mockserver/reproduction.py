"""Reproductions: one JSON document from which everything that happened in a sandbox can be played again.

It holds what the sandbox was made of, the settings of its server that matter, and each step with what was
answered; ``schemas/reproduction.json`` describes it. It holds the sandbox's keys and whatever clients sent,
but never what a client authenticated with at the admin API or at a proxy.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from mockserver import __version__
from mockserver.contract.documents import check_against, read_json, shown
from mockserver.errors import InvalidDocument, Problem
from mockserver.journal import request_id
from mockserver.paths import data_dir
from mockserver.settings import Settings
from mockserver.steps import Administered, Held

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mockserver.model import Inbound, Reply
    from mockserver.sandbox import Sandbox
    from mockserver.simulation.events import Event
    from mockserver.steps import Step

FORMAT: Final = "jodo-mock reproduction"
VERSION: Final = 1

SETTINGS: Final = (
    "edition", "quirks", "edition_map", "timezone", "recording_base", "max_body", "diagnostics", "journal",
)  # fmt: skip
"""Settings of the server by which a sandbox answers as it does."""

_SECRET: Final = frozenset({"authorization", "proxy-authorization", "cookie", "x-mock-admin-token"})
"""Request headers that no answer depends on and nobody else should read."""


def reproduction_of(sandbox: Sandbox, settings: Settings) -> dict[str, Any]:
    """Return the document of everything that happened in a sandbox since its creation or last reset.

    Where the sandbox no longer knows all of it ``complete`` is false and ``reasons`` say why.
    """
    with sandbox.lock:
        steps, lost, wanted = sandbox.steps.kept, sandbox.steps.lost, sandbox.steps.scenarios
        plan, begun, minted = sandbox.plan, sandbox.steps.begun, bool(sandbox.minted)
        snapshots = sandbox.steps.snapshots
        ended = time_text(sandbox.settle())
        events = [_event(event) for event in sandbox.floor.log.newest_first()][::-1]
    return {
        "format": FORMAT,
        "version": VERSION,
        "package": __version__,
        "complete": not lost,
        "reasons": lost,
        "settings": {name: _plain(getattr(settings, name)) for name in SETTINGS},
        "sandbox": {
            "key": sandbox.key,
            "minted": minted,
            "begun": time_text(begun or sandbox.clock.now()),
            "snapshots": snapshots,
            "seed": plan.seed,
            "preset": plan.preset,
            "customers": plan.customers,
            "edition": plan.edition,
            "quirks": dict(plan.quirks),
            "clock": plan.clock,
            "dialler": plan.dialler,
            "scenarios": [dict(scenario.document) for scenario in plan.scenarios],
        },
        "scenarios": [dict(scenario.document) for scenario in wanted.values()],
        "steps": list(_steps(steps)),
        "ended": ended,
        "events": events,
    }


def _event(event: Event) -> dict[str, Any]:
    """Return an event without its real time, which no two runs share."""
    shown_whole = event.shown()
    del shown_whole["real"]
    return shown_whole


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | None) else dict(value)


def time_text(moment: datetime) -> str:
    """Return a time of the sandbox to the microsecond, so that a replay stands at the very same one."""
    return moment.isoformat(" ", "microseconds")


def _steps(steps: list[Step]) -> Iterator[dict[str, Any]]:
    held: set[int] = set()
    for step in steps:
        at = {"at": time_text(step.now), **({"cut": step.cut} if step.cut else {})}
        if isinstance(step, Administered):
            yield {"do": "admin", **at, "admin": _admin(step)}
            continue
        # One that was held back before was sent only once.
        sent = {} if step.number in held else {"request": _request(step.inbound)}
        if isinstance(step, Held):
            held.add(step.number)
            yield {"do": "hold", "id": request_id(step.number), **at, **sent}
        else:
            told = {"method": step.method, "status": step.status}
            reply = {"reply": _reply(step.reply)}
            yield {"do": "answer", "id": request_id(step.number), **at, **told, **sent, **reply}


def _admin(step: Administered) -> dict[str, Any]:
    body = {"body": json.loads(step.body)} if step.body else {}
    return {"verb": step.verb, "path": step.path, **body, "status": step.status}


def _request(inbound: Inbound) -> dict[str, Any]:
    return {
        "verb": inbound.verb,
        "scheme": inbound.scheme,
        "port": inbound.port,
        "path": inbound.path,
        **_bytes("query", inbound.query),
        "headers": {name: value for name, value in inbound.headers.items() if name not in _SECRET},
        **_bytes("body", inbound.body),
    }


def _reply(reply: Reply) -> dict[str, Any]:
    return {
        "http_status": reply.http_status,
        "headers": [list(pair) for pair in reply.headers],
        **_bytes("body", reply.body),
    }


def _bytes(name: str, content: bytes) -> dict[str, str]:
    """Return bytes as a member: text where they are UTF-8, else base64 under a name that says so."""
    try:
        return {name: content.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(content).decode()}


def bytes_of(node: Mapping[str, Any], name: str) -> bytes:
    """Return the bytes of a member, whichever way they stand there."""
    text: str = node.get(name, "")
    coded: str | None = node.get(f"{name}_base64")
    return text.encode("utf-8", "surrogatepass") if coded is None else base64.b64decode(coded, validate=True)


def is_reproduction(document: Any) -> bool:
    """Tell whether a document is meant to be a reproduction."""
    return isinstance(document, dict) and document.get("format") == FORMAT


def load(path: Path) -> dict[str, Any]:
    """Return the reproduction in a file; InvalidDocument tells everything that is wrong with it."""
    document = read_json(path)
    problems = problems_of(document, str(path))
    if problems:
        raise InvalidDocument(problems)
    found: dict[str, Any] = document
    return found


def problems_of(document: Any, file: str) -> list[Problem]:
    """Return what is wrong with a reproduction; ``file`` is the name the problems give it."""
    if not is_reproduction(document):
        got = shown(document.get("format")) if isinstance(document, dict) and "format" in document else "none"
        return [Problem(file, "/format", "this file is no reproduction", shown(FORMAT), got)]
    version = document.get("version")
    if type(version) is int and version > VERSION:
        expected = f"a version up to {VERSION}, which is what jodo-mock {__version__} reads"
        return [Problem(file, "/version", "a newer jodo-mock wrote this file", expected, str(version))]
    schema = read_json(data_dir("schemas") / "reproduction.json")
    found = check_against(schema, document, file)
    return found or [*_bad_settings(document["settings"], file), *_bad_values(document, file)]


def _bad_settings(given: Mapping[str, Any], file: str) -> Iterator[Problem]:
    for item in fields(Settings):
        value = given.get(item.name)
        if item.name in ("timezone", "recording_base") and value is not None:
            try:
                item.metadata["parse"](value)
            except ValueError as error:
                expected = str(error).removeprefix("expected ").partition(", got ")[0]
                message = "this setting cannot be used"
                yield Problem(file, f"/settings/{item.name}", message, expected, shown(value))


def _bad_values(document: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """Yield the times that are none, and the bytes that are not base64: no schema can tell."""
    times = [("/sandbox/begun", document["sandbox"]["begun"])]
    times += [("/ended", document["ended"])] if "ended" in document else []
    for number, step in enumerate(document["steps"]):
        times.append((f"/steps/{number}/at", step["at"]))
        for part in ("request", "reply"):
            node = step.get(part, {})
            for name in ("query", "body"):
                try:
                    bytes_of(node, name)
                except (binascii.Error, ValueError):
                    place = f"/steps/{number}/{part}/{name}_base64"
                    yield Problem(
                        file, place, "these bytes cannot be read", "base64", shown(node[f"{name}_base64"])
                    )
    for place, text in times:
        try:
            datetime.fromisoformat(text)
        except ValueError as error:
            yield Problem(file, place, "there is no such time", str(error), shown(text))
