"""Sandboxes through the admin API: made, found by their keys, reset, dropped; settings and clocks."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from mockserver.app import create_app
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings
from tests.web.admin_client import METHOD, MOBILE, OTHER_MOBILE, Admin, push

FROZEN = {"mode": "frozen", "now": "2018-11-12 14:00:05"}


def numbers(admin: Admin, sandbox: str) -> list[str]:
    """Return the contacts a sandbox holds for the process that the tests push to."""
    rows = admin.ok("GET", f"/sandboxes/{sandbox}/state/customers")["rows"]
    return [row["contact1"] for row in rows if row["process"] == "MUMBAI_CRM_OBD"]


def test_health_tells_what_is_loaded(admin: Admin, service: Service) -> None:
    """Health has status, version, seconds since the start, and the counts of what is loaded (AM-01)."""
    found = admin.ok("GET", "/health")
    assert (found["status"], found["sandboxes"]) == ("ok", 1)
    assert 0 <= found["uptime"] < 600
    assert found["loaded"] == service.catalogue.loaded()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", found["started"])


def test_the_root_names_the_admin_api(admin: Admin) -> None:
    """Who opens the server's address is told where the admin API is (AM-01)."""
    found = admin.client.get("/").json or {}
    assert admin.client.get(found["admin"]).status_code == 200


def test_the_index_lists_routes_that_exist(admin: Admin) -> None:
    """Every route that GET /__admin lists is one: another verb there is 405, not 404 (AM-01)."""
    routes = admin.ok("GET", "")["routes"]
    assert {"/__admin/health", "/__admin/sandboxes/{sandbox}/reset", "/__admin/reset"} <= {
        path for route in routes for path in route["paths"]
    }
    for route in routes:
        for path in route["paths"]:
            plain = path.removeprefix("/__admin").replace("{sandbox}", "default").replace("{name}", "x")
            reply = admin.ask("TRACE", plain)
            assert (reply.status_code, route["verb"] in reply.headers["Allow"]) == (405, True)


def test_create_answers_where_and_by_which_keys(admin: Admin) -> None:
    """A new sandbox has URL, endpoint, and minted keys for each golden process (AM-11)."""
    made = admin.ok("POST", "/sandboxes", {"key": "one"})
    assert made["url"] == "http://localhost/sandboxes/one"
    assert made["endpoint"] == made["url"] + ENDPOINT
    assert re.fullmatch("sbx[A-Za-z0-9]{24}", made["apikey"])
    golden = admin.ok("GET", "/state/processes")["rows"]
    names = [row["name"] for row in golden if row["tenant"] == "test_org"]
    assert list(made["servicekeys"]) == names
    assert len({made["apikey"], *made["servicekeys"].values()}) == len(names) + 1


def test_the_default_sandbox_shows_the_golden_keys(admin: Admin) -> None:
    """Where nothing is minted the keys to use are those of test_org, and a command with them is accepted (AM-11)."""
    shown = admin.ok("GET", "/sandboxes/default")
    assert shown["apikey"] == admin.ok("GET", "/sandboxes")["sandboxes"][0]["apikey"] == "test_org"
    assert admin.status(push(apikey=shown["apikey"], servicekey=shown["servicekeys"]["MUMBAI_CRM_OBD"])) == 1
    admin.ok("PUT", "/state", {"tables": {}, "counters": {}})
    bare = admin.ok("GET", "/sandboxes/default")
    assert (bare["apikey"], bare["servicekeys"]) == (None, {})


def test_keys_are_made_up_and_unique(admin: Admin) -> None:
    """Without a key the server makes one up; no two sandboxes share any key (AM-11)."""
    made = [admin.ok("POST", "/sandboxes") for _ in range(3)]
    keys = [key for each in made for key in (each["key"], each["apikey"], *each["servicekeys"].values())]
    assert len(set(keys)) == len(keys)


def test_the_minted_tenant_is_a_copy_of_the_golden_one(admin: Admin) -> None:
    """Processes, users, calls and counters of test_org stand under the minted key (AM-11)."""
    apikey = admin.ok("POST", "/sandboxes", {"key": "one"})["apikey"]
    state = admin.ok("GET", "/sandboxes/one/state")
    for table in ("processes", "users", "calls", "dispositions", "recordings"):
        owned = [sum(row["tenant"] == key for row in state["tables"][table]) for key in ("test_org", apikey)]
        assert owned[0] == owned[1]
    assert [state["counters"][f"{apikey}/{name}"] for name in ("customercode", "calllistid", "userid")] == [
        125, 796, 124,
    ]  # fmt: skip


