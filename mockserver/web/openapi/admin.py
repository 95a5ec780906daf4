"""The paths of the admin API, from its one table of routes and the schemas beside it."""

from __future__ import annotations

import re
from http import HTTPStatus
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from mockserver.simulation import deliveries
from mockserver.simulation.deliveries import KINDS
from mockserver.store.interface import TABLES
from mockserver.web.admin_http import HOME, LONGEST_WAIT
from mockserver.web.openapi.endpoint import PROBLEM, SANDBOX
from mockserver.web.openapi.kinds import named, replied
from mockserver.web.openapi.nodes import reference

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from mockserver.web.admin_routes import Route

    Schema = dict[str, Any]
    Parts = Mapping[str, tuple[str, Mapping[str, Any]]]

PLACEHOLDER: Final = re.compile(r"<(?:\w+:)?(\w+)>")
"""A part of a path that names something."""

_WHOLE: Final[Mapping[str, Any]] = {"type": "integer", "minimum": 0, "maximum": 999_999_999_999}
_MOMENT: Final[Mapping[str, Any]] = {
    "type": "string",
    "format": "moment",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$",
    "examples": ["2018-11-12 14:00:05"],
}
_REQUEST: Final[Mapping[str, Any]] = {"type": "string", "pattern": "^r[0-9]{1,18}$", "examples": ["r000001"]}
_TEXT: Final[Mapping[str, Any]] = {"type": "string"}
_NAME: Final[Mapping[str, Any]] = {"type": "string", "minLength": 1}

_FILTERS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "method": ("Method of the command.", _TEXT),
    "status": ("The vendor's code that was answered.", _WHOLE),
    "apikey": ("API key.", _TEXT),
    "servicekey": ("Service key.", _TEXT),
    "edition": ("Edition that answered.", _TEXT),
    "rule": ("Row of the ledger that decided, as in X-Mock-Rule.", _TEXT),
    "http_status": ("HTTP status of the reply.", _WHOLE),
    "contains": ("Text in query or body, as it was sent or percent-decoded.", _TEXT),
    "wait": (
        "Seconds to wait for something that fits, if there is nothing yet.",
        {"type": "number", "minimum": 0, "maximum": LONGEST_WAIT},
    ),
    "requests/since": (
        "Not before a time of the sandbox, or after a request.",
        {"anyOf": [dict(_MOMENT), dict(_REQUEST)]},
    ),
    "events/since": (
        "Not before a time of the sandbox, or after an event.",
        {"anyOf": [dict(_MOMENT), {"type": "string", "pattern": "^e[0-9]{1,18}$", "examples": ["e000001"]}]},
    ),
    "deliveries/kind": ("What is delivered.", {"enum": list(deliveries.KINDS)}),
    "deliveries/status": ("What became of it.", {"enum": list(deliveries.STATUSES)}),
    "kind": (
        f"What happened, as call.answered; call stands for all about calls. Of deliveries: {', '.join(KINDS)}.",
        _TEXT,
    ),
    "login": ("Login of an agent; letter case does not matter.", _TEXT),
    "process": ("Name of a process.", _TEXT),
    "contact": ("Number.", _TEXT),
    "call": ("Call-list id.", _WHOLE),
    "limit": ("At most so many.", _WHOLE),
    "offset": ("Beginning after so many.", _WHOLE),
    "format": (
        "Form of the answer; else the Accept header chooses.",
        {"enum": ["json", "html", "junit", "text"]},
    ),
    "scope": (
        "This sandbox, or all that are and were there.",
        {"enum": ["sandbox", "all"], "default": "sandbox"},
    ),
}
"""Filters by name, after that of the answer where it matters; one that is not here is a text."""

_PARTS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "sandboxes": ("Key of a sandbox.", SANDBOX),
    "requests": ("Id of a request; the header X-Mock-Request-Id tells it.", _REQUEST),
    "users": ("Login of a user; letter case does not matter.", {**_NAME, "examples": ["dinesh.s@avhan.com"]}),
    "calls": ("Call-list id or system call id.", {**_NAME, "examples": ["796"]}),
    "deliveries": ("Id of a delivery.", {"type": "string", "pattern": "^d[0-9]{1,9}$", "examples": ["d1"]}),
    "snapshots": ("Id or name of a snapshot.", {**_NAME, "examples": ["s1"]}),
    "state": ("Name of a table.", {"enum": [table.name for table in TABLES]}),
}
"""Names in paths, by the word before them; one that is neither here nor a kind of file is a text."""

_WHY: Final[Mapping[int, str]] = {
    400: "A filter that is not known or does not fit, or a body that is not JSON.",
    401: "The token is missing or wrong.",
    403: "The Host header is none of --admin-hosts, or a page of another origin wants to change something.",
    404: "No such sandbox, or nothing there under that name.",
    409: "It stands against what is there already.",
    413: "The body is over 16 times --max-body, or without the token over --max-body.",
    422: "The body is JSON and cannot be used; errors tell where, and what was expected.",
}


