"""Every method with what the gate answers for it and the envelope it answers in, written down by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mockserver.sandbox import Plan
from tests.api import NOW, NOW_TEXT, Api, shared_service
from tests.methods.helpers import GONE, printed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.api import Answer


class Variant(NamedTuple):
    """One method in one edition: a printed command, its success, its envelope, and what differs of the gate.

    ``generic`` is the code of processing errors and of a missing database unless ``database`` says otherwise;
    each code of the gate comes with the row that decides.
    """

    name: str
    edition: str
    example: str
    success: int
    envelope: str
    generic: int
    database: tuple[int, str]
    expired: tuple[int, str] = (48, "AUTH-04")
    unmapped: tuple[int, str] = (1243, "AUTH-05")
    disabled: tuple[int, str] = (1108, "AUTH-07")

    @property
    def servicekey(self) -> bool:
        """Whether the method has one (AUTH-10)."""
        return self.envelope != "FUSR" and self.name != "deleteUser"

    def command(self, **changes: Any) -> dict[str, Any]:
        """Return a command that is accepted, changed; a field that is GONE is not sent."""
        if self.example:
            changes = {**({"loginid": "rupesh.v@avhan.com"} if self.name == "deleteUser" else {}), **changes}
            return printed(self.example, **changes)
        least = {
            "method": self.name,
            "apikey": "test_org",
            "servicekey": "VoiceProcess",
            "reqdatetime": NOW_TEXT,
        }
        return {name: value for name, value in {**least, **changes}.items() if value is not GONE}

    def keys(self, **keys: str) -> dict[str, Any]:
        """Return a command with other keys, the servicekey only if there is one."""
        return self.command(
            **{name: key for name, key in keys.items() if name != "servicekey" or self.servicekey}
        )

    def failure(self, code: int, text: str, method: str = "") -> list[tuple[str, Any]]:
        """Return the members of the failure envelope, in order (AUTH-15 … AUTH-20)."""
        adding = self.name == "addEditUser" and code != 2  # AM-67
        shown = method or ("addUser" if adding else self.name)
        if self.envelope == "F106":
            status = str(code).zfill(3)
            return [("method", shown), ("statusdesc", text), ("status", status), ("timestamp", NOW_TEXT)]
        if self.envelope == "FDISP":
            return [
                ("method", "savedisposition"), ("reasonid", code), ("statusdesc", "fail"), ("status", code),
                ("resdatetime", NOW_TEXT),
            ]  # fmt: skip
        revision: Any = 1 if self.envelope == "FUSR" else "1"
        return [
            ("method", shown), ("revisionno", revision), ("status", code), ("statusdesc", "fail"),
            ("resdatetime", NOW_TEXT),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name}-{self.edition}"


VARIANTS: Final = (
    Variant("ImportProcessData", "1.0.6", "GV-01", 1, "F106", 38, (38, "IPD106-43"), (48, "IPD106-50"), (61, "IPD106-58")),
    Variant("ImportProcessData", "web", "GV-05", 1, "FWEB", 5, (5, "IPDWEB-28")),
    Variant("getProcessData", "web", "GV-09", 1, "FWEB", 38, (38, "GPD-41")),
    Variant("reallocatedata", "web", "GV-13", 1, "FWEB", 38, (13, "RAD-15")),
    Variant("saveDisposition", "web", "GV-15", 3, "FDISP", 111, (111, "DISP-28"), disabled=(421, "DISP-29")),
    Variant("customer_recording", "web", "GV-17", 3, "FWEB", 1111, (1111, "REC-19")),
    Variant("customer_multiple_recordings", "web", "GV-19", 3, "FWEB", 1111, (1111, "MREC-23")),
    Variant("addEditUser", "web", "GV-20", 3, "FUSR", 5, (5, "USR-38")),
    Variant("deleteUser", "web", "GV-23", 1, "FWEB", 5, (5, "DEL-17")),
    Variant("userStatus", "web", "GV-25", 3, "FWEB", 5, (5, "STAT-17")),
    Variant("getActiveUserList", "web", "", 1, "FWEB", 5, (5, "AM-04")),
)  # fmt: skip
"""All ten methods, the one with two editions twice."""

WEB: Final = tuple(each for each in VARIANTS if each.edition == "web" and each.name != "ImportProcessData")
"""The methods that only the web documentation (or a client) knows."""


def world(variant: Variant, **quirks: str) -> Api:
    """Return a client of a fresh sandbox in the variant's edition; drop it with :func:`tests.api.drop`."""
    service = shared_service()
    plan = Plan(edition=variant.edition, quirks=quirks, clock="frozen", at=NOW)
    return Api(service, service.registry.create(plan, mint=False))


def members(answer: Answer) -> list[tuple[str, Any]]:
    """Return the members of a reply, in order."""
    return list(answer.body.items())


def same(found: list[tuple[str, Any]], wanted: list[tuple[str, Any]]) -> bool:
    """Tell whether members are equal in keys, order, values and JSON types."""
    return found == wanted and [type(value) for _, value in found] == [type(value) for _, value in wanted]


def failing(variant: Variant, level: str = "request") -> Mapping[int, Mapping[str, Any]]:
    """Return the failures of a method's own table."""
    tables = shared_service().catalogue.methods[variant.name]["editions"][variant.edition]["statuses"]
    return {int(code): row for code, row in tables[level].items() if not row.get("success")}


def by_default(rows: Mapping[int, Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """Return the rows that are there without any quirk."""
    return {code: row for code, row in rows.items() if "x-quirk" not in row}


def codes_anywhere() -> Iterator[int]:
    """Yield every code that some table has, and a few that none has."""
    catalogue = shared_service().catalogue
    for document in catalogue.methods.values():
        for edition in document["editions"].values():
            for table in edition["statuses"].values():
                yield from map(int, table)
    yield from map(int, catalogue.common["statuses"])
    yield from (9, 99, 999, 9999)