@pytest.mark.parametrize("by", ["apikey", "servicekey"])
@pytest.mark.parametrize("carried", ["query", "body", "encoded body"])
def test_minted_keys_lead_to_their_sandbox(admin: Admin, by: str, carried: str) -> None:
    """A minted key in the raw bytes of query or body is enough, encoded or not (AM-10)."""
    made = admin.ok("POST", "/sandboxes", {"key": "one"})
    minted = {"apikey": made["apikey"], "servicekey": made["servicekeys"]["MUMBAI_CRM_OBD"]}
    command = push(**({by: minted[by]} | ({"servicekey": minted["servicekey"]} if by == "apikey" else {})))
    text = quote(str(command).replace("'", '"'), safe="" if carried == "encoded body" else '{}"[]:, ')
    reply = (
        admin.client.get(ENDPOINT, query_string="data=" + quote(text, safe="%"))
        if carried == "query"
        else admin.send(b"data=" + text.encode())
    )
    assert reply.headers["X-Mock-Sandbox"] == "one"
    assert admin.ok("GET", "/requests")["total"] == 0
    assert admin.ok("GET", "/sandboxes/one/requests")["total"] == 1


def test_an_apikey_decides_before_a_servicekey(admin: Admin) -> None:
    """With keys of two sandboxes in one request the API key's is meant (AM-10)."""
    first, second = (admin.ok("POST", "/sandboxes", {"key": key}) for key in ("one", "two"))
    command = push(apikey=second["apikey"], servicekey=first["servicekeys"]["MUMBAI_CRM_OBD"])
    assert admin.send(command).headers["X-Mock-Sandbox"] == "two"


def test_an_unknown_key_is_404_and_lands_nowhere(admin: Admin) -> None:
    """A key no sandbox has, in path or header, is 404 and nothing reaches the default one (AM-10)."""
    before = admin.client.get("/__admin/state").data
    admin.ok("POST", "/sandboxes", {"key": "gonne"})
    says = "no sandbox gone; did you mean gonne? (there are 2); GET /__admin/sandboxes lists them"
    for reply in (admin.send(push(), "gone"), admin.send(push(), headers={"X-Mock-Sandbox": "gone"})):
        assert (reply.status_code, reply.content_type) == (404, "application/problem+json")
        assert reply.json is not None
        assert reply.json["detail"] == says
    blank = admin.send(push(), headers={"X-Mock-Sandbox": " "})
    assert (blank.status_code, "is blank" in blank.text) == (404, True)
    assert admin.ask("GET", "/clock", headers={"X-Mock-Sandbox": ""}).status_code == 404
    assert admin.ok("GET", "/requests")["total"] == 0
    assert admin.client.get("/__admin/state").data == before
    assert admin.status(push()) == 1


def test_sandboxes_do_not_see_each_other(admin: Admin) -> None:
    """What is pushed into one sandbox is in no other, whatever keys were used (AM-10)."""
    for key in ("one", "two"):
        admin.ok("POST", "/sandboxes", {"key": key})
    assert admin.status(push(MOBILE), "one") == 1
    reply = admin.send(push(OTHER_MOBILE), headers={"X-Mock-Sandbox": "two"})
    assert reply.status_code == 200
    assert [numbers(admin, key) for key in ("one", "two", "default")] == [[MOBILE], [OTHER_MOBILE], []]
    assert admin.ok("GET", "/requests")["total"] == 0


