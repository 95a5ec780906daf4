"""The agents of a sandbox, moved by hand through the admin API."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.simulation.control import set_agent
from mockserver.web import admin_simulation
from tests.server_process import running
from tests.web.admin_client import push

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.service import Service
    from tests.web.admin_client import Admin

DINESH = "dinesh.s@avhan.com"
NOON = "2018-11-12 12:00:00"


@pytest.fixture
def entries(service: Service) -> Mapping[str, Mapping[str, Any]]:
    """The table of user statuses."""
    found: Mapping[str, Mapping[str, Any]] = service.catalogue.references["user_status"]["entries"]
    return found


def put(admin: Admin, login: str, status: Any, prefix: str = "", **body: Any) -> Any:
    """Set a user's status and return the answer."""
    return admin.ok("POST", f"{prefix}/simulation/users/{login}/status", {"status": status, **body})


def refused(admin: Admin, login: str, prefix: str = "", **body: Any) -> Any:
    """Try to set a user's status in vain and return the problem."""
    return admin.refused("POST", f"{prefix}/simulation/users/{login}/status", body)


def listed(admin: Admin, prefix: str = "", query: str = "") -> dict[tuple[str, str], Any]:
    """Return the listed users by tenant and login."""
    answer = admin.ok("GET", f"{prefix}/simulation/users{query}")
    assert answer["total"] == len(answer["users"])
    return {(user["apikey"], user["login"]): user for user in answer["users"]}


def add_user(admin: Admin, tenant: str, login: str) -> None:
    """Give a tenant of the default sandbox one more user."""
    state = admin.ok("GET", "/state")
    state["tables"]["users"].append(
        {
            "#": 9000 + len(state["tables"]["users"]),
            "tenant": tenant,
            "login": login,
            "login_key": login.casefold(),
        }
    )
    admin.ok("PUT", "/state", state)


def test_any_status_can_be_set(admin: Admin, entries: Mapping[str, Any]) -> None:
    """Every status of the table, from any other, at the sandbox's time (SIM-12, REF-07, REF-08, AM-01)."""
    for second, (status, entry) in enumerate(entries.items()):
        now = f"2018-11-12 12:00:{second:02}"
        admin.ok("PUT", "/clock", {"mode": "frozen", "now": now})
        assert put(admin, DINESH, int(status)) == {
            "login": DINESH, "apikey": "test_org", "status": int(status), "name": entry["name"], "since": now,
            "label": f"{status} ({entry['name'] or 'logged out'})",
        }  # fmt: skip
        row = next(row for row in admin.ok("GET", "/state/users")["rows"] if row["login"] == DINESH)
        assert (row["status"], row["since"]) == (int(status), now)


def test_since_tells_when_a_status_began(admin: Admin) -> None:
    """The same status again leaves since as it is; another one sets it to the sandbox's time (SIM-12, GEN-14)."""
    admin.ok("PUT", "/clock", {"mode": "frozen", "now": NOON})
    assert put(admin, DINESH, 5)["since"] == NOON
    admin.ok("POST", "/clock/advance", {"seconds": 65})
    assert put(admin, DINESH, 5)["since"] == NOON
    assert put(admin, DINESH, 5, strict=True)["since"] == NOON
    assert put(admin, DINESH, 7)["since"] == "2018-11-12 12:01:05"


def test_setting_a_status_changes_one_user_only(admin: Admin) -> None:
    """Nobody else, no other table and no counter is touched; a reset takes it back (SIM-12, AM-16)."""
    before = admin.ok("GET", "/state")
    put(admin, DINESH, 3)
    after = admin.ok("GET", "/state")
    different = [
        (old["login"], {name for name in old if old[name] != new[name]})
        for old, new in zip(before["tables"]["users"], after["tables"]["users"], strict=True)
        if old != new
    ]
    assert different == [(DINESH, {"status", "since"})]
    assert {**after, "tables": {**after["tables"], "users": before["tables"]["users"]}} == before
    admin.ok("POST", "/reset")
    assert admin.ok("GET", "/state") == before


@pytest.mark.parametrize(
    ("given_status", "status"),
    [("Talking", 5), ("talking", 5), ("MANUAL CALL", 2), ("logged_out", 0), (7.0, 7), ("System Sent NA", 11)],
)
def test_a_status_may_be_named(admin: Admin, given_status: Any, status: int) -> None:
    """The printed name will do, case ignored; a logged-out agent has none and goes by a word (REF-07, REF-08, AM-44)."""
    assert put(admin, "user1", given_status)["status"] == status


def test_a_logged_out_agent_has_no_name(admin: Admin) -> None:
    """Status 0 is answered with an empty name (AM-44)."""
    assert put(admin, "user1", 0)["name"] == ""


