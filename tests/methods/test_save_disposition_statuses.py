"""saveDisposition: every status by its own cause and forced, which of two answers, and the reason beside it."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from mockserver.methods import HANDLERS
from tests.api import NOW_TEXT, without
from tests.methods.disposing import CALLBACK, add, dispose, put
from tests.methods.helpers import FDISP, GONE, exchange, printed, rows, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.api import Answer, Api

    Both = tuple[int, int]


class Row(NamedTuple):
    """A status: its text, the row that decides, how sure it is, and what brings it about."""

    code: int
    text: str
    ledger: str
    evidence: str
    changes: tuple[Mapping[str, Any], ...] = ()


STATUSES = [
    Row(4, "Login not found", "DISP-21", "stated", ({"login": "nobody@avhan.com"}, {"login": GONE}, {"login": ""})),
    Row(6, "Wrong Status mode [Status should be wrapup]", "DISP-22", "stated", ({"login": "rupesh.v@avhan.com"},)),
    Row(7, "Wrong date format", "DISP-23", "inferred", (
        {"selecteddatetime": "01-11-2018"}, {"reqdatetime": "01-11-2018"},
        {**CALLBACK, "selecteddatetime": GONE}, {**CALLBACK, "selecteddatetime": " "})),
    Row(8, "Date not in range(min and max date value configured from db)", "DISP-24", "stated", (
        {"selecteddatetime": "1999-12-31 23:59:59"}, {"selecteddatetime": "2100-01-01 00:00:00"})),
    Row(31, "Disposition Master ID / Reason Id not found", "DISP-25", "stated", (
        {"dispomasterid": 999}, {"disporeasonid": 3}, {"dispomasterid": GONE}, {"disporeasonid": "x"})),
    Row(32, "Contact Number In DNC", "DISP-26", "stated", ({"contactvalue": "9000000032"},)),
    Row(33, "Callback count exceed for process", "DISP-27", "stated", ({**CALLBACK, "contactvalue": "9000000033"},)),
    Row(111, "Error while processing", "DISP-28", "inferred", (
        {"contactvalue": ""}, {"contactvalue": "12"}, {**CALLBACK, "contactvalue": GONE}, {"media": GONE},
        {"media": "Fax"}, {"apikey": "nodb_org", "servicekey": "NoDbProcess"})),
    Row(421, "Invalid Process Id", "DISP-29", "inferred", ({"servicekey": "DisabledProcess"},)),
]  # fmt: skip
COMMON = [
    Row(2, "Wrong format of received request", "TRN-31", "inferred"),
    Row(5, "", "GEN-03", "inferred"),
    Row(48, "API key expired", "AUTH-04", "inferred", ({"apikey": "expired_org", "servicekey": "ExpiredProcess"},)),
    Row(67, "Data not found", "", "by-example"),
    Row(1107, "api key not found", "AUTH-01", "stated", ({"apikey": "no_such_org"}, {"apikey": ""})),
    Row(1108, "Service key not found", "AUTH-02", "stated", ({"servicekey": "NoSuchProcess"}, {"servicekey": GONE})),
    Row(1243, "Service Key API Key Not matching", "AUTH-03", "stated", ({"servicekey": "process1"},)),
]  # fmt: skip
EVERY = [*STATUSES, *COMMON]


def named(row: Row) -> str:
    return f"{row.code}-{row.ledger}"


def failure(reason: int, code: int) -> list[tuple[str, Any]]:
    """The whole failure reply, in order."""
    return [
        ("method", "savedisposition"), ("reasonid", reason), ("statusdesc", "fail"), ("status", code),
        ("resdatetime", NOW_TEXT),
    ]  # fmt: skip


@pytest.mark.parametrize("row", EVERY, ids=named)
def test_a_status_by_its_own_cause(api: Api, row: Row) -> None:
    """DISP-21 … DISP-29, GEN-02, GEN-07, GEN-08, GEN-16, AUTH-06, AUTH-18, AM-62: text, row, evidence, envelope; nothing changes."""
    put(api)
    before = api.sandbox.store.dump()
    for change in row.changes:
        answer = api.post(printed("GV-15", **change))
        assert list(answer.body.items()) == failure(row.code, row.code), change
        assert (answer.http_status, answer.shape) == (200, FDISP)
        assert told(api, answer) == (row.code, row.ledger, row.evidence, row.text)
    assert api.sandbox.store.dump() == before


@pytest.mark.parametrize("way", ["key", "queue"])
@pytest.mark.parametrize("row", EVERY, ids=named)
def test_a_status_that_is_forced(api: Api, row: Row, way: str) -> None:
    """SIM-23, SIM-26, SIM-27, AM-14, DISP-14: before any check of the method, reasonid as status, even for an unknown pair."""
    before = api.sandbox.store.dump()
    if way == "queue":
        api.sandbox.forced.add(row.code, method="saveDisposition")
    servicekey = f"FORCE_{row.code}" if way == "key" else "VoiceProcess"
    answer = api.post(printed("GV-16", servicekey=servicekey))
    assert list(answer.body.items()) == failure(row.code, row.code)
    assert told(api, answer) == (row.code, row.ledger or answer.rule, "forced", row.text or "-")
    assert answer.body["statusdesc"] == "fail"
    assert api.sandbox.store.dump() == before
    assert api.post(printed("GV-15")).status == 3


@pytest.mark.parametrize("code", [1, 3, 13, 24, 61, 62, 999])
def test_codes_nobody_can_force(api: Api, code: int) -> None:
    """AM-14: a success or a code of other methods is an unknown service key."""
    assert api.post(printed("GV-15", servicekey=f"FORCE_{code}")).status == 1108


def test_the_same_request_twice(api: Api) -> None:
    """DISP-22, DISP-16, DISP-17: the first one freed the agent, so the second one comes too late."""
    first, second = (api.post(printed("GV-15")) for _ in range(2))
    assert (first.status, second.status) == (3, 6)
    put(api)
    assert api.post(printed("GV-15")).status == 3


def test_a_deleted_user(api: Api) -> None:
    """DISP-21: who is deleted while in Wrapup has no disposition to give any more."""
    gone = {"method": "deleteUser", "apikey": "test_org", "loginid": "dinesh.s@avhan.com"}
    assert api.post(gone).body["statusdesc"] == "success"
    answer = api.post(printed("GV-15"))
    assert (answer.status, answer.body["reasonid"]) == (4, 4)


def test_a_disabled_process(api: Api) -> None:
    """AUTH-02, AUTH-07, DISP-29, E-48: 421 in this method, 1108 in the others; an unknown key is 1108 here as well."""
    disabled = {"apikey": "test_org", "servicekey": "DisabledProcess"}
    assert dispose(api, **disabled).status == 421
    others = [
        without(**disabled), printed("GV-25", **disabled), printed("GV-13", **disabled), printed("GV-09", **disabled),
        printed("GV-17", **disabled), printed("GV-19", **disabled),
    ]  # fmt: skip
    assert [api.post(other).status for other in others] == [1108] * 6
    assert (
        api.post({**printed("GV-25", **disabled, loginids=GONE), "method": "getActiveUserList"}).status
        == 1108
    )
    assert dispose(api, servicekey="NoSuchProcess").status == 1108


@pytest.mark.parametrize(
    ("changes", "http"),
    [
        ({}, 200), ({"servicekey": "DisabledProcess"}, 403), ({"servicekey": "NoSuchProcess"}, 403),
        ({"servicekey": "process1"}, 403), ({"apikey": "no_such_org"}, 401), ({"apikey": "expired_org"}, 401),
        ({"login": "nobody"}, 422), ({"servicekey": "FORCE_421"}, 403), ({"servicekey": "FORCE_2"}, 400),
    ],
)  # fmt: skip
def test_failures_as_http_statuses(api: Api, changes: dict[str, Any], http: int) -> None:
    """TRN-34: 421 is 403 like the other refusals of a key; always 200 without the quirk."""
    assert dispose(api, {"http_status": "mapped"}, **changes).http_status == http
    assert dispose(api, **changes).http_status == 200


def test_processing_errors(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """E-85, AUTH-06, GEN-16: 111 here, 38 or 1111 in others, without a database and when something breaks."""
    broken = {"apikey": "nodb_org", "servicekey": "NoDbProcess"}
    codes = {"GV-15": 111, "GV-01": 38, "GV-09": 38, "GV-17": 1111, "GV-19": 1111}
    assert {example: api.post(printed(example, **broken)).status for example in codes} == codes
    for method in list(HANDLERS):
        monkeypatch.setitem(HANDLERS, method, None)
    before = api.sandbox.store.dump()
    assert {example: api.post(printed(example)).status for example in codes} == codes
    assert api.journal()["error"]
    assert api.sandbox.store.dump() == before


@pytest.mark.parametrize("edition", ["1.0.6", "web"])
def test_malformed_input(api: Api, edition: str) -> None:
    """TRN-33, DISP-14: status 2 in this method's envelope, reasonid 2, as soon as its name can be read."""
    broken = 'data={"method":"saveDisposition","dispomasterid":999,}'
    answer = api.post(broken, edition=edition)
    assert list(answer.body.items()) == failure(2, 2)