def test_a_reset_gives_the_same_bytes_again(admin: Admin) -> None:
    """On a frozen clock the same commands after a reset give the same bytes, request ids too (AM-16, SIM-21)."""
    admin.ok("POST", "/sandboxes", {"key": "one", "clock": FROZEN, "quirks": {"all_failed": "promote"}})
    created = admin.client.get("/__admin/sandboxes/one/state").data
    shown = admin.ok("GET", "/sandboxes/one")

    def play() -> list[tuple[bytes, str, list[Any]]]:
        replies = [admin.send(push(*mobiles), "one") for mobiles in ((MOBILE,), (MOBILE, "1"), ("1",))]
        return [(reply.data, reply.headers["X-Mock-Request-Id"], list(reply.headers)) for reply in replies]

    first = play()
    assert [identity for _, identity, _ in first] == ["r000001", "r000002", "r000003"]
    assert admin.client.get("/__admin/sandboxes/one/state").data != created
    admin.ok("PATCH", "/sandboxes/one/settings", {"edition": "web", "quirks": {"all_failed": None}})
    admin.ok("POST", "/sandboxes/one/clock/advance", {"seconds": 3600})
    admin.ok("POST", "/sandboxes/one/faults", {"status": 17})
    assert admin.ok("POST", "/sandboxes/one/reset") == shown
    assert admin.client.get("/__admin/sandboxes/one/state").data == created
    assert admin.ok("GET", "/sandboxes/one/requests")["total"] == 0
    assert play() == first


def test_a_reset_undoes_a_loaded_state(admin: Admin) -> None:
    """A state that was loaded is gone after a reset: it goes back to creation, not to the load (AM-16)."""
    before = admin.client.get("/__admin/state").data
    admin.ok("PUT", "/state", {"tables": {}, "counters": {}})
    assert admin.status(push()) == 1107
    admin.ok("POST", "/reset")
    assert admin.client.get("/__admin/state").data == before
    assert admin.status(push()) == 1


def test_a_clock_frozen_at_creation_goes_back_to_that_time(admin: Admin) -> None:
    """Frozen without a time means the time of creation, and that is where a reset leads (AM-16)."""
    admin.ok("POST", "/sandboxes", {"key": "one", "clock": {"mode": "frozen"}})
    created = admin.ok("GET", "/sandboxes/one/clock")
    admin.ok("POST", "/sandboxes/one/clock/advance", {"seconds": 86400})
    assert admin.ok("POST", "/sandboxes/one/reset")["clock"] == created


def test_a_dropped_sandbox_is_gone_with_its_keys(admin: Admin) -> None:
    """After a drop its path is 404 and its keys lead nowhere; the key is free again (AM-10, AM-11)."""
    made = admin.ok("POST", "/sandboxes", {"key": "one"})
    admin.ok("DELETE", "/sandboxes/one")
    assert admin.send(push(), "one").status_code == 404
    assert admin.status(push(apikey=made["apikey"])) == 1107
    assert [each["key"] for each in admin.ok("GET", "/sandboxes")["sandboxes"]] == ["default"]
    assert admin.ok("POST", "/sandboxes", {"key": "one"}) == made


def test_settings_are_merged_and_taken_back(admin: Admin) -> None:
    """PATCH merges, null takes back, and the next command follows (AM-12, AM-13)."""
    failed = push("1")
    assert admin.status(failed) == 1
    own = admin.ok("PATCH", "/settings", {"quirks": {"all_failed": "promote", "overlong": "accept"}})
    assert own["quirks"] == {"all_failed": "promote", "overlong": "accept"}
    assert own["in_force"]["quirks"]["all_failed"] == "promote"
    assert admin.status(failed) == 43
    own = admin.ok("PATCH", "/settings", {"edition": "web", "quirks": {"all_failed": None}})
    assert (own["edition"], own["quirks"]) == ("web", {"overlong": "accept"})
    assert own["in_force"]["edition"] == "web"
    assert admin.ok("GET", "/requests/r000002")["edition"] == "1.0.6"
    admin.send(failed)
    assert admin.ok("GET", "/requests/r000003")["edition"] == "web"
    own = admin.ok("PATCH", "/settings", {"edition": None, "quirks": None})
    assert (own["edition"], own["quirks"], own["in_force"]["edition"]) == (None, {}, "1.0.6")


def test_a_header_beats_the_sandbox(admin: Admin) -> None:
    """The quirk of a request's header is stronger than that of its sandbox (AM-13)."""
    admin.ok("PATCH", "/settings", {"quirks": {"all_failed": "promote"}})
    reply = admin.send(push("1"), headers={"X-Mock-Quirk": "all_failed=records"})
    assert admin.ask_status(reply) == "1"