def test_strict_takes_only_what_may_follow(admin: Admin) -> None:
    """The round of a call is legal; a leap is 409 that names from, to and the legal moves, and changes nothing (SIM-12)."""
    for status in (1, 8, 5, 6, 5, 10, 7, 1):
        assert put(admin, DINESH, status, strict=True)["status"] == status
    before = admin.ok("GET", "/state")
    problem = refused(admin, DINESH, status="Wrapup", strict=True)
    assert problem["status"] == 409
    assert problem["detail"] == (
        "from 1 (Ready) an agent does not get to 7 (Wrapup) by itself;"
        " what may follow is 0 (logged out), 5 (Talking), 8 (Dialling)"
    )
    assert admin.ok("GET", "/state") == before
    assert put(admin, DINESH, "Wrapup", strict=False)["status"] == 7


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(verbs=st.lists(st.integers(-1, 13), max_size=12))
def test_strict_verbs_only_move_along_the_listed_moves(
    admin: Admin, entries: Mapping[str, Any], verbs: list[int]
) -> None:
    """Whatever is asked for strictly, only what the list called a legal move happens (SIM-12)."""
    for wanted in verbs:
        now = listed(admin)["test_org", "user1"]
        legal = {now["status"], *(move["status"] for move in now["moves"])}
        reply = admin.ask("POST", "/simulation/users/user1/status", {"status": wanted, "strict": True})
        expected = 422 if str(wanted) not in entries else 200 if wanted in legal else 409
        assert reply.status_code == expected
        assert listed(admin)["test_org", "user1"]["status"] == (wanted if expected == 200 else now["status"])


@pytest.mark.parametrize(
    ("body", "pointer", "expected"),
    [
        ({"status": 12}, "/status", "0 (logged out), 1 (Ready), 2 (Manual CAll)"),
        ({"status": -1}, "/status", "11 (System Sent NA)"),
        ({"status": 10**30}, "/status", "7 (Wrapup)"),
        ({"status": "wrap up"}, "/status", "Wrapup? One of 0 (logged out)"),
        ({"status": "7"}, "/status", "7 (Wrapup)"),
        ({"status": " "}, "/status", "7 (Wrapup)"),
        ({"status": ""}, "/status", ""),
        ({"status": 7.5}, "/status", "integer"),
        ({"status": True}, "/status", "integer"),
        ({"status": None}, "/status", "integer"),
        ({}, "/status", ""),
        ({"status": 1, "strict": "yes"}, "/strict", "boolean"),
        ({"status": 1, "apikey": "test_orgs"}, "/apikey", "test_org? One of test_org"),
        ({"status": 1, "moment": NOON}, "/moment", "strict"),
    ],
)
def test_bodies_that_cannot_be_used(admin: Admin, body: Any, pointer: str, expected: str) -> None:
    """422 with the member's pointer, what there is and what is nearest; nothing changes (SIM-12, REF-07)."""
    before = admin.ok("GET", "/state")
    problem = refused(admin, DINESH, **body)
    assert problem["status"] == 422
    (error,) = problem["errors"]
    assert error["pointer"] == pointer
    assert expected in error["expected"]
    assert admin.ok("GET", "/state") == before


def test_all_that_is_wrong_is_told_at_once(admin: Admin) -> None:
    """An unknown status and an unknown tenant are both named (AM-01)."""
    problem = refused(admin, DINESH, status=99, apikey="nobody")
    assert [error["pointer"] for error in problem["errors"]] == ["/status", "/apikey"]


@pytest.mark.parametrize(
    ("login", "body", "says"),
    [
        ("dinesh@avhan.com", {}, f"{DINESH}? One of {DINESH}, "),
        ("USER2", {}, "user1? One of user1"),
        ("nobody-like-that", {"apikey": "expired_org"}, "of tenant 'expired_org'"),
        ("nobody-like-that", {"apikey": "expired_org"}, "it has no users"),
        ("x" * 4000, {}, "expected one of "),
        ("%20", {}, "expected one of "),
    ],
)
def test_an_unknown_login_is_404(admin: Admin, login: str, body: Any, says: str) -> None:
    """The nearest login is named (SIM-12, AM-01)."""
    problem = refused(admin, login, status=1, **body)
    assert (problem["status"], problem["title"]) == (404, "unknown user")
    assert says in problem["detail"]
    assert len(problem["detail"]) < 500


def test_of_many_logins_only_the_nearest_are_named(admin: Admin) -> None:
    """A crowd of users does not flood the answer (AM-01)."""
    state = admin.ok("GET", "/state")
    state["tables"]["users"] = [
        {"#": n + 1, "tenant": "test_org", "login": f"Agent{n:03}", "login_key": f"agent{n:03}"}
        for n in range(200)
    ]
    admin.ok("PUT", "/state", state)
    detail = refused(admin, "agent1999", status=1)["detail"]
    assert "expected Agent199? One of Agent199, " in detail
    assert detail.endswith("and 190 more")


