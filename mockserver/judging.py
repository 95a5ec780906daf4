"""Compare an answer with what the documents say of its status: code, envelope, text, rule, evidence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.contract.methodspec import MethodSpec, StatusRow
    from mockserver.model import Exchange, Level

_TYPES: Final[Mapping[str, type]] = {"string": str, "integer": int, "array": list}


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer must say: a row of a status table, at which level, asked for by force or not.

    ``also`` are rows of the same code that may decide instead of ``row``.
    """

    row: StatusRow
    spec: MethodSpec
    level: Level
    forced: bool = False
    also: tuple[StatusRow, ...] = ()


def faults_of(exchange: Exchange, expected: Expected) -> list[str]:
    """Return in what an answer differs from what was expected; nothing when it is right."""
    if exchange.error:
        return [f"an unexpected error: {exchange.error.strip().splitlines()[-1]}"]
    if expected.level == "record":
        return list(_record_faults(exchange, expected))
    if exchange.status != expected.row.code:
        return [f"status {exchange.status}, not {expected.row.code}"]
    return [*_request_faults(exchange, expected), *_header_faults(exchange, expected)]


def is_success(spec: MethodSpec, reply: Mapping[str, Any]) -> bool:
    """Tell whether a printed reply is that of a success: its keys, and the constants among them."""
    shape = spec.success.properties
    return all(
        name in shape and ("const" not in shape[name] or shape[name]["const"] == value)
        for name, value in reply.items()
    )


def _request_faults(exchange: Exchange, expected: Expected) -> Iterator[str]:
    body = _body(exchange)
    if expected.row.success:
        shape = expected.spec.success.properties
        if exchange.violation is not None:
            yield "a refusal with the status of a success"
    else:
        shape = expected.spec.failure.properties
        if exchange.changes:
            yield f"a refusal that changed {', '.join(exchange.changes)} (GEN-07)"
    yield from _members(body, shape, expected)
    if exchange.forced != expected.forced:
        yield "nobody forced it" if expected.forced else "somebody forced it"


def _members(body: Mapping[str, Any], shape: Mapping[str, Any], expected: Expected) -> Iterator[str]:
    """Yield where a reply's members are not those of the shape, in its order, with its types and values."""
    wanted = [name for name, node in shape.items() if "x-omit" not in node or name in body]
    if list(body) != wanted:
        yield f"keys {', '.join(body)}, not {', '.join(wanted)}"
        return
    for name, value in body.items():
        node = shape[name]
        if "type" in node and type(value) is not _TYPES[node["type"]]:
            yield f"{name} is no {node['type']}"
        elif "const" in node and value != node["const"]:
            yield f"{name} is {value}, not {node['const']}"
        elif node.get("x-from") == "status" and int(value) != expected.row.code:
            yield f"{name} is {value}, not {expected.row.code}"
        elif node.get("x-from") == "text" and value != _text(expected, node):
            yield f"{name} is {value}, not {_text(expected, node)}"


def _text(expected: Expected, node: Mapping[str, Any]) -> str:
    """Return the text an answer prints of its status: the table's, else that of failures without one."""
    text: str = expected.row.text or node.get("x-default") or (_NO_TEXT if expected.forced else "")
    return text


_NO_TEXT: Final = "fail"


def _header_faults(exchange: Exchange, expected: Expected) -> Iterator[str]:
    headers = dict(exchange.reply.headers)
    row = expected.row
    rows = {(each.ledger, each.evidence) for each in (row, *expected.also) if each.code == row.code}
    wanted = {(rule, "forced" if expected.forced else evidence) for rule, evidence in rows}
    got = (headers["X-Mock-Rule"], headers["X-Mock-Evidence"])
    if got not in wanted:
        yield f"decided by {' '.join(got)}, not {' or '.join(' '.join(each) for each in sorted(wanted))}"
    if headers["X-Mock-Status-Description"] != (row.text or "-"):
        yield f"described as {headers['X-Mock-Status-Description']}, not {row.text or '-'}"


def _record_faults(exchange: Exchange, expected: Expected) -> Iterator[str]:
    spec, row = expected.spec, expected.row
    whole = Expected(spec.success_row, spec, "request")
    if exchange.status != whole.row.code:
        yield f"the whole command is answered with {exchange.status}"
        return
    yield from _request_faults(exchange, whole)
    failed = [failure for failure in exchange.failed_records if failure.status == row.code]
    if row.success:
        if exchange.failed_records and not any(_codes(exchange, spec, row.code)):
            yield "no record was accepted"
        return
    if not failed:
        yield f"no record failed with {row.code}"
        return
    if expected.forced and len(exchange.failed_records) != 1:
        yield "more records failed than were asked to"
    name, shape = _listing(spec)
    entry = _body(exchange)[name][failed[0].record]
    told = {
        node["x-from"]: entry[key] for key, node in shape.items() if node.get("x-from") in ("status", "text")
    }
    text = row.word or row.text or _NO_TEXT
    if (int(told["status"]), told["text"]) != (row.code, text):
        yield f"the record says {told['status']} {told['text']}, not {row.code} {text}"


def _codes(exchange: Exchange, spec: MethodSpec, code: int) -> Iterator[bool]:
    name, shape = _listing(spec)
    key = next(key for key, node in shape.items() if node.get("x-from") == "status")
    yield from (int(entry[key]) == code for entry in _body(exchange)[name])


def _listing(spec: MethodSpec) -> tuple[str, Mapping[str, Any]]:
    """Return the member of a success that lists the records, and the members of each."""
    for name, node in spec.success.properties.items():
        if "items" in node and node["x-from"] == "records":
            return name, node["items"]["properties"]
    raise LookupError(f"{spec.name} lists no records")


def _body(exchange: Exchange) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(exchange.reply.body)
    return body
