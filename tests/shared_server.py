"""One server for the tests of the client and of the plugin: as a user of the client has it, once a process."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from mockserver.client.server import find_server
from mockserver.settings import ENV_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.client import Server


@contextmanager
def no_settings() -> Iterator[pytest.MonkeyPatch]:
    """Hide the settings of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(ENV_PREFIX)]:
            patch.delenv(name)
        yield patch


def shared_server() -> Server:
    """Return the server of this process."""
    with no_settings():
        return find_server()
