"""customer_multiple_recordings: one outcome for each id, in order, whatever became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api import drop, fresh
from tests.methods.helpers import GONE, printed, told

if TYPE_CHECKING:
    from tests.api import Answer, Api

FIRST = "140912183554281005"
SECOND = "180717171728015031"
UNKNOWN = "180719161420031002"
MISSING = "180717171728015999"
BASE = "http://192.168.2.127/recordings/"
LINKS = {
    FIRST: f"{BASE}/1/1/2014/09/12/18/{FIRST}_0000.MP3",
    SECOND: f"{BASE}1/1/2018/07/17/17/{SECOND}_1001_1500_1_2500_1728015.MP3",
}
KEYS = [("systemcallid", "str"), ("statusdesc", "str"), ("status", "int"), ("recordingfilepath", "str")]


def ask(api: Api, *calls: Any, session: Any = GONE, **quirks: Any) -> Answer:
    """Ask for the recordings of some calls."""
    return api.post(printed("GV-19", systemcallids=list(calls), sessionid=session), **quirks)


def outcomes(answer: Answer) -> list[tuple[str, str, int, str]]:
    """Return the values of each record, once their keys and types are seen to be the printed ones."""
    entries: list[dict[str, Any]] = answer.body["statusdata"]
    for entry in entries:
        assert [(key, type(value).__name__) for key, value in entry.items()] == KEYS
    return [tuple(entry.values()) for entry in entries]


FOUND = ("success", 3)
LOST = ("Data not found", 67)
EMPTY = ("systemcallid found blank", 66)
OTHERS = ("invalid sessionid", 65)
GONE_FILE = ("Error while processing data", 1111)

RECORDS: list[tuple[Any, Any, tuple[str, int]]] = [
    (SECOND, GONE, FOUND), (SECOND, 8, FOUND), (FIRST, GONE, FOUND), (FIRST, "483", FOUND),
    (int(FIRST), GONE, FOUND),
    (UNKNOWN, GONE, LOST), (UNKNOWN, 8, LOST), ("abc", GONE, LOST), ("1409 12183554281005", GONE, LOST),
    ("1.5", GONE, LOST), ("0" + FIRST, GONE, LOST), (-1, GONE, LOST), (0, GONE, LOST), ("0", GONE, LOST),
    ("", GONE, EMPTY), (None, GONE, EMPTY), (" \t\n", GONE, EMPTY), ("", 8, EMPTY),
    (FIRST, 8, OTHERS), (SECOND, 483, OTHERS), (MISSING, 8, OTHERS), (FIRST, 794, OTHERS),
    (MISSING, GONE, GONE_FILE), (MISSING, 9, GONE_FILE),
]  # fmt: skip


@pytest.mark.parametrize(("call", "session", "told_of_it"), RECORDS)
def test_every_outcome_of_a_record(api: Api, call: Any, session: Any, told_of_it: tuple[str, int]) -> None:
    """MREC-08, MREC-09, MREC-18, MREC-21..MREC-24, E-93, E-96: text, code and link, of which only 3 has one."""
    answer = ask(api, call, session=session)
    text = "" if call is None else str(call)
    assert outcomes(answer) == [(text, *told_of_it, LINKS.get(text, "") if told_of_it == FOUND else "")]
    assert told(api, answer)[:2] == (3, "MREC-18")


def test_one_record_per_id_in_order(api: Api) -> None:
    """Ids sent twice are answered twice, found and failed ones mixed, each in its place (MREC-12)."""
    sent = [UNKNOWN, FIRST, FIRST, "", SECOND, MISSING, FIRST, None, UNKNOWN]
    answer = ask(api, *sent)
    assert [entry[0] for entry in outcomes(answer)] == [each or "" for each in sent]
    assert [entry[2] for entry in outcomes(answer)] == [67, 3, 3, 66, 3, 1111, 3, 66, 67]
    assert [entry[3] for entry in outcomes(answer)] == [LINKS.get(each or "", "") for each in sent]


@pytest.mark.parametrize("calls", [[UNKNOWN], [""], [None, MISSING], [UNKNOWN] * 5])
def test_all_records_failing_is_a_success(api: Api, calls: list[Any]) -> None:
    """The command is answered with its records even if none was found, whatever ``all_failed`` says (MREC-14)."""
    choices: list[dict[str, Any]] = [{}, {"all_failed": "promote"}]
    for quirks in choices:
        answer = ask(api, *calls, mrec_envelope="table", **quirks)
        assert (answer.status, answer.body["statusdesc"]) == (3, "success")
        assert not [entry for entry in outcomes(answer) if entry[3]]


ORDER: list[tuple[int, str, Any]] = [
    (66, "", 8),
    (67, UNKNOWN, 8),
    (65, MISSING, 8),
    (1111, MISSING, 9),
    (3, SECOND, 8),
]


@pytest.mark.parametrize(("code", "call", "session"), ORDER)
def test_the_first_fault_of_a_record(api: Api, code: int, call: str, session: int) -> None:
    """Forced, blank, unknown, of another session, without its file, found: in that order (MREC-16)."""
    assert outcomes(ask(api, call, session=session))[0][2] == code
    forced = "000000000000000063"
    assert [each[2] for each in outcomes(ask(api, forced, call, session=session))] == [63, code]
    api.sandbox.forced.add(65, level="record")
    assert outcomes(ask(api, call, session=session))[0][1:] == (*OTHERS, "")
    assert outcomes(ask(api, call, session=session))[0][2] == code


TEXTS = {
    2: "Wrong format of received request", 5: "fail", 48: "API key expired", 62: "sessionid not found",
    63: "systemcallid not found", 65: "invalid sessionid", 66: "systemcallid found blank",
    67: "Data not found", 1107: "api key not found", 1108: "Service key not found",
    1111: "Error while processing data", 1243: "Service Key API Key Not matching",
}  # fmt: skip


@pytest.mark.parametrize("code", TEXTS)
def test_magic_ids_fail_their_record(api: Api, code: int) -> None:
    """A code padded to eighteen digits is the record's status, with the table's text and no link (SIM-25, AM-14)."""
    magic = f"{code:018d}"
    assert outcomes(ask(api, magic, SECOND)) == [
        (magic, TEXTS[code], code, ""),
        (SECOND, "success", 3, LINKS[SECOND]),
    ]


@pytest.mark.parametrize(
    "call",
    [62, "62", "0062", f"{62:017d}", f"{62:019d}", f"{3:018d}", f"{1:018d}", f"{13:018d}", f"{421:018d}",
     f"{9999:018d}", f"{0:018d}", f"{10062:018d}", f"{62:018d}x"],
)  # fmt: skip
def test_ids_that_are_no_magic(api: Api, call: Any) -> None:
    """Other lengths, a success and codes of other tables are ordinary unknown calls (AM-14, SIM-25)."""
    assert outcomes(ask(api, call))[0][1:3] == LOST


def test_ids_are_echoed_as_received(api: Api) -> None:
    """Blanks around an id do not matter to the look-up and come back with it (MREC-08, MREC-05)."""
    found = outcomes(ask(api, f" {FIRST}\n", f"\t{UNKNOWN}", "  "))
    assert [(each[0], each[2]) for each in found] == [(f" {FIRST}\n", 3), (f"\t{UNKNOWN}", 67), ("  ", 66)]


_KNOWN = {FIRST: 3, SECOND: 3, MISSING: 1111}


@given(
    st.lists(
        st.sampled_from([FIRST, SECOND, MISSING, int(FIRST), int(MISSING), "", None])
        | st.integers(-(10**40), 10**40)
        | st.text(max_size=25)
        | st.text("0123456789", min_size=1, max_size=40),
        min_size=1,
        max_size=8,
    )
)
def test_any_ids(calls: list[Any]) -> None:
    """Whatever ids are sent, numbers of any size among them, each has its outcome under its own text (MREC-12, TRN-29)."""
    api = fresh()
    found = outcomes(ask(api, *calls))
    drop(api)
    assert [entry[0] for entry in found] == ["" if each is None else str(each) for each in calls]
    for text, _, status, link in found:
        expected = _KNOWN.get(text.strip(), 67 if text.strip() else 66)
        if not (text.strip().isdigit() and len(text.strip()) == 18):
            assert status == expected
        assert bool(link) == (status == 3)


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_any_number_of_ids(api: Api, size: int) -> None:
    """One element is enough, and a thousand are answered one by one (MREC-05, E-94)."""
    found = outcomes(ask(api, *[FIRST, UNKNOWN][: min(size, 2)] * max(size // 2, 1)))
    assert [entry[2] for entry in found] == ([3, 67] * size)[:size]
