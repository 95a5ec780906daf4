"""Dates and times are written one way everywhere; what is pulled keeps the way it was pushed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.api import NOW_TEXT
from tests.methods.helpers import printed, rows
from tests.methods.pulling import leads, pull, push

if TYPE_CHECKING:
    from tests.api import Api

GOOD = ["2026-10-02 13:55:47", "2024-02-29 00:00:00", " 2026-10-02 23:59:59 "]
BAD = [
    "2026-10-2 05:07:09", "2026-02-29 00:00:00", "2026-10-02 24:00:00", "2026-10-02 01:55:47 PM",
    "2026-10-02T13:55:47", "2026-10-02", "13:55:47", "02-10-2026 13:55:47", "2026-10-02 13:55:47.5",
]  # fmt: skip
FIELDS: dict[str, tuple[str, dict[str, Any], int]] = {
    "callDateTime, 1.0.6": ("GV-02", {}, 55),
    "callDateTime, web": ("GV-05", {}, 5),
    "calldatetime": ("GV-13", {"calldatetime": None}, 38),
    "selecteddatetime": ("GV-15", {"selecteddatetime": None}, 7),
    "fromdate": ("GV-12", {"fromdate": None, "todate": "2099-12-31 00:00:00"}, 46),
    "todate": ("GV-12", {"fromdate": "2000-01-01 00:00:00", "todate": None}, 16),
}
"""A printed command, what of it is changed (None: the moment under test), and the code of a bad moment."""


def with_moment(name: str, moment: str) -> dict[str, Any]:
    """Return a printed command that brings a moment in a field."""
    example, changes, _ = FIELDS[name]
    if changes:
        return printed(example, **{key: moment if value is None else value for key, value in changes.items()})
    command = printed(example)
    return {**command, "data": [{**record, "callDateTime": moment} for record in command["data"]]}


def ready(api: Api) -> None:
    """Put the agent of the printed disposition into the state it finds him in."""
    api.change("users", {"tenant": "test_org", "login_key": "dinesh.s@avhan.com"}, status=7)


@pytest.mark.parametrize("name", FIELDS)
def test_moments_in_requests(api: Api, name: str) -> None:
    """REF-10, GEN-14, AM-15: every field that is a moment takes the one form, 24 hours and zero-padded, and no other."""
    edition = "web" if name.endswith("web") else "1.0.6"
    bad = FIELDS[name][2]
    for moment in BAD:
        ready(api)
        assert api.post(with_moment(name, moment), edition=edition).status == bad, moment
    for moment in GOOD:
        ready(api)
        assert api.post(with_moment(name, moment), edition=edition).status != bad, moment


@pytest.mark.parametrize("name", ["GV-02", "GV-05", "GV-09", "GV-13", "GV-15"])
def test_the_request_time_has_the_same_form(api: Api, name: str) -> None:
    """REF-10, AM-07: reqdatetime is meant to be of that form; another one is warned of where it is not refused."""
    for moment in BAD:
        answer = api.post(printed(name, reqdatetime=moment))
        assert "AM-07" in answer.warned or answer.status == 7, moment
    for moment in GOOD:
        ready(api)
        assert "AM-07" not in api.post(printed(name, reqdatetime=moment)).warned


@pytest.mark.parametrize(
    ("example", "changes", "key"),
    [
        ("GV-02", {}, "resdatetime"),
        ("GV-02", {"media": "99"}, "timestamp"),
        ("GV-12", {}, "resdatetime"),
        ("GV-12", {"todate": ""}, "resdatetime"),
        ("GV-13", {}, "resdatetime"),
        ("GV-14", {}, "resdatetime"),
        ("GV-25", {}, "timestamp"),
    ],
)
def test_moments_in_answers(api: Api, example: str, changes: dict[str, Any], key: str) -> None:
    """REF-10, GEN-15: resdatetime and timestamp are of that form too, also in the afternoon."""
    assert api.post(printed(example, **changes)).body[key] == NOW_TEXT
    api.sandbox.clock.set("frozen", datetime.fromisoformat("2026-01-02 15:06:07"))
    assert api.post(printed(example, **changes)).body[key] == "2026-01-02 15:06:07"


def test_dates_and_times_of_day(api: Api) -> None:
    """REF-11: policy and lead dates come back YYYY-MM-DD and hh:mm:ss as pushed and as printed; dates of a user are kept so."""
    dates = {
        "policyexpirydate": "2027-03-31",
        "dateofleadcreation": "2024-02-29",
        "timeofleadcreation": "23:59:01",
    }
    for edition, lead in (("1.0.6", "D1"), ("web", "D2")):
        push(api, {"leadnumber": lead, "mobilenumber": "7000000001", **dates}, edition=edition)
        answer = pull(api, "crmuniquefield", crmuniquefield=lead)
        assert [leads(answer, name)[0] for name in dates] == list(dates.values())
    answer = pull(api, "customercode", customercode="1")
    assert [leads(answer, name)[0] for name in dates] == ["2013-02-22", "2012-02-22", "12:00:00"]
    assert api.post(printed("GV-20")).status == 3
    (user,) = rows(api, "users", login="Batman12@avhan.com")
    assert (user["fields"]["dob"], user["fields"]["doj"]) == ("1990-11-13", "2014-11-13")
