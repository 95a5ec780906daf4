"""The whole document, and who keeps it: made when it is first asked for, once for each server."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import orjson

from mockserver import __version__
from mockserver.contract.documents import Checker
from mockserver.simulation.events import event_words
from mockserver.store.interface import TABLES
from mockserver.web.openapi import admin, endpoint
from mockserver.web.openapi.commands import COMMAND, command_schemas
from mockserver.web.openapi.kinds import (
    close_tables,
    components,
    kinds,
    name_codes,
    name_events,
    name_quirks,
    name_statuses,
    named,
    standalone,
)
from mockserver.web.openapi.nodes import reference
from mockserver.web.openapi.replies import failures, reply_schemas

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mockserver.contract.catalogue import Catalogue
    from mockserver.web.admin_routes import Route

    Schema = dict[str, Any]

_VERSION: Final = "3.1.0"
_ABOUT: Final = (
    "A stand-in for Avhan's Jodo Customer Web Service, and the admin API that shows and moves what is behind it. "
    "Descriptions that begin with an id such as GEN-11 are rows of the ledger, schemas/ledger.json."
)
_PROBLEM: Final[Mapping[str, Any]] = {
    "title": "Problem",
    "description": "Why a request was not carried out (RFC 9457).",
    "type": "object",
    "properties": {
        "type": {"const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    name: {"type": "string"} for name in ("pointer", "expected", "got", "message")
                },
                "required": ["pointer", "expected", "got", "message"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
    "additionalProperties": False,
}


class Described:
    """What one server can tell about itself: its OpenAPI document and the schemas of its files."""

    def __init__(self, folder: Path, catalogue: Catalogue, routes: Sequence[Route], *, token: bool) -> None:
        self._folder = folder
        self._catalogue = catalogue
        self._routes = routes
        self._token = token

    @cached_property
    def openapi(self) -> bytes:
        """The OpenAPI document, as JSON."""
        return orjson.dumps(assemble(self._folder, self._catalogue, self._routes, token=self._token))

    @cached_property
    def kinds(self) -> Mapping[str, Path]:
        """Kinds of files that have a schema, with its place."""
        return kinds(self._folder)

    def schema(self, kind: str) -> bytes:
        """Return the JSON Schema of a kind of file; KeyError if there is none."""
        return orjson.dumps(standalone(orjson.loads(self.kinds[kind].read_bytes())))


def assemble(folder: Path, catalogue: Catalogue, routes: Sequence[Route], *, token: bool = False) -> Schema:
    """Return the OpenAPI 3.1 document of the API and the admin API.

    ``folder`` holds the schemas, ``routes`` is the admin API's table, ``token`` says whether the
    admin API asks for one. Equal arguments give an equal document.
    """
    ledger = orjson.loads((folder / "ledger.json").read_bytes())["rows"]
    texts = {name: row["text"] for name, row in ledger.items()}
    commands, replies = command_schemas(catalogue, texts), reply_schemas(catalogue, texts)
    command = Checker({**reference(COMMAND), "components": {"schemas": commands}})
    own = components(folder)
    for schema in own.values():
        name_quirks(schema, catalogue.quirks)
    close_tables(own[named("state")], TABLES)
    name_codes(own[named("fault")], catalogue)
    name_statuses(own[named("user_status")], catalogue.references["user_status"])
    admins = admin.paths(routes, _optional(folder), list(kinds(folder)), token=token)
    name_events(admins, own[named("simulation")], event_words(catalogue.floor["events"]))
    return {
        "openapi": _VERSION,
        "info": {
            "title": "Jodo sandbox",
            "version": __version__,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            **endpoint.paths(catalogue, failures(replies), lambda sent: not command.problems(sent, "")),
            **admins,
        },
        "components": {
            "schemas": {**commands, **replies, "Problem": dict(_PROBLEM), **own},
            "headers": endpoint.headers(),
            "responses": admin.responses(),
            "securitySchemes": admin.security(),
        },
    }


def _optional(folder: Path) -> list[str]:
    """Return the bodies for which nothing at all, which is read as ``{}``, will do."""
    return [
        path.stem
        for path in sorted((folder / "admin").glob("*.json"))
        if not Checker(orjson.loads(path.read_bytes())).problems({}, path.stem)
    ]
