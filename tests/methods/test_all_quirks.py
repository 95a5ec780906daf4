"""What is the same for every method: editions, unknown keys, spelling of keys, the request's time, readings of failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.contract.provoking import provocations
from tests.api import NOW_TEXT, drop, fresh
from tests.methods.every import VARIANTS, WEB, Variant, by_default, failing, members, same, world
from tests.methods.helpers import GONE, exchange, printed, told

if TYPE_CHECKING:
    from tests.api import Api

EDITIONS = ("1.0.6", "web")


def send_all(variant: Variant, how: str, edition: str) -> list[bytes]:
    """Play every provocation of a method, and its printed command, in an edition chosen in one way; return the replies."""
    found = []
    catalogue = fresh().service.catalogue
    sent: list[Any] = [
        (each.data, each.quirks, each.before) for each in provocations(catalogue, variant.name)
    ]
    for data, quirks, before in [*sent, (variant.command(), {}, ())]:
        api = fresh()
        headers = {}
        chosen: dict[str, Any] = dict(quirks)
        if how == "header":
            headers["X-Mock-Edition"] = edition
        elif how == "quirk":
            chosen["edition"] = edition
        else:
            api.sandbox.configure(edition, {})
        for command in before:
            api.post(command, headers=headers)
        body = f"data={data}" if isinstance(data, str) else data
        found.append(api.post(body, headers=headers, **chosen).raw)
        drop(api)
    return found


@pytest.mark.parametrize("variant", WEB, ids=str)
def test_an_edition_changes_nothing_but_the_import(variant: Variant) -> None:
    """GEN-19: success and every failure of the other methods are the same bytes in both editions, however one is chosen."""
    first, *others = [
        send_all(variant, how, edition) for how in ("header", "quirk", "sandbox") for edition in EDITIONS
    ]
    assert all(other == first for other in others)
    assert len(set(first)) > 1


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_unknown_keys_are_ignored_with_a_warning(variant: Variant) -> None:
    """GEN-10, AM-08: the same reply and the same state as without them, and one warning."""
    plain, odd = world(variant), world(variant)
    answer = plain.post(variant.command())
    strange = odd.post(variant.command(strange=1, Media2={"a": []}, statuses=None))
    assert (strange.raw, strange.status if "status" in strange.body else None) == (
        answer.raw, answer.status if "status" in answer.body else None,
    )  # fmt: skip
    assert odd.sandbox.store.dump() == plain.sandbox.store.dump()
    assert (set(strange.warned) - set(answer.warned), "GEN-10" in strange.warned) == (
        {"GEN-10"} - set(answer.warned), True,
    )  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
@pytest.mark.parametrize("spelling", [str.upper, str.capitalize], ids=["upper", "capital"])
def test_keys_are_told_apart_by_case_unless_asked_not_to(variant: Variant, spelling: Any) -> None:
    """GEN-09: by default a capitalised key is unknown; with case_insensitive_keys it is the documented one."""
    api = world(variant)
    plain = api.post(variant.command()).raw
    command = {spelling(name): value for name, value in variant.command().items()}
    api.sandbox.reset()
    assert told(api, api.post(command))[0] == 2
    keyed = {**command, "method": variant.name}
    assert told(api, api.post(keyed))[0] == 1107
    assert api.post(command, case_insensitive_keys="on").raw == plain


HTTP = {2: 400, 1107: 401, 48: 401, 1108: 403, 1243: 403, 61: 403, 421: 403}


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_mapped_http_statuses(variant: Variant) -> None:
    """TRN-34: 200 for success, with http_status=mapped 400, 401 and 403 for those listed, 422 for every other failure."""
    api = world(variant)
    assert api.post(variant.command(), http_status="mapped").http_status == 200
    for code in (*by_default(failing(variant)), 2, 48, 1107, 1108, 1243):
        for mapping, wanted in (("mapped", HTTP.get(code, 422)), ("always200", 200)):
            api.sandbox.forced.add(code)
            answer = api.post(variant.command(), http_status=mapping)
            assert (told(api, answer)[0], answer.http_status) == (code, wanted)
    broken = api.post(f'data={{"method":"{variant.name}"', http_status="mapped")
    assert (told(api, broken)[0], broken.http_status) == (2, 400)


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_other_readings_of_failures(variant: Variant) -> None:
    """AUTH-19, AUTH-20, AM-68, E-22, E-23: one generic code, the table's text; the journal keeps the real code."""
    api = world(variant)
    web = variant.envelope != "F106"
    for code, row in by_default(failing(variant)).items():
        api.sandbox.forced.add(code, times=3)
        plain = members(api.post(variant.command()))
        five = members(api.post(variant.command(), web_fail_status="five"))
        assert exchange(api).status == code
        table = members(api.post(variant.command(), web_fail_desc="table"))
        generic = 4 if variant.envelope == "FDISP" else 5
        assert five == [(name, generic if web and name == "status" else value) for name, value in plain]
        text = row["text"] or "fail"
        assert table == [(name, text if name == "statusdesc" else value) for name, value in plain]


