"""customer_multiple_recordings: what it takes, every status of it, and which of two faults answers."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import pytest

from tests.api import NOW_TEXT
from tests.methods.helpers import FWEB, GONE, examples, exchange, printed, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.api import Api

METHOD = "customer_multiple_recordings"
FIRST = "140912183554281005"
SECOND = "180717171728015031"
UNKNOWN = "180719161420031002"
MISSING = "180717171728015999"
NODB = {"apikey": "nodb_org", "servicekey": "NoDbProcess"}
EXPIRED = {"apikey": "expired_org", "servicekey": "ExpiredProcess"}
ENFORCED: dict[str, Any] = {"require_reqdatetime": "on"}


class Row(NamedTuple):
    """One status of the command: text, ledger row and evidence, and what provokes it in the printed command."""

    code: int
    text: str
    rule: str
    evidence: str
    changes: Mapping[str, Any]
    quirks: Mapping[str, Any] = {}


WRONG = "Wrong format of received request"
BLANK = "systemcallid found blank"
FAULTY = "Error while processing data"
BLANKS: list[Any] = [[], {}, "", " \n", None]
NOT_BLANK: list[Any] = [
    SECOND, 5, 0, True, False, 1.5, {"a": SECOND}, [1.5], [True], [[SECOND]], [{"systemcallid": SECOND}],
    [SECOND, 1.5], [SECOND, {}], [SECOND, []], [False, ""],
]  # fmt: skip

STATUSES = [
    Row(3, "Successful", "MREC-18", "stated", {}),
    *(Row(2, WRONG, "MREC-17", "stated", {"systemcallids": value}) for value in NOT_BLANK),
    Row(62, "sessionid not found", "MREC-19", "inferred", {"sessionid": 999999}),
    Row(63, "systemcallid not found", "MREC-20", "inferred", {"systemcallids": GONE}),
    *(Row(66, BLANK, "MREC-21", "inferred", {"systemcallids": value}) for value in BLANKS),
    *(
        Row(65, "invalid sessionid", "MREC-22", "inferred", {"sessionid": value})
        for value in ("abc", 8.0, True, "8 0", "--8", [8], {"a": 8})
    ),
    Row(1111, FAULTY, "MREC-23", "inferred", NODB),
    Row(1111, FAULTY, "MREC-23", "inferred", {"reqdatetime": GONE}, ENFORCED),
    Row(1111, FAULTY, "MREC-23", "inferred", {"reqdatetime": "2018-02-30 00:00:00"}, ENFORCED),
    Row(1107, "api key not found", "AUTH-01", "stated", {"apikey": ""}),
    Row(48, "API key expired", "AUTH-04", "inferred", EXPIRED),
    Row(1108, "Service key not found", "AUTH-02", "stated", {"servicekey": "VOICEPROCESS"}),
    Row(1108, "Service key not found", "AUTH-07", "inferred", {"servicekey": "DisabledProcess"}),
    Row(1243, "Service Key API Key Not matching", "AUTH-03", "stated", {"servicekey": "process1"}),
    Row(1243, "Service Key API Key Not matching", "AUTH-05", "inferred", {"servicekey": "UnmappedProcess"}),
]


@pytest.mark.parametrize("row", STATUSES)
def test_every_status_of_the_command(api: Api, row: Row) -> None:
    """MREC-17..MREC-23, AM-64, E-92: code, text, row, evidence; failures are FWEB by analogy (MREC-13)."""
    answer = api.post(printed("GV-19", **row.changes), **row.quirks)
    assert told(api, answer) == (row.code, row.rule, row.evidence, row.text)
    assert answer.http_status == 200
    if row.code == 3:
        assert [key for key, _ in answer.shape] == ["method", "resdatetime", "statusdata"]
        return
    assert answer.shape == FWEB
    assert list(answer.body.values()) == [METHOD, "1", row.code, "fail", NOW_TEXT]
    worded = api.post(printed("GV-19", **row.changes), web_fail_desc="table", **row.quirks)
    assert worded.body["statusdesc"] == row.text


def test_malformed_json_is_2(api: Api) -> None:
    """A command that is no JSON has the same code as ids that are no array, in the method's envelope (MREC-17)."""
    answer = api.post('data={"method":"customer_multiple_recordings","systemcallids":["1",}')
    assert list(answer.body.values()) == [METHOD, "1", 2, "fail", NOW_TEXT]
    assert told(api, answer) == (2, "MREC-17", "stated", WRONG)


