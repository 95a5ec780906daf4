"""The gate in front of every method: which keys pass, which code refuses, in which order."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from tests.api import without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.api import Api

EDITIONS = ["1.0.6", "web"]
JUNK = [None, "", "  ", 5, True, 1.5, [], ["test_org"], {}, {"a": 1}, "test_org ", " MUMBAI_CRM_OBD"]


def ask(api: Api, edition: str, *, drop: str = "", **changes: Any) -> tuple[int, str | None]:
    """Return status and deciding row of an import with other keys."""
    answer = api.post(without(drop, **changes), headers={"X-Mock-Edition": edition})
    return answer.status, answer.rule


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("apikey", [*JUNK, "no_such_org"])
def test_an_apikey_that_is_none(api: Api, edition: str, apikey: object) -> None:
    """AUTH-01, AUTH-14, AM-61, IPD106-02, IPDWEB-02: blank, of another type, padded or unknown: 1107."""
    assert ask(api, edition, apikey=apikey) == (1107, "AUTH-01")


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("servicekey", [*JUNK, "NoSuchProcess"])
def test_a_servicekey_that_is_none(api: Api, edition: str, servicekey: object) -> None:
    """AUTH-02, AUTH-14, AM-61, IPD106-03, IPDWEB-03: blank, of another type, padded or unknown to every tenant: 1108."""
    assert ask(api, edition, servicekey=servicekey) == (1108, "AUTH-02")


@pytest.mark.parametrize("edition", EDITIONS)
def test_absent_keys(api: Api, edition: str) -> None:
    """AUTH-01, AUTH-02: a key that is not there is not found."""
    assert ask(api, edition, drop="apikey") == (1107, "AUTH-01")
    assert ask(api, edition, drop="servicekey") == (1108, "AUTH-02")


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_process_of_another_tenant(api: Api, edition: str) -> None:
    """AUTH-03, AUTH-12: both keys exist, but a service key stands for a process of one tenant."""
    assert ask(api, edition, servicekey="process1") == (1243, "AUTH-03")
    assert ask(api, edition, apikey="nodb_org") == (1243, "AUTH-03")


def test_the_codes_of_each_edition(api: Api) -> None:
    """AUTH-04, AUTH-05, AUTH-06, AUTH-07, AM-62, E-49: an expired key, a revoked mapping, no database, a disabled process."""
    faults: dict[str, dict[str, Any]] = {
        "expired": {"apikey": "expired_org", "servicekey": "ExpiredProcess"},
        "unmapped": {"servicekey": "UnmappedProcess"},
        "database": {"apikey": "nodb_org", "servicekey": "NoDbProcess"},
        "disabled": {"servicekey": "DisabledProcess"},
    }
    found = {
        (edition, name): ask(api, edition, **keys) for edition in EDITIONS for name, keys in faults.items()
    }
    assert found == {
        ("1.0.6", "expired"): (48, "IPD106-50"),
        ("1.0.6", "unmapped"): (61, "IPD106-58"),
        ("1.0.6", "database"): (38, "IPD106-43"),
        ("1.0.6", "disabled"): (1108, "AUTH-07"),
        ("web", "expired"): (48, "AUTH-04"),
        ("web", "unmapped"): (1243, "AUTH-05"),
        ("web", "database"): (5, "IPDWEB-28"),
        ("web", "disabled"): (1108, "AUTH-07"),
    }


def test_other_readings_of_expiry_and_mapping(api: Api) -> None:
    """AUTH-04, AUTH-05, E-46, E-47: ``expired_code`` is about the web edition, ``mapping_code`` about 1.0.6."""
    expired = without(apikey="expired_org", servicekey="ExpiredProcess")
    unmapped = without(servicekey="UnmappedProcess")
    assert api.post(expired, edition="web", expired_code="1107").status == 1107
    assert api.post(expired, edition="1.0.6", expired_code="1107").status == 48
    assert api.post(unmapped, edition="1.0.6", mapping_code="1243").status == 1243
    assert api.post(unmapped, edition="web", mapping_code="61").status == 1243


def test_keys_expire_on_the_sandbox_clock(api: Api) -> None:
    """AUTH-04, AM-50: valid before its last second, expired from then on; expired_org since 2000."""
    expiring = without(apikey="expiring_org", servicekey="ExpiringProcess")
    expired = without(apikey="expired_org", servicekey="ExpiredProcess")
    clock = api.sandbox.clock
    seen = []
    for moment in (
        "1999-12-31 23:59:59",
        "2000-01-01 00:00:00",
        "2099-12-31 23:59:58",
        "2099-12-31 23:59:59",
    ):
        clock.set("frozen", datetime.fromisoformat(moment))
        seen.append((api.post(expired).status, api.post(expiring).status))
    assert seen == [(1, 1), (48, 1), (48, 1), (48, 48)]


def test_every_printed_key_is_seeded(api: Api) -> None:
    """AUTH-13, AUTH-12: the keys of the printed examples lead to their tenants' processes."""
    base64, hexadecimal = (
        "MsQgi5/gKVZusW5XziRf76nHbn9JxU4VDSWwongD5dU=",
        "e763f560e120b316ea7ea4f2de646d780e64457c160c",
    )
    pairs = [("test_org", key) for key in ("VoiceProcess", "voiceprocess", "VoiceInOut", "MUMBAI_CRM_OBD")]
    pairs += [(base64, "process1"), (base64, "Policy"), (hexadecimal, "clicktocall_457_23122019105710")]
    assert [ask(api, "web", apikey=apikey, servicekey=key)[0] for apikey, key in pairs] == [1] * len(pairs)


