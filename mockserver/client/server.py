"""Where the server is: one that runs already, or one started for this process and ended with it."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from mockserver.errors import MockServerError
from mockserver.lending import LENDING
from mockserver.settings import ADMIN, ENDPOINT, ENV_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

URL: Final = f"{ENV_PREFIX}_URL"
"""Environment variable with the base URL of a running server."""

TOKEN: Final = f"{ENV_PREFIX}_ADMIN_TOKEN"
"""Environment variable with the token of its admin API: the one that ``serve`` reads, too."""

START_SECONDS: Final = 60.0
"""How long a server may take until it answers."""

END_SECONDS: Final = 10.0
"""How long it may take to end before it is killed."""

_ROOT: Final = str(Path(__file__).resolve().parents[2])
# The child finds the very package its parent runs, and nothing by the folder it happens to start in (-P).
_CODE: Final = (
    "import sys; root = sys.argv.pop(1); root in sys.path or sys.path.insert(0, root); "
    "from mockserver.keeper import run; sys.exit(run(sys.argv[1:]))"
)
_TOLD: Final = 2000
"""Characters of what a failed server said that are passed on."""


class NoServer(MockServerError):
    """There is no server to use: it could not be started, or the one that was named does not answer."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server as tests know it.

    ``url`` is its base (no slash at the end), ``token`` what its admin API asks for (None: nothing),
    ``pid`` the process of one that was started for the tests (None: somebody else runs it).
    """

    url: str
    token: str | None = None
    pid: int | None = None

    @property
    def endpoint(self) -> str:
        """The API of its default sandbox."""
        return self.url + ENDPOINT

    @property
    def admin(self) -> str:
        """Its admin API."""
        return self.url + ADMIN


class OwnServer:
    """A server that is started when it is first asked for, and belongs to this process.

    It listens on a free port of 127.0.0.1 and ends with :meth:`end`, with the process, and also when
    the process is killed. ``options`` are those of ``jodo-mock serve``, ``folder`` is where relative
    paths in them begin.
    """

    def __init__(self, options: Sequence[str] = (), folder: Path | None = None) -> None:
        self._options = tuple(options)
        self._folder = folder
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._server: Server | None = None
        self._owner = 0

    @property
    def started(self) -> Server | None:
        """The server, if anybody has asked for it."""
        return self._server

    def server(self) -> Server:
        """Return the running server; raise NoServer when it cannot be started. Threads may ask at once."""
        with self._lock:
            if self._process is None or self._server is None or self._process.poll() is not None:
                _dispose(self._process)
                self._process, ready = _start(self._options, self._folder)
                token = ready.get("token") or os.environ.get(TOKEN)
                self._server = Server(ready["url"], token, self._process.pid)
                self._owner = os.getpid()
                atexit.register(self.end)
            return self._server

    def end(self) -> None:
        """End the server, kindly if it lets us; a process that was forked off leaves it alone."""
        with self._lock:
            process, self._process, self._server = self._process, None, None
            atexit.unregister(self.end)
            if self._owner != os.getpid():
                return
            _dispose(process)


def _dispose(process: subprocess.Popen[str] | None) -> None:
    """End a server by the end of its input, and close what belongs to it; one that hangs is killed."""
    if process is None:
        return
    with process:
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _environment() -> dict[str, str]:
    """Return the environment of the child, which may start in another folder than this process has."""
    paths = [
        str(Path(each).absolute()) for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each
    ]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def _start(options: Sequence[str], folder: Path | None) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    """Start a server and return it with its ready line."""
    arguments = ("serve", "--port", "0", "--log-level", "warning", *options)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        # A group of its own: Ctrl-C is for the tests, which still have to be told how they ended.
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and the options of whoever calls
            [sys.executable, "-P", "-c", _CODE, _ROOT, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            cwd=folder,
            env=_environment(),
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        line = _first_line(process)
        if line:
            return process, json.loads(line)
        with process:
            process.kill()
        raise NoServer(f"jodo-mock {' '.join(arguments)} did not start: {_tail(said)}")


def _first_line(process: subprocess.Popen[str]) -> str:
    """Return the line a server prints when it answers; nothing when it ends before, or takes for ever."""
    if process.stdout is None:
        return ""
    limit = threading.Timer(START_SECONDS, process.kill)
    limit.start()
    try:
        return process.stdout.readline()
    finally:
        limit.cancel()


def _tail(said: IO[str]) -> str:
    said.seek(0)
    return said.read()[-_TOLD:].strip() or f"it said nothing for {START_SECONDS:g} s"


_OWN: Final = OwnServer()  # the process's one server; whoever needs another makes an OwnServer


def find_server(url: str | None = None, token: str | None = None) -> Server:
    """Return the server at ``url``, else the one ``JODO_MOCK_URL`` names, else one that is lent, else this process's own."""
    return named_server(url, token) or LENDING.server() or _OWN.server()


def named_server(url: str | None = None, token: str | None = None) -> Server | None:
    """Return the server at ``url``, else the one ``JODO_MOCK_URL`` names, else None; none is started."""
    found = url or os.environ.get(URL)
    if not found:
        return None
    return Server(found.rstrip("/"), token or os.environ.get(TOKEN))
