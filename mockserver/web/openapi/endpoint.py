"""The paths of the API itself, as the vendor's documents describe it and the sandbox serves it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.transport import PARAMETER
from mockserver.settings import ENDPOINT
from mockserver.web.openapi.commands import COMMAND
from mockserver.web.openapi.nodes import reference
from mockserver.web.openapi.replies import REPLY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mockserver.contract.catalogue import Catalogue

    Schema = dict[str, Any]

TAG: Final = "Jodo Customer Web Service"
SANDBOX: Final[Mapping[str, Any]] = {
    "type": "string",
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "examples": ["default"],
}
"""Key of a sandbox."""

_FORM: Final = "application/x-www-form-urlencoded"
_RAW: Final = "text/html"
_JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"

_HEADERS: Final[tuple[tuple[str, str, Mapping[str, Any]], ...]] = (
    ("Request-Id", "Where the journal has the exchange (SIM-20).", {"type": "string", "pattern": "^r[0-9]{6,}$"}),
    ("Sandbox", "Key of the sandbox that answered.", {"type": "string"}),
    ("Rule", "Row of the ledger that decided.", {"type": "string"}),
    (
        "Evidence",
        "How well that row is founded.",
        {"enum": ["stated", "by-example", "site", "client", "inferred", "forced"]},
    ),
    ("Status-Description", "The status table's text of the code; - when it has none.", {"type": "string"}),
    ("Warning", "What the documents forbid and the sandbox took; may be repeated (AM-08).", {"type": "string"}),
    ("Fault", "The fault that was done to the answer.", {"type": "string"}),
)  # fmt: skip


def headers() -> dict[str, Schema]:
    """Return the reply headers, as components by name. None is there with ``--diagnostics off``."""
    return {
        f"X-Mock-{name}": {"description": about, "schema": dict(schema)} for name, about, schema in _HEADERS
    }


def paths(catalogue: Catalogue, failures: list[Schema], fits: Callable[[Any], bool]) -> dict[str, Schema]:
    """Return the path items of the endpoint: of the server, and of one sandbox.

    ``fits`` tells whether a command fits its schema: the vendor prints some for what is wrong with them.
    """
    examples = list(_examples(catalogue))
    sent = [entry for entry in examples if fits(entry[2]["command"])]
    made: dict[str, Schema] = {}
    for prefix in ("", "/sandboxes/{sandbox}"):
        shared = list(_parameters(catalogue, in_path=bool(prefix)))
        answers = _answers(examples, failures)
        suffix = "_of_sandbox" if prefix else ""
        made[prefix + ENDPOINT] = {
            "parameters": shared,
            "post": {
                "operationId": f"send{suffix}",
                "tags": [TAG],
                "summary": "Send a command.",
                "description": _ABOUT,
                "requestBody": _body(sent),
                "responses": answers,
            },
            "get": {
                "operationId": f"send_in_query{suffix}",
                "tags": [TAG],
                "summary": "Send a command in the URL.",
                "description": _ABOUT,
                "parameters": [_query(sent)],
                "responses": answers,
            },
        }
    return made


_ABOUT: Final = (
    f"One parameter, `{PARAMETER}`, whose value is a JSON text; its method says what is done. Success and failure "
    "alike are HTTP 200: the outcome is in the body (TRN-34). A body over the limit of `--max-body` is 413."
)


def _examples(catalogue: Catalogue) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield id, summary and document of each example that the vendor prints."""
    for method, document in catalogue.methods.items():
        for example in document.get("examples", ()):
            yield example["id"], f"{method}, edition {example['edition']} ({example['id']})", example


def _body(examples: list[tuple[str, str, Mapping[str, Any]]]) -> Schema:
    text = {"type": "string", "contentMediaType": _JSON, "contentSchema": reference(COMMAND)}
    form = {
        "type": "object",
        "properties": {PARAMETER: {**text, "description": "The command, as JSON text."}},
        "required": [PARAMETER],
    }
    raw = {
        "type": "string",
        "pattern": f"^{PARAMETER}=",
        "description": f"`{PARAMETER}=` and the JSON text, un-encoded, as the documents' curl recipe sends it (TRN-04).",
    }
    sent = [(name, about, _compact(example["command"])) for name, about, example in examples]
    return {
        "required": True,
        "content": {
            _FORM: {
                "schema": form,
                "examples": {n: {"summary": about, "value": {PARAMETER: t}} for n, about, t in sent},
            },
            _RAW: {
                "schema": raw,
                "examples": {n: {"summary": about, "value": f"{PARAMETER}={t}"} for n, about, t in sent},
            },
        },
    }


def _query(examples: list[tuple[str, str, Mapping[str, Any]]]) -> Schema:
    return {
        "name": PARAMETER,
        "in": "query",
        "required": True,
        "description": "The command, as JSON text, percent-encoded (TRN-06, TRN-22).",
        "content": {
            _JSON: {
                "schema": reference(COMMAND),
                "examples": {n: {"summary": a, "value": example["command"]} for n, a, example in examples},
            }
        },
    }


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _parameters(catalogue: Catalogue, *, in_path: bool) -> Iterator[Schema]:
    if in_path:
        yield {
            "name": "sandbox",
            "in": "path",
            "required": True,
            "description": "Key of the sandbox.",
            "schema": dict(SANDBOX),
            "example": "default",
        }
    else:
        yield _header(
            "Sandbox",
            "Key of the sandbox; else the one whose minted keys the command holds (AM-10).",
            SANDBOX,
        )
    editions = {"enum": list(catalogue.quirks["edition"].values)}
    yield _header("Edition", "Edition of the documents that answers this request (AM-12).", editions)
    names = ", ".join(quirk.name for quirk in catalogue.quirks)
    quirk = {"type": "string", "examples": ["all_failed=promote"]}
    yield _header("Quirk", f"name=value, separated by commas (AM-13), of {names}.", quirk)
    scenario = {"type": "string", "examples": ["calm"]}
    yield _header("Scenario", "Scenarios that play for this request as well, separated by commas.", scenario)


def _header(name: str, about: str, schema: Mapping[str, Any]) -> Schema:
    return {"name": f"X-Mock-{name}", "in": "header", "description": about, "schema": dict(schema)}


def _answers(examples: list[tuple[str, str, Mapping[str, Any]]], failures: list[Schema]) -> Schema:
    problem = {PROBLEM: {"schema": reference("Problem")}}
    told = {name: {"$ref": f"#/components/headers/{name}"} for name in headers()}
    printed = {n: {"summary": about, "value": example["reply"]} for n, about, example in examples}
    answers: dict[int | str, Schema] = {
        200: {
            "description": "Success or failure of the command; text/html under the quirk response_content_type.",
            "headers": told,
            "content": {_JSON: {"schema": reference(REPLY), "examples": printed}},
        },
        400: {
            "description": "An unknown quirk or edition in a header; under other quirks a failure, or nothing at all.",
            "content": {**problem, _JSON: {"schema": {"oneOf": failures}}},
        },
        404: {"description": "No such sandbox.", "content": problem},
        413: {"description": "The body is too long (TRN-30); the header X-Mock-Warning has the limit."},
        "4XX": {
            "description": "A failure under the quirk http_status=mapped (TRN-34).",
            "headers": told,
            "content": {_JSON: {"schema": {"oneOf": failures}}},
        },
    }
    return {str(status): answer for status, answer in answers.items()}