REVISIONS: dict[str, tuple[Any, Any]] = {
    "ImportProcessData-1.0.6": (GONE, GONE), "ImportProcessData-web": (GONE, "1"), "getProcessData-web": (GONE, "1"),
    "reallocatedata-web": (GONE, "1"), "saveDisposition-web": (GONE, GONE), "customer_recording-web": (1, "1"),
    "customer_multiple_recordings-web": (GONE, "1"), "addEditUser-web": (1, 1), "deleteUser-web": ("1", "1"),
    "userStatus-web": (GONE, "1"), "getActiveUserList-web": (GONE, "1"),
}  # fmt: skip
"""revisionno of success and failure."""

WORDS = {
    "ImportProcessData-1.0.6": None, "ImportProcessData-web": "success", "getProcessData-web": "success",
    "reallocatedata-web": "Success", "saveDisposition-web": "success", "customer_recording-web": "success",
    "customer_multiple_recordings-web": None, "addEditUser-web": "success", "deleteUser-web": "success",
    "userStatus-web": None, "getActiveUserList-web": None,
}  # fmt: skip
RECORD_WORDS = {
    "ImportProcessData-1.0.6": "Success", "customer_multiple_recordings-web": "success", "userStatus-web": "Success",
}  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_revisionno_and_the_word_of_success(variant: Variant) -> None:
    """REF-14, E-130, REC-11: always 1, as text or number or not at all; the word is as each payload prints it."""
    api = world(variant)
    success = api.post(variant.command()).body
    api.sandbox.forced.add(2)
    failure = api.post(variant.command()).body
    found = (success.get("revisionno", GONE), failure.get("revisionno", GONE))
    assert found == REVISIONS[str(variant)]
    assert [type(each) for each in found] == [type(each) for each in REVISIONS[str(variant)]]
    assert success.get("statusdesc") == WORDS[str(variant)]
    if str(variant) in RECORD_WORDS:
        assert success["statusdata"][0]["statusdesc"] == RECORD_WORDS[str(variant)]


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_one_type_of_revisionno_everywhere(variant: Variant) -> None:
    """REF-14, AM-48: with revisionno_type=int or string it has that type wherever it stands at all."""
    api = world(variant)
    for quirk, value in (("int", 1), ("string", "1")):
        api.sandbox.forced.add(2)
        body = api.post(variant.command(), revisionno_type=quirk).body
        assert body.get("revisionno", value) == value
        assert ("revisionno" in body) == (REVISIONS[str(variant)][1] is not GONE)


