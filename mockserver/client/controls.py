"""What a test does to its sandbox and asks of it, beside sending commands."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, TypedDict
from urllib.parse import quote

from mockserver.client.admin import AdminError
from mockserver.client.scenario_files import brought, located
from mockserver.client.telling import not_called, times_text

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

Rows = list[dict[str, Any]]

__tracebackhide__ = True  # pytest shows the line of the test, and none of these


class ClockState(TypedDict):
    """How the sandbox's time stands: ``now`` is ``YYYY-MM-DD hh:mm:ss`` of its own zone."""

    mode: str
    now: str
    scale: float


class Advanced(ClockState):
    """The same after time has moved on: how many events happened, and whether what was waited for came about."""

    events: int
    reached: bool


_MOMENT: Final = "%Y-%m-%d %H:%M:%S"


def moment_text(moment: datetime | str) -> str:
    """Return a time as the admin API takes it; text passes. ValueError when it has a zone: a sandbox's has none."""
    if isinstance(moment, str):
        return moment
    if getattr(moment, "tzinfo", None) is not None:
        problem = "the time of a sandbox has no zone, it is local time of --timezone"
        raise ValueError(f"{problem}: give {moment.isoformat()} without its zone")
    return moment.strftime(_MOMENT)


_SPANS: Final = ("weeks", "days", "hours", "minutes", "seconds", "milliseconds", "microseconds")