def test_every_known_quirk_can_be_set(admin: Admin, service: Service) -> None:
    """GET settings lists each quirk with its values, and each of these is taken (AM-13)."""
    known = admin.ok("GET", "/settings")["known"]
    assert [quirk["name"] for quirk in known] == list(service.catalogue.quirks.defaults)
    for quirk in known:
        if quirk["name"] != "edition":
            wanted = {quirk["name"]: quirk["values"][-1]}
            assert admin.ok("PATCH", "/settings", {"quirks": wanted})["quirks"].items() >= wanted.items()


def test_a_frozen_clock_moves_only_when_told(admin: Admin) -> None:
    """The clock can be set, frozen and moved on; replies carry its time (SIM-21)."""
    assert admin.ok("PUT", "/clock", FROZEN) == {**FROZEN, "scale": 0}
    reply = admin.send(push()).json
    assert reply is not None
    assert reply["resdatetime"] == FROZEN["now"]
    assert admin.ok("POST", "/clock/advance", {"seconds": 55.0})["now"] == "2018-11-12 14:01:00"
    assert (
        admin.ok("POST", "/clock/advance", {"until": "2018-11-13 00:00:00"})["now"] == "2018-11-13 00:00:00"
    )
    assert admin.ok("POST", "/clock/advance", {"seconds": 0})["now"] == "2018-11-13 00:00:00"
    assert admin.ok("GET", "/clock") == {"mode": "frozen", "now": "2018-11-13 00:00:00", "scale": 0}


def test_a_released_clock_goes_on_from_where_it_stood(admin: Admin, service: Service) -> None:
    """From frozen to real the time runs on from the frozen moment, and can still be moved on (SIM-21)."""
    admin.ok("PUT", "/clock", FROZEN)
    assert admin.ok("PUT", "/clock", {"mode": "real"})["now"] <= "2018-11-12 14:00:35"
    moved = admin.ok("POST", "/clock/advance", {"seconds": 3600})
    assert (moved["mode"], moved["now"] >= "2018-11-12 15:00:05") == ("real", True)
    assert service.registry.get("default").clock.now().year == 2018


def test_a_key_expires_when_the_clock_says_so(admin: Admin) -> None:
    """Moving the clock past a tenant's expiry changes what its commands are answered (AM-50, SIM-21)."""
    command = push(apikey="expiring_org", servicekey="ExpiringProcess")
    assert admin.status(command) == 1
    admin.ok("POST", "/clock/advance", {"until": "2100-01-01 00:00:00"})
    assert admin.status(command) == 48


def test_what_is_left_out_comes_from_the_server(admin: Admin) -> None:
    """A sandbox is made like the server's own unless its body says otherwise."""
    admin.ok("POST", "/sandboxes", {"key": "one"})
    admin.ok("POST", "/sandboxes", {"key": "two", "preset": "demo", "customers": 3, "seed": 7, "clock": {}})
    one, two = (admin.ok("GET", f"/sandboxes/{key}") for key in ("one", "two"))
    assert (one["preset"], one["seed"], one["clock"]["mode"]) == ("golden", 0, "frozen")
    assert (two["preset"], two["seed"], two["customers"]) == ("demo", 7, 3)
    assert two["tables"]["customers"] == one["tables"]["customers"] + 3


@pytest.mark.parametrize(("asked", "dialler"), [({}, "auto"), ({"dialler": "off"}, "off")])
def test_the_servers_dialler_is_every_sandboxs(asked: dict[str, Any], dialler: str) -> None:
    """--dialler auto holds in sandboxes that say nothing themselves, also after a reset (AM-09)."""
    admin = Admin(create_app(Service.start(Settings(dialler="auto"))).test_client())
    admin.ok("POST", "/sandboxes", {"key": "one", **asked})
    admin.ok("POST", "/sandboxes/one/reset")
    assert admin.ok("GET", "/sandboxes/one/simulation")["dialler"] == dialler


def test_the_journal_of_the_api_does_not_hold_the_admin_api(admin: Admin) -> None:
    """Only commands stand in the journal; method and rule of each can be read there (SIM-20)."""
    admin.send(push())
    admin.ok("GET", "/health")
    found = admin.ok("GET", "/requests")
    assert [each["method"] for each in found["requests"]] == [METHOD]
