"""Scenarios through the admin API: which there are, which play, what became of their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.web.admin_client import METHOD, MOBILE, OTHER_MOBILE, push

if TYPE_CHECKING:
    from tests.web.admin_client import Admin

REFUSING: dict[str, Any] = {
    "name": "refusing",
    "description": "One number is refused, twice.",
    "rules": [
        {
            "id": "twice", "times": 2, "then": {"status": 17},
            "when": {"method": METHOD, "record": {"mobilenumber": MOBILE}},
        }
    ],
}  # fmt: skip


def playing(admin: Admin, document: dict[str, Any] = REFUSING, home: str = "") -> None:
    """Define a scenario and let it play."""
    admin.ok("PUT", f"{home}/scenarios/{document['name']}", document)
    admin.ok("POST", f"{home}/scenarios/{document['name']}/activate")


def active(admin: Admin, home: str = "") -> list[str]:
    """Return the names of what plays, in order."""
    return [play["name"] for play in admin.ok("GET", f"{home}/scenarios")["active"]]


def rule(admin: Admin, name: str = "refusing") -> Any:
    """Return what became of the first rule of a scenario that plays."""
    return admin.ok("GET", f"/scenarios/{name}")["active"]["rules"][0]


def test_all_that_ship_are_listed_and_none_plays(admin: Admin) -> None:
    """Every scenario the server can play is there by name; those that need its connections say why they cannot be played."""
    listed = admin.ok("GET", "/scenarios")
    found = {each["name"]: each for each in listed["scenarios"]}
    assert {"calm", "partial-batch", "retry-storm"} <= found.keys()
    assert {(each["of"], each["active"]) for each in found.values()} == {("server", False)}
    assert listed["active"] == []
    assert found["partial-batch"]["problem"] is None
    assert "retry-storm.yaml:10" in found["retry-storm"]["problem"]
    assert admin.refused("POST", "/scenarios/retry-storm/activate")["status"] == 409


def test_hits_are_counted_and_misses_explained(admin: Admin) -> None:
    """A rule tells how often it was asked, fitted and fired, and why it did not oftener."""
    playing(admin)
    sent = [push(), push(OTHER_MOBILE), push(), push()]
    assert [admin.status(command) for command in sent] == [17, 1, 17, 1]
    assert rule(admin) == {
        "id": "twice", "about": "", "asked": 4, "fitted": 3, "fired": 2,
        "why_not": {"no record fits": 1, "it has fired as often as it may": 1},
    }  # fmt: skip
    assert admin.ok("GET", "/scenarios/refusing")["document"] == REFUSING


def test_a_scenario_ends_and_begins_anew(admin: Admin) -> None:
    """Deactivated it does nothing and stays known; activated, or defined anew while it plays, it counts from nothing."""
    playing(admin)
    assert admin.status(push()) == 17
    assert admin.ok("POST", "/scenarios/refusing/deactivate")["active"] is None
    assert admin.status(push()) == 1
    admin.ok("POST", "/scenarios/refusing/activate")
    assert (rule(admin)["fired"], admin.status(push())) == (0, 17)
    other = {**REFUSING, "rules": [{"when": {"method": METHOD}, "then": {"status": 32}}]}
    shown = admin.ok("PUT", "/scenarios/refusing", other)
    assert (shown["active"]["rules"][0]["asked"], shown["notes"]) == (0, [])
    assert admin.status(push(OTHER_MOBILE)) == 32


def test_a_scenario_of_the_sandbox_is_forgotten_and_one_of_the_server_ended(admin: Admin) -> None:
    """DELETE takes a scenario of the sandbox away; one that ships only stops."""
    playing(admin)
    admin.ok("DELETE", "/scenarios/refusing")
    assert (active(admin), admin.status(push())) == ([], 1)
    assert admin.refused("GET", "/scenarios/refusing")["status"] == 404
    admin.ok("POST", "/scenarios/partial-batch/activate")
    assert active(admin) == ["partial-batch"]
    admin.ok("DELETE", "/scenarios/partial-batch")
    assert active(admin) == []
    assert admin.ok("GET", "/scenarios/partial-batch")["of"] == "server"


def test_a_scenario_of_the_sandbox_stands_before_one_of_the_server(admin: Admin) -> None:
    """A sandbox's own calm is not the server's; forgotten, the server's is there again."""
    playing(admin, {**REFUSING, "name": "calm"})
    assert (admin.status(push()), admin.ok("GET", "/scenarios/calm")["of"]) == (17, "sandbox")
    admin.ok("DELETE", "/scenarios/calm")
    assert admin.ok("GET", "/scenarios/calm")["of"] == "server"


