"""A client for tests: a sandbox on a running server, or on one started for the purpose.

``from mockserver import Sandbox`` is the way in. Words: here a :class:`Sandbox` is the handle that a
test holds; the world behind it, which the server keeps, is :class:`mockserver.sandbox.Sandbox`. The two
meet only over HTTP. It needs nothing but ``requests``.
"""

from mockserver.client.admin import AdminError
from mockserver.client.reply import Reply
from mockserver.client.sandbox import Sandbox
from mockserver.client.server import NoServer, Server

__all__ = ["AdminError", "NoServer", "Reply", "Sandbox", "Server"]
