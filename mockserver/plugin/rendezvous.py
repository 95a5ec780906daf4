"""Where the workers of pytest-xdist learn the server's address: one server for all, owned by the controller.

The controller listens on a port of 127.0.0.1 and tells each worker the port and a secret. The first worker
that asks has the server started; those that ask meanwhile wait for the same one.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import secrets
import socket
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from mockserver.client.server import START_SECONDS, NoServer, Server

if TYPE_CHECKING:
    from collections.abc import Callable

_SECRET_BYTES: Final = 24
_ASK_SECONDS: Final = 10.0
"""How long whoever connects may take to say the secret: nobody else is served meanwhile."""

_LONGEST: Final = 65_536
_LOOPBACK: Final = "127.0.0.1"


class Rendezvous:
    """The controller's side; ``serve`` returns the server, or raises NoServer. Close it at the end."""

    def __init__(self, serve: Callable[[], Server]) -> None:
        self._serve = serve
        self._secret = secrets.token_urlsafe(_SECRET_BYTES)
        self._socket = socket.create_server((_LOOPBACK, 0))
        threading.Thread(target=self._accept, daemon=True, name="jodo-rendezvous").start()

    @property
    def address(self) -> str:
        """What a worker has to know, as text: port and secret."""
        return f"{self._socket.getsockname()[1]} {self._secret}"

    def close(self) -> None:
        """Listen no more."""
        with contextlib.suppress(OSError):  # a thread in accept() is woken by this, not by close()
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection:
                connection.settimeout(_ASK_SECONDS)
                if hmac.compare_digest(_line(connection), self._secret.encode()):
                    connection.sendall(json.dumps(self._told()).encode() + b"\n")

    def _told(self) -> dict[str, Any]:
        try:
            return asdict(self._serve())
        except NoServer as error:
            return {"error": str(error)}


def ask(address: str) -> Server:
    """Return the server of the run whose controller is at this address; raise NoServer."""
    port, _, secret = address.partition(" ")
    try:
        with socket.create_connection((_LOOPBACK, int(port)), START_SECONDS + _ASK_SECONDS) as connection:
            connection.sendall(f"{secret}\n".encode())
            told = json.loads(_line(connection) or b'{"error": "it hung up"}')
    except OSError as error:
        raise NoServer(f"the controller of the test run does not tell where the server is: {error}") from None
    if "error" in told:
        raise NoServer(told["error"])
    return Server(**told)


def _line(connection: socket.socket) -> bytes:
    with connection.makefile("rb") as stream:
        return stream.readline(_LONGEST).rstrip(b"\n")
