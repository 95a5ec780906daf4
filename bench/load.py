"""Closed-loop load: by wrk where it is installed, else by the client beside this file."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.commands import HERE
from bench.processes import ROOT, on_core
from mockserver.settings import ENDPOINT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench
    from bench.processes import Server
    from bench.subjects import Subject

_UNITS = {"us": 1.0, "ms": 1e3, "s": 1e6, "m": 60e6}
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Load:
    """What a client saw: requests answered, seconds, p50 and p99 in microseconds, and errors."""

    requests: int
    seconds: float
    p50: float
    p99: float
    errors: int = 0

    @property
    def rate(self) -> float:
        """Requests answered in a second."""
        return self.requests / self.seconds


@dataclass(frozen=True, slots=True)
class _Job:
    """What a client is told: a positive ``count`` of replies ends it, else the seconds do."""

    port: int
    body: Path
    media: str
    connections: int
    seconds: float
    count: int


def load(bench: Bench, server: Server, subject: Subject, connections: int, seconds: float) -> Load:
    """Put load on a server for some seconds, with the printed push.

    Raises RuntimeError when replies were no success of HTTP: such a figure would mean nothing.
    """
    with _job(bench, server, subject, subject.body(), connections, seconds, 0) as job:
        text = _wrk(bench.wrk, job) if bench.wrk else _python(job)
    found = parse_wrk(text) if bench.wrk else Load(**json.loads(text))
    if found.errors:
        raise RuntimeError(f"{subject.name}: {found.errors} of {found.requests} replies were errors")
    return found


def send(bench: Bench, server: Server, subject: Subject, count: int, command: bytes | None = None) -> None:
    """Send a command ``count`` times over 16 connections, a few times more at most. RuntimeError as above."""
    with _job(bench, server, subject, subject.body(command), 16, _LONGEST, count) as job:
        text = _wrk(bench.wrk, job) if bench.wrk else _python(job)
    errors = parse_count(text) if bench.wrk else json.loads(text)["errors"]
    if errors:
        raise RuntimeError(f"{subject.name}: {errors} of {count} replies were errors")


@contextlib.contextmanager
def _job(bench: Bench, server: Server, subject: Subject, body: bytes, *numbers: Any) -> Iterator[_Job]:
    """Lay the body down in a file, and run what the block starts on the client's core."""
    with tempfile.TemporaryDirectory() as folder, on_core(bench.cores[1] if bench.cores else None):
        file = Path(folder) / "body"
        file.write_bytes(body)
        yield _Job(server.port, file, subject.media, *numbers)


def _wrk(wrk: str, job: _Job) -> str:
    words = [
        wrk, "-t1", f"-c{job.connections}", f"-d{max(1, round(job.seconds))}s", "--latency",
        "--timeout", "30s", "-s", str(HERE / "load.lua"), f"http://127.0.0.1:{job.port}{ENDPOINT}",
    ]  # fmt: skip
    told = {"BENCH_BODY": str(job.body), "BENCH_TYPE": job.media, "BENCH_COUNT": str(job.count)}
    return _output(words, told)


def _python(job: _Job) -> str:
    told = (job.port, job.body, job.media, job.connections, job.seconds, job.count)
    return _output([sys.executable, "-m", "bench.client", *map(str, told)], {})


def _output(words: list[str], told: dict[str, str]) -> str:
    done = subprocess.run(
        words, env={**os.environ, **told}, cwd=ROOT, capture_output=True, text=True, check=False,
        timeout=_LONGEST,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the client failed: {done.stderr.strip()[-300:]}")
    return done.stdout


def parse_count(text: str) -> int:
    """Return the errors that ``load.lua`` counted. Raises ValueError when it did not get that far."""
    found = re.search(r"^counted \d+ errors (\d+)$", text, re.MULTILINE)
    if found is None:
        raise ValueError(f"the replies were not counted: {text[:200]!r}")
    return int(found[1])


def parse_wrk(text: str) -> Load:
    """Read what ``wrk --latency`` printed. Raises ValueError when it is something else."""
    total = re.search(r"(\d+) requests in ([0-9.]+)(us|ms|s|m),", text)
    shares = dict(re.findall(r"^\s+(50|99)%\s+([0-9.]+(?:us|ms|s|m))\s*$", text, re.MULTILINE))
    if total is None or set(shares) != {"50", "99"}:
        raise ValueError(f"not the output of wrk --latency: {text[:200]!r}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    errors = (int(refused[1]) if refused else 0) + (sum(map(int, broken.groups())) if broken else 0)
    return Load(
        int(total[1]),
        float(total[2]) * _UNITS[total[3]] / 1e6,
        _micros(shares["50"]),
        _micros(shares["99"]),
        errors,
    )


def _micros(text: str) -> float:
    number = text.rstrip("mus")
    return float(number) * _UNITS[text[len(number) :]]
