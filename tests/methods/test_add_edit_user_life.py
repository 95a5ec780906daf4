"""Users as they come, change and go: what other methods see of them, and many clients at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.api import NOW_TEXT, drop, fresh
from tests.methods.helpers import GONE, printed, rows

if TYPE_CHECKING:
    from tests.api import Answer, Api

LOGIN = "Batman12@avhan.com"
POLICY = "MsQgi5/gKVZusW5XziRf76nHbn9JxU4VDSWwongD5dU="
OPTIONAL = (
    "userimage", "newpassword", "confirmpassword", "customercode", "groups", "gender", "dob", "doj", "address",
    "country", "state", "city", "language", "contactdetails", "skilldetails", "reqdatetime",
)  # fmt: skip


def add(api: Api, login: str = LOGIN, **changes: Any) -> Answer:
    return api.post(printed("GV-20", loginid=login, **changes))


def edit(api: Api, login: str = LOGIN, **changes: Any) -> Answer:
    return api.post(printed("GV-22", loginid=login, **changes))


def status_of(api: Api, *logins: str) -> list[dict[str, Any]]:
    """Ask userStatus."""
    found: list[dict[str, Any]] = api.post(printed("GV-25", loginids=list(logins))).body["statusdata"]
    return found


def active(api: Api) -> list[dict[str, Any]]:
    """Ask getActiveUserList."""
    command = {"method": "getActiveUserList", "apikey": "test_org", "servicekey": "VoiceProcess"}
    found: list[dict[str, Any]] = api.post({**command, "reqdatetime": NOW_TEXT}).body["activeuserlist"]
    return found


def user(api: Api, login: str = LOGIN) -> dict[str, Any]:
    (row,) = rows(api, "users", tenant="test_org", login=login)
    return row


def test_ids_count_from_124(api: Api) -> None:
    """Each new user has the tenant's next id, a refused one takes none, an edit returns the old one (USR-22, USR-23, E-104)."""
    assert [add(api, f"u{n}@avhan.com").body["userid"] for n in range(3)] == [124, 125, 126]
    assert add(api, "u0@avhan.com").status == 5
    assert add(api, "u9@avhan.com", usertype="wizard").status == 409
    assert edit(api, "u1@avhan.com").body["userid"] == 125
    assert edit(api, "test@avhan.com").body["userid"] == 105
    assert add(api, "u3@avhan.com").body["userid"] == 127


def test_tenants_have_users_of_their_own(api: Api) -> None:
    """The same login is free in another tenant, counted there, and its user is unknown here (USR-22, USR-26)."""
    assert add(api, apikey=POLICY).body["userid"] == 1
    assert edit(api).status == 406
    assert add(api).body["userid"] == 124
    assert edit(api, apikey=POLICY, username="Robin").body["userid"] == 1
    assert [user["username"] for user in rows(api, "users", login=LOGIN)] == ["Robin", "Batman12"]


def test_an_edit_keeps_what_is_absent(api: Api) -> None:
    """Only the three mandatory fields sent: all optional ones stay as they were (USR-23)."""
    add(api)
    before = user(api)
    sent: dict[str, Any] = dict.fromkeys(OPTIONAL, GONE)
    sent |= {"username": "Robin", "usertype": "mis"}
    assert edit(api, **sent, mediadetails=[{"media": "chat"}]).status == 3
    assert user(api) == {**before, "username": "Robin", "usertype": "MIS", "media": ["Chat"]}


def test_an_edit_keeps_what_is_blank(api: Api) -> None:
    """A blank optional field counts as not sent (USR-23)."""
    add(api)
    before = user(api)
    blanks: list[Any] = ["", None, [], {}, "  "]
    for blank in blanks:
        assert edit(api, **dict.fromkeys(OPTIONAL, blank)).status == 3
        assert user(api) == before


REPLACED: list[tuple[str, Any, str]] = [
    ("userimage", "new.png", "image"), ("customercode", "7", ""), ("groups", ["Joker_group"], ""),
    ("gender", "x", ""), ("dob", "2000-01-01", ""), ("doj", "2020-01-01", ""), ("address", "Gotham", ""),
    ("country", "US", ""), ("state", "NJ", ""), ("city", "Gotham", ""),
    ("language", [{"languageid": "3", "language": "Marathi"}], ""), ("contactdetails", [{"contactid": "1"}], ""),
    ("skilldetails", [{"skillname": "flying"}], ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "column"), REPLACED)
def test_an_edit_replaces_what_is_present(api: Api, name: str, value: Any, column: str) -> None:
    """One optional field sent: that one is replaced as a whole, all others stay (USR-23)."""
    add(api)
    before = user(api)
    others = {each: GONE for each in OPTIONAL if each != name}
    assert edit(api, **{**others, name: value}).status == 3
    expected = (
        {**before, column: value} if column else {**before, "fields": {**before["fields"], name: value}}
    )
    assert user(api) == expected


def test_an_edit_changes_the_password(api: Api) -> None:
    """A new password replaces the old one, a confirmation alone does nothing (USR-23, USR-09, USR-10)."""
    add(api)
    edit(api, newpassword="A" * 32, confirmpassword="A" * 32)
    assert user(api)["password"] == "A" * 32
    edit(api, newpassword=GONE, confirmpassword="B" * 32)
    assert user(api)["password"] == "A" * 32
    assert edit(api, newpassword="B" * 32, confirmpassword="C" * 32).status == 5
    assert user(api)["password"] == "A" * 32