class Fault(NamedTuple):
    """One fault: its code and field, and what it does to the command."""

    code: int
    field: str
    changes: Mapping[str, Any]


ORDER = [
    Fault(1107, "apikey", {"apikey": "no_such_org"}),
    Fault(48, "apikey", {"apikey": "expired_org"}),
    Fault(1108, "servicekey", {"servicekey": "NoSuchProcess"}),
    Fault(1243, "servicekey", {"servicekey": "process1"}),
    Fault(1243, "servicekey", {"servicekey": "UnmappedProcess"}),
    Fault(111, "apikey", {"apikey": "nodb_org", "servicekey": "NoDbProcess"}),
    Fault(421, "servicekey", {"servicekey": "DisabledProcess"}),
    Fault(33, "", {"servicekey": "FORCE_33"}),
    Fault(4, "", {"login": "nobody@avhan.com"}),
    Fault(4, "", {"login": GONE}),
    Fault(6, "", {"login": "rupesh.v@avhan.com"}),
    Fault(7, "selecteddatetime", {"selecteddatetime": "01-11-2018"}),
    Fault(7, "reqdatetime", {"reqdatetime": "01-11-2018"}),
    Fault(7, "", {**CALLBACK, "selecteddatetime": GONE}),
    Fault(8, "selecteddatetime", {"selecteddatetime": "1999-12-31 23:59:59"}),
    Fault(31, "dispomasterid", {"dispomasterid": GONE}),
    Fault(31, "disporeasonid", {"disporeasonid": "x"}),
    Fault(31, "dispomasterid", {"dispomasterid": 999}),
    Fault(31, "dispomasterid", {"disporeasonid": 3}),
    Fault(32, "contactvalue", {"contactvalue": "9000000032"}),
    Fault(33, "contactvalue", {**CALLBACK, "contactvalue": "9000000033"}),
    Fault(111, "contactvalue", {"contactvalue": "12"}),
    Fault(111, "", {**CALLBACK, "contactvalue": GONE}),
    Fault(111, "media", {"media": "Fax"}),
]
"""DISP-19 with the gate of AUTH-08 in front."""


