"""The handle on one sandbox: made on a server when it is entered, dropped there when it is left."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, Self, TypedDict, Unpack

from mockserver.client.admin import Admin, AdminError, new_session
from mockserver.client.command import CONTENT_TYPE, filled, printed
from mockserver.client.controls import Controls, moment_text
from mockserver.client.reply import Reply
from mockserver.client.scenario_files import is_name
from mockserver.client.server import NoServer, find_server
from mockserver.client.telling import exchange_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from mockserver.client.server import Server

PROCESS: Final = "MUMBAI_CRM_OBD"
"""The golden process whose service key is used unless another is asked for: it takes imports and has a call list."""

JOURNAL_TOLD: Final = 20
"""Exchanges that are told when a test fails."""

_MODES: Final = ("real", "frozen")

__tracebackhide__ = True  # pytest shows the line of the test, and none of these


class Options(TypedDict, total=False):
    """What a sandbox may be made with; the server's settings fill in the rest."""

    key: str
    """Its name in URLs; made up unless given."""
    seed: int
    preset: str
    """``golden`` or ``demo``."""
    customers: int | None
    """Made-up customers."""
    edition: str | None
    """``1.0.6`` or ``web``."""
    quirks: Mapping[str, str]
    scenarios: Sequence[str | Path | Mapping[str, Any]]
    """What plays from the beginning: names, files or dicts."""
    clock: str | datetime | Mapping[str, Any]
    """``real``, ``frozen`` (now), ``scaled:60``, a time (frozen there), or ``{mode, now, …}``."""
    dialler: str
    """``off``, or ``auto``: queued calls are dialled by themselves."""
    idle: float | None
    """Seconds of real time without any use after which the server drops it."""