BAD_TIMES: list[Any] = ["", "  ", None, "soon", "2026-02-30 10:00:00", "2026/10/02 05:07:09", 5, [], {}]
GENERIC = {"saveDisposition": 7}


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_the_request_time(variant: Variant) -> None:
    """GEN-18, AM-07, E-16, GEN-16: only a warning by default; with require_reqdatetime the generic code, in saveDisposition 7, in addEditUser nothing."""
    enforced = 0 if variant.name == "addEditUser" else GENERIC.get(variant.name, variant.generic)
    for value in (GONE, *BAD_TIMES):
        api = world(variant)
        unreadable = value is not GONE and str(value).strip() and value not in (None, [], {})
        answer = api.post(variant.command(reqdatetime=value))
        refused = variant.name == "saveDisposition" and unreadable
        assert told(api, answer)[0] == (7 if refused else variant.success), value
        if not refused:
            # Blank is as good as absent there, since a format is asked for (DISP-11).
            absent = value is GONE or (variant.name == "saveDisposition" and not unreadable)
            expected = "GEN-18" if absent else "AM-07"
            wanted = not (value is GONE and variant.name == "addEditUser")
            assert (expected in answer.warned) == wanted, (value, answer.warned)
        api.sandbox.reset()
        assert told(api, api.post(variant.command(reqdatetime=value), require_reqdatetime="on"))[0] == (
            enforced or variant.success
        ), value


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
@pytest.mark.parametrize(("value", "warned"), [(NOW_TEXT, False), ("2026-10-2 5:7:9", True)])
def test_readable_request_times(variant: Variant, value: str, *, warned: bool) -> None:
    """AM-07, GEN-18: unpadded values are taken everywhere, enforced or not, and earn a warning; padded ones earn none."""
    api = world(variant)
    answer = api.post(variant.command(reqdatetime=value))
    assert (told(api, answer)[0], "AM-07" in answer.warned) == (variant.success, warned)
    assert "GEN-18" not in answer.warned
    api.sandbox.reset()
    assert (
        told(api, api.post(variant.command(reqdatetime=value), require_reqdatetime="on"))[0]
        == variant.success
    )


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_the_misprinted_name_of_the_request_time(variant: Variant) -> None:
    """STAT-05, GEN-18, GEN-09: regdatetime counts in userStatus, warned of or enforced; elsewhere it is an unknown key."""
    api = world(variant)
    command = variant.command(reqdatetime=GONE, regdatetime=NOW_TEXT)
    answer = api.post(command)
    known = variant.name == "userStatus"
    assert ("GEN-10" in answer.warned) == (not known)
    assert ("GEN-18" in answer.warned) == (not known and variant.name != "addEditUser")
    api.sandbox.reset()
    status = told(api, api.post(command, require_reqdatetime="on"))[0]
    assert (status == variant.success) == (known or variant.name == "addEditUser")


@pytest.mark.parametrize(
    ("example", "field", "blank", "unknown", "codes"),
    [
        ("GV-09", "mobilenumber", "", "9999999999", (49, 38, 14)),
        ("GV-13", "contactnumber", "", "9999999999", (71, 38, 70)),
        ("GV-17", "systemcallid", "", "180719161420031002", (66, 1111, 63)),
        ("GV-24", "loginid", "", "nobody@avhan.com", (407, 5, 418)),
        ("GV-01", "media", "", "12", (19, 38, 1)),
    ],
)
def test_an_enforced_time_is_checked_after_the_fields_and_before_the_state(
    example: str, field: str, blank: str, unknown: str, codes: tuple[int, int, int]
) -> None:
    """AM-07, GEN-18: of a blank field, a bad time and an unknown value the first answers in this order."""
    api = fresh()

    def code(value: str, time: str) -> int | None:
        changes = {"sessionid": GONE} if example == "GV-17" else {}
        command = printed(example, **{field: value, "reqdatetime": time}, **changes)
        return told(api, api.post(command, require_reqdatetime="on"))[0]

    assert (code(blank, "soon"), code(unknown, "soon"), code(unknown, NOW_TEXT)) == codes
    drop(api)


