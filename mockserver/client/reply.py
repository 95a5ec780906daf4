"""What a command was answered, for tests to look at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

_STATUS_KEYS: Final = ("status", "statuscode")
"""Where replies carry the vendor's code: which of them depends on the method."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply of the API.

    ``http_status`` is HTTP's, 200 also for failures; ``headers`` have their names in whatever case you
    ask for; ``raw`` is the body's bytes, ``body`` what they hold as JSON (None when they hold none,
    as the error page of a proxy). ``warnings`` are those of the headers, each a ledger id and a text.
    """

    http_status: int
    headers: Mapping[str, str]
    raw: bytes
    body: Any
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, response: requests.Response) -> Reply:
        """Return the reply that came as a response of ``requests``."""
        try:
            body = json.loads(response.content)
        except ValueError:
            body = None
        raw_headers = response.raw.headers
        warnings = tuple(raw_headers.getlist("X-Mock-Warning")) if hasattr(raw_headers, "getlist") else ()
        return cls(response.status_code, response.headers, response.content, body, warnings)

    @property
    def status(self) -> int | None:
        """The vendor's code of the whole command, as a number however it is written.

        None when the reply has none: replies of userStatus have one for each user alone, and pages of
        a proxy have none at all.
        """
        members = self.body if isinstance(self.body, dict) else {}
        found = next((members[key] for key in _STATUS_KEYS if key in members), None)
        try:
            return None if found is None else int(found)
        except (TypeError, ValueError):
            return None

    @property
    def rule(self) -> str | None:
        """The ledger id that decided."""
        return self.headers.get("X-Mock-Rule")

    @property
    def request_id(self) -> str | None:
        """The id under which the journal has the exchange."""
        return self.headers.get("X-Mock-Request-Id")