def test_common_codes_have_their_printed_texts(api: Api) -> None:
    """AUTH-09, AUTH-01, AUTH-02, AUTH-03, E-31: the common codes hold for every method, each with its edition's text."""
    sent = [{"apikey": "x"}, {"servicekey": "x"}, {"servicekey": "process1"}]
    texts = {
        edition: [
            api.post(without(**keys), edition=edition).header("X-Mock-Status-Description") for keys in sent
        ]
        for edition in EDITIONS
    }
    both = ["Service key not found", "Service Key API Key Not matching"]
    assert texts == {"1.0.6": ["API key not found", *both], "web": ["api key not found", *both]}


Fault = tuple[str, int, int, "Callable[[Api, dict[str, Any]], None]"]


def _unknown_apikey(_: Api, command: dict[str, Any]) -> None:
    command["apikey"] = "no_such_org"


def _expired(api: Api, _: dict[str, Any]) -> None:
    api.change("tenants", {"apikey": "test_org"}, expires="2000-01-01 00:00:00")


def _unknown_servicekey(_: Api, command: dict[str, Any]) -> None:
    command["servicekey"] = "NoSuchProcess"


def _foreign(api: Api, command: dict[str, Any]) -> None:
    if command["servicekey"] == "MUMBAI_CRM_OBD":
        api.process(tenant="nodb_org")


def _unmapped(api: Api, _: dict[str, Any]) -> None:
    api.process(mapped=False)


def _no_database(api: Api, _: dict[str, Any]) -> None:
    api.change("tenants", {"apikey": "test_org"}, database=False)


def _disabled(api: Api, _: dict[str, Any]) -> None:
    api.process(enabled=False)


def _bad_media(_: Api, command: dict[str, Any]) -> None:
    command["media"] = "99"


ORDER: list[Fault] = [
    ("unknown apikey", 1107, 1107, _unknown_apikey),
    ("expired", 48, 48, _expired),
    ("unknown servicekey", 1108, 1108, _unknown_servicekey),
    ("foreign", 1243, 1243, _foreign),
    ("unmapped", 61, 1243, _unmapped),
    ("no database", 38, 5, _no_database),
    ("disabled", 1108, 1108, _disabled),
    ("bad media", 17, 17, _bad_media),
]
"""Every fault in the order of AUTH-08, then one of the method's own: code in 1.0.6, code in web, how to cause it."""


def _pairs() -> Iterator[tuple[Fault, Fault]]:
    yield from combinations(ORDER, 2)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    ("first", "second"), [pytest.param(*pair, id=f"{pair[0][0]}-{pair[1][0]}") for pair in _pairs()]
)
def test_of_two_faults_the_earlier_one_answers(api: Api, edition: str, first: Fault, second: Fault) -> None:
    """AUTH-08, TRN-39, GEN-06: expiry, keys, tenant, mapping, database, process, then the method's own checks."""
    command = without()
    for _, _, _, cause in (second, first):
        cause(api, command)
    assert ask(api, edition, **command)[0] == first[1 if edition == "1.0.6" else 2]


