"""addEditUser: every status, the printed answers, the name it answers under, and which of two faults answers."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import pytest

from tests.api import NOW_TEXT
from tests.methods.helpers import FUSR, GONE, examples, exchange, printed, rows, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.api import Api

NOBODY = "nobody@avhan.com"
OTHER_PASSWORD = {"confirmpassword": "0" * 32}
NO_MEDIA = {"mediadetails": [{"media": "Pigeon"}]}
WITH_418: dict[str, Any] = {"user_extra_codes": "418"}


class Row(NamedTuple):
    """One status: text, ledger row and evidence, and what provokes it in a printed command."""

    code: int
    text: str
    rule: str
    evidence: str
    changes: Mapping[str, Any]
    quirks: Mapping[str, Any] = {}
    printed: str = "GV-20"


BLANKS: list[Any] = ["", " \t", None, [], {}]

STATUSES = [
    Row(3, "success", "USR-27", "stated", {}),
    Row(3, "success", "USR-27", "stated", {"loginid": "test@avhan.com"}, {}, "GV-22"),
    *(Row(401, "action not found", "USR-28", "stated", {"action": each}) for each in (GONE, "create", "Add", 1)),
    *(Row(402, "action is blank", "USR-29", "stated", {"action": each}) for each in BLANKS),
    Row(403, "userimage not found", "USR-30", "inferred", {"userimage": "nosuch.jpg"}),
    Row(403, "userimage not found", "USR-30", "inferred", {"userimage": GONE}, {"userimage_required": "on"}),
    Row(404, "username not found", "USR-31", "stated", {"username": GONE}),
    *(Row(405, "username is blank", "USR-32", "stated", {"username": each}) for each in BLANKS),
    Row(406, "loginid not found", "USR-33", "stated", {"loginid": GONE}),
    Row(406, "loginid not found", "USR-33", "stated", {"loginid": NOBODY}, {}, "GV-22"),
    *(Row(407, "loginid is blank", "USR-34", "stated", {"loginid": each}) for each in BLANKS),
    *(Row(408, "loginid is invalid", "USR-35", "stated", {"loginid": each}) for each in ("Batman12", 5, ["a@b"])),
    *(Row(409, "usertype not found", "USR-36", "inferred", {"usertype": each}) for each in (GONE, "wizard", 7, ["User"])),
    *(Row(410, "usertype is blank", "USR-37", "stated", {"usertype": each}) for each in BLANKS),
    *(Row(5, "-", "USR-38", "by-example", {"mediadetails": each}) for each in (GONE, *BLANKS, "Chat", ["Chat"])),
    Row(5, "-", "USR-38", "by-example", OTHER_PASSWORD),
    Row(5, "-", "USR-38", "by-example", {"loginid": "test@avhan.com"}),
    Row(5, "-", "USR-38", "by-example", {"loginid": NOBODY}, {"user_extra_codes": "5"}, "GV-22"),
    Row(418, "loginid not exists", "AM-40", "inferred", {"loginid": NOBODY}, WITH_418, "GV-22"),
    Row(5, "-", "USR-38", "by-example", {"apikey": "nodb_org"}),
    Row(1107, "api key not found", "AUTH-01", "stated", {"apikey": "no_such_org"}),
    Row(48, "API key expired", "AUTH-04", "inferred", {"apikey": "expired_org"}),
]  # fmt: skip


def named(row: Row) -> str:
    """Return the name the answer to a row's command carries (USR-20)."""
    return "addUser" if {**printed(row.printed), **row.changes}["action"] == "add" else "addEditUser"


@pytest.mark.parametrize("row", STATUSES)
def test_every_status_has_its_trigger(api: Api, row: Row) -> None:
    """USR-24, USR-27..USR-38, AM-40, E-105, E-106, GEN-05: code, text, row, evidence, and FUSR (AUTH-17, USR-21)."""
    command = printed(row.printed, **row.changes)
    before = api.sandbox.store.dump()
    answer = api.post(command, **row.quirks)
    assert told(api, answer) == (row.code, row.rule, row.evidence, row.text)
    assert answer.http_status == 200
    assert answer.body["method"] == named(row)
    if row.code == 3:
        assert [key for key, _ in answer.shape] == list(examples()["GV-20"]["reply"])
        return
    assert answer.shape == FUSR
    assert list(answer.body.values())[1:] == [1, row.code, "fail", NOW_TEXT]
    assert api.sandbox.store.dump() == before
    worded = api.post(command, web_fail_desc="table", **row.quirks)
    assert worded.body["statusdesc"] == ("fail" if row.text == "-" else row.text)