def _span(delta: Mapping[str, float]) -> float:
    """Return the seconds of a span; TypeError names what is none and the nearest that is."""
    for name in delta:
        if name not in _SPANS:
            near = get_close_matches(name, _SPANS, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise TypeError(f"advance takes {', '.join(_SPANS)}, until or must, not {name}{meant}")
    return timedelta(**delta).total_seconds()


class Controls(ABC):
    """The controls of one sandbox, over the admin API. Whatever is refused is an AdminError."""

    def __init__(self) -> None:
        self.misses: Rows = []
        """Near misses of the verification that failed last."""

    @abstractmethod
    def admin(self, verb: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        """Ask the admin API of this sandbox; ``path`` begins behind its key. Return the answer's JSON."""

    @abstractmethod
    def moved(self) -> None:
        """Take note that the sandbox's time may stand elsewhere now."""

    def play(self, scenario: str | Path | Mapping[str, Any]) -> str:
        """Let a scenario play: one the server knows by name, a YAML or JSON file, or a dict. Return its name.

        A file is read here, so the server may be anywhere. InvalidDocument tells what is wrong with one
        by line and column; AdminError what is wrong with a dict.
        """
        found = brought(scenario)
        path = f"/scenarios/{quote(found.name, safe='')}"
        if found.document is not None:
            try:
                self.admin("PUT", path, found.document)
            except AdminError as error:
                raise (error if found.source is None else located(error, found.source)) from None
        self.admin("POST", f"{path}/activate")
        return found.name

    def fail(
        self, status: int | str, method: str | None = None, times: int = 1, **more: Any
    ) -> dict[str, Any]:
        """Refuse the next commands (of ``method``, or of any that can fail so) with a status of the vendor.

        ``more``: ``match`` (fields and values), ``level`` (``record`` fails records alone), ``ttl``
        (seconds on the sandbox's clock). Returns the entry as ``GET …/faults`` lists it.
        """
        named = {} if method is None else {"method": method}
        entry: dict[str, Any] = self.admin(
            "POST", "/faults", {"status": status, "times": times, **named, **more}
        )
        return entry

    def fault(self, name: str, **settings: Any) -> dict[str, Any]:
        """Harm the next replies: ``fault("latency", fixed=2, times=3)``. docs/faults.md has them all.

        Beside a fault's own settings stand ``method``, ``times``, ``match`` and ``ttl``.
        """
        entry: dict[str, Any] = self.admin("POST", "/faults", {"fault": name, **settings})
        return entry

    @property
    def clock(self) -> ClockState:
        """Mode, time and scale of the sandbox's clock."""
        state: ClockState = self.admin("GET", "/clock")
        return state

    def set_clock(self, now: datetime | str | None = None, **settings: Any) -> ClockState:
        """Set the clock's ``mode`` (real, frozen, scaled with ``scale``), its time, or both."""
        body = settings if now is None else {"now": moment_text(now), **settings}
        state: ClockState = self.admin("PUT", "/clock", body)
        self.moved()
        return state

    def advance(
        self,
        *,
        until: datetime | str | Mapping[str, Any] | None = None,
        must: bool = True,
        **delta: float,
    ) -> Advanced:
        """Move the sandbox's time on, and return where it stands; all that falls due happens on the way.

        Either by a span (``days``, ``hours``, ``minutes``, ``seconds``, … of ``timedelta``) or ``until`` a
        time, ``"next_event"``, ``"idle"``, or something waited for, such as ``{"call": 796, "status":
        "talking", "within": 3600}``. What does not come about is an AssertionError, or with ``must=False``
        told by ``reached``. Never backwards.
        """
        if (until is None) == (not delta):
            raise TypeError("advance takes a span, as in advance(hours=2), or until=")
        if until is None:
            body: dict[str, Any] = {"seconds": _span(delta)}
        else:
            body = {"until": until if isinstance(until, Mapping) else moment_text(until)}
        state: Advanced = self.admin("POST", "/clock/advance", body)
        self.moved()
        if must and not state["reached"]:
            dialler = self.admin("GET", "/simulation")["dialler"]
            told = f"it is {state['now']} now, and the dialler is {dialler}"
            raise AssertionError(f"{body['until']} did not come about: {told}")
        return state

    def requests(self, **filters: Any) -> Rows:
        """Return the journal, newest first; filters ``method``, ``status``, ``apikey``, ``since``, ``limit``."""
        rows: Rows = self.admin("GET", "/requests", query=filters)["requests"]
        return rows

    def request(self, request_id: str) -> dict[str, Any]:
        """Return everything the journal knows of one exchange."""
        found: dict[str, Any] = self.admin("GET", f"/requests/{quote(request_id, safe='')}")
        return found

    def verify(self, match: Mapping[str, Any], count: Mapping[str, int]) -> dict[str, Any]:
        """Ask whether the journal holds so many commands: ``{ok, matched, near_misses}``.

        ``match`` is ``{method, fields, status}``, ``count`` some of ``{min, max, exactly}``.
        """
        found: dict[str, Any] = self.admin("POST", "/requests/verify", {"match": match, "count": count})
        return found

    def assert_called(
        self,
        method: str,
        /,
        *,
        times: int | None = None,
        status: int | None = None,
        record_status: int | None = None,
        **fields: Any,
    ) -> None:
        """Fail with an AssertionError unless such a command came, ``times`` times or at least once.

        ``fields`` are fields of the command, or of any of its records, and the values they must have, or
        tests such as ``{"regex": "^98"}``. ``status`` is the vendor's code that the whole command was
        answered with, ``record_status`` that of the record with these fields: a command with status 1 may
        hold records that failed. The error tells what came close, and in what it differed.
        """
        match: dict[str, Any] = {"method": method}
        match |= {"fields": fields} if fields else {}
        codes = {"status": status, "record_status": record_status}
        wanted_codes = {name: code for name, code in codes.items() if code is not None}
        match |= wanted_codes
        found = self.verify(match, {"min": 1} if times is None else {"exactly": times})
        if found["ok"]:
            return
        self.misses = found["near_misses"]
        told = [f"{name}={value!r}" for name, value in fields.items()]
        told += [f"{name.replace('_', ' ')} {code}" for name, code in wanted_codes.items()]
        wanted = f"{method} {times_text(times)}{', with ' if told else ''}{', '.join(told)}"
        raise AssertionError(not_called(wanted, found))

    def state(self, table: str) -> Rows:
        """Return the rows of a table, oldest first: customers, calls, users, recordings, …"""
        rows: Rows = self.admin("GET", f"/state/{quote(table, safe='')}")["rows"]
        return rows

    def snapshot(self) -> str:
        """Take a snapshot of everything the sandbox holds, and return its id."""
        return str(self.admin("POST", "/snapshots")["id"])

    def restore(self, snapshot: str) -> None:
        """Go back to a snapshot."""
        self.admin("POST", f"/snapshots/{quote(snapshot, safe='')}/restore")
        self.moved()

    def set_user_status(self, login: str, status: int | str, *, strict: bool = False) -> dict[str, Any]:
        """Set what an agent is doing, by id or name; ``strict`` refuses what cannot follow by itself."""
        path = f"/simulation/users/{quote(login, safe='')}/status"
        user: dict[str, Any] = self.admin("POST", path, {"status": status, "strict": strict})
        return user

    def coverage(self) -> dict[str, Any]:
        """Return which rows of the contract the commands sent so far have touched."""
        found: dict[str, Any] = self.admin("GET", "/coverage")
        return found