def paths(
    routes: Sequence[Route], optional: Collection[str], kinds: Sequence[str], *, token: bool
) -> dict[str, Schema]:
    """Return the path items of the admin API.

    ``optional`` are the bodies for which nothing at all will do as well, ``kinds`` the kinds of files
    that have a schema; ``token`` says that this server asks for one.
    """
    parts = {**_PARTS, "schema": ("Kind of a file, or name of a body.", {"enum": list(kinds)})}
    made: dict[str, Schema] = {}
    for route in routes:
        for path in route.paths:
            item = made.setdefault(PLACEHOLDER.sub(r"{\1}", path), {})
            item[route.verb.lower()] = _operation(route, path, optional, parts, token=token)
    return made


def security() -> dict[str, Schema]:
    """Return the two ways to bring the token, as components by name."""
    about = "Given by --admin-token, or printed in the banner; asked for off loopback."
    return {
        "bearer": {"type": "http", "scheme": "bearer", "description": about},
        "header": {"type": "apiKey", "in": "header", "name": "X-Mock-Admin-Token", "description": about},
    }


def responses() -> dict[str, Schema]:
    """Return the answers to requests that are not carried out, as components by name."""
    content = {PROBLEM: {"schema": reference("Problem")}}
    return {
        _title(status): {"description": why, "headers": _headers(), "content": content}
        for status, why in _WHY.items()
    }


def _operation(route: Route, path: str, optional: Collection[str], parts: Parts, *, token: bool) -> Schema:
    words = [PLACEHOLDER.sub(r"\1", word) for word in path.removeprefix(HOME).split("/") if word]
    made: Schema = {
        "operationId": "_".join([route.verb.lower(), *words]) if words else f"{route.verb.lower()}_admin",
        "tags": [_tag(path)],
        "summary": route.help,
        "parameters": [*_parts(path, parts), *_filters(route)],
        "responses": _answers(route, path, token=token),
    }
    if route.path.startswith("…") and not path.startswith(f"{HOME}/sandboxes/<sandbox>"):
        made["parameters"].append(
            {
                "name": "X-Mock-Sandbox",
                "in": "header",
                "description": "Key of the sandbox, if not the default one.",
                "schema": dict(SANDBOX),
            }
        )
    if route.body:
        made["requestBody"] = {
            "required": route.body not in optional,
            "content": {"application/json": {"schema": reference(named(route.body))}},
        }
    if token:
        made["security"] = [{name: []} for name in security()]
    return made


def _tag(path: str) -> str:
    rest = path.removeprefix(f"{HOME}/sandboxes/<sandbox>").removeprefix(HOME)
    return f"admin: {rest.strip('/').split('/')[0] or 'routes'}"


def _parts(path: str, parts: Parts) -> Iterator[Schema]:
    words = path.split("/")
    for before, word in pairwise(words):
        placeholder = PLACEHOLDER.fullmatch(word)
        if placeholder is None:
            continue
        about, schema = parts.get(before, ("Name of what is meant.", _NAME))
        examples = schema.get("examples") or schema.get("enum")
        yield {
            "name": placeholder[1],
            "in": "path",
            "required": True,
            "description": about,
            "schema": dict(schema),
            **({"example": examples[0]} if examples else {}),
        }


def _filters(route: Route) -> Iterator[Schema]:
    for name in route.filters:
        about, schema = _FILTERS.get(f"{route.reply}/{name}") or _FILTERS.get(
            name, ("Only what has it.", _TEXT)
        )
        yield {"name": name, "in": "query", "description": about, "schema": dict(schema)}


def _answers(route: Route, path: str, *, token: bool) -> Schema:
    done: Schema = {"description": HTTPStatus(route.status).phrase, "headers": _headers()}
    content: Schema = {}
    if route.reply:
        content["application/json"] = {"schema": reference(replied(route.reply))}
    content |= {form: {"schema": {"type": "string"}} for form in route.forms}
    if content:
        done["content"] = content
    failures = {400, 403}
    if token:
        failures.add(401)
    if "<" in path or route.path.startswith("…"):
        failures.add(404)
    if route.verb != "GET":
        failures |= {413, 422}
    if route.conflicts:
        failures.add(409)
    refused = {
        str(status): {"$ref": f"#/components/responses/{_title(status)}"} for status in sorted(failures)
    }
    return {str(route.status): done, **refused}


def _headers() -> Schema:
    return {"Cache-Control": {"schema": {"const": "no-store"}}}


def _title(status: int) -> str:
    return HTTPStatus(status).phrase.replace(" ", "")