def pairs(first: Fault) -> Iterator[Fault]:
    """The later faults that can stand in one command with this one."""
    for second in ORDER[ORDER.index(first) + 1 :]:
        shared = first.changes.keys() & second.changes.keys()
        if all(first.changes[name] == second.changes[name] for name in shared):
            yield second


def beside(first: Fault, *others: Fault) -> int:
    """The reasonid of the printed rule: 31 for an unknown pair, unless something before the method answers."""
    method = ORDER.index(first) > ORDER.index(Fault(33, "", {"servicekey": "FORCE_33"}))
    return 31 if method and 31 in {fault.code for fault in (first, *others)} else first.code


@pytest.mark.parametrize("first", ORDER, ids=lambda fault: f"{fault.code}-{fault.field}")
def test_the_first_of_two_faults_answers(api: Api, first: Fault) -> None:
    """DISP-19, DISP-14, GEN-06, AUTH-08: with any later fault in the same command, the reason still being looked at."""
    put(api)
    before = api.sandbox.store.dump()
    for others in [(), *((second,) for second in pairs(first))]:
        command = {name: value for fault in (*others, first) for name, value in fault.changes.items()}
        answer = api.post(printed("GV-15", **command))
        assert list(answer.body.items()) == failure(beside(first, *others), first.code), others
        violation = exchange(api).violation
        assert violation is not None
        assert violation.field == first.field, others
    assert api.sandbox.store.dump() == before


