"""A WSGI application inside the event loop: each request is one turn in a thread, and its reply comes back whole."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes

from mockserver.bell import WATCH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, MutableMapping
    from concurrent.futures import Executor

    from mockserver.bell import Watch

    Scope = MutableMapping[str, Any]
    Headers = list[tuple[bytes, bytes]]
    Answered = tuple[int, Headers, bytes]
    """HTTP status, headers as they are sent, body."""
    Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

_ALREADY = ("content-length", "content-type")
"""Headers that WSGI knows without a prefix."""


class Pages:
    """Calls a WSGI application for requests whose bodies have been read.

    Its replies are whole before the first byte of them leaves: the pages of this server are small, and
    each hand-over between thread and loop would cost more than they do.
    """

    def __init__(self, app: Application, workers: Executor) -> None:
        self.workers = workers
        self._app = app

    def ask(self, scope: Scope, body: bytes, watch: Watch | None) -> Answered:
        """Answer one request, in the thread of the caller."""
        told: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
            told[:] = [status, headers]
            return written.append

        written: list[bytes] = []
        chunks = self._app(_environ(scope, body, watch), start_response)
        try:
            whole = b"".join([*written, *chunks])
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        status, headers = told
        sent = [(name.encode("latin-1").lower(), value.encode("latin-1")) for name, value in headers]
        if all(name != b"content-length" for name, _ in sent):
            sent.append((b"content-length", b"%d" % len(whole)))
        return int(status.split(" ", 1)[0]), sent, whole


def _environ(scope: Scope, body: bytes, watch: Watch | None) -> dict[str, Any]:
    """Return the environment that WSGI asks for (PEP 3333): texts are bytes, read as Latin-1."""
    query = scope["query_string"]
    if not query.isascii():
        query = quote_from_bytes(query, "/%&=+?:;,~").encode()
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        # Not the path as it was decoded, which cannot tell %2F from a slash.
        "REQUEST_URI": scope.get("raw_path", b"").decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        # Standard output belongs to the one machine-readable line.
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        WATCH: watch,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        key = name.upper().replace("-", "_")
        key = key if name in _ALREADY else f"HTTP_{key}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    # The body has been read, whether it came with a length or in chunks.
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ
