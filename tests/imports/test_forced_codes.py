"""Statuses that somebody asks for: magic service keys, magic numbers and queued codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.imports.helpers import F106, FWEB, NOW, command, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.imports.helpers import Box

TEXTS_106 = {
    14: "Customer data not found", 15: "Date range not proper", 16: "Invalid To Date format",
    17: "Invalid Media", 18: "Media Not found", 19: "Media Found blank", 24: "Update Parameter not found",
    25: "Update Parameter blank", 26: "Invalid Update Parameter", 32: "DATA parameter not found",
    36: "Invalid Session", 37: "Scripttemplate not defined with process", 38: "Error while processing data",
    40: "search param key not found", 42: "Invalid Search Param key", 43: "Invalid Mobile Number",
    44: "Invalid Customer Code", 45: "Invalid CRM Unique Code", 46: "Invalid From Date format",
    48: "API key expired", 49: "Mobile Number found blank", 50: "Mobile Number not found",
    51: "Customer code found blank", 52: "Customer Code not found", 53: "CRM Unique field found blank",
    54: "CRM Unique field not found", 55: "Invalid Call Date Time",
    61: "service_key_API_key_matching_not_found", 62: "Custom filter not found",
    63: "Custom filter found blank", 66: "Filter values are invalid", 67: "Invalid operator found",
    69: "Field List not found",
    2: "Wrong format of received request", 5: "fail",
    1107: "API key not found", 1108: "Service key not found", 1243: "Service Key API Key Not matching",
}  # fmt: skip
"""Every code that may be forced in 1.0.6, with its text: the method's, the common one's or "fail"."""

WEB_CODES = (14, 15, 16, 17, 18, 19, 24, 25, 26, 5, 2, 48, 67, 1107, 1108, 1243)
RECORD_CODES = {
    24: "Update parameter not found", 36: "Session id not found",
    37: "Scripttemplate not defined with process", 43: "Invalid Mobilenumber",
    49: "Mobile Number found blank", 50: "Mobile Number not found", 69: "Field List not found",
}  # fmt: skip


@pytest.mark.parametrize("way", ["key", "queue"])
@pytest.mark.parametrize("code", TEXTS_106)
def test_forced_statuses_of_106(box: Box, code: int, way: str) -> None:
    """FORCE_<code> and a queued code answer the F106 envelope with the table's text (SIM-23, SIM-26, SIM-27)."""
    before = box.dump()
    if way == "queue":
        box.sandbox.forced.add(code)
    answer = box.push(record(), servicekey=f"FORCE_{code}" if way == "key" else "VoiceProcess")
    values = ["ImportProcessData", TEXTS_106[code], f"{code:03d}", NOW]
    assert list(answer.body.items()) == list(zip(F106, values, strict=True))
    assert answer.header("X-Mock-Evidence") == "forced"
    assert answer.exchange.forced
    assert box.dump() == before


@pytest.mark.parametrize("way", ["key", "queue"])
@pytest.mark.parametrize("code", WEB_CODES)
def test_forced_statuses_of_web(web: Box, code: int, way: str) -> None:
    """FORCE_<code> and a queued code answer the FWEB envelope in edition web (SIM-23, SIM-26, AM-14)."""
    if way == "queue":
        web.sandbox.forced.add(code)
    answer = web.push(record(), servicekey=f"FORCE_{code}" if way == "key" else "VoiceProcess")
    assert list(answer.body.items()) == list(
        zip(FWEB, ["ImportProcessData", "1", code, "fail", NOW], strict=True)
    )
    assert answer.header("X-Mock-Evidence") == "forced"


@pytest.mark.parametrize(
    ("edition", "servicekey"),
    [
        ("1.0.6", "FORCE_1"), ("1.0.6", "FORCE_999"), ("1.0.6", "FORCE_014"), ("1.0.6", "FORCE_"),
        ("1.0.6", "force_14"), ("1.0.6", "FORCE_10000"), ("1.0.6", "FORCE_14 "), ("1.0.6", "FORCE_१४"),
        ("web", "FORCE_1"), ("web", "FORCE_32"), ("web", "FORCE_43"), ("web", "FORCE_69"),
        ("1.0.6", "FORCE_13"), ("1.0.6", "FORCE_421"), ("web", "FORCE_13"), ("web", "FORCE_61"),
    ],
)  # fmt: skip
def test_codes_nobody_can_force(make: Callable[..., Box], edition: str, servicekey: str) -> None:
    """A success, a code of another table or a misspelt magic key is an unknown service key (AM-14, IPDWEB-34)."""
    answer = make(edition).push(record(), servicekey=servicekey)
    assert (answer.code, answer.exchange.forced) == (1108, False)