ABSENT = {
    "ImportProcessData-1.0.6": ("reqdatetime", 38), "ImportProcessData-web": ("reqdatetime", 5),
    "getProcessData-web": ("reqdatetime", 38), "reallocatedata-web": ("reqdatetime", 38),
    "saveDisposition-web": ("media", 111), "customer_recording-web": ("reqdatetime", 1111),
    "customer_multiple_recordings-web": ("reqdatetime", 1111), "addEditUser-web": ("mediadetails", 5),
    "deleteUser-web": ("reqdatetime", 5), "userStatus-web": ("loginids", 5),
    "getActiveUserList-web": ("reqdatetime", 5),
}  # fmt: skip
"""A mandatory field of each method whose absence no table has a code for."""


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_an_absent_field_without_a_code_of_its_own(variant: Variant) -> None:
    """GEN-16, GEN-03: the method's generic code; 5 where no table describes the fault, and only there."""
    api = world(variant)
    field, code = ABSENT[str(variant)]
    answer = api.post(variant.command(**{field: GONE}), require_reqdatetime="on")
    assert told(api, answer)[0] == code == variant.generic
    text = failing(variant)[code]["text"]
    assert same(members(answer), variant.failure(code, text))
    assert (code == 5) == (text == "")


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
@pytest.mark.parametrize("edition", EDITIONS)
def test_malformed_commands(variant: Variant, edition: str) -> None:
    """TRN-33, TRN-31, AM-67, AUTH-16 … AUTH-18: status 2 in the envelope of the method that is sniffed, with its name, in either edition."""
    web = Variant("ImportProcessData", edition, "", 1, "F106" if edition == "1.0.6" else "FWEB", 5, (5, ""))
    asked = web if variant.name == web.name else variant
    for broken in (
        '{{"method":"{}","apikey":"test_org"',
        '{{"apikey":"x" "method" : "{}"}}',
        "{{method:“{}”}}",
    ):
        api = fresh()
        answer = api.post(f"data={broken.format(variant.name)}", edition=edition)
        wanted = asked.failure(2, "Wrong format of received request", variant.name)
        assert same(members(answer), wanted), (broken, answer.raw)
        drop(api)


@pytest.mark.parametrize(
    ("changes", "quirks", "method", "status"),
    [
        ({"action": "add", "username": ""}, {}, "addUser", 405),
        ({"action": "edit", "username": ""}, {}, "addEditUser", 405),
        ({"action": "wipe"}, {}, "addEditUser", 401),
        ({"action": ""}, {}, "addEditUser", 402),
        ({"action": GONE}, {}, "addEditUser", 401),
        ({"apikey": "x"}, {}, "addUser", 1107),
        ({"apikey": "x", "action": "edit"}, {}, "addEditUser", 1107),
        ({"loginid": "force.5@mock.test"}, {}, "addUser", 5),
        ({"username": ""}, {"add_method_echo": "addEditUser"}, "addEditUser", 405),
        ({"username": "", "action": "1"}, {"action_codes": "both"}, "addUser", 405),
        ({"username": "", "action": 2}, {"action_codes": "both"}, "addEditUser", 405),
    ],
)  # fmt: skip
def test_failures_of_users(changes: dict[str, Any], quirks: dict[str, Any], method: str, status: int) -> None:
    """AUTH-17, USR-20: revisionno 1 as a number; the method is addUser when a user was to be added, else addEditUser."""
    api = fresh()
    answer = api.post(printed("GV-20", **changes), **quirks)
    wanted = [
        ("method", method), ("revisionno", 1), ("status", status), ("statusdesc", "fail"), ("resdatetime", NOW_TEXT),
    ]  # fmt: skip
    assert same(members(answer), wanted)
    drop(api)


