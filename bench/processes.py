"""Server processes: started on a core of their own, asked for their memory, ended."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from time import perf_counter, sleep
from typing import TYPE_CHECKING

from bench.caller import Caller
from mockserver.settings import ENV_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.subjects import Subject

ROOT = Path(__file__).resolve().parent.parent
_PATIENCE = 60


class Server:
    """A server that has given its first right answer."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, first_answer: float) -> None:
        self.process = process
        self.port = port
        self.first_answer = first_answer
        """Seconds from the start of the process to the end of its first right answer."""

    def megabytes(self) -> float | None:
        """Return the resident memory in MB (10⁶ bytes), or None where nobody tells."""
        return resident(self.process.pid)

    def cpu_seconds(self) -> float | None:
        """Return the processor time of all its threads so far, or None where /proc is not there."""
        try:
            text = Path(f"/proc/{self.process.pid}/stat").read_text()
        except OSError:
            return None
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def resident(pid: int) -> float | None:
    """Return the resident memory of a process in MB, from /proc or ps; None where there is neither."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return _resident_by_ps(pid)
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    return None if found is None else int(found[1]) * 1024 / 1e6


def _resident_by_ps(pid: int) -> float | None:
    try:
        done = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return int(done.stdout) * 1024 / 1e6


def choose_cores() -> tuple[int, int] | None:
    """Return one core for servers and one for clients, or None where processes cannot be bound to cores."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    cores = sorted(os.sched_getaffinity(0))
    return (cores[0], cores[-1]) if len(cores) > 1 else None


@contextlib.contextmanager
def on_core(core: int | None) -> Iterator[None]:
    """Run the block, and what it starts, on one core; None leaves it to the system."""
    if sys.platform == "win32" or sys.platform == "darwin" or core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextlib.contextmanager
def serving(subject: Subject, core: int | None, options: Sequence[str] = ()) -> Iterator[Server]:
    """Start a server, wait for its first right answer, and end it after the block.

    Raises RuntimeError when it ends by itself, or does not answer rightly within a minute.
    """
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ENV_PREFIX)}
    with on_core(core):
        start = perf_counter()
        process = subprocess.Popen(
            [*subject.command(port), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=environment,
        )
    try:
        _wait(process, port, subject)
        yield Server(process, port, perf_counter() - start)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, subject: Subject) -> None:
    request, expected = subject.request(), subject.expected
    end = perf_counter() + _PATIENCE
    body = b""
    while perf_counter() < end:
        if process.poll() is not None:
            raise RuntimeError(f"{subject.name} ended with exit code {process.returncode}")
        with contextlib.suppress(OSError, ValueError), Caller(port, timeout=_PATIENCE) as caller:
            _, body = caller.ask(request)
            if expected in body:
                return
        sleep(0.001)
    raise RuntimeError(f"{subject.name} does not answer as it should: {body[:300]!r}")
