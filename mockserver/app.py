"""The whole sandbox as one Flask app, complete by itself: any WSGI server can serve it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from werkzeug.routing import Rule

from mockserver import __version__
from mockserver.edge.health import LIVEZ, READYZ, health
from mockserver.model import Reply
from mockserver.replying import problem
from mockserver.settings import ADMIN, ENDPOINT
from mockserver.web import api, recordings

if TYPE_CHECKING:
    from mockserver.service import Service


def create_app(service: Service) -> Flask:
    """Return the Flask app of a started service: the API, recordings, health and, if on, the admin API.

    Nothing in it redirects: a client that follows would turn its POST into a GET (TRN-35).
    """
    app = Flask("mockserver", static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = service.settings.max_body
    app.register_error_handler(404, _not_found)
    _register_home(app, service)
    _register_health(app, service)
    if service.settings.admin == "on":
        from mockserver.web import admin  # noqa: PLC0415 - not even imported when it is off

        admin.register(app, service)
    api.register(app, service)
    recordings.register(app, service)
    return app


def _register_home(app: Flask, service: Service) -> None:
    def view() -> Response:
        if request.method not in ("GET", "HEAD"):
            return _not_found(None)
        base = request.host_url.rstrip("/")
        document = {
            "name": "Jodo sandbox",
            "version": __version__,
            "endpoint": base + ENDPOINT,
            "admin": base + ADMIN if service.settings.admin == "on" else None,
            "ready": base + READYZ,
        }
        headers = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))
        return api.response(Reply(200, headers, json.dumps(document).encode()))

    app.view_functions["home"] = view
    app.url_map.add(Rule("/", endpoint="home"))


def _register_health(app: Flask, service: Service) -> None:
    def view() -> Response:
        reply = health(request.path, request.method, service)
        return _not_found(None) if reply is None else api.response(reply)

    for path in (LIVEZ, READYZ):
        app.add_url_rule(path, f"health{path}", view)


def _not_found(_: object) -> Response:
    slashless = request.path.rstrip("/")
    if slashless != request.path and slashless.endswith(ENDPOINT):
        detail = f"the API has no slash at the end of its path: it is at {slashless}"
        return api.response(problem(404, "a slash too many", detail))
    text = f"Nothing is here. The API is at {ENDPOINT}, the admin API at /__admin, health at {READYZ}.\n"
    return Response(text, 404, content_type="text/plain; charset=utf-8")