@pytest.mark.parametrize("name", ["GV-20", "GV-21", "GV-22"])
def test_the_printed_answers(api: Api, name: str) -> None:
    """GV-20, GV-21, GV-22, USR-19: byte for byte as printed but for the time, and 124 for the printed 136 (E-104)."""
    if name == "GV-22":
        api.post(printed("GV-20"))
    free = {"resdatetime": NOW_TEXT, **({"userid": 124} if name == "GV-22" else {})}
    text = orjson.dumps({**examples()[name]["reply"], **free})
    assert api.post(printed(name)).raw == text


def test_a_success_has_no_row_of_its_own(api: Api) -> None:
    """The tables have no success; 3 of the output table is answered, as number with a number's revision (E-112, REF-14)."""
    for value, revision in (("example", 1), ("int", 1), ("string", "1")):
        api.sandbox.reset()
        added = api.post(printed("GV-20"), revisionno_type=value)
        failed = api.post(printed("GV-20"), revisionno_type=value)
        assert (added.status, added.body["revisionno"]) == (3, revision)
        assert (failed.status, failed.body["revisionno"]) == (5, revision)


FORCED = {
    401: "action not found", 402: "action is blank", 403: "userimage not found", 404: "username not found",
    405: "username is blank", 406: "loginid not found", 407: "loginid is blank", 408: "loginid is invalid",
    409: "usertype not found", 410: "usertype is blank", 5: "-", 48: "API key expired", 67: "Data not found",
    2: "Wrong format of received request", 1107: "api key not found", 1108: "Service key not found",
    1243: "Service Key API Key Not matching",
}  # fmt: skip


@pytest.mark.parametrize("way", ["login", "queue"])
@pytest.mark.parametrize("code", FORCED)
def test_forced_statuses(api: Api, code: int, way: str) -> None:
    """force.<code>@mock.test and a queued code answer before the method's checks (SIM-24, AM-14, USR-25)."""
    if way == "queue":
        api.sandbox.forced.add(code)
    login = {"loginid": f"force.{code}@mock.test"} if way == "login" else {}
    before = api.sandbox.store.dump()
    answer = api.post(printed("GV-20", username="", usertype=GONE, **login))
    assert told(api, answer)[0::3] == (code, FORCED[code])
    assert told(api, answer)[2] == "forced"
    name = "addEditUser" if code == 2 else "addUser"
    assert list(answer.body.values()) == [name, 1, code, "fail", NOW_TEXT]
    assert api.sandbox.store.dump() == before


@pytest.mark.parametrize(
    "login",
    ["force.3@mock.test", "force.1@mock.test", "force.461@mock.test", "force.418@mock.test", "force.13@mock.test",
     "force.0403@mock.test", "FORCE.403@mock.test", "force.403@mock.tests", "aforce.403@mock.test"],
)  # fmt: skip
def test_logins_that_are_no_magic(api: Api, login: str) -> None:
    """A success, a code of another table or another spelling is an ordinary new login (AM-14, SIM-24)."""
    assert api.post(printed("GV-20", loginid=login)).status == 3
    assert rows(api, "users", login=login)


def test_418_can_be_forced_where_it_can_be_answered(api: Api) -> None:
    """The code a quirk brings into the table may be forced under that quirk (AM-40, SIM-24)."""
    answer = api.post(printed("GV-20", loginid=" force.418@mock.test "), **WITH_418)
    assert told(api, answer) == (418, "AM-40", "forced", "loginid not exists")