class Sandbox(Controls):
    """A sandbox of one's own, to be entered: ``with Sandbox(seed=7) as jodo: jodo.call("userStatus", …)``.

    It is made on the server at ``url``, else on the one that ``JODO_MOCK_URL`` names, else on one that is
    started for this process and ends with it. ``token`` is that of its admin API (``JODO_MOCK_ADMIN_TOKEN``),
    ``process`` the golden process whose service key is :attr:`servicekey`, ``timeout`` the seconds that a
    reply of the API may take; the other options are those of :class:`Options`.

    This is the client's handle. The world itself is the server's :class:`mockserver.sandbox.Sandbox`.
    """

    key: str
    """Its name on the server."""
    url: str
    """Base URL of its own, for clients that add the path of the endpoint."""
    endpoint: str
    """URL of its API."""
    apikey: str
    """API key of its own tenant: a client that uses it lands here even at the server's plain endpoint."""
    servicekeys: Mapping[str, str]
    """Service keys of that tenant, by the names of the golden processes."""
    server: Server

    def __init__(
        self,
        url: str | None = None,
        *,
        token: str | None = None,
        process: str = PROCESS,
        timeout: float = 10.0,
        **options: Unpack[Options],
    ) -> None:
        super().__init__()
        self.process = process
        self.timeout = timeout
        self._where = (url, token)
        self._options = options
        self._admin: Admin | None = None
        self._time: tuple[datetime, float, float] | None = None

    def __repr__(self) -> str:
        """Return where it is."""
        return f"<Sandbox {self.url}>" if self.is_open else "<Sandbox, not open>"

    @property
    def servicekey(self) -> str:
        """The service key of :attr:`process`."""
        return self.servicekeys[self.process]

    def open(self) -> Self:
        """Make the sandbox; NoServer when there is none to make it on, AdminError when an option is refused."""
        if self.is_open:
            raise RuntimeError(f"this sandbox is open already, as {self.key}")
        self.server = find_server(*self._where)
        self._session = new_session()
        admin = Admin(self.server, self._session)
        try:
            made = admin.json("POST", "/sandboxes", _body(self._options))
            self._admin = admin
            self.key, self.url, self.endpoint = made["key"], made["url"], made["endpoint"]
            self.apikey, self.servicekeys = made["apikey"], made["servicekeys"]
            _check_process(self.process, self.servicekeys)
            self._play_own()
        except BaseException:
            self.close()
            admin.close()
            raise
        return self

    def close(self) -> None:
        """Drop the sandbox; one that is gone already, or whose server is, does no harm."""
        if self._admin is None:
            return
        with contextlib.suppress(AdminError, NoServer):
            self.admin("DELETE", "")
        self._admin.close()
        self._admin = None

    def __enter__(self) -> Self:
        """Make the sandbox."""
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop the sandbox; an exception on its way out is told what the journal holds."""
        if isinstance(error, Exception):
            with contextlib.suppress(AdminError, NoServer):
                error.add_note("\n".join([f"The journal of sandbox {self.key}:", *self.journal()]))
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether the sandbox is there to be used."""
        return self._admin is not None

    def admin(self, verb: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        """Ask the admin API of this sandbox; ``path`` is what stands behind its key. Return the answer's JSON."""
        return self._opened().json(verb, self._below(path), body, query)

    def raw(self, path: str, query: Mapping[str, Any] | None = None) -> bytes:
        """Return what the admin API of this sandbox answers, byte for byte."""
        return self._opened().ask("GET", self._below(path), None, query).content

    def _below(self, path: str) -> str:
        return f"/sandboxes/{self.key}/{path.lstrip('/')}".rstrip("/")

    def _opened(self) -> Admin:
        if self._admin is None:
            raise RuntimeError("this sandbox is not open: enter it with `with`, or call open()")
        return self._admin

    def call(self, method: str, /, **fields: Any) -> Reply:
        """Send a command as the documents print it, and return the reply, whatever it says.

        API key, service key and the time of the request are filled in where the method takes them and
        they are not given. A connection that comes to harm is the exception of ``requests`` it causes.
        """
        moment = moment_text(self._now())
        keys = {"servicekey": self.servicekey, "apikey": self.apikey, "reqdatetime": moment}
        return self.send(filled(method, fields, keys))

    def send(self, command: Any, headers: Mapping[str, str] | None = None) -> Reply:
        """Send exactly this: a command as ``data=`` and JSON; text or bytes as the whole body."""
        self._opened()
        response = self._session.post(
            self.endpoint,
            data=printed(command),
            headers={"Content-Type": CONTENT_TYPE, **(headers or {})},
            timeout=self.timeout,
        )
        return Reply.of(response)

    def reset(self) -> None:
        """Go back to the creation exactly: state, ids, clock, journal, and the scenarios it was made with."""
        self.admin("POST", "/reset")
        self.moved()
        self._play_own()

    def journal(self, limit: int = JOURNAL_TOLD) -> list[str]:
        """Return the latest exchanges as people read them, oldest first, one line each."""
        latest = self.requests(limit=limit)
        return [exchange_line(self.request(each["id"])) for each in reversed(latest)] or ["(no requests)"]

    def moved(self) -> None:
        """Take note that the sandbox's time may stand elsewhere now."""
        self._time = None

    def _now(self) -> datetime:
        """Return the sandbox's time, to a second or so, without asking before every command."""
        if self._time is None:
            clock = self.clock
            self._time = datetime.fromisoformat(clock["now"]), float(clock["scale"]), perf_counter()
        then, scale, at = self._time
        return then + timedelta(seconds=(perf_counter() - at) * scale)

    def _play_own(self) -> None:
        for scenario in self._options.get("scenarios", ()):
            if not is_name(scenario):
                self.play(scenario)


def _check_process(name: str, servicekeys: Mapping[str, str]) -> None:
    if name not in servicekeys:
        raise ValueError(f"no golden process is called {name!r}; there are {', '.join(servicekeys)}")


def _body(options: Options) -> dict[str, Any]:
    """Return the body that makes a sandbox; scenarios the server does not know by name are played later."""
    body: dict[str, Any] = {**options}
    if "clock" in body:
        body["clock"] = _clock(body["clock"])
    if "scenarios" in body:
        body["scenarios"] = [scenario for scenario in body["scenarios"] if is_name(scenario)]
    return body


def _clock(wanted: str | datetime | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(wanted, datetime):
        return {"mode": "frozen", "now": moment_text(wanted)}
    if not isinstance(wanted, str):
        return wanted
    mode, colon, scale = wanted.partition(":")
    if colon and mode.isalpha():
        number = scale.isascii() and scale.replace(".", "", 1).isdigit()
        return {"mode": mode, "scale": float(scale) if number else scale}
    # Anything else is meant as a mode or as a time, and what is neither the server refuses, as it does such a scale.
    return {"mode": wanted} if wanted.isalpha() else {"mode": "frozen", "now": wanted}