def test_the_case_of_a_login_does_not_matter(admin: Admin) -> None:
    """It is found as the API finds it, and answered as it is stored (RAD-05, SIM-12)."""
    assert put(admin, "DINESH.S@avhan.COM", 1)["login"] == DINESH
    assert put(admin, "tanmay.K@DEV1", 1)["login"] == "Tanmay.k@dev1"


def test_a_login_means_the_tenant_whose_keys_the_client_uses(admin: Admin) -> None:
    """Both twins until it has sent a command, then the one it named last; apikey leads to either (AM-11, SIM-12)."""
    made = admin.ok("POST", "/sandboxes", {"key": "mine"})
    prefix = "/sandboxes/mine"
    own = {"apikey": made["apikey"], "servicekey": made["servicekeys"]["MUMBAI_CRM_OBD"]}

    def statuses() -> tuple[int, int]:
        found = listed(admin, prefix)
        return found[made["apikey"], DINESH]["status"], found["test_org", DINESH]["status"]

    assert put(admin, DINESH, 5, prefix)["apikey"] == made["apikey"]
    assert statuses() == (5, 5)
    assert put(admin, DINESH, 6, prefix, apikey="test_org")["apikey"] == "test_org"
    assert statuses() == (5, 6)
    admin.send(push(), "mine")
    assert put(admin, DINESH, 7, prefix)["apikey"] == "test_org"
    assert statuses() == (5, 7)
    admin.send(push(**own))
    assert put(admin, DINESH, 1, prefix)["apikey"] == made["apikey"]
    assert statuses() == (1, 7)
    assert listed(admin)["test_org", DINESH]["status"] == 7


def test_a_client_of_the_sandboxs_url_moves_its_floor_with_the_golden_keys(admin: Admin) -> None:
    """Nothing but the URL differs from the default sandbox: agents, calls and times are those of its keys (AM-10)."""
    admin.ok("POST", "/sandboxes", {"key": "mine", "dialler": "auto", "clock": {"mode": "frozen"}})
    prefix = "/sandboxes/mine"
    put(admin, "tanmay.k", "Ready", prefix)
    sent = push("1110001004", servicekey="VoiceProcess")
    number = admin.send(sent, "mine").json["statusdata"][0]["calllistid"]  # type: ignore[index]
    until = {"call": number, "status": "talking"}
    assert admin.ok("POST", f"{prefix}/clock/advance", {"until": until})["reached"]
    admin.ok("POST", f"{prefix}/simulation/calls/{number}/hangup", {"by": "customer"})
    until = {"login": "tanmay.k", "status": "Wrapup"}
    assert admin.ok("POST", f"{prefix}/clock/advance", {"until": until})["reached"]
    asked = {
        "method": "userStatus",
        "apikey": "test_org",
        "servicekey": "VoiceProcess",
        "loginids": ["tanmay.k"],
    }
    assert b"Wrapup" in admin.send(asked, "mine").data


def test_in_the_default_sandbox_the_golden_tenant_is_meant(admin: Admin) -> None:
    """Nothing is minted there: test_org comes before other tenants (AM-11, SIM-12)."""
    add_user(admin, "expired_org", "User1")
    assert put(admin, "user1", 5)["apikey"] == "test_org"
    assert put(admin, "user1", 6, apikey="expired_org") | {"since": ""} == {
        "login": "User1", "apikey": "expired_org", "status": 6, "name": "Hold", "since": "",
        "label": "6 (Hold)",
    }  # fmt: skip


def test_a_login_of_one_tenant_alone_needs_no_apikey(admin: Admin) -> None:
    """Whichever tenant that is (SIM-12)."""
    add_user(admin, "expired_org", "new@avhan.com")
    assert put(admin, "new@avhan.com", 5)["apikey"] == "expired_org"


def test_where_no_tenant_is_nearer_the_client_chooses(admin: Admin) -> None:
    """A login that only other tenants share is 409 with their API keys, and nothing changes (SIM-12)."""
    add_user(admin, "expired_org", "twin")
    add_user(admin, "expiring_org", "twin")
    before = admin.ok("GET", "/state")
    problem = refused(admin, "twin", status=5)
    assert problem["status"] == 409
    assert problem["detail"].endswith("one of expired_org, expiring_org")
    assert admin.ok("GET", "/state") == before
    assert put(admin, "twin", 5, apikey="expiring_org")["apikey"] == "expiring_org"