def test_malformed_and_unknown_method_come_before_the_keys(api: Api) -> None:
    """TRN-39: bytes, then method, then keys."""
    assert api.post(without(apikey="x", method="nonesuch")).status == 2
    assert api.post('data={"method":"ImportProcessData","apikey":"x"').status == 2


# Forced codes


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_failure_code_can_be_forced_and_has_its_own_text(api: Api, edition: str) -> None:
    """AM-14, SIM-23, SIM-27, GEN-02, AM-62: each code of the method's table, in its envelope, with the table's text."""
    table = api.service.catalogue.methods["ImportProcessData"]["editions"][edition]["statuses"]
    rows = {**table["record"], **table["request"]}
    codes = [code for code, row in rows.items() if not row.get("success")]
    assert len(codes) > 9
    before = api.counts()
    for code in codes:
        answer = api.post(without(servicekey=f"FORCE_{code}"), headers={"X-Mock-Edition": edition})
        assert (answer.status, answer.header("X-Mock-Evidence")) == (int(code), "forced")
        assert answer.header("X-Mock-Status-Description") == (rows[code]["text"] or "-")
        assert answer.rule == rows[code]["ledger"]
    assert api.counts() == before


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("code", [2, 5, 67, 1107, 1108, 1243])
def test_common_and_exampled_codes_can_be_forced(api: Api, edition: str, code: int) -> None:
    """AM-14: the common codes, 2, and the two that only examples know; a text of no table is "fail"."""
    answer = api.post(without(servicekey=f"FORCE_{code}"), headers={"X-Mock-Edition": edition})
    assert (answer.status, answer.header("X-Mock-Evidence")) == (code, "forced")
    if edition == "1.0.6":
        assert answer.body["statusdesc"]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    "key", ["FORCE_1", "FORCE_0", "FORCE_017", "FORCE_9999", "FORCE_17x", "FORCE_", "force_17", "FORCE_12345", "xFORCE_17"]
)  # fmt: skip
def test_any_other_magic_key_is_an_unknown_key(api: Api, edition: str, key: str) -> None:
    """AM-14: success, padding, unknown codes and other spellings are ordinary unknown keys."""
    assert ask(api, edition, servicekey=key) == (1108, "AUTH-02")


def test_a_code_of_the_other_edition_cannot_be_forced(api: Api) -> None:
    """AM-14: the code must be one of that method and edition."""
    assert ask(api, "1.0.6", servicekey="FORCE_69")[0] == 69
    assert ask(api, "web", servicekey="FORCE_69") == (1108, "AUTH-02")


def test_a_forced_code_comes_after_the_gate_and_before_the_method(api: Api) -> None:
    """SIM-27, SIM-23: any valid apikey; an unknown or expired one, or no database, answers first."""
    assert ask(api, "1.0.6", servicekey="FORCE_62", apikey="x")[0] == 1107
    assert ask(api, "1.0.6", servicekey="FORCE_62", apikey="expired_org")[0] == 48
    assert ask(api, "1.0.6", servicekey="FORCE_62", apikey="nodb_org")[0] == 38
    assert ask(api, "1.0.6", servicekey="FORCE_62", media="99")[0] == 62


def test_queued_codes_are_used_up_in_order(api: Api) -> None:
    """SIM-26, SIM-27: a queued status refuses the next commands that match, as often as asked, after the gate."""
    forced = api.sandbox.forced
    forced.add(69, times=2, match={"mobilenumber": "8850014998"})
    forced.add(54, method="ImportProcessData")
    assert api.post(without(apikey="x")).status == 1107
    answers = [api.post(without()) for _ in range(4)]
    assert [answer.status for answer in answers] == [69, 69, 54, 1]
    assert [answer.header("X-Mock-Evidence") for answer in answers] == ["forced"] * 3 + ["stated"]
    forced.add(36, level="record")
    assert api.post(without()).body["statusdata"][0]["statuscode"] == "036"