@pytest.mark.parametrize(
    ("rules", "pointer", "says"),
    [
        ([{"then": {"staus": 17}}], "/rules/0/then/staus", "did you mean status"),
        ([{"then": {}}], "/rules/0/then", ""),
        ([{"when": {"method": METHOD}, "then": {"status": 9}}], "/rules/0/then/status", ""),
        ([{"then": {"faults": [{"http_status": {"code": 9}}]}}], "/rules/0/then/faults/0/http_status/code", "200"),
        ([{"then": {"faults": ["connection_reset"]}}], "/rules/0/then/faults/0", ""),
        ([{"when": {"jsonpath": "$.["}, "then": {"status": 17}}], "/rules/0/when/jsonpath", ""),
    ],
)  # fmt: skip
def test_a_bad_document_is_refused_where_it_is_bad_and_changes_nothing(
    admin: Admin, rules: Any, pointer: str, says: str
) -> None:
    """422 with the pointer; the good scenario of that name goes on playing, counts and all."""
    playing(admin)
    assert admin.status(push()) == 17
    before = admin.ok("GET", "/scenarios")
    problem = admin.refused("PUT", "/scenarios/refusing", {**REFUSING, "rules": rules})
    assert problem["status"] == 422
    found = [error for error in problem["errors"] if error["pointer"].startswith(pointer)]
    assert found, problem
    assert says in str(found[0])
    assert admin.ok("GET", "/scenarios") == before
    assert admin.status(push()) == 17


def test_a_document_of_another_name_is_refused(admin: Admin) -> None:
    """What the path and the document call a scenario is the same."""
    assert admin.refused("PUT", "/scenarios/other", REFUSING)["status"] == 422
    assert admin.refused("GET", "/scenarios/other")["status"] == 404


def test_a_setup_that_cannot_be_leaves_the_good_one_playing(admin: Admin) -> None:
    """A user that the sandbox does not have is found when the setup is made true; nothing changes then."""
    playing(admin)
    changed = {**REFUSING, "setup": {"users": {"nobody@nowhere": "Ready"}}}
    assert admin.refused("PUT", "/scenarios/refusing", changed)["status"] == 422
    assert admin.ok("GET", "/scenarios/refusing")["document"] == REFUSING
    assert admin.status(push()) == 17


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/scenarios/{}"), ("DELETE", "/scenarios/{}"),
        ("POST", "/scenarios/{}/activate"), ("POST", "/scenarios/{}/deactivate"),
    ],
)  # fmt: skip
def test_an_unknown_name_is_told_with_the_nearest(admin: Admin, verb: str, path: str) -> None:
    """404, and what was probably meant."""
    problem = admin.refused(verb, path.format("partial-bach"))
    assert (problem["status"], "did you mean partial-batch?" in problem["detail"]) == (404, True)


def test_a_sandbox_is_made_with_scenarios_and_goes_back_to_them(admin: Admin) -> None:
    """AM-16: what a sandbox was made with plays from the start, and again after a reset; what was activated later does not."""
    made = admin.ok("POST", "/sandboxes", {"scenarios": ["partial-batch", "calm"]})
    home = f"/sandboxes/{made['key']}"
    assert active(admin, home) == ["partial-batch", "calm"]
    admin.ok("POST", f"{home}/scenarios/calm/deactivate")
    playing(admin, home=home)
    assert admin.status(push(), made["key"]) == 17
    assert active(admin, home) == ["partial-batch", "refusing"]
    admin.ok("POST", f"{home}/reset")
    listed = admin.ok("GET", f"{home}/scenarios")
    assert [play["name"] for play in listed["active"]] == ["partial-batch", "calm"]
    assert {rule["asked"] for play in listed["active"] for rule in play["rules"]} == {0}


def test_a_sandbox_with_an_unknown_scenario_is_not_made(admin: Admin) -> None:
    """422 with the nearest, and there is no sandbox more than before."""
    problem = admin.refused("POST", "/sandboxes", {"key": "mine", "scenarios": ["calm", "cal"]})
    assert problem["status"] == 422
    assert "/scenarios" in problem["detail"]
    assert "did you mean calm?" in problem["detail"]
    assert [each["key"] for each in admin.ok("GET", "/sandboxes")["sandboxes"]] == ["default"]


def test_a_scenario_touches_its_own_sandbox_only(admin: Admin) -> None:
    """What plays, what is known and what is counted in one sandbox is not so in another."""
    keys = [admin.ok("POST", "/sandboxes", {})["key"] for _ in range(2)]
    playing(admin, home=f"/sandboxes/{keys[0]}")
    assert [admin.status(push(), key) for key in (*keys, "")] == [17, 1, 1]
    assert active(admin, f"/sandboxes/{keys[1]}") == active(admin) == []
    assert admin.refused("GET", f"/sandboxes/{keys[1]}/scenarios/refusing")["status"] == 404