FAILURES: list[tuple[dict[str, Any], str]] = [
    ({}, "addUser"), (OTHER_PASSWORD, "addUser"), ({"username": GONE}, "addUser"),
    ({"apikey": "no_such_org"}, "addUser"), ({"apikey": "expired_org"}, "addUser"),
    ({"apikey": "nodb_org"}, "addUser"), ({"loginid": "force.405@mock.test"}, "addUser"),
    ({"action": "edit"}, "addEditUser"), ({"action": "edit", **OTHER_PASSWORD}, "addEditUser"),
    ({"action": "edit", "apikey": "no_such_org"}, "addEditUser"),
    ({"action": "edit", "loginid": "force.405@mock.test"}, "addEditUser"),
    ({"action": GONE}, "addEditUser"), ({"action": ""}, "addEditUser"), ({"action": "Add"}, "addEditUser"),
    ({"action": " add"}, "addEditUser"), ({"action": ["add"]}, "addEditUser"),
    ({"action": GONE, "apikey": "no_such_org"}, "addEditUser"),
    ({"loginid": "force.2@mock.test"}, "addEditUser"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "name"), FAILURES)
def test_the_name_of_the_answer(api: Api, changes: dict[str, Any], name: str) -> None:
    """addUser for ``add``, success or failure of any kind, else addEditUser; the quirk says it always (USR-20, E-103)."""
    assert api.post(printed("GV-20", **changes)).body["method"] == name
    api.sandbox.reset()
    echoed = api.post(printed("GV-20", **changes), add_method_echo="addEditUser")
    assert echoed.body["method"] == "addEditUser"


@pytest.mark.parametrize("quirks", [{}, {"add_method_echo": "addUser"}, {"add_method_echo": "addEditUser"}])
@pytest.mark.parametrize(
    "text",
    ['{"method":"addEditUser","action":"add",}', '{"action":"add","method" : "addEditUser"',
     '{"method":“addEditUser”,"action":"add"}'],
)  # fmt: skip
def test_broken_text_is_answered_as_addedituser(api: Api, text: str, quirks: dict[str, Any]) -> None:
    """Status 2 in FUSR under addEditUser, whatever action the broken text may have had (AM-67, TRN-33, AUTH-17)."""
    answer = api.post(f"data={text}", **quirks)
    assert answer.shape == FUSR
    assert list(answer.body.values()) == ["addEditUser", 1, 2, "fail", NOW_TEXT]


ORDER: list[tuple[int, str, dict[str, Any]]] = [
    (1107, "apikey", {"apikey": "no_such_org"}),
    (48, "apikey", {"apikey": "expired_org"}),
    (5, "apikey", {"apikey": "nodb_org"}),
    (410, "", {"loginid": "force.410@mock.test"}),
    (401, "action", {"action": GONE}),
    (402, "action", {"action": ""}),
    (401, "action", {"action": "create"}),
    (403, "userimage", {"userimage": "nosuch.jpg"}),
    (403, "userimage", {"userimage": "other.jpg"}),
    (404, "username", {"username": GONE}),
    (405, "username", {"username": ""}),
    (406, "loginid", {"loginid": GONE}),
    (407, "loginid", {"loginid": ""}),
    (408, "loginid", {"loginid": "Batman12"}),
    (409, "usertype", {"usertype": GONE}),
    (410, "usertype", {"usertype": ""}),
    (409, "usertype", {"usertype": "wizard"}),
    (5, "mediadetails", {"mediadetails": GONE}),
    (5, "mediadetails", NO_MEDIA),
    (5, "newpassword", {"newpassword": "secret", "confirmpassword": "secret"}),
    (5, "confirmpassword", {"confirmpassword": GONE}),
    (5, "", OTHER_PASSWORD),
    (5, "loginid", {"loginid": "test@avhan.com"}),
    (406, "loginid", {"loginid": NOBODY, "action": "edit"}),
]
"""USR-25 with the gate in front, under ``image_store=strict``."""


@pytest.mark.parametrize("place", range(len(ORDER)), ids=lambda place: f"{place}-{ORDER[place][0]}")
def test_the_earlier_fault_answers(api: Api, place: int) -> None:
    """With any later fault beside it, a fault is still the one that is told, field and all (USR-25)."""
    code, field, changes = ORDER[place]
    for more in ({}, *(later for _, _, later in ORDER[place + 1 :])):
        if more.keys() & changes.keys():
            continue
        answer = api.post(printed("GV-20", **more, **changes), image_store="strict")
        found = exchange(api).violation
        assert found is not None
        assert (answer.status, found.field) == (code, field), more


def test_there_are_pairs_enough() -> None:
    """The order above makes more than two hundred pairs, so the test of it is not empty (USR-25)."""
    pairs = [(one, two) for one, two in combinations(ORDER, 2) if not one[2].keys() & two[2].keys()]
    assert len(pairs) > 200
