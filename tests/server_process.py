"""Running the real server in a process of its own, for tests over real sockets."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.settings import ENDPOINT, ENV_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent

# The layers above the core are tested alone as long as there is no core.
MODULE = "mockserver" if importlib.util.find_spec("mockserver.service") else "tests.fake_service"

PAGES = [] if importlib.util.find_spec("mockserver.web.admin") else ["--admin", "off"]
"""Options under which the Flask part can be loaded."""

COMMAND = b'data={"method":"getProcessData","apikey":"test_org","servicekey":"MUMBAI_CRM_OBD"}'


@dataclass
class Running:
    """A server that has said it is ready."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.ready["url"].split("//")[1].rpartition(":")
        return host, int(port)

    def connect(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=20)

    def stop(self) -> tuple[int, str, str]:
        """End it kindly and return exit code, what is left on stdout, and stderr."""
        end(self.process)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


def end(process: subprocess.Popen[str]) -> None:
    """Tell a server to end, as a terminal or a container would."""
    if process.poll() is None:
        # terminate() is no signal on Windows but the end itself
        process.send_signal(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM))


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ENV_PREFIX)}
    paths = [str(ROOT), kept.get("PYTHONPATH", "")]
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, paths)), **(extra or {})}


def spawn(
    *arguments: str, env: Mapping[str, str] | None = None, module: str = MODULE
) -> subprocess.Popen[str]:
    # On Windows a console signal reaches only a process group of its own.
    flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(env),
        cwd=ROOT,
        creationflags=flags,
    )


def finished(*arguments: str, env: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run a command to its end and return exit code, stdout and stderr."""
    process = spawn(*arguments, env=env)
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


@contextlib.contextmanager
def running(*arguments: str, env: Mapping[str, str] | None = None, module: str = MODULE) -> Iterator[Running]:
    """Serve on a free port until the block ends."""
    process = spawn("serve", "--port", "0", *arguments, env=env, module=module)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        yield Running(process, json.loads(line))
    finally:
        end(process)
        with contextlib.suppress(ValueError):
            process.communicate(timeout=20)


def message(
    body: bytes = COMMAND, *, verb: str = "POST", path: str = ENDPOINT, version: str = "1.1", head: str = ""
) -> bytes:
    """Return a request as bytes, with a Content-Length when there is a body."""
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{verb} {path} HTTP/{version}\r\nHost: mock.test\r\n{length}{head}\r\n".encode() + body


def read_reply(stream: Any, verb: str = "POST") -> tuple[int, dict[str, str], bytes]:
    """Read one reply with a Content-Length from a socket's file."""
    status = int(stream.readline().split()[1])
    headers = {}
    while (line := stream.readline().strip()) != b"":
        name, _, value = line.decode().partition(": ")
        headers[name.lower()] = value
    length = 0 if verb == "HEAD" else int(headers["content-length"])
    return status, headers, stream.read(length)