BAD_PAIR = {"dispomasterid": 999}


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"login": "nobody@avhan.com"}, 4, 4),
        ({"login": "nobody@avhan.com", **BAD_PAIR}, 4, 31),
        ({"login": "nobody@avhan.com", "disporeasonid": GONE}, 4, 31),
        ({"login": "rupesh.v@avhan.com"}, 6, 6),
        ({"login": "rupesh.v@avhan.com", **BAD_PAIR}, 6, 31),
        ({"selecteddatetime": "01-11-2018"}, 7, 7),
        ({"reqdatetime": "01-11-2018", **BAD_PAIR}, 7, 31),
        ({"selecteddatetime": "1999-12-31 23:59:59"}, 8, 8),
        (BAD_PAIR, 31, 31),
        ({"contactvalue": "9000000032"}, 32, 32),
        ({"contactvalue": "12"}, 111, 111),
        ({"apikey": "no_such_org", **BAD_PAIR}, 1107, 1107),
        ({"servicekey": "DisabledProcess", **BAD_PAIR}, 421, 421),
        ({"apikey": "nodb_org", "servicekey": "NoDbProcess", **BAD_PAIR}, 111, 111),
        ({"servicekey": "FORCE_6", **BAD_PAIR}, 6, 6),
    ],
)  # fmt: skip
def test_failures_of_dispositions(changes: dict[str, Any], status: int, reason: int) -> None:
    """AUTH-18, DISP-14, GEN-06: savedisposition, then reasonid: 31 if the pair is unknown and the keys were right, else the status."""
    api = fresh()
    answer = api.post(printed("GV-15", **changes))
    wanted = [
        ("method", "savedisposition"), ("reasonid", reason), ("statusdesc", "fail"), ("status", status),
        ("resdatetime", NOW_TEXT),
    ]  # fmt: skip
    assert same(members(answer), wanted)
    drop(api)


@pytest.mark.parametrize(
    ("changes", "quirks", "method"),
    [
        ({}, {}, "addUser"),
        ({}, {"add_method_echo": "addEditUser"}, "addEditUser"),
        ({"action": "edit", "loginid": "user12@avhan.com"}, {}, "addEditUser"),
    ],
)
def test_the_name_of_an_accepted_user(changes: dict[str, Any], quirks: dict[str, Any], method: str) -> None:
    """USR-20: a success says addUser to an added user, addEditUser to a changed one, or always by the quirk."""
    api = fresh()
    body = api.post(printed("GV-20", **changes), **quirks).body
    assert (body["method"], body["status"], body["statusdesc"]) == (method, 3, "success")
    drop(api)


@pytest.mark.parametrize(
    ("changes", "style", "status", "reason"),
    [
        ({"login": "nobody@avhan.com", **BAD_PAIR}, "example", 4, 4),
        ({"contactvalue": "12", **BAD_PAIR}, "example", 4, 31),
        ({"contactvalue": "9000000032"}, "example", 4, 32),
        ({"apikey": "no_such_org"}, "example", 4, 1107),
        ({"login": "nobody@avhan.com", "disporeasonid": 2}, "echo", 4, 2),
        ({"selecteddatetime": "x", "disporeasonid": "1"}, "echo", 7, 1),
        ({"login": "nobody@avhan.com", "disporeasonid": GONE}, "echo", 4, 4),
    ],
)
def test_other_readings_of_failed_dispositions(
    changes: dict[str, Any], style: str, status: int, reason: int
) -> None:
    """DISP-14: as the example always 4 with the first code as its reason, or the reason that was sent."""
    api = fresh()
    body = api.post(printed("GV-15", **changes), disp_fail_style=style).body
    assert (body["status"], body["reasonid"]) == (status, reason)
    drop(api)


def test_there_are_ten_methods() -> None:
    """TRN-01: the table of these tests has all that the service answers."""
    api: Api = fresh()
    assert {variant.name for variant in VARIANTS} == set(api.service.catalogue.methods)
    drop(api)