def test_forcing_comes_after_the_keys_and_before_the_fields(box: Box) -> None:
    """A magic key needs a valid API key, and then wins over every check of the method (SIM-27, AUTH-08)."""
    assert box.push(record(), servicekey="FORCE_62", apikey="no_such_org").code == 1107
    assert box.push(record(), servicekey="FORCE_62", apikey="expired_org").code == 48
    assert box.push(record(), servicekey="FORCE_62", apikey="nodb_org").code == 38
    assert box.push(record(), servicekey="FORCE_62", media="99", updateparam="").code == 62


@pytest.mark.parametrize("code", RECORD_CODES)
@pytest.mark.parametrize("field", ["mobilenumber", "mobilenumbers"])
def test_magic_numbers_fail_their_record(box: Box, code: int, field: str) -> None:
    """1110000 and a record code fail that record alone, whatever spelling it stands in (SIM-25, AM-14)."""
    magic = f"1110000{code:03d}"
    answer = box.push({field: magic}, {field: "8850014998"}, updateparam=field)
    assert answer.record_codes == [f"{code:03d}", "001"]
    first = answer.records[0]
    assert (first["statusdesc"], first[field], first["customercode"]) == (RECORD_CODES[code], magic, 0)
    assert not box.table("customers", contact1=magic)


@pytest.mark.parametrize("number", ["1110000001", "1110000014", "1110000999", "01110000043", "9999000043"])
def test_numbers_that_are_no_magic(box: Box, number: str) -> None:
    """Ten digits that name none of the seven failing record codes are an ordinary number (AM-14)."""
    assert box.push(record(mobilenumber=number)).record_codes == ["001"]


def test_magic_numbers_are_ordinary_in_web(web: Box) -> None:
    """Edition web has no record codes, so no number of it is magic (IPDWEB-34, AM-14)."""
    assert web.push(record(mobilenumber="1110000043")).code == 1
    assert web.customer(contact1="1110000043")


@pytest.mark.parametrize("code", RECORD_CODES)
def test_a_queued_record_code(box: Box, code: int) -> None:
    """A code queued for records fails those of the next command only (SIM-26)."""
    box.sandbox.forced.add(code, level="record")
    answer = box.push(record(), record(mobilenumber="8850014999"))
    assert answer.record_codes == [f"{code:03d}"] * 2
    assert {found["statusdesc"] for found in answer.records} == {RECORD_CODES[code]}
    assert box.push(record()).record_codes == ["001"]


def test_a_queued_record_code_with_a_match_fails_the_records_that_match(box: Box) -> None:
    """Only those whose fields have the wanted values; fields of the command count for all (SIM-26)."""
    box.sandbox.forced.add(43, level="record", match={"mobilenumber": "8850014999", "media": "12"})
    answer = box.push(record(), record(mobilenumber="8850014999"))
    assert answer.record_codes == ["001", "043"]


@pytest.mark.parametrize(
    ("wish", "sent", "used"),
    [
        ({"times": 2}, [{}, {}, {}], [14, 14, 1]),
        ({"method": "ImportProcessData"}, [{}, {}], [14, 1]),
        ({"method": "getProcessData"}, [{}], [1]),
        ({"match": {"media": "11"}}, [{}, {"media": "11"}], [1, 14]),
        ({"match": {"mobilenumber": "8850014998"}}, [{}], [14]),
    ],
)
def test_which_command_a_queued_code_is_for(
    box: Box, wish: dict[str, Any], sent: list[dict[str, Any]], used: list[int]
) -> None:
    """A queued code counts down and may ask for a method and for fields of command or record (SIM-26)."""
    box.sandbox.forced.add(14, **wish)
    assert [box.command(command(record(), **fields)).code for fields in sent] == used
