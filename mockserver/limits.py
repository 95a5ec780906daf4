"""How long a request's body may be, and what a longer one is answered (TRN-30)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mockserver.access import holds_token
from mockserver.model import Reply
from mockserver.replying import CORS, problem
from mockserver.settings import ADMIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.access import Access
    from mockserver.settings import Settings

_ADMIN_FACTOR: Final = 1 << 4
"""A dump of the state is many times as long as any command that made it, and must fit back in."""


def too_long(settings: Settings) -> Reply:
    """Return the answer of the API to a body over the limit: empty; a page may read its status (TRN-30, AM-05).

    Why it is refused stands in a header, unless those are off.
    """
    if settings.diagnostics == "off":
        return Reply(413, CORS[:1], b"")
    warning = f"TRN-30 (1): the body is over {settings.max_body} bytes; --max-body allows more"
    return Reply(413, (*CORS, ("X-Mock-Warning", warning)), b"")


class Limits:
    """The limits of one server: ``--max-body`` bytes, and 16 times as many for the admin API.

    Where the admin API asks for a token only those who bring it may send that much.
    """

    def __init__(self, settings: Settings, access: Access) -> None:
        self._most = settings.max_body
        self._admin = settings.admin == "on"
        self._access = access
        self._too_long = too_long(settings)

    def of(self, path: str, headers: Mapping[str, str]) -> int:
        """Return how many bytes a request's body may have; names of ``headers`` are in lower case."""
        trusted = self._is_admin(path) and (
            self._access.token is None or holds_token(headers, self._access.token)
        )
        return self._most * _ADMIN_FACTOR if trusted else self._most

    def refusal(self, path: str, headers: Mapping[str, str]) -> Reply:
        """Return what a longer body is answered: the admin API says why in a problem document."""
        if not self._is_admin(path):
            return self._too_long
        detail = f"the body is over {self.of(path, headers)} bytes; a larger --max-body raises this limit"
        refused = problem(413, "the body is too long", detail)
        # no CORS: pages of other origins are to learn nothing here
        return Reply(refused.http_status, refused.headers[:1], refused.body)

    def _is_admin(self, path: str) -> bool:
        return self._admin and path.startswith(ADMIN) and path[len(ADMIN) :][:1] in ("", "/")
