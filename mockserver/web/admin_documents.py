"""Admin routes about the server's own documents: its OpenAPI document, the schemas of its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.web.admin_http import not_there

if TYPE_CHECKING:
    from mockserver.web.admin_http import Ask


def openapi(ask: Ask) -> bytes:
    """Return the OpenAPI 3.1 document of the API and the admin API."""
    return ask.described.openapi


def schema(ask: Ask) -> bytes:
    """Return the JSON Schema of a kind of file or body."""
    if ask.name not in ask.described.kinds:
        raise not_there("schema", ask.name, list(ask.described.kinds))
    return ask.described.schema(ask.name)
