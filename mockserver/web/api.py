"""The API as a Flask view, for tests in process and for other WSGI servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import Rule

from mockserver.limits import too_long
from mockserver.model import Inbound
from mockserver.settings import ENDPOINT

if TYPE_CHECKING:
    from typing import Any

    from flask import Flask

    from mockserver.model import Reply
    from mockserver.service import Service


def register(app: Flask, service: Service) -> None:
    """Add the API's routes, for every verb there is; the service knows which ones are served (TRN-35)."""

    def api(**_: Any) -> Response:
        return answer(service)

    app.view_functions["api"] = api
    for path in (ENDPOINT, f"/sandboxes/<key>{ENDPOINT}"):
        # A rule without methods takes them all; Flask's own route() would invent an OPTIONS.
        # Strict means that a trailing slash is another path; there is nothing to redirect to.
        app.url_map.add(Rule(path, endpoint="api", strict_slashes=True))


def answer(service: Service) -> Response:
    """Answer the current request by the service; a body over the limit is 413 with an empty body (TRN-30)."""
    try:
        # The raw bytes: reading the form would swallow them, and decode by other rules (TRN-15).
        body = request.get_data(cache=False, parse_form_data=False)
    except RequestEntityTooLarge:
        return response(too_long(service.settings))
    return response(service.answer(inbound(body)))


def inbound(body: bytes) -> Inbound:
    """Make an Inbound of the current Flask request and its body."""
    return Inbound(
        verb=request.method,
        path=request.path,
        query=request.query_string,
        headers={name.lower(): value for name, value in request.headers},
        body=body,
        port=int(request.environ.get("SERVER_PORT") or 0),
        scheme=request.scheme,
    )


def response(reply: Reply) -> Response:
    """Make a Flask response of a reply, byte for byte and with no header of Flask's own."""
    made = Response(reply.body, reply.http_status)
    made.headers.clear()
    for name, value in reply.headers:
        made.headers.add(name, value)
    made.headers["Content-Length"] = str(len(reply.body))
    return made