def test_the_list_tells_what_everybody_is_doing(admin: Admin) -> None:
    """Login, tenant, status with name, since when, and what may follow by itself (SIM-12, REF-07, REF-08, AM-44)."""
    found = listed(admin)
    assert len(found) == 10
    assert found["test_org", DINESH] == {
        "login": DINESH, "apikey": "test_org", "status": 7, "name": "Wrapup", "label": "7 (Wrapup)",
        "since": "2018-01-01 09:00:00", "moves": [{"status": 1, "name": "Ready", "label": "1 (Ready)"}],
    }  # fmt: skip
    assert found["test_org", "user10"]["name"] == "System Sent NA"
    assert (
        found["test_org", "user12@avhan.com"]["status"],
        found["test_org", "user12@avhan.com"]["name"],
        found["test_org", "user12@avhan.com"]["label"],
    ) == (0, "", "0 (logged out)")


def test_the_list_of_one_tenant(admin: Admin) -> None:
    """The filter apikey keeps to one tenant; one that does not exist is 400, not an empty list (SIM-12)."""
    made = admin.ok("POST", "/sandboxes", {"key": "mine"})
    prefix = "/sandboxes/mine"
    assert len(listed(admin, prefix)) == 20
    assert {apikey for apikey, _ in listed(admin, prefix, f"?apikey={made['apikey']}")} == {made["apikey"]}
    assert listed(admin, prefix, "?apikey=expired_org") == {}
    problem = admin.refused("GET", f"{prefix}/simulation/users?apikey=test_orgs")
    assert (problem["status"], "test_org?" in problem["detail"]) == (400, True)


def test_a_status_that_was_never_set_is_shown_and_left(admin: Admin) -> None:
    """A loaded user may have none: it is listed without a name, strictly nothing follows, and it can be mended (SIM-12)."""
    state = admin.ok("GET", "/state")
    state["tables"]["users"][0]["status"] = None
    del state["tables"]["users"][1]["status"]
    admin.ok("PUT", "/state", state)
    for row in admin.ok("GET", "/state/users")["rows"][:2]:
        user = listed(admin)["test_org", row["login"]]
        assert (user["status"], user["name"], user["moves"]) == (row["status"], "", [])
        assert "follow is nothing" in refused(admin, row["login"], status=1, strict=True)["detail"]
        assert put(admin, row["login"], 1)["name"] == "Ready"


def test_the_routes_are_listed_with_their_placeholders(admin: Admin) -> None:
    """The list of routes shows the way without the words of our router (AM-01)."""
    (route,) = (row for row in admin.ok("GET", "")["routes"] if row["body"] == "/__admin/schema/user_status")
    assert route["paths"][1] == "/__admin/simulation/users/{name}/status"


def test_a_status_is_set_under_the_sandboxs_lock(
    admin: Admin, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a status is set no other thread can hold the sandbox, so that a strict move is never overtaken (SIM-12)."""
    lock = service.registry.get("default").lock
    free: list[bool] = []

    def watched(*args: Any) -> Any:
        def look() -> None:
            free.append(lock.acquire(blocking=False))

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        return set_agent(*args)

    monkeypatch.setattr(admin_simulation, "set_agent", watched)
    assert put(admin, DINESH, 1, strict=True)["status"] == 1
    assert free == [False]


def test_a_status_is_set_wholly_or_not_at_all(
    admin: Admin, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error after the change undoes it: it is one unit of work (SIM-12)."""

    def broken(*args: Any) -> None:
        set_agent(*args)
        raise RuntimeError("just now")

    before = admin.ok("GET", "/state")
    monkeypatch.setattr(admin_simulation, "set_agent", broken)
    assert refused(admin, DINESH, status=1)["status"] == 500
    assert admin.ok("GET", "/state") == before


def test_any_login_comes_through_a_real_server() -> None:
    """Logins with @ and dots, as they are or percent-encoded, with slashes, spaces and other letters (SIM-12)."""
    strange = ["a/b@c", "ü ber+1@x.in", "50%@x.in", "q?a=b#c@x.in", "स@x.in", "x/status@y"]
    with running() as server, requests.Session() as session:
        session.trust_env = False
        admin = server.ready["admin"]
        for spelt in (DINESH, quote(DINESH, safe=""), "DINESH.S%40AVHAN.COM"):
            reply = session.post(
                f"{admin}/simulation/users/{spelt}/status", data='{"status": 5, "strict": false}', timeout=20
            )
            assert (reply.status_code, reply.json()["login"]) == (200, DINESH)
        state = session.get(f"{admin}/state", timeout=20).json()
        state["tables"]["users"] += [
            {"#": 900 + n, "tenant": "test_org", "login": login, "login_key": login.casefold()}
            for n, login in enumerate(strange)
        ]
        assert session.put(f"{admin}/state", json=state, timeout=20).status_code == 200
        for login in strange:
            url = f"{admin}/simulation/users/{quote(login, safe='')}/status"
            reply = session.post(url, json={"status": "Talking"}, timeout=20)
            assert (reply.status_code, reply.json().get("login")) == (200, login)
