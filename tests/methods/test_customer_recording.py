"""customer_recording: what it takes, every status of it, and which of two faults answers."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import pytest

from tests.api import NOW_TEXT
from tests.methods.helpers import FWEB, GONE, examples, exchange, printed, rows, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.api import Api

FIRST = "140912183554281005"
UNKNOWN = "180719161420031002"
MISSING = "180717171728015999"
POLICY = "MsQgi5/gKVZusW5XziRf76nHbn9JxU4VDSWwongD5dU="
NODB = {"apikey": "nodb_org", "servicekey": "NoDbProcess"}
ENFORCED: dict[str, Any] = {"require_reqdatetime": "on"}


class Row(NamedTuple):
    """One status: its text, ledger row and evidence, and what provokes it in the printed command."""

    code: int
    text: str
    rule: str
    evidence: str
    changes: Mapping[str, Any]
    quirks: Mapping[str, Any] = {}


NOT_FOUND = "systemcallid not found"
BLANK = "systemcallid found blank"
FAULTY = "Error while processesing data"
EXPIRED = {"apikey": "expired_org", "servicekey": "ExpiredProcess"}

BLANKS: list[Any] = ["", " \t", None, [], {}]

STATUSES = [
    Row(3, "Successful", "REC-14", "stated", {}),
    Row(62, "sessionid not found", "REC-15", "inferred", {"sessionid": 999999}),
    Row(63, NOT_FOUND, "REC-16", "inferred", {"systemcallid": GONE}),
    Row(63, NOT_FOUND, "REC-16", "inferred", {"systemcallid": UNKNOWN}),
    *(Row(66, BLANK, "REC-17", "stated", {"systemcallid": blank}) for blank in BLANKS),
    Row(65, "Invalid sessionid", "REC-18", "inferred", {"sessionid": "abc"}),
    Row(65, "Invalid sessionid", "REC-18", "inferred", {"sessionid": 8}),
    Row(1111, FAULTY, "REC-19", "inferred", {"systemcallid": MISSING, "sessionid": GONE}),
    Row(1111, FAULTY, "REC-19", "inferred", {"systemcallid": MISSING, "sessionid": 9}),
    Row(1111, FAULTY, "REC-19", "inferred", NODB),
    Row(1111, FAULTY, "REC-19", "inferred", {"reqdatetime": GONE}, ENFORCED),
    Row(1111, FAULTY, "REC-19", "inferred", {"reqdatetime": "soon"}, ENFORCED),
    Row(1111, FAULTY, "REC-19", "inferred", {"reqdatetime": ""}, ENFORCED),
    Row(1107, "api key not found", "AUTH-01", "stated", {"apikey": GONE}),
    Row(1107, "api key not found", "AUTH-01", "stated", {"apikey": 5}),
    Row(48, "API key expired", "AUTH-04", "inferred", EXPIRED),
    Row(1107, "api key not found", "AUTH-04", "inferred", EXPIRED, {"expired_code": "1107"}),
    Row(1108, "Service key not found", "AUTH-02", "stated", {"servicekey": GONE}),
    Row(1108, "Service key not found", "AUTH-07", "inferred", {"servicekey": "DisabledProcess"}),
    Row(1243, "Service Key API Key Not matching", "AUTH-03", "stated", {"servicekey": "process1"}),
    Row(1243, "Service Key API Key Not matching", "AUTH-05", "inferred", {"servicekey": "UnmappedProcess"}),
]  # fmt: skip


@pytest.mark.parametrize("row", STATUSES)
def test_every_status_has_its_trigger(api: Api, row: Row) -> None:
    """REC-14..REC-19, E-90, E-92, E-93: code, text, deciding row, evidence, and FWEB with its types (REC-11)."""
    answer = api.post(printed("GV-17", **row.changes), **row.quirks)
    assert told(api, answer) == (row.code, row.rule, row.evidence, row.text)
    assert answer.http_status == 200
    if row.code != 3:
        values = ["customer_recording", "1", row.code, "fail", NOW_TEXT]
        assert list(answer.body.items()) == list(zip([key for key, _ in FWEB], values, strict=True))
    assert api.post(printed("GV-17", **row.changes), web_fail_desc="table", **row.quirks).body[
        "statusdesc"
    ] == (row.text if row.code != 3 else "success")


@pytest.mark.parametrize("name", ["GV-17", "GV-18"])
def test_the_printed_answers(api: Api, name: str) -> None:
    """GV-17, GV-18, REC-07, E-86, E-87: byte for byte as printed, escaped slashes and all, but for the time."""
    reply = dict(examples()[name]["reply"], resdatetime=NOW_TEXT)
    sent = api.post(printed(name))
    text = orjson.dumps(reply)
    if "recordingfilepath" in reply:
        link = reply["recordingfilepath"].encode()
        text = text.replace(link, link.replace(b"/", rb"\/"))
    assert sent.raw == text
    assert api.get(printed(name)).raw == text


FORCED = {
    5: ("REC-20", "-"), 62: ("REC-15", "sessionid not found"), 63: ("REC-16", NOT_FOUND),
    65: ("REC-18", "Invalid sessionid"), 66: ("REC-17", BLANK), 1111: ("REC-19", FAULTY),
    2: ("TRN-31", "Wrong format of received request"), 48: ("AUTH-04", "API key expired"),
    67: ("MREC-09", "Data not found"), 1107: ("AUTH-01", "api key not found"),
    1108: ("AUTH-02", "Service key not found"), 1243: ("AUTH-03", "Service Key API Key Not matching"),
}  # fmt: skip


@pytest.mark.parametrize("queued", [False, True], ids=["key", "queue"])
@pytest.mark.parametrize("code", FORCED)
def test_forced_statuses(api: Api, code: int, queued: bool) -> None:
    """FORCE_<code> and a queued code answer in FWEB before any check of the method (REC-20, REC-13)."""
    if queued:
        api.sandbox.forced.add(code)
    changes: dict[str, Any] = {} if queued else {"servicekey": f"FORCE_{code}"}
    answer = api.post(printed("GV-17", systemcallid="", **changes))
    assert told(api, answer) == (code, FORCED[code][0], "forced", FORCED[code][1])
    assert list(answer.body.values()) == ["customer_recording", "1", code, "fail", NOW_TEXT]


@pytest.mark.parametrize("code", [1, 3, 13, 36, 61, 404, 421, 999])
def test_codes_nobody_can_force(api: Api, code: int) -> None:
    """A success and codes of other methods are no magic keys of this one (AM-14)."""
    assert api.post(printed("GV-17", servicekey=f"FORCE_{code}")).status == 1108


TAKEN: list[tuple[str, Any]] = [
    ("sessionid", GONE), ("sessionid", 483), ("sessionid", "483"), ("sessionid", " 483 "),
    ("sessionid", "0483"), ("sessionid", ""), ("sessionid", None), ("sessionid", []), ("sessionid", {}),
    ("systemcallid", FIRST), ("systemcallid", int(FIRST)), ("systemcallid", f" {FIRST}\n"),
    ("reqdatetime", GONE), ("reqdatetime", ""), ("reqdatetime", None), ("reqdatetime", "2026-10-2 5:7:9"),
    ("reqdatetime", "never"), ("reqdatetime", 5), ("servicekey", "VoiceProcess"), ("unheard_of", {"a": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), TAKEN)
def test_what_is_taken(api: Api, field: str, value: Any) -> None:
    """REC-01..REC-06, E-102: digits as text or number, a blank or absent session, any request time."""
    answer = api.post(printed("GV-17", **{field: value}))
    assert (answer.status, answer.body["revisionno"], answer.body["statusdesc"]) == (3, 1, "success")
    assert answer.body["recordingfilepath"].endswith(f"{FIRST}_0000.MP3")


REFUSED: list[tuple[str, Any, int]] = [
    *(("sessionid", value, 65) for value in (483.0, True, False, "4 83", "--483", "4.83", "٤٨٣", [483], {"a": 483})),
    *(("sessionid", value, 62) for value in (-483, "-483", 0, 10**30, 10**200)),
    ("sessionid", 0, 62), ("sessionid", 10**30, 62), ("sessionid", "7" * 99, 62),
    *(("systemcallid", value, 63) for value in (True, 1.5, float(FIRST), [FIRST], {"a": 1}, "abc", "0" + FIRST, -1, 0)),
    *(("apikey", value, 1107) for value in (" test_org", "TEST_ORG", ["test_org"])),
    *(("servicekey", value, 1108) for value in (" VoiceInOut", "voiceinout", 7)),
    *(("method", value, 2) for value in (" customer_recording", "Customer_recording", 7)),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "code"), REFUSED)
def test_what_is_refused(api: Api, field: str, value: Any, code: int) -> None:
    """REC-01..REC-05: other types and other text; a value looked up counts as unknown; keys are not trimmed."""
    answer = api.post(printed("GV-17", **{field: value}))
    assert answer.status == code
    assert "recordingfilepath" not in answer.body


ORDER: list[tuple[int, str, dict[str, Any]]] = [
    (1107, "apikey", {"apikey": "no_such_org"}),
    (48, "apikey", {"apikey": "expired_org"}),
    (1108, "servicekey", {"servicekey": "NoSuchProcess"}),
    (1243, "servicekey", {"servicekey": "Policy"}),
    (1243, "servicekey", {"servicekey": "UnmappedProcess"}),
    (1111, "apikey", NODB),
    (1108, "servicekey", {"servicekey": "DisabledProcess"}),
    (65, "", {"servicekey": "FORCE_65"}),
    (63, "systemcallid", {"systemcallid": GONE}),
    (66, "systemcallid", {"systemcallid": ""}),
    (65, "sessionid", {"sessionid": "abc"}),
    (1111, "reqdatetime", {"reqdatetime": "soon"}),
    (62, "sessionid", {"sessionid": 999999}),
    (63, "systemcallid", {"systemcallid": True}),
    (63, "systemcallid", {"systemcallid": UNKNOWN}),
    (65, "sessionid", {"sessionid": 8}),
    (1111, "systemcallid", {"systemcallid": MISSING}),
]
"""REC-13 with the gate in front; the enforced request time stands where AM-07 puts it."""


@pytest.mark.parametrize("place", range(len(ORDER)), ids=lambda place: f"{place}-{ORDER[place][0]}")
def test_the_earlier_fault_answers(api: Api, place: int) -> None:
    """With any later fault beside it, a fault is still the one that is told, field and all (REC-13)."""
    code, field, changes = ORDER[place]
    later = [more for _, _, more in ORDER[place + 1 :] if not more.keys() & changes.keys()]
    for more in ({}, *later):
        # A command without a fault about the session of the missing recording names none.
        answer = api.post(
            printed(
                "GV-17",
                **{"sessionid": 9 if changes.get("systemcallid") == MISSING else 483, **more, **changes},
            ),
            **ENFORCED,
        )
        found = exchange(api).violation
        assert found is not None
        assert (answer.status, found.field) == (code, field), more


def test_there_are_pairs_enough() -> None:
    """The order above makes more than ninety pairs, so the test of it is not empty (REC-13)."""
    pairs = [(one, two) for one, two in combinations(ORDER, 2) if not one[2].keys() & two[2].keys()]
    assert len(pairs) > 90


def test_a_session_is_any_entry_of_the_tenant(api: Api) -> None:
    """An entry that has no recording is known (65, not 62); another tenant's is not (REC-04, REC-15, REC-18)."""
    assert api.post(printed("GV-17", sessionid=794)).status == 65
    other = {"apikey": POLICY, "servicekey": "process1"}
    assert api.post(printed("GV-17", **other)).status == 62
    assert api.post(printed("GV-17", sessionid=GONE, **other)).status == 63


def test_a_call_without_a_recording_is_known(api: Api) -> None:
    """A call of the call list that was never recorded is 1111, not 63, and its own session is right (REC-16, REC-19)."""
    api.change("calls", {"tenant": "test_org", "calllistid": 794}, systemcallid="261122090000000001")
    for session, code in ((GONE, 1111), (794, 1111), (795, 65)):
        assert api.post(printed("GV-17", systemcallid="261122090000000001", sessionid=session)).status == code


def test_nothing_changes(api: Api) -> None:
    """Asking for a recording, in vain or not, changes nothing of the state (REC-12)."""
    before = api.sandbox.store.dump()
    for row in STATUSES:
        api.post(printed("GV-17", **row.changes), **row.quirks)
    assert api.sandbox.store.dump() == before
    assert len(rows(api, "recordings", tenant="test_org")) == 3