@pytest.mark.parametrize("spelled", ["BATMAN12@AVHAN.COM", " batman12@avhan.com "])
def test_the_login_itself_cannot_be_edited(api: Api, spelled: str) -> None:
    """It finds the user in any case, and stays as it was first written (USR-06, USR-23)."""
    add(api)
    assert edit(api, spelled, username="Robin").body["userid"] == 124
    assert (user(api)["login"], user(api)["username"]) == (LOGIN, "Robin")


def test_seeded_users_without_an_email_cannot_be_edited(api: Api) -> None:
    """Logins such as user10 exist, but this method asks for an e-mail, as deleteUser does; userStatus does not (E-116)."""
    for login in ("user10", "tanmay.k", "user1"):
        assert edit(api, login).status == 408
        assert api.post(printed("GV-23", loginid=login)).status == 408
        assert status_of(api, login)[0]["status"] == 3


def test_a_new_user_is_logged_out(api: Api) -> None:
    """userStatus finds him, in status 0 without a description, since now; before he was unknown (AM-44, USR-22)."""
    assert status_of(api, LOGIN)[0]["status"] == 4
    add(api)
    (found,) = status_of(api, LOGIN)
    assert (found["status"], found["currentstatus"], found["currentstatusdesc"]) == (3, 0, "")
    assert (found["duration"], found["statuschangetime"]) == (0, "02-Jan-26 03:04:05 AM")
    old = [
        (each["currentstatus"], each["currentstatusdesc"])
        for each in status_of(api, "user12@avhan.com", "user10")
    ]
    assert old == [(0, ""), (11, "System Sent NA")]


def test_a_new_user_is_listed_last(api: Api) -> None:
    """getActiveUserList tells him with id, image and status 0, after the seeded ones (USR-22, AM-44)."""
    before = active(api)
    add(api)
    after = active(api)
    assert after[:-1] == before
    told = after[-1]
    assert (told["username"], str(told["uniqueuserid"]), told["currentstatusid"]) == ("Batman12", "124", 0)
    assert told["userimage"] == "c2c_clicktocall_201601051003844.jpg"


def test_a_new_user_has_a_client_login(api: Api) -> None:
    """So he can be deleted, which the seeded orphan cannot, not even after an edit (AM-45, E-114)."""
    add(api)
    assert api.post(printed("GV-23")).status == 1
    assert edit(api, "orphan@avhan.com").status == 3
    assert api.post(printed("GV-23", loginid="orphan@avhan.com")).status == 461


def test_eight_clients_add_the_same_login(api: Api) -> None:
    """Of eight threads exactly one is accepted for each login, in whatever case, and no id is given twice (USR-24, USR-22)."""

    def run(thread: int) -> list[tuple[str, int, int | None]]:
        found = []
        for number in range(12):
            login = f"user{number}@Mock.Test"
            answer = add(api, login.upper() if thread % 2 else login)
            found.append((login, answer.status, answer.body.get("userid")))
        return found

    with ThreadPoolExecutor(8) as threads:
        found = [each for results in threads.map(run, range(8)) for each in results]
    accepted = [each for each in found if each[1] == 3]
    assert sorted(login for login, _, _ in accepted) == sorted(
        f"user{number}@Mock.Test" for number in range(12)
    )
    assert {status for _, status, _ in found} == {3, 5}
    assert sorted(userid for _, _, userid in accepted if userid) == list(range(124, 136))


SOME = st.sampled_from(["a@b", "A@b", "c@d", "C@D", "test@avhan.com"])
NAMES = st.sampled_from(["x", "y"])


class Users(RuleBasedStateMachine):
    """Adds, edits, deletes and asks at random, beside a dictionary that does the same."""

    def __init__(self) -> None:
        super().__init__()
        self.api = fresh()
        self.next = 124
        self.users: dict[str, tuple[int, str, str]] = {"test@avhan.com": (105, "Test", "test@avhan.com")}

    @rule(login=SOME, name=NAMES)
    def add(self, login: str, name: str) -> None:
        answer = add(self.api, login, username=name)
        if login.lower() in self.users:
            assert answer.status == 5
            return
        assert answer.body["userid"] == self.next
        self.users[login.lower()] = (self.next, name, login)
        self.next += 1

    @rule(login=SOME, name=NAMES)
    def edit(self, login: str, name: str) -> None:
        answer = edit(self.api, login, username=name)
        known = self.users.get(login.lower())
        if known is None:
            assert answer.status == 406
            return
        assert answer.body["userid"] == known[0]
        self.users[login.lower()] = (known[0], name, known[2])

    @rule(login=SOME)
    def delete(self, login: str) -> None:
        answer = self.api.post(printed("GV-23", loginid=login))
        assert answer.status == (1 if self.users.pop(login.lower(), None) else 418)

    @rule(login=SOME)
    def ask(self, login: str) -> None:
        assert status_of(self.api, login)[0]["status"] == (3 if login.lower() in self.users else 4)

    @invariant()
    def agrees(self) -> None:
        found = {
            row["login_key"]: (row["userid"], row["username"], row["login"])
            for row in rows(self.api, "users", tenant="test_org")
            if row["userid"] > 123 or row["login_key"] == "test@avhan.com"
        }
        assert found == self.users

    def teardown(self) -> None:
        drop(self.api)


def test_any_sequence_of_commands() -> None:
    """Additions, edits, deletions and questions in any order do what a dictionary does (USR-22, USR-23, DEL-08)."""
    run_state_machine_as_test(
        Users, settings=settings(max_examples=25, stateful_step_count=20, deadline=None)
    )
