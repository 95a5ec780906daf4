"""An admin API that answers what a test tells it to, for the client's side of a route."""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MADE: Final = {
    "key": "sb1",
    "url": "http://127.0.0.1:9/sandboxes/sb1",
    "endpoint": "http://127.0.0.1:9/sandboxes/sb1/CustomerWebServices/handleCustomerWS",
    "apikey": "sbx1",
    "servicekeys": {"MUMBAI_CRM_OBD": "sbx2"},
}


class Pretend:
    """Answers by verb and path below ``/__admin``; ``asked`` has every request: verb, path, body, headers."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], tuple[int, Any]] = {
            ("POST", "/sandboxes"): (201, MADE),
            ("DELETE", "/sandboxes/sb1"): (204, None),
            ("GET", "/sandboxes/sb1/requests"): (200, {"total": 0, "requests": []}),
        }
        self.asked: list[tuple[str, str, Any, dict[str, str]]] = []
        self.url = ""
        self.reached = "0.0"
        """The contract coverage that every answer tells."""

    def answer(self, verb: str, path: str, document: Any, status: int = 200) -> None:
        """Answer a request below the sandbox so; text goes out as text."""
        self.answers[verb, f"/sandboxes/sb1{path}"] = (status, document)

    def body_of(self, verb: str, path: str) -> Any:
        """Return the body of the only request to a path below the sandbox."""
        (found,) = [each[2] for each in self.asked if each[:2] == (verb, f"/sandboxes/sb1{path}")]
        return found

    def respond(self, verb: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        """Return status, content type and body of an answer."""
        below = path.removeprefix("/__admin")
        self.asked.append((verb, below, json.loads(body) if body else None, headers))
        found = self.answers.get((verb, below)) or self.answers.get((verb, below.partition("?")[0]))
        if found is None:
            problem = {"title": "unknown route", "detail": f"{below} is no route", "status": 404}
            return 404, "application/problem+json", json.dumps(problem).encode()
        status, document = found
        if document is None or isinstance(document, str):
            return status, "text/plain", (document or "").encode()
        kind = "application/json" if status < 400 else "application/problem+json"
        return status, kind, json.dumps(document).encode()


@contextlib.contextmanager
def pretending() -> Iterator[Pretend]:
    """Serve a pretended admin API until the block ends."""
    pretend = Pretend()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, kind, content = pretend.respond(self.command, self.path, body, dict(self.headers))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("X-Mock-Coverage", pretend.reached)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - names of the base class

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        pretend.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield pretend
        finally:
            server.shutdown()
            thread.join()
