"""The admin API as a client asks it: one way in, and one exception for whatever it refuses."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import requests

from mockserver.client.server import NoServer
from mockserver.errors import MockServerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.client.server import Server

TIMEOUT_SECONDS: Final = 90.0
"""How long an answer may take: longer than any long poll (60 s)."""

_PROBLEM: Final = "application/problem+json"

__tracebackhide__ = True  # pytest shows the line of the test, and none of these


class AdminError(MockServerError):
    """The admin API refused something; the text is the server's, with every single thing that is wrong.

    ``http_status`` is that of the answer, ``title`` its kind in a few words, ``errors`` the single
    things: each has ``pointer``, ``expected``, ``got`` and ``message``.
    """

    def __init__(self, http_status: int, title: str, detail: str, errors: list[dict[str, Any]]) -> None:
        self.http_status = http_status
        self.title = title
        self.errors = errors
        lines = [_line(error) for error in errors] if len(errors) > 1 else []
        super().__init__("\n".join([detail, *lines]))


def _line(error: Mapping[str, Any]) -> str:
    parts = [f"{error.get('pointer') or '/'}: {error.get('message', '')}"]
    parts += [f"{label} {error[label]}" for label in ("expected", "got") if error.get(label)]
    return "  " + "; ".join(parts)


def new_session() -> requests.Session:
    """Return a session that goes straight to the server: no proxy and no .netrc of the environment."""
    session = requests.Session()
    session.trust_env = False
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
    return session


class Admin:
    """The admin API of a server; :meth:`close` it at the end."""

    def __init__(self, server: Server, session: requests.Session | None = None) -> None:
        self.server = server
        self._session = session or new_session()
        self._headers = {"Authorization": f"Bearer {server.token}"} if server.token else {}

    def ask(
        self, verb: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None
    ) -> requests.Response:
        """Return the answer to a request below ``/__admin``; AdminError when refused, NoServer without answer."""
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        try:
            answer = self._session.request(
                verb,
                self.server.admin + path,
                json=body,
                params=asked,
                headers=self._headers,
                timeout=TIMEOUT_SECONDS,
            )
        except requests.exceptions.SSLError as error:
            how = "REQUESTS_CA_BUNDLE=FILE in the environment names the certificate to trust"
            raise NoServer(f"{self.server.url} is not trusted; {how}: {error}") from None
        except requests.RequestException as error:
            raise NoServer(f"no server answers at {self.server.url}: {error}") from None
        if not answer.ok:
            raise _refusal(answer)
        return answer

    def json(self, verb: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        """Return what :meth:`ask` answers as JSON; None when it answers nothing."""
        answer = self.ask(verb, path, body, query)
        return answer.json() if answer.content else None

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _refusal(answer: requests.Response) -> AdminError:
    if not answer.headers.get("Content-Type", "").startswith(_PROBLEM):
        text = f"HTTP {answer.status_code} of {answer.url} is no answer of an admin API: {answer.text[:200]}"
        return AdminError(answer.status_code, "no admin API", text, [])
    problem = answer.json()
    detail = problem.get("detail", "")
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        detail += "; JODO_MOCK_ADMIN_TOKEN in the environment, or token=, tells it to this client"
    return AdminError(answer.status_code, problem.get("title", ""), detail, problem.get("errors", []))
