"""userStatus: what each field may hold, every status of the whole command, and which of two answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.api import NOW_TEXT
from tests.methods.helpers import FWEB, GONE, exchange, printed, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.api import Api

BLANKS: list[Any] = [None, "", " \t ", [], {}]
FAIL: dict[str, Any] = {"stat_unknown_login": "fail"}
TIMED: dict[str, Any] = {"require_reqdatetime": "on"}


def ask(api: Api, quirks: Mapping[str, Any] | None = None, **changes: Any) -> int:
    """Send the printed command with changes; return the code, or 3 for an answer without one."""
    answer = api.post(printed("GV-25", **changes), **(quirks or {}))
    return 3 if "statusdata" in answer.body else answer.status


LISTS: list[Any] = [["user1"], [None], [""], ["user1", None, " ", "nobody"], ["user1"] * 100]
NO_LISTS: list[Any] = [
    GONE, *BLANKS, "user1", '["user1"]', "user1,user10", 5, True, 1.5, {"0": "user1"},
    [5], ["user1", 5], [True], [1.5], [["user1"]], [{"login": "user1"}],
]  # fmt: skip
KEYS = [GONE, *BLANKS, 5, True, ["test_org"], "no_such_key", " test_org ", "VOICEPROCESS"]
TIMES: list[Any] = [GONE, *BLANKS, "x", 5, True, "20-11-2017", "2017-11-20 10:00:05", "2026-10-2 5:7:9"]


@pytest.mark.parametrize(
    ("field", "good", "bad", "code"),
    [
        pytest.param("apikey", ["test_org"], KEYS, 1107, id="STAT-02 apikey"),
        pytest.param("servicekey", ["VoiceProcess", "voiceprocess", "VoiceInOut"], KEYS, 1108, id="STAT-03 servicekey"),
        pytest.param("loginids", LISTS, NO_LISTS, 5, id="STAT-04 STAT-14 AM-47 STAT-17"),
        pytest.param("reqdatetime", TIMES, [], 0, id="STAT-05 GEN-18"),
        pytest.param("regdatetime", TIMES, [], 0, id="STAT-05 E-17"),
        pytest.param("flag", ["2", None, []], [], 0, id="STAT-01 GEN-10"),
    ],
)  # fmt: skip
def test_what_a_field_may_hold(api: Api, field: str, good: list[Any], bad: list[Any], code: int) -> None:
    """STAT-02 … STAT-05, STAT-14, GEN-11, GEN-16, GEN-17, AM-47: absent, blank, wrong type, and what is tolerated."""
    assert [ask(api, **{field: value}) for value in good] == [3] * len(good)
    for value in bad:
        answer = api.post(printed("GV-25", **{field: value}))
        assert (answer.status, answer.shape) == (code, FWEB), value
        assert not api.journal().get("error"), value


def test_the_methods_name_is_taken_exactly(api: Api) -> None:
    """STAT-01, TRN-32: another case is no method."""
    assert ask(api, method="UserStatus") == 2
    assert ask(api, {"method_case": "ignore"}, method="UserStatus") == 3


@pytest.mark.parametrize(
    ("times", "code", "warned"),
    [
        ({"reqdatetime": GONE}, 5, ["GEN-18"]),
        ({"reqdatetime": " "}, 5, ["AM-07"]),
        ({"reqdatetime": 5}, 5, ["AM-07"]),
        ({"reqdatetime": "20-11-2017"}, 5, ["AM-07"]),
        ({"reqdatetime": "2017-11-2 1:0:5"}, 3, ["AM-07"]),
        ({"reqdatetime": GONE, "regdatetime": "2018-11-12 14:00:05"}, 3, []),
        ({"reqdatetime": GONE, "regdatetime": "x"}, 5, ["AM-07"]),
        ({"regdatetime": "x"}, 3, []),
        ({"reqdatetime": "x", "regdatetime": "2018-11-12 14:00:05"}, 5, ["AM-07"]),
    ],
)
def test_the_two_spellings_of_the_request_time(
    api: Api, times: dict[str, Any], code: int, warned: list[str]
) -> None:
    """STAT-05, GEN-09, GEN-18, E-17, AM-07: regdatetime is taken for reqdatetime, which wins where both stand.

    Only the quirk asks for a readable one; without it the same commands are answered, with the same warnings.
    """
    assert ask(api, TIMED, **times) == code
    answer = api.post(printed("GV-25", **times))
    assert list(answer.body) == ["statusdata", "method", "timestamp"]
    assert answer.warned == warned


def test_keys_are_matched_with_their_case(api: Api) -> None:
    """GEN-09, STAT-04: another spelling is another key; the quirk reads it, regdatetime in any case too."""
    command = printed("GV-25", loginids=GONE, LoginIds=["user1"], reqdatetime=GONE, RegDateTime="x")
    refused = api.post(command)
    assert (refused.status, refused.warned) == (5, ["GEN-10", "GEN-18"])
    assert api.post(command, case_insensitive_keys="on").warned == ["AM-07"]
    assert "statusdata" in api.post(command, case_insensitive_keys="on").body


class Row(NamedTuple):
    """A status: its text, the row that decides, how sure it is, and what brings it about."""

    code: int
    text: str
    ledger: str
    evidence: str
    changes: tuple[Mapping[str, Any], ...] = ()


NO_DB = {"apikey": "nodb_org", "servicekey": "NoDbProcess"}
EXPIRED = {"apikey": "expired_org", "servicekey": "ExpiredProcess"}
STATUSES = [
    Row(5, "", "STAT-17", "inferred", ({"loginids": GONE}, {"loginids": []}, {"loginids": "x"}, NO_DB)),
    Row(2, "Wrong format of received request", "TRN-31", "inferred"),
    Row(48, "API key expired", "AUTH-04", "inferred", (EXPIRED,)),
    Row(67, "Data not found", "", "by-example"),
    Row(1107, "api key not found", "AUTH-01", "stated", ({"apikey": "no_such_org"}, {"apikey": GONE})),
    Row(1108, "Service key not found", "AUTH-02", "stated", ({"servicekey": "X"}, {"servicekey": GONE})),
    Row(1243, "Service Key API Key Not matching", "AUTH-03", "stated", ({"servicekey": "process1"},)),
]  # fmt: skip
GATE = [
    Row(1108, "Service key not found", "AUTH-07", "inferred", ({"servicekey": "DisabledProcess"},)),
    Row(
        1243, "Service Key API Key Not matching", "AUTH-05", "inferred", ({"servicekey": "UnmappedProcess"},)
    ),
]
"""Codes of the gate whose other causes are our reading of the documents."""


def failure(code: int) -> list[tuple[str, Any]]:
    """The whole failure reply, in order."""
    return [
        ("method", "userStatus"), ("revisionno", "1"), ("status", code), ("statusdesc", "fail"), ("resdatetime", NOW_TEXT),
    ]  # fmt: skip


@pytest.mark.parametrize("row", [*STATUSES, *GATE], ids=lambda row: f"{row.code}-{row.ledger}")
def test_a_status_by_its_own_cause(api: Api, row: Row) -> None:
    """STAT-14, STAT-17, GEN-03, GEN-07, AUTH-06, AUTH-07, AUTH-16, AM-62: text, row, evidence and envelope; nothing changes."""
    before = api.sandbox.store.dump()
    for change in row.changes:
        answer = api.post(printed("GV-25", **change))
        assert list(answer.body.items()) == failure(row.code), change
        assert (answer.http_status, answer.shape) == (200, FWEB)
        assert told(api, answer) == (row.code, row.ledger, row.evidence, row.text or "-")
    assert api.sandbox.store.dump() == before


@pytest.mark.parametrize("way", ["key", "queue"])
@pytest.mark.parametrize("row", STATUSES, ids=lambda row: f"{row.code}-{row.ledger}")
def test_a_status_that_is_forced(api: Api, row: Row, way: str) -> None:
    """SIM-23, SIM-26, SIM-27, AM-14: before any check of the method, in its envelope."""
    if way == "queue":
        api.sandbox.forced.add(row.code, method="userStatus")
    servicekey = f"FORCE_{row.code}" if way == "key" else "VoiceProcess"
    answer = api.post(printed("GV-25", servicekey=servicekey, loginids=GONE))
    assert list(answer.body.items()) == failure(row.code)
    assert told(api, answer) == (row.code, row.ledger or answer.rule, "forced", row.text or "-")
    assert ask(api) == 3


def test_a_known_login_or_the_whole_command_fails(api: Api) -> None:
    """STAT-12, STAT-16, E-122, SIM-23: stat_unknown_login=fail answers FWEB 4; forced, 4 may come by either reading."""
    answer = api.post(printed("GV-25", loginids=["user1", None]), **FAIL)
    assert list(answer.body.items()) == failure(4)
    assert told(api, answer) == (4, "STAT-12", "inferred", "Login not found")
    assert ask(api, FAIL, loginids=["user1", "USER10"]) == 3
    for quirks in (dict[str, Any](), FAIL):
        forced = api.post(printed("GV-25", servicekey="FORCE_4"), **quirks)
        assert list(forced.body.items()) == failure(4)


@pytest.mark.parametrize("code", [1, 3, 13, 61, 62, 421, 999])
def test_codes_nobody_can_force(api: Api, code: int) -> None:
    """AM-14: a success or a code of other methods is an unknown service key."""
    assert ask(api, servicekey=f"FORCE_{code}") == 1108


def test_the_other_readings_of_failures(api: Api) -> None:
    """AUTH-16, AUTH-19, AUTH-20, AUTH-04, STAT-14: one generic code, the table's text, revisionno as a number, 1107 for 48."""
    unknown = printed("GV-25", apikey="no_such_org")
    assert api.post(unknown, web_fail_status="five").status == 5
    assert api.post(unknown, web_fail_desc="table").body["statusdesc"] == "api key not found"
    assert api.post(unknown, revisionno_type="int").body["revisionno"] == 1
    assert api.post(printed("GV-25", loginids=GONE), web_fail_desc="table").body["statusdesc"] == "fail"
    assert ask(api, {"expired_code": "1107"}, **EXPIRED) == 1107
    mapped = {name: api.post(printed("GV-25", **change), http_status="mapped").http_status for name, change in (
        ("fine", {}), ("list", {"loginids": GONE}), ("disabled", {"servicekey": "DisabledProcess"}), ("expired", EXPIRED),
    )}  # fmt: skip
    assert mapped == {"fine": 200, "list": 422, "disabled": 403, "expired": 401}


