"""Absent, blank and invalid are three different faults of one field (GEN-05, GEN-11, GEN-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.imports.helpers import GONE, command, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.service import Service
    from tests.imports.helpers import Box

BLANKS: list[Any] = ["", "  ", "\t\n", None, [], {}]
ODD = [True, False, 1.5, 0, ["12"], {"a": "b"}, "१२"]

HEAD = [
    ("1.0.6", "media", (18, 19, 17)),
    ("web", "media", (18, 19, 17)),
    ("1.0.6", "updateparam", (24, 25, 26)),
    ("web", "updateparam", (24, 25, 26)),
    ("1.0.6", "data", (32, 14, 38)),
    ("web", "data", (14, 14, 5)),
]


@pytest.mark.parametrize(("edition", "field", "codes"), HEAD)
def test_fields_of_the_command(
    make: Callable[..., Box], edition: str, field: str, codes: tuple[int, int, int]
) -> None:
    """Each mandatory field has a code for absent, one for blank and one for anything else wrong (GEN-05, GEN-11)."""
    box = make(edition)
    absent, blank, invalid = codes

    def code(value: Any) -> int:
        return box.push(record(), **{field: value}).code

    odd = [value for value in ODD if not (field == "data" and isinstance(value, list))]
    assert code(GONE) == absent
    assert [code(value) for value in BLANKS] == [blank] * len(BLANKS)
    assert [code(value) for value in odd] == [invalid] * len(odd)


@pytest.mark.parametrize(
    ("update_by", "field", "codes", "wrong"),
    [
        (
            "customercode",
            "customercode",
            (51, 44),
            ["abc", "-1", "0", 0, "1.5", 1.5, True, "९", "1 2", ["1"]],
        ),
        ("crmuniquefield", "crmuniquefield", (53, 45), ["@@", "---", "a\u0000b", "x" * 51, 1.5, True, ["a"]]),
        ("crmuniquefield", "sr_number", (53, 45), ["@@", True]),
    ],
)
def test_update_keys_of_106(
    box: Box, update_by: str, field: str, codes: tuple[int, int], wrong: list[Any]
) -> None:
    """A lacking key fails its record (024); a blank or invalid one refuses the command (AM-31, AM-34, IPD106-14, E-34)."""

    blank, invalid = codes

    def push(value: Any) -> Any:
        return box.push(record(**{field: value}), updateparam=update_by)

    assert push(GONE).record_codes == ["024"]
    assert [push(value).code for value in BLANKS] == [blank] * len(BLANKS)
    assert [push(value).code for value in wrong] == [invalid] * len(wrong)


@pytest.mark.parametrize("value", ["POL#123", "v@avhan.com", "é", "क", "-1-", "x" * 50, 7, " padded "])
def test_good_crm_values(box: Box, value: Any) -> None:
    """A CRM value needs one letter or digit, no control character and at most 50 characters (AM-34)."""
    answer = box.push(record(crmuniquefield=value), updateparam="crmuniquefield")
    assert answer.record_codes == ["001"]
    assert box.customer(contact1="8850014998")["crm"] == str(value).strip()


@pytest.mark.parametrize(
    ("update_by", "field", "wrong", "invalid"),
    [
        ("mobilenumber", "mobilenumber", ["x", 1.5, True, "12"], 1),
        ("mobilenumbers", "mobilenumbers", ["x"], 1),
        ("customercode", "customercode", ["abc", "0", 1.5, True], 26),
        ("crmuniquefield", "crmuniquefield", ["@@", 1.5], 1),
        ("crmuniquefield", "sr_number", ["@@"], 1),
    ],
)
def test_update_keys_of_web(web: Box, update_by: str, field: str, wrong: list[Any], invalid: int) -> None:
    """Absent 24, blank 25, and only a customer code can be invalid (IPDWEB-25..IPDWEB-27, IPDWEB-31, AM-65)."""

    def code(value: Any) -> int:
        fields = {"name": "x", field: value}
        return web.push(
            {key: got for key, got in fields.items() if got is not GONE}, updateparam=update_by
        ).code

    assert code(GONE) == 24
    assert [code(value) for value in BLANKS] == [25] * len(BLANKS)
    assert [code(value) for value in wrong] == [invalid] * len(wrong)


def test_mobile_numbers_of_106(box: Box) -> None:
    """Not there 050, blank 049, of a wrong form or type 043 (IPD106-65..IPD106-67, GEN-05, GEN-11)."""

    def code(value: Any) -> str:
        (found,) = box.push(record(mobilenumber=value, name="x")).record_codes
        return str(found)

    assert code(GONE) == "050"
    assert [code(value) for value in BLANKS] == ["049"] * len(BLANKS)
    assert [code(value) for value in (0, 12345, 1.5, True, ["1"], "१२३४५६७८९०", "8850014998\n5")] == [
        "043"
    ] * 7


@pytest.mark.parametrize("field", ["callDateTime", "calldatetime", "CallDateTime"])
@pytest.mark.parametrize(("edition", "code"), [("1.0.6", 55), ("web", 5)])
def test_call_times(make: Callable[..., Box], edition: str, code: int, field: str) -> None:
    """Blank means now; anything but a real zero-padded moment is refused, in each spelling (IPD106-16, AM-35)."""
    box = make(edition)
    assert [box.push(record(**{field: value})).code for value in BLANKS] == [1] * len(BLANKS)
    assert box.push(record(**{field: " 2018-06-20 09:07:00 "})).code == 1
    wrong = ["2018-06-20", "2018-6-20 9:07:00", "2018-02-30 00:00:00", "2018-06-20T09:07:00", 20180620, True]
    assert [box.push(record(**{field: value})).code for value in wrong] == [code] * len(wrong)


@pytest.mark.parametrize("field", ["calltype", "Calltype", "call_type"])
@pytest.mark.parametrize(("edition", "code"), [("1.0.6", 38), ("web", 5)])
def test_call_types(make: Callable[..., Box], edition: str, code: int, field: str) -> None:
    """The six call types as text or number; blank is a fresh call; others are refused (REF-04, IPDWEB-08, IPD106-17)."""
    box = make(edition)
    for value in ("5", "21", "31", "41", "71", "1001", 5, 1001, " 71 "):
        assert box.push(record(**{field: value})).code == 1
        assert box.table("calls")[-1]["calltype"] == int(value)
    for blank in BLANKS:
        assert box.push(record(**{field: blank})).code == 1
        assert box.table("calls")[-1]["calltype"] == 1001
    assert [box.push(record(**{field: value})).code for value in ("99", 0, 5.0, True, "५", "05")] == [
        code
    ] * 6


@pytest.mark.parametrize("media", ["1", "2", "3", "4", "8", "11", "12", "21", "22", "31", 12, " 11 "])
@pytest.mark.parametrize("edition", ["1.0.6", "web"])
def test_media(make: Callable[..., Box], edition: str, media: Any) -> None:
    """The ten media of the table are taken, also as a number, which earns a warning (REF-01, GEN-13, AM-08)."""
    answer = make(edition).push(record(), media=media)
    assert answer.code == 1
    assert ("GEN-13" in answer.warned) == isinstance(media, int)


def test_reference_tables(service: Service) -> None:
    """Media and call types are those printed, in both wordings of the media (REF-01..REF-04)."""
    media, calls = (service.catalogue.references[name]["entries"] for name in ("media", "call_types"))
    assert {number: row["name"] for number, row in media.items()} == {
        "1": "Email In", "2": "Email Out", "3": "SMS In", "4": "SMS Out", "8": "Chat", "11": "Voice In",
        "12": "Voice Out", "21": "Social-Twitter", "22": "Social-Facebook", "31": "Video",
    }  # fmt: skip
    assert media["12"]["long"] == "sent voice call/session"
    assert [number for number, row in media.items() if "voice" in row] == ["11", "12"]
    assert {number: row["name"] for number, row in calls.items()} == {
        "5": "Hot Lead", "21": "Callback Call", "31": "Preview Callback Call", "41": "General call back",
        "71": "Preview Call", "1001": "Fresh Call",
    }  # fmt: skip


def test_names_of_the_documents_tables_are_no_keys(box: Box) -> None:
    """Capitalised keys of the tables are unknown keys unless the quirk reads them (GEN-09, GEN-10, E-12)."""
    capital = {**command(record(), media=GONE), "Media": "12"}
    assert (refused := box.command(capital)).code == 18
    assert "GEN-10" in refused.warned
    assert box.command(capital, case_insensitive_keys="on").code == 1


def test_update_parameter_spellings(box: Box) -> None:
    """The five values are taken letter by letter and untrimmed (IPD106-06, IPDWEB-06, AM-61)."""
    taken = [box.push(record(), updateparam=value).code for value in ("mobilenumber", "Mobilenumber")]
    assert taken == [1, 1]
    wrong = [" mobilenumber", "MOBILENUMBER", "Customercode", "crmuniquefield "]
    assert [box.push(record(), updateparam=value).code for value in wrong] == [26] * 4


@pytest.mark.parametrize(
    ("value", "enforced"),
    [(GONE, False), ("", False), (None, False), ("x", False), (5, False), ("2026-10-2 5:7:9", True),
     ("2024-10-30 12:14:46", True)],
)  # fmt: skip
@pytest.mark.parametrize(("edition", "code"), [("1.0.6", 38), ("web", 5)])
def test_request_time(
    make: Callable[..., Box], edition: str, code: int, value: Any, *, enforced: bool
) -> None:
    """By default only warned of; with require_reqdatetime it must be there and readable (GEN-18, AM-07)."""
    box = make(edition)
    answer = box.push(record(), reqdatetime=value)
    assert answer.code == 1
    good = value == "2024-10-30 12:14:46"
    assert bool(answer.warned & {"GEN-18", "AM-07"}) != good
    enforcing = box.push(record(), reqdatetime=value, quirks={"require_reqdatetime": "on"})
    assert enforcing.code == (1 if enforced else code)