def test_the_printed_answer(api: Api) -> None:
    """GV-19, MREC-07..MREC-09, E-96, E-97: byte for byte as printed, by GET as well, but for the time."""
    text = orjson.dumps(dict(examples()["GV-19"]["reply"], resdatetime=NOW_TEXT))
    assert api.post(printed("GV-19")).raw == text
    assert api.get(printed("GV-19")).raw == text


FORCED = {
    2: ("MREC-17", WRONG), 5: ("GEN-03", "-"), 48: ("AUTH-04", "API key expired"),
    62: ("MREC-19", "sessionid not found"), 63: ("MREC-20", "systemcallid not found"),
    65: ("MREC-22", "invalid sessionid"), 66: ("MREC-21", BLANK), 67: ("MREC-09", "Data not found"),
    1107: ("AUTH-01", "api key not found"), 1108: ("AUTH-02", "Service key not found"),
    1111: ("MREC-23", FAULTY), 1243: ("AUTH-03", "Service Key API Key Not matching"),
}  # fmt: skip


@pytest.mark.parametrize("queued", [False, True], ids=["key", "queue"])
@pytest.mark.parametrize("code", FORCED)
def test_forced_statuses(api: Api, code: int, queued: bool) -> None:
    """FORCE_<code> and a queued code answer in FWEB before any check of the method (MREC-16, MREC-13)."""
    if queued:
        api.sandbox.forced.add(code)
    changes: dict[str, Any] = {} if queued else {"servicekey": f"FORCE_{code}"}
    answer = api.post(printed("GV-19", systemcallids=GONE, **changes))
    assert told(api, answer) == (code, FORCED[code][0], "forced", FORCED[code][1])
    assert list(answer.body.values()) == [METHOD, "1", code, "fail", NOW_TEXT]


@pytest.mark.parametrize("code", [1, 3, 13, 36, 61, 421, 999])
def test_codes_nobody_can_force(api: Api, code: int) -> None:
    """A success and codes of other methods are no magic keys of this one (AM-14)."""
    assert api.post(printed("GV-19", servicekey=f"FORCE_{code}")).status == 1108


TAKEN: list[tuple[str, Any, list[int]]] = [
    ("sessionid", GONE, [3, 67]), ("sessionid", None, [3, 67]), ("sessionid", "", [3, 67]),
    ("sessionid", 8, [3, 67]), ("sessionid", " 8 ", [3, 67]), ("sessionid", "008", [3, 67]),
    ("sessionid", [], [3, 67]), ("sessionid", 483, [65, 67]), ("sessionid", 9, [65, 67]),
    ("systemcallids", [int(SECOND), int(UNKNOWN)], [3, 67]),
    ("systemcallids", [f"\t{SECOND} ", UNKNOWN], [3, 67]),
    ("reqdatetime", GONE, [3, 67]), ("reqdatetime", "", [3, 67]), ("reqdatetime", "2026-10-2 5:7:9", [3, 67]),
    ("reqdatetime", ["never"], [3, 67]), ("servicekey", "VoiceProcess", [3, 67]), ("unheard_of", 1, [3, 67]),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "codes"), TAKEN)
def test_what_is_taken(api: Api, field: str, value: Any, codes: list[int]) -> None:
    """MREC-01..MREC-06, E-102: digits as text or number, a blank or absent session, any request time."""
    answer = api.post(printed("GV-19", **{field: value}))
    assert [entry["status"] for entry in answer.body["statusdata"]] == codes


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("method", "Customer_Multiple_Recordings", 2), ("method", f" {METHOD}", 2), ("method", GONE, 2),
        ("apikey", " test_org", 1107), ("apikey", 7, 1107), ("servicekey", "voiceprocess ", 1108),
        ("servicekey", None, 1108), ("sessionid", 0, 62), ("sessionid", 10**40, 62),
    ],
)  # fmt: skip
def test_keys_are_taken_to_the_letter(api: Api, field: str, value: Any, code: int) -> None:
    """MREC-01..MREC-04: keys and method are neither trimmed nor folded; an integer no session has is 62."""
    assert api.post(printed("GV-19", **{field: value})).status == code