@pytest.mark.parametrize("edition", ["1.0.6", "web"])
def test_malformed_input(api: Api, edition: str) -> None:
    """TRN-33, AUTH-16: status 2 in this method's envelope as soon as its name can be read."""
    answer = api.post('data={"method":"userStatus","loginids":["user1",],}', edition=edition)
    assert list(answer.body.items()) == failure(2)


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
    Fault(5, "apikey", NO_DB),
    Fault(1108, "servicekey", {"servicekey": "DisabledProcess"}),
    Fault(67, "", {"servicekey": "FORCE_67"}),
    Fault(5, "loginids", {"loginids": GONE}),
    Fault(5, "loginids", {"loginids": []}),
    Fault(5, "loginids", {"loginids": "user1"}),
    Fault(5, "loginids", {"loginids": ["nobody", 5]}),
    Fault(5, "reqdatetime", {"reqdatetime": "x"}),
    Fault(4, "", {"loginids": ["user1", "nobody"]}),
]
"""STAT-18 with the gate of AUTH-08 in front, for commands whose request time is enforced and whose logins are."""


def pairs(first: Fault) -> Iterator[Fault]:
    """The later faults that can stand in one command with this one."""
    for second in ORDER[ORDER.index(first) + 1 :]:
        shared = first.changes.keys() & second.changes.keys()
        if all(first.changes[name] == second.changes[name] for name in shared):
            yield second


@pytest.mark.parametrize("first", ORDER, ids=lambda fault: f"{fault.code}-{fault.field}")
def test_the_first_of_two_faults_answers(api: Api, first: Fault) -> None:
    """STAT-18, GEN-06, AUTH-08, AM-07: with any later fault in the same command."""
    before = api.sandbox.store.dump()
    for others in [(), *((second,) for second in pairs(first))]:
        command = {name: value for fault in (*others, first) for name, value in fault.changes.items()}
        answer = api.post(printed("GV-25", **command), **FAIL, **TIMED)
        assert list(answer.body.items()) == failure(first.code), others
        violation = exchange(api).violation
        assert violation is not None
        assert (violation.field, bool(exchange(api).error)) == (first.field, False), others
    assert api.sandbox.store.dump() == before


def test_the_pairs_are_many() -> None:
    """GEN-06: the order above makes some sixty pairs, so the test above is not empty."""
    assert sum(1 for first in ORDER for _ in pairs(first)) > 55
