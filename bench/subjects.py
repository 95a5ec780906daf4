"""Who is measured: the sandbox and the servers beside it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import wiremock
from bench.commands import FORM, JSON, PREFIX, accepted, http, push
from bench.model import BARE, OURS, WIREMOCK

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.model import Bench


@dataclass(frozen=True, slots=True)
class Subject:
    """A server that can be started on a port and answers the push.

    ``prefix`` stands before the JSON in the body, ``media`` is the content type it is sent with.
    """

    name: str
    command: Callable[[int], list[str]]
    prefix: bytes = PREFIX
    media: str = FORM
    expected: bytes = accepted()

    def body(self, command: bytes | None = None) -> bytes:
        """Return the body that carries a command, by default the printed push."""
        return self.prefix + (push() if command is None else command)

    def request(self, command: bytes | None = None) -> bytes:
        """Return the whole request that carries a command."""
        return http(self.body(command), media=self.media)


def sandbox() -> Subject:
    """Return the sandbox as it comes: golden preset, journal, validation and diagnostics on."""
    return Subject(OURS, lambda port: [sys.executable, "-m", "mockserver", "serve", "--port", str(port)])


def bare() -> Subject:
    """Return the fixed reply over asyncio and httptools."""
    return Subject(BARE, lambda port: [sys.executable, "-m", "bench.bare", str(port)])


def wire_mock(jar: Path) -> Subject:
    """Return WireMock. It gets the JSON without ``data=``, which its schema matcher cannot look behind."""
    wiremock.write_stub()
    return Subject(WIREMOCK, lambda port: wiremock.command(jar, port), b"", JSON)


def subjects(bench: Bench, *, with_bare: bool = True) -> list[Subject]:
    """Return everybody who can be measured in this run, the yardsticks first."""
    found = [bare()] if with_bare else []
    if bench.jar is not None:
        found.append(wire_mock(bench.jar))
    return [*found, sandbox()]