ORDER: list[tuple[int, str, dict[str, Any]]] = [
    (1107, "apikey", {"apikey": "no_such_org"}),
    (48, "apikey", {"apikey": "expired_org"}),
    (1108, "servicekey", {"servicekey": "NoSuchProcess"}),
    (1243, "servicekey", {"servicekey": "Policy"}),
    (1243, "servicekey", {"servicekey": "UnmappedProcess"}),
    (1111, "apikey", NODB),
    (1108, "servicekey", {"servicekey": "DisabledProcess"}),
    (62, "", {"servicekey": "FORCE_62"}),
    (63, "systemcallids", {"systemcallids": GONE}),
    (66, "systemcallids", {"systemcallids": []}),
    (2, "systemcallids", {"systemcallids": "text"}),
    (2, "systemcallids", {"systemcallids": ["", 1.5]}),
    (65, "sessionid", {"sessionid": "abc"}),
    (1111, "reqdatetime", {"reqdatetime": "soon"}),
    (62, "sessionid", {"sessionid": 999999}),
]
"""The request half of MREC-16 with the gate in front; the enforced request time stands where AM-07 puts it."""

FAILING: dict[str, Any] = {"systemcallids": ["", UNKNOWN, FIRST, MISSING, "000000000000000065"]}
"""Records that all fail, which comes after everything above."""


@pytest.mark.parametrize("place", range(len(ORDER)), ids=lambda place: f"{place}-{ORDER[place][0]}")
def test_the_earlier_fault_answers(api: Api, place: int) -> None:
    """With any later fault or failing records beside it, a fault is the one that is told (MREC-16)."""
    code, field, changes = ORDER[place]
    later = [more for _, _, more in ORDER[place + 1 :]]
    for more in ({}, *later, FAILING):
        if more.keys() & changes.keys():
            continue
        answer = api.post(printed("GV-19", **more, **changes), **ENFORCED)
        found = exchange(api).violation
        assert found is not None
        assert (answer.status, found.field) == (code, field), more


def test_there_are_pairs_enough() -> None:
    """The order above makes more than seventy pairs, so the test of it is not empty (MREC-16)."""
    pairs = [(one, two) for one, two in combinations(ORDER, 2) if not one[2].keys() & two[2].keys()]
    assert len(pairs) > 70


@pytest.mark.parametrize("value", ["example", "int", "string"])
def test_the_table_of_the_document(api: Api, value: str) -> None:
    """``mrec_envelope=table`` appends status, statusdesc and revisionno; the example has none (MREC-07, E-97, REF-14)."""
    plain = api.post(printed("GV-19"), revisionno_type=value, mrec_envelope="example")
    assert [key for key, _ in plain.shape] == ["method", "resdatetime", "statusdata"]
    table = api.post(printed("GV-19"), revisionno_type=value, mrec_envelope="table")
    more: dict[str, Any] = {
        "status": 3,
        "statusdesc": "success",
        "revisionno": "1" if value == "string" else 1,
    }
    assert list(table.body.items()) == [*plain.body.items(), *more.items()]
    failed = api.post(printed("GV-19", systemcallids=[]), revisionno_type=value, mrec_envelope="table")
    assert failed.body["revisionno"] == (1 if value == "int" else "1")


def test_nothing_changes(api: Api) -> None:
    """Asking for recordings, in vain or not, changes nothing of the state (MREC-15)."""
    before = api.sandbox.store.dump()
    for row in STATUSES:
        api.post(printed("GV-19", **row.changes), **row.quirks)
    api.post(printed("GV-19", **FAILING))
    assert api.sandbox.store.dump() == before