def test_the_pairs_are_many() -> None:
    """GEN-06: the order above makes two hundred pairs, so the test above is not empty; three faults of 31 stand together."""
    assert sum(1 for first in ORDER for _ in pairs(first)) > 180
    together = [pair for pair in combinations(ORDER, 2) if {fault.code for fault in pair} == {31}]
    assert len(together) == 6


def test_a_barred_number_comes_before_its_callbacks(api: Api) -> None:
    """DISP-19, DISP-26, DISP-27: a number that is on the list and at the maximum as well is 32."""
    add(api, "dnc", number="9000000033")
    assert dispose(api, contactvalue="9000000033", **CALLBACK, media="Fax").status == 32


UNKNOWN = {"dispomasterid": 999}
LATE = {"login": "rupesh.v@avhan.com"}


@pytest.mark.parametrize(
    ("changes", "styles"),
    [
        ({"login": "nobody", **UNKNOWN}, [(31, 4), (4, 4), (1, 4), (4, 4)]),
        ({"login": "nobody"}, [(4, 4), (4, 4), (1, 4), (4, 4)]),
        ({**LATE, **UNKNOWN}, [(31, 6), (6, 4), (1, 6), (6, 4)]),
        ({**LATE, "disporeasonid": GONE}, [(31, 6), (6, 4), (6, 6), (6, 4)]),
        ({**LATE, "disporeasonid": " 0777 "}, [(31, 6), (6, 4), (777, 6), (6, 4)]),
        ({**LATE, "disporeasonid": -1}, [(31, 6), (6, 4), (6, 6), (6, 4)]),
        ({**LATE, "disporeasonid": "9" * 5000}, [(31, 6), (6, 4), (6, 6), (6, 4)]),
        (LATE, [(6, 6), (6, 4), (1, 6), (6, 4)]),
        ({"selecteddatetime": "x", **UNKNOWN}, [(31, 7), (7, 4), (1, 7), (7, 4)]),
        ({"selecteddatetime": "1999-12-31 00:00:00", "disporeasonid": 3}, [(31, 8), (8, 4), (3, 8), (8, 4)]),
        (UNKNOWN, [(31, 31), (31, 4), (1, 31), (31, 4)]),
        ({"contactvalue": "9000000032"}, [(32, 32), (32, 4), (1, 32), (32, 4)]),
        ({"contactvalue": "9000000033", **CALLBACK}, [(33, 33), (33, 4), (2, 33), (33, 4)]),
        ({"contactvalue": "12"}, [(111, 111), (111, 4), (1, 111), (111, 4)]),
        ({"servicekey": "DisabledProcess", **UNKNOWN}, [(421, 421), (421, 4), (421, 421), (421, 4)]),
        ({"servicekey": "FORCE_8", **UNKNOWN}, [(8, 8), (8, 4), (8, 8), (8, 4)]),
        ({"apikey": "no_such_org", **UNKNOWN}, [(1107, 1107), (1107, 4), (1107, 1107), (1107, 4)]),
        ({"apikey": "nodb_org", "servicekey": "NoDbProcess", **UNKNOWN}, [(111, 111), (111, 4), (111, 111), (111, 4)]),
    ],
)  # fmt: skip
def test_reason_and_status_in_every_style(api: Api, changes: dict[str, Any], styles: list[Both]) -> None:
    """DISP-14, E-82, AM-68, AUTH-18, AUTH-19: (reasonid, status) by the table, as the example, as an echo, or always 4."""

    def both(answer: Answer) -> Both:
        return answer.body["reasonid"], answer.status

    quirks: tuple[dict[str, str], ...] = (
        {},
        {"disp_fail_style": "example"},
        {"disp_fail_style": "echo"},
        {"web_fail_status": "five"},
    )
    assert [both(dispose(api, chosen, **changes)) for chosen in quirks] == styles
    every = {"web_fail_status": "five", "disp_fail_style": "echo"}
    assert both(dispose(api, every, **changes)) == styles[-1]
    assert not rows(api, "dispositions")
