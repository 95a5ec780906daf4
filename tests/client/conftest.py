"""Fixtures of the client's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver import Sandbox
from tests.pretend_admin import pretending
from tests.shared_server import no_settings, shared_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.client import Server
    from tests.pretend_admin import Pretend


@pytest.fixture(autouse=True)
def environment() -> Iterator[pytest.MonkeyPatch]:
    """The environment without settings of the sandbox."""
    with no_settings() as patch:
        yield patch


@pytest.fixture
def server() -> Server:
    """A running server."""
    return shared_server()


@pytest.fixture
def jodo(server: Server) -> Iterator[Sandbox]:
    """A sandbox whose time stands still."""
    with Sandbox(server.url, clock="2026-01-02 09:00:00") as sandbox:
        yield sandbox


@pytest.fixture
def pretend() -> Iterator[Pretend]:
    """An admin API that answers what it is told to."""
    with pretending() as found:
        yield found
