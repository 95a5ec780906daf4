"""The setup of a scenario: what is true in a sandbox as soon as the scenario is active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.contract.documents import known, shown
from mockserver.contract.values import parse_moment
from mockserver.errors import InvalidDocument, Problem
from mockserver.simulation.agents import status_called
from mockserver.simulation.control import set_agent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mockserver.clock import Clock
    from mockserver.simulation.floor import Floor
    from mockserver.store.interface import Row, Store

    Found = tuple[int, Row]

_EXPIRED = "1970-01-01 00:00:00"


class Setup:
    """Applies setups to one store; every tenant, process and user that a name fits is meant.

    ``aliases`` are API keys that stand for others as well: that of the golden tenant for its minted copy.
    A user's call follows what ``floor`` makes of him.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        floor: Floor,
        aliases: Mapping[str, str],
    ) -> None:
        self._store = store
        self._clock = clock
        self._floor = floor
        self._statuses = floor.book.statuses
        self._aliases = aliases
        self._problems: list[Problem] = []

    def apply(self, setup: Mapping[str, Any], file: str) -> None:
        """Make it so, as one unit; InvalidDocument with every name that the sandbox does not have changes nothing."""
        self._problems.clear()
        with self._store.unit():
            for word in ("users", "expired", "dnc", "callbacks", "missing_recordings"):
                if word in setup:
                    getattr(self, f"_{word}")(setup[word])
            if self._problems:
                raise InvalidDocument(
                    [
                        Problem(file, each.pointer, each.message, each.expected, each.got)
                        for each in self._problems
                    ]
                )
        clock = setup.get("clock", {})
        if clock:
            moment = parse_moment(clock["now"]) if "now" in clock else None
            self._clock.set(clock.get("mode", self._clock.mode), moment, self._clock.scale)

    def _rows(self, table: str) -> list[Found]:
        return list(self._store.rows(table))

    def _missed(self, place: str, what: str, names: Sequence[str], got: object) -> None:
        self._problems.append(
            Problem(
                "",
                f"/setup/{place}",
                f"the sandbox has no such {what}",
                known(list(names), str(got)),
                shown(got),
            )
        )

    def _users(self, wanted: Mapping[str, Any]) -> None:
        rows = self._rows("users")
        for login, given in wanted.items():
            status = status_called(self._statuses, given)
            found = [each for each in rows if each[1]["login_key"] == login.casefold()]
            if not found:
                self._missed(f"users/{login}", "user", [row["login"] for _, row in rows], login)
            if status is None:
                names = [entry["name"] for entry in self._statuses.values() if entry["name"]]
                self._missed(f"users/{login}", "status", names, given)
                continue
            for each in found:
                set_agent(self._floor, each, status)

    def _expired(self, wanted: Sequence[str]) -> None:
        rows = self._rows("tenants")
        for apikey in wanted:
            keys = {apikey, self._aliases.get(apikey, apikey)}
            found = [row_id for row_id, row in rows if row["apikey"] in keys]
            if not found:
                self._missed("expired", "API key", [row["apikey"] for _, row in rows], apikey)
            for row_id in found:
                self._store.update("tenants", row_id, {"expires": _EXPIRED})

    def _dnc(self, wanted: Sequence[str]) -> None:
        for _, tenant in self._rows("tenants"):
            for number in wanted:
                row = {"tenant": tenant["apikey"], "number": number}
                if not self._store.exists("dnc", **row):
                    self._store.insert("dnc", row)

    def _callbacks(self, wanted: Sequence[Mapping[str, Any]]) -> None:
        rows = self._rows("processes")
        for index, each in enumerate(wanted):
            key = each["servicekey"]
            found = [row for _, row in rows if key in (row["servicekey"], row["alias"], row["name"])]
            if not found:
                names = [row["name"] for _, row in rows]
                self._missed(f"callbacks/{index}/servicekey", "process", names, key)
            for process in found:
                where = {"tenant": process["tenant"], "process": process["name"], "contact": each["number"]}
                counted = self._store.first("callbacks", **where)
                if counted is None:
                    self._store.insert("callbacks", {**where, "count": each["count"]})
                else:
                    self._store.update("callbacks", counted[0], {"count": each["count"]})

    def _missing_recordings(self, wanted: Any) -> None:
        for row_id, _ in self._recordings(wanted):
            self._store.update("recordings", row_id, {"missing": True})

    def _recordings(self, wanted: Any) -> Iterator[Found]:
        rows = self._rows("recordings")
        if wanted == "all":
            yield from rows
            return
        for systemcallid in wanted:
            found = [each for each in rows if each[1]["systemcallid"] == systemcallid]
            if not found:
                ids = [row["systemcallid"] for _, row in rows]
                self._missed("missing_recordings", "recording", ids, systemcallid)
            yield from found
