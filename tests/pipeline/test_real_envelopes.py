"""The failure envelopes of the ten methods, asked of their own documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api import NOW_TEXT, without
from tests.methods.helpers import printed, rows

if TYPE_CHECKING:
    from tests.api import Api

F106 = "ImportProcessData"
FWEB = (
    "getProcessData", "reallocatedata", "customer_recording", "customer_multiple_recordings", "deleteUser",
    "userStatus", "getActiveUserList",
)  # fmt: skip
METHODS = (F106, *FWEB, "addEditUser", "saveDisposition")


def failure(method: str, status: int, text: str = "", edition: str = "web") -> list[tuple[str, Any]]:
    """What a method answers when a command without anything but its name and keys is refused."""
    if method == F106 and edition != "web":
        return [
            ("method", method),
            ("statusdesc", text),
            ("status", f"{status:03d}"),
            ("timestamp", NOW_TEXT),
        ]
    if method == "saveDisposition":
        return [("method", "savedisposition"), ("reasonid", status), ("statusdesc", "fail"), ("status", status),
                ("resdatetime", NOW_TEXT)]  # fmt: skip
    revision: object = 1 if method == "addEditUser" else "1"
    return [("method", method), ("revisionno", revision), ("status", status), ("statusdesc", "fail"),
            ("resdatetime", NOW_TEXT)]  # fmt: skip


@pytest.mark.parametrize("edition", ["1.0.6", "web"])
@pytest.mark.parametrize("method", METHODS)
def test_status_2_has_the_envelope_of_the_method(api: Api, method: str, edition: str) -> None:
    """TRN-33, AM-67: of the method that malformed JSON still names, in both editions."""
    answer = api.post(f'data={{"method":"{method}","apikey":', edition=edition)
    expected = failure(method, 2, "Wrong format of received request", edition)
    assert list(answer.body.items()) == expected
    assert [type(value) for value in answer.body.values()] == [type(value) for _, value in expected]


@pytest.mark.parametrize("method", METHODS)
def test_an_unknown_key_is_refused_in_the_envelope_of_the_method(api: Api, method: str) -> None:
    """AUTH-01, AUTH-16: the seven that print FWEB have it, as has ImportProcessData in its older edition."""
    answer = api.post(
        {"method": method, "apikey": "no_such_org", "servicekey": "VoiceProcess"}, edition="web"
    )
    assert list(answer.body.items()) == [
        (key, value) if key != "reasonid" else (key, answer.body["reasonid"])
        for key, value in failure(method, 1107)
    ]


@pytest.mark.parametrize("servicekey", ["", "NoSuchProcess", "process1", "UnmappedProcess", "DisabledProcess", "FORCE_5", 5, None])  # fmt: skip
def test_users_are_the_organisations(api: Api, servicekey: object) -> None:
    """AUTH-10: addEditUser and deleteUser look at the apikey, its expiry and the tenant's database, at no servicekey."""
    added = printed("GV-20", servicekey=servicekey)
    assert api.post(added).body["status"] == 3
    assert rows(api, "users", login=added["loginid"])
    assert api.post(printed("GV-23", servicekey=servicekey)).body["status"] == 1
    for command in (printed("GV-20", servicekey=servicekey), printed("GV-23", servicekey=servicekey)):
        refused = [api.post({**command, "apikey": key}).status for key in ("x", "expired_org", "nodb_org")]
        assert refused == [1107, 48, 5]


def test_the_push_keeps_its_own_envelope(api: Api) -> None:
    """AUTH-15: F106 is ImportProcessData's alone, and only in the newer edition."""
    assert [key for key, _ in api.post(without(media="99")).shape] == [
        "method",
        "statusdesc",
        "status",
        "timestamp",
    ]
