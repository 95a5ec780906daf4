"""One run of pytest and its server: found, or started on first demand and ended with the run."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from mockserver.client.server import OwnServer, named_server
from mockserver.plugin.rendezvous import Rendezvous, ask

if TYPE_CHECKING:
    import pytest

    from mockserver.client.server import Server


class Run:
    """The server of a test run, as seen by the process that runs tests and by the one that leads them."""

    def __init__(self, config: pytest.Config) -> None:
        options = [
            *config.getini("jodo_server_options"),
            *shlex.split(config.getoption("jodo_server_options")),
        ]
        self._leader: str | None = getattr(config, "workerinput", {}).get("jodo")
        # Paths in an ini file begin where the file is, wherever the tests have gone by then.
        self._own = OwnServer(options, config.rootpath)
        self._rendezvous: Rendezvous | None = None

    def server(self) -> Server:
        """Return the server: the one ``JODO_MOCK_URL`` names, else that of the run; raise NoServer."""
        named = named_server()
        if named is not None:
            return named
        return self._own.server() if self._leader is None else ask(self._leader)

    def used(self) -> Server | None:
        """Return the server without starting one."""
        return named_server() or self._own.started

    def rendezvous(self) -> str:
        """Return the address at which workers may ask for the server."""
        if self._rendezvous is None:
            self._rendezvous = Rendezvous(self._own.server)
        return self._rendezvous.address

    def end(self) -> None:
        """End what was started."""
        if self._rendezvous is not None:
            self._rendezvous.close()
        self._own.end()
